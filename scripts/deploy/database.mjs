// @ts-check
// The deployed D1, by its name. wrangler is run from a folder without a configuration, because with one it wants
// the database's id written down, which no file of this repository holds.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MADE_BEFORE, migrations, pending, record } from "../migrations.mjs";
import { Failure, runStep } from "../run.mjs";
import { ROOT, npmProgram } from "../workspace.mjs";

export const DATABASE = "tallygate";

/** Makes the database unless the account has it. Returns true when it was made. */
export async function ensureDatabase() {
  const listed = await wrangler("Looking for the database", ["d1", "list", "--json"]);
  /** @type {{ name: string }[]} */
  const databases = JSON.parse(listed.slice(listed.indexOf("[")));
  if (databases.some(({ name }) => name === DATABASE)) return false;
  await wrangler(`Making the database ${DATABASE}`, ["d1", "create", DATABASE]);
  return true;
}

/**
 * @param {string} label
 * @param {string} sql
 */
export async function executeRemotely(label, sql) {
  const folder = mkdtempSync(join(tmpdir(), "tallygate-"));
  try {
    writeFileSync(join(folder, "file.sql"), sql);
    await wrangler(label, ["d1", "execute", DATABASE, "--remote", "--yes", "--file", join(folder, "file.sql")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes everything that the deployed database holds into a file, as SQL. @param {string} file */
export async function exportRemotely(file) {
  await wrangler("Exporting the deployed database", ["d1", "export", DATABASE, "--remote", "--output", file]);
}

/** True when no plan was ever loaded. */
export async function hasNoPlans() {
  const [row] = await queryRemotely("Looking for plans", "SELECT count(*) AS plans FROM plans");
  return row?.plans === 0;
}

/**
 * Brings the deployed D1 up to this version. A file is one transaction there.
 * @param {{ dryRun: boolean }} options
 * @returns {Promise<{ isNew: boolean, applied: import("../migrations.mjs").Migration[] }>}
 */
export async function migrateRemotely({ dryRun }) {
  const tables = (await queryRemotely("Looking at the database", "SELECT name FROM sqlite_schema WHERE type = 'table'")).map(({ name }) => name);
  if (!tables.includes("users")) {
    if (!dryRun) await executeRemotely("Tables", readFileSync(join(ROOT, "schema.sql"), "utf8"));
    return { isNew: true, applied: [] };
  }
  if (!tables.includes("schema_migrations")) throw new Failure(MADE_BEFORE);
  const had = await queryRemotely("Looking at its migrations", "SELECT number, name, hash FROM schema_migrations ORDER BY number");
  const needed = pending(migrations("d1"), /** @type {import("../migrations.mjs").Applied[]} */ (had));
  if (!dryRun) for (const migration of needed) await executeRemotely(`Migration ${migration.number}: ${migration.name}`, `${migration.sql}\n;${record(migration)};`);
  return { isNew: false, applied: needed };
}

/**
 * @param {string} label
 * @param {string} sql
 * @returns {Promise<Record<string, unknown>[]>}
 */
export async function queryRemotely(label, sql) {
  const [rows = []] = await queriesRemotely(label, [sql]);
  return rows;
}

/**
 * Several questions at once: the rows of each.
 * @param {string} label
 * @param {string[]} queries
 * @returns {Promise<Record<string, unknown>[][]>}
 */
export async function queriesRemotely(label, queries) {
  const answer = await wrangler(label, ["d1", "execute", DATABASE, "--remote", "--json", "--command", queries.join(";\n")]);
  /** @type {{ results: Record<string, unknown>[] }[]} */
  const answers = JSON.parse(answer.slice(answer.indexOf("[")));
  return answers.map(({ results }) => results);
}

/**
 * @param {string} label
 * @param {string[]} args
 */
function wrangler(label, args) {
  return runStep(label, npmProgram("wrangler"), args, {
    cwd: tmpdir(),
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
    advice: "If you are not signed in to Cloudflare, run \"npx wrangler login\" first.",
  });
}
