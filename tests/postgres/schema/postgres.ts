// The schema as Postgres tells it.
import { plain, type Column, type Engine, type Schema, type Table } from "./schema.ts";

export async function describePostgres(engine: Engine): Promise<Schema> {
  const columns = await grouped(engine, `SELECT table_name AS of, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`);
  const keys = await grouped(engine, `SELECT key.table_name AS of, key.column_name
    FROM information_schema.table_constraints rule
    JOIN information_schema.key_column_usage key USING (constraint_schema, constraint_name, table_name)
    WHERE rule.constraint_type = 'PRIMARY KEY' AND rule.table_schema = 'public' ORDER BY key.ordinal_position`);
  const rules = await grouped(engine, `SELECT conrelid::regclass::text AS of, contype AS kind, condeferred, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace`);
  const indexes = await grouped(engine, `SELECT tablename AS of, indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey' ORDER BY indexname`);
  const triggers = await engine.rows(`SELECT tgname || ' on ' || tgrelid::regclass AS text FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname`);
  const kinds = await engine.rows("SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name");
  const named = (kind: string) => kinds.filter(({ table_type: type }) => type === kind).map((row) => String(row["table_name"]));
  const table = (name: string): Table => ({
    columns: (columns[name] ?? []).map(column),
    primaryKey: (keys[name] ?? []).map((row) => String(row["column_name"])),
    uniqueIndexes: (indexes[name] ?? []).map(({ indexdef }) => uniqueIndex(String(indexdef))).filter((text) => text !== ""),
    foreignKeys: (rules[name] ?? []).filter(({ kind }) => kind === "f").map(foreignKey).sort(),
    checks: (rules[name] ?? []).filter(({ kind }) => kind === "c").length,
  });
  return {
    tables: Object.fromEntries(named("BASE TABLE").map((name) => [name, table(name)])),
    views: Object.fromEntries(named("VIEW").map((name) => [name, (columns[name] ?? []).map((row) => String(row["column_name"]))])),
    triggers: triggers.map(({ text }) => String(text)),
    indexes: Object.values(indexes).flat().map(({ indexname }) => String(indexname)).sort(),
  };
}

async function grouped(engine: Engine, sql: string): Promise<Record<string, Record<string, unknown>[]>> {
  const groups: Record<string, Record<string, unknown>[]> = {};
  for (const row of await engine.rows(sql)) (groups[String(row["of"])] ??= []).push(row);
  return groups;
}

function column({ column_name: name, data_type: type, is_nullable: nullable, column_default: fallback }: Record<string, unknown>): Column {
  if (type !== "bigint" && type !== "text") throw new Error(`${String(name)} is ${String(type)}; the functions bind bigint and text.`);
  return {
    name: String(name),
    type: type === "bigint" ? "integer" : "text",
    nullable: nullable === "YES",
    default: fallback === null ? null : plain(String(fallback)),
  };
}

/** `CREATE UNIQUE INDEX name ON public.table USING btree (columns) WHERE (condition)` */
function uniqueIndex(definition: string): string {
  const [, name, columns = "", condition] = /^CREATE UNIQUE INDEX (\w+) ON .* USING btree \((.*?)\)(?: WHERE (.*))?$/.exec(definition) ?? [];
  if (name === undefined) return "";
  return `${name} (${columns})${condition === undefined ? "" : ` WHERE ${plain(condition)}`}`;
}

function foreignKey({ definition, condeferred }: Record<string, unknown>): string {
  const [, column, table, target] = /FOREIGN KEY \((\w+)\) REFERENCES (\w+)\((\w+)\)/.exec(String(definition)) ?? [];
  return `${column} -> ${table} (${target})${condeferred === true ? " deferred" : ""}`;
}
