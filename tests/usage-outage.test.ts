// What a product is told of its meters while the database cannot be reached: what the operator says, and nothing by itself.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { LocalD1 } from "./harness/d1.ts";
import { engine, openPostgres } from "./harness/database.ts";
import { same } from "./harness/expect.ts";
import { serviceKey } from "./harness/service-keys.ts";
import { startSystem, type Reply, type System } from "./harness/system.ts";
import { World, type Person } from "./harness/world.ts";

let system: System;
let world: World;
let stop: () => Promise<void>;
let mend: () => Promise<void>;
before(async () => {
  const bindings = { ALLOW_ON_OUTAGE: "uploads, rate_sheet", D1_TIMEOUT_MS: "1500", POSTGRES_TIMEOUT_MS: "1500" };
  if (engine === "d1") {
    const database = new LocalD1({ breakable: true });
    system = await startSystem({ database, bindings });
    stop = () => database.breakWith("unreachable");
    mend = () => database.breakWith(undefined);
  } else {
    const database = await openPostgres({});
    system = await startSystem({ database, bindings });
    // Postgres goes away, and each batch is tried three times.
    stop = async () => database.between.faults.add({ kind: "refused", code: "57P01" }, 1_000);
    mend = async () => database.between.faults.clear();
  }
  world = new World(system);
});
after(() => system.close());
afterEach(() => mend());

const ask = (who: Pick<Person, "token">, action: string, body: Record<string, unknown>): Promise<Reply> =>
  system.call("track-usage", { path: `/${action}`, token: who.token, body });

describe("while the database cannot be reached", () => {
  it("what the operator allows is allowed unverified, and counted once when it is sent again under its key", async () => {
    const ada = await world.individual();
    const event = { eventType: "rate_sheet", idempotencyKey: "while-it-was-away" };
    const unverified = { kind: null, allowed: true, unverified: true };
    await stop();
    const [track, check, several] = [
      await ask(ada, "track", event), await ask(ada, "check", { feature: "uploads", quantity: 3 }), await ask(ada, "check", { features: ["uploads", "rate_sheet"] }),
    ];
    same(track.body, { success: true, message: "rate_sheet is allowed, unverified.", feature: "rate_sheet", ...unverified, event: null, alerts: [], replayed: false });
    same(check.body, { success: true, message: "uploads is allowed, unverified.", feature: "uploads", ...unverified });
    same(several.body, { success: true, message: "2 are allowed, unverified.", features: [{ feature: "uploads", ...unverified }, { feature: "rate_sheet", ...unverified }] });
    await mend();
    assert.equal((await ask(ada, "check", { feature: "uploads" })).body["used"], 0, "nothing was counted");
    for (const replayed of [false, true]) {
      const sent = await ask(ada, "track", event);
      assert.deepEqual([sent.status, sent.body["used"], sent.body["replayed"], sent.body["unverified"]], [200, 1, replayed, undefined], sent.text);
    }
  });

  it("all else is refused: another meter, what holds room, what is sent in bulk, and whoever asks with a key", async () => {
    const ada = await world.individual();
    const key = await serviceKey(system, { organizationId: ada.organizationId });
    await stop();
    const asked: [Pick<Person, "token">, string, Record<string, unknown>][] = [
      [ada, "track", { feature: "records" }], [ada, "check", { feature: "records" }], [ada, "check", { features: ["uploads", "records"] }],
      [ada, "set", { feature: "uploads", value: 1 }], [ada, "release", { feature: "uploads" }], [ada, "reserve", { feature: "uploads" }],
      [ada, "confirm", { reservation: "uploads" }], [ada, "start-call", { type: "rate_sheet" }], [ada, "batch", { events: [{ feature: "uploads" }] }],
      // Only the database knows whether a key is one.
      [{ token: key }, "track", { feature: "uploads" }], [{ token: key }, "check", { feature: "uploads" }],
    ];
    for (const [who, action, body] of asked) {
      const reply = await ask(who, action, body);
      assert.deepEqual([reply.status, reply.body["code"], reply.body["allowed"]], [503, "database_unavailable", undefined], `${action}: ${reply.text}`);
      assert.equal(reply.headers.get("retry-after"), "1");
    }
    // Who somebody is needs no database.
    assert.equal((await ask({ token: "forged" }, "track", { feature: "uploads" })).status, 401);
  });
});
