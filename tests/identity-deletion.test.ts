// identity: somebody is deleted, and what they leave behind goes to whoever can use it, or is put away.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { succeeds, textAt } from "./harness/answers.ts";
import { refuses } from "./harness/expect.ts";
import { clerk, clerkUser } from "./harness/provider-messages.ts";
import { startSystem, type Reply, type Row, type System, type Value } from "./harness/system.ts";
import { token } from "./harness/tokens.ts";
import { HOUR, World, type Person } from "./harness/world.ts";

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

const deleted = (id: string): Promise<Reply> => clerk(system, "user.deleted", { id, object: "user", deleted: true });
const touch = (who: Pick<Person, "token">): Promise<Reply> => system.call("manage-members", { action: "list", token: who.token });

async function rows(query: string, ...values: Value[]): Promise<Row[]> {
  return system.sql(query, ...values);
}
const rolesIn = async (organizationId: string) =>
  Object.fromEntries((await rows("SELECT user_id, role FROM organization_members WHERE organization_id = ?", organizationId))
    .map((row) => [String(row["user_id"]), row["role"]]));
const actionsIn = async (organizationId: string) =>
  (await rows("SELECT action, actor_id, target_id FROM audit_events WHERE organization_id = ? ORDER BY action", organizationId))
    .map((row) => Object.values(row).join(" "));

describe("a deleted user", () => {
  it("is nobody that can be recognised, is signed out, and is refused at once", async () => {
    const person = await world.individual();
    await world.session({ user: person, id: "desk" });
    await system.sql("UPDATE users SET username = ?, onboarding_completed_at = 1 WHERE id = ?", `ada_${person.id.slice(0, 8)}`, person.id);
    await world.uploads(person.organizationId, 7);
    assert.equal((await touch(person)).status, 200);

    succeeds(await deleted(person.id), 200, { userId: person.id, deleted: true, cancelledSubscriptions: 0 });

    refuses(await system.unchanged(() => touch(person)), 403, "account_disabled");
    refuses(await system.unchanged(() => system.call("manage-session", { action: "check", body: { sessionId: "desk" }, token: person.token })), 403, "account_disabled");
    const [user] = await rows("SELECT name, email, email_verified, username, onboarding_completed_at, current_organization_id FROM users WHERE id = ?", person.id);
    assert.deepEqual(user, { name: "Deleted user", email: null, email_verified: 0, username: null, onboarding_completed_at: null, current_organization_id: null });
    const [session] = await rows("SELECT end_reason, user_agent, ip_address FROM active_sessions WHERE user_id = ?", person.id);
    assert.deepEqual(session, { end_reason: "terminated", user_agent: null, ip_address: null });
    const [own] = await rows("SELECT name, archived_by FROM organizations WHERE id = ?", person.organizationId);
    assert.deepEqual(own, { name: "Deleted user's Workspace", archived_by: person.id });
    assert.deepEqual(await rolesIn(person.organizationId), {});
    assert.deepEqual(await actionsIn(person.organizationId), [
      `organization.archived ${person.id} ${person.organizationId}`, `user.deleted ${person.id} ${person.id}`,
    ]);
    const [used] = await rows("SELECT quantity FROM usage_counters WHERE organization_id = ? AND quantity > 0", person.organizationId);
    assert.equal(used?.["quantity"], 7, "what was used is kept");
  });

  it("is deleted once, however often it is said", async () => {
    const team = await world.team();
    await deleted(team.owner.id);
    const reply = await system.unchanged(() => deleted(team.owner.id));
    succeeds(reply, 200, { userId: team.owner.id, deleted: false, cancelledSubscriptions: 0 });
  });

  it("is not made anew by a late message or a token that still holds", async () => {
    const id = `user_${randomUUID().replaceAll("-", "")}`;
    succeeds(await deleted(id), 200, { userId: id, deleted: true, cancelledSubscriptions: 0 });
    succeeds(await system.unchanged(() => clerk(system, "user.created", clerkUser({ id }))), 200, { userId: id, registered: false, updated: false });
    refuses(await system.unchanged(() => touch({ token: token({ sub: id, email: `${id}@example.com` }) })), 403, "account_disabled");
    assert.deepEqual(await rows("SELECT id FROM organizations WHERE founded_by = ?", id), []);
  });

  it("may come back under a new id, with an account of its own and nothing of the old one", async () => {
    const [old, now] = [`user_${randomUUID()}`, Date.now()];
    const email = `back.${randomUUID()}@example.com`;
    await clerk(system, "user.created", clerkUser({ id: old, email, updatedAt: now }));
    await deleted(old);
    const id = `user_${randomUUID()}`;
    succeeds(await clerk(system, "user.created", clerkUser({ id, email, updatedAt: now + 1 })), 200, { userId: id, registered: true, updated: false });
    const members = await rows("SELECT organization_id FROM organization_members WHERE user_id = ?", id);
    const founded = await rows("SELECT id, founded_by FROM organizations WHERE id = ?", String(members[0]?.["organization_id"]));
    assert.equal(members.length, 1);
    assert.equal(founded[0]?.["founded_by"], id);
    assert.equal((await touch({ token: token({ sub: id, email }) })).status, 200);
  });
});

