// The people of a team: who is in it with which role, who may change that, and what nobody may.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { at, succeeds, textAt } from "./harness/answers.ts";
import { refuses, time, type Expected } from "./harness/expect.ts";
import { endedTeam, planWith, staffedTeam, type StaffedTeam } from "./harness/staffed-team.ts";
import { startSystem, type Reply, type System } from "./harness/system.ts";
import { DAY, World, type Invitation, type Person, type Role, type Team } from "./harness/world.ts";

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

const as = (who: Person, action: string, body: Record<string, unknown> = {}) =>
  system.call("manage-members", { action, body, token: who.token });
const list = (who: Person, organizationId?: string) => as(who, "list", { organizationId });
const remove = (who: Person, whom: Person) => as(who, "remove", { memberId: whom.id });
const changeRole = (who: Person, whom: Person, newRole: Role) => as(who, "change_role", { memberId: whom.id, newRole });
const transfer = (who: Person, whom: Person) => as(who, "transfer_ownership", { memberId: whom.id });
const leave = (who: Person, organizationId?: string) => as(who, "leave", { organizationId });

/** Everybody's role by id. */
async function rolesIn(team: Team): Promise<Record<string, unknown>> {
  const rows = await system.sql("SELECT user_id, role FROM organization_members WHERE organization_id = ?", team.id);
  return Object.fromEntries(rows.map((row) => [String(row["user_id"]), row["role"]]));
}

async function currentOf(person: Person): Promise<unknown> {
  const rows = await system.sql("SELECT current_organization_id FROM users WHERE id = ?", person.id);
  return rows[0]?.["current_organization_id"];
}

/** What was recorded of a change, without its ids and times. */
async function recorded(team: Team, action: string, event = action): Promise<{ audit: unknown[]; outbox: unknown[] }> {
  const audit = await system.sql("SELECT actor_id, target_id, details FROM audit_events WHERE organization_id = ? AND action = ?", team.id, action);
  const outbox = await system.sql("SELECT target_id FROM outbox WHERE organization_id = ? AND event_type = ? ORDER BY id", team.id, event);
  return { audit, outbox };
}

/** A call that is refused and changes nothing. */
async function refused(call: () => Promise<Reply>, status: number, code: string, details: Record<string, Expected> = {}): Promise<void> {
  const before = await system.snapshot();
  refuses(await call(), status, code, details);
  assert.equal(await system.snapshot(), before, "a refusal changed something");
}

