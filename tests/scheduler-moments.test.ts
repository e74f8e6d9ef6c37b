// The scheduler at its very moments, by a clock that stands still: when a period is closed, when a delivery is tried again, and up to
// when what is old is kept.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { idPrefix } from "./harness/moments.ts";
import { Product, type Customer } from "./harness/product.ts";
import { Receiver, type Manner } from "./harness/receiver.ts";
import { insert } from "./harness/rows.ts";
import type { Row, System } from "./harness/system.ts";
import { DAY, HOUR, MINUTE, SECOND } from "./harness/world.ts";

/** What a log line says of a job. */
interface Line {
  outcome: string;
  changed: number;
  cause: string | null;
}

/** One run of a job that is through with it; how many rows it changed. */
async function through(system: System, job: string): Promise<number> {
  const [line] = (await system.tick(`job:${job}`)) as unknown as Line[];
  assert.ok(line?.outcome === "done" && line.cause === null, JSON.stringify(line));
  return line.changed;
}

const moment = (text: string): number => Date.parse(text);

describe("a period is closed a day and two minutes after its end, and at no other moment:", () => {
  let product: Product;
  before(async () => { product = await Product.open("coaching", { scheduled: true, hasClock: true }); });
  after(() => product.close());

  const CASES: [string, string, string, string][] = [
    ["from the last day of January to that of February", "2027-01-31T23:59:59.000Z", "2027-02-28T23:59:59.000Z", "2027-03-02T00:01:59.000Z"],
    ["to a leap day", "2028-01-31T00:00:00.000Z", "2028-02-29T00:00:00.000Z", "2028-03-01T00:02:00.000Z"],
    ["from a leap day", "2028-02-29T12:00:00.000Z", "2028-03-29T12:00:00.000Z", "2028-03-30T12:02:00.000Z"],
    ["from a leap day to the last day of March", "2028-02-29T12:00:00.000Z", "2028-03-31T12:00:00.000Z", "2028-04-01T12:02:00.000Z"],
    ["over the night in which clocks change in America", "2026-03-08T07:30:00.000Z", "2026-04-08T07:30:00.000Z", "2026-04-09T07:32:00.000Z"],
    ["over the night in which clocks change in Europe", "2026-10-25T01:30:00.000Z", "2026-11-25T01:30:00.000Z", "2026-11-26T01:32:00.000Z"],
    ["over the end of a year", "2026-12-31T00:00:00.000Z", "2027-01-31T00:00:00.000Z", "2027-02-01T00:02:00.000Z"],
  ];
  for (const [what, start, end, closes] of CASES) {
    it(what, async () => {
      // given: 3 calls, of which one is included
      await product.system.setClock();
      const ada = await product.customer();
      await product.system.batch([
        { sql: "DELETE FROM scheduled_jobs" },
        {
          sql: "UPDATE org_subscriptions SET plan_id = 'growth', status = 'active', trial_ends_at = NULL, current_period_start = ?, current_period_end = ? WHERE organization_id = ?",
          values: [moment(start), moment(end), ada.organizationId],
        },
        insert("usage_counters", {
          organization_id: ada.organizationId, feature: "human_coach_calls", period_start: moment(start), quantity: 3, overage_cents: 5_000, period_end: moment(end), plan_id: "growth",
        }),
      ]);
      const summaries = (): Promise<Row[]> => product.system.sql(
        "SELECT period_start, period_end, overage_units, overage_cents, correction, state FROM usage_summaries WHERE organization_id = ?", ada.organizationId);
      // when
      await product.system.setClock(moment(closes) - 1);
      assert.equal(await through(product.system, "close_periods"), 0);
      assert.deepEqual(await summaries(), []);
      await product.system.setClock(closes);
      assert.equal(await through(product.system, "close_periods"), 1);
      // then: once, with the borders that it had
      await through(product.system, "close_periods");
      assert.deepEqual(await summaries(), [
        { period_start: moment(start), period_end: moment(end), overage_units: 2, overage_cents: 5_000, correction: 0, state: "closed" },
      ]);
    });
  }
});

