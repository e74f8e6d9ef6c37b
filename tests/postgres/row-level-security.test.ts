// What people see and do who read through PostgREST or Supabase: their own rows, those of their organizations, no more.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ANON, CONSOLE, FUNCTIONS, person, Scene, type Asker } from "./scene.ts";

let scene: Scene;
before(async () => {
  scene = await Scene.open();
  await scene.plan("solo", "individual");
  await scene.plan("crew", "team");
  await scene.sql("INSERT INTO plan_features (plan_id, feature, kind, value) VALUES ('crew', 'sso', 'flag', '1')");
  await scene.sql("INSERT INTO event_types VALUES ('rate_sheet', 'uploads')");
  for (const id of ["olga", "adam", "mia", "vic", "sid", "ben"]) await scene.person(id);
  await scene.team("red", "olga", { adam: "admin", mia: "member", vic: "viewer", ben: "admin" });
  await scene.team("blue", "sid", { mia: "member" });
  await scene.sql("UPDATE users SET banned_at = 1 WHERE id = 'ben'");
  for (const [place, organization] of ["red", "blue"].entries()) {
    await scene.sql(`INSERT INTO organization_invitations VALUES ($1, 'i', 'new@example.com', 'member', $2, 'pending', 'olga', 0, 9, NULL, 'r')`, organization, String(place).repeat(64));
    await scene.sql("INSERT INTO usage_counters VALUES ($1, 'uploads', 0, 7)", organization);
    await scene.sql("INSERT INTO usage_events VALUES ($1, 'e', 'mia', 'uploads', 'rate_sheet', 7, 1, 'crew', -1, 0, NULL, 7, 7, 'h', 'r', 0)", organization);
    await scene.sql("INSERT INTO usage_alerts (organization_id, feature, period_start, name, used, limit_value, created_at, request_id) VALUES ($1, 'uploads', 0, '80_percent', 7, 8, 0, 'r')", organization);
    await scene.sql("INSERT INTO usage_people VALUES ($1, 'people', 1, 'u1')", organization);
    await scene.sql("INSERT INTO usage_reservations (organization_id, id, user_id, feature, event_type, weight, quantity, created_at, expires_at, request_id) VALUES ($1, 'h', 'mia', 'uploads', 'rate_sheet', 1, 7, 0, 1, 'r')", organization);
    await scene.sql("INSERT INTO former_plans VALUES ($1, 5, 'solo')", organization);
    await scene.sql("INSERT INTO usage_grants (organization_id, id, feature, quantity, reason, starts_at, ends_at, created_at, request_id) VALUES ($1, 'g', 'uploads', 5, 'an outage', 0, 9, 0, 'r')", organization);
    await scene.sql("INSERT INTO plan_overrides (organization_id, kind, feature, ends_at, id, limit_value, reason, starts_at, request_id) VALUES ($1, 'limit', 'uploads', 9, 'v', 5, 'a pilot', 0, 'r')", organization);
    await scene.sql("INSERT INTO call_logs (organization_id, id, user_id, call_type, feature, status, started_at, deadline_at, request_id) VALUES ($1, 'c', 'mia', 'talk', 'minutes', 'in_progress', 0, 1, 'r')", organization);
    await scene.sql("INSERT INTO usage_rollups VALUES ($1, '', 'e', 0, 1, 1, 'r')", organization);
    await scene.sql("INSERT INTO usage_aggregations VALUES ($1, 'day', 'uploads', 0, 1, 7, 0, 0, 'r')", organization);
    await scene.sql("INSERT INTO usage_by_person VALUES ($1, 'uploads', 0, 'mia', 7, 'r')", organization);
    await scene.sql("INSERT INTO trial_warnings VALUES ($1, 5, 3, 'r', 1)", organization);
    await scene.sql("INSERT INTO figures (span, starts_at, request_id) VALUES ('day', $1, 'r')", place);
    await scene.sql("INSERT INTO meter_figures VALUES ('day', $1, 'uploads', 1, 7, 0, 'r')", place);
    await scene.sql("INSERT INTO figure_states VALUES ($1, 'team', NULL, 100, 1)", organization);
    await scene.sql("INSERT INTO figure_progress VALUES (1, 0, 'over', '', '', 'r') ON CONFLICT DO NOTHING");
    await scene.sql(`INSERT INTO usage_summaries (organization_id, period_start, feature, period_end, plan_id, quantity, units, overage_units, overage_cents, currency,
      state, is_open, closed_at, request_id) VALUES ($1, 1, 'uploads', 2, 'crew', 7, 7, 0, 0, 'usd', 'nothing', 0, 3, 'r')`, organization);
    await scene.sql("INSERT INTO billing_disputes VALUES ($1, 'dp_1', 'ch_1', 'in_1', 'usd', 100, 'fraudulent', 'lost', 0, 0)", organization);
    await scene.sql("INSERT INTO audit_events VALUES ($1, 'a', 'mia', 'x', 'mia', '{}', 'r', 0)", organization);
    await scene.sql("INSERT INTO outbox VALUES ($1, $1, 'x', 'mia', '{}', 0)", organization);
    await scene.sql("INSERT INTO webhook_endpoints (id, organization_id, url, secret, listens_from, created_at, updated_at, request_id) VALUES ($1, $1, 'https://example.com', 's', 0, 0, 0, 'r')", organization);
    await scene.sql("INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, created_at, request_id) VALUES ($1, $1, 'delivered', 1, 0, 'r')", organization);
  }
  await scene.sql("INSERT INTO scheduled_jobs (job, holder, leased_until, started_at) VALUES ('clear_sessions', 'h', 1, 1)");
  await scene.sql("INSERT INTO operator_events (id, event_type, target_id, payload, created_at) VALUES ('x', 'x', 'w', '{}', 0)");
  await scene.sql("INSERT INTO webhook_progress VALUES (1, 1, 1, '')");
  await scene.sql("INSERT INTO mail_deliveries (event_id, kind, recipient, state, attempts, created_at, request_id) VALUES ('red', 'invitation', 'invited:i', 'sent', 1, 0, 'r')");
  await scene.sql("INSERT INTO mail_progress (id, settled_to, began_at) VALUES (1, '', 0)");
  await scene.sql("INSERT INTO mail_preferences (user_id, updated_at, request_id) VALUES ('mia', 0, 'r')");
  await scene.sql("INSERT INTO mail_suppressions VALUES ('gone@example.com', 'bounced', 0)");
  await scene.sql("INSERT INTO plan_alerts VALUES ('crew', 'uploads', '80_percent', 80)");
  await scene.sql("INSERT INTO packages VALUES ('sleep', 'Sleep', 'sounds', NULL, 1, 1)");
  for (const id of ["olga", "sid"]) {
    await scene.sql("INSERT INTO user_packages (user_id, package_id, request_id) VALUES ($1, 'sleep', 'r')", id);
    await scene.sql("INSERT INTO user_preferences VALUES ($1, 'audio.volume', '5', 0, 'r')", id);
    await scene.sql("INSERT INTO user_analytics_sessions (user_id, id, day, seconds, completed, occurred_at, request_id) VALUES ($1, 'x', 0, 60, 1, 1, 'r')", id);
    await scene.sql("INSERT INTO former_members VALUES ($1, 'blue')", id);
  }
  await scene.sql("INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, created_at) VALUES ('k', 'A server', $1, 1, 1, 0)", "0".repeat(64));
  await scene.sql(`INSERT INTO operator_acts (id, actor_id, action, target_kind, target_id, reason, state_before, state_after, request_id, created_at)
    VALUES ('act', 'olga', 'x', 'user', 'mia', 'a ticket', '{}', '{}', 'r', 0)`);
  await scene.sql("INSERT INTO catalog_settings VALUES (1, 'Test', 'usd', 0, 'refuse')");
  await scene.sql("INSERT INTO plan_prices VALUES ('price_1', 'crew', 'month', 1)");
  for (const organization of ["red", "blue"]) {
    await scene.sql("INSERT INTO billing_customers VALUES ($1, 'cus_' || $1, 0)", organization);
    await scene.sql(`INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
      amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
      VALUES ($1, 'sub_1', 'si_1', 'price_1', 'active', 100, 'usd', 'month', 0, 1, 0, 0, 'r')`, organization);
    await scene.sql(`INSERT INTO billing_invoices (organization_id, stripe_invoice_id, status, currency, subtotal_cents, total_cents,
      due_cents, paid_cents, attempts, period_start, period_end, created_at, observed_at, request_id)
      VALUES ($1, 'in_1', 'paid', 'usd', 100, 100, 100, 100, 1, 0, 1, 0, 0, 'r')`, organization);
    await scene.sql("INSERT INTO billing_refunds VALUES ($1, 'ch_1', 'in_1', 'usd', 100, 50, 0)", organization);
    await scene.sql("INSERT INTO webhook_inbox VALUES ('stripe', 'evt_' || $1, 'x', 'applied', $1, NULL, 0, 0, 'r')", organization);
  }
  for (const id of ["olga", "sid"]) {
    await scene.sql("INSERT INTO user_profiles (user_id, first_name, created_at, updated_at, request_id) VALUES ($1, 'A', 0, 0, 'r')", id);
    await scene.sql("INSERT INTO onboarding_steps VALUES ($1, 'company', '{}', 0, 'r')", id);
  }
  for (const id of ["olga", "sid"]) await scene.sql("INSERT INTO active_sessions VALUES ($1, 's', NULL, NULL, NULL, 0, 0, NULL, NULL, 'r')", id);
});
after(() => scene.close());

