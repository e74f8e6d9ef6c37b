// What is kept of a person, column by column: it is erased with their account, or stands on the list of what is kept, with the
// reason. A column that is new and stands nowhere fails.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ROOT } from "./harness/built.ts";
import { clerk, clerkUser } from "./harness/provider-messages.ts";
import { insert } from "./harness/rows.ts";
import { startSystem, type System } from "./harness/system.ts";
import { World, type Person } from "./harness/world.ts";

/** Tables that name a person without referring to `users`. */
const WITHOUT_REFERENCE = ["audit_events", "usage_alerts", "mail_suppressions"];

const AN_ID = "an id of ours, of the provider's or of a request: nobody is known by it";
const A_WORD = "one of our own words or a plan's, a feature's or a meter's name";
const THE_LEDGER = "the organization's ledger, which what was charged must be explained by; its own words of its own customers";
const THE_HISTORY = "the history, which nobody changes: words of ours and ids";

/** What stays, and why. */
const KEPT: Record<string, Record<string, string>> = {
  users: { id: AN_ID, account_type: A_WORD, current_organization_id: AN_ID, banned_by: A_WORD, request_id: AN_ID },
  organizations: {
    id: AN_ID, kind: A_WORD, org_type: A_WORD, slug: "made of the id's first letters, and what links lead to", external_id: AN_ID, personal_user_id: AN_ID,
    founded_by: AN_ID, archived_by: AN_ID,
  },
  organization_invitations: {
    organization_id: AN_ID, id: AN_ID, role: A_WORD, token_hash: "of a random token", status: A_WORD, invited_by: AN_ID, request_id: AN_ID, answered_by: AN_ID, formerly_of: AN_ID,
  },
  active_sessions: { user_id: AN_ID, id: "a random id of the client's", end_reason: A_WORD, request_id: AN_ID },
  usage_events: Object.fromEntries([
    "organization_id", "id", "user_id", "feature", "event_type", "plan_id", "request_hash", "request_id", "key_id", "subject", "kind", "attributes", "reservation_step", "reservation_id",
  ].map((column) => [column, THE_LEDGER])),
  usage_reservations: Object.fromEntries(["organization_id", "id", "user_id", "subject", "feature", "event_type", "plan_id", "settled_as", "request_id"].map((column) => [column, THE_LEDGER])),
  call_logs: Object.fromEntries(["organization_id", "id", "user_id", "subject", "call_type", "feature", "status", "attributes", "request_id"].map((column) => [column, THE_LEDGER])),
  mail_suppressions: { reason: A_WORD },
  usage_alerts: { organization_id: AN_ID, feature: A_WORD, name: A_WORD, acknowledged_by: AN_ID, request_id: AN_ID },
  // What is written in a reason is the staff's own word; API.md says that it is to name nobody.
  operator_acts: Object.fromEntries(["id", "actor_id", "action", "target_kind", "target_id", "organization_id", "reason", "state_before", "state_after", "request_id"].map((column) => [column, THE_HISTORY])),
  audit_events: Object.fromEntries(["organization_id", "id", "actor_id", "action", "target_id", "details", "request_id"].map((column) => [column, THE_HISTORY])),
};

/** The columns with texts of each table that names a person, as `schema.sql` has them. */
function textsOfPersons(): Map<string, string[]> {
  const text = readFileSync(join(ROOT, "schema.sql"), "utf8");
  const tables = [...text.matchAll(/^CREATE TABLE IF NOT EXISTS (\w+) \(\n([\s\S]*?)\n\)[^\n]*;/gm)].map(([, name = "", body = ""]) => ({ name, body }));
  const personal = tables.filter(({ name, body }) => name === "users" || body.includes("REFERENCES users (id)") || WITHOUT_REFERENCE.includes(name));
  return new Map(personal.map(({ name, body }) => [name, [...body.matchAll(/^ {2}(\w+) +TEXT\b/gm)].map(([, column = ""]) => column)]));
}

/** Rows that go with the account, whatever is in them. */
const GONE = ["organization_members", "user_profiles", "onboarding_steps", "user_preferences", "user_packages", "user_analytics_sessions", "mail_preferences"];

