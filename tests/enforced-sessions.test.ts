// Where the catalog enforces sessions, nothing is used up, paid for or joined from a browser that names none. Which actions these are
// is not listed here: it is seen by what they write.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ACTIONS } from "./harness/actions.ts";
import { CALLS } from "./harness/calls.ts";
import { engine } from "./harness/database.ts";
import { startSystem, type System } from "./harness/system.ts";
import { World } from "./harness/world.ts";

/** The tables in which something is used up or sold, or in which somebody is in an organization or asked into one. */
const AT_STAKE = [
  "billing_customers", "billing_subscriptions", "call_logs", "org_subscriptions", "organization_invitations", "organization_members",
  "organizations", "usage_counters", "usage_events", "usage_grants", "usage_people", "usage_reservations", "user_packages",
];
/** All other tables that people's actions write, which cost nobody anything. */
const NOT_AT_STAKE = [
  "active_sessions", "audit_events", "billing_disputes", "billing_invoices", "billing_refunds", "catalog_settings", "event_types", "figure_progress", "figure_states", "figures", "former_members", "former_plans", "mail_deliveries",
  "mail_preferences", "mail_progress", "mail_suppressions", "meter_figures", "moved_analytics", "moved_organizations", "moved_rows", "onboarding_steps", "operator_acts", "operator_events", "outbox", "packages", "plan_alerts", "plan_features", "plan_overrides", "plan_prices",
  "plans", "scheduled_jobs", "schema_migrations", "service_keys", "trial_warnings", "usage_aggregations", "usage_alerts", "usage_by_person", "usage_rollups",
  "usage_summaries", "user_analytics_days", "user_analytics_sessions", "user_preferences", "user_profiles", "users", "webhook_deliveries", "webhook_endpoints",
  "webhook_inbox", "webhook_progress",
];

/** What writes these tables and needs no session, with the reason. */
const EXCUSED: Record<string, string> = {
  "invite-user revoke": "takes an invitation back",
  "accept-invitation decline": "takes an invitation away",
  "manage-members remove": "takes somebody away",
  "manage-members change_role": "a role takes no seat",
  "manage-members transfer_ownership": "a role takes no seat",
  "manage-members leave": "takes oneself away",
  "billing cancel": "costs nothing any more",
  "account update-organization": "a name and the like",
  "account archive-organization": "takes a team away, and its invitations",
  "account restore-organization": "is what was there before, and grants what is paid for alone",
  "identity personal-organization": "who has none can have no session: it belongs to a membership",
};

/** What `harness/actions.ts` has not, since it asks Stripe or needs another catalog: `access.test.ts` walks it with and without a session. */
const UNTRIED = ["billing cancel", "billing change-plan", "billing checkout", "billing portal", "billing resume", "track-usage acknowledge", "track-usage set"];

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
  await system.sql("UPDATE catalog_settings SET sessions_enforced = 1");
});
after(() => system.close());

async function rowsAtStake(): Promise<Map<string, string>> {
  const rows = await Promise.all(AT_STAKE.map(async (table) => [table, JSON.stringify((await system.sql(`SELECT * FROM ${table}`)).map((row) => JSON.stringify(row)).sort())] as const));
  return new Map(rows);
}

/** As `tests/harness/calls.ts` names an action: by its path, or in the body. */
function nameOf(fn: string, ask: { path?: string | undefined; action?: string | undefined; method?: string | undefined }): string {
  if (fn === "track-upload" && ask.method === "GET") return `${fn} status`;
  const { action } = ask.path === undefined ? ask : { action: ask.path.replace(/^\//, "").replace(/\?.*$/, "") };
  const [first] = CALLS.filter((call) => call.fn === fn);
  return `${fn} ${action ?? first?.action ?? ""}`;
}

describe("where the catalog enforces sessions", () => {
  it("every table is one in which something is at stake, or not", async () => {
    const sql = engine === "d1"
      ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '!_cf%' ESCAPE '!' AND name <> 'suite_changes'"
      : "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'";
    const names = (await system.sql(sql)).map(({ name }) => String(name)).sort();
    assert.deepEqual(names, [...AT_STAKE, ...NOT_AT_STAKE].sort());
  });

  // What is looked at first and then done has one name.
  const enforced = new Set(CALLS.filter(({ session }) => session === "enforced").map(({ fn, action }) => `${fn} ${action}`));
  const people = CALLS.filter(({ isDelivery, isPublic }) => isDelivery === undefined && isPublic === undefined);
  const reached = new Set<string>();

  for (const action of ACTIONS) {
    it(`${action.fn}: ${action.name}`, async (test) => {
      const ask = await action.ask(world);
      // Other companies and the operator's servers have no browser.
      const name = nameOf(action.fn, ask);
      if (ask.token === undefined || ask.token.startsWith("tg_") || !people.some((call) => `${call.fn} ${call.action}` === name)) return test.skip("no browser asks it");
      const before = await rowsAtStake();
      const reply = await system.call(action.fn, ask);
      const after = await rowsAtStake();
      const written = AT_STAKE.filter((table) => before.get(table) !== after.get(table));
      if (ask.method !== "GET" || !enforced.has(name)) reached.add(name);
      if (reply.status >= 300) return assert.deepEqual([reply.body["code"], reply.body["reason"], written], ["session_ended", "missing", []], reply.text);
      assert.ok(!enforced.has(name) || ask.method === "GET" && written.length === 0, `${name} is done without a session`);
      if (written.length > 0) assert.ok(name in EXCUSED, `${name} writes ${written.join(", ")} and needs no session`);
    });
  }

  it("each action that writes was tried", () => {
    const known = new Set(people.map(({ fn, action }) => `${fn} ${action}`));
    assert.deepEqual(Object.keys(EXCUSED).filter((name) => !known.has(name)), [], "excused are actions");
    const untried = people.filter(({ byPath }) => byPath !== "GET").map(({ fn, action }) => `${fn} ${action}`).filter((name) => !reached.has(name));
    assert.deepEqual([...new Set(untried)].sort(), [...UNTRIED].sort());
  });
});