/** The distinct values of a column that somebody sees. */
async function sees(asker: Asker, column: string, table: string): Promise<unknown[]> {
  return (await scene.as(asker, `SELECT DISTINCT ${column} AS value FROM ${table} ORDER BY 1`)).map(({ value }) => value);
}

const OF_AN_ORGANIZATION = ["organization_members", "org_subscriptions", "usage_events", "usage_counters", "usage_alerts", "usage_grants", "plan_overrides", "usage_aggregations", "entitlements", "memberships"];
const TABLES = [
  "plans", "plan_features", "event_types", "plan_alerts", "packages", "users", "organizations", "organization_members", "org_subscriptions",
  "organization_invitations", "active_sessions", "usage_events", "usage_counters", "audit_events", "outbox", "catalog_settings",
  "plan_prices", "billing_customers", "billing_subscriptions", "billing_invoices", "billing_refunds", "webhook_inbox",
  "usage_alerts", "usage_people", "usage_reservations", "former_plans", "usage_grants", "plan_overrides", "call_logs", "service_keys", "scheduled_jobs", "usage_rollups", "usage_aggregations", "usage_by_person", "trial_warnings",
  "usage_summaries", "billing_disputes",
  "operator_events", "webhook_endpoints", "webhook_deliveries", "webhook_progress",
  "mail_deliveries", "mail_progress", "mail_preferences", "mail_suppressions", "user_profiles", "onboarding_steps",
  "user_packages", "user_preferences", "user_analytics_sessions", "user_analytics_days", "former_members",
  "figures", "meter_figures", "figure_states", "figure_progress",
];
/** What the administrator alone reads and writes. */
const OF_THE_ADMINISTRATOR = ["schema_migrations", "moved_organizations", "moved_rows", "moved_analytics"];
/** What the console's role alone reads and writes. */
const OF_THE_CONSOLE = "operator_acts";
/** So many of them, the first ones, are for everybody. */
const FOR_SALE = 5;
const DENIED = /^42501 permission denied/;

