// @ts-check
// Which tables a copy moves, in which order, and how a row is named.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../workspace.mjs";

/** What a database keeps of itself: each has its own. */
const OF_THE_DATABASE = new Set(["schema_migrations"]);

/**
 * Columns that name a row of a table that comes later. They are left out at first and filled in at the end.
 * @type {Record<string, string[]>}
 */
export const FILLED_IN_LATER = { users: ["current_organization_id"] };

/**
 * @typedef {object} Table
 * @property {string} name
 * @property {string[]} key Its primary key.
 * @property {string[]} columns All of them, the key included.
 */

/**
 * The source's tables, in the order of the schema's file: each behind those that its rows name.
 * @param {(sql: string) => Promise<Record<string, unknown>[]>} rows Asks the D1.
 * @returns {Promise<Table[]>}
 */
export async function tablesOf(rows) {
  const names = [...readFileSync(join(ROOT, "schema.sql"), "utf8").matchAll(/^CREATE TABLE IF NOT EXISTS (\w+)/gm)].map(([, name = ""]) => name);
  return Promise.all(names.filter((name) => !OF_THE_DATABASE.has(name)).map(async (name) => {
    const columns = await rows(`SELECT name, pk FROM pragma_table_info('${name}')`);
    return {
      name,
      key: columns.filter(({ pk }) => Number(pk) > 0).sort((one, two) => Number(one.pk) - Number(two.pk)).map((column) => String(column.name)),
      columns: columns.map((column) => String(column.name)),
    };
  }));
}

/**
 * The key of a row, as text that can be kept.
 * @param {Table} table
 * @param {Record<string, unknown>} row
 */
export const keyOf = (table, row) => JSON.stringify(table.key.map((column) => row[column]));
