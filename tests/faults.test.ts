// What must hold when something breaks between a function and D1; Postgres's own faults are in postgres/faults.test.ts.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, describe, it } from "node:test";
import { LocalD1, type D1Fault } from "./harness/d1.ts";
import { engine } from "./harness/database.ts";
import { startSystem, type Reply, type System } from "./harness/system.ts";
import { World, type Person } from "./harness/world.ts";

describe("D1", { skip: engine !== "d1" && "these are D1's faults" }, () => {
  let database: LocalD1;
  let system: System;
  let person: Person;
  before(async () => {
    database = new LocalD1({ breakable: true });
    system = await startSystem({ database, bindings: { D1_TIMEOUT_MS: "1500" } });
    person = await new World(system).individual();
  });
  after(() => system.close());
  afterEach(() => database.breakWith(undefined));

  const upload = (key: string): Promise<Reply> =>
    system.call("track-upload", { token: person.token, body: { uploadType: "rate_sheet", idempotencyKey: key } });

  /** How many uploads the ledger holds, which is what both totals say. */
  async function counted(): Promise<number> {
    const [row = {}] = await system.sql(
      `SELECT (SELECT COALESCE(SUM(quantity), 0) FROM usage_events WHERE accepted = 1) AS ledger,
  (SELECT COALESCE(MIN(quantity), 0) FROM usage_counters) AS least, (SELECT COALESCE(MAX(quantity), 0) FROM usage_counters) AS most`,
    );
    assert.deepEqual([row["least"], row["most"]], [row["ledger"], row["ledger"]]);
    return Number(row["ledger"]);
  }

  const refusals: [D1Fault, number, string][] = [
    ["unreachable", 503, "database_unavailable"],
    ["unreachable without a message", 503, "database_unavailable"],
    ["unreachable without a word", 503, "database_unavailable"],
    ["stalled", 503, "database_unavailable"],
    ["middle fails", 500, "internal"],
  ];
  for (const [fault, status, code] of refusals) {
    it(`that is ${fault} changes nothing and says so, and the next request works`, async () => {
      const before = await counted();
      const snapshot = await system.snapshot();
      await database.breakWith(fault);
      const reply = await upload(randomUUID());
      assert.deepEqual([reply.status, reply.body["code"]], [status, code]);
      assert.doesNotMatch(reply.text, /nowhere|D1|SQL|Network/, "the inside stays inside");
      await database.breakWith(undefined);
      assert.equal(await system.snapshot(), snapshot);
      assert.equal((await upload(randomUUID())).status, 200);
      assert.equal(await counted(), before + 1);
    });
  }

  it("whose answer is lost has counted, and the same request again counts nothing more", async () => {
    const before = await counted();
    const key = randomUUID();
    await database.breakWith("answer lost");
    const lost = await upload(key);
    assert.deepEqual([lost.status, lost.body["code"], lost.headers.get("retry-after")], [503, "database_unavailable", "1"]);
    assert.equal(await counted(), before + 1);
    await database.breakWith(undefined);
    const again = await upload(key);
    assert.deepEqual([again.status, again.body["replayed"]], [200, true]);
    assert.equal(await counted(), before + 1);
  });
});