describe("list", () => {
  const CREATED = Date.now() - 3 * DAY;
  let team: StaffedTeam;
  let live: Invitation;
  before(async () => {
    team = await staffedTeam(system, { name: "Listed Team", createdAt: CREATED });
    const [owner, admin, member, viewer] = [team.owner, team.admin, team.member, team.viewer];
    for (const [place, person] of [owner, admin, member, viewer].entries()) {
      await system.sql("UPDATE organization_members SET joined_at = ? WHERE organization_id = ? AND user_id = ?", CREATED + place, team.id, person.id);
    }
    live = await world.invitation({ organizationId: team.id, invitedBy: owner, role: "admin", createdAt: CREATED + DAY });
    await world.invitation({ organizationId: team.id, invitedBy: owner, status: "revoked" });
    await world.invitation({ organizationId: team.id, invitedBy: owner, expiresAt: Date.now() - 1 });
  });

  const expected = (caller: Role): Record<string, Expected> => ({
    organization: {
      id: team.id, name: "Listed Team", slug: team.slug, kind: "team", plan: "enterprise", status: "active",
      role: caller, isAdmin: caller === "owner" || caller === "admin", createdAt: time(CREATED),
    },
    members: ([["owner", team.owner], ["admin", team.admin], ["member", team.member], ["viewer", team.viewer]] as const).map(([role, person], place) => ({
      id: person.id, email: person.email, name: person.name, role,
      isAdmin: role === "owner" || role === "admin", joinedAt: time(CREATED + place), subscriptionActive: true,
    })),
    pendingInvitations: caller === "owner" || caller === "admin"
      ? [{ id: live.id, email: live.email, role: "admin", status: "pending", createdAt: time(CREATED + DAY), expiresAt: time(CREATED + 8 * DAY) }]
      : [],
    seatUsage: { current: 4, limit: 10, remaining: 5, pendingInvites: 1 },
  });

  for (const role of ["owner", "admin"] as const) {
    it(`shows ${role}s everybody, and who is invited`, async () => succeeds(await list(team[role]), 200, expected(role)));
  }
  for (const role of ["member", "viewer"] as const) {
    it(`shows ${role}s everybody, but nobody who is invited`, async () => {
      const reply = await list(team[role]);
      succeeds(reply, 200, expected(role));
      assert.ok(!reply.text.includes(live.email));
    });
  }

  it("answers a GET, an empty body, and the name that older clients use", async () => {
    const { owner } = team;
    for (const reply of [
      await system.call("manage-members", { method: "GET", token: owner.token }),
      await system.call("manage-members", { rawBody: "", token: owner.token }),
      await system.call("manage-members", { token: owner.token }),
      await system.call("manage-organization-members", { action: "list", token: owner.token }),
      await system.call("manage-organization-members", { method: "GET", token: owner.token }),
    ]) succeeds(reply, 200, expected("owner"));
  });

  it("shows a personal organization its one member", async () => {
    const alone = await world.individual({ name: "Ada Alone", createdAt: CREATED });
    succeeds(await list(alone), 200, {
      organization: {
        id: alone.organizationId, name: "Ada's Workspace", slug: `personal-${alone.id.slice(0, 13)}`, kind: "personal",
        plan: "starter", status: "trialing", role: "owner", isAdmin: true, createdAt: time(CREATED),
      },
      members: [{
        id: alone.id, email: alone.email, name: "Ada Alone", role: "owner", isAdmin: true, joinedAt: time(CREATED), subscriptionActive: true,
      }],
      pendingInvitations: [],
      seatUsage: { current: 1, limit: 1, remaining: 0, pendingInvites: 0 },
    });
  });

  it("goes on in a team whose plan has ended, and says so", async () => {
    const ended = await endedTeam(system);
    const reply = await list(ended.viewer);
    assert.equal(reply.status, 200);
    const members = at(reply, "members");
    assert.ok(Array.isArray(members) && members.length === 4);
    for (const member of members) assert.equal((member as Record<string, unknown>)["subscriptionActive"], false);
  });

  it("counts no seat below none", async () => {
    const crowded = await staffedTeam(system, { plan: await planWith(system, { seats: 2 }) });
    assert.deepEqual(at(await list(crowded.owner), "seatUsage"), { current: 4, limit: 2, remaining: 0, pendingInvites: 0 });
  });
});

