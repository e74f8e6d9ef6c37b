// What a request costs: one trip to the database, few rows written, and no more rows read when there are more customers.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { ACTIONS, type Action } from "./harness/actions.ts";
import { engine } from "./harness/database.ts";
import { startSystem, type Ask, type Cost, type Reply, type System } from "./harness/system.ts";
import { World } from "./harness/world.ts";

const PIECE = 1_000;
const FEW = 10;
const MANY = 10_000;
const MEMBERS = 5;

let system: System;
let world: World;
before(async () => {
  system = await startSystem({ counted: true });
  world = new World(system);
  await organizations(1, FEW);
});
after(() => system.close());

const rowsAreTold = engine === "d1";
const nameOf = ({ fn, name }: Action): string => `${fn}: ${name}`;

/** A request with what it cost by its own account and by the harness's. */
async function measured(fn: string, ask: Ask): Promise<{ reply: Reply; cost: Cost; trips: number }> {
  const before = await system.trips();
  const reply = await system.call(fn, ask);
  const trips = await system.trips() - before;
  assert.ok(reply.cost, `no Server-Timing: ${reply.status} ${reply.text}`);
  return { reply, cost: reply.cost, trips };
}

async function succeeding({ fn, ask }: Action): Promise<{ cost: Cost; trips: number }> {
  const { reply, cost, trips } = await measured(fn, await ask(world));
  assert.ok(reply.status < 300, `${reply.status} ${reply.text}`);
  return { cost, trips };
}

/**
 * Teams of five with a subscription, an invitation, a session and some usage each: what a living product has. Their ids
 * come after all others, since the row behind the last one of a range is read too, if there is one.
 */
async function organizations(from: number, to: number): Promise<void> {
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${to}),
seats (seat) AS (SELECT 1 UNION ALL SELECT seat + 1 FROM seats WHERE seat < ${MEMBERS})`;
  const now = Date.now();
  await system.batch([
    `INSERT INTO users (id, email, email_verified, email_updated_at, name, current_organization_id, created_at, request_id)
${numbers} SELECT '~bulk-' || n || '-' || seat, '~bulk-' || n || '-' || seat || '@example.com', 1, ${now}, 'Bulk', NULL, ${now}, 'bulk'
FROM numbers CROSS JOIN seats`,
    `INSERT INTO organizations (id, kind, org_type, name, slug, founded_by, created_at)
${numbers} SELECT '~bulk-' || n, 'team', 'business', 'Bulk ' || n, '~bulk-' || n, '~bulk-' || n || '-1', ${now} FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO org_subscriptions (organization_id, plan_id, status, current_period_start, current_period_end, updated_at)
${numbers} SELECT '~bulk-' || n, 'enterprise', 'active', ${now}, ${now} + 1000000, ${now} FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id)
${numbers} SELECT '~bulk-' || n, '~bulk-' || n || '-' || seat, CASE seat WHEN 1 THEN 'owner' ELSE 'member' END, ${now}, 'bulk' FROM numbers CROSS JOIN seats`,
    `INSERT INTO organization_invitations (organization_id, id, email, role, token_hash, status, invited_by, created_at, expires_at, request_id)
${numbers} SELECT '~bulk-' || n, '~bulk-' || n, '~guest-' || n || '@example.com', 'member',
  substr('${"0".repeat(64)}' || n, length(CAST(n AS TEXT)) + 1), 'pending', '~bulk-' || n || '-1', ${now}, ${now} + 1000000, 'bulk'
FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, request_id)
${numbers} SELECT '~bulk-' || n || '-' || seat, 'old', ${now}, ${now}, 'bulk' FROM numbers CROSS JOIN seats`,
    `INSERT INTO usage_counters (organization_id, feature, period_start, quantity)
