// @ts-check
// npm start [-- --port N] [--fresh] [--catalog name] [--postgres | --hyperdrive]: everything from a fresh clone to answered requests.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { ENGINES } from "./build/engines.mjs";
import { catalogSql, chosenCatalog, outageSetting } from "./catalogs.mjs";
import { demoScene, demoStatements, invitationToken } from "./demo.mjs";
import { writeLocalConfig } from "./local/configs.mjs";
import { STATE, prepareDatabase } from "./local/database.mjs";
import { writeDemoWorker } from "./local/demo-worker.mjs";
import { writeHyperdriveConfigs } from "./local/hyperdrive.mjs";
import { freePort } from "./local/port.mjs";
import { rebuildWhatChanges } from "./local/rebuild.mjs";
import { keepTime } from "./local/scheduler.mjs";
import { localSecret, writeLocalSettings } from "./local/settings.mjs";
import { whatToTry } from "./local/what-to-try.mjs";
import { Failure, main } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { ROOT, functions, npmProgram, workers } from "./workspace.mjs";

const READY_WITHIN_MS = 60_000;
const LINES_KEPT = 30;

await main(async () => {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8787" }, fresh: { type: "boolean", default: false }, catalog: { type: "string" },
      postgres: { type: "boolean", default: false }, hyperdrive: { type: "boolean", default: false },
    },
  });
  if (values.postgres && values.hyperdrive) throw new Failure("Choose one: --postgres (over HTTP) or --hyperdrive (over a socket).");
  const port = await freePort(values.port, "npm start --");

  const product = values.catalog ?? chosenCatalog();
  // Whatever is built, now or after a change, makes the pages of this product.
  process.env.TALLYGATE_CATALOG = product;
  const setup = await setUp();
  await build(workers(), setup, ENGINES);
  const secret = localSecret();
  const catalog = await catalogSql(product);
  const demo = () => demoStatements(Date.now(), secret, product);
  /** @type {{ isNew: boolean, product: string | undefined }} */
  let database;
  /** @type {string | undefined} */
  let postgres;
  let ofFunctions = functions().map((worker) => writeLocalConfig(worker));
  if (values.postgres || values.hyperdrive) {
    const { startPostgres } = await import("./local/postgres.mjs");
    const started = await startPostgres({ catalogSql: catalog, product, demo: demo(), fresh: values.fresh, overHttp: values.postgres });
    database = started;
    postgres = started.adminUrl;
    writeLocalSettings(port, { ...(await outageSetting(product)), ...started.settings });
    if (values.hyperdrive) ofFunctions = writeHyperdriveConfigs(started.urlFor);
  } else {
    database = await prepareDatabase({ catalogSql: catalog, product, fresh: values.fresh, demo });
    writeLocalSettings(port, await outageSetting(product));
  }
  const { gateway, demo: demoWorker } = writeDemoWorker(secret, demoScene(product));
  // The first one is what wrangler serves to the outside.
  const configs = [gateway, ...ofFunctions, demoWorker];
  await serve(port, configs, () => {
    console.log(whatToTry(port, { isNew: database.isNew, begunWith: database.product, catalog: product, scene: demoScene(product), invitation: invitationToken(secret), postgres }));
    rebuildWhatChanges(setup);
  });
});

/**
 * Runs the gateway with all functions in one process until it is stopped.
 * @param {number} port
 * @param {string[]} configs
 * @param {() => void} whenReady
 */
async function serve(port, configs, whenReady) {
  const child = spawn(npmProgram("wrangler"), [
    "dev", ...configs.flatMap((config) => ["-c", config]),
    "--ip", "localhost", "--port", String(port), "--persist-to", STATE,
    "--show-interactive-dev-session=false", "--log-level", "log",
  ], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      // Nothing but the workers: no telemetry, no look for updates, no fetch of a sample `request.cf`.
      WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CLOUDFLARE_CF_FETCH_ENABLED: "false",
      // Workers are found by their names: another checkout's of the same name must not be found.
      WRANGLER_REGISTRY_PATH: join(STATE, "registry"),
    },
  });
  /** @type {string[]} */
  const lines = [];
  let ready = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      // Of several workers wrangler names none in front of what one of them writes: each line says itself which function it is of.
      if (ready) process.stdout.write(text.replaceAll(/^\[undefined\] /gm, ""));
      else lines.push(...text.split("\n").filter((/** @type {string} */ line) => line.trim() !== ""));
    });
  }
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, () => child.kill(signal));
  /** @type {number | null | undefined} */
  let ended;
  const closed = new Promise((resolve) => child.on("close", (code) => { ended = code ?? 0; resolve(undefined); }));

  const until = Date.now() + READY_WITHIN_MS;
  while (!(await answers(port))) {
    if (ended !== undefined || Date.now() > until) {
      child.kill();
      throw new Failure(["The workers did not start.", ...lines.slice(-LINES_KEPT).map((line) => `  | ${line}`)].join("\n"));
    }
    await pause(150);
  }
  ready = true;
  whenReady();
  keepTime((cron) => fetch(`http://localhost:${port}/functions/v1/local-demo?cron=${encodeURIComponent(cron)}`, { method: "POST" }));
  await closed;
}

/** @param {number} port */
async function answers(port) {
  try {
    return (await fetch(`http://localhost:${port}/functions/v1`)).ok;
  } catch {
    return false;
  }
}
