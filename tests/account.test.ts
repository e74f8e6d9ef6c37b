// `account`, as a page of the product asks it: what a person has and changes, and that it is theirs alone.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { at, textAt } from "./harness/answers.ts";
import { engine, PASSING } from "./harness/database.ts";
import { refuses } from "./harness/expect.ts";
import { startSystem, type Ask, type Reply, type System } from "./harness/system.ts";
import { claimsOf, token } from "./harness/tokens.ts";
import { World, type Person } from "./harness/world.ts";

let system: System;
let world: World;
before(async () => {
  // Each call of the database waits as it would on its way to a real one, and some fail: without that, races hide.
  system = await startSystem({ delay: [5, 15], faults: engine === "d1" ? PASSING : undefined });
  world = new World(system);
});
after(() => system.close());

const ask = (who: Pick<Person, "token">, action: string, request: Ask = {}): Promise<Reply> => system.call("account", { path: `/${action}`, token: who.token, ...request });
const get = (who: Pick<Person, "token">, action: string): Promise<Reply> => ask(who, action, { method: "GET" });
const post = (who: Pick<Person, "token">, action: string, body: Record<string, unknown> = {}): Promise<Reply> => ask(who, action, { body });
const patch = (who: Pick<Person, "token">, action: string, body: Record<string, unknown>): Promise<Reply> => ask(who, action, { method: "PATCH", body });

describe("me", () => {
  it("makes an account on first touch, and says what is wanted", async () => {
    const reply = await get(world.stranger({ email: "new@example.com" }), "me");
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.cost?.batches, 3);
    assert.deepEqual(at(reply, "onboarding"), { completed: false, completedAt: null, wants: ["username", "profile"] });
    assert.equal(at(reply, "current", "status"), "trialing");
  });

  it("is about the organization that the request names, and lists all", async () => {
    const person = await world.individual();
    const team = await world.team();
    await world.join(team.id, person, "viewer");
    const home = await ask(person, "me", { method: "GET", headers: { "x-organization-id": person.organizationId } });
    assert.equal(at(home, "current", "id"), person.organizationId);
    const current = await get(person, "me");
    assert.deepEqual([at(current, "current", "id"), at(current, "current", "role")], [team.id, "viewer"]);
    const listed = at(current, "organizations") as { id: string; current: boolean }[];
    assert.deepEqual(listed.map(({ id, current }) => [id, current]).sort(), [[person.organizationId, false], [team.id, true]].sort());
  });
});

describe("profile", () => {
  it("is its person's alone", async () => {
    const [one, other] = [await world.individual(), await world.individual()];
    await patch(one, "profile", { firstName: "Ada", lastName: "King", personalCountry: "gb", bio: "Numbers.\nAnd looms." });
    const shown = await get(one, "profile");
    assert.deepEqual([at(shown, "profile", "firstName"), at(shown, "profile", "personalCountry"), at(shown, "profile", "profileCompleted")], ["Ada", "GB", true]);
    const others = await get(other, "profile");
    assert.deepEqual([at(others, "profile", "firstName"), at(others, "profile", "updatedAt")], [null, null]);
    assert.deepEqual(at(await get(one, "me"), "onboarding", "wants"), ["username"]);
  });

  it("is changed in part, and by whoever was the quickest where that is asked for", async () => {
    const person = await world.individual();
    const first = await patch(person, "profile", { firstName: "Ada", bio: "x", updatedAt: null });
    const updatedAt = textAt(first, "profile", "updatedAt");
    const replies = await Promise.all(Array.from({ length: 20 }, (_, place) => patch(person, "profile", { bio: `bio ${place}`, updatedAt })));
    const won = replies.filter(({ status }) => status === 200);
    assert.equal(won.length, 1, JSON.stringify(replies.map(({ status }) => status)));
    for (const reply of replies.filter(({ status }) => status !== 200)) refuses(reply, 412, "profile_changed", { updatedAt: textAt(won[0] as Reply, "profile", "updatedAt") });
    const shown = await get(person, "profile");
    assert.deepEqual([at(shown, "profile", "firstName"), at(shown, "profile", "bio")], ["Ada", at(won[0] as Reply, "profile", "bio")]);
    assert.equal(at(await patch(person, "profile", { bio: null }), "profile", "bio"), null);
  });

  it("takes nothing of what others say of a person", async () => {
    const person = await world.individual();
    for (const field of ["email", "emailVerified", "accountType", "username", "paymentMethod", "id"]) {
      refuses(await patch(person, "profile", { firstName: "Ada", [field]: "x" }), 400, "invalid_field", { field });
    }
    assert.equal(at(await get(person, "profile"), "profile", "firstName"), null);
  });
});