const MARK = "trace-of-ada";

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

/** Of the tables whose rows stay, the columns that are to be erased: all that are not kept. */
function erased(): string[] {
  const staying = [...textsOfPersons()].filter(([table]) => !GONE.includes(table));
  return staying.flatMap(([table, columns]) => columns.filter((column) => KEPT[table]?.[column] === undefined).map((column) => `${table}.${column}`)).sort();
}

/** The columns in which the mark is, in any row. */
async function marked(): Promise<string[]> {
  const places = new Set<string>();
  for (const [table, columns] of textsOfPersons()) {
    if (GONE.includes(table)) continue;
    for (const row of await system.sql(`SELECT * FROM ${table}`)) {
      for (const column of columns) if (String(row[column] ?? "").replaceAll("_", "-").includes(MARK)) places.add(`${table}.${column}`);
    }
  }
  return [...places].sort();
}

async function rowsOf(person: Person): Promise<Record<string, number>> {
  const amount = async (table: string) => Number((await system.sql(`SELECT COUNT(*) AS amount FROM ${table} WHERE user_id = ?`, person.id))[0]?.["amount"]);
  return Object.fromEntries(await Promise.all(GONE.map(async (table) => [table, await amount(table)] as const)));
}

/** Fills every column that is to be erased with the mark, and puts a row into each table whose rows go. */
async function leaveTraces(person: Person): Promise<void> {
  const email = `${MARK}@example.com`;
  const now = Date.now();
  const own = { user_id: person.id, request_id: "test" };
  const packageId = await world.package();
  const team = await world.team();
  await world.invitation({ organizationId: team.id, invitedBy: team.owner, email });
  await system.batch([
    { sql: "UPDATE users SET email = ?, concluded_email = ?, name = ?, username = ? WHERE id = ?", values: [email, email, MARK, MARK.replaceAll("-", "_"), person.id] },
    {
      sql: "UPDATE organizations SET name = ?, billing_email = ?, description = ?, avatar_url = ?, settings = ? WHERE id = ?",
      values: [MARK, email, MARK, MARK, MARK, person.organizationId],
    },
    insert("active_sessions", {
      ...own, id: randomUUID(), user_agent: MARK, browser_info: MARK, ip_address: MARK, provider_session: MARK, secret_hash: MARK, created_at: now, last_heartbeat_at: now,
    }),
    insert("user_profiles", { ...own, first_name: MARK, created_at: now, updated_at: now }),
    insert("onboarding_steps", { ...own, step: MARK, saved_at: now }),
    insert("user_preferences", { ...own, name: MARK, value: "1", updated_at: now }),
    insert("mail_preferences", { ...own, updated_at: now }),
    insert("mail_suppressions", { address: email, reason: "bounced", created_at: now }),
    insert("user_packages", { ...own, package_id: packageId }),
    insert("user_analytics_sessions", { ...own, id: MARK, day: 0, seconds: 1, completed: 0, occurred_at: now }),
  ]);
}

describe("what is kept of a person", () => {
  it("is on the list as the tables have it", () => {
    const texts = textsOfPersons();
    assert.ok(texts.size > 12, [...texts.keys()].join(", "));
    for (const [table, columns] of Object.entries(KEPT)) {
      for (const column of Object.keys(columns)) assert.ok(texts.get(table)?.includes(column), `there is no ${table}.${column}`);
    }
  });

  it("is erased with their account, but for what is on the list", async () => {
    const person = await world.individual();
    await leaveTraces(person);
    // Each column that is to be erased has something of theirs: a new one is either filled above or put on the list.
    assert.deepEqual(await marked(), erased());
    for (const [table, amount] of Object.entries(await rowsOf(person))) assert.ok(amount > 0, table);

    const reply = await clerk(system, "user.deleted", { id: person.id, object: "user", deleted: true });
    assert.equal(reply.status, 200, reply.text);

    assert.deepEqual(await marked(), []);
    assert.deepEqual(await rowsOf(person), Object.fromEntries(GONE.map((table) => [table, 0])));
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
