// Floods end before the database is asked: by address for who has no token that holds, by person, by organization.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { CALLS, asked, type Call } from "../harness/calls.ts";
import { CONSOLE_CALLS, askedOf, customer, type ConsoleCall } from "../harness/console-calls.ts";
import { refuses } from "../harness/expect.ts";
import { staffedTeam } from "../harness/staffed-team.ts";
import { startSystem, type Reply, type System } from "../harness/system.ts";
import { World } from "../harness/world.ts";

const LIMIT = 5;

let system: System;
let world: World;
before(async () => {
  system = await startSystem({ rateLimits: { RATE_LIMIT_ADDRESS: LIMIT, RATE_LIMIT_PERSON: LIMIT, RATE_LIMIT_ORGANIZATION: LIMIT } });
  world = new World(system);
});
after(() => system.close());

let addresses = 0;
const newAddress = (): string => `203.0.113.${(addresses += 1)}`;

/** Counting begins anew with each minute of the clock: what follows is over before the next one does. */
async function earlyInAMinute(): Promise<void> {
  const left = 60_000 - Date.now() % 60_000;
  if (left < 20_000) await pause(left + 100);
}

/** The first few are answered so, and all others limited, at no cost. */
async function limited(ask: () => Promise<Reply>, status: number): Promise<void> {
  await earlyInAMinute();
  for (let time = 0; time < LIMIT; time += 1) assert.equal((await ask()).status, status);
  const before = await system.snapshot();
  for (let time = 0; time < 3; time += 1) {
    const reply = await ask();
    refuses(reply, 429, "rate_limited");
    assert.equal(reply.cost, undefined, "the database is not asked");
    assert.ok(Number(reply.headers.get("retry-after")) > 0);
  }
  assert.equal(await system.snapshot(), before);
}

describe("an address", () => {
  it("may ask so often for what needs no token", async () => {
    const address = newAddress();
    const preview = (from: string) => system.call("accept-invitation", { action: "preview", body: { token: "A".repeat(43) }, headers: { "cf-connecting-ip": from } });
    await limited(() => preview(address), 404);
    assert.equal((await preview(newAddress())).status, 404, "another one is another one");
  });

  it("may try so many tokens that do not hold, and a good one still works", async () => {
    const address = newAddress();
    const headers = { "cf-connecting-ip": address };
    await limited(() => system.call("manage-members", { action: "list", token: "forged", headers }), 401);
    const sender = newAddress();
    await limited(() => system.call("billing", { path: "/webhook", body: { id: "evt_1" }, headers: { "cf-connecting-ip": sender, "stripe-signature": "t=1,v1=00" } }), 401);
    const person = await world.individual();
    assert.equal((await system.call("manage-members", { action: "list", token: person.token, headers })).status, 200);
  });
});

describe("a person", () => {
  it("may ask so often, from wherever", async () => {
    const [person, other] = [await world.individual(), await world.individual()];
    const list = (token: string) => system.call("manage-members", { action: "list", token, headers: { "cf-connecting-ip": newAddress() } });
    await limited(() => list(person.token), 200);
    assert.equal((await list(other.token)).status, 200);
  });
});

describe("a limited person", () => {
  it("is told so by every action of every function, which changes nothing", async () => {
    const team = await staffedTeam(system);
    const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner });
    const about = { team, invitation };
    const calls = CALLS.filter(({ isPublic, isDelivery }) => !isPublic && !isDelivery);
    const ask = (call: Call) => system.call(call.fn, { ...asked(call, call.body(about)), token: team.viewer.token, headers: { "cf-connecting-ip": newAddress() } });
    for (const fn of new Set(calls.map((call) => call.fn))) {
      const own = calls.filter((call) => call.fn === fn);
      const [first] = own;
      assert.ok(first);
      await earlyInAMinute();
      for (let time = 0; time < LIMIT; time += 1) await ask(first);
      const before = await system.snapshot();
      for (const call of own) {
        const reply = await ask(call);
        refuses(reply, 429, "rate_limited", {}, `${call.fn} ${call.action}`);
        assert.equal(reply.cost, undefined, "the database is not asked");
      }
      assert.equal(await system.snapshot(), before);
    }
  });
});

