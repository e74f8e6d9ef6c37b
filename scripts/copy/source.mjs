// @ts-check
// Where a copy reads: a D1 on this machine, or what was exported of one.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { exportRemotely } from "../deploy/database.mjs";
import { openD1 } from "../local/d1.mjs";
import { LOCAL_NAME, STATE } from "../local/database.mjs";
import { splitStatements } from "../local/sql.mjs";
import { MADE_BEFORE, migrations, pending } from "../migrations.mjs";
import { Failure, Progress } from "../run.mjs";
import { tablesOf } from "./tables.mjs";

/** Statements of an export that are applied at once. */
const STATEMENTS_AT_ONCE = 500;

/**
 * @typedef {object} Source
 * @property {import("./tables.mjs").Table[]} tables
 * @property {{ number: number, name: string }[]} migrations What it has had.
 * @property {string} identity The same for the same database, whatever is written to it.
 * @property {(table: import("./tables.mjs").Table, after: unknown[] | undefined, limit: number) => Promise<Record<string, unknown>[]>} page
 * @property {(table: import("./tables.mjs").Table) => Promise<number>} count
 */

/**
 * Opens what `--from` names while `work` runs: "local", "remote", a folder that `npm run backup` made, or a file of SQL.
 * @template T
 * @param {string} from
 * @param {(source: Source) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSource(from, work) {
  if (from === "remote") {
    const file = resolve(`backups/${new Date().toISOString().slice(0, 19).replaceAll(":", "")}-d1.sql`);
    await exportRemotely(file);
    console.log(`What is copied is ${file}; to go on after an interruption: --from ${file}`);
    return withSource(file, work);
  }
  const path = from === "local" ? join(STATE, "v3/d1") : resolve(from);
  if (!existsSync(path)) throw new Failure(from === "local" ? "There is no local database yet: \"npm start\" makes it." : `${path} is not there.`);
  // Read from a copy of its own: what else has the database open is neither disturbed nor in the way.
  const folder = mkdtempSync(join(tmpdir(), "tallygate-copy-"));
  try {
    const isFolder = statSync(path).isDirectory();
    if (isFolder) cpSync(path, folder, { recursive: true });
    return await withD1(folder, async (database) => {
      if (!isFolder) await load(database, readFileSync(path, "utf8"));
      return work(await sourceOf(database));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @template T
 * @param {string} folder
 * @param {(database: any) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withD1(folder, work) {
  const database = await openD1({ name: LOCAL_NAME, folder });
  try {
    return await work(database);
  } finally {
    await database.dispose();
  }
}

/**
 * Reads an export: first the tables, then their rows, then what stands on them. Its rows name rows that come later in the
 * file, so the tables are made without their references here; the target checks them.
 * @param {any} database
 * @param {string} sql
 */
async function load(database, sql) {
  const all = splitStatements(sql).filter((statement) => !/^PRAGMA\b/i.test(statement));
  const isTable = (/** @type {string} */ statement) => /^CREATE TABLE\b/i.test(statement);
  const isRow = (/** @type {string} */ statement) => /^INSERT\b/i.test(statement);
  const statements = [
    ...all.filter(isTable).map((statement) => statement.replace(/\s+REFERENCES \w+ \(\w+\)( DEFERRABLE INITIALLY DEFERRED)?/g, "")),
    ...all.filter(isRow), ...all.filter((statement) => !isTable(statement) && !isRow(statement)),
  ];
  const progress = new Progress("Reading the export");
  try {
    for (let place = 0; place < statements.length; place += STATEMENTS_AT_ONCE) {
      await database.batch(statements.slice(place, place + STATEMENTS_AT_ONCE).map((statement) => database.prepare(statement)));
      progress.counted = `${Math.min(place + STATEMENTS_AT_ONCE, statements.length)}/${statements.length}`;
    }
    progress.done();
  } catch (error) {
    throw new Failure(`The export cannot be read: ${error instanceof Error ? error.message : error}`);
  } finally {
    progress.close();
  }
}

/** @param {any} database @returns {Promise<Source>} */
async function sourceOf(database) {
  /** @param {string} sql @param {unknown[]} values @returns {Promise<Record<string, unknown>[]>} */
  const rows = async (sql, ...values) => (await database.prepare(sql).bind(...values).all()).results;
  const names = (await rows("SELECT name FROM sqlite_schema WHERE type = 'table'")).map(({ name }) => name);
  if (!names.includes("users")) throw new Failure("There is no Tallygate database in the source.");
  if (!names.includes("schema_migrations")) throw new Failure(MADE_BEFORE);
  const had = /** @type {any[]} */ (await rows("SELECT number, name, hash, applied_at FROM schema_migrations ORDER BY number"));
  if (pending(migrations("d1"), had).length > 0) throw new Failure("The source is older than this checkout: bring it up with \"npm run migrate\" first.");
  const [oldest] = await rows("SELECT id, created_at FROM users ORDER BY created_at, id LIMIT 1");
  const of = (/** @type {string} */ name) => `"${name}"`;
  return {
    tables: await tablesOf(rows),
    migrations: had.map(({ number, name }) => ({ number, name })),
    identity: createHash("sha256").update(JSON.stringify([had, oldest ?? null])).digest("hex"),
    page: (table, after, limit) => {
      const key = table.key.map(of).join(", ");
      const behind = after === undefined ? "" : `WHERE (${key}) > (${after.map(() => "?").join(", ")})`;
      return rows(`SELECT ${table.columns.map(of).join(", ")} FROM ${of(table.name)} ${behind} ORDER BY ${key} LIMIT ${limit}`, ...(after ?? []));
    },
    count: async (table) => Number((await rows(`SELECT count(*) AS rows FROM ${of(table.name)}`))[0]?.rows),
  };
}
