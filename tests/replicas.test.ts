// Reads near the user: what a replica of D1's that lags may answer, and that nobody sees less than their own writes or does what was
// taken from them.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { at, textAt } from "./harness/answers.ts";
import { CALLS, asked } from "./harness/calls.ts";
import { engine } from "./harness/database.ts";
import { refuses } from "./harness/expect.ts";
import { isOwnRead } from "./harness/near-reads.ts";
import { serviceKey } from "./harness/service-keys.ts";
import { staffedTeam } from "./harness/staffed-team.ts";
import { startSystem, type Ask, type Reply, type System } from "./harness/system.ts";
import { World, type Person } from "./harness/world.ts";

/** How many writes the replica is behind that answers whoever brings no bookmark. */
const LAG = 3;
/** A request that brings no bookmark: of a client that keeps none, or of one that has just begun. */
const UNMARKED = { "x-d1-bookmark": undefined };

let system: System;
let world: World;

/** A reply, and whether a replica has given it. */
interface Answered {
  reply: Reply;
  isNear: boolean;
}

async function answered(fn: string, ask: Ask): Promise<Answered> {
  const before = await system.tripsNear();
  const reply = await system.call(fn, ask);
  // A replica that was asked in vain is one batch, and the primary another.
  return { reply, isNear: (await system.tripsNear()) > before && reply.cost?.batches === 1 };
}

const unmarked = (ask: Ask): Ask => ({ ...ask, headers: { ...ask.headers, ...UNMARKED } });
const uploads = (who: Pick<Person, "token">): Ask => ({ method: "GET", token: who.token });

/** Lets the replica that lags have everything that was written so far. */
async function caughtUp(): Promise<void> {
  for (let writes = 0; writes < LAG; writes += 1) await world.individual();
}