describe("username", () => {
  it("goes to one of fifty who want it at once, and the others are told of free ones", async () => {
    const people = await world.individuals(50);
    for (let round = 0; round < 3; round += 1) {
      const username = `Winner_${round}`;
      const replies = await Promise.all(people.map((person, place) => post(person, "username", { username: place % 2 === 0 ? username : username.toLowerCase() })));
      assert.equal(replies.filter(({ status }) => status === 200).length, 1, JSON.stringify(replies.map(({ status, text }) => (status > 409 ? text : status))));
      const holders = await system.sql("SELECT id, username FROM users WHERE lower(username) = ?", username.toLowerCase());
      assert.equal(holders.length, 1);
      for (const reply of replies.filter(({ status }) => status !== 200)) {
        assert.equal(reply.body["code"], "username_taken", reply.text);
        assert.equal((at(reply, "suggestions") as string[]).length, 3);
      }
    }
  });

  it("that is taken, reserved or none says why, and what is to be had", async () => {
    const [one, other] = [await world.individual(), await world.individual()];
    const username = `c_${randomUUID().slice(0, 8)}`;
    assert.equal((await post(one, "username", { username })).status, 200);
    for (const [wanted, reason] of [[username.toUpperCase(), "taken"], ["admin", "reserved"], ["x", "invalid"]] as const) {
      const reply = await get(other, `username?wanted=${wanted}`);
      assert.deepEqual([at(reply, "available"), at(reply, "reason")], [false, reason]);
      const [suggestion = ""] = at(reply, "suggestions") as string[];
      assert.equal(at(await get(other, `username?wanted=${suggestion}`), "available"), true);
    }
    assert.equal(at(await get(one, `username?wanted=${username}`), "available"), true, "one's own");
  });
});

describe("onboarding", () => {
  it("is completed with a username and not without", async () => {
    const person = await world.individual();
    assert.equal((await post(person, "onboarding", { step: "company", answers: { size: 5 } })).status, 200);
    refuses(await post(person, "complete-onboarding"), 409, "username_required", { wants: ["username", "profile"] });
    await post(person, "username", { username: `c_${randomUUID().slice(0, 8)}` });
    const completed = await post(person, "complete-onboarding");
    assert.equal(at(completed, "onboarding", "completed"), true);
    const again = await post(person, "complete-onboarding");
    assert.equal(at(again, "onboarding", "completedAt"), at(completed, "onboarding", "completedAt"));
    assert.equal((at(await get(person, "onboarding"), "onboarding", "steps") as unknown[]).length, 1);
  });
});

describe("sessions", () => {
  it("are ended from another browser, which stays", async () => {
    const person = await world.individual();
    for (const id of ["desk", "phone", "tablet"]) await world.session({ user: person, id });
    const listed = await ask(person, "sessions", { method: "GET", headers: { "x-session-id": "desk" } });
    const sessions = at(listed, "sessions") as { sessionId: string; current: boolean }[];
    assert.deepEqual(sessions.filter(({ current }) => current).map(({ sessionId }) => sessionId), ["desk"]);
    assert.equal(at(await post(person, "end-session", { session: "phone", sessionId: "desk" }), "terminated"), 1);
    assert.equal(at(await post(person, "end-other-sessions", { sessionId: "desk" }), "terminated"), 1);
    const heartbeat = (sessionId: string) => system.call("manage-session", { action: "heartbeat", body: { sessionId }, token: person.token });
    assert.equal(at(await heartbeat("desk"), "valid"), true);
    for (const id of ["phone", "tablet"]) assert.equal(at(await heartbeat(id), "reason"), "terminated", id);
    refuses(await post(person, "end-other-sessions", { sessionId: "phone" }), 401, "session_ended", { reason: "terminated" });
  });

  it("of somebody else are not there", async () => {
    const [one, other] = [await world.individual(), await world.individual()];
    await world.session({ user: one, id: "desk" });
    assert.equal(at(await post(other, "end-session", { session: "desk" }), "terminated"), 0);
    assert.equal((at(await get(one, "sessions"), "sessions") as unknown[]).length, 1);
  });
});

