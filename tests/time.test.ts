// What time does: months end, trials end, invitations run out, sessions go stale. The clock stands still here: the
// rows are made older instead.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { succeeds, textAt } from "./harness/answers.ts";
import { refuses, same, time } from "./harness/expect.ts";
import { startSystem, type Reply, type Row, type System } from "./harness/system.ts";
import { DAY, HOUR, MINUTE, SECOND, World, startOfMonth, type Person } from "./harness/world.ts";

const WEEK = 7 * DAY;
/** Longer than any request takes, so that a moment just before a border is still before it when it is looked at. */
const MARGIN = 5 * SECOND;

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

const upload = (who: Pick<Person, "token">) => system.call("track-upload", { body: { uploadType: "rate_sheet" }, token: who.token });
const sessions = (who: Pick<Person, "token">, action: string, sessionId: string) =>
  system.call("manage-session", { action, body: { sessionId }, token: who.token });
const answer = (who: Pick<Person, "token">, action: string, token: string) =>
  system.call("accept-invitation", { action, body: { token }, token: who.token });

async function row(query: string, ...values: (string | number)[]): Promise<Row> {
  const [found] = await system.sql(query, ...values);
  assert.ok(found, query);
  return found;
}

/** Uploads that were counted in another month. */
const countedBefore = (organizationId: string, periodStart: number, quantity: number) =>
  system.sql("INSERT INTO usage_counters (organization_id, feature, period_start, quantity) VALUES (?, 'uploads', ?, ?)",
    organizationId, periodStart, quantity);

describe("a month of uploads", () => {
  it("begins at 00:00 UTC on the first, and ends as the next one begins", async () => {
    const person = await world.individual();
    const reply = await upload(person);
    const now = new Date();
    const nextMonth = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
    same(reply.body["nextResetDate"], time(nextMonth));
    assert.equal(reply.body["nextResetDate"], new Date(nextMonth).toISOString());
    const counter = await row("SELECT period_start FROM usage_counters WHERE organization_id = ? AND period_start <> 0", person.organizationId);
    assert.equal(counter["period_start"], Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  });

  const months: [string, number][] = [["last month", -1], ["the same month of last year", -12], ["the month before last year's", -13], ["next month", 1]];
  for (const [which, later] of months) {
    it(`has nothing to do with ${which}`, async () => {
      const person = await world.individual();
      await countedBefore(person.organizationId, startOfMonth(Date.now(), later), 100);
      await countedBefore(person.organizationId, 0, 100);
      const reply = await upload(person);
      assert.equal(reply.status, 200, reply.text);
      assert.equal(reply.body["totalUploads"], 1);
      assert.equal(reply.body["lifetimeUploads"], 101);
      assert.equal(reply.body["remaining"], 99);
    });
  }

  it("starts over when it turns, for who was at the limit", async () => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 100);
    const refused = await upload(person);
    assert.equal(refused.status, 429);
    // A month passes.
    await system.sql("UPDATE usage_counters SET period_start = ? WHERE organization_id = ? AND period_start <> 0",
      startOfMonth(Date.now(), -1), person.organizationId);
    const reply = await upload(person);
    assert.equal(reply.body["totalUploads"], 1);
    assert.equal(reply.body["lifetimeUploads"], 101);
  });
});