describe("change_role", () => {
  it("gives a member another role, records it and tells the product", async () => {
    const team = await staffedTeam(system);
    succeeds(await changeRole(team.admin, team.member, "viewer"), 200, { memberId: team.member.id, oldRole: "member", newRole: "viewer" });
    assert.equal((await rolesIn(team))[team.member.id], "viewer");
    const { audit, outbox } = await recorded(team, "member.role_changed");
    assert.deepEqual(audit, [{ actor_id: team.admin.id, target_id: team.member.id, details: '{"oldRole":"member","newRole":"viewer"}' }]);
    assert.deepEqual(outbox, [{ target_id: team.member.id }]);
  });

  it("takes effect with the very next request", async () => {
    const team = await staffedTeam(system);
    await changeRole(team.owner, team.admin, "member");
    await refused(() => changeRole(team.admin, team.viewer, "member"), 403, "forbidden");
    await changeRole(team.owner, team.member, "admin");
    assert.equal((await changeRole(team.member, team.viewer, "member")).status, 200);
  });

  it("makes a second owner, by an owner alone", async () => {
    const team = await staffedTeam(system);
    await refused(() => changeRole(team.admin, team.member, "owner"), 403, "forbidden");
    await refused(() => changeRole(team.admin, team.admin, "owner"), 403, "forbidden");
    succeeds(await changeRole(team.owner, team.member, "owner"), 200, { memberId: team.member.id, oldRole: "member", newRole: "owner" });
    assert.equal((await rolesIn(team))[team.owner.id], "owner", "the first one stays an owner");
  });

  it("changes nothing where the role is that one already", async () => {
    const team = await staffedTeam(system);
    const before = await system.snapshot();
    succeeds(await changeRole(team.owner, team.member, "member"), 200, { memberId: team.member.id, oldRole: "member", newRole: "member" });
    assert.equal(await system.snapshot(), before);
  });

  it("lets an admin change an equal, and oneself down", async () => {
    const team = await staffedTeam(system);
    await world.join(team.id, await world.individual(), "admin");
    assert.equal((await changeRole(team.admin, team.admin, "viewer")).status, 200);
    assert.equal((await rolesIn(team))[team.admin.id], "viewer");
  });

  it("lets an owner step down while another one stays", async () => {
    const team = await staffedTeam(system);
    await refused(() => changeRole(team.owner, team.owner, "admin"), 409, "last_owner");
    await changeRole(team.owner, team.admin, "owner");
    assert.equal((await changeRole(team.owner, team.owner, "member")).status, 200);
    await refused(() => changeRole(team.admin, team.admin, "viewer"), 409, "last_owner");
  });

  it("refuses members and viewers, also about themselves", async () => {
    const team = await staffedTeam(system);
    for (const who of [team.member, team.viewer]) {
      for (const whom of [team.viewer, who]) await refused(() => changeRole(who, whom, "admin"), 403, "forbidden");
    }
  });

  it("refuses to touch a role above the caller's", async () => {
    const team = await staffedTeam(system);
    await refused(() => changeRole(team.admin, team.owner, "member"), 403, "forbidden");
  });

  it("refuses what is not exactly one role", async () => {
    const team = await staffedTeam(system);
    for (const newRole of ["member,owner", "Owner", "owner ", "", "superuser", 4, true, ["admin"], { role: "admin" }, null, undefined]) {
      await refused(() => as(team.owner, "change_role", { memberId: team.member.id, newRole }), 400, "invalid_field", { field: "newRole" });
    }
  });

  it("refuses whoever is no member here", async () => {
    const [team, other] = [await staffedTeam(system), await staffedTeam(system)];
    await refused(() => changeRole(team.owner, other.member, "viewer"), 404, "member_not_found");
    await refused(() => as(team.owner, "change_role", { memberId: "nobody", newRole: "viewer" }), 404, "member_not_found");
  });

  it("refuses a team whose plan has ended", async () => {
    const team = await endedTeam(system);
    await refused(() => changeRole(team.owner, team.member, "viewer"), 402, "subscription_required", {
      plan: "Enterprise", status: "trialing", upgradeRequired: true,
    });
  });

  it("is for teams only", async () => {
    const alone = await world.individual();
    await refused(() => changeRole(alone, alone, "viewer"), 409, "personal_organization");
  });
});

