// Nobody fills the house: of each table, what keeps a customer from growing it. Whoever adds a table says it here, and what is said is
// looked up in the sources.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../harness/built.ts";

interface Bound {
  /** Columns of `catalog_settings`: limits that the catalog sets. */
  limits?: string[];
  /** Where a constant says how many there may be. */
  most?: [file: string, constant: string];
  /** The key: there is one for each, and nobody makes up a part of it. */
  oneEach?: string[];
  /** The scheduler's job that deletes what is old. */
  cleared?: string;
  /** Written by the operator (catalog, console, commands), by the scheduler, or from what Stripe says: no request of a customer's does. */
  writtenBy?: "operator" | "scheduler" | "stripe";
  /** As many as a customer makes within the rate limits (`RATE_LIMIT_PERSON`, `RATE_LIMIT_ORGANIZATION`), and why no more is said. */
  rate?: string;
}

const BOUNDS: Record<string, Bound> = {
  schema_migrations: { writtenBy: "operator" },
  catalog_settings: { writtenBy: "operator" },
  plans: { writtenBy: "operator" },
  plan_features: { writtenBy: "operator" },
  plan_prices: { writtenBy: "operator" },
  event_types: { writtenBy: "operator" },
  plan_alerts: { writtenBy: "operator" },
  packages: { writtenBy: "operator" },
  users: { oneEach: ["id"] },
  user_profiles: { oneEach: ["user_id"] },
  onboarding_steps: { most: ["functions/account/src/onboarding.rs", "MOST"] },
  // Of packages that the catalog has, and of preferences that are known.
  user_packages: { oneEach: ["user_id", "package_id"] },
  user_preferences: { oneEach: ["user_id", "name"] },
  user_analytics_sessions: { most: ["functions/account/src/analytics/record.rs", "MOST_A_DAY"] },
  user_analytics_days: { oneEach: ["user_id", "day"] },
  organizations: { limits: ["most_founded_teams"] },
  org_subscriptions: { oneEach: ["organization_id"] },
  // Whoever comes in was invited, or has founded it.
  organization_members: { limits: ["most_invitations_a_day"] },
  former_members: { oneEach: ["user_id", "organization_id"] },
  organization_invitations: { limits: ["most_pending_invitations", "most_invitations_a_day", "most_invitations_to_address_a_day"] },
  active_sessions: { limits: ["most_live_sessions"], most: ["functions/manage-session/src/validate.rs", "MOST_REMEMBERED"], cleared: "clear_sessions" },
  usage_events: { limits: ["most_keys_a_day", "most_refused_keys_a_day"], cleared: "clear_events", rate: "an event without a key is as many as are asked for" },
  // Of meters that the catalog has; the moment of an event is a day late at most.
  usage_counters: { oneEach: ["organization_id", "feature", "period_start"] },
  usage_alerts: { oneEach: ["organization_id", "feature", "period_start", "name"] },
  usage_people: { rate: "as many as the meter's limit lets in, which a plan may leave open" },
  usage_reservations: { limits: ["most_open_reservations"], cleared: "clear_reservations" },
  call_logs: { limits: ["most_open_reservations"], rate: "a call that is over is the product's to show" },
  former_plans: { rate: "a change of plan is paid, or founds a team" },
  usage_grants: { writtenBy: "operator" },
  plan_overrides: { writtenBy: "operator" },
  service_keys: { writtenBy: "operator" },
  operator_acts: { writtenBy: "operator" },
  moved_organizations: { writtenBy: "operator" },
  moved_rows: { writtenBy: "operator" },
  moved_analytics: { writtenBy: "operator" },
  scheduled_jobs: { oneEach: ["job"] },
  usage_rollups: { writtenBy: "scheduler" },
  usage_aggregations: { writtenBy: "scheduler" },
  usage_by_person: { writtenBy: "scheduler" },
  usage_summaries: { writtenBy: "scheduler" },
  trial_warnings: { writtenBy: "scheduler" },
  figures: { writtenBy: "scheduler" },
  meter_figures: { writtenBy: "scheduler" },
  figure_states: { writtenBy: "scheduler" },
  figure_progress: { writtenBy: "scheduler" },
  operator_events: { writtenBy: "scheduler", cleared: "clear_operator_events" },
  mail_deliveries: { writtenBy: "scheduler", cleared: "clear_mails" },
  mail_progress: { writtenBy: "scheduler" },
  mail_preferences: { oneEach: ["user_id"] },
  // Each was written to before: a link is signed, and so is what the provider says.
  mail_suppressions: { oneEach: ["address"] },
  audit_events: { rate: "a history that ends at a number could be filled to hide what comes next" },
  outbox: { cleared: "clear_outbox" },
  webhook_endpoints: { most: ["functions/webhooks/src/create.rs", "MOST_KEPT"], cleared: "clear_endpoints" },
  webhook_deliveries: { cleared: "clear_deliveries" },
  webhook_progress: { oneEach: ["id"] },
  billing_customers: { oneEach: ["organization_id"] },
  billing_subscriptions: { writtenBy: "stripe" },
  billing_invoices: { writtenBy: "stripe" },
  billing_refunds: { writtenBy: "stripe" },
  billing_disputes: { writtenBy: "stripe" },
  webhook_inbox: { writtenBy: "stripe", cleared: "clear_inbox" },
};

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const SCHEMA = read("schema.sql");
/** Each table's definition by its name. */
const TABLES = new Map([...SCHEMA.matchAll(/^CREATE TABLE IF NOT EXISTS (\w+) \(\n([\s\S]*?)^\)/gm)].map(([, name = "", text = ""]) => [name, text]));

