// The schema as SQLite tells it.
import { plain, type Column, type Engine, type Schema, type Table } from "./schema.ts";

export async function describeSqlite(engine: Engine): Promise<Schema> {
  const objects = await engine.rows(`SELECT type, name, tbl_name, sql FROM sqlite_schema
    WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '!_cf%' ESCAPE '!' ORDER BY name`);
  const named = (type: string) => objects.filter((object) => object["type"] === type);
  const tables: Record<string, Table> = {};
  for (const { name, sql } of named("table")) tables[String(name)] = await table(engine, String(name), String(sql));
  const views: Record<string, string[]> = {};
  for (const { name } of named("view")) views[String(name)] = (await columnRows(engine, String(name))).map((row) => String(row["name"]));
  return {
    tables,
    views,
    triggers: named("trigger").map(({ name, tbl_name }) => `${String(name)} on ${String(tbl_name)}`),
    indexes: named("index").map(({ name }) => String(name)),
  };
}

async function table(engine: Engine, name: string, sql: string): Promise<Table> {
  const rows = await columnRows(engine, name);
  const keyed = rows.filter(({ pk }) => Number(pk) > 0).sort((one, two) => Number(one["pk"]) - Number(two["pk"]));
  return {
    columns: rows.map(column),
    primaryKey: keyed.map((row) => String(row["name"])),
    uniqueIndexes: await uniqueIndexes(engine, name),
    foreignKeys: await foreignKeys(engine, name, sql),
    checks: withoutComments(sql).match(/\bCHECK\s*\(/g)?.length ?? 0,
  };
}

const columnRows = (engine: Engine, name: string) => engine.rows(`SELECT * FROM pragma_table_info('${name}') ORDER BY cid`);

function column(row: Record<string, unknown>): Column {
  const { name, type, notnull, dflt_value: fallback } = row;
  return { name: String(name), type: type === "INTEGER" ? "integer" : "text", nullable: Number(notnull) === 0, default: fallback === null ? null : String(fallback) };
}

async function uniqueIndexes(engine: Engine, table: string): Promise<string[]> {
  const rows = await engine.rows(`SELECT list.name, schema.sql FROM pragma_index_list('${table}') list
    JOIN sqlite_schema schema ON schema.name = list.name WHERE list."unique" = 1 AND list.origin = 'c' ORDER BY list.name`);
  return rows.map(({ name, sql }) => {
    const [, columns = "", condition] = /\sON\s+\w+\s*\((.*?)\)(?:\s+WHERE\s+(.*))?$/s.exec(String(sql)) ?? [];
    return `${String(name)} (${columns})${condition === undefined ? "" : ` WHERE ${plain(condition)}`}`;
  });
}

async function foreignKeys(engine: Engine, table: string, sql: string): Promise<string[]> {
  const rows = await engine.rows(`SELECT "from", "table", "to" FROM pragma_foreign_key_list('${table}')`);
  return rows.map(({ from, table: other, to }) => {
    const line = sql.split("\n").find((text) => text.trim().startsWith(`${String(from)} `)) ?? "";
    return `${String(from)} -> ${String(other)} (${String(to)})${line.includes("INITIALLY DEFERRED") ? " deferred" : ""}`;
  }).sort();
}

const withoutComments = (sql: string): string => sql.replace(/--[^\n]*/g, "");
