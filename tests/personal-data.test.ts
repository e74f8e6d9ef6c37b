// What is kept of a person, column by column: it is exported and erased with their account, or stands on the register of what is
// kept or left out, with the reason. A column that is new and stands nowhere fails.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { at } from "./harness/answers.ts";
import { camelCase, personalTables, REGISTER, reasoned, reasonsOf, type Registered } from "./harness/personal-data.ts";
import { clerk, clerkUser } from "./harness/provider-messages.ts";
import { refuses } from "./harness/expect.ts";
import { insert } from "./harness/rows.ts";
import { startSystem, type Reply, type System } from "./harness/system.ts";
import { World, type Person } from "./harness/world.ts";

type Value = string | number | null;
type Row = Record<string, Value>;

const TABLES = personalTables();
const MARK = "trace-of-ada";
const JSON_MARK = JSON.stringify([MARK]);
const columnsOf = (table: string): string[] => [...(TABLES.get(table)?.keys() ?? [])];

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

/** A row with something in each column: the mark in a text, and 1 in a number. */
function filled(table: string, row: Row): Row {
  const columns = [...(TABLES.get(table) ?? [])];
  return { ...Object.fromEntries(columns.map(([column, type]) => [column, type === "TEXT" ? MARK : 1])), ...row };
}

interface Traces {
  person: Person;
  /** How each table's row of theirs is found. */
  rows: Record<string, [string, Value]>;
}

let made = 0;

/** A row in each table that an export shows, with something in every column that may have something. */
async function leaveTraces({ paid }: { paid: boolean }): Promise<Traces> {
  made += 1;
  const email = `${MARK}.${made}@example.com`;
  const person = await world.individual({ email, name: "Countess" });
  const [own, now] = [person.organizationId, Date.now()];
  const team = await world.team();
  const packageId = await world.package();
  const username = `${MARK.replaceAll("-", "_")}_${made}`;
  const [plan] = await system.sql("SELECT plan_id FROM org_subscriptions WHERE organization_id = ?", own);
  const plan_id = String(plan?.["plan_id"]);
  const of_person = { user_id: person.id };
  const of_own = { organization_id: own };
  const put = (table: string, row: Row) => insert(table, filled(table, row));
  const set = (table: string, row: Row, where: string, id: string) => ({
    sql: `UPDATE ${table} SET ${Object.keys(row).map((column) => `${column} = ?`).join(", ")} WHERE ${where} = ?`, values: [...Object.values(row), id],
  });
  await system.batch([
    set("users", {
      concluded_email: email, concluded_verified: 1, concluded_at: 1, name: MARK, username, account_type: "admin", team_trial_started_at: 1,
      onboarding_completed_at: 1, profile_updated_at: now,
    }, "id", person.id),
    set("organizations", { name: MARK, slug: `${MARK}-${made}`, billing_email: email, external_id: `${MARK}-${made}`, description: MARK, avatar_url: MARK, settings: JSON_MARK }, "id", own),
    put("user_profiles", { ...of_person, education: JSON_MARK, work_experience: JSON_MARK, billing_address: JSON_MARK }),
    put("onboarding_steps", { ...of_person, answers: JSON_MARK }),
    put("user_preferences", { ...of_person, value: JSON_MARK }),
    put("mail_preferences", { ...of_person, language: "en" }),
    put("mail_suppressions", { address: email, reason: "bounced" }),
    put("user_packages", { ...of_person, package_id: packageId }),
    put("user_analytics_sessions", of_person),
    put("active_sessions", { ...of_person, browser_info: JSON_MARK, created_at: now, last_heartbeat_at: now, end_reason: "terminated" }),
    put("former_members", { ...of_person, organization_id: team.id }),
    put("organization_invitations", {
      organization_id: team.id, id: `i-${made}`, email, role: "member", token_hash: String(made).padStart(64, "f"), status: "accepted", invited_by: team.owner.id, answered_by: person.id, formerly_of: null,
    }),
    put("usage_events", { ...of_own, ...of_person, kind: "track", reservation_step: "reserve", attributes: JSON_MARK }),
    put("usage_reservations", { ...of_own, ...of_person, settled_as: "confirmed" }),
    put("call_logs", { ...of_own, ...of_person, status: "completed", attributes: JSON_MARK }),
    put("usage_alerts", { ...of_own, acknowledged_by: person.id }),
    put("audit_events", { ...of_own, actor_id: person.id, target_id: person.id, details: JSON_MARK }),
    put("mail_deliveries", { event_id: `${MARK}-${made}`, recipient: `user:${person.id}`, state: "sent", next_attempt_at: null }),
    put("usage_summaries", { ...of_own, state: "billed", reason: null }),
    put("usage_aggregations", { ...of_own, span: "day" }),
    put("usage_by_person", { ...of_own, ...of_person }),
    put("usage_grants", { ...of_own, ends_at: 2 }),
    put("plan_overrides", { ...of_own, kind: "limit", plan_id: null, starts_at: 1, ends_at: 2 }),
    put("plan_overrides", { ...of_own, kind: "plan", feature: "", id: `${MARK}-plan`, plan_id, limit_value: null, starts_at: 1, ends_at: 2 }),
    put("former_plans", of_own),
    ...(paid ? [
      set("org_subscriptions", {
        trial_ends_at: 1, past_due_since: 1, stripe_subscription_id: "sub_1", cancel_at: 1, pending_plan_id: plan_id, pending_interval: "month", pending_at: 1,
      }, "organization_id", own),
      put("billing_customers", { ...of_own, stripe_customer_id: `cus_${made}`, email_is_stale: 0 }),
      put("billing_subscriptions", { ...of_own, billing_interval: "month", items: "[]" }),
      put("billing_invoices", of_own),
      put("billing_refunds", of_own),
      put("billing_disputes", of_own),
    ] : []),
  ]);
  return {
    person,
    rows: { users: ["id", person.id], organizations: ["id", own], organization_invitations: ["id", `i-${made}`], mail_suppressions: ["address", email] },
  };
}