describe("with read replicas", { skip: engine !== "d1" && "replicas are D1's" }, () => {
  before(async () => {
    system = await startSystem({ replicaLag: LAG });
    world = new World(system);
  });
  after(() => system.close());

  describe("each action", () => {
    for (const call of CALLS.filter(({ isPublic, isDelivery }) => !isPublic && !isDelivery)) {
      it(`${call.fn} ${call.byPath ?? ""} ${call.action}: is answered by the copy that the map says`, async () => {
        const team = await staffedTeam(system);
        const about = { team, invitation: await world.invitation({ organizationId: team.id, invitedBy: team.owner }) };
        const ask = asked(call, call.body(about));
        const alone = await world.individual();
        const home = await answered(call.fn, { ...ask, token: alone.token });
        if (home.reply.status < 300) assert.equal(home.isNear, isOwnRead(call), `at home: ${home.reply.text}`);
        else assert.equal(home.isNear, false, "what a replica would refuse the primary is asked");
        const inTeam = await answered(call.fn, { ...ask, token: team.owner.token });
        assert.equal(inTeam.isNear, false, "a place in a team can be taken away");
        if (inTeam.reply.cost !== undefined) assert.match(inTeam.reply.headers.get("x-d1-bookmark") ?? "", /^[0-9a-f-]{59}$/);
      });
    }

    it("that names a session asks the primary whether it still holds", async () => {
      const person = await world.individual();
      await world.session({ user: person, id: "browser" });
      const check = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
        answered("track-usage", { path: "/check", body: { feature: "uploads", ...body }, headers, token: person.token });
      assert.equal((await check({})).isNear, true);
      assert.equal((await check({ sessionId: "browser" })).isNear, false);
      assert.equal((await check({}, { "x-session-id": "browser" })).isNear, false);
    });
  });

  describe("nobody misses what they did themselves", () => {
    it("who brings back the bookmark sees it, and who does not sees what was before", async () => {
      const person = await world.individual();
      await caughtUp();
      assert.equal((await system.call("track-upload", { body: { uploadType: "rate_sheet" }, token: person.token })).status, 200);
      const late = await answered("track-upload", unmarked(uploads(person)));
      assert.deepEqual([late.isNear, at(late.reply, "totalUploads")], [true, 0]);
      const own = await answered("track-upload", uploads(person));
      assert.deepEqual([own.isNear, at(own.reply, "totalUploads")], [true, 1]);
    });

    it("whichever function it was done with", async () => {
      const person = await world.individual();
      await caughtUp();
      await system.call("account", { path: "/preferences", method: "PATCH", body: { preferences: { sessionMinutes: 30 } }, token: person.token });
      const own = await answered("account", { path: "/preferences", method: "GET", token: person.token });
      assert.deepEqual([own.isNear, at(own.reply, "preferences", "sessionMinutes")], [true, 30], own.reply.text);
    });
  });

  describe("a replica only says yes", () => {
    it("somebody whom it does not know yet is answered by the primary", async () => {
      const person = await world.individual();
      const { reply, isNear } = await answered("track-upload", unmarked(uploads(person)));
      assert.deepEqual([reply.status, isNear, reply.cost?.batches], [200, false, 2]);
    });

    it("somebody whom nobody knows yet is signed up", async () => {
      const { reply } = await answered("track-upload", unmarked(uploads(world.stranger())));
      assert.equal(reply.status, 200, reply.text);
    });

    it("a session that it does not know yet has not ended", async () => {
      const person = await world.individual();
      await caughtUp();
      await system.call("manage-session", { action: "validate", body: { sessionId: "new" }, token: person.token });
      const asks = uploads(person);
      const { reply, isNear } = await answered("track-upload", unmarked({ ...asks, headers: { "x-session-id": "new" } }));
      assert.deepEqual([reply.status, isNear], [200, false], reply.text);
    });

    it("an override that is over is taken out by the primary", async () => {
      const person = await world.individual({ plan: "starter", status: "active" });
      await system.sql("UPDATE org_subscriptions SET override_seats = 7, override_ends_at = ? WHERE organization_id = ?", Date.now() - 1, person.organizationId);
      await caughtUp();
      assert.equal((await answered("track-upload", unmarked(uploads(person)))).isNear, false);
      const [row] = await system.sql("SELECT override_seats FROM org_subscriptions WHERE organization_id = ?", person.organizationId);
      assert.deepEqual(row, { override_seats: null });
    });
  });

  describe("nobody does or sees what was taken from them, whatever they bring", () => {
    it("a member who was removed", async () => {
      const team = await staffedTeam(system);
      await caughtUp();
      await system.call("manage-members", { action: "remove", body: { memberId: team.member.id }, token: team.owner.token });
      for (const call of CALLS.filter(isOwnRead).filter(({ expected }) => expected["stranger naming the team"].startsWith("404"))) {
        const ask = asked(call, call.body({ team, invitation: { id: "x", token: "x" } as never }));
        const reply = await system.call(call.fn, unmarked({ ...ask, token: team.member.token, headers: { "x-organization-id": team.id } }));
        refuses(reply, 404, "organization_not_found", {}, `${call.fn} ${call.action}`);
      }
      const listed = await system.call("manage-members", unmarked({ action: "list", token: team.member.token, headers: { "x-organization-id": team.id } }));
      refuses(listed, 404, "organization_not_found");
      const me = await system.call("account", unmarked({ path: "/me", method: "GET", token: team.member.token }));
      assert.ok(!me.text.includes(team.id), "they have no place in it any more");
    });

    it("an admin who is one no more", async () => {
      const team = await staffedTeam(system);
      await caughtUp();
      await system.call("manage-members", { action: "change_role", body: { memberId: team.admin.id, newRole: "member" }, token: team.owner.token });
      refuses(await system.call("invite-user", unmarked({ action: "list", token: team.admin.token })), 403, "forbidden");
      refuses(await system.call("webhooks", unmarked({ path: "/list", method: "GET", token: team.admin.token })), 403, "forbidden");
    });

    it("a browser that was put out, where it is asked whether it may be", async () => {
      const person = await world.individual();
      await world.session({ user: person, id: "put-out" });
      await caughtUp();
      await system.call("manage-session", { action: "terminate", body: { sessionId: "put-out" }, token: person.token });
      const named = { token: person.token, headers: { "x-session-id": "put-out" } };
      for (const [fn, ask] of [
        ["manage-session", { ...named, action: "check", body: { sessionId: "put-out" } }],
        ["track-usage", { ...named, path: "/check", body: { feature: "uploads" } }],
        ["track-usage", { token: person.token, path: "/check", body: { feature: "uploads", sessionId: "put-out" } }],
        ["track-upload", { ...named, body: { uploadType: "rate_sheet" } }],
      ] as [string, Ask][]) {
        const reply = await system.call(fn, unmarked(ask));
        assert.deepEqual([reply.status, reply.body["code"]], [401, "session_ended"], `${fn} ${reply.text}`);
      }
    });

    it("somebody who was banned", async () => {
      const person = await world.individual();
      await caughtUp();
      await system.sql("UPDATE users SET banned_at = ? WHERE id = ?", Date.now(), person.id);
      const reply = await system.call("track-upload", unmarked({ body: { uploadType: "rate_sheet" }, token: person.token }));
      refuses(reply, 403, "account_disabled");
    });

    it("a service key that was revoked", async () => {
      const { organizationId } = await world.individual();
      const key = await serviceKey(system, { organizationId });
      await caughtUp();
      const ask = { path: "/entitlements", method: "GET", token: key };
      assert.equal((await system.call("track-usage", unmarked(ask))).status, 200);
      await system.sql("UPDATE service_keys SET revoked_at = ? WHERE organization_id = ?", Date.now() - 1, organizationId);
      assert.equal((await system.call("track-usage", unmarked(ask))).status, 401);
    });

    it("one of the staff who is of it no more", async () => {
      const staff = await world.staff("admin");
      await caughtUp();
      const ask = { path: "/search?in=people&q=nobody@example.com", method: "GET", token: staff.token };
      assert.equal((await system.call("console", unmarked(ask))).status, 200);
      await system.sql("UPDATE users SET account_type = 'user' WHERE id = ?", staff.id);
      assert.equal((await system.call("console", unmarked(ask))).status, 404);
      assert.equal(textAt(await system.call("account", unmarked({ path: "/me", method: "GET", token: staff.token })), "user", "accountType"), "user");
    });

    it("whoever holds a token that was revoked", async () => {
      const team = await staffedTeam(system);
      const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner });
      await caughtUp();
      await system.call("invite-user", { action: "revoke", body: { invitationId: invitation.id }, token: team.owner.token });
      const preview = await system.call("accept-invitation", unmarked({ action: "preview", body: { token: invitation.token } }));
      assert.deepEqual([preview.status, preview.body["code"]], [409, "invitation_revoked"], preview.text);
    });
  });

  describe("whoever is away from home", () => {
    const entitlements = (who: Pick<Person, "token">, headers: Record<string, string> = {}): Ask => ({ path: "/entitlements", method: "GET", token: who.token, headers });

    /** Which copies were asked: `near` for a replica that was believed, `both` for one that was asked in vain. */
    async function asks(fn: string, ask: Ask): Promise<"near" | "primary" | "both"> {
      const before = await system.tripsNear();
      const reply = await system.call(fn, ask);
      assert.equal(reply.status, 200, reply.text);
      if ((await system.tripsNear()) === before) return "primary";
      return reply.cost?.batches === 1 ? "near" : "both";
    }

    it("in a team is asked of a replica once, and of the primary alone from then on, whichever of their reads it is", async () => {
      const team = await staffedTeam(system);
      await caughtUp();
      assert.deepEqual([await asks("track-usage", entitlements(team.owner)), await asks("track-usage", entitlements(team.owner))], ["both", "primary"]);
      assert.equal(await asks("track-usage", { ...entitlements(team.owner), path: "/summary" }), "primary");
      assert.equal(await asks("track-usage", entitlements(team.member)), "both", "of somebody else nothing is known by that");
    });

    it("is known from what they have done", async () => {
      const team = await staffedTeam(system);
      await caughtUp();
      await system.call("track-usage", { path: "/track", body: { feature: "uploads", quantity: 1 }, token: team.owner.token });
      assert.equal(await asks("track-usage", entitlements(team.owner)), "primary");
    });

    it("is still at home where they name it, and at once once they have come home", async () => {
      const team = await staffedTeam(system);
      await caughtUp();
      await asks("track-usage", entitlements(team.owner));
      const home = { "x-organization-id": team.owner.organizationId };
      assert.equal(await asks("track-usage", entitlements(team.owner, home)), "near");
      await system.call("account", { path: "/switch-organization", body: { organizationId: team.owner.organizationId }, token: team.owner.token });
      assert.deepEqual([await asks("track-usage", entitlements(team.owner)), await asks("track-usage", entitlements(team.owner))], ["primary", "near"]);
    });

    it("and asks about themselves is asked of a replica once", async () => {
      const team = await staffedTeam(system);
      await caughtUp();
      const me: Ask = { path: "/me", method: "GET", token: team.owner.token };
      assert.deepEqual([await asks("account", me), await asks("account", me)], ["both", "primary"]);
      const alone: Ask = { ...me, token: (await world.individual()).token };
      assert.deepEqual([await asks("account", alone), await asks("account", alone)], ["near", "near"]);
    });

    it("is not who names what they are not of", async () => {
      const [team, stranger] = [await staffedTeam(system), await world.individual()];
      await caughtUp();
      const refused = async (): Promise<boolean> => {
        const before = await system.tripsNear();
        refuses(await system.call("track-usage", entitlements(stranger, { "x-organization-id": team.id })), 404, "organization_not_found");
        return (await system.tripsNear()) > before;
      };
      assert.deepEqual([await refused(), await refused()], [true, true], "nothing is kept of it");
      await world.join(team.id, stranger, "member");
      assert.equal((await system.call("track-usage", entitlements(stranger, { "x-organization-id": team.id }))).status, 200);
    });
  });

  describe("a bookmark", () => {
    const withBookmark = (person: Person, bookmark: string) => answered("track-upload", { ...uploads(person), headers: { "x-d1-bookmark": bookmark } });

    it("that is none is answered by the primary", async () => {
      const person = await world.individual();
      await caughtUp();
      for (const bookmark of ["x", "first-primary", "first-unconstrained", "00000001'--", "f".repeat(129)]) {
        const { reply, isNear } = await withBookmark(person, bookmark);
        assert.deepEqual([reply.status, isNear, reply.cost?.batches], [200, false, 1], bookmark);
      }
    });

    it("of a state that no replica has yet is answered by the primary", async () => {
      const person = await world.individual();
      const { reply, isNear } = await withBookmark(person, `ffffffff-00000000-00000000-${"0".repeat(32)}`);
      assert.deepEqual([reply.status, isNear, reply.cost?.batches], [200, false, 2]);
      const said = () => system.log().find((line) => line.includes(`"user":"${person.id}"`));
      while (said() === undefined) await pause(5);
      assert.match(said() ?? "", /"nearFault":".*no replica has that state"/);
    });

    it("is none of what is the same for everybody: a browser would bring the one that it has kept with it back to its page", async () => {
      const plans: Ask = { path: "/plans", method: "GET" };
      const first = await system.call("billing", plans);
      const known = await system.call("billing", { ...plans, headers: { "if-none-match": first.headers.get("etag") ?? "" } });
      assert.deepEqual([first.status, known.status], [200, 304]);
      for (const { headers } of [first, known]) assert.equal(headers.get("x-d1-bookmark"), null);
    });

    it("may be sent and read by the pages that may call", async () => {
      const origin = "http://localhost:5173";
      const preflight = await system.call("track-upload", { method: "OPTIONS", headers: { origin, "access-control-request-method": "GET" } });
      assert.match(preflight.headers.get("access-control-allow-headers") ?? "", /\bx-d1-bookmark\b/);
      const person = await world.individual();
      const { reply } = await answered("track-upload", { ...uploads(person), headers: { origin } });
      assert.match(reply.headers.get("access-control-expose-headers") ?? "", /\bx-d1-bookmark\b/);
    });
  });
});