/** The Rust of what serves customers, without tests: the functions and what they share. */
const SOURCES = ["functions", "shared/src"].flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
  .map((file) => join(folder, file)).filter((file) => file.endsWith(".rs") && !/\/tests?(\/|\.rs$)|\/testing\/|\/node_modules\//.test(file)));
const writersOf = (table: string): string[] => SOURCES.filter((file) => new RegExp(`INSERT INTO ${table}\\b`).test(read(file)));

const MAY_WRITE: Record<NonNullable<Bound["writtenBy"]>, (file: string) => boolean> = {
  operator: (file) => file.startsWith("functions/console/"),
  scheduler: (file) => file.startsWith("functions/scheduler/"),
  stripe: (file) => file.startsWith("shared/src/billing/"),
};

function keyOf(table: string): string[] {
  const text = TABLES.get(table) ?? "";
  const own = /^ {2}PRIMARY KEY \(([\w, ]+)\)/m.exec(text)?.[1];
  return own?.split(", ") ?? [/^ {2}(\w+) .*PRIMARY KEY/m.exec(text)?.[1] ?? ""];
}

describe("what keeps a table small", () => {
  it("is said of every table there is", () => {
    assert.ok(TABLES.size > 50);
    assert.deepEqual(Object.keys(BOUNDS).sort(), [...TABLES.keys()].sort());
    for (const [table, bound] of Object.entries(BOUNDS)) assert.ok(Object.keys(bound).length > 0, table);
  });

  it("is the limit of the catalog's that is named, and a statement asks for it", () => {
    for (const limit of new Set(Object.values(BOUNDS).flatMap(({ limits = [] }) => limits))) {
      assert.match(TABLES.get("catalog_settings") ?? "", new RegExp(`^  ${limit} `, "m"));
      assert.ok(SOURCES.some((file) => new RegExp(`\\b${limit}\\b`).test(read(file))), limit);
    }
    const all = [...(TABLES.get("catalog_settings") ?? "").matchAll(/^ {2}(most_\w+) /gm)].map(([, name]) => name);
    assert.deepEqual([...new Set(Object.values(BOUNDS).flatMap(({ limits = [] }) => limits))].sort(), all.sort(), "each limit keeps a table small");
  });

  it("is a number in the file that writes it", () => {
    for (const [table, { most }] of Object.entries(BOUNDS)) {
      if (most === undefined) continue;
      const [file, constant] = most;
      assert.match(read(file), new RegExp(`^const ${constant}: \\w+ = [\\d_]+;`, "m"), table);
      assert.ok(writersOf(table).includes(file), `${table} is written in ${file}`);
    }
  });

  it("is its key", () => {
    for (const [table, { oneEach }] of Object.entries(BOUNDS)) if (oneEach !== undefined) assert.deepEqual(keyOf(table), oneEach, table);
  });

  it("is a job that runs and deletes of it", () => {
    const jobs = read("functions/scheduler/src/lib.rs");
    for (const [table, { cleared }] of Object.entries(BOUNDS)) {
      if (cleared === undefined) continue;
      assert.match(jobs, new RegExp(`^    &${cleared}::`, "m"), cleared);
      assert.match(read(`functions/scheduler/src/${cleared}.rs`), new RegExp(`\\b${table}\\b`), cleared);
    }
  });

  it("is that nobody's request writes it but theirs who are said to", () => {
    for (const [table, { writtenBy }] of Object.entries(BOUNDS)) {
      if (writtenBy !== undefined) assert.deepEqual(writersOf(table).filter((file) => !MAY_WRITE[writtenBy](file)), [], table);
    }
  });
});