${numbers} SELECT '~bulk-' || n, 'uploads', 0, n FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO usage_alerts (organization_id, feature, period_start, name, used, limit_value, created_at, request_id)
${numbers} SELECT '~bulk-' || n, 'uploads', 1, '80_percent', n, n, ${now}, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO usage_people (organization_id, feature, period_start, subject)
${numbers} SELECT '~bulk-' || n, 'people', 1, 'somebody' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO usage_reservations (organization_id, id, user_id, feature, event_type, weight, quantity, created_at, expires_at, request_id)
${numbers} SELECT '~bulk-' || n, '~bulk-' || n, '~bulk-' || n || '-1', 'uploads', 'uploads', 1, 1, ${now}, ${now} + 100000000, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO former_plans (organization_id, ended_at, plan_id)
${numbers} SELECT '~bulk-' || n, ${now}, 'starter' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO usage_grants (organization_id, id, feature, quantity, reason, starts_at, ends_at, created_at, request_id)
${numbers} SELECT '~bulk-' || n, '~bulk-' || n, 'uploads', n, 'Bulk', ${now}, ${now} + 1000000000, ${now}, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO plan_overrides (organization_id, kind, feature, ends_at, id, limit_value, reason, starts_at, request_id)
${numbers} SELECT '~bulk-' || n, 'limit', 'uploads', ${now} + 1000000000, '~bulk-' || n, n, 'Bulk', ${now}, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO call_logs (organization_id, id, user_id, call_type, feature, status, started_at, deadline_at, request_id)
${numbers} SELECT '~bulk-' || n, '~bulk-' || n, '~bulk-' || n || '-1', 'talk', 'uploads', 'in_progress', ${now}, ${now} + 100000000, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO usage_summaries (organization_id, period_start, feature, period_end, plan_id, quantity, units, overage_units, overage_cents, currency, state, is_open, closed_at, request_id)
${numbers} SELECT '~bulk-' || n, 1, 'uploads', 2, 'enterprise', n, n, 1, 10, 'usd', 'closed', 1, ${now}, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO figure_states (organization_id, kind, mrr_cents, has_paid) ${numbers} SELECT '~bulk-' || n, 'team', 0, 0 FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO figures (span, starts_at, request_id) ${numbers} SELECT 'day', n, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO meter_figures (span, starts_at, feature, events, quantity, overage_cents, request_id)
${numbers} SELECT 'day', n, 'uploads', 1, 1, 0, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO billing_disputes (organization_id, stripe_dispute_id, stripe_charge_id, currency, disputed_cents, status, created_at, said_at)
${numbers} SELECT '~bulk-' || n, 'dp_bulk', 'ch_bulk', 'usd', 10, 'lost', ${now}, ${now} FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
${numbers} SELECT '~bulk-' || n, '~bulk-' || n || '-' || seat, '~bulk-' || n || '-1', 'session.started', 'old', 'bulk', ${now} FROM numbers CROSS JOIN seats`,
    `INSERT INTO outbox (id, organization_id, event_type, target_id, created_at)
${numbers} SELECT '00000000-' || n, '~bulk-' || n, 'organization.created', '~bulk-' || n, ${now} FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO operator_events (id, event_type, target_id, payload, created_at, sequence)
${numbers} SELECT '00000000-' || n, 'webhook.endpoint_disabled', '~bulk-' || n, '{}', ${now}, n FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO webhook_endpoints (id, organization_id, url, secret, listens_from, created_at, updated_at, request_id)
${numbers} SELECT '~bulk-' || n, '~bulk-' || n, 'https://hooks.example.com/', 'whsec_', ${now}, ${now}, ${now}, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id)
${numbers} SELECT '~bulk-' || n, '~bulk-' || n || '-' || seat, 'pending', 1, ${now}, ${now}, 'bulk' FROM numbers CROSS JOIN seats`,
    `INSERT INTO mail_preferences (user_id, updated_at, request_id)
${numbers} SELECT '~bulk-' || n || '-' || seat, ${now}, 'bulk' FROM numbers CROSS JOIN seats`,
    `INSERT INTO mail_suppressions (address, reason, created_at)
${numbers} SELECT '~gone-' || n || '@example.com', 'bounced', ${now} FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO mail_deliveries (event_id, kind, recipient, state, attempts, created_at, request_id)
${numbers} SELECT '~bulk-' || n, 'member_removed', 'user:~bulk-' || n || '-' || seat, 'sent', 1, ${now}, 'bulk' FROM numbers CROSS JOIN seats`,
    `INSERT INTO organizations (id, kind, org_type, name, slug, founded_by, archived_at, archived_by, created_at)
VALUES ('~gone-${from}', 'team', 'business', 'Gone', '~gone-${from}', '~bulk-${from}-1', ${now}, '~bulk-${from}-1', ${now})`,
    // The newest key of an organization is looked up from behind: where it has none, the row before is read, if there is one.
    `INSERT INTO organizations (id, kind, org_type, name, slug, founded_by, created_at)