describe("somebody signed in", () => {
  it("sees their own user, sessions and profile", async () => {
    assert.deepEqual(await sees(person("olga"), "id", "users"), ["olga"]);
    for (const table of ["active_sessions", "user_profiles", "onboarding_steps", "user_packages", "user_preferences", "user_analytics_sessions", "user_analytics_days", "former_members"]) assert.deepEqual(await sees(person("olga"), "user_id", table), ["olga"], table);
    assert.deepEqual(await sees(person("mia"), "user_id", "active_sessions"), []);
  });

  it("sees the organizations they are a member of, whatever the role", async () => {
    assert.deepEqual(await sees(person("olga"), "id", "organizations"), ["olga-own", "red"]);
    assert.deepEqual(await sees(person("mia"), "id", "organizations"), ["blue", "mia-own", "red"]);
    assert.deepEqual(await sees(person("vic"), "id", "organizations"), ["red", "vic-own"]);
  });

  it("sees everybody in them", async () => {
    assert.deepEqual(await sees(person("vic"), "user_id", "organization_members"), ["adam", "ben", "mia", "olga", "vic"]);
  });

  for (const table of OF_AN_ORGANIZATION) {
    it(`sees of ${table} only what belongs to their organizations`, async () => {
      const foreign = (await sees(person("olga"), "organization_id", table)).filter((id) => id !== "red" && id !== "olga-own");
      assert.deepEqual(foreign, []);
      assert.ok((await sees(person("olga"), "organization_id", table)).includes("red"), `${table} of red`);
      assert.ok((await sees(person("mia"), "organization_id", table)).includes("blue"), `${table} of blue`);
      assert.deepEqual(await sees(person("a stranger"), "organization_id", table), []);
    });
  }

  it("sees the invitations of organizations that they run, and never a token's hash", async () => {
    assert.deepEqual(await sees(person("olga"), "organization_id", "organization_invitations"), ["red"]);
    assert.deepEqual(await sees(person("adam"), "organization_id", "organization_invitations"), ["red"]);
    assert.deepEqual(await sees(person("mia"), "organization_id", "organization_invitations"), []);
    assert.deepEqual(await sees(person("vic"), "organization_id", "organization_invitations"), []);
    assert.match(await scene.refusal(person("olga"), "SELECT token_hash FROM organization_invitations"), DENIED);
    assert.match(await scene.refusal(person("olga"), "SELECT * FROM organization_invitations"), DENIED);
    assert.match(await scene.refusal(person("olga"), "SELECT count(*) FROM organization_invitations WHERE token_hash LIKE '0%'"), DENIED);
  });

  it("sees the invoices and refunds where they may bill, as `billing/history` has it: owners, and admins where the catalog lets them", async () => {
    for (const table of ["billing_invoices", "billing_refunds", "usage_summaries", "billing_disputes"]) {
      assert.deepEqual(await sees(person("olga"), "organization_id", table), ["red"]);
      assert.deepEqual(await sees(person("adam"), "organization_id", table), []);
      await scene.sql("UPDATE catalog_settings SET admins_may_bill = 1");
      assert.deepEqual(await sees(person("adam"), "organization_id", table), ["red"]);
      await scene.sql("UPDATE catalog_settings SET admins_may_bill = 0");
      for (const other of ["mia", "vic", "ben"]) assert.deepEqual(await sees(person(other), "organization_id", table), []);
    }
  });

  it("sees nothing of what Stripe calls whom", async () => {
    assert.match(await scene.refusal(person("olga"), "SELECT stripe_subscription_id FROM org_subscriptions"), DENIED);
    assert.match(await scene.refusal(person("olga"), "SELECT stripe_customer_id FROM usage_summaries"), DENIED);
    for (const table of ["billing_customers", "billing_subscriptions", "webhook_inbox", "plan_prices", "catalog_settings", "service_keys", "usage_people", "usage_reservations", "former_plans", "usage_grants", "plan_overrides", "call_logs", "scheduled_jobs", "usage_rollups", "usage_by_person", "trial_warnings", "operator_events", "webhook_endpoints", "webhook_deliveries", "webhook_progress", "counted_events", "event_actors", "event_ended_sessions", "event_invitations", "event_invoices", "event_members", "event_organizations", "event_payloads", "event_subscriptions", "event_users", "mail_deliveries", "mail_progress", "mail_preferences", "mail_suppressions", "figures", "meter_figures", "figure_states", "figure_progress"]) {
      assert.match(await scene.refusal(person("olga"), `SELECT * FROM ${table}`), DENIED, table);
    }
  });

  it("sees neither the audit events nor the outbox", async () => {
    for (const table of ["audit_events", "outbox"]) assert.match(await scene.refusal(person("olga"), `SELECT * FROM ${table}`), DENIED);
  });

  it("loses an organization with the next query after leaving it, and when it is archived", async () => {
    await scene.team("green", "sid", { vic: "member" });
    assert.deepEqual(await sees(person("vic"), "id", "organizations"), ["green", "red", "vic-own"]);
    await scene.sql("DELETE FROM organization_members WHERE organization_id = 'green' AND user_id = 'vic'");
    assert.deepEqual(await sees(person("vic"), "id", "organizations"), ["red", "vic-own"]);
    await scene.sql("UPDATE organizations SET archived_at = 1 WHERE id = 'green'");
    assert.deepEqual(await sees(person("sid"), "id", "organizations"), ["blue", "sid-own"]);
  });

  it("sees no organization when banned", async () => {
    assert.deepEqual(await sees(person("ben"), "id", "organizations"), []);
  });
});