describe("a trial", () => {
  it("of somebody new has all its dates, 7 days apart to the millisecond", async () => {
    const stranger = world.stranger();
    const asked = Date.now();
    assert.equal((await sessions(stranger, "validate", "browser-1")).status, 200);
    const subscription = await row(
      "SELECT s.* FROM org_subscriptions s JOIN organizations o ON o.id = s.organization_id WHERE o.personal_user_id = ?", stranger.id);
    const start = Number(subscription["current_period_start"]);
    assert.ok(start >= asked && start <= Date.now());
    assert.deepEqual(
      { plan: subscription["plan_id"], status: subscription["status"], end: subscription["current_period_end"], trial: subscription["trial_ends_at"] },
      { plan: "starter", status: "trialing", end: start + WEEK, trial: start + WEEK },
    );
  });

  it("of a team has all its dates, 14 days apart to the millisecond", async () => {
    const person = await world.individual();
    const reply = await system.call("create-organization", { body: { name: "Clockwork" }, token: person.token });
    const subscription = await row("SELECT * FROM org_subscriptions WHERE organization_id = ?", textAt(reply, "organization", "id"));
    const start = Date.parse(textAt(reply, "organization", "createdAt"));
    assert.deepEqual(
      { start: subscription["current_period_start"], end: subscription["current_period_end"], trial: subscription["trial_ends_at"] },
      { start, end: start + 14 * DAY, trial: start + 14 * DAY },
    );
  });

  it("never lacks a date, however somebody came to it", async () => {
    await upload(world.stranger());
    await system.call("create-organization", { body: { name: "Founded by a stranger" }, token: world.stranger().token });
    const [lacking] = await system.sql(`SELECT COUNT(*) AS amount FROM org_subscriptions
WHERE current_period_start IS NULL OR current_period_end IS NULL OR (status = 'trialing' AND (trial_ends_at IS NULL OR trial_ends_at <> current_period_end))`);
    assert.equal(lacking?.["amount"], 0);
  });

  it("gives everything up to its last moment and stops what costs money with it", async () => {
    const person = await world.individual({ status: "trialing", trialEndsAt: Date.now() + MARGIN });
    assert.equal((await upload(person)).status, 200);
    await system.sql("UPDATE org_subscriptions SET trial_ends_at = ? WHERE organization_id = ?", Date.now(), person.organizationId);
    refuses(await system.unchanged(() => upload(person)), 402, "subscription_required", { plan: "Starter", status: "trialing", upgradeRequired: true });
  });

  it("that has ended leaves everybody their way in, out and around", async () => {
    const team = await world.team({ status: "trialing", trialEndsAt: Date.now() - DAY, members: { admin: 1, member: 2 } });
    const [leaving, removed] = team.members;
    assert.ok(leaving && removed);
    const pending = await world.invitation({ organizationId: team.id, invitedBy: team.owner });
    const members = (who: Person, action: string, body: Record<string, unknown> = {}) =>
      system.call("manage-members", { action, body, token: who.token });
    const invite = (action: string, body: Record<string, unknown> = {}) => system.call("invite-user", { action, body, token: team.owner.token });
    const stopped = { plan: "Enterprise", status: "trialing", upgradeRequired: true };
    refuses(await upload(team.owner), 402, "subscription_required", stopped);
    refuses(await invite("invite", { email: "late@example.com" }), 402, "subscription_required", stopped);
    refuses(await invite("resend", { invitationId: pending.id }), 402, "subscription_required", stopped);
    refuses(await members(team.owner, "change_role", { memberId: leaving.id, newRole: "admin" }), 402, "subscription_required", stopped);
    for (const goesOn of [
      () => sessions(team.owner, "validate", "browser-1"),
      () => sessions(team.owner, "terminate", "browser-1"),
      () => members(team.owner, "list"),
      () => invite("list"),
      () => invite("revoke", { invitationId: pending.id }),
      () => members(leaving, "leave"),
      () => members(team.owner, "remove", { memberId: removed.id }),
      () => system.call("track-upload", { method: "GET", token: team.owner.token }),
    ]) {
      const reply = await goesOn();
      assert.equal(reply.status, 200, reply.text);
    }
    const [subscription] = await system.sql("SELECT status FROM org_subscriptions WHERE organization_id = ?", team.id);
    assert.equal(subscription?.["status"], "trialing");
    const listed = await members(team.owner, "list");
    assert.deepEqual((listed.body["members"] as { subscriptionActive: boolean }[]).map(({ subscriptionActive }) => subscriptionActive), [false, false]);
  });
});

