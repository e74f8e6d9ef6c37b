// A move in this process, of a suite's own database, and what that holds before and after.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../harness/built.ts";
import type { Row } from "../harness/database.ts";
import type { System } from "../harness/system.ts";
import type { Before } from "./organizations.ts";

// Pages of a few, so that there are many of them; the page is read with the module.
process.env["TALLYGATE_MOVE_PAGE"] = "90";
const { Catalog } = await import("../../scripts/import/catalog.mjs");
const { readBrought } = await import("../../scripts/move/brought.mjs");
const { readDecisions } = await import("../../scripts/move/decisions.mjs");
const { readRules } = await import("../../scripts/move/rules.mjs");
const { run, surveyed } = await import("../../scripts/move/run.mjs");
const { Plan } = await import("../../scripts/move/report.mjs");
const { added } = await import("../../scripts/move/statements.mjs");

export type ChosenDatabase = import("../../scripts/chosen-database.mjs").ChosenDatabase;
type StripeSide = import("../../scripts/move/stripe.mjs").StripeSide;

/** The rows as they are before the move. What is no text is told by what stands in it, or by its name. */
export async function fill(database: ChosenDatabase, before: Before): Promise<void> {
  await database.write(["INSERT INTO plans (id, name, audience, position, seats, concurrent_sessions, retired) VALUES ('organization_legacy', 'Legacy', 'team', 90, 10, -1, 1)"]);
  const late: string[] = [];
  for (const [table, rows] of before.tables) {
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const columns = names.map((name) => (rows.some((row) => typeof row[name] === "number") || /_(at|since|start|end)$/.test(name) ? `#${name}` : name));
    for (let place = 0; place < rows.length; place += 1_500) {
      const page = rows.slice(place, place + 1_500);
      // Named once they are there: until then SQLite looks through all users.
      const values = page.map((row) => names.map((name) => (table === "users" && name === "current_organization_id" ? null : row[name] ?? standard(name))));
      await database.write(added(database, table, columns, values));
      if (table === "users") for (const row of page) late.push(`('${row["id"]}', '${row["current_organization_id"]}')`);
    }
  }
  for (let place = 0; place < late.length; place += 1_000) {
    await database.write([`WITH homes (user_id, home) AS (VALUES ${late.slice(place, place + 1_000).join(", ")}) UPDATE users SET current_organization_id = homes.home FROM homes WHERE users.id = homes.user_id`]);
  }
}

/** What a column has that a row says nothing of. */
const standard = (name: string): number | null => (["email_verified", "uses"].includes(name) ? 0 : null);

export interface Files {
  decisions?: string;
  packages?: string;
  analytics?: string;
  stripe?: StripeSide;
  organization?: string;
  limit?: number;
}

async function wanted(database: ChosenDatabase, { decisions, packages, analytics, stripe, organization, limit }: Files): Promise<Parameters<typeof run>[1]> {
  return {
    rules: readRules("wellness"), decisions: readDecisions(decisions), catalog: await Catalog.of(database), stripe,
    brought: readBrought({ ...(packages === undefined ? {} : { packages }), ...(analytics === undefined ? {} : { analytics }) }),
    ...(organization === undefined ? {} : { organization }), ...(limit === undefined ? {} : { limit }),
  };
}

export const move = async (database: ChosenDatabase, files: Files): ReturnType<typeof run> => run(database, await wanted(database, files));

export async function plan(database: ChosenDatabase, files: Files): Promise<InstanceType<typeof Plan>> {
  const found = new Plan();
  for await (const { decided } of surveyed(database, await wanted(database, files))) for (const one of decided) found.add(one);
  return found;
}

/** What only grows, and the move's own: histories and events have more after a way back, and nothing else. */
export const ADDED_TO = ["audit_events", "outbox", "moved_organizations"];
export const TABLES = [...readFileSync(join(ROOT, "schema.sql"), "utf8").matchAll(/^CREATE TABLE IF NOT EXISTS (\w+) \(/gm)].map(([, name = ""]) => name);

/** Every row of every table, as lines in an order of their own. `same`: makes of a value what two moves have in common. */
export async function contents(system: System, same: (column: string, value: Row[string]) => Row[string] = (_, value) => value): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of TABLES) {
    if (table === "schema_migrations") continue;
    found[table] = (await system.sql(`SELECT * FROM ${table}`))
      .map((row) => JSON.stringify(Object.keys(row).sort().map((column) => [column, same(column, row[column] ?? null)]))).sort();
  }
  return found;
}