describe("what is for sale", () => {
  it("is for everybody to read", async () => {
    for (const asker of [ANON, person("a stranger")]) {
      assert.deepEqual(await sees(asker, "id", "plans"), ["crew", "solo"]);
      assert.deepEqual(await sees(asker, "feature", "plan_features"), ["sso"]);
      assert.deepEqual(await sees(asker, "event_type", "event_types"), ["rate_sheet"]);
      assert.deepEqual(await sees(asker, "name", "plan_alerts"), ["80_percent"]);
      assert.deepEqual(await sees(asker, "id", "packages"), ["sleep"]);
    }
  });

  it("is all that somebody sees who is not signed in", async () => {
    for (const table of [...TABLES.slice(FOR_SALE), "entitlements", "memberships"]) {
      assert.match(await scene.refusal(ANON, `SELECT 1 FROM ${table}`), DENIED, table);
    }
  });
});

describe("nobody but the functions writes", () => {
  for (const table of TABLES) {
    it(table, async () => {
      for (const asker of [ANON, person("olga")]) {
        for (const sql of [`DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`, `INSERT INTO ${table} DEFAULT VALUES`]) {
          assert.match(await scene.refusal(asker, sql), DENIED, sql);
        }
        const [row = {}] = await scene.sql("SELECT column_name FROM information_schema.columns WHERE table_name = $1 LIMIT 1", table);
        const column = String(row["column_name"]);
        assert.match(await scene.refusal(asker, `UPDATE ${table} SET ${column} = ${column}`), DENIED, `UPDATE ${table}`);
      }
      // The role of the functions does, to every row.
      const [{ all = -1 } = {}] = await scene.sql(`SELECT count(*) AS all FROM ${table}`);
      assert.equal((await scene.as(FUNCTIONS, `SELECT 1 FROM ${table}`)).length, all);
      assert.ok(Number(all) > 0, "there are rows to be kept from people");
    });
  }

  it("not even through a view", async () => {
    assert.match(await scene.refusal(person("olga"), "UPDATE entitlements SET plan_name = 'free'"), /^(42501|55000) /);
  });

  it("with a table of its own for every policy: none was forgotten", async () => {
    const open = await scene.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relrowsecurity");
    assert.deepEqual(open, []);
    // What the administrator alone reads and writes has none.
    const own = [...OF_THE_ADMINISTRATOR, OF_THE_CONSOLE];
    const tables = await scene.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    assert.deepEqual(tables.map(({ tablename }) => String(tablename)).sort(), [...TABLES, ...own].sort());
    for (const role of ["tallygate", "authenticated", "anon"]) {
      for (const table of OF_THE_ADMINISTRATOR) {
        const [row] = await scene.sql(`SELECT has_table_privilege('${role}', '${table}', 'SELECT, INSERT, UPDATE, DELETE') AS may`);
        assert.equal(row?.["may"], false, `${role} ${table}`);
      }
    }
  });
});

