// Usage that is sent through a queue: the runtime's own queue, the built consumer, and what is in the tables afterwards.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { openDatabase, type Database, type Death } from "./harness/database.ts";
import { startSystem, type Json, type System } from "./harness/system.ts";
import { World, type Person } from "./harness/world.ts";

const KEY = `tg_${"q".repeat(43)}`;

let database: Database;
let system: System;
let world: World;
before(async () => {
  database = await openDatabase({ breakable: true });
  system = await startSystem({ database, queueKey: KEY, catalog: "voip" });
  world = new World(system);
  await system.sql(`INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, created_at) VALUES ('key_queue', 'The queue', ?, 1, 0, 1)`,
    createHash("sha256").update(KEY).digest("hex"));
});
after(() => system.close());

const message = (of: Person, key: string, more: Record<string, Json> = {}): Json =>
  ({ organizationId: of.organizationId, feature: "uploads", idempotencyKey: key, ...more });

/** How much somebody has used, once it is as much as was sent. */
async function usedBy(who: Person, expected: number): Promise<number> {
  for (;;) {
    const reply = await system.call("track-usage", { path: "/check", body: { feature: "uploads" }, token: who.token });
    const used = Number(reply.body["used"]);
    if (used >= expected) return used;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("usage through the queue", () => {
  it("is counted once each, whatever is delivered twice and in whatever order", async () => {
    const people = [await world.individual({ plan: "professional", status: "active" }), await world.individual({ plan: "professional", status: "active" })];
    const sent = people.flatMap((who) => Array.from({ length: 150 }, (_, place) => message(who, `k${place}`)));
    await Promise.all([system.send(sent), system.send([...sent].reverse())]);
    await system.send(people.map((who) => message(who, "last", { quantity: 1_000 })));
    for (const who of people) assert.equal(await usedBy(who, 1_150), 1_150);
    // Whatever was still under way changes nothing any more.
    await system.send(people.map((who) => message(who, "after all", { quantity: 5 })));
    for (const who of people) {
      assert.equal(await usedBy(who, 1_155), 1_155);
      const [row] = await system.sql("SELECT COUNT(*) AS events, SUM(counted) AS counted FROM usage_events WHERE organization_id = ?", who.organizationId);
      assert.deepEqual([Number(row?.["events"]), Number(row?.["counted"])], [152, 1_155]);
    }
  });

  it("that can never be written is given to whoever looks after it, with the reason, and the log counts it", async () => {
    const ada = await world.individual();
    const before = (await system.dead(0)).length;
    await system.send([
      message(ada, "too many", { quantity: 101 }), message(ada, "", { idempotencyKey: null }), "text",
      { ...(message(ada, "elsewhere") as Record<string, Json>), organizationId: "nowhere" }, message(ada, "fits", { quantity: 100 }),
    ]);
    assert.equal(await usedBy(ada, 100), 100);
    const dead = (await system.dead(before + 4)).slice(before) as { code: string; error: string; message: Json }[];
    assert.deepEqual(dead.map(({ code }) => code).sort(), ["invalid_field", "invalid_json", "limit_reached", "organization_not_found"]);
    assert.ok(dead.every(({ error, message }) => error.length > 10 && message !== undefined), JSON.stringify(dead));
    const line = system.log().filter((text) => text.includes('"queue":"usage-events"')).map((text) => JSON.parse(text) as Record<string, Json>).at(-1);
    assert.ok(line !== undefined && textOf(line["queue"]) === "usage-events", JSON.stringify(line));
  });

  it("is counted once each where its consumer dies, after whichever of its batches, heard or not", async () => {
    // given: three organizations, each a batch of the database's; and one message more than once
    const died = () => system.log().filter((text) => text.includes('"queue":"usage-events"') && !text.includes('"again":0')).length;
    const deaths = [0, 1, 2].flatMap((left): Death[] => [{ left, isUnheard: false }, { left: left + 1, isUnheard: true }]);
    for (const death of deaths) {
      const people = await world.individuals(3, { plan: "professional", status: "active" });
      const sent = people.flatMap((who) => [message(who, "a"), message(who, "b", { quantity: 10 }), message(who, "a")]);
      const before = died();
      // when
      await database.dieAfter(death);
      await system.send(sent);
      while (died() === before) await new Promise((resolve) => setTimeout(resolve, 20));
      await database.dieAfter(undefined);
      // then: what was not acknowledged has come again, and whatever still comes changes nothing
      for (const who of people) {
        assert.equal(await usedBy(who, 11), 11, JSON.stringify(death));
        await system.send([message(who, "b", { quantity: 10 }), message(who, "last")]);
        assert.equal(await usedBy(who, 12), 12, JSON.stringify(death));
        const [row] = await system.sql("SELECT COUNT(*) AS events, SUM(counted) AS counted FROM usage_events WHERE organization_id = ?", who.organizationId);
        assert.deepEqual([Number(row?.["events"]), Number(row?.["counted"])], [3, 12]);
      }
    }
  });

  it("waits while its key is good for nothing, and is counted when it is again", async () => {
    const ada = await world.individual();
    await system.sql("UPDATE service_keys SET revoked_at = 1 WHERE id = 'key_queue'");
    await system.send([message(ada, "while revoked")]);
    const told = () => system.log().some((text) => text.includes('"queue":"usage-events"') && text.includes('"again":1'));
    while (!told()) await new Promise((resolve) => setTimeout(resolve, 20));
    await system.sql("UPDATE service_keys SET revoked_at = NULL WHERE id = 'key_queue'");
    assert.equal(await usedBy(ada, 1), 1);
  });
});

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
