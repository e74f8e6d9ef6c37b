// Fifty at once at the edge of every kind of limit: never one too many, never one refused wrongly; and the ledger, the counter,
// the summary and the costs agree afterwards. TALLYGATE_ROUNDS=20 makes it more rounds.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { textAt } from "./harness/answers.ts";
import { Product, type Customer } from "./harness/product.ts";
import type { Reply } from "./harness/system.ts";

const ROUNDS = Number(process.env["TALLYGATE_ROUNDS"] ?? 3);
const AT_ONCE = 50;

/** A meter of the summary, where a unit is one of what is counted. */
interface MeterSummary {
  feature: string;
  used: number;
  overage: { chargedCents: number } | null;
  series: { quantity: number }[];
}

let product: Product;
before(async () => {
  product = await Product.open("coaching", { delay: [5, 15] });
  const meter = (name: string, columns: string, values: string) => product.system.sql(
    `INSERT INTO plan_features (plan_id, feature, kind, ${columns}) SELECT id, '${name}', 'meter', ${values} FROM plans WHERE id = 'growth'`);
  await meter("hard", "limit_value, reset", "10, 'calendar_month'");
  await meter("capped", "limit_value, reset, unit_price_micros, cap_cents", "5, 'billing_period', 300000, 200");
  await meter("once", "limit_value, reset", "7, 'once'");
  await meter("gauge", "limit_value, reset", "9, 'gauge'");
  await meter("people", "limit_value, reset, is_distinct", "6, 'calendar_month', 1");
  await Promise.all(Array.from({ length: AT_ONCE }, () => product.system.call("track-usage", { path: "/check" })));
});
after(() => product.close());

const atOnce = (ask: (place: number) => Promise<Reply>): Promise<Reply[]> => Promise.all(Array.from({ length: AT_ONCE }, (_, place) => ask(place)));
const counted = (replies: Reply[]): number => replies.filter(({ status }) => status === 200).length;

/** What is wrong between the ledger, the counters and the summary of somebody: nothing. */
async function agrees(who: Customer): Promise<void> {
  const differing = await product.system.sql(`SELECT counter.feature, counter.quantity, counter.overage_cents FROM usage_counters counter
WHERE counter.organization_id = ? AND (counter.quantity <> (
    SELECT COALESCE(SUM(event.counted), 0) FROM usage_events event WHERE event.organization_id = counter.organization_id
      AND event.feature = counter.feature AND event.period_start = counter.period_start AND event.accepted = 1)
  OR counter.overage_cents <> (
    SELECT COALESCE(SUM(event.cost_cents), 0) FROM usage_events event WHERE event.organization_id = counter.organization_id
      AND event.feature = counter.feature AND event.period_start = counter.period_start))`, who.organizationId);
  assert.deepEqual(differing, []);
  const counters = await product.system.sql("SELECT feature, quantity, overage_cents FROM usage_counters WHERE organization_id = ? ORDER BY feature", who.organizationId);
  const { body } = await product.get(who, "summary");
  const meters = new Map((body["meters"] as unknown as MeterSummary[]).map((meter) => [meter.feature, meter]));
  const shown = counters.map(({ feature }) => {
    const { used, overage, series } = meters.get(String(feature)) ?? assert.fail(`${feature} is in no summary`);
    return { feature, used, cents: overage?.chargedCents ?? 0, ofDays: series.reduce((sum, { quantity }) => sum + quantity, 0) };
  });
  assert.deepEqual(shown, counters.map(({ feature, quantity, overage_cents: cents }) => ({ feature, used: quantity, cents, ofDays: quantity })));
}

async function used(who: Customer, feature: string): Promise<number> {
  return Number((await product.post(who, "check", { feature })).body["used"]);
}