describe("the functions' own role", () => {
  it("sees which organizations are moved, no more of a move, and writes none of it", async () => {
    await scene.sql("INSERT INTO moved_organizations (organization_id, plan_id, status, state, people, moved_at, request_id) VALUES ('red', 'crew', 'active', 'moved', 1, 1, 'r')");
    assert.deepEqual(await scene.as(FUNCTIONS, "SELECT organization_id, state FROM moved_organizations"), [{ organization_id: "red", state: "moved" }]);
    for (const statement of [
      "SELECT people FROM moved_organizations", "SELECT 1 FROM moved_rows", "SELECT 1 FROM moved_analytics",
      "UPDATE moved_organizations SET state = 'rolled_back'", "DELETE FROM moved_organizations", "INSERT INTO moved_organizations SELECT * FROM moved_organizations",
    ]) assert.match(await scene.refusal(FUNCTIONS, statement), DENIED, statement);
    for (const asker of [ANON, person("olga")]) assert.match(await scene.refusal(asker, "SELECT organization_id, state FROM moved_organizations"), DENIED);
  });

  it("cannot rewrite the history, change plans, make an administrator or delete what no action deletes", async () => {
    for (const statement of [
      "UPDATE audit_events SET actor_id = 'nobody'", "DELETE FROM audit_events",
      "UPDATE plans SET price_month_cents = 0", "INSERT INTO plan_features (plan_id, feature, kind, value) VALUES ('solo', 'x', 'flag', '1')",
      "DELETE FROM plan_prices", "UPDATE catalog_settings SET sessions_enforced = 0", "DELETE FROM event_types",
      "DELETE FROM users", "DELETE FROM organizations", "DELETE FROM usage_counters", "DELETE FROM usage_alerts", "DELETE FROM billing_invoices",
      "DELETE FROM usage_aggregations", "DELETE FROM usage_by_person", "DELETE FROM usage_rollups", "DELETE FROM scheduled_jobs", "DELETE FROM trial_warnings",
      "DELETE FROM usage_summaries", "DELETE FROM billing_disputes",
      "DELETE FROM usage_grants", "DELETE FROM plan_overrides", "UPDATE plan_overrides SET ends_at = 10",
      "INSERT INTO plan_overrides (organization_id, kind, feature, ends_at, id, limit_value, reason, starts_at, request_id) VALUES ('red', 'limit', 'uploads', 9, 'w', 5, 'x', 0, 'r')",
      "DELETE FROM former_plans", "UPDATE former_plans SET plan_id = 'solo'",
      "DELETE FROM webhook_progress", "DELETE FROM mail_progress",
      "DELETE FROM figures", "DELETE FROM meter_figures", "DELETE FROM figure_states", "DELETE FROM figure_progress",
      "UPDATE service_keys SET revoked_at = NULL", "INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, created_at) VALUES ('x', 'x', 'x', 1, 1, 1)",
      "DELETE FROM packages", "UPDATE plan_alerts SET percent = 1",
      "INSERT INTO users (id, email_updated_at, name, account_type, created_at, request_id) VALUES ('x', 1, 'X', 'admin', 1, 'r')",
    ]) assert.match(await scene.refusal(FUNCTIONS, statement), DENIED, statement);
    for (const role of ["admin", "super_admin"]) {
      assert.match(await scene.refusal(FUNCTIONS, `UPDATE users SET account_type = '${role}' WHERE id = 'olga'`), /account_type_is_the_operators/);
    }
    // Of endpoints only those that somebody has removed.
    const [{ before } = {}] = await scene.sql("SELECT COUNT(*) AS before FROM webhook_endpoints");
    await scene.as(FUNCTIONS, "DELETE FROM webhook_endpoints");
    const [{ after } = {}] = await scene.sql("SELECT COUNT(*) AS after FROM webhook_endpoints");
    assert.ok(Number(before) > 0);
    assert.equal(after, before);
    // Taking it away is what a deletion does.
    await scene.sql("UPDATE users SET account_type = 'admin' WHERE id = 'olga'");
    await scene.as(FUNCTIONS, "UPDATE users SET account_type = 'user' WHERE id = 'olga'");
  });
});

