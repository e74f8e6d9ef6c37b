// @ts-check
// npm run deploy [-- --catalog name] [--settings file] [--routes host] [--dry-run]: the database with its tables and plans, every
// function, then the gateway with the pages of that catalog.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { chosenEngines } from "./build/engines.mjs";
import { catalogFile, catalogSql, chosenCatalog, outageSetting } from "./catalogs.mjs";
import { checkSettings } from "./deploy/check-settings.mjs";
import { ensureDatabase, executeRemotely, hasNoPlans, migrateRemotely } from "./deploy/database.mjs";
import { hyperdriveOf, withHyperdrive } from "./deploy/hyperdrive.mjs";
import { hostOf, routeOptions } from "./deploy/routes.mjs";
import { plan } from "./migrations.mjs";
import { Failure, main } from "./run.mjs";
import { linesFor, settingsIn } from "./settings.mjs";
import { setUp } from "./setup.mjs";
import { GATEWAY, ROOT, functions, npmProgram, workers } from "./workspace.mjs";

await main(async () => {
  const { values } = parseArgs({
    options: { catalog: { type: "string" }, settings: { type: "string" }, routes: { type: "string" }, "dry-run": { type: "boolean", default: false } },
  });
  const host = hostOf(values.routes);
  const dryRun = values["dry-run"];
  // Whatever is built makes the pages of this product.
  process.env.TALLYGATE_CATALOG = values.catalog ?? chosenCatalog();
  console.log(`The plans and the pages are those of ${catalogFile(chosenCatalog())}.`);
  const file = values.settings ?? "deploy.env";
  const path = resolve(ROOT, file);
  if (values.settings !== undefined && !existsSync(path)) throw new Failure(`There is no ${file}: "cp deploy.env.example ${file}" begins one.`);
  const settings = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  const said = settingsIn(settings ?? "", file);
  for (const note of settings === undefined ? [] : checkSettings(settings, file)) console.log(note);
  // Where no file says which engine the functions run on they are built for each: they keep the settings that they have.
  const engines = settings === undefined ? chosenEngines() : chosenEngines(said.DATABASE ?? "d1");
  const hyperdrives = new Map(functions().map(({ name }) => [name, said.DATABASE === "hyperdrive" ? hyperdriveOf(said, name) : undefined]));
  await build(workers(), await setUp(), engines);
  if (!dryRun) await prepareDatabase();
  if (settings === undefined) console.log(`There is no ${file}: the functions keep the settings that they have. Before a first deployment: cp deploy.env.example ${file}, and fill it in ("Configure" in README.md).`);
  const outage = Object.entries(await outageSetting(chosenCatalog())).map(([name, value]) => `${name}="${value}"\n`).join("");
  // What the file says itself counts.
  const all = settings === undefined ? undefined : /^ALLOW_ON_OUTAGE=/m.test(settings) ? settings : `${settings}\n${outage}`;
  for (const worker of functions()) {
    await withSettings(worker, all, (options) => withHyperdrive(worker, hyperdrives.get(worker.name), (config) =>
      deploy({ ...worker, config }, [...options, ...routeOptions(worker, host), ...(dryRun ? ["--dry-run"] : [])], engines)));
  }
  // Last, since it can only be bound to functions that are there. It needs no settings.
  await deploy(GATEWAY, [...routeOptions(GATEWAY, host), ...(dryRun ? ["--dry-run"] : [])], engines);
  console.log(`\n${dryRun ? "Would be deployed" : "Deployed"}: ${workers().map((worker) => worker.name).join(", ")}.`);
});

/**
 * Gives a function the settings that it reads, in a file that is there for as long as it is deployed.
 * @param {import("./workspace.mjs").Worker} worker
 * @param {string | undefined} settings
 * @param {(options: string[]) => Promise<void>} work
 */
async function withSettings(worker, settings, work) {
  const lines = linesFor(settings ?? "", "The settings", worker.name);
  // wrangler takes no file without any.
  if (lines === "") return work([]);
  const folder = mkdtempSync(join(tmpdir(), "tallygate-settings-"));
  try {
    const file = join(folder, "settings.env");
    writeFileSync(file, lines, { mode: 0o600 });
    await work(["--secrets-file", file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepareDatabase() {
  await ensureDatabase();
  const wanted = await migrateRemotely({ dryRun: true });
  console.log(wanted.isNew ? "The database is empty: it gets all tables." : plan(wanted.applied));
  // The code that still runs must get on with the newer tables: migrations add first, and remove in a later version.
  await migrateRemotely({ dryRun: false });
  // Later on a catalog is loaded only when asked for: an operator may have changed a limit in its row.
  if (await hasNoPlans()) await executeRemotely(`Plans of ${chosenCatalog()}`, await catalogSql(chosenCatalog()));
}

/**
 * @param {import("./workspace.mjs").Worker} worker
 * @param {string[]} options
 * @param {readonly import("./build/engines.mjs").Engine[]} engines
 * @returns {Promise<void>}
 */
function deploy(worker, options, engines) {
  console.log(`\n── ${worker.name}`);
  return new Promise((resolve, reject) => {
    // Without a terminal behind it wrangler asks nothing and writes nothing into the configuration.
    const child = spawn(npmProgram("wrangler"), ["deploy", "-c", worker.config, ...options], {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
      // wrangler calls the build once more, which must find that it was done.
      env: { ...process.env, DATABASE: engines.length === 1 ? engines[0] : "", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
    });
    child.on("error", (error) => reject(new Failure(`wrangler could not be started (${error.message}).`)));
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Failure(`${worker.name} was not deployed; what came before it was. Run the same command again once the cause is mended.`))));
  });
}
