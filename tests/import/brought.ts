// An import in this process, into a suite's own database, and what it has made there.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openD1 } from "../../scripts/local/d1.mjs";
import { engine } from "../harness/database.ts";
import type { System } from "../harness/system.ts";
import { TemporaryFiles } from "../harness/temporary-files.ts";
import { betterAuth, clerkCsv, clerkJson, copyBlock, csv, insertStatement, supabase, type Product, type Sheet } from "./sources.ts";

// Pages of a few, so that there are many of them; the page is read with the module.
process.env["TALLYGATE_IMPORT_PAGE"] = "30";
const { bring, formsOfAll, outcomeOf } = await import("../../scripts/import/bring.mjs");
const { readTables } = await import("../../scripts/import/files.mjs");
const { readMapping, tablesRead } = await import("../../scripts/import/mapping.mjs");
const { read } = await import("../../scripts/import/read.mjs");
const { summary } = await import("../../scripts/import/report.mjs");
const { readStripe } = await import("../../scripts/import/stripe.mjs");

type ChosenDatabase = import("../../scripts/chosen-database.mjs").ChosenDatabase;
export type Outcome = import("../../scripts/import/decide.mjs").Outcome;
export type Finding = import("../../scripts/import/read.mjs").Finding;
type Brought = Awaited<ReturnType<typeof formsOfAll>> & { mapping: ReturnType<typeof readMapping>; read: ReturnType<typeof read>; stripe: Awaited<ReturnType<typeof readStripe>> | undefined; now: number };

/** The suite's database as a command has it. */
export function chosen(system: System): ChosenDatabase {
  return {
    name: "the suite's database", kind: engine,
    ask: async (queries) => system.batch(queries.map((sql) => ({ sql }))),
    write: async (sql) => { await system.batch([sql].flat().map((sql) => ({ sql }))); },
  };
}

/** What is killed: it writes so many pages, and then never again. `answer lost`: the last page is written, and nobody hears of it. */
export function killed(database: ChosenDatabase, after: number, isAnswerLost: boolean): ChosenDatabase {
  let pages = 0;
  const isAlive = (): void => {
    if (pages >= after) throw new Error("killed");
  };
  return {
    ...database,
    ask: async (queries) => {
      isAlive();
      return database.ask(queries);
    },
    write: async (sql) => {
      pages += 1;
      if (pages < after || isAnswerLost) await database.write(sql);
      isAlive();
    },
  };
}

/** Reads files as the command does. */
export async function brought(mapping: string, files: string[], stripe?: { key: string; url: string }): Promise<Brought> {
  const now = Date.now();
  const described = readMapping(mapping);
  const found = read(described, await readTables(files, tablesRead(described)), now);
  const account = stripe === undefined ? undefined : await readStripe(stripe, now);
  return { mapping: described, read: found, stripe: account, now, ...(await formsOfAll(found, account)) };
}

export const check = (database: ChosenDatabase, given: Brought): Promise<Outcome> => outcomeOf(database, given);
export async function run(database: ChosenDatabase, given: Brought): Promise<Outcome> {
  const outcome = await outcomeOf(database, given);
  await bring(database, given, outcome);
  return outcome;
}

export class Files extends TemporaryFiles {
  supabaseCsv(product: Product): string[] {
    return supabase(product).map(({ table, columns, rows }) => this.write(`${table.split(".")[1]}.csv`, csv(columns, rows)));
  }

  /** One file, half of it as `pg_dump` writes it and half as statements. */
  supabaseDump(product: Product): string[] {
    const [users, profiles, organizations] = supabase(product) as [Sheet, Sheet, Sheet];
    const block = ({ table, columns, rows }: Sheet): string => copyBlock(table, columns, rows);
    const statement = ({ table, columns, rows }: Sheet): string => insertStatement(table, columns, rows);
    return [this.write("dump.sql", `--\n-- PostgreSQL database dump\n--\nSET client_encoding = 'UTF8';\nCREATE TABLE public.other (id uuid);\n${block(users)}${statement(profiles)}${block(organizations)}`)];
  }

  clerkCsv(product: Product): string[] {
    const { columns, rows } = clerkCsv(product);
    return [this.write("users.csv", csv(columns, rows))];
  }

  clerkJson(product: Product): string[] {
    const { users, organizations, memberships } = clerkJson(product);
    return [
      this.write("users.json", JSON.stringify(users)), this.write("organizations.json", JSON.stringify({ data: organizations, total_count: organizations.length })),
      this.write("memberships.json", memberships.map((one) => JSON.stringify(one)).join("\n")),
    ];
  }

  /** As the statements that make better-auth's tables in the Postgres that they are in. */
  betterAuthStatements(product: Product): string[] {
    return betterAuth(product).flatMap(({ table, columns, rows }) => [
      `CREATE TABLE "${table}" (${columns.map((name) => `"${name}" text`).join(", ")})`,
      insertStatement(table, columns, rows.map((row) => row.map((cell) => (cell === null ? null : String(cell))))).trim().replace(/;$/, ""),
    ]);
  }