describe("the console's own role", () => {
  it("reads and writes what the functions do, and what the staff has done", async () => {
    for (const table of [...TABLES, OF_THE_CONSOLE]) {
      const [{ all = -1 } = {}] = await scene.sql(`SELECT count(*) AS all FROM ${table}`);
      assert.equal((await scene.as(CONSOLE, `SELECT 1 FROM ${table}`)).length, all, table);
    }
    for (const asker of [FUNCTIONS, ANON, person("olga")]) {
      for (const sql of ["SELECT 1 FROM operator_acts", "DELETE FROM operator_acts", "UPDATE operator_acts SET is_applied = 1", "INSERT INTO operator_acts DEFAULT VALUES"]) {
        assert.match(await scene.refusal(asker, sql), DENIED, sql);
      }
    }
  });

  it("says who is of the staff, what a plan gives and which keys there are", async () => {
    for (const sql of [
      "UPDATE users SET account_type = 'super_admin' WHERE id = 'olga'", "UPDATE plan_features SET value = '0' WHERE plan_id = 'crew'",
      "UPDATE catalog_settings SET revision = revision + 1", "UPDATE service_keys SET revoked_at = 1", "UPDATE operator_acts SET is_applied = 1",
      "INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, created_at) VALUES ('x', 'x', repeat('1', 64), 1, 1, 1)",
    ]) assert.equal(await scene.refusal(CONSOLE, sql), "accepted", sql);
  });

  it("and no more than that", async () => {
    for (const sql of [
      "DELETE FROM operator_acts", "UPDATE operator_acts SET reason = 'another'", "UPDATE audit_events SET actor_id = 'nobody'", "DELETE FROM audit_events",
      "UPDATE plans SET price_month_cents = 0", "INSERT INTO plan_features (plan_id, feature, kind, value) VALUES ('solo', 'x', 'flag', '1')", "UPDATE plan_features SET kind = 'flag'",
      "DELETE FROM plan_features", "UPDATE catalog_settings SET sessions_enforced = 0", "UPDATE service_keys SET key_hash = 'x'", "DELETE FROM service_keys", "DELETE FROM users",
      "SELECT 1 FROM schema_migrations", "TRUNCATE operator_acts",
    ]) assert.match(await scene.refusal(CONSOLE, sql), DENIED, sql);
  });
});

