// @ts-check
// npm start -- --postgres, --hyperdrive: the same system on a real Postgres of its own, kept between starts.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Failure } from "../run.mjs";
import { ensurePostgres } from "../setup/postgres.mjs";
import { ROOT } from "../workspace.mjs";

/**
 * What leads the functions to Postgres.
 * @typedef {object} Started
 * @property {boolean} isNew
 * @property {string | undefined} product The catalog that it was begun with.
 * @property {string} adminUrl What the commands take as `--postgres`.
 * @property {Record<string, string>} settings
 * @property {(name: string) => string} urlFor Where a function finds it, as the role that it signs in as.
 */

/**
 * Starts Postgres with the tables, the catalog and the demo data. It ends with this process.
 * @param {import("./postgres-server.ts").Wanted} wanted
 * @returns {Promise<Started>}
 */
export async function startPostgres(wanted) {
  await ensurePostgres();
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/local/postgres-server.ts"], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.write(`${JSON.stringify(wanted)}\n`);
  /** @type {string} */
  const line = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("exit", () => reject(new Failure("The local Postgres did not start; what it says stands above.")));
  });
  // It must not keep this process alive; when this process ends, its input ends, and it with it.
  child.unref();
  for (const pipe of [child.stdin, child.stdout]) if ("unref" in pipe && typeof pipe.unref === "function") pipe.unref();
  /** @type {import("./postgres-server.ts").Address} */
  const { url, adminUrl, endpoint, ...database } = JSON.parse(line);
  const ofConsole = new URL(url);
  ofConsole.username = "tallygate_console";
  const urlFor = (/** @type {string} */ name) => (name === "console" ? ofConsole.href : url);
  if (endpoint === undefined) return { ...database, adminUrl, settings: { DATABASE: "hyperdrive" }, urlFor };
  return { ...database, adminUrl, settings: { DATABASE: "postgres", POSTGRES_URL: url, CONSOLE_POSTGRES_URL: urlFor("console"), POSTGRES_HTTP_ENDPOINT: endpoint }, urlFor };
}

/**
 * Starts a Postgres for all suites of a run, and gives its port to the work.
 * @template T
 * @param {(port: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withPostgresForAllSuites(work) {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/local/postgres/for-all-suites.ts"], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    /** @type {string | undefined} */
    const port = await Promise.race([
      new Promise((resolve) => createInterface(child.stdout).once("line", resolve)),
      ended.then(() => undefined),
    ]);
    if (port === undefined) throw new Failure("The Postgres of the suites did not start; what it says stands above.");
    return await work(port);
  } finally {
    child.stdin.end();
    await ended;
  }
}
