// The function for the operator's staff: who finds it, what it costs, and what two of them do at once.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { at, textAt } from "./harness/answers.ts";
import { ROOT } from "./harness/built.ts";
import { brokenOff } from "./harness/broken-off.ts";
import { CALLS, asked } from "./harness/calls.ts";
import { CONSOLE_CALLS, askedOf, customer, type ConsoleCall, type Customer } from "./harness/console-calls.ts";
import { engine } from "./harness/database.ts";
import { refuses } from "./harness/expect.ts";
import { insert } from "./harness/rows.ts";
import { serviceKey } from "./harness/service-keys.ts";
import { staffedTeam } from "./harness/staffed-team.ts";
import { startSystem, type Ask, type Reply, type System } from "./harness/system.ts";
import { claimsOf, forgeries, token } from "./harness/tokens.ts";
import { World, type Person } from "./harness/world.ts";

const AT_ONCE = 50;
const VIEW_AS_SECRET = "the operator's secret for looking on";

/** Fields of acts that none of the calls gives. */
const OPTIONAL: Record<string, string[]> = {
  "grant-package": ["endsAt", "idempotencyKey"], "grant-usage": ["idempotencyKey"], "create-key": ["endsAt"], redeliver: ["since"],
  "redeliver-message": ["provider"], "edit-feature": ["unitPriceMicros", "capCents", "stopsAtCap"], "delete-person": ["dryRun"],
};
/** Acts that name an organization and change nothing of what it has. */
const CHANGE_NOTHING_OF_IT = new Set(["resend-invitation", "create-key"]);
const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");
/** What is no field whatever it is called. */
const NO_TEXTS = [1.5, {}, ["x"], { value: "x" }];
const NO_WORDS = ["", "a\u0000b", "a\u0007b", "x".repeat(10_000), -2];

let system: System;
let world: World;
before(async () => {
  system = await startSystem({ bindings: { VIEW_AS_SECRET } });
  world = new World(system);
});
after(() => system.close());

let made = 0;
const aCustomer = (): Promise<Customer> => customer(system, world, `c${(made += 1).toString(36)}`);
const title = ({ action }: ConsoleCall): string => action;

const staff = (type: "admin" | "super_admin"): Promise<Person> => world.staff(type);

/** All that a client sees of a reply. */
function seen({ status, text, headers }: Reply): { status: number; text: string; headers: string[] } {
  const names = [...headers].filter(([name]) => name !== "date").map(([name, value]) => `${name}: ${value}`);
  return { status, text: text.replaceAll("console", "consola"), headers: names.sort() };
}

/** The same request to the console and to a name that no function has. */
async function isNotThere(ask: Ask, what: string): Promise<void> {
  areNotThere(await system.call("console", ask), await system.call("consola", ask), what, ask.method !== "HEAD");
}

function areNotThere(console: Reply, nothing: Reply, what: string, hasBody = true): void {
  assert.deepEqual(seen(console), seen(nothing), what);
  assert.equal(console.status, 404, what);
  if (hasBody) assert.equal(console.body["code"], "unknown_function", what);
}