describe("of the ledger", () => {
  it("only what was refused is deleted, and what cost nothing in a period that ends", async () => {
    const event = (id: string, accepted: number, end: number | null, cost: number) => scene.sql(`INSERT INTO usage_events (organization_id, id, user_id, feature, event_type,
      quantity, accepted, plan_id, limit_value, period_start, period_end, period_total, lifetime_total, request_hash, request_id, created_at, cost_cents)
      VALUES ('red', $1, 'mia', 'uploads', 'rate_sheet', 1, $2, 'crew', -1, 0, $3, 1, 1, 'h', 'r', 0, $4)`, id, accepted, end, cost);
    await event("refused", 0, null, 0);
    await event("ended", 1, 5, 0);
    await event("charged", 1, 5, 10);
    const deleted = await scene.as(FUNCTIONS, "DELETE FROM usage_events WHERE organization_id = 'red' RETURNING id");
    assert.deepEqual(deleted.map(({ id }) => id).sort(), ["ended", "refused"]);
    await scene.sql("DELETE FROM usage_events WHERE id <> 'e'");
  });
});

describe("claims", () => {
  it("that are missing, empty or without a subject make nobody of the caller", async () => {
    for (const claims of [null, "", "{}", '{"sub": null}']) {
      assert.equal(await scene.value("SELECT set_config('request.jwt.claims', $1, false)", claims) ?? "", claims ?? "");
      assert.equal(await scene.value("SELECT tallygate_caller()"), null);
    }
  });

  it("do not stay behind in a connection that is used again", async () => {
    await scene.as(person("olga"), "SELECT 1");
    assert.equal(await scene.value("SELECT tallygate_caller()"), null);
  });
});
