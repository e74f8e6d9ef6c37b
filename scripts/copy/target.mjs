// @ts-check
// Where a copy writes: a Postgres, as the owner of its tables. How far it is stands in the database itself, written with the
// rows, so that a copy that was interrupted goes on with the next row.
import { postgres } from "../needed.mjs";
import { migratePostgres } from "../migrate/postgres.mjs";
import { Failure } from "../run.mjs";
import { FILLED_IN_LATER, keyOf } from "./tables.mjs";

/** Two copies at once wait for each other. Any number that nobody else uses. */
const LOCK = 7_226_412;

/** @typedef {{ after: unknown[] | undefined, rows: number, done: boolean }} Progress */

export class Target {
  /** @param {import("pg").Client} client */
  constructor(client) {
    this.client = client;
  }

  /**
   * Opens it; a database without tables gets them.
   * @param {string} url
   * @param {{ dryRun?: boolean }} options
   */
  static async open(url, { dryRun = false } = {}) {
    const { isNew, applied } = await migratePostgres(url, { dryRun: true });
    if (!isNew && applied.length > 0) throw new Failure("The target is older than this checkout: bring it up with \"npm run migrate -- --postgres URL\" first.");
    if (isNew && dryRun) return undefined;
    if (isNew) await migratePostgres(url);
    const client = new (postgres().Client)({ connectionString: url });
    await client.connect();
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    return new Target(client);
  }

  async close() {
    await this.client.end();
  }

  /** @returns {Promise<{ number: number, name: string }[]>} */
  async migrations() {
    return (await this.client.query("SELECT number::integer, name FROM schema_migrations ORDER BY number")).rows;
  }

  /**
   * Refuses a database that holds anything but the beginning of a copy of this source.
   * @param {import("./source.mjs").Source} source
   */
  async begin(source) {
    const { client } = this;
    if (await this.#isCopying()) {
      const { rows: [begun] } = await client.query("SELECT source FROM tallygate_copy WHERE step = ''");
      if (begun?.source !== source.identity) throw new Failure("The target holds the beginning of a copy of another database. Take an empty one.");
      return;
    }
    for (const { name } of source.tables) {
      const { rows: [{ has }] } = await client.query(`SELECT EXISTS (SELECT FROM "${name}") AS has`);
      if (has) throw new Failure(`The target holds rows already (${name}). A copy needs an empty database; --verify compares the two as they are.`);
    }
    await client.query(`BEGIN;
CREATE TABLE tallygate_copy (step text NOT NULL PRIMARY KEY, source text, last_key text, rows bigint NOT NULL, done bigint NOT NULL);
REVOKE ALL ON tallygate_copy FROM PUBLIC, anon, authenticated, tallygate;
INSERT INTO tallygate_copy (step, source, rows, done) VALUES ('', '${source.identity}', 0, 0);
COMMIT`);
  }

  async #isCopying() {
    return (await this.client.query("SELECT to_regclass('public.tallygate_copy') IS NOT NULL AS is")).rows[0].is;
  }

  /** @param {string} step @returns {Promise<Progress>} */
  async progress(step) {
    if (!(await this.#isCopying())) return { after: undefined, rows: 0, done: false };
    const { rows: [row] } = await this.client.query("SELECT last_key, rows, done FROM tallygate_copy WHERE step = $1", [step]);
    return { after: row?.last_key == null ? undefined : JSON.parse(row.last_key), rows: Number(row?.rows ?? 0), done: row?.done === "1" };
  }

  /**
   * Writes one page and how far it goes, as one transaction.
   * @param {import("./tables.mjs").Table} table
   * @param {Record<string, unknown>[]} page
   * @param {boolean} isLast
   */
  write(table, page, isLast) {
    const later = FILLED_IN_LATER[table.name] ?? [];
    const columns = table.columns.filter((column) => !later.includes(column)).map((column) => `"${column}"`).join(", ");
    return this.#step(table.name, table, page, isLast, async () => {
      // What a row's triggers would add was copied with the other tables. Foreign keys and checks stay on.
      await this.client.query(`ALTER TABLE "${table.name}" DISABLE TRIGGER USER`);
      await this.client.query(`INSERT INTO "${table.name}" (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::"${table.name}", $1)`, [JSON.stringify(page)]);
      await this.client.query(`ALTER TABLE "${table.name}" ENABLE TRIGGER USER`);
    });
  }

  /**
   * Fills in the columns that had to wait, for one page.
   * @param {import("./tables.mjs").Table} table
   * @param {Record<string, unknown>[]} page
   * @param {boolean} isLast
   */
  fillIn(table, page, isLast) {
    const columns = (FILLED_IN_LATER[table.name] ?? []).map((column) => `"${column}" = filled."${column}"`).join(", ");
    const same = table.key.map((column) => `target."${column}" = filled."${column}"`).join(" AND ");
    return this.#step(`${table.name}, the rest`, table, page, isLast, async () => {
      await this.client.query(`UPDATE "${table.name}" target SET ${columns} FROM json_populate_recordset(NULL::"${table.name}", $1) filled WHERE ${same}`, [JSON.stringify(page)]);
    });
  }

  /**
   * @param {string} step
   * @param {import("./tables.mjs").Table} table
   * @param {Record<string, unknown>[]} page
   * @param {boolean} isLast
   * @param {() => Promise<void>} work
   */
  async #step(step, table, page, isLast, work) {
    const last = page.at(-1);
    // A table with checks that wait for the end cannot be altered.
    await this.client.query("BEGIN; SET CONSTRAINTS ALL IMMEDIATE");
    try {
      if (last) await work();
      await this.client.query(`INSERT INTO tallygate_copy (step, last_key, rows, done) VALUES ($1, $2, $3, $4)
ON CONFLICT (step) DO UPDATE SET last_key = coalesce(excluded.last_key, tallygate_copy.last_key), rows = tallygate_copy.rows + excluded.rows, done = excluded.done`,
      [step, last ? keyOf(table, last) : null, page.length, isLast ? 1 : 0]);
      await this.client.query("COMMIT");
    } catch (error) {
      await this.client.query("ROLLBACK");
      throw new Failure(`${step}: the target refused rows from ${page[0] ? keyOf(table, page[0]) : "?"} to ${last ? keyOf(table, last) : "?"}, and nothing of them was written: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** @param {import("./tables.mjs").Table} table */
  async count(table) {
    return Number((await this.client.query(`SELECT count(*) AS rows FROM "${table.name}"`)).rows[0].rows);
  }

  /**
   * The rows of the same keys, by their keys.
   * @param {import("./tables.mjs").Table} table
   * @param {Record<string, unknown>[]} page
   * @returns {Promise<Map<string, Record<string, unknown>>>}
   */
  async same(table, page) {
    const keys = page.map((row) => Object.fromEntries(table.key.map((column) => [column, row[column]])));
    const same = table.key.map((column) => `target."${column}" = wanted."${column}"`).join(" AND ");
    const { rows } = await this.client.query(
      `SELECT target.* FROM json_populate_recordset(NULL::"${table.name}", $1) wanted JOIN "${table.name}" target ON ${same}`, [JSON.stringify(keys)]);
    return new Map(rows.map((row) => [JSON.stringify(table.key.map((column) => String(row[column]))), row]));
  }

  /** The copy is whole: what it kept of itself is not needed any more. */
  async finish() {
    await this.client.query("DROP TABLE IF EXISTS tallygate_copy; ANALYZE");
  }
}