describe("remove", () => {
  it("takes the seat, records it and tells the product", async () => {
    const team = await staffedTeam(system);
    succeeds(await remove(team.admin, team.member), 200, { memberId: team.member.id });
    assert.deepEqual(Object.keys(await rolesIn(team)).includes(team.member.id), false);
    const { audit, outbox } = await recorded(team, "member.removed");
    assert.deepEqual(audit, [{ actor_id: team.admin.id, target_id: team.member.id, details: "{}" }]);
    assert.deepEqual(outbox, [{ target_id: team.member.id }]);
  });

  it("takes the organization away with the next request; what is one's own is there again", async () => {
    const team = await staffedTeam(system);
    assert.equal(textAt(await list(team.member), "organization", "id"), team.id);
    await remove(team.owner, team.member);
    assert.equal(await currentOf(team.member), team.member.organizationId);
    assert.equal(textAt(await list(team.member), "organization", "id"), team.member.organizationId);
    await refused(() => list(team.member, team.id), 404, "organization_not_found");
  });

  it("leaves the current organization alone where it is another one", async () => {
    const [team, other] = [await staffedTeam(system), await staffedTeam(system)];
    await world.join(other.id, team.member, "member");
    await remove(team.owner, team.member);
    assert.equal(await currentOf(team.member), other.id);
  });

  it("ends no session", async () => {
    const team = await staffedTeam(system);
    const sessionId = await world.session({ user: team.member });
    await remove(team.owner, team.member);
    const beat = await system.call("manage-session", { action: "heartbeat", body: { sessionId }, token: team.member.token });
    assert.equal(at(beat, "valid"), true);
  });

  it("refuses to touch a role above the caller's", async () => {
    const team = await staffedTeam(system);
    await refused(() => remove(team.admin, team.owner), 403, "forbidden");
  });

  it("lets an admin remove another admin, and an owner another owner", async () => {
    const team = await staffedTeam(system);
    const [admin, owner] = await world.individuals(2);
    assert.ok(admin && owner);
    await world.join(team.id, admin, "admin");
    await world.join(team.id, owner, "owner");
    assert.equal((await remove(team.admin, admin)).status, 200);
    assert.equal((await remove(owner, team.owner)).status, 200);
  });

  it("refuses members and viewers, also about themselves: they may leave", async () => {
    const team = await staffedTeam(system);
    for (const who of [team.member, team.viewer]) {
      for (const whom of [team.viewer, team.member]) await refused(() => remove(who, whom), 403, "forbidden");
    }
  });

  it("lets an admin remove themselves", async () => {
    const team = await staffedTeam(system);
    succeeds(await remove(team.admin, team.admin), 200, { memberId: team.admin.id });
    assert.equal((await rolesIn(team))[team.admin.id], undefined);
    assert.equal(await currentOf(team.admin), team.admin.organizationId);
  });

  it("refuses the last owner", async () => {
    const team = await staffedTeam(system);
    await refused(() => remove(team.owner, team.owner), 409, "last_owner");
  });

  it("refuses whoever is no member here", async () => {
    const [team, other] = [await staffedTeam(system), await staffedTeam(system)];
    await refused(() => remove(team.owner, other.member), 404, "member_not_found");
    await refused(() => as(team.owner, "remove", { memberId: "nobody" }), 404, "member_not_found");
    await remove(team.owner, team.member);
    await refused(() => remove(team.owner, team.member), 404, "member_not_found");
  });

  it("goes on in a team whose plan has ended", async () => {
    const team = await endedTeam(system);
    assert.equal((await remove(team.owner, team.member)).status, 200);
  });

  it("is for teams only", async () => {
    const alone = await world.individual();
    await refused(() => remove(alone, alone), 409, "personal_organization");
  });
});

