// Everything that can be asked, fifty requests at once, drawn at random: by whoever may and by some who may not, while Stripe tells of
// things twice and in any order, the scheduler runs, catalogs are pushed and time goes on. After each round the rows are looked through.
//
// A failure names its seed. `TALLYGATE_TEST_SEED=<seed>` draws the same again, though what meets what is never quite the same;
// `TALLYGATE_ROUNDS=40` makes more rounds of it, and `TALLYGATE_TALLY=1` tells what was answered.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { engine } from "./harness/database.ts";
import { DAY, HOUR, MINUTE, SECOND } from "./harness/moments.ts";
import type { Reply } from "./harness/system.ts";
import { broken } from "./random-walk/invariants.ts";
import { occupancy, oversold } from "./random-walk/occupancy.ts";
import { chosen, drawn } from "./random-walk/operations.ts";
import { wronglyRated } from "./random-walk/rating.ts";
import { settled } from "./random-walk/settle.ts";
import { AT_ONCE, Walk } from "./random-walk/walk.ts";

const SEED = Number(process.env["TALLYGATE_TEST_SEED"] ?? (engine === "d1" ? 21 : 10));
const ROUNDS = Number(process.env["TALLYGATE_ROUNDS"] ?? 4);
const CATALOGS = ["voip", "starter-kit", "wellness-organizations", "coaching"];
const JOBS = ["aggregate_usage", "deliver_outbox", "retry_deliveries", "expire_invitations", "warn_trials", "end_trials", "close_calls", "reconcile", "close_periods",
  "bill_overage", "roll_up_figures", "clear_sessions", "clear_reservations", "clear_deliveries", "clear_outbox"];

describe(`a random walk, seed ${SEED}`, { timeout: 3_600_000 }, () => {
  const catalog = CATALOGS[SEED % CATALOGS.length] ?? "voip";
  it(`of ${ROUNDS} rounds through ${catalog} keeps every rule`, async (test) => {
    const walk = await Walk.open(catalog, SEED);
    const tally = new Map<string, number>();
    try {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const where = `seed ${SEED}, round ${round}`;
        await walk.look();
        const before = await occupancy(walk.system, walk.now);
        const operations = chosen(walk);
        const asked = Array.from({ length: AT_ONCE }, () => drawn(walk, operations)).filter((request) => request !== undefined);
        const jobs = [walk.one(JOBS), walk.one(JOBS)];
        const [replies, lines] = await Promise.all([
          Promise.all(asked.map(async ({ name, send }) => ({ name, reply: await send() }))),
          Promise.all(jobs.map((job) => walk.system.tick(`job:${job}`))),
          walk.random(3) === 0 ? walk.push() : undefined,
          walk.random(2) === 0 ? walk.later(SECOND * walk.random(60)) : undefined,
        ]);
        for (const { name, reply } of replies) count(tally, name, reply);
        const failed = replies.filter(({ reply }) => reply.status >= 500).map(({ name, reply }) => `${name}: ${reply.status} ${reply.text}`);
        assert.deepEqual(failed, [], `${where}: ${walk.system.log().filter((line) => line.includes("\"status\":5")).slice(-3).join("\n")}`);
        assert.deepEqual(lines.flat().filter((line) => JSON.stringify(line).includes("\"failed\"")), [], where);
        assert.deepEqual(walk.system.log().filter((line) => line.includes("40P01")).slice(-2), [], `${where}: a deadlock`);
        assert.deepEqual(await broken(walk.system, walk.now), {}, where);
        assert.deepEqual(oversold(before.taken, (await occupancy(walk.system, walk.now)).rows), [], where);
        assert.deepEqual(await wronglyRated(walk.system), [], where);
        await walk.later([0, MINUTE, HOUR, 6 * HOUR, 3 * DAY][walk.random(5)] ?? 0);
      }
      await settled(walk);
      if (engine === "postgres") {
        const [row] = await walk.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
        assert.equal(row?.["deadlocks"], 0, `seed ${SEED}: deadlocks`);
      }
      if (process.env["TALLYGATE_TALLY"] !== undefined) test.diagnostic([...tally].sort().map(([name, amount]) => `${amount} ${name}`).join("\n"));
    } finally {
      await walk.close();
    }
  });
});

function count(tally: Map<string, number>, name: string, { status, body }: Reply): void {
  const outcome = [name, status, body["code"]].filter((part) => part !== undefined).join(" ");
  tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
}
