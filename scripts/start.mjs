// @ts-check
// npm start [-- --port N] [--fresh] [--catalog name] [--postgres]: everything from a fresh clone to answered requests.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { catalogSql, chosenCatalog } from "./catalogs.mjs";
import { demoStatements } from "./demo.mjs";
import { STATE, prepareDatabase } from "./local/database.mjs";
import { localSecret, writeLocalSettings } from "./local/settings.mjs";
import { whatToTry } from "./local/what-to-try.mjs";
import { Failure, main } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { ROOT, npmProgram, workers } from "./workspace.mjs";

const READY_WITHIN_MS = 60_000;
const LINES_KEPT = 30;

await main(async () => {
  const { values } = parseArgs({
    options: { port: { type: "string", default: "8787" }, fresh: { type: "boolean", default: false }, catalog: { type: "string" }, postgres: { type: "boolean", default: false } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Failure(`"${values.port}" is no port: choose one from 1 to 65535.`);
  await checkPort(port);

  const setup = await setUp();
  await build(workers(), setup);
  const secret = localSecret();
  const catalog = await catalogSql(values.catalog ?? chosenCatalog());
  const demo = () => demoStatements(Date.now(), secret);
  let isNew = true;
  if (values.postgres) {
    const { startPostgres } = await import("./local/postgres.mjs");
    writeLocalSettings(port, await startPostgres({ catalogSql: catalog, demo: demo() }));
  } else {
    isNew = await prepareDatabase({ catalogSql: catalog, fresh: values.fresh, demo });
    writeLocalSettings(port);
  }
  await serve(port, () => console.log(whatToTry(port, secret, isNew)));
});

/**
 * Runs the gateway with all functions in one process until it is stopped.
 * @param {number} port
 * @param {() => void} whenReady
 */
async function serve(port, whenReady) {
  const child = spawn(npmProgram("wrangler"), [
    "dev", ...workers().flatMap((worker) => ["-c", worker.config]),
    "--ip", "localhost", "--port", String(port), "--persist-to", STATE,
    "--show-interactive-dev-session=false", "--log-level", "log",
  ], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      // Nothing but the workers: no telemetry, no look for updates, no fetch of a sample `request.cf`.
      WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  });
  /** @type {string[]} */
  const lines = [];
  let ready = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      if (ready) process.stdout.write(text);
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

/** @param {number} port @returns {Promise<void>} */
function checkPort(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", () => reject(new Failure(`Port ${port} is in use: stop what runs there, or choose another with "npm start -- --port ${port + 1}".`)));
    probe.listen(port, "localhost", () => probe.close(() => resolve()));
  });
}