VALUES ('!first-${from}', 'team', 'business', 'First', '!first-${from}', '~bulk-${from}-1', ${now})`,
    `INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value, period_start, period_total,
  lifetime_total, request_hash, request_id, created_at, counted, keyed_at, key_of_day)
VALUES ('!first-${from}', 'key:first', '~bulk-${from}-1', 'uploads', 'uploads', 1, 1, 'enterprise', -1, 0, 1, 1, 'hash', 'bulk', ${now}, 1, ${now}, 1)`,
    `INSERT INTO user_profiles (user_id, first_name, created_at, updated_at, request_id)
${numbers} SELECT '~bulk-' || n || '-' || seat, 'Bulk', ${now}, ${now}, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO onboarding_steps (user_id, step, saved_at, request_id)
${numbers} SELECT '~bulk-' || n || '-' || seat, 'company', ${now}, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO packages (id, name, category, requires_subscription, position) VALUES ('open', 'Deep Sleep', 'sleep', 0, 1) ON CONFLICT (id) DO NOTHING`,
    `INSERT INTO user_packages (user_id, package_id, uses, request_id)
${numbers} SELECT '~bulk-' || n || '-' || seat, 'open', 1, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO user_preferences (user_id, name, value, updated_at, request_id)
${numbers} SELECT '~bulk-' || n || '-' || seat, 'audio.volume', '5', ${now}, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
    `INSERT INTO former_members (user_id, organization_id)
${numbers} SELECT '~bulk-' || n || '-' || seat, '~bulk-' || n FROM numbers CROSS JOIN seats WHERE seat = 1`,
    // Each with its day.
    `INSERT INTO user_analytics_sessions (user_id, id, day, seconds, completed, occurred_at, request_id)
${numbers} SELECT '~bulk-' || n || '-' || seat, 'x', ${now} - ${now} % 86400000, 60, 1, ${now}, 'bulk' FROM numbers CROSS JOIN seats WHERE seat = 1`,
  ].map((sql) => ({ sql })));
}

describe("a known user's request is one batch", () => {
  for (const action of ACTIONS) {
    it(nameOf(action), async () => {
      const { cost, trips } = await succeeding(action);
      assert.equal(cost.batches, 1, "by Server-Timing");
      assert.equal(trips, 1, "by the database's own count");
    });
  }

  it("also when it is refused", async () => {
    const person = await world.individual({ status: "trialing", trialEndsAt: Date.now() - 1 });
    const { reply, cost, trips } = await measured("track-upload", { body: { uploadType: "rate_sheet" }, token: person.token });
    assert.equal(reply.status, 402);
    assert.deepEqual([cost.batches, trips], [1, 1]);
  });

  it("and none when the caller is nobody or the request is wrong", async () => {
    const person = await world.individual();
    const before = await system.trips();
    assert.equal((await system.call("track-upload", { body: { uploadType: "rate_sheet" } })).status, 401);
    assert.equal((await system.call("track-upload", { body: { uploadCount: -1, uploadType: "rate_sheet" }, token: person.token })).status, 400);
    assert.equal(await system.trips(), before);
  });
});

describe("a stranger's first request is three batches: asked, signed up, asked again", () => {
  const first: [string, Ask["action"], Record<string, unknown>][] = [
    ["manage-session", "validate", { sessionId: "new" }],
    ["manage-session", "list", {}],
    ["track-upload", "count", { uploadType: "rate_sheet" }],
    ["create-organization", "create", { name: "Founded at once" }],
    ["invite-user", "list", {}],
    ["manage-members", "list", {}],
  ];
  for (const [fn, action, body] of first) {
    it(`${fn}: ${action}`, async () => {
      const { token } = world.stranger();
      const { cost, trips } = await measured(fn, { action, body, token });
      assert.deepEqual([cost.batches, trips], [3, 3]);
      const again = await measured(fn, { action, body, token });
      assert.deepEqual([again.cost.batches, again.trips], [1, 1], "from then on it is one");
    });
  }

  it("accept-invitation: accept", async () => {
    const team = await world.team();
    const stranger = world.stranger();
    const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner, email: stranger.email });
    const { reply, cost, trips } = await measured("accept-invitation", { body: { token: invitation.token }, token: stranger.token });
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual([cost.batches, trips], [3, 3]);
  });
});