describe("of fifty at once", () => {
  // A cap of 2.00 at 0.30 each lets six beyond the five that are included.
  for (const [feature, fit] of [["hard", 10], ["capped", 11], ["once", 7], ["gauge", 9]] as const) {
    it(`${feature}: exactly ${fit} are counted`, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const who = await product.customer("growth");
        const replies = await atOnce(() => product.track(who, feature));
        assert.equal(counted(replies), fit);
        assert.ok(replies.every(({ status }) => status === 200 || status === 429), replies.find(({ status }) => status >= 500)?.text);
        assert.equal(await used(who, feature), fit);
        const totals = replies.filter(({ status }) => status === 200).map(({ body }) => Number(body["used"])).sort((a, b) => a - b);
        assert.deepEqual(totals, Array.from({ length: fit }, (_, place) => place + 1), "each is told its own place");
        await agrees(who);
      }
    });
  }

  it("people: each once, and no more than the limit", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const who = await product.customer("growth");
      const key = await product.key({ organizationId: who.organizationId });
      const replies = await atOnce((place) => product.post({ token: key }, "track", { feature: "people", userId: `person-${place % 10}` }));
      assert.equal(await used(who, "people"), 6);
      const [row] = await product.system.sql("SELECT COUNT(*) AS people FROM usage_people WHERE organization_id = ?", who.organizationId);
      assert.equal(Number(row?.["people"]), 6);
      assert.equal(counted(replies), 30, "six people, five times each");
      await agrees(who);
    }
  });

  it("one key: one is counted, and all get its answer", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const who = await product.customer("growth");
      const replies = await atOnce(() => product.track(who, "capped", 7, { idempotencyKey: "same" }));
      assert.equal(replies.filter(({ body }) => body["replayed"] === true).length, AT_ONCE - 1);
      const answers = new Set(replies.map(({ body: { replayed: _, ...answer } }) => JSON.stringify(answer)));
      assert.equal(answers.size, 1);
      // Asked for something else under it is a mistake; and to another organization it is another key.
      const reused = await product.track(who, "capped", 8, { idempotencyKey: "same" });
      assert.deepEqual([reused.status, reused.body["code"]], [409, "idempotency_key_reused"], reused.text);
      const stranger = await product.track(await product.customer("growth"), "capped", 8, { idempotencyKey: "same" });
      assert.deepEqual([stranger.status, stranger.body["replayed"], stranger.body["used"]], [200, false, 8], stranger.text);
      assert.equal(await used(who, "capped"), 7);
      await agrees(who);
    }
  });

  it("room that is held is used by nobody else, and never more than there is", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const who = await product.customer("growth");
      // Twenty hold or use one of ten; whoever holds one confirms it.
      const replies = await atOnce(async (place) => {
        if (place % 2 === 0) return product.track(who, "hard");
        const held = await product.post(who, "reserve", { feature: "hard" });
        return held.status === 200 ? product.post(who, "confirm", { reservation: textAt(held, "reservation", "id") }) : held;
      });
      assert.equal(counted(replies), 10);
      assert.ok(replies.every(({ status }) => status === 200 || status === 429), replies.find(({ status }) => status >= 500)?.text);
      assert.equal(await used(who, "hard"), 10);
      await agrees(who);
    }
  });

  it("one reservation is settled once, by whoever comes first", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const who = await product.customer("growth");
      const held = await product.post(who, "reserve", { feature: "hard", quantity: 8 });
      const reservation = textAt(held, "reservation", "id");
      const replies = await atOnce((place) => product.post(who, place % 2 === 0 ? "confirm" : "release", { reservation }));
      assert.equal(counted(replies), 1);
      assert.ok(replies.every(({ status }) => status === 200 || status === 409), replies.find(({ status }) => status >= 500)?.text);
      assert.ok([0, 8].includes(await used(who, "hard")));
      await agrees(who);
    }
  });

  it("batches, each event once by its key, and never one too many", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const who = await product.customer("growth");
      const events = (place: number) => [{ feature: "hard", idempotencyKey: `key ${place % 5}` }, { feature: "hard" }, { feature: "capped", quantity: 3, mode: "cap" }];
      const replies = await atOnce((place) => product.post(who, "batch", { events: events(place) }));
      assert.ok(replies.every(({ status }) => status === 200), replies.find(({ status }) => status !== 200)?.text);
      assert.deepEqual([await used(who, "hard"), await used(who, "capped")], [10, 11]);
      await agrees(who);
    }
  });

  it("a call ends once", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const who = await product.customer("growth");
      const started = await product.post(who, "start-call", { type: "human_coach" });
      const call = textAt(started, "call", "id");
      const replies = await atOnce(() => product.post(who, "end-call", { call }));
      assert.deepEqual([counted(replies), replies.filter(({ status }) => status === 409).length], [1, AT_ONCE - 1]);
      assert.equal(await used(who, "human_coach_calls"), 1);
      await agrees(who);
    }
  });

  it("parts, wholes, settings and releases of a gauge leave the ledger and the counter in agreement", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const who = await product.customer("growth");
      const replies = await atOnce((place) => [
        () => product.track(who, "gauge", 3, { mode: "cap" }),
        () => product.track(who, "gauge", 2),
        () => product.post(who, "set", { feature: "gauge", value: place % 10 }),
        () => product.post(who, "release", { feature: "gauge", quantity: 2 }),
      ][place % 4]?.() ?? assert.fail());
      assert.ok(replies.every(({ status }) => status === 200 || status === 429), replies.find(({ status }) => status >= 500)?.text);
      const left = await used(who, "gauge");
      assert.ok(left >= 0 && left <= 9, `${left}`);
      await agrees(who);
    }
  });

  it("an alert is told once, whatever jumps over it", async () => {
    const who = await product.customer("growth");
    await atOnce(() => product.track(who, "hard", 2));
    const told = await product.system.sql("SELECT name FROM usage_alerts WHERE organization_id = ? ORDER BY name", who.organizationId);
    const events = await product.system.sql("SELECT event_type FROM outbox WHERE organization_id = ? AND event_type LIKE 'usage.%'", who.organizationId);
    // Alerts by percentages are the catalog's, of meters that it has; that nothing is left is told of any.
    assert.deepEqual([told, events.length], [[{ name: "upgrade_prompt" }], 1]);
  });
});