describe("a delivery", () => {
  const START = moment("2026-03-10T12:00:00.000Z");
  let product: Product;
  let receiver: Receiver;
  before(async () => {
    product = await Product.open("voip", { scheduled: true, hasClock: true });
    receiver = await Receiver.open();
  });
  after(async () => {
    await product.close();
    await receiver.close();
  });
  beforeEach(async () => {
    for (const table of ["webhook_deliveries", "webhook_endpoints", "webhook_progress", "outbox", "scheduled_jobs"]) await product.system.sql(`DELETE FROM ${table}`);
    receiver.got.length = 0;
  });

  const minute = async (): Promise<void> => {
    for (const job of ["deliver_outbox", "retry_deliveries", "probe_endpoints"]) await through(product.system, job);
  };

  /** An event for one endpoint that is answered in that manner, first tried at the start. */
  async function tried(path: string, manner: Manner): Promise<void> {
    await product.system.setClock(START);
    const team = await product.world.team({ createdAt: START - DAY });
    await product.world.endpoint({ organizationId: team.id, url: receiver.url(path, manner), createdAt: START - HOUR });
    const event = { id: `${idPrefix(START)}-7event`, organization_id: team.id, event_type: "member.removed", target_id: "somebody", payload: "{}", created_at: START };
    await product.system.batch([insert("outbox", event)]);
    await minute();
    assert.equal(receiver.at(path).length, 1);
  }

  /** When it is tried again. */
  async function due(): Promise<number | undefined> {
    const [row] = await product.system.sql(`SELECT delivery.next_attempt_at, endpoint.deferred_until FROM webhook_deliveries delivery
JOIN webhook_endpoints endpoint ON endpoint.id = delivery.endpoint_id WHERE delivery.next_attempt_at IS NOT NULL`);
    return row === undefined ? undefined : Math.max(Number(row["next_attempt_at"]), Number(row["deferred_until"]));
  }

  it("that fails is tried ten times, each at its moment and not before it, and is dead then", async () => {
    await tried("fails", 500);
    const waits: number[] = [];
    let last = START;
    for (let next = await due(); next !== undefined; next = await due()) {
      const before = receiver.at("fails").length;
      await product.system.setClock(next - 1);
      await minute();
      assert.equal(receiver.at("fails").length, before, `${next - last} ms after attempt ${before}`);
      await product.system.setClock(next);
      await minute();
      assert.equal(receiver.at("fails").length, before + 1);
      waits.push(next - last);
      last = next;
    }
    // Up to a tenth is added; an endpoint that fails is tried once a minute at most, so the five seconds of the first wait are more.
    const least = [55 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, DAY];
    assert.equal(waits.length, least.length, String(waits));
    for (const [place, wait] of waits.entries()) {
      const wanted = least[place] ?? NaN;
      assert.ok(wait >= wanted && wait <= wanted * 1.1, `wait ${place + 1}: ${wait} ms, not ${wanted}`);
    }
    const [end] = await product.system.sql("SELECT state, attempts, response_status FROM webhook_deliveries");
    assert.deepEqual(end, { state: "dead", attempts: 10, response_status: 500 });
  });

  for (const [what, value] of [["in seconds", "3600"], ["as a date", new Date(START + HOUR).toUTCString()]] as const) {
    it(`is tried when its receiver wishes, which says so ${what}`, async () => {
      await tried("waits", { status: 429, headers: { "retry-after": value } });
      for (const [ago, times] of [[1, 1], [0, 2]] as const) {
        await product.system.setClock(START + HOUR - ago);
        await minute();
        assert.equal(receiver.at("waits").length, times);
      }
    });
  }

  it("is tried after a day where its receiver wishes to wait for longer", async () => {
    await tried("sleeps", { status: 503, headers: { "retry-after": String(30 * DAY / SECOND) } });
    for (const [ago, times] of [[1, 1], [0, 2]] as const) {
      await product.system.setClock(START + DAY - ago);
      await minute();
      assert.equal(receiver.at("sleeps").length, times);
    }
  });
});