describe("a team", () => {
  it("that loses its only owner goes to its oldest admin who can act", async () => {
    const team = await world.team({ members: { admin: 3, member: 1 } });
    const [banned, oldest, younger] = team.admins;
    assert.ok(banned && oldest && younger);
    const joined = (person: Person, at: number) =>
      system.sql("UPDATE organization_members SET joined_at = ? WHERE organization_id = ? AND user_id = ?", at, team.id, person.id);
    const now = Date.now();
    await joined(banned, now - 9 * HOUR);
    await joined(oldest, now - 5 * HOUR);
    await joined(younger, now - 3 * HOUR);
    await system.sql("UPDATE users SET banned_at = ? WHERE id = ?", now, banned.id);

    await deleted(team.owner.id);

    assert.deepEqual(await rolesIn(team.id), {
      [banned.id]: "admin", [oldest.id]: "owner", [younger.id]: "admin", [team.members[0]?.id ?? ""]: "member",
    });
    assert.deepEqual(await actionsIn(team.id), [
      `ownership.transferred ${team.owner.id} ${oldest.id}`, `user.deleted ${team.owner.id} ${team.owner.id}`,
    ]);
    const events = await rows("SELECT event_type, target_id FROM outbox WHERE organization_id = ? ORDER BY event_type", team.id);
    assert.deepEqual(events, [
      { event_type: "member.removed", target_id: team.owner.id }, { event_type: "member.role_changed", target_id: oldest.id },
    ]);
    const invite = await system.call("invite-user", { body: { email: "next@example.com", role: "owner" }, token: oldest.token });
    assert.equal(invite.status, 201, "the heir acts as an owner");
  });

  it("with another owner just goes on", async () => {
    const team = await world.team({ members: { owner: 1, admin: 1 } });
    await deleted(team.owner.id);
    assert.deepEqual(Object.values(await rolesIn(team.id)).sort(), ["admin", "owner"]);
    assert.deepEqual(await actionsIn(team.id), [`user.deleted ${team.owner.id} ${team.owner.id}`]);
  });

  it("that nobody inherits is archived, and its people are at home with their next request", async () => {
    const team = await world.team({ members: { member: 1, viewer: 1 } });
    const [member, viewer] = [team.members[0], team.viewers[0]];
    assert.ok(member && viewer);
    const elsewhere = await world.team();
    await world.join(elsewhere.id, viewer, "member");
    const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner });
    assert.equal(textAt(await touch(member), "organization", "id"), team.id);

    await deleted(team.owner.id);

    const [row] = await rows("SELECT archived_by FROM organizations WHERE id = ?", team.id);
    assert.equal(row?.["archived_by"], team.owner.id);
    assert.equal(textAt(await touch(member), "organization", "id"), member.organizationId);
    assert.equal(textAt(await touch(viewer), "organization", "id"), elsewhere.id, "who was elsewhere stays there");
    const asked = await system.call("manage-members", { action: "list", token: member.token, headers: { "x-organization-id": team.id } });
    refuses(asked, 404, "organization_not_found");
    const guest = world.stranger({ email: invitation.email });
    refuses(await system.call("accept-invitation", { body: { token: invitation.token }, token: guest.token }), 404, "invitation_not_found");
    const [revoked] = await rows("SELECT status FROM organization_invitations WHERE id = ?", invitation.id);
    assert.equal(revoked?.["status"], "revoked");
    assert.deepEqual(await actionsIn(team.id), [
      `organization.archived ${team.owner.id} ${team.id}`, `user.deleted ${team.owner.id} ${team.owner.id}`,
    ]);
  });

  it("that its only owner had archived goes to its oldest admin, as long as it may be had back", async () => {
    for (const days of [29, 31]) {
      const team = await world.team({ members: { admin: 1, member: 1 } });
      const [heir, member] = [team.admins[0], team.members[0]];
      assert.ok(heir && member);
      await world.archive(team);
      const archivedAt = Date.now() - days * 24 * HOUR;
      await system.sql("UPDATE organizations SET archived_at = ?, billing_email = ? WHERE id = ?", archivedAt, team.owner.email, team.id);

      succeeds(await deleted(team.owner.id), 200, { userId: team.owner.id, deleted: true, cancelledSubscriptions: 0 });

      const inherits = days < 30;
      assert.deepEqual(await rolesIn(team.id), { [heir.id]: inherits ? "owner" : "admin", [member.id]: "member" });
      const kept = await rows("SELECT archived_at, archived_by, billing_email FROM organizations WHERE id = ?", team.id);
      assert.deepEqual(kept, [{ archived_at: archivedAt, archived_by: team.owner.id, billing_email: inherits ? heir.email : null }]);
      const gone = `user.deleted ${team.owner.id} ${team.owner.id}`;
      assert.deepEqual(await actionsIn(team.id), inherits ? [`ownership.transferred ${team.owner.id} ${heir.id}`, gone] : [gone]);
      const restored = await system.call("account", { path: "/restore-organization", body: { organizationId: team.id }, token: heir.token });
      assert.equal(restored.status, inherits ? 200 : 403, restored.text);
    }
  });

  it("that was archived keeps its customer at Stripe as long as another owner may have it back", async () => {
    const customer = (id: string) =>
      system.sql("INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES (?, ?, 1)", id, `cus_${id}`);
    const shared = await world.team({ billingEmail: "books@example.com", members: { owner: 1 } });
    await world.archive(shared);
    await customer(shared.id);
    // There is no key to Stripe here: whoever has nothing to do there is done.
    succeeds(await deleted(shared.owner.id), 200, { userId: shared.owner.id, deleted: true, cancelledSubscriptions: 0 });
    const alone = await world.team({ members: { member: 1 } });
    await world.archive(alone);
    await customer(alone.id);
    refuses(await deleted(alone.owner.id), 503, "not_configured");
    // What is left to be told is not the next one's business.
    await system.sql("DELETE FROM billing_customers WHERE organization_id = ?", alone.id);
    succeeds(await deleted(alone.owner.id), 200, { userId: alone.owner.id, deleted: false, cancelledSubscriptions: 0 });
  });

  it("of which somebody was a member remembers that they went", async () => {
    const team = await world.team({ members: { member: 1 } });
    const member = team.members[0] ?? team.owner;
    await deleted(member.id);
    assert.deepEqual(await actionsIn(team.id), [`user.deleted ${member.id} ${member.id}`]);
    assert.deepEqual(await rolesIn(team.id), { [team.owner.id]: "owner" });
  });

  it("that is still paid for is not forgotten where there is no key to Stripe", async () => {
    const team = await world.team();
    await system.sql(`INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
  amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
VALUES (?, 'sub_1', 'si_1', 'price_1', 'active', 100, 'usd', 'month', 1, 2, 1, 1, 'r')`, team.id);
    for (let time = 1; time <= 2; time += 1) {
      const reply = await deleted(team.owner.id);
      refuses(reply, 503, "not_configured");
      assert.equal(reply.headers.get("retry-after"), "1");
    }
    refuses(await touch(team.owner), 403, "account_disabled");
  });
});