describe("with the runtime's own sessions", { skip: engine !== "d1" && "sessions are D1's" }, () => {
  let own: System;
  before(async () => {
    own = await startSystem({ bindings: { D1_REPLICAS: "on" } });
  });
  after(() => own.close());

  it("writes and reads go one trip each, and name the state that they have met", async () => {
    const person = await new World(own).individual();
    const states: string[] = [];
    for (const total of [1, 2, 3]) {
      const bookmark = states.at(-1);
      const headers = bookmark === undefined ? {} : { "x-d1-bookmark": bookmark };
      const counted = await own.call("track-upload", { body: { uploadType: "rate_sheet" }, token: person.token, headers });
      const status = await own.call("track-upload", { ...uploads(person), headers: { "x-d1-bookmark": counted.headers.get("x-d1-bookmark") ?? "" } });
      assert.deepEqual([counted.cost?.batches, status.cost?.batches, at(status, "totalUploads")], [1, 1, total], status.text);
      states.push(counted.headers.get("x-d1-bookmark") ?? "");
    }
    for (const state of states) assert.match(state, /^[0-9a-f-]{50,}$/);
    assert.deepEqual(states.toSorted(), states, "a later state sorts behind");
  });

  it("whoever brings none begins anywhere", async () => {
    const person = await new World(own).individual();
    const reply = await own.call("track-upload", uploads(person));
    assert.deepEqual([reply.status, reply.cost?.batches], [200, 1]);
  });
});
