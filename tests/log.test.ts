// The log: one line of JSON for each request, by which it is found again, and nothing in it that must stay secret.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { textAt } from "./harness/answers.ts";
import { CALLS, asked } from "./harness/calls.ts";
import { engine } from "./harness/database.ts";
import { Matcher, anId, same, type Expected } from "./harness/expect.ts";
import { staffedTeam } from "./harness/staffed-team.ts";
import { startSystem, type Json, type System } from "./harness/system.ts";
import { token } from "./harness/tokens.ts";
import { World } from "./harness/world.ts";

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

/** The lines that some work leaves; they come a moment after the reply. */
async function linesOf(requests: number, work: () => Promise<unknown>): Promise<string[]> {
  const before = system.log().length;
  await work();
  for (let look = 0; look < 500 && system.log().length < before + requests; look += 1) await wait(10);
  return system.log().slice(before);
}

/** A line without its times, in all and of the database, which are numbers. */
function read(line: string | undefined): Record<string, Json> {
  const { milliseconds, dbMilliseconds, ...fields } = JSON.parse(line ?? "{}") as Record<string, Json>;
  assert.deepEqual([typeof milliseconds, typeof dbMilliseconds], ["number", "number"], line);
  return fields;
}

/** D1 says how many rows a request cost, in the log and nowhere else but where the operator wants it. */
const aCount = new Matcher("<a number of rows>", (value) => Number.isInteger(value));
const rowsOf = (batches: number) => (engine === "d1" && batches > 0 ? { rowsRead: aCount, rowsWritten: aCount } : { rowsRead: null, rowsWritten: null });

describe("a request's line", () => {
  const lineOf = async (work: () => Promise<unknown>, expected: Record<string, Expected>) => {
    const lines = await linesOf(1, work);
    assert.equal(lines.length, 1, lines.join("\n"));
    same(read(lines[0]), expected);
  };

  it("says who did what, for which organization, and what it cost", async () => {
    const { owner, id } = await world.team();
    await lineOf(() => system.call("manage-members", { action: "list", token: owner.token }), {
      requestId: anId, function: "manage-members", action: "list", user: owner.id, organization: id, status: 200, code: "ok", cause: null, batches: 1, tries: 1, retried: [], ...rowsOf(1),
    });
  });

  it("says why something was refused", async () => {
    const { owner, id } = await world.team();
    await lineOf(() => system.call("manage-members", { action: "leave", token: owner.token }), {
      requestId: anId, function: "manage-members", action: "leave", user: owner.id, organization: id, status: 409, code: "last_owner", cause: null, batches: 1, tries: 1, retried: [], ...rowsOf(1),
    });
    await lineOf(() => system.call("manage-members", { action: "list" }), {
      requestId: anId, function: "manage-members", action: "", user: null, organization: null, status: 401, code: "unauthenticated", cause: null, batches: 0, tries: 0, retried: [], ...rowsOf(0),
    });
  });
});

describe("no line", () => {
  it("has a token or an address in it, whatever was asked", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const secrets = new Map<string, string>();
    const keep = (kind: string, secret: string) => secrets.set(kind, secret);
    for (const [role, person] of Object.entries({ owner: team.owner, member: team.member, invitee })) {
      keep(`${role}'s token`, person.token);
      keep(`${role}'s signature`, person.token.split(".")[2] ?? "");
      keep(`${role}'s address`, person.email);
    }
    const requests = CALLS.length + 5;
    const lines = await linesOf(requests, async () => {
      const invited = await system.call("invite-user", { body: { email: invitee.email }, token: team.owner.token });
      const secret = textAt(invited, "invitation", "token");
      keep("the invitation's token", secret);
      await system.call("accept-invitation", { action: "preview", body: { token: secret } });
      await system.call("accept-invitation", { body: { token: secret }, token: invitee.token, path: `?token=${secret}` });
      const stranger = `new.${randomUUID()}@example.com`;
      keep("a new address", stranger);
      await system.call("manage-members", { action: "list", token: token({ sub: randomUUID(), email: stranger }) });
      await system.call("manage-members", { action: "list", token: `${team.owner.token}x` });
      const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner });
      keep("another invitation's token", invitation.token);
      keep("another invitation's address", invitation.email);
      for (const call of CALLS) await system.call(call.fn, { ...asked(call, call.body({ team, invitation })), token: team.owner.token });
    });
    assert.ok(lines.length >= requests, `${lines.length} lines of ${requests} requests`);
    for (const line of lines) {
      assert.doesNotThrow(() => read(line), line);
      for (const [kind, secret] of secrets) assert.ok(!line.toLowerCase().includes(secret.toLowerCase()), `${kind} is in ${line}`);
      assert.ok(!line.includes("@"), line);
    }
  });

  it("can be made by what somebody sends: a text with line breaks stays in its own", async () => {
    const person = await world.individual();
    const forged = '\n{"requestId":"forged","code":"ok"}';
    const lines = await linesOf(2, async () => {
      await system.call("manage-session", { action: forged, body: { sessionId: forged }, token: person.token });
      await system.call("manage-members", { action: "list", token: token({ sub: `evil${forged}`, email: "evil@example.com" }) });
    });
    assert.equal(lines.length, 2, lines.join("\n"));
    for (const line of lines) assert.notEqual(read(line)["requestId"], "forged");
  });
});
