// @ts-check
// Brings the local D1 up to date, each migration as one transaction.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { splitStatements } from "../local/sql.mjs";
import { MADE_BEFORE, migrations, pending, record } from "../migrations.mjs";
import { Failure } from "../run.mjs";
import { ROOT } from "../workspace.mjs";


/**
 * @typedef {object} Local What of D1 is used.
 * @property {(sql: string) => { bind: (...values: unknown[]) => any, all: () => Promise<{ results: any[] }> }} prepare
 * @property {(statements: any[]) => Promise<unknown>} batch
 */

/**
 * @param {Local} database
 * @param {{ folder?: string, dryRun?: boolean }} options
 * @returns {Promise<{ isNew: boolean, applied: import("../migrations.mjs").Migration[] }>}
 */
export async function migrateLocal(database, { folder, dryRun = false } = {}) {
  const rows = async (/** @type {string} */ sql) => (await database.prepare(sql).all()).results;
  const run = (/** @type {string[]} */ statements) => database.batch(statements.map((sql) => database.prepare(sql)));
  const tables = (await rows("SELECT name FROM sqlite_schema WHERE type = 'table'")).map(({ name }) => String(name));
  if (!tables.includes("users")) {
    if (!dryRun) await run(splitStatements(readFileSync(join(ROOT, "schema.sql"), "utf8")));
    return { isNew: true, applied: [] };
  }
  if (!tables.includes("schema_migrations")) throw new Failure(MADE_BEFORE);
  const needed = pending(migrations("d1", folder), await rows("SELECT number, name, hash FROM schema_migrations ORDER BY number"));
  if (!dryRun) for (const migration of needed) await run([...splitStatements(migration.sql), record(migration)]);
  return { isNew: false, applied: needed };
}
