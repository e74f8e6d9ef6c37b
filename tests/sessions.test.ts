// manage-session: who is signed in, in how many browsers, and what a browser that was put out is told.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { succeeds, textAt } from "./harness/answers.ts";
import { aSecret, refuses, same, time, timeSince, type Expected } from "./harness/expect.ts";
import { startSystem, type Row, type System } from "./harness/system.ts";
import { HOUR, MINUTE, SECOND, World, type Person } from "./harness/world.ts";

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

const manage = (who: Pick<Person, "token">, action: string, body: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  system.call("manage-session", { action, body, headers, token: who.token });

async function sessionRow(user: Pick<Person, "id">, id: string): Promise<Row | undefined> {
  return (await system.sql("SELECT * FROM active_sessions WHERE user_id = ? AND id = ?", user.id, id))[0];
}

const NO_CONFLICT = {
  sessionConflict: false,
  isEnterprise: false,
  allowMultipleSessions: false,
  conflictDetails: { terminatedSessions: 0, sessions: [] },
  sessionSecret: aSecret,
};

/** A plan like the catalog's starter, but for so many browsers. */
async function planForBrowsers(count: number): Promise<string> {
  const id = `browsers-${randomUUID()}`;
  await system.batch([{
    sql: `INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions)
VALUES (?, 'Browsers', 'individual', 100, 100, 1, ?)`,
    values: [id, count],
  }]);
  return id;
}

describe("validate", () => {
  it("registers the browser", async () => {
    const person = await world.individual();
    const asked = Date.now();
    const reply = await manage(person, "validate",
      {
        sessionId: "browser-1", userAgent: "Firefox on a desk", browserInfo: { language: "de", screen: [1920, 1080] },
        ipAddress: "192.0.2.66", ip: "192.0.2.66",
      },
      { "cf-connecting-ip": "203.0.113.7", "x-forwarded-for": "192.0.2.66", "user-agent": "what the header says" });
    succeeds(reply, 200, NO_CONFLICT);
    const row = await sessionRow(person, "browser-1");
    assert.equal(row?.["user_agent"], "Firefox on a desk");
    assert.deepEqual(JSON.parse(String(row?.["browser_info"])), { language: "de", screen: [1920, 1080] });
    assert.equal(row?.["ip_address"], "203.0.113.7", "the address is the edge's, never the body's");
    assert.equal(row?.["created_at"], row?.["last_heartbeat_at"]);
    assert.ok(Number(row?.["created_at"]) >= asked && Number(row?.["created_at"]) <= Date.now());
    assert.equal(row?.["ended_at"], null);
  });

  it("is what happens without an action", async () => {
    const person = await world.individual();
    succeeds(await system.call("manage-session", { body: { sessionId: "browser-1" }, token: person.token }), 200, NO_CONFLICT);
    assert.equal((await sessionRow(person, "browser-1"))?.["ended_at"], null);
  });

  it("takes the browser's name from the header where the body has none", async () => {
    const person = await world.individual();
    await manage(person, "validate", { sessionId: "browser-1" }, { "user-agent": "Lynx" });
    assert.equal((await sessionRow(person, "browser-1"))?.["user_agent"], "Lynx");
  });

  it("ends the other browser on a plan for one, and says which", async () => {
    const person = await world.individual();
    const signedIn = Date.now() - 2 * HOUR;
    const seen = Date.now() - MINUTE;
    await world.session({ user: person, id: "old", createdAt: signedIn, lastHeartbeatAt: seen, userAgent: "Safari", ipAddress: "198.51.100.9" });
    const reply = await manage(person, "validate", { sessionId: "new", userAgent: "Firefox" });
    succeeds(reply, 200, {
      sessionConflict: true,
      isEnterprise: false,
      allowMultipleSessions: false,
      conflictDetails: {
        terminatedSessions: 1,
        sessions: [{ createdAt: time(signedIn), lastSeen: time(seen), userAgent: "Safari", ipAddress: "198.51.100.9" }],
      },
      sessionSecret: aSecret,
    });
    const old = await sessionRow(person, "old");
    assert.equal(old?.["end_reason"], "signed_in_elsewhere");
    assert.ok(Number(old?.["ended_at"]) >= seen);
    assert.equal((await sessionRow(person, "new"))?.["ended_at"], null);
  });

  it("refuses instead when it is told to, and changes nothing", async () => {
    const person = await world.individual();
    const signedIn = Date.now() - HOUR;
    const seen = Date.now() - MINUTE;
    await world.session({ user: person, id: "old", createdAt: signedIn, lastHeartbeatAt: seen, userAgent: null, ipAddress: null });
    const reply = await system.unchanged(() => manage(person, "validate", { sessionId: "new", onConflict: "reject" }));
    refuses(reply, 409, "session_conflict", {
      sessionConflict: true,
      isEnterprise: false,
      allowMultipleSessions: false,
      conflictDetails: { terminatedSessions: 0, sessions: [{ createdAt: time(signedIn), lastSeen: time(seen), userAgent: null, ipAddress: null }] },
    });
  });

  it("registers also with `reject` where there is no conflict", async () => {
    const person = await world.individual();
    succeeds(await manage(person, "validate", { sessionId: "browser-1", onConflict: "reject" }), 200, NO_CONFLICT);
    assert.equal((await sessionRow(person, "browser-1"))?.["ended_at"], null);
  });

  it("meets no conflict in the same browser again, which keeps its beginning", async () => {
    const person = await world.individual();
    const signedIn = Date.now() - HOUR;
    await world.session({ user: person, id: "browser-1", createdAt: signedIn });
    for (const onConflict of ["terminate", "reject"]) {
      succeeds(await manage(person, "validate", { sessionId: "browser-1", onConflict }), 200, NO_CONFLICT);
    }
    const row = await sessionRow(person, "browser-1");
    assert.equal(row?.["created_at"], signedIn);
    assert.ok(Number(row?.["last_heartbeat_at"]) >= Date.now() - 10 * SECOND, "signing in counts as a heartbeat");
  });

  it("lets a browser that was put out sign in again", async () => {
    const person = await world.individual();
    await manage(person, "validate", { sessionId: "first" });
    await manage(person, "validate", { sessionId: "second" });
    const reply = await manage(person, "validate", { sessionId: "first" });
    assert.equal(reply.body["sessionConflict"], true);
    assert.equal((await sessionRow(person, "first"))?.["ended_at"], null);
    assert.equal((await sessionRow(person, "second"))?.["end_reason"], "signed_in_elsewhere");
  });

  it("does not count a stale session", async () => {
    const person = await world.individual();
    await world.session({ user: person, id: "stale", lastHeartbeatAt: Date.now() - 6 * MINUTE });
    succeeds(await manage(person, "validate", { sessionId: "new", onConflict: "reject" }), 200, NO_CONFLICT);
    assert.equal((await sessionRow(person, "stale"))?.["ended_at"], null, "nobody put it out");
  });

  it("has no limit for a team on Enterprise", async () => {
    const team = await world.team({ members: { member: 1 } });
    const member = team.members[0] ?? team.owner;
    for (const sessionId of ["desk", "laptop", "phone"]) {
      succeeds(await manage(member, "validate", { sessionId, onConflict: "reject" }), 200,
        { ...NO_CONFLICT, isEnterprise: true, allowMultipleSessions: true });
    }
    const [live] = await system.sql("SELECT COUNT(*) AS amount FROM active_sessions WHERE user_id = ? AND ended_at IS NULL", member.id);
    assert.equal(live?.["amount"], 3);
  });

  it("goes by the organization that is asked for", async () => {
    const team = await world.team();
    await manage(team.owner, "validate", { sessionId: "desk" });
    const reply = await manage(team.owner, "validate", { sessionId: "laptop" }, { "x-organization-id": team.owner.organizationId });
    assert.equal(reply.body["sessionConflict"], true, "their personal plan is for one browser");
    assert.equal(reply.body["isEnterprise"], false);
  });

  it("ends the oldest of the others, and no more than it must", async () => {
    const person = await world.individual({ plan: await planForBrowsers(3) });
    const beginnings = { oldest: Date.now() - 5 * HOUR, older: Date.now() - 4 * HOUR, newer: Date.now() - 3 * HOUR, newest: Date.now() - 2 * HOUR };
    for (const [id, createdAt] of Object.entries(beginnings)) await world.session({ user: person, id, createdAt });
    const reply = await manage(person, "validate", { sessionId: "this" });
    assert.equal(reply.body["allowMultipleSessions"], true);
    const ended = await system.sql("SELECT id FROM active_sessions WHERE user_id = ? AND ended_at IS NOT NULL ORDER BY created_at", person.id);
    assert.deepEqual(ended.map(({ id }) => id), ["oldest", "older"]);
    const details = reply.body["conflictDetails"] as { terminatedSessions: number; sessions: { createdAt: string }[] };
    assert.equal(details.terminatedSessions, 2);
    assert.deepEqual(details.sessions.map(({ createdAt }) => Date.parse(createdAt)).sort(), [beginnings.oldest, beginnings.older]);
  });

  it("lets everybody sign in whose plan has ended", async () => {
    const ended = await world.individual({ status: "trialing", trialEndsAt: Date.now() - MINUTE });
    const unpaid = await world.team({ status: "incomplete" });
    for (const person of [ended, unpaid.owner]) {
      assert.equal((await manage(person, "validate", { sessionId: "browser-1" })).status, 200);
      assert.equal((await manage(person, "terminate", { sessionId: "browser-1" })).status, 200);
    }
  });

  it("keeps people apart who use the same id", async () => {
    const [one, other] = [await world.individual(), await world.individual()];
    await manage(one, "validate", { sessionId: "same" });
    succeeds(await manage(other, "validate", { sessionId: "same", onConflict: "reject" }), 200, NO_CONFLICT);
    assert.equal((await sessionRow(one, "same"))?.["ended_at"], null);
    assert.equal((await sessionRow(other, "same"))?.["ended_at"], null);
  });

  const wrong: [string, Record<string, unknown>, string][] = [
    ["no session id", {}, "sessionId"],
    ["an empty session id", { sessionId: "" }, "sessionId"],
    ["a session id with a space", { sessionId: "a b" }, "sessionId"],
    ["a session id of 256 characters", { sessionId: "x".repeat(256) }, "sessionId"],
    ["an unknown way with conflicts", { sessionId: "x", onConflict: "ignore" }, "onConflict"],
    ["a browser's name that is a number", { sessionId: "x", userAgent: 5 }, "userAgent"],
    ["a book about the browser", { sessionId: "x", browserInfo: { text: "x".repeat(20_000) } }, "browserInfo"],
  ];
  for (const [what, body, field] of wrong) {
    it(`refuses ${what}`, async () => {
      const person = await world.individual();
      refuses(await system.unchanged(() => manage(person, "validate", body)), 400, "invalid_field", { field });
    });
  }
});

describe("check", () => {
  it("tells what a sign-in would meet, changing nothing", async () => {
    const person = await world.individual();
    const signedIn = Date.now() - HOUR;
    const seen = Date.now() - MINUTE;
    await world.session({
      user: person, id: "old", createdAt: signedIn, lastHeartbeatAt: seen, userAgent: "Safari", browserInfo: JSON.stringify({ language: "en" }),
      ipAddress: "198.51.100.9",
    });
    succeeds(await system.unchanged(() => manage(person, "check", { sessionId: "new" })), 200, {
      hasConflict: true,
      existingSession: {
        sessionId: "old", createdAt: time(signedIn), lastHeartbeat: time(seen), userAgent: "Safari", ipAddress: "198.51.100.9",
        browserInfo: { language: "en" },
      },
    });
  });

  const none: [string, (person: Person) => Promise<unknown>][] = [
    ["nobody else", () => Promise.resolve()],
    ["only this browser", (user) => world.session({ user, id: "new" })],
    ["only a stale browser", (user) => world.session({ user, id: "old", lastHeartbeatAt: Date.now() - 6 * MINUTE })],
    ["only an ended browser", (user) => world.session({ user, id: "old", endedAt: Date.now(), endReason: "terminated" })],
    ["somebody else's browser", async () => world.session({ user: await world.individual(), id: "old" })],
  ];
  for (const [who, prepare] of none) {
    it(`finds no conflict with ${who}`, async () => {
      const person = await world.individual();
      await prepare(person);
      succeeds(await system.unchanged(() => manage(person, "check", { sessionId: "new" })), 200, { hasConflict: false, existingSession: null });
    });
  }

  it("finds no conflict where the plan has room", async () => {
    const team = await world.team();
    await world.session({ user: team.owner, id: "old" });
    succeeds(await manage(team.owner, "check", { sessionId: "new" }), 200, { hasConflict: false, existingSession: null });
  });
});

describe("validate that rejects a conflict", () => {
  it("takes no live id from another browser", async () => {
    const person = await world.individual();
    assert.equal((await manage(person, "validate", { sessionId: "browser-1" })).status, 200);
    const reply = await system.unchanged(() => manage(person, "validate", { sessionId: "browser-1", onConflict: "reject" },
      { "x-session-id": "browser-1", "x-session-secret": "guessed" }));
    assert.deepEqual([reply.status, reply.body["code"], reply.body["sessionConflict"]], [409, "session_conflict", true]);
  });
});

describe("heartbeat", () => {
  const beat = (who: Person, sessionId: string, headers: Record<string, string> = {}) => manage(who, "heartbeat", { sessionId }, headers);

  it("keeps a session alive", async () => {
    const person = await world.individual();
    const id = await world.session({ user: person, lastHeartbeatAt: Date.now() - 2 * MINUTE });
    const asked = Date.now();
    succeeds(await beat(person, id), 200, { valid: true });
    assert.ok(Number((await sessionRow(person, id))?.["last_heartbeat_at"]) >= asked);
  });

  it("writes nothing within 2 minutes of the last written one", async () => {
    const person = await world.individual();
    const id = await world.session({ user: person, lastHeartbeatAt: Date.now() - 100 * SECOND });
    succeeds(await system.unchanged(() => beat(person, id)), 200, { valid: true });
  });

  it("says to a browser that it was signed out", async () => {
    const person = await world.individual();
    await manage(person, "validate", { sessionId: "browser-1" });
    await manage(person, "terminate", { sessionId: "browser-1" });
    succeeds(await system.unchanged(() => beat(person, "browser-1")), 200, { valid: false, reason: "terminated" });
  });

  it("says to a browser that another one signed in", async () => {
    const person = await world.individual();
    await manage(person, "validate", { sessionId: "first" });
    await manage(person, "validate", { sessionId: "second" });
    succeeds(await system.unchanged(() => beat(person, "first")), 200, { valid: false, reason: "signed_in_elsewhere" });
    succeeds(await beat(person, "second"), 200, { valid: true });
  });

  it("does not know a session that was never there", async () => {
    const person = await world.individual();
    succeeds(await system.unchanged(() => beat(person, "never")), 200, { valid: false, reason: "unknown" });
  });

  it("does not know another user's session", async () => {
    const [owner, thief] = [await world.individual(), await world.individual()];
    const id = await world.session({ user: owner });
    succeeds(await system.unchanged(() => beat(thief, id)), 200, { valid: false, reason: "unknown" });
  });

  it("brings a stale session back to life while there is room", async () => {
    const person = await world.individual();
    const id = await world.session({ user: person, lastHeartbeatAt: Date.now() - 8 * HOUR });
    succeeds(await beat(person, id), 200, { valid: true });
    assert.ok(Number((await sessionRow(person, id))?.["last_heartbeat_at"]) >= Date.now() - 10 * SECOND);
  });

  it("lets a stale session expire whose place was taken", async () => {
    const person = await world.individual();
    const id = await world.session({ user: person, lastHeartbeatAt: Date.now() - 8 * HOUR });
    await manage(person, "validate", { sessionId: "another", onConflict: "reject" });
    succeeds(await system.unchanged(() => beat(person, id)), 200, { valid: false, reason: "expired" });
    await manage(person, "terminate", { sessionId: "another" });
    succeeds(await beat(person, id), 200, { valid: true });
  });

  it("puts the oldest out where the plan that allowed them is not theirs any more", async () => {
    const team = await world.team({ members: { member: 1 } });
    const [member] = team.members;
    assert.ok(member);
    const browsers = ["1st", "2nd", "3rd", "4th"];
    for (const sessionId of browsers) assert.equal((await manage(member, "validate", { sessionId }, { "x-organization-id": team.id })).status, 200);
    await system.sql("UPDATE active_sessions SET created_at = created_at - 10000, last_heartbeat_at = ? WHERE user_id = ?", Date.now() - 2 * MINUTE, member.id);
    for (const id of browsers) succeeds(await beat(member, id, { "x-organization-id": team.id }), 200, { valid: true });
    const removed = await system.call("manage-members", { action: "remove", body: { memberId: member.id }, token: team.owner.token, headers: { "x-organization-id": team.id } });
    assert.equal(removed.status, 200, removed.text);
    await system.sql("UPDATE active_sessions SET last_heartbeat_at = ? WHERE user_id = ?", Date.now() - 3 * MINUTE, member.id);
    succeeds(await beat(member, "2nd"), 200, { valid: false, reason: "signed_in_elsewhere" });
    for (const id of ["1st", "3rd"]) succeeds(await system.unchanged(() => beat(member, id)), 200, { valid: false, reason: "signed_in_elsewhere" });
    succeeds(await beat(member, "4th"), 200, { valid: true });
    const told = await system.sql("SELECT organization_id, target_id FROM outbox WHERE event_type = 'session.terminated' AND target_id = ?", member.id);
    assert.deepEqual(told, [{ organization_id: member.organizationId, target_id: member.id }]);
    const audit = await system.sql("SELECT actor_id, target_id FROM audit_events WHERE organization_id = ? AND action = 'session.terminated'", member.organizationId);
    assert.deepEqual(audit, [{ actor_id: member.id, target_id: member.id }]);
  });

  it("of a page at home puts out none of the browsers that a team lets in", async () => {
    const { owner } = await world.team();
    const browsers = ["1st", "2nd", "3rd"];
    for (const sessionId of browsers) assert.equal((await manage(owner, "validate", { sessionId })).status, 200);
    await system.sql("UPDATE active_sessions SET last_heartbeat_at = ? WHERE user_id = ?", Date.now() - 3 * MINUTE, owner.id);
    for (const id of browsers) succeeds(await beat(owner, id, { "x-organization-id": owner.organizationId }), 200, { valid: true });
    assert.deepEqual(await system.sql("SELECT id FROM active_sessions WHERE user_id = ? AND ended_at IS NOT NULL", owner.id), []);
  });

  it("changes nothing when it is refused", async () => {
    const person = await world.individual();
    const strangers = await world.team();
    const id = await world.session({ user: person });
    refuses(await system.unchanged(() => beat(person, id, { "x-organization-id": strangers.id })), 404, "organization_not_found");
    await system.sql("UPDATE users SET banned_at = ? WHERE id = ?", Date.now(), person.id);
    refuses(await system.unchanged(() => beat(person, id)), 403, "account_disabled");
  });
});

describe("terminate", () => {
  it("signs a browser out", async () => {
    const person = await world.individual();
    await manage(person, "validate", { sessionId: "browser-1" });
    succeeds(await manage(person, "terminate", { sessionId: "browser-1" }), 200, { terminated: 1 });
    assert.equal((await sessionRow(person, "browser-1"))?.["end_reason"], "terminated");
    const audit = await system.sql(
      "SELECT action, actor_id, target_id FROM audit_events WHERE organization_id = ? ORDER BY id DESC LIMIT 1", person.organizationId);
    assert.deepEqual(audit, [{ action: "session.terminated", actor_id: person.id, target_id: "browser-1" }]);
  });

  it("is fine twice, and of what was never there", async () => {
    const person = await world.individual();
    await manage(person, "validate", { sessionId: "browser-1" });
    await manage(person, "terminate", { sessionId: "browser-1" });
    for (const sessionId of ["browser-1", "never"]) {
      succeeds(await system.unchanged(() => manage(person, "terminate", { sessionId })), 200, { terminated: 0 });
    }
  });

  it("leaves another user's session alone", async () => {
    const [owner, thief] = [await world.individual(), await world.individual()];
    const id = await world.session({ user: owner });
    succeeds(await system.unchanged(() => manage(thief, "terminate", { sessionId: id })), 200, { terminated: 0 });
  });
});

describe("list", () => {
  it("shows the live browsers of the caller alone, and which one asks", async () => {
    const team = await world.team();
    const now = Date.now();
    await world.session({
      user: team.owner, id: "desk", createdAt: now - 3 * HOUR, lastHeartbeatAt: now - MINUTE, userAgent: "Firefox",
      browserInfo: JSON.stringify("ESR"), ipAddress: "2001:db8::1",
    });
    await world.session({
      user: team.owner, id: "phone", createdAt: now - 2 * HOUR, lastHeartbeatAt: now - 2 * MINUTE, userAgent: null, ipAddress: null,
    });
    await world.session({ user: team.owner, id: "stale", lastHeartbeatAt: now - 6 * MINUTE });
    await world.session({ user: team.owner, id: "ended", endedAt: now, endReason: "terminated" });
    await world.session({ user: await world.individual(), id: "somebody-else" });
    const desk = {
      sessionId: "desk", createdAt: time(now - 3 * HOUR), lastHeartbeat: time(now - MINUTE), userAgent: "Firefox",
      ipAddress: "2001:db8::1", browserInfo: "ESR",
    };
    const phone = {
      sessionId: "phone", createdAt: time(now - 2 * HOUR), lastHeartbeat: time(now - 2 * MINUTE), userAgent: null, ipAddress: null,
      browserInfo: null,
    };
    const shown = (current: string | undefined): Expected[] => [desk, phone].map((entry) => ({ ...entry, current: entry.sessionId === current }));
    succeeds(await system.unchanged(() => manage(team.owner, "list", { sessionId: "phone" })), 200, { sessions: shown("phone") });
    succeeds(await manage(team.owner, "list"), 200, { sessions: shown(undefined) });
  });

  it("is empty for who never signed in", async () => {
    succeeds(await manage(await world.individual(), "list"), 200, { sessions: [] });
  });

  it("shows what validate registered", async () => {
    const person = await world.individual();
    const asked = Date.now();
    await manage(person, "validate", { sessionId: "browser-1", userAgent: "Firefox" }, { "cf-connecting-ip": "203.0.113.7" });
    const reply = await manage(person, "list", { sessionId: "browser-1" });
    same(reply.body["sessions"], [{
      sessionId: "browser-1", createdAt: timeSince(asked), lastHeartbeat: timeSince(asked), userAgent: "Firefox", ipAddress: "203.0.113.7",
      browserInfo: null, current: true,
    }]);
    assert.ok(textAt(reply, "message").length > 0);
  });
});