describe("clearing keeps", () => {
  const NOW = moment("2026-05-15T12:00:00.000Z");
  let product: Product;
  before(async () => { product = await Product.open("voice-training", { scheduled: true, hasClock: true }); });
  after(() => product.close());
  beforeEach(() => product.system.setClock(NOW));

  const left = async (sql: string, ...values: string[]): Promise<unknown[]> => (await product.system.sql(sql, ...values)).map(({ id }) => id);

  it("a message for 35 days, and one that waits for the operator for 90", async () => {
    const message = (name: string, ago: number, waits: boolean) => insert("webhook_inbox", {
      provider: "stripe", event_id: name, event_type: "t", outcome: waits ? "unknown_price" : "applied", payload: waits ? "{}" : null, happened_at: 1,
      received_at: NOW - ago, request_id: "r",
    });
    await product.system.batch([
      message("young", 35 * DAY - 1, false), message("old", 35 * DAY, false), message("waits", 90 * DAY - 1, true), message("waited", 90 * DAY, true),
    ]);
    assert.equal(await through(product.system, "clear_inbox"), 2);
    assert.deepEqual(await left("SELECT event_id AS id FROM webhook_inbox ORDER BY 1"), ["waits", "young"]);
  });

  it("a reservation for a month after it held anything", async () => {
    const ada = await product.customer();
    const reservation = (id: string, expiredAgo: number, settledAgo?: number) => insert("usage_reservations", {
      organization_id: ada.organizationId, id, user_id: ada.id, feature: "training_sessions", event_type: "training_session", weight: 1, quantity: 1, created_at: 1,
      expires_at: NOW - expiredAgo, settled_at: settledAgo === undefined ? null : NOW - settledAgo, settled_as: settledAgo === undefined ? null : "confirmed", request_id: "r",
    });
    await product.system.batch([
      reservation("open", -1), reservation("expired", 30 * DAY - 1), reservation("long expired", 30 * DAY),
      reservation("settled", 30 * DAY, 30 * DAY - 1), reservation("long settled", 40 * DAY, 30 * DAY),
    ]);
    assert.equal(await through(product.system, "clear_reservations"), 2);
    assert.deepEqual(await left("SELECT id FROM usage_reservations WHERE organization_id = ? ORDER BY 1", ada.organizationId), ["expired", "open", "settled"]);
  });

  /** An event of a period that is over; on the free plan raw events are kept for 30 days. */
  const event = (of: Customer, name: string, ago: number, more: Record<string, string | number | null> = {}) => insert("usage_events", {
    organization_id: of.organizationId, id: `key:${name}`, user_id: of.id, feature: "training_sessions", event_type: "training_session", quantity: 1, accepted: 1,
    plan_id: "individual_free", limit_value: 10, period_start: 1, period_end: 2, period_total: 1, lifetime_total: 1, request_hash: "h", request_id: "r",
    created_at: NOW - ago, keyed_at: NOW - ago, counted: 1, ...more,
  });
  const events = (of: Customer): Promise<unknown[]> => left("SELECT id FROM usage_events WHERE organization_id = ? ORDER BY 1", of.organizationId);

  it("an event for the plan's days, until it is rolled up, and as long as its period or an invoice needs it", async () => {
    const ada = await product.customer();
    await product.system.batch([
      event(ada, "old", 30 * DAY), event(ada, "young", 30 * DAY - 1), event(ada, "cost something", 40 * DAY, { cost_cents: 5, period_start: 3 }),
      event(ada, "period is open", 40 * DAY, { period_end: NOW + 1 }), event(ada, "period is over", 40 * DAY, { period_end: NOW }),
      event(ada, "no period", 40 * DAY, { period_end: null }), event(ada, "period cost something", 40 * DAY, { period_start: 7 }),
      insert("usage_counters", { organization_id: ada.organizationId, feature: "training_sessions", period_start: 7, quantity: 1, overage_cents: 5 }),
    ]);
    assert.equal(await through(product.system, "clear_events"), 0, "nothing is rolled up");
    await through(product.system, "aggregate_usage");
    const sums = (): Promise<Row[]> => product.system.sql("SELECT span, starts_at, events, quantity FROM usage_aggregations WHERE organization_id = ? ORDER BY 1, 2", ada.organizationId);
    const before = await sums();
    assert.equal(await through(product.system, "clear_events"), 2);
    assert.deepEqual(await events(ada), ["key:cost something", "key:no period", "key:period cost something", "key:period is open", "key:young"]);
    await through(product.system, "aggregate_usage");
    assert.deepEqual(await sums(), before, "what is summed stays");
  });

  it("a refusal under a key for two days", async () => {
    const ada = await product.customer();
    await product.system.batch([event(ada, "old", 2 * DAY, { accepted: 0 }), event(ada, "young", 2 * DAY - 1, { accepted: 0 }), event(ada, "counted", 2 * DAY)]);
    assert.equal(await through(product.system, "clear_events"), 1);
    assert.deepEqual(await events(ada), ["key:counted", "key:young"]);
  });
});