describe("an invitation", () => {
  const lifetime = async (id: string): Promise<number> => {
    const invitation = await row("SELECT created_at, expires_at FROM organization_invitations WHERE id = ?", id);
    return Number(invitation["expires_at"]) - Number(invitation["created_at"]);
  };
  const invite = (who: Person, body: Record<string, unknown>, action = "invite"): Promise<Reply> =>
    system.call("invite-user", { action, body, token: who.token });

  it("lives 7 days to the millisecond", async () => {
    const team = await world.team();
    const reply = await invite(team.owner, { email: "week@example.com" });
    const id = textAt(reply, "invitation", "id");
    assert.equal(await lifetime(id), WEEK);
    const listed = (await invite(team.owner, {}, "list")).body["invitations"] as { id: string; createdAt: string; expiresAt: string }[];
    const [entry] = listed;
    assert.ok(entry);
    assert.equal(Date.parse(entry.expiresAt) - Date.parse(entry.createdAt), WEEK);
    assert.equal(entry.expiresAt, textAt(reply, "invitation", "expiresAt"));
  });

  it("lives 7 days again when it is resent", async () => {
    const team = await world.team();
    const old = await world.invitation({ organizationId: team.id, invitedBy: team.owner, createdAt: Date.now() - 6 * DAY });
    const asked = Date.now();
    const expiresAt = Date.parse(textAt(await invite(team.owner, { invitationId: old.id }, "resend"), "invitation", "expiresAt"));
    assert.ok(expiresAt >= asked + WEEK && expiresAt <= Date.now() + WEEK);
  });

  it("can be answered up to its last moment, and not after", async () => {
    const team = await world.team();
    const guest = await world.individual();
    const invitation = await world.invitation({
      organizationId: team.id, invitedBy: team.owner, email: guest.email, createdAt: Date.now() - WEEK, expiresAt: Date.now() + MARGIN,
    });
    const preview = () => system.call("accept-invitation", { action: "preview", body: { token: invitation.token } });
    assert.equal((await preview()).status, 200);
    await system.sql("UPDATE organization_invitations SET expires_at = ? WHERE id = ?", Date.now(), invitation.id);
    refuses(await system.unchanged(() => answer(guest, "accept", invitation.token)), 410, "invitation_expired");
    refuses(await system.unchanged(preview), 410, "invitation_expired");
    await system.sql("UPDATE organization_invitations SET expires_at = ? WHERE id = ?", Date.now() + MARGIN, invitation.id);
    assert.equal((await answer(guest, "accept", invitation.token)).status, 200);
  });

  it("frees its seat when it runs out", async () => {
    const team = await world.team({ members: { member: 8 } });
    const last = await world.invitation({ organizationId: team.id, invitedBy: team.owner });
    assert.equal((await invite(team.owner, { email: "next@example.com" })).status, 429);
    await system.sql("UPDATE organization_invitations SET expires_at = ? WHERE id = ?", Date.now(), last.id);
    assert.equal((await invite(team.owner, { email: "next@example.com" })).status, 201);
  });
});

describe("a session", () => {
  it("counts up to 5 minutes after its last heartbeat, and not after", async () => {
    const person = await world.individual();
    await world.session({ user: person, id: "old", lastHeartbeatAt: Date.now() - 5 * MINUTE + MARGIN });
    assert.equal((await sessions(person, "check", "new")).body["hasConflict"], true);
    await system.sql("UPDATE active_sessions SET last_heartbeat_at = ? WHERE user_id = ?", Date.now() - 5 * MINUTE, person.id);
    assert.equal((await sessions(person, "check", "new")).body["hasConflict"], false);
    same((await sessions(person, "list", "old")).body["sessions"], []);
    const reply = await sessions(person, "validate", "new");
    assert.equal(reply.body["sessionConflict"], false);
  });

  it("is kept alive by a heartbeat that is written every 2 minutes at most", async () => {
    const person = await world.individual();
    const tooSoon = Date.now() - 2 * MINUTE + MARGIN;
    const id = await world.session({ user: person, lastHeartbeatAt: tooSoon });
    const last = async () => (await row("SELECT last_heartbeat_at AS at FROM active_sessions WHERE user_id = ? AND id = ?", person.id, id))["at"];
    succeeds(await sessions(person, "heartbeat", id), 200, { valid: true });
    assert.equal(await last(), tooSoon);
    const due = Date.now() - 2 * MINUTE;
    await system.sql("UPDATE active_sessions SET last_heartbeat_at = ? WHERE user_id = ?", due, person.id);
    succeeds(await sessions(person, "heartbeat", id), 200, { valid: true });
    assert.ok(Number(await last()) > due);
  });

  it("may last for days while its heartbeats go on", async () => {
    const person = await world.individual();
    const id = await world.session({ user: person, createdAt: Date.now() - 30 * DAY, lastHeartbeatAt: Date.now() - 4 * MINUTE });
    succeeds(await sessions(person, "heartbeat", id), 200, { valid: true });
    assert.equal((await sessions(person, "check", "new")).body["hasConflict"], true);
  });

  it("is started anew, not continued, by a sign-in after it was ended", async () => {
    const person = await world.individual();
    const ended = Date.now() - HOUR;
    await world.session({ user: person, id: "browser-1", createdAt: ended - HOUR, endedAt: ended, endReason: "terminated" });
    const asked = Date.now();
    await sessions(person, "validate", "browser-1");
    const session = await row("SELECT created_at, ended_at FROM active_sessions WHERE user_id = ?", person.id);
    assert.ok(Number(session["created_at"]) >= asked);
    assert.equal(session["ended_at"], null);
  });
});