/** How many batches each request of some work needed, by the log, in which a line comes when it comes: so the work stands between two others' requests. */
async function batchesOf(work: () => Promise<void>): Promise<number[]> {
  const [first, last] = [await world.individual(), await world.individual()];
  const mark = ({ token }: Person): Promise<Reply> => system.call("console", { path: "/search", method: "GET", token });
  await mark(first);
  await work();
  await mark(last);
  for (;;) {
    const lines = system.log().filter((line) => line.includes('"function":"console"'));
    const end = lines.findIndex((line) => line.includes(last.id));
    const between = lines.slice(lines.findIndex((line) => line.includes(first.id)) + 1, end);
    if (end >= 0) return between.map((line) => Number((JSON.parse(line) as { batches: number }).batches));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("the console", () => {
  it("has every action in the table", () => {
    const source = readFileSync(join(ROOT, "functions/console/src/lib.rs"), "utf8");
    const actions = [...source.matchAll(/Action::new\(\s*"([\w-]+)"/g)].map(([, action]) => action);
    assert.deepEqual(actions.sort(), CONSOLE_CALLS.map(title).sort());
  });

  it("stands in no list", async () => {
    const reply = await system.call("", { method: "GET" });
    assert.equal(reply.status, 200);
    assert.ok(!reply.text.includes("console"), reply.text);
  });
});

describe("to whoever is not of the staff there is no console", () => {
  let about: Customer;
  let callers: Record<string, string | undefined>;
  before(async () => {
    about = await aCustomer();
    const [banned, deleted, demoted] = [await staff("super_admin"), await staff("admin"), await staff("super_admin")];
    await system.sql("UPDATE users SET banned_at = 1, banned_by = 'operator' WHERE id = ?", banned.id);
    await system.sql("UPDATE users SET deleted_at = 1 WHERE id = ?", deleted.id);
    await system.sql("UPDATE users SET account_type = 'user' WHERE id = ?", demoted.id);
    callers = {
      nobody: undefined, "an owner": about.team.owner.token, "a member": about.member.token, "somebody never seen": world.stranger().token,
      "a service key": await serviceKey(system, {}), "the operator's key": await serviceKey(system, { scopes: ["webhooks:manage"] }),
      "a banned super_admin": banned.token, "a deleted admin": deleted.token, "a demoted super_admin": demoted.token,
      ...Object.fromEntries(Object.entries(forgeries).map(([kind, forge]) => [kind, forge(claimsOf(about.team.owner))])),
    };
  });

  it("in status, body and headers, whatever they call, and nothing is changed", async () => {
    const before = await system.snapshot();
    for (const [who, token] of Object.entries(callers)) {
      for (const call of CONSOLE_CALLS) await isNotThere({ ...askedOf(call, about), token }, `${call.action} by ${who}`);
    }
    assert.equal(await system.snapshot(), before, "a request to what is not there changed something");
  });

  it("nor by any method, path, body or origin", async () => {
    for (const token of [undefined, about.team.owner.token]) {
      for (const method of ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"]) await isNotThere({ method, path: "/search", token }, method);
      for (const path of ["", "/", "/nothing", "/search/deeper", "/search?q=a&q=b", "/..%2fsearch"]) await isNotThere({ path, token }, path);
      for (const rawBody of ["{", "[]", "", "x".repeat(70_000)]) await isNotThere({ path: "/ban", rawBody, token }, rawBody.slice(0, 5));
      const cut = (name: string): Promise<Reply> =>
        brokenOff(`${system.url}/functions/v1/${name}/ban`, "POST", { "content-length": "100", ...(token !== undefined && { authorization: `Bearer ${token}` }) }, "{");
      areNotThere(await cut("console"), await cut("consola"), "a body that breaks off");
      for (const origin of ["http://localhost:5173", "https://evil.example"]) {
        await isNotThere({ path: "/ban", token, headers: { origin } }, origin);
        await isNotThere({ method: "OPTIONS", path: "/ban", token, headers: { origin, "access-control-request-method": "POST" } }, origin);
      }
      await isNotThere({ path: "/ban", token, headers: { "x-session-id": "never" } }, "a session");
      await isNotThere({ path: "/ban", token, headers: { "x-function-named": "console", "content-type": "text/plain" } }, "a header of the gateway's");
    }
  });

  it("for the same work as of a name that no function has", async () => {
    const token = about.team.owner.token;
    assert.deepEqual(await batchesOf(() => isNotThere({ path: "/search?in=people&q=a", method: "GET", token }, "a person")), [1, 1]);
    assert.deepEqual(await batchesOf(() => isNotThere({ path: "/search?in=people&q=a", method: "GET" }, "nobody")), [0, 0]);
  });

  it("nor under another name for the staff", async () => {
    const admin = await staff("super_admin");
    const reply = await system.call("consola", { ...askedOf({ action: "ban", method: "POST", fields: () => ({ user: about.member.id, reason: "to see" }) }, about), token: admin.token });
    refuses(reply, 404, "unknown_function");
    const [member] = await system.sql("SELECT banned_at FROM users WHERE id = ?", about.member.id);
    assert.equal(member?.["banned_at"], null);
  });
});

describe("the staff", () => {
  for (const call of CONSOLE_CALLS) {
    it(`${title(call)}: in one batch`, async () => {
      const about = await aCustomer();
      await call.given?.(system, about);
      const [admin, boss] = [await staff("admin"), await staff("super_admin")];
      if (call.isOfSuperAdmin) {
        const before = await system.snapshot();
        refuses(await system.call("console", { ...askedOf(call, about), token: admin.token }), 403, "forbidden");
        assert.equal(await system.snapshot(), before);
      }
      const reply = await system.call("console", { ...askedOf(call, about), token: (call.isOfSuperAdmin ? boss : admin).token });
      if (call.asksStripe) return refuses(reply, 503, "not_configured");
      if (call.action === "edit-feature") return assert.ok([200, 412].includes(reply.status), reply.text);
      assert.ok(reply.status < 300, reply.text);
      assert.equal(reply.cost?.batches, 1);
      if (call.method === "GET") return;
      const [kept] = await system.sql("SELECT actor_id, reason, is_applied, organization_id FROM operator_acts WHERE id = ?", textAt(reply, "act", "id"));
      assert.deepEqual([kept?.["actor_id"], kept?.["reason"], Number(kept?.["is_applied"])], [(call.isOfSuperAdmin ? boss : admin).id, "a ticket of theirs", 1]);
      if (kept?.["organization_id"] === null) return;
      const [shown] = await system.sql("SELECT actor_id, details FROM audit_events WHERE id = ?", textAt(reply, "act", "id"));
      assert.equal(shown?.["actor_id"], "operator");
      assert.deepEqual(JSON.parse(String(shown?.["details"])), { reason: "a ticket of theirs", before: at(reply, "act", "before"), after: at(reply, "act", "after") });
    });
  }

  it("is told which field is none, by every act, and changes nothing by it", async () => {
    const [boss, about] = [await staff("super_admin"), await aCustomer()];
    const acts = CONSOLE_CALLS.filter(({ method }) => method === "POST");
    for (const call of acts) await call.given?.(system, about);
    const before = await system.snapshot();
    for (const call of acts) {
      const { body = {}, ...ask } = askedOf(call, about);
      for (const name of [...Object.keys(body), ...(OPTIONAL[call.action] ?? [])]) {
        // Of what is written in words by people or by the console itself, each text is one.
        const wrong = name === "version" ? NO_TEXTS : [...NO_TEXTS, ...NO_WORDS];
        for (const value of wrong) {
          const reply = await system.call("console", { ...ask, body: { ...body, [name]: value }, token: boss.token });
          refuses(reply, 400, "invalid_field", { field: name });
        }
      }
    }
    assert.equal(await system.snapshot(), before, "a refused act changed something");
  });

  it("gives other limits until their end, and the customer has and sees them", async () => {
    const [admin, about] = [await staff("admin"), await aCustomer()];
    const { id: organization, owner } = about.team;
    const endsAt = new Date(Date.now() + 86_400_000).toISOString();
    const limits = async (): Promise<unknown[]> => {
      const entitled = await system.call("track-usage", { path: `/entitlements?organizationId=${organization}`, method: "GET", token: owner.token });
      const check = await system.call("track-usage", { path: "/check", body: { feature: "uploads", organizationId: organization }, token: owner.token });
      return [at(entitled, "seats", "limit"), check.body["limit"], (entitled.body["overrides"] as { feature: string; limit: number }[]).map(({ feature, limit }) => [feature, limit]).sort()];
    };
    const plain = await limits();
    for (const [feature, limit] of [["seats", 9], ["uploads", 7]]) {
      const reply = await system.call("console", { path: "/override-limit", body: { organization, feature, limit, endsAt, reason: "a pilot" }, token: admin.token });
      assert.equal(reply.status, 200, reply.text);
    }
    assert.deepEqual(await limits(), [9, 7, [["seats", 9], ["uploads", 7]]]);
    const ended = Date.now() - 1;
    await system.sql("UPDATE plan_overrides SET starts_at = 1, ends_at = ? WHERE organization_id = ?", ended, organization);
    await system.sql("UPDATE org_subscriptions SET override_ends_at = ? WHERE organization_id = ?", ended, organization);
    assert.deepEqual(await limits(), plain);
  });

  it("gives nothing to an organization of their own, whatever the act, unless they are a super_admin", async () => {
    for (const call of CONSOLE_CALLS) {
      const about = await aCustomer();
      if (call.method === "GET" || !("organization" in call.fields(about)) || CHANGE_NOTHING_OF_IT.has(call.action)) continue;
      await call.given?.(system, about);
      const admin = await staff("admin");
      await world.join(about.team.id, admin, "member", false);
      const before = await system.snapshot();
      refuses(await system.call("console", { ...askedOf(call, about), token: admin.token }), 403, "forbidden", {}, call.action);
      assert.equal(await system.snapshot(), before, call.action);
      const boss = await staff("super_admin");
      await world.join(about.team.id, boss, "member", false);
      assert.equal((await system.call("console", { ...askedOf(call, about), token: boss.token })).status, 200, call.action);
    }
  });

  it("does nothing in a browser that was put out, whatever they call", async () => {
    const live = { created_at: Date.now(), last_heartbeat_at: Date.now(), request_id: "r", secret_hash: hashOf("theirs"), provider_session: "provider-1" };
    const of = (reason: string, id: string, more: { secret?: string; bearer?: (boss: Person) => string } = {}) =>
      ({ reason, bearer: more.bearer ?? ((boss: Person) => boss.token), headers: { "x-session-id": id, "x-session-secret": more.secret ?? "theirs" } });
    const PUT_OUT = [
      of("unknown", "never"), of("unknown", "of-another"), of("terminated", "terminated"), of("signed_in_elsewhere", "replaced"), of("expired", "asleep"),
      of("signed_in_elsewhere", "live", { secret: "another" }),
      of("signed_in_elsewhere", "live", { bearer: (boss) => token(claimsOf(boss, { session_id: "provider-2" })) }),
    ];
    for (const call of CONSOLE_CALLS) {
      const [boss, other, about] = [await staff("super_admin"), await staff("admin"), await aCustomer()];
      await system.batch([
        insert("active_sessions", { ...live, user_id: other.id, id: "of-another" }),
        insert("active_sessions", { ...live, user_id: boss.id, id: "live" }),
        insert("active_sessions", { ...live, user_id: boss.id, id: "asleep", last_heartbeat_at: Date.now() - 300_001 }),
        ...["terminated", "signed_in_elsewhere"].map((reason) =>
          insert("active_sessions", { ...live, user_id: boss.id, id: reason === "terminated" ? reason : "replaced", ended_at: Date.now(), end_reason: reason })),
      ]);
      await call.given?.(system, about);
      const before = await system.snapshot();
      for (const { reason, bearer, headers } of PUT_OUT) {
        const reply = await system.call("console", { ...askedOf(call, about), token: bearer(boss), headers });
        refuses(reply, 401, "session_ended", { reason }, `${call.action}, ${headers["x-session-id"]}`);
        assert.equal(reply.cost?.batches, 1, call.action);
      }
      assert.equal(await system.snapshot(), before, call.action);
      const reply = await system.call("console", { ...askedOf(call, about), token: boss.token, headers: { "x-session-id": "live", "x-session-secret": "theirs" } });
      assert.notEqual(reply.status, 401, `${call.action}: ${reply.text}`);
    }
  });

  it("bans nobody of itself", async () => {
    const admin = await staff("admin");
    refuses(await system.call("console", { path: "/ban", body: { user: admin.id, reason: "to see" }, token: admin.token }), 400, "invalid_field", { field: "user" });
  });

  it("shows the customer in their own history that the operator did it", async () => {
    const [admin, about] = [await staff("admin"), await aCustomer()];
    const reply = await system.call("console", { path: "/grant-usage", body: { organization: about.team.id, feature: "uploads", quantity: 5, reason: "an outage" }, token: admin.token });
    assert.equal(reply.status, 200, reply.text);
    const history = await system.call("webhooks", { path: "/audit", method: "GET", token: about.team.owner.token });
    const [newest] = history.body["events"] as { actorId: string; action: string; details: Record<string, unknown> }[];
    assert.deepEqual([newest?.actorId, newest?.action, newest?.details["reason"]], ["operator", "operator.usage.granted", "an outage"]);
    assert.ok(!history.text.includes(admin.id), "who of the staff it was is not the customer's to know");
  });
});

/** What only reads, and is for somebody who looks. All else is refused to them. */
const LOOKED_AT = new Set([
  "manage-session check", "manage-session list", "track-upload status", "track-usage check", "track-usage entitlements", "track-usage summary", "track-usage people", "track-usage events",
  "track-usage alerts", "track-usage list-calls", "track-usage reservations", "invite-user list", "manage-members list", "identity personal-organization", "identity convert-preview", "identity convert-back-preview",
  "billing history", "billing preview", "webhooks list", "webhooks deliveries", "webhooks audit", "webhooks audit-export", "mails preferences",
  ...["me", "profile", "username", "onboarding", "sessions", "organizations", "subscription", "packages", "preferences", "analytics", "export", "delete"].map((action) => `account ${action}`),
]);

describe("a token to look with", () => {
  it("reads what its customer reads and changes nothing, whatever it calls", async () => {
    const [admin, team] = [await staff("admin"), await staffedTeam(system)];
    const about = { team, invitation: await world.invitation({ organizationId: team.id, invitedBy: team.owner }) };
    const given = await system.call("console", { path: "/view-as", body: { user: team.owner.id, reason: "they see nothing" }, token: admin.token });
    const bearer = textAt(given, "token");
    const before = await system.snapshot();
    for (const call of CALLS.filter(({ isPublic, isDelivery }) => !isPublic && !isDelivery)) {
      const reply = await system.call(call.fn, { ...asked(call, call.body(about)), token: bearer });
      const title = `${call.byPath ?? ""} ${call.fn} ${call.action}: ${reply.text}`;
      const isRead = LOOKED_AT.has(`${call.fn} ${call.action}`) && (call.byPath !== "POST" && call.byPath !== "PATCH" || ["check", "preview", "convert-preview", "convert-back-preview"].includes(call.action));
      if (isRead) assert.ok(reply.status !== 403 || reply.body["code"] !== "read_only", title);
      else refuses(reply, 403, "read_only", {}, title);
    }
    assert.equal(await system.snapshot(), before, "whoever looks has changed something");
  });

  it("is marked in the log, and opens no console", async () => {
    const [admin, about] = [await staff("admin"), await aCustomer()];
    const bearer = textAt(await system.call("console", { path: "/view-as", body: { user: about.team.owner.id, reason: "they see nothing" }, token: admin.token }), "token");
    assert.equal((await system.call("manage-members", { action: "list", token: bearer })).status, 200);
    const marked = (line: string): boolean => line.includes('"function":"manage-members"') && line.includes(`"viewedBy":"${admin.id}"`);
    while (!system.log().some(marked)) await new Promise((resolve) => setImmediate(resolve));
    await system.sql("UPDATE users SET account_type = 'admin' WHERE id = ?", about.team.owner.id);
    await isNotThere({ path: "/search?in=people&q=a", method: "GET", token: bearer }, "of one of the staff");
    await system.sql("UPDATE users SET account_type = 'user' WHERE id = ?", admin.id);
    refuses(await system.call("manage-members", { action: "list", token: bearer }), 401, "unauthenticated");
  });
});

describe("at once", () => {
  it(`${AT_ONCE} super_admins demote each other, and one stays`, async () => {
    await system.sql("UPDATE users SET account_type = 'user' WHERE account_type <> 'user'");
    const all: Person[] = [];
    for (let place = 0; place < AT_ONCE; place += 1) all.push(await staff("super_admin"));
    const replies = await Promise.all(all.map((person, place) =>
      system.call("console", { path: "/account-type", body: { user: all[(place + 1) % AT_ONCE]?.id, accountType: "user", reason: "a coup" }, token: person.token })));
    assert.deepEqual([...new Set(replies.map(({ status }) => status))].filter((status) => ![200, 404].includes(status)), [], "done, or done to");
    const [left] = await system.sql("SELECT COUNT(*) AS amount FROM users WHERE account_type = 'super_admin'");
    const done = replies.filter(({ status }) => status === 200).length;
    assert.equal(Number(left?.["amount"]), AT_ONCE - done);
    assert.ok(done < AT_ONCE, "the last one stays");
  });

  it(`${AT_ONCE} admins change one feature that all have seen, and one of them does`, async () => {
    const admin = await staff("admin");
    const look = await system.call("console", { path: "/feature?plan=enterprise&feature=uploads", method: "GET", token: admin.token });
    const version = textAt(look, "feature", "version");
    const replies = await Promise.all(Array.from({ length: AT_ONCE }, (_, place) =>
      system.call("console", { path: "/edit-feature", body: { plan: "enterprise", feature: "uploads", version, limit: 1_000 + place, reason: "a promise" }, token: admin.token })));
    const winners = replies.filter(({ status }) => status === 200);
    assert.deepEqual([winners.length, replies.filter(({ status, body }) => status === 412 && body["code"] === "feature_changed").length], [1, AT_ONCE - 1]);
    const [row] = await system.sql("SELECT limit_value FROM plan_features WHERE plan_id = 'enterprise' AND feature = 'uploads'");
    assert.equal(Number(row?.["limit_value"]), at(winners[0] as Reply, "feature", "limitValue"));
  });

  it("somebody is banned once, whoever does it", async () => {
    const [admin, about] = [await staff("admin"), await aCustomer()];
    const replies = await Promise.all(Array.from({ length: AT_ONCE }, () =>
      system.call("console", { path: "/ban", body: { user: about.member.id, reason: "a fraud" }, token: admin.token })));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array.from({ length: AT_ONCE - 1 }, () => 409)]);
  });
});

describe("rows read are the same among few customers and among many", { skip: engine !== "d1" && "Postgres reports none" }, () => {
  const MANY = 5_000;
  const now = Date.now();
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${MANY})`;
  /** Before and after all others in every index. */
  const bulk = (mark: string): string[] => [
    `INSERT INTO users (id, email, email_verified, email_updated_at, name, account_type, created_at, request_id)
${numbers} SELECT '${mark}' || n, '${mark}' || n || '@bulk.example', 1, ${now}, '${mark}', 'user', ${now}, 'bulk' FROM numbers`,
    `INSERT INTO organizations (id, kind, org_type, name, slug, founded_by, created_at)
${numbers} SELECT '${mark}' || n, 'team', 'business', '${mark}', '${mark}' || n, '${mark}' || n, ${now} FROM numbers`,
    `INSERT INTO org_subscriptions (organization_id, plan_id, status, current_period_start, current_period_end, updated_at)
${numbers} SELECT '${mark}' || n, 'professional', 'active', ${now}, ${now} + 1000000, ${now} FROM numbers WHERE 1 = 0`,
    `INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id)
${numbers} SELECT '${mark}' || n, '${mark}' || n, 'owner', ${now}, 'bulk' FROM numbers`,
    `INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at)
${numbers} SELECT '${mark}' || n, '${mark}' || n, ${now} FROM numbers`,
    `INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents, currency, billing_interval,
  current_period_start, current_period_end, started_at, observed_at, request_id)
