// Usage at its very moments, by a clock that stands still: where periods, trials and reservations end, how far ahead a client's clock
// may be, on which day a key was used; and what is found by time, person and meter.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engine } from "./harness/database.ts";
import { refuses } from "./harness/expect.ts";
import { Product, type Customer } from "./harness/product.ts";
import type { Json, Reply } from "./harness/system.ts";
import { LASTING } from "./harness/tokens.ts";
import { DAY } from "./harness/world.ts";

/** Somebody whose first request is at a moment. */
async function customer(product: Product, moment: string): Promise<Customer> {
  await product.system.setClock(moment);
  const { id, token } = product.world.stranger({ claims: LASTING });
  const reply = await product.get({ token }, "entitlements");
  assert.equal(reply.status, 200, reply.text);
  return { id, token, organizationId: String((reply.body["organization"] as { id: Json }).id) };
}

/** What a reply says, of these fields. */
const said = (reply: Reply, ...names: string[]): unknown[] => {
  assert.equal(reply.status, 200, reply.text);
  return names.map((name) => reply.body[name]);
};

const isFull = (reply: Reply): void => assert.deepEqual([reply.status, reply.body["code"]], [429, "limit_reached"], reply.text);

describe("by the calendar", () => {
  let product: Product;
  before(async () => { product = await Product.open("voice-training", { hasClock: true }); });
  after(() => product.close());

  const sessions = (who: { token: string }, quantity = 1, more: Record<string, unknown> = {}): Promise<Reply> => product.track(who, "training_sessions", quantity, more);

  it("what is told ahead of the clock may be five minutes ahead and no more", async () => {
    const ada = await customer(product, "2026-03-10T12:00:00.000Z");
    refuses(await product.system.unchanged(() => sessions(ada, 1, { occurredAt: "2026-03-10T12:05:00.001Z" })), 400, "invalid_field", { field: "occurredAt" });
    assert.deepEqual(said(await sessions(ada, 1, { occurredAt: "2026-03-10T12:05:00.000Z" }), "used"), [1]);
    // Beyond the month's end it is of the month by the clock.
    await product.system.setClock("2026-03-31T23:58:00.000Z");
    assert.deepEqual(said(await sessions(ada, 1, { occurredAt: "2026-04-01T00:03:00.000Z" }), "used", "resetsAt"), [2, "2026-04-01T00:00:00.000Z"]);
    refuses(await sessions(ada, 1, { occurredAt: "2026-04-01T00:03:00.001Z" }), 400, "invalid_field", { field: "occurredAt" });
  });

  it("two edges whose clocks are five seconds apart count each in its own month", async () => {
    const ada = await customer(product, "2026-03-31T23:59:00.000Z");
    for (const [moment, used] of [
      ["2026-03-31T23:59:57.000Z", 1], ["2026-04-01T00:00:02.000Z", 1], ["2026-03-31T23:59:58.000Z", 2],
      ["2026-04-01T00:00:03.000Z", 2], ["2026-03-31T23:59:59.999Z", 3], ["2026-04-01T00:00:00.000Z", 3],
    ] as const) {
      await product.system.setClock(moment);
      assert.deepEqual(said(await sessions(ada), "used"), [used], moment);
    }
    const counters = await product.system.sql("SELECT quantity FROM usage_counters WHERE organization_id = ? AND period_start > 0 ORDER BY period_start", ada.organizationId);
    assert.deepEqual(counters, [{ quantity: 3 }, { quantity: 3 }]);
  });

  it("a reservation holds its room up to its last moment and not at its end", async () => {
    const ada = await customer(product, "2026-03-10T12:00:00.000Z");
    const held = await product.post(ada, "reserve", { feature: "training_sessions", quantity: 8, expiresIn: 60 });
    assert.deepEqual(said(held, "used", "reserved", "remaining"), [0, 8, 2]);
    const reservation = (held.body["reservation"] as { id: string }).id;
    const room = async (): Promise<unknown[]> => said(await product.post(ada, "check", { feature: "training_sessions", quantity: 3 }), "allowed", "remaining");
    await product.system.setClock("2026-03-10T12:00:59.999Z");
    assert.deepEqual(await room(), [false, 2]);
    isFull(await sessions(ada, 3));
    await product.system.setClock("2026-03-10T12:01:00.000Z");
    assert.deepEqual(await room(), [true, 10]);
    assert.deepEqual(said(await sessions(ada, 3), "used", "reserved"), [3, 0]);
    // What has expired is counted all the same where there is room, as a track is; here is none for all of it.
    const late = await product.post(ada, "confirm", { reservation });
    assert.notEqual(late.status, 200, late.text);
    assert.deepEqual(await room(), [true, 7]);
  });

  it("a trial that falls to a plan ends between two tracks", async () => {
    const ada = await customer(product, "2026-03-10T12:00:00.000Z");
    await product.system.sql("UPDATE org_subscriptions SET plan_id = 'individual_pro', status = 'trialing', trial_ends_at = ? WHERE organization_id = ?",
      Date.parse("2026-03-17T12:00:00.000Z"), ada.organizationId);
    await product.system.setClock("2026-03-17T11:59:59.999Z");
    assert.deepEqual(said(await sessions(ada, 5), "limit", "used"), [100, 5]);
    await product.system.setClock("2026-03-17T12:00:00.000Z");
    assert.deepEqual(said(await sessions(ada, 5), "limit", "used"), [10, 10]);
    isFull(await sessions(ada));
  });

  it("the day on which a key was last used is written once a day", async () => {
    const ada = await customer(product, "2026-03-10T00:00:00.000Z");
    const key = await product.key({ organizationId: ada.organizationId });
    const id = "SELECT id FROM service_keys WHERE organization_id = ?";
    const version = async (): Promise<unknown> => {
      if (engine === "d1") return undefined;
      return (await product.system.sql(`SELECT CAST(xmin AS text) AS version FROM service_keys WHERE id = (${id})`, ada.organizationId))[0]?.["version"];
    };
    /** The day that is noted, whether the row was written for it, and what the request wrote in all. */
    const used = async (moment: string): Promise<{ day: number; isWritten: boolean; rows: number | undefined }> => {
      await product.system.setClock(moment);
      const before = await version();
      const reply = await sessions({ token: key }, 1);
      assert.equal(reply.status, 200, reply.text);
      const [row] = await product.system.sql(`SELECT last_used_day FROM service_keys WHERE id = (${id})`, ada.organizationId);
      return { day: Number(row?.["last_used_day"]), isWritten: before !== (await version()), rows: reply.cost?.written };
    };
    const [first, second, last, next] = [
      await used("2026-03-10T00:00:00.000Z"), await used("2026-03-10T00:00:01.000Z"), await used("2026-03-10T23:59:59.999Z"), await used("2026-03-11T00:00:00.000Z"),
    ];
    const day = Date.parse("2026-03-10T00:00:00.000Z");
    assert.deepEqual([first, second, last, next].map((use) => use.day - day), [0, 0, 0, DAY]);
    // D1 says how many rows a request has written, and Postgres which transaction has written a row.
    const isWritten = (use: typeof first): boolean => (engine === "postgres" ? use.isWritten : Number(use.rows) > Number(second.rows));
    assert.deepEqual([first, second, last, next].map(isWritten), [true, false, false, true]);
  });

  it("several things draw on one meter by their weights", async () => {
    const ada = await customer(product, "2026-03-10T12:00:00.000Z");
    const weigh = (weight: number) => product.system.sql("UPDATE event_types SET weight = ? WHERE event_type = 'training_session'", weight);
    const event = async (action: string, body: Record<string, unknown>): Promise<unknown[]> => {
      const reply = await product.post(ada, action, body);
      const { quantity, counted } = (reply.body["event"] ?? {}) as { quantity?: Json; counted?: Json };
      return [...said(reply, "used", "reserved"), quantity, counted];
    };
    try {
      await weigh(3);
      assert.deepEqual(await event("track", { eventType: "training_session", quantity: 1 }), [3, 0, 1, 3]);
      assert.deepEqual(await event("track", { feature: "training_sessions", quantity: 1 }), [4, 0, 1, 1], "the meter itself weighs nothing more");
      // A reservation is confirmed at the weight at which it was made.
      const held = await product.post(ada, "reserve", { eventType: "training_session", quantity: 2 });
      assert.deepEqual(said(held, "reserved", "used"), [6, 4]);
      isFull(await product.post(ada, "track", { eventType: "training_session" }));
      await weigh(5);
      assert.deepEqual(await event("confirm", { reservation: (held.body["reservation"] as { id: string }).id, quantity: 1 }), [7, 0, 1, 3]);
      // Of what does not fit as a whole a cap takes what is left.
      assert.deepEqual(await event("track", { eventType: "training_session", mode: "cap" }), [10, 0, 1, 3]);
      const batch = await product.post(await customer(product, "2026-03-10T12:00:00.000Z"), "batch", { events: [{ eventType: "training_session" }, { feature: "training_sessions" }, { eventType: "training_session" }] });
      assert.deepEqual((batch.body["results"] as { success: Json; code?: Json }[]).map(({ success, code }) => code ?? success), [true, true, "limit_reached"]);
    } finally {
      await weigh(1);
    }
  });

  it("events are found by meter, by person and by time, each on any page", async () => {
    const ada = await customer(product, "2026-03-10T12:00:00.000Z");
    const key = await product.key({ organizationId: ada.organizationId });
    const at = async (second: number, who: { token: string }, feature: string, quantity: number, more: Record<string, unknown> = {}): Promise<void> => {
      await product.system.setClock(Date.parse("2026-03-10T12:00:00.000Z") + second * 1_000);
      assert.equal((await product.track(who, feature, quantity, more)).status, 200);
    };
    await at(0, ada, "training_sessions", 1);
    await at(1, { token: key }, "training_sessions", 2, { userId: "bob" });
    await at(2, ada, "scenarios", 3, { idempotencyKey: "a key" });
    await at(3, { token: key }, "training_sessions", 1, { userId: "bob", idempotencyKey: "another" });
    await at(4, ada, "training_sessions", 4);
    const found = async (query: string): Promise<Json[]> => {
      const quantities: Json[] = [];
      for (let cursor = ""; ;) {
        const reply = await product.get(ada, `events?limit=2&${query}${cursor}`);
        assert.equal(reply.status, 200, reply.text);
        quantities.push(...(reply.body["events"] as { quantity: Json }[]).map(({ quantity }) => quantity));
        if (typeof reply.body["nextCursor"] !== "string") return quantities;
        cursor = `&cursor=${encodeURIComponent(reply.body["nextCursor"])}`;
      }
    };
    assert.deepEqual(await found(""), [4, 1, 3, 2, 1]);
    assert.deepEqual(await found("feature=training_sessions"), [4, 1, 2, 1]);
    assert.deepEqual(await found("feature=scenarios"), [3]);
    assert.deepEqual(await found("feature=nothing"), []);
    assert.deepEqual(await found("userId=bob"), [1, 2]);
    assert.deepEqual(await found(`userId=${ada.id}`), [4, 3, 1]);
    assert.deepEqual(await found("since=2026-03-10T12:00:02.000Z"), [4, 1, 3]);
    assert.deepEqual(await found("before=2026-03-10T12:00:02.000Z"), [2, 1]);
    assert.deepEqual(await found("since=2026-03-10T12:00:01.000Z&before=2026-03-10T12:00:04.000Z"), [1, 3, 2]);
    assert.deepEqual(await found("feature=training_sessions&userId=bob&since=2026-03-10T12:00:02.000Z"), [1]);
  });
});