describe("rows written, audit and outbox included, are at most", { skip: !rowsAreTold }, () => {
  for (const action of ACTIONS) {
    const { written: most } = action;
    if (most === undefined) continue;
    it(`${most} for ${nameOf(action)}`, async () => {
      const { cost } = await succeeding(action);
      assert.ok(cost.written !== undefined && cost.written <= most, `${cost.written} rows were written`);
    });
  }

  it("none for what is refused", async () => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 100);
    const { reply, cost } = await measured("track-upload", { body: { uploadType: "rate_sheet" }, token: person.token });
    assert.equal(reply.status, 429);
    assert.equal(cost.written, 0);
  });
});

/** The session that is named is one of those that they read, or forget. */
const ABOUT_SESSIONS = new Set(["account: sessions", "account: end-session", "account: end-other-sessions", "account: export, sessions", "account: delete, confirmed"]);

describe("a session that is named and proven costs one trip as before, and two rows", { skip: !rowsAreTold }, () => {
  const named = ACTIONS.filter((action) => action.fn !== "manage-session" && !ABOUT_SESSIONS.has(nameOf(action)));
  for (const action of named) {
    it(nameOf(action), async () => {
      const plain = await succeeding(action);
      const ask = await action.ask(world);
      if (ask.token === undefined) return;
      const [, claims = ""] = ask.token.split(".");
      const { sub } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { sub: string };
      const secret = "a secret";
      await system.sql("INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, request_id, secret_hash) VALUES (?, 'mine', ?, ?, '', ?)",
        sub, Date.now(), Date.now(), createHash("sha256").update(secret).digest("hex"));
      const { reply, cost, trips } = await measured(action.fn, { ...ask, headers: { ...ask.headers, "x-session-id": "mine", "x-session-secret": secret } });
      assert.ok(reply.status < 300, reply.text);
      assert.deepEqual([cost.batches, trips], [1, 1]);
      assert.ok(Number(cost.read) <= Number(plain.cost.read) + 2, `${cost.read} rows instead of ${plain.cost.read}`);
      // Named without its secret it is looked up as often; whether that is enough stands in rows that are read anyway.
      const unproven = await measuredUnproven(action);
      assert.ok(unproven <= Number(cost.read), `${unproven} rows without the secret, ${cost.read} with it`);
    });
  }
});

/** The rows that a request reads which names its session and does not prove it. */
async function measuredUnproven(action: Action): Promise<number> {
  const ask = await action.ask(world);
  const [, claims = ""] = String(ask.token).split(".");
  const { sub } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { sub: string };
  await system.sql("INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, request_id, secret_hash) VALUES (?, 'mine', ?, ?, '', 'hash')",
    sub, Date.now(), Date.now());
  const { reply, cost, trips } = await measured(action.fn, { ...ask, headers: { ...ask.headers, "x-session-id": "mine" } });
  assert.ok(reply.status < 300, reply.text);
  assert.deepEqual([cost.batches, trips], [1, 1]);
  return Number(cost.read);
}

describe(`rows read are the same with ${FEW} and with ${MANY.toLocaleString("en")} organizations of ${MEMBERS}`, { skip: !rowsAreTold }, () => {
  const among = { few: new Map<string, number | undefined>(), many: new Map<string, number | undefined>() };
  before(async () => {
    for (const action of ACTIONS) among.few.set(nameOf(action), (await succeeding(action)).cost.read);
    // In pieces, each of which a slow machine is through with long before a connection is given up.
    for (let from = FEW; from < MANY; from += PIECE) await organizations(from + 1, Math.min(from + PIECE, MANY));
    for (const action of ACTIONS) among.many.set(nameOf(action), (await succeeding(action)).cost.read);
  });

  it("and there are that many", async () => {
    const [members] = await system.sql("SELECT COUNT(*) AS amount FROM organization_members WHERE request_id = 'bulk'");
    assert.equal(members?.["amount"], MANY * MEMBERS);
  });

  for (const action of ACTIONS) {
    it(nameOf(action), (test) => {
      const [few, many] = [among.few.get(nameOf(action)), among.many.get(nameOf(action))];
      assert.ok(few !== undefined);
      assert.equal(many, few);
      test.diagnostic(`${few} rows`);
    });
  }
});