/** The row of theirs in a table; `undefined` where there is none. */
async function rowOf(traces: Traces, table: string): Promise<Row | undefined> {
  const [column, value] = traces.rows[table] ?? ["user_id", traces.person.id];
  return (await system.sql(`SELECT * FROM ${table} WHERE ${column} = ?`, value))[0] as Row | undefined;
}

const keptOf = ({ table, kept }: Registered): string[] => reasoned(kept, columnsOf(table));

/** Where the mark is, though it is not to be kept there. */
async function marked(): Promise<string[]> {
  const places = new Set<string>();
  for (const registered of REGISTER.tables) {
    const kept = keptOf(registered);
    for (const row of await system.sql(`SELECT * FROM ${registered.table}`)) {
      for (const [column, value] of Object.entries(row)) {
        if (!kept.includes(column) && String(value ?? "").replaceAll("_", "-").includes(MARK)) places.add(`${registered.table}.${column}`);
      }
    }
  }
  return [...places].sort();
}

const get = (person: Person, path: string): Promise<Reply> => system.call("account", { path: `/${path}`, method: "GET", token: person.token });

/** All that an export has, by the names of its members and lists. */
async function exported(person: Person): Promise<Map<string, Record<string, unknown>[]>> {
  const whole = await get(person, "export");
  assert.equal(whole.status, 200, whole.text);
  const found = new Map<string, Record<string, unknown>[]>();
  for (const [name, value] of Object.entries(whole.body)) if (typeof value === "object" && value !== null) found.set(name, [value].flat() as Record<string, unknown>[]);
  for (const list of at(whole, "lists") as string[]) {
    const lines: Record<string, unknown>[] = [];
    let cursor: string | null | undefined = "";
    while (cursor !== undefined && cursor !== null) {
      const page: Reply = await get(person, `export?list=${list}${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
      assert.equal(page.status, 200, page.text);
      lines.push(...page.text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Record<string, unknown>));
      cursor = page.headers.get("x-next-cursor");
    }
    found.set(list, lines);
  }
  return found;
}

/** What nobody who may ask has, or not beside what else the row has. */
const MAY_BE_NULL = ["users.banned_at", "users.banned_by", "usage_summaries.reason"];

describe("the register of what is kept of a person", () => {
  it("has every table, and every column of it once", () => {
    assert.ok(TABLES.size > 30, [...TABLES.keys()].join(", "));
    assert.deepEqual(REGISTER.tables.map(({ table }) => table).sort(), [...TABLES.keys()].sort());
    for (const registered of REGISTER.tables) {
      const { table, erased, withheld } = registered;
      const kept = keptOf(registered);
      const columns = columnsOf(table).sort();
      if (erased === "rows") assert.deepEqual(kept, [], table);
      else assert.deepEqual([...(erased ?? []), ...kept].sort(), columns, table);
      const left = reasoned(withheld, columns);
      assert.equal(new Set(left).size, left.length, table);
      for (const column of left) assert.ok(columns.includes(column), `there is no ${table}.${column}`);
      if (registered.export === undefined) assert.equal(left.length, columns.length, `${table} is exported nowhere, and nobody says why`);
    }
  });

  it("gives a reason each time, and each reason is given", () => {
    const used = REGISTER.tables.flatMap(({ kept, withheld }) => [...reasonsOf(kept), ...reasonsOf(withheld)]);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(REGISTER.reasons).sort());
  });
});

describe("an export", () => {
  it("has every column that is kept of a person, but for what the register says", async () => {
    const { person } = await leaveTraces({ paid: true });
    const found = await exported(person);
    const shown = REGISTER.tables.filter((registered) => registered.export !== undefined);
    assert.deepEqual([...found.keys()].filter((name) => name !== "lists").sort(), shown.map((registered) => registered.export).sort());
    for (const { table, export: name = "", withheld } of shown) {
      const left = reasoned(withheld, columnsOf(table));
      const wanted = columnsOf(table).filter((column) => !left.includes(column));
      const lines = found.get(name) ?? [];
      assert.ok(lines.length > 0, `${name} is empty`);
      for (const line of lines) assert.deepEqual(Object.keys(line).sort(), wanted.map(camelCase).sort(), table);
      for (const column of wanted) {
        const told = lines.some((line) => line[camelCase(column)] !== null);
        assert.ok(told || MAY_BE_NULL.includes(`${table}.${column}`), `${table}.${column} is null in the export`);
      }
    }
  });

  it("has nothing of anybody else's", async () => {
    const [{ person: other }, one] = [await leaveTraces({ paid: false }), await world.individual()];
    const team = await world.team({ owner: other });
    await world.join(team.id, one, "member");
    const found = await exported(one);
    const text = JSON.stringify([...found]);
    for (const theirs of [MARK, other.email, other.id]) assert.ok(!text.includes(theirs), theirs);
    assert.deepEqual(found.get("memberships")?.map((line) => line["organizationId"]).sort(), [one.organizationId, team.id].sort());
  });
});

describe("what is kept of a person", () => {
  const ways: Record<string, (person: Person) => Promise<Reply>> = {
    "as the provider tells": (person) => clerk(system, "user.deleted", { id: person.id, object: "user", deleted: true }),
    "as they ask themselves": async (person) => {
      // Another super_admin has taken them out of the staff.
      await system.sql("UPDATE users SET account_type = 'user' WHERE id = ?", person.id);
      return system.call("account", { path: "/delete", token: person.token, body: { confirm: person.email } });
    },
  };
  for (const [way, deletion] of Object.entries(ways)) {
    it(`is erased with their account, but for what is on the register: ${way}`, async () => {
      const traces = await leaveTraces({ paid: false });
      const erasing = REGISTER.tables.filter(({ erased }) => erased !== undefined);
      const before = new Map<string, Row | undefined>();
      for (const { table } of erasing) before.set(table, await rowOf(traces, table));
      assert.ok((await marked()).length > 30);
      for (const { table, erased } of erasing) {
        if (erased === "rows") assert.ok(before.get(table), `nothing of theirs is in ${table}`);
        else for (const column of erased ?? []) assert.ok(before.get(table)?.[column] ?? null, `nothing of theirs is in ${table}.${column}`);
      }

      const reply = await deletion(traces.person);
      assert.equal(reply.status, 200, reply.text);

      for (const { table, erased } of erasing) {
        const row = await rowOf(traces, table);
        if (erased === "rows") assert.equal(row, undefined, table);
        else for (const column of erased ?? []) assert.notDeepEqual(row?.[column], before.get(table)?.[column], `${table}.${column}`);
      }
      refuses(await get(traces.person, "me"), 403, "account_disabled");
    });
  }

  it("leaves no trace in any column that is not to be kept", async () => {
    for (const { id } of await system.sql("SELECT id FROM users WHERE deleted_at IS NULL AND email LIKE 'trace-of%'") as { id: string }[]) {
      // Whoever pays is archived before Stripe is asked, which nobody has set up here.
      await clerk(system, "user.deleted", { id, object: "user", deleted: true });
    }
    assert.deepEqual(await marked(), []);
  });

  it("is erased under an address that they had before, also where a team is archived", async () => {
    const [former, now] = [`${MARK}.former@example.com`, `${MARK}.now@example.com`];
    const person = await world.individual({ email: former, name: "Countess" });
    const teams = [];
    for (const archived of [false, true]) {
      const team = await world.team({ owner: person, billingEmail: former, members: { admin: 1 } });
      if (archived) await world.archive(team);
      teams.push(team);
    }
    const elsewhere = await world.team();
    await world.invitation({ organizationId: elsewhere.id, invitedBy: elsewhere.owner, email: former });
    const changed = await clerk(system, "user.updated", clerkUser({ id: person.id, email: now, updatedAt: Date.now() + 1_000 }));
    assert.equal(changed.status, 200, changed.text);
    // It comes back only after they have left it; and so does the other one.
    await system.batch([former, now].map((address) => insert("mail_suppressions", { address, reason: "bounced", created_at: Date.now() })));
    assert.deepEqual(await marked(), ["mail_suppressions.address", "organization_invitations.email", "organizations.billing_email", "users.email"]);

    const reply = await clerk(system, "user.deleted", { id: person.id, object: "user", deleted: true });
    assert.equal(reply.status, 200, reply.text);

    assert.deepEqual(await marked(), []);
    for (const { id, admins } of teams) {
      const [row] = await system.sql("SELECT billing_email FROM organizations WHERE id = ?", id);
      assert.equal(row?.["billing_email"], admins[0]?.email);
    }
  });
});