describe("by the billing period", () => {
  let product: Product;
  before(async () => { product = await Product.open("coaching", { hasClock: true }); });
  after(() => product.close());

  /** Somebody who pays for a month that has begun at this moment. */
  async function payer(start: string, end: string): Promise<Customer> {
    const person = await customer(product, start);
    await product.system.sql(`UPDATE org_subscriptions SET plan_id = 'growth', status = 'active', trial_ends_at = NULL, current_period_start = ?, current_period_end = ?
WHERE organization_id = ?`, Date.parse(start), Date.parse(end), person.organizationId);
    return person;
  }

  it("the summary says what a period is used for by its end, as far as it has come", async () => {
    const ada = await payer("2026-04-10T12:00:00.000Z", "2026-05-10T12:00:00.000Z");
    const projected = async (moment: string): Promise<unknown[]> => {
      await product.system.setClock(moment);
      const [meters] = said(await product.get(ada, "summary"), "meters") as [{ feature: Json; used: Json; projected: Json }[]];
      return meters.filter(({ feature }) => feature === "human_coach_calls").flatMap((meter) => [meter.used, meter.projected]);
    };
    await product.system.setClock("2026-04-12T12:00:00.000Z");
    assert.deepEqual(said(await product.track(ada, "human_coach_calls", 3), "used"), [3]);
    // 5, 15 and all but nothing of 30 days are gone.
    assert.deepEqual(await projected("2026-04-15T12:00:00.000Z"), [3, 18]);
    assert.deepEqual(await projected("2026-04-25T12:00:00.000Z"), [3, 6]);
    assert.deepEqual(await projected("2026-05-10T11:59:59.999Z"), [3, 3]);
    assert.deepEqual(await projected("2026-05-10T12:00:00.000Z"), [0, null], "its first day says nothing");
  });

  it("two edges whose clocks are five seconds apart charge each in its own period", async () => {
    const ada = await payer("2026-03-10T12:00:00.000Z", "2026-04-10T12:00:00.000Z");
    const call = async (more: Record<string, unknown> = {}): Promise<unknown[]> => {
      const reply = await product.track(ada, "human_coach_calls", 1, more);
      return [...said(reply, "used"), (reply.body["event"] as { costCents: Json }).costCents];
    };
    for (const [moment, used, cents] of [
      ["2026-04-10T11:59:57.000Z", 1, 0], ["2026-04-10T12:00:02.000Z", 1, 0], ["2026-04-10T11:59:58.000Z", 2, 2_500],
      ["2026-04-10T12:00:03.000Z", 2, 2_500], ["2026-04-10T11:59:59.999Z", 3, 2_500], ["2026-04-10T12:00:00.000Z", 3, 2_500],
    ] as const) {
      await product.system.setClock(moment);
      assert.deepEqual(await call(), [used, cents], moment);
    }
    // The edge that is behind tells of what happened on the other one: it is counted by the clock of who counts it.
    await product.system.setClock("2026-04-10T11:59:59.000Z");
    assert.deepEqual(await call({ occurredAt: "2026-04-10T12:00:04.000Z" }), [4, 2_500]);
    const charged = await product.system.sql("SELECT quantity, overage_cents FROM usage_counters WHERE organization_id = ? AND feature = 'human_coach_calls' AND period_start > 0 ORDER BY period_start", ada.organizationId);
    assert.deepEqual(charged, [{ quantity: 4, overage_cents: 7_500 }, { quantity: 3, overage_cents: 5_000 }]);
  });
});

describe("a trial without a plan to fall to", () => {
  let product: Product;
  before(async () => { product = await Product.open("voip", { hasClock: true }); });
  after(() => product.close());

  it("lets the track before its end and none from then on", async () => {
    const ada = await customer(product, "2026-03-10T12:00:00.000Z");
    await product.system.setClock("2026-03-17T11:59:59.999Z");
    assert.deepEqual(said(await product.track(ada, "uploads"), "used"), [1]);
    await product.system.setClock("2026-03-17T12:00:00.000Z");
    refuses(await product.system.unchanged(() => product.track(ada, "uploads")), 402, "subscription_required", { plan: "Starter", status: "trialing", upgradeRequired: true });
  });
});