describe("transfer_ownership", () => {
  it("makes the member the owner and the old owner an admin", async () => {
    const team = await staffedTeam(system);
    succeeds(await transfer(team.owner, team.viewer), 200, { newOwnerId: team.viewer.id, yourRole: "admin" });
    assert.deepEqual(await rolesIn(team), {
      [team.owner.id]: "admin", [team.admin.id]: "admin", [team.member.id]: "member", [team.viewer.id]: "owner",
    });
    const { audit, outbox } = await recorded(team, "ownership.transferred", "member.role_changed");
    assert.deepEqual(audit, [{ actor_id: team.owner.id, target_id: team.viewer.id, details: '{"oldRole":"viewer","newRole":"owner"}' }]);
    assert.deepEqual(outbox, [{ target_id: team.owner.id }, { target_id: team.viewer.id }]);
    await refused(() => transfer(team.owner, team.member), 403, "forbidden");
  });

  it("to another owner only makes the old one an admin", async () => {
    const team = await staffedTeam(system);
    await changeRole(team.owner, team.member, "owner");
    assert.equal((await transfer(team.owner, team.member)).status, 200);
    assert.deepEqual([(await rolesIn(team))[team.owner.id], (await rolesIn(team))[team.member.id]], ["admin", "owner"]);
  });

  it("refuses oneself, whoever is no member, and whoever is no owner", async () => {
    const [team, other] = [await staffedTeam(system), await staffedTeam(system)];
    await refused(() => transfer(team.owner, team.owner), 400, "invalid_field", { field: "memberId" });
    await refused(() => transfer(team.owner, other.member), 404, "member_not_found");
    for (const who of [team.admin, team.member, team.viewer]) {
      await refused(() => transfer(who, team.member), 403, "forbidden");
      await refused(() => transfer(who, who), 403, "forbidden");
    }
  });

  it("is for teams only", async () => {
    const [alone, other] = await world.individuals(2);
    assert.ok(alone && other);
    await refused(() => transfer(alone, other), 409, "personal_organization");
  });

  it("goes on in a team whose plan has ended", async () => {
    const team = await endedTeam(system);
    assert.equal((await transfer(team.owner, team.admin)).status, 200);
  });
});

describe("leave", () => {
  for (const role of ["viewer", "member", "admin"] as const) {
    it(`gives ${role}s' seats up and their own organization back`, async () => {
      const team = await staffedTeam(system);
      const who = team[role];
      succeeds(await leave(who), 200, { organizationId: team.id });
      assert.equal((await rolesIn(team))[who.id], undefined);
      assert.equal(await currentOf(who), who.organizationId);
      assert.equal(textAt(await list(who), "organization", "id"), who.organizationId);
      await refused(() => list(who, team.id), 404, "organization_not_found");
      const { audit, outbox } = await recorded(team, "member.left", "member.removed");
      assert.deepEqual(audit, [{ actor_id: who.id, target_id: who.id, details: "{}" }]);
      assert.deepEqual(outbox, [{ target_id: who.id }]);
    });
  }

  it("may be about another team than the current one", async () => {
    const [team, other] = [await staffedTeam(system), await staffedTeam(system)];
    await world.join(other.id, team.member, "member", false);
    succeeds(await leave(team.member, other.id), 200, { organizationId: other.id });
    assert.equal(await currentOf(team.member), team.id);
    assert.equal((await rolesIn(team))[team.member.id], "member");
  });

  it("frees the seat", async () => {
    const team = await staffedTeam(system, { plan: await planWith(system, { seats: 4 }) });
    const invite = () => system.call("invite-user", { action: "invite", body: { email: "next@example.com" }, token: team.owner.token });
    assert.equal((await invite()).status, 429);
    await leave(team.viewer);
    assert.equal((await invite()).status, 201);
  });

  it("refuses the last owner, and lets an owner go while another one stays", async () => {
    const team = await staffedTeam(system);
    await refused(() => leave(team.owner), 409, "last_owner");
    await changeRole(team.owner, team.admin, "owner");
    assert.equal((await leave(team.owner)).status, 200);
    await refused(() => leave(team.admin), 409, "last_owner");
  });

  it("is over after once", async () => {
    const team = await staffedTeam(system);
    assert.equal((await leave(team.member, team.id)).status, 200);
    await refused(() => leave(team.member, team.id), 404, "organization_not_found");
  });

  it("refuses the personal organization", async () => {
    const alone = await world.individual();
    await refused(() => leave(alone), 409, "personal_organization");
  });

  it("goes on in a team whose plan has ended", async () => {
    const team = await endedTeam(system);
    assert.equal((await leave(team.member)).status, 200);
  });
});
