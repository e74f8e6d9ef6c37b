// @ts-check
// What is brought: files of several kinds, and databases, each as tables of rows.
import { existsSync, readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { postgres } from "../needed.mjs";
import { Failure } from "../run.mjs";
import { tablesOfClerk } from "./clerk.mjs";
import { rowsOfCsv } from "./csv.mjs";
import { tablesOfDump } from "./dump.mjs";
import { importTool } from "./tool.mjs";

/**
 * A row, and where it stands: `users.csv, line 7`.
 * @typedef {{ where: string, values: Record<string, unknown> }} Row
 * @typedef {Map<string, Row[]>} Tables By the table's name.
 */

/**
 * Reads everything. A CSV is the table that it is named after, or the one that is said before it: `profiles=export-7.csv`.
 * @param {string[]} sources Files, and connection strings of Postgres.
 * @param {Set<string>} wanted The names of the tables that the mapping reads: of a database only these are read.
 * @returns {Promise<Tables>}
 */
export async function readTables(sources, wanted) {
  /** @type {Tables} */
  const tables = new Map();
  for (const source of sources) {
    for (const [name, rows] of await tablesOf(source, wanted)) tables.set(name, [...(tables.get(name) ?? []), ...rows]);
  }
  return tables;
}

/**
 * @param {string} source
 * @param {Set<string>} wanted
 * @returns {Promise<Tables>}
 */
async function tablesOf(source, wanted) {
  if (/^postgres(ql)?:\/\//.test(source)) return ofPostgres(source, wanted);
  const [, said, path] = /^(?:([\w.]+)=)?(.*)$/s.exec(source) ?? [];
  const file = path ?? source;
  if (!existsSync(file)) throw new Failure(`${file} is not there.`);
  const name = basename(file);
  const lined = (/** @type {import("./csv.mjs").Row[]} */ rows) => rows.map(({ line, values }) => ({ where: `${name}, line ${line}`, values }));
  const bytes = readFileSync(file);
  if (bytes.subarray(0, 15).toString("latin1") === "SQLite format 3") return ofSqlite(file, name, wanted);
  const text = bytes.toString("utf8");
  switch (extname(file).toLowerCase()) {
    case ".csv":
      return new Map([[said ?? basename(file, extname(file)), lined(rowsOfCsv(text, name))]]);
    case ".sql":
      return new Map([...tablesOfDump(text, name)].map(([table, rows]) => [table, lined(rows)]));
    case ".json":
      return tablesOfClerk(text, name);
    default:
      throw new Failure(`${file} is none of what can be read: .csv, .sql (a dump), .json (of Clerk's API), a SQLite file, or postgres://….`);
  }
}

/**
 * @param {string} file
 * @param {string} name
 * @param {Set<string>} wanted
 * @returns {Promise<Tables>}
 */
async function ofSqlite(file, name, wanted) {
  /** @type {Tables} */
  const tables = new Map();
  for (const table of (await importTool(["tables", file])).split("\n").filter((table) => wanted.has(table.toLowerCase()))) {
    const rows = (await importTool(["rows", file, table])).split("\n").filter((line) => line !== "");
    tables.set(table, rows.map((row, place) => ({ where: `${name}, ${table}, row ${place + 1}`, values: JSON.parse(row) })));
  }
  return tables;
}

/**
 * @param {string} url
 * @param {Set<string>} wanted
 * @returns {Promise<Tables>}
 */
async function ofPostgres(url, wanted) {
  // As the database writes them: a time without a zone is not to be taken for one of this machine's.
  const client = new (postgres().Client)({ connectionString: url, types: { getTypeParser: () => (/** @type {string} */ text) => text } });
  await client.connect().catch((error) => { throw new Failure(`The Postgres to read from cannot be reached: ${error.message}`); });
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    /** @type {Tables} */
    const tables = new Map();
    const { rows: found } = await client.query(`SELECT schemaname AS schema, tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`);
    for (const { schema, name } of found) {
      const full = `${schema}.${name}`;
      if (!wanted.has(full.toLowerCase()) && !(schema === "public" && wanted.has(String(name).toLowerCase()))) continue;
      const { rows } = await client.query(`SELECT * FROM "${schema}"."${name}" ORDER BY 1`);
      tables.set(full, rows.map((values, place) => ({ where: `${full}, row ${place + 1}`, values })));
    }
    return tables;
  } finally {
    await client.end();
  }
}