describe("one of the staff who is limited", () => {
  it("finds no console, by every action of it, as whoever is not of the staff", async () => {
    const [boss, about] = [await world.staff("super_admin"), await customer(system, world, "limited")];
    const ask = (call: ConsoleCall) => system.call("console", { ...askedOf(call, about), token: boss.token, headers: { "cf-connecting-ip": newAddress() } });
    const [first] = CONSOLE_CALLS;
    assert.ok(first);
    await earlyInAMinute();
    for (let time = 0; time < LIMIT; time += 1) assert.equal((await ask(first)).status, 200);
    const before = await system.snapshot();
    for (const call of CONSOLE_CALLS) refuses(await ask(call), 404, "unknown_function", {}, call.action);
    assert.equal(await system.snapshot(), before);
  });
});

describe("a service key", () => {
  it("that is made up anew each time is counted by its address, and uses nothing of the organization that it names", async () => {
    const team = await staffedTeam(system);
    const headers = { "cf-connecting-ip": newAddress(), "x-organization-id": team.id };
    await earlyInAMinute();
    const ask = (place: number) => system.call("track-usage", { path: "/check", body: { feature: "uploads" }, token: `tg_${String(place).padStart(43, "k")}`, headers });
    const codes = [];
    for (let time = 0; time < 2 * LIMIT; time += 1) codes.push((await ask(time)).body["code"]);
    assert.deepEqual(codes, Array.from({ length: 2 * LIMIT }, (_, time) => (time < LIMIT ? "unauthenticated" : "rate_limited")));
    const own = { "cf-connecting-ip": newAddress(), "x-organization-id": team.id };
    assert.equal((await system.call("manage-members", { action: "list", token: team.owner.token, headers: own })).status, 200);
  });

  it("may ask so often, whatever for", async () => {
    const person = await world.individual();
    const key = `tg_${"k".repeat(43)}`;
    await system.sql("INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, organization_id, created_at) VALUES ('k', 'A server', ?, 1, 1, ?, 1)",
      createHash("sha256").update(key).digest("hex"), person.organizationId);
    await limited(() => system.call("track-usage", { path: "/check", body: { feature: "uploads" }, token: key, headers: { "cf-connecting-ip": newAddress() } }), 200);
  });

  it("that can be none counts as an address's attempt", async () => {
    const address = newAddress();
    await limited(() => system.call("track-usage", { path: "/check", body: { feature: "uploads" }, token: "tg_guess", headers: { "cf-connecting-ip": address } }), 401);
  });
});

describe("an organization", () => {
  it("may be asked about so often, by all who are of it together", async () => {
    const team = await world.team({ members: { member: 2 } });
    const people = [team.owner, ...team.members];
    let next = 0;
    const list = () => system.call("manage-members", { action: "list", token: people[(next += 1) % people.length]?.token, headers: { "x-organization-id": team.id } });
    await earlyInAMinute();
    // The one too many is known behind its batch, and answered.
    for (let time = 0; time <= LIMIT; time += 1) assert.equal((await list()).status, 200);
    const before = await system.snapshot();
    for (let time = 0; time < people.length; time += 1) {
      const reply = await list();
      refuses(reply, 429, "rate_limited");
      assert.equal(reply.cost, undefined, "the database is not asked");
    }
    assert.equal(await system.snapshot(), before);
    const [stranger] = await world.individuals(1);
    assert.equal((await system.call("manage-members", { action: "list", token: stranger?.token, headers: { "x-organization-id": team.id } })).status, 404,
      "who is not of it learns nothing");
  });

  it("loses nothing to those who only name it", async () => {
    const team = await world.team();
    const list = (token: string) => system.call("manage-members", { action: "list", token, headers: { "x-organization-id": team.id } });
    await earlyInAMinute();
    for (const stranger of await world.individuals(3)) {
      for (let time = 0; time < LIMIT; time += 1) refuses(await list(stranger.token), 404, "organization_not_found");
      refuses(await list(stranger.token), 429, "rate_limited");
    }
    assert.equal((await list(team.owner.token)).status, 200);
  });
});