describe("organizations", () => {
  it("are switched between, also where the token still names another one", async () => {
    const person = await world.individual();
    const team = await world.team();
    await world.join(team.id, person, "member", false);
    const claiming = { token: token(claimsOf(person, { org_id: person.organizationId })) };
    const reply = await post(claiming, "switch-organization", { organizationId: team.id });
    assert.deepEqual([reply.status, at(reply, "organization", "id"), reply.cost?.batches], [200, team.id, 1]);
    assert.equal(at(await get(person, "me"), "current", "id"), team.id);
    refuses(await post(person, "switch-organization"), 400, "invalid_field", { field: "organizationId" });
    refuses(await post(person, "switch-organization", { organizationId: (await world.team()).id }), 404, "organization_not_found");
    assert.equal(at(await get(person, "me"), "current", "id"), team.id);
  });

  it("are put away by their owner, and had back", async () => {
    const team = await world.team({ members: { admin: 1, member: 1 } });
    const [{ owner }, [admin], [member]] = [team, team.admins, team.members];
    assert.ok(admin && member);
    const invitation = await world.invitation({ organizationId: team.id, invitedBy: owner });
    refuses(await post(admin, "archive-organization", { organizationId: team.id }), 403, "forbidden");
    const archived = await post(owner, "archive-organization", { organizationId: team.id });
    assert.deepEqual([archived.status, archived.cost?.batches], [200, 1], archived.text);
    assert.equal(at(await get(member, "me"), "current", "id"), member.organizationId);
    const preview = () => system.call("accept-invitation", { action: "preview", body: { token: invitation.token } });
    refuses(await preview(), 404, "invitation_not_found");
    refuses(await patch(owner, "update-organization", { organizationId: team.id, name: "Gone" }), 404, "organization_not_found");
    const [listed] = at(await get(owner, "organizations?show=archived"), "organizations") as { id: string }[];
    assert.equal(listed?.id, team.id);
    refuses(await post(admin, "restore-organization", { organizationId: team.id }), 403, "forbidden");
    assert.equal((await post(owner, "restore-organization", { organizationId: team.id })).status, 200);
    refuses(await preview(), 409, "invitation_revoked");
    assert.equal(at(await post(member, "switch-organization", { organizationId: team.id }), "organization", "id"), team.id);
  });

  it("have one slug each, however many ask for it at once", async () => {
    const teams = await Promise.all(Array.from({ length: 10 }, () => world.team()));
    const slug = `slug-${randomUUID().slice(0, 8)}`;
    const replies = await Promise.all(teams.map(({ id, owner }) => patch(owner, "update-organization", { organizationId: id, slug })));
    assert.equal(replies.filter(({ status }) => status === 200).length, 1, JSON.stringify(replies.map(({ status }) => status)));
    for (const reply of replies.filter(({ status }) => status !== 200)) refuses(reply, 409, "slug_taken");
  });
});

describe("content", () => {
  it("is opened by plan or grant, counted, and else locked", async () => {
    const person = await world.individual();
    const [open, locked] = [await world.package(), await world.package({ locked: true })];
    assert.equal(at(await post(person, "open-package", { package: open }), "package", "openedBy"), "plan");
    refuses(await post(person, "open-package", { package: locked }), 403, "package_locked", {
      package: locked, lockedBecause: "plan_required", minimumPlan: "utmost", upgradeRequired: true,
    });
    await world.grant(person, locked, 7);
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(person, "open-package", { package: locked })));
    assert.equal(replies.filter(({ status }) => status === 200).length, 7, JSON.stringify(replies.map(({ status }) => status)));
    const [category] = at(await get(person, "packages"), "categories") as { packages: { id: string; uses: number; open: boolean }[] }[];
    assert.deepEqual(category?.packages.map(({ id, uses, open }) => [id, uses, open]), [["locked", 7, false], ["open", 1, true]]);
  });
});