  /** A SQLite file, which Miniflare makes: it is what D1 keeps its rows in. */
  async betterAuthSqlite(product: Product): Promise<string[]> {
    const folder = join(this.folder, "better-auth");
    rmSync(folder, { recursive: true, force: true });
    const database = await openD1({ name: "better-auth", folder });
    try {
      for (const { table, columns, rows } of betterAuth(product)) {
        await database.prepare(`CREATE TABLE "${table}" (${columns.map((name) => `"${name}"`).join(", ")})`).all();
        const sql = `INSERT INTO "${table}" VALUES (${columns.map(() => "?").join(", ")})`;
        for (let place = 0; place < rows.length; place += 100) await database.batch(rows.slice(place, place + 100).map((row) => database.prepare(sql).bind(...row)));
      }
    } finally {
      await database.dispose();
    }
    const file = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((name) => /[0-9a-f]{64}\.sqlite$/.test(name));
    if (file === undefined) throw new Error("There is no SQLite file.");
    return [join(folder, file)];
  }
}

/** What was made and what was told, as lines that are the same every time. */
export async function lines(system: System, outcome: Outcome, now: number): Promise<string[]> {
  const list = (ids: string[]): string => JSON.stringify(ids).replaceAll("'", "''");
  const values = (ids: string[]): string => (engine === "postgres" ? `(SELECT value FROM json_array_elements_text('${list(ids)}'))` : `(SELECT value FROM json_each('${list(ids)}'))`);
  const day = (moment: unknown): string => (Number(moment) > now - 3_600_000 ? "today" : new Date(Number(moment)).toISOString());
  const organizations = [...outcome.people.map(({ personal }) => personal.id), ...outcome.teams.map(({ id }) => id)];
  const counted = await system.sql(`SELECT organization_id, feature, quantity, changes FROM usage_counters WHERE organization_id IN ${values(organizations)} ORDER BY 1, 2`);
  const ledger = await system.sql(`SELECT organization_id, feature, CAST(SUM(counted) AS BIGINT) AS quantity, COUNT(*) AS changes FROM usage_events WHERE organization_id IN ${values(organizations)} GROUP BY 1, 2 ORDER BY 1, 2`);
  if (JSON.stringify(counted) !== JSON.stringify(ledger)) throw new Error("Counters and ledger differ.");
  const used = (id: unknown): string => counted.filter(({ organization_id: of }) => of === id).map(({ feature, quantity }) => `${feature} ${quantity}`).join(", ");
  const people = await system.sql(`SELECT person.id, person.email, person.email_verified, person.name, person.username, person.banned_by, person.created_at,
  own.id AS own, own.name AS organization, own.slug, held.plan_id, held.status, held.stripe_subscription_id, customer.stripe_customer_id,
  CASE WHEN person.current_organization_id = own.id THEN NULL ELSE person.current_organization_id END AS home
FROM users person JOIN organizations own ON own.personal_user_id = person.id JOIN org_subscriptions held ON held.organization_id = own.id
LEFT JOIN billing_customers customer ON customer.organization_id = own.id
WHERE person.id IN ${values(outcome.people.map(({ source }) => source.id))} ORDER BY person.id`);
  const members = await system.sql(`SELECT member.organization_id, member.user_id, member.role, member.joined_at FROM organization_members member
JOIN organizations team ON team.id = member.organization_id AND team.kind = 'team' WHERE team.id IN ${values(outcome.teams.map(({ id }) => id))} ORDER BY 1, 2`);
  const teams = await system.sql(`SELECT team.id, team.name, team.slug, team.external_id, team.created_at, held.plan_id, held.status, held.stripe_subscription_id, customer.stripe_customer_id
FROM organizations team JOIN org_subscriptions held ON held.organization_id = team.id LEFT JOIN billing_customers customer ON customer.organization_id = team.id
WHERE team.id IN ${values(outcome.teams.map(({ id }) => id))} ORDER BY team.id`);
  const text = (...parts: unknown[]): string => parts.map((part) => (part === null || part === "" ? "-" : String(part))).join(" | ");
  return [
    ...summary(outcome).split("\n"), "", "people",
    ...people.map((row) => text(
      row["id"], row["email"], row["email_verified"], row["name"], row["username"], row["banned_by"], day(row["created_at"]), row["organization"],
      row["slug"], row["plan_id"], row["status"], row["stripe_customer_id"], row["stripe_subscription_id"], used(row["own"]), row["home"])),
    "", "organizations",
    ...teams.map((row) => text(row["id"], row["name"], row["slug"], row["external_id"], day(row["created_at"]), row["plan_id"], row["status"], row["stripe_customer_id"], row["stripe_subscription_id"], used(row["id"]))),
    "", "members", ...members.map((row) => text(row["organization_id"], row["user_id"], row["role"], day(row["joined_at"]))),
    "", "findings", ...outcome.findings.map(({ where, kind, id, isLeftOut, reason, detail }) => text(isLeftOut ? "left out" : "look at", reason, where, kind, id, detail).replace(/[0-9a-f]{64}\.sqlite/, "better-auth.sqlite")),
  ];
}
