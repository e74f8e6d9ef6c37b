// The register of what is kept of persons (`shared/src/personal_data/register.json`), and the tables that it is about.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./built.ts";

type ByReason = string | Record<string, string[]>;

export interface Registered {
  table: string;
  what: string;
  /** The member or the list of an export that has it. */
  export?: string;
  /** The columns that a deletion erases, or whole rows. */
  erased?: "rows" | string[];
  kept?: ByReason;
  withheld?: ByReason;
}

export interface Register {
  reasons: Record<string, string>;
  tables: Registered[];
}

export const REGISTER = JSON.parse(readFileSync(join(ROOT, "shared/src/personal_data/register.json"), "utf8")) as Register;

/** Tables that name a person, or belong to an organization, without referring to either. */
const WITHOUT_REFERENCE = ["mail_suppressions", "mail_deliveries", "webhook_deliveries"];

export type ColumnType = "TEXT" | "INTEGER";

/** The columns of each table that has something of a person's or of an organization's, as `schema.sql` has them. */
export function personalTables(): Map<string, Map<string, ColumnType>> {
  const text = readFileSync(join(ROOT, "schema.sql"), "utf8");
  const tables = [...text.matchAll(/^CREATE TABLE IF NOT EXISTS (\w+) \(\n([\s\S]*?)\n\)[^\n]*;/gm)].map(([, name = "", body = ""]) => ({ name, body }));
  const personal = tables.filter(({ name, body }) => name === "users" || /REFERENCES (users|organizations) \(id\)/.test(body) || WITHOUT_REFERENCE.includes(name));
  return new Map(personal.map(({ name, body }) => [
    name, new Map([...body.matchAll(/^ {2}(\w+) +(TEXT|INTEGER)\b/gm)].map(([, column = "", type]) => [column, type as ColumnType])),
  ]));
}

/** The columns that stand there by a reason, of all that a table has. */
export function reasoned(columns: ByReason | undefined, all: Iterable<string>): string[] {
  return columns === undefined ? [] : typeof columns === "string" ? [...all] : Object.values(columns).flat();
}

export function reasonsOf(columns: ByReason | undefined): string[] {
  return columns === undefined ? [] : typeof columns === "string" ? [columns] : Object.keys(columns);
}

export function camelCase(column: string): string {
  return column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