describe("preferences and analytics", () => {
  it("are a person's own", async () => {
    const [one, other] = [await world.individual(), await world.individual()];
    const changed = await patch(one, "preferences", { preferences: { audio: { volume: 5 }, sessionMinutes: 30 } });
    assert.deepEqual([at(changed, "preferences", "audio", "volume"), at(changed, "preferences", "sessionMinutes")], [5, 30]);
    assert.equal(at(await patch(one, "preferences", { preferences: { sessionMinutes: null } }), "preferences", "sessionMinutes"), 20);
    assert.equal(at(await get(other, "preferences"), "preferences", "audio", "volume"), 70);
    assert.equal(at(await get(one, "preferences"), "preferences", "audio", "volume"), 5);
    const idempotencyKey = randomUUID();
    const record = () => post(one, "analytics", { seconds: 90, item: "waves", completed: true, stressBefore: 7, stressAfter: 4, idempotencyKey });
    const replies = await Promise.all([record(), record(), record(), post(one, "analytics", { seconds: 30 })]);
    assert.deepEqual(replies.map(({ status }) => status), [201, 201, 201, 201]);
    const reused = await system.unchanged(() => post(one, "analytics", { seconds: 91, item: "waves", completed: true, stressBefore: 7, stressAfter: 4, idempotencyKey }));
    assert.deepEqual([reused.status, reused.body["code"]], [409, "idempotency_key_reused"]);
    for (const span of ["day", "week", "month"]) {
      const [sum] = at(await get(one, `analytics?span=${span}`), "sums") as Record<string, unknown>[];
      assert.deepEqual([sum?.["sessions"], sum?.["minutes"], sum?.["distinctItems"], sum?.["completionRate"], sum?.["stressBefore"]], [2, 2, 1, 0.5, 7], span);
    }
    assert.deepEqual(at(await get(other, "analytics"), "sums"), []);
  });
});

describe("delete", () => {
  it("says what it would do, does it for whoever repeats their own name, and leaves nobody to ask again", async () => {
    const [person, heir] = [await world.individual(), await world.individual()];
    const team = await world.team({ owner: person });
    await world.join(team.id, heir, "admin", false);
    const preview = await get(person, "delete");
    assert.deepEqual(at(preview, "confirmBy"), ["email"]);
    const organizations = at(preview, "organizations") as Record<string, unknown>[];
    assert.deepEqual(organizations.map(({ id, becomes, heir: next }) => [id, becomes, next]).sort(), [
      [person.organizationId, "archived", null], [team.id, "transferred", heir.id],
    ].sort());
    refuses(await post(person, "delete", { confirm: heir.email }), 400, "invalid_field", { field: "confirm" });

    const deleted = await post(person, "delete", { confirm: person.email.toUpperCase() });
    assert.deepEqual([deleted.status, at(deleted, "deleted"), deleted.cost?.batches], [200, true, 1], deleted.text);
    const [row] = await system.sql("SELECT role FROM organization_members WHERE organization_id = ? AND user_id = ?", team.id, heir.id);
    assert.equal(row?.["role"], "owner");
    for (const action of ["me", "export", "delete"]) refuses(await get(person, action), 403, "account_disabled");
  });

  it("happens once, however many ask at once", async () => {
    const person = await world.individual();
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(person, "delete", { confirm: person.email })));
    assert.equal(replies.filter(({ status }) => status === 200).length, 1, JSON.stringify(replies.map(({ status }) => status)));
    for (const reply of replies.filter(({ status }) => status !== 200)) refuses(reply, 403, "account_disabled");
    const told = await system.sql("SELECT id FROM outbox WHERE event_type = 'user.deleted' AND target_id = ?", person.id);
    assert.equal(told.length, 1);
  });
});

describe("export", () => {
  it("names its lists, each of which is lines of JSON in one trip", async () => {
    const person = await world.individual({ email: "exported@example.com" });
    await post(person, "analytics", { seconds: 60, item: "waves" });
    const whole = await get(person, "export");
    assert.deepEqual([at(whole, "account", "email"), whole.cost?.batches], ["exported@example.com", 1]);
    const list = await get(person, "export?list=analytics");
    assert.deepEqual([list.headers.get("content-type"), list.cost?.batches], ["application/x-ndjson", 1]);
    assert.deepEqual(list.text.trim().split("\n").map((line) => (JSON.parse(line) as Record<string, unknown>)["item"]), ["waves"]);
    refuses(await get(person, "export?list=users"), 400, "invalid_field", { field: "list" });
  });
});