${numbers} SELECT '${mark}' || n, '${mark}' || n, 'si', 'price', 'active', 1, 'usd', 'month', ${now}, ${now} + 1, ${now}, ${now}, 'bulk' FROM numbers`,
    `INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, organization_id, created_at)
${numbers} SELECT '${mark}' || n, 'bulk', '${mark === "!" ? "a" : "b"}' || substr('${"0".repeat(63)}' || n, length(CAST(n AS TEXT)) + 1), 1, 1, '${mark}' || n, ${now} FROM numbers`,
    `INSERT INTO webhook_inbox (provider, event_id, event_type, outcome, happened_at, received_at, request_id)
${numbers} SELECT 'stripe', '${mark}' || n, 'invoice.paid', 'applied', ${now}, ${now}, 'bulk' FROM numbers`,
    `INSERT INTO operator_acts (id, actor_id, action, target_kind, target_id, reason, state_before, state_after, is_applied, request_id, created_at)
${numbers} SELECT '${mark}' || n, '${mark}1', 'x', 'user', '${mark}' || n, 'bulk', '{}', '{}', 1, 'bulk', ${now} FROM numbers`,
    `INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
${numbers} SELECT '${mark}' || n, '${mark}' || n, 'x', 'x', 'x', 'bulk', ${now} FROM numbers`,
  ];

  it("of everything that the staff sees and does", async (test) => {
    const boss = await staff("super_admin");
    const searches: ConsoleCall[] = ["people", "organizations"].map((kind) => ({
      action: "search", method: "GET", fields: ({ team }) => ({ in: kind, q: kind === "people" ? team.owner.email : team.slug }),
    }));
    const measured = async (): Promise<Map<string, number | undefined>> => {
      const rows = new Map<string, number | undefined>();
      for (const call of [...CONSOLE_CALLS.filter(({ action }) => action !== "edit-feature" && action !== "inbox"), ...searches]) {
        const about = await aCustomer();
        await call.given?.(system, about);
        const reply = await system.call("console", { ...askedOf(call, about), token: boss.token });
        if (call.asksStripe) continue;
        assert.ok(reply.status < 300, `${call.action}: ${reply.text}`);
        rows.set(`${call.action} ${JSON.stringify(call.fields(about)["in"] ?? "")}`, reply.cost?.read);
      }
      return rows;
    };
    const few = await measured();
    for (const mark of ["!", "~"]) await system.batch(bulk(mark).map((sql) => ({ sql })));
    const many = await measured();
    // Whoever looked through them would read thousands; a few rows hang on what has happened meanwhile.
    const most = (read: number): number => read + Math.max(10, read / 20);
    const grown = [...many].filter(([name, read]) => name !== 'feature ""' && Number(read) > most(Number(few.get(name))));
    assert.deepEqual(grown.map(([name, read]) => `${name}: ${few.get(name)} then ${read}`), []);
    test.diagnostic([...many].map(([name, read]) => `${name} ${read}`).join(", "));
  });

  it("and a beginning that all have is a page of them", async () => {
    const admin = await staff("admin");
    for (const kind of ["people", "organizations"]) {
      for (const q of ["~", "!"]) {
        const first = await system.call("console", { path: `/search?in=${kind}&limit=10&q=${encodeURIComponent(q)}`, method: "GET", token: admin.token });
        assert.equal((first.body["found"] as unknown[]).length, 10);
        assert.ok(Number(first.cost?.read) < 300, `${kind}: ${first.cost?.read} rows`);
        const next = await system.call("console", { path: `/search?in=${kind}&limit=10&q=${encodeURIComponent(q)}&cursor=${encodeURIComponent(textAt(first, "nextCursor"))}`, method: "GET", token: admin.token });
        assert.ok(Number(next.cost?.read) < 300, `${kind}: ${next.cost?.read} rows of the next page`);
      }
    }
  });
});

describe("a team that the staff has archived", () => {
  it("is had back by the staff, and not by its owners", async () => {
    const [admin, team] = [await staff("admin"), await staffedTeam(system)];
    const act = (path: string) => system.call("console", { path, body: { organization: team.id, reason: "used for spam" }, token: admin.token });
    const account = (ask: Ask) => system.call("account", { ...ask, token: team.owner.token });
    assert.equal((await act("/archive")).status, 200);
    const listed = await account({ path: "/organizations?show=archived", method: "GET" });
    assert.deepEqual(at(listed, "organizations"), []);
    const restored = await system.unchanged(() => account({ path: "/restore-organization", body: { organizationId: team.id } }));
    refuses(restored, 403, "forbidden");
    assert.equal((await act("/restore")).status, 200);
    assert.equal((await account({ path: "/switch-organization", body: { organizationId: team.id } })).status, 200);
  });
});
