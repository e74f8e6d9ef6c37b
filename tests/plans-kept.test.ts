// `plans` without a trip to the database, for a second.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { startSystem, type Reply, type System } from "./harness/system.ts";

const NOON = Date.parse("2026-03-10T12:00:00.000Z");

let system: System;
before(async () => {
  system = await startSystem({ counted: true, hasClock: true });
});
after(() => system.close());

const plans = (headers: Record<string, string> = {}): Promise<Reply> => system.call("billing", { path: "/plans", method: "GET", headers });

/** What it costs to ask, and the name of a plan. */
async function asked(): Promise<{ trips: number; name: unknown }> {
  const before = await system.trips();
  const reply = await plans();
  assert.equal(reply.status, 200, reply.text);
  const starter = (reply.body["plans"] as { id: string; name: string }[]).find(({ id }) => id === "starter");
  return { trips: (await system.trips()) - before, name: starter?.name };
}

/** A push of the catalog, as the database sees it. */
async function renamed(): Promise<string> {
  const name = `Starter ${randomUUID()}`;
  await system.sql("UPDATE plans SET name = ? WHERE id = 'starter'", name);
  return name;
}

describe("plans", () => {
  it("cost one trip a second", async () => {
    await system.setClock(NOON);
    assert.equal((await asked()).trips, 1);
    await system.setClock(NOON + 999);
    for (let times = 0; times < 3; times += 1) assert.equal((await asked()).trips, 0);
    await system.setClock(NOON + 1_000);
    assert.equal((await asked()).trips, 1);
  });

  it("are what was pushed a second later, whoever asks in between", async () => {
    await system.setClock(NOON + 10_000);
    const { name: before } = await asked();
    const name = await renamed();
    await system.setClock(NOON + 10_500);
    assert.deepEqual(await asked(), { trips: 0, name: before });
    await system.setClock(NOON + 11_000);
    assert.deepEqual(await asked(), { trips: 1, name });
  });

  it("are not believed by a clock that was set back", async () => {
    await system.setClock(NOON + 20_000);
    await asked();
    const name = await renamed();
    await system.setClock(NOON + 19_999);
    assert.deepEqual(await asked(), { trips: 1, name });
  });

  it("have a name that a browser may ask for again, and another one once they are others", async () => {
    await system.setClock(NOON + 30_000);
    const first = await plans();
    const tag = first.headers.get("etag") ?? "";
    assert.match(tag, /^"[0-9a-f]{64}"$/);
    assert.equal(first.headers.get("cache-control"), "no-cache");
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
      const again = await plans({ "if-none-match": known, origin: "http://localhost:5173" });
      assert.deepEqual([again.status, again.text, again.headers.get("etag")], [304, "", tag], known);
      assert.equal(again.headers.get("access-control-allow-origin"), "http://localhost:5173");
    }
    await renamed();
    await system.setClock(NOON + 31_000);
    const other = await plans({ "if-none-match": tag });
    assert.equal(other.status, 200);
    assert.notEqual(other.headers.get("etag"), tag);
  });

  it("are the same for everybody: what a page of another origin is told is its own", async () => {
    await system.setClock(NOON + 40_000);
    await plans({ origin: "http://localhost:5173" });
    const other = await plans({ origin: "https://elsewhere.example.com" });
    assert.deepEqual([other.status, other.headers.get("access-control-allow-origin"), other.headers.get("vary")], [200, null, "Origin"]);
  });

  it("that were refused are not kept", async () => {
    await system.setClock(NOON + 50_000);
    const refused = await system.call("billing", { path: "/plans", method: "POST", body: {} });
    assert.equal(refused.status, 405);
    assert.equal((await asked()).trips, 1);
  });
});
