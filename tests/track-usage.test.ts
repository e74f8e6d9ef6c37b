// track-usage: each product's story with its own figures, and service keys.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { at, textAt } from "./harness/answers.ts";
import { Matcher, refuses, time, timeSince, same, type Expected } from "./harness/expect.ts";
import { engine } from "./harness/database.ts";
import { Product, type Customer } from "./harness/product.ts";
import type { Json, Reply } from "./harness/system.ts";
import { DAY, HOUR, MINUTE, startOfMonth } from "./harness/world.ts";

/** Of one that was used: on a month's first day nothing is concluded, and later one or more. */
const aProjection = new Matcher("<a projection>", (value) => (value === null ? new Date().getUTCDate() === 1 : Number.isInteger(value) && Number(value) >= 1));
/** Today; or yesterday, where midnight was in between. */
const aDay = new Matcher("<today>", (value) => Date.now() - Date.parse(String(value)) < 2 * DAY && String(value).endsWith("T00:00:00.000Z"));
/** Some fields of a reply, all of it at once. */
const part = (reply: Reply, ...names: string[]): Json => Object.fromEntries(names.map((name) => [name, reply.body[name] ?? null]));
const plans = (reply: Reply): Json[] => (reply.body["upgrade"] as { plan: string }[]).map(({ plan }) => plan);
const alerts = (reply: Reply): Json => reply.body["alerts"] ?? null;

function story(catalog: string, tell: (product: () => Product) => void): void {
  describe(`the story of ${catalog}`, () => {
    let product: Product;
    before(async () => { product = await Product.open(catalog, { scheduled: true }); });
    after(() => product.close());
    tell(() => product);
  });
}

story("voip", (product) => {
  it("a trial, uploads to 80 %, to the limit, a refusal with the plan that would help, that plan, uploads again, and the next month", async () => {
    const ada = await product().customer();
    const entitled = await product().get(ada, "entitlements");
    assert.deepEqual(part(entitled, "role", "seats"), { role: "owner", seats: { used: 1, limit: 1 } });
    const end = timeSince(Date.now() + 6 * DAY, Date.now() + 7 * DAY);
    same(entitled.body["plan"], { id: "starter", name: "Starter", paidPlan: "starter", status: "trialing", runs: true, warning: null, trialEndsAt: end, accessUntil: end });

    assert.deepEqual(alerts(await product().track(ada, "uploads", 79)), []);
    assert.deepEqual(alerts(await product().track(ada, "uploads")), ["80_percent"]);
    const last = await product().track(ada, "uploads", 20);
    assert.deepEqual(part(last, "used", "remaining", "allowed", "alerts"), { used: 100, remaining: 0, allowed: false, alerts: ["100_percent", "upgrade_prompt"] });
    const refused = await product().system.unchanged(() => product().track(ada, "uploads"));
    refuses(refused, 429, "limit_reached", {
      feature: "uploads", kind: "meter", allowed: false, reason: "limit_reached", limit: 100, used: 100, reserved: 0, remaining: 0, unlimited: false,
      resetsAt: time(startOfMonth(Date.now(), 1)), overage: null, upgradeRequired: true,
      upgrade: [{ plan: "professional", name: "Professional", priceMonthCents: 19_900, priceYearCents: 218_900, limit: -1 }],
    });
    // The older face of the same meter says the same.
    const upload = await product().system.call("track-upload", { body: { uploadType: "rate_sheet" }, token: ada.token });
    assert.deepEqual([upload.status, upload.body["currentUploads"]], [429, 100]);

    await product().pays(ada, "professional");
    const again = await product().track(ada, "uploads", 5);
    assert.deepEqual(part(again, "used", "remaining", "unlimited"), { used: 105, remaining: -1, unlimited: true });
    await product().system.sql("UPDATE usage_counters SET period_start = ? WHERE organization_id = ?", startOfMonth(Date.now(), -1), ada.organizationId);
    assert.equal((await product().track(ada, "uploads")).body["used"], 1, "another month");
    const summary = await product().get(ada, "summary");
    same(at(summary, "meters"), [{
      feature: "uploads", limit: -1, used: 1, reserved: 0, remaining: -1, unlimited: true, resetsAt: time(startOfMonth(Date.now(), 1)), overage: null,
      percentage: null, projected: aProjection,
      periodStart: time(startOfMonth(Date.now())), earlier: [{ periodStart: time(startOfMonth(Date.now(), -1)), quantity: 105, overageCents: 0 }],
      series: [{ day: aDay, count: 5, quantity: 106, averageScore: null }], streak: { current: 1, longest: 1 }, score: { average: null, before: null, trend: null },
    }]);
  });

  it("what is not paid for any more uses nothing, and says so before", async () => {
    const ada = await product().customer();
    await product().system.sql("UPDATE org_subscriptions SET trial_ends_at = ? WHERE organization_id = ?", Date.now() - 1, ada.organizationId);
    assert.deepEqual(part(await product().post(ada, "check", { feature: "uploads" }), "allowed", "reason"), { allowed: false, reason: "subscription_required" });
    const refused = await product().system.unchanged(() => product().track(ada, "uploads"));
    refuses(refused, 402, "subscription_required", { plan: "Starter", status: "trialing", upgradeRequired: true });
  });
});

story("voice-training", (product) => {
  it("ten sessions a month, a score with each, three scenarios that go up and down, and the plan that gives more", async () => {
    const ada = await product().customer();
    assert.equal(at(await product().get(ada, "entitlements"), "plan", "id"), "individual_free");
    for (const score of [70, 80, 90]) {
      const reply = await product().post(ada, "track", { eventType: "training_session", attributes: { score } });
      assert.equal(reply.status, 200, reply.text);
    }
    const events = await product().get(ada, "events?feature=training_sessions&limit=2");
    assert.deepEqual((events.body["events"] as { attributes: Json }[]).map(({ attributes }) => attributes), [{ score: 90 }, { score: 80 }]);
    const older = await product().get(ada, `events?cursor=${encodeURIComponent(String(events.body["nextCursor"]))}`);
    assert.deepEqual((older.body["events"] as { attributes: Json }[]).map(({ attributes }) => attributes), [{ score: 70 }]);

    assert.deepEqual(part(await product().post(ada, "set", { feature: "scenarios", value: 3 }), "used", "remaining", "resetsAt"), { used: 3, remaining: 0, resetsAt: null });
    refuses(await product().system.unchanged(() => product().track(ada, "scenarios")), 429, "limit_reached", {
      feature: "scenarios", kind: "meter", allowed: false, reason: "limit_reached", limit: 3, used: 3, reserved: 0, remaining: 0, unlimited: false, resetsAt: null, overage: null,
      upgradeRequired: true, upgrade: [
        { plan: "individual_pro", name: "Pro", priceMonthCents: 2_900, priceYearCents: 29_000, limit: 50 },
        { plan: "individual_ultra", name: "Ultra", priceMonthCents: 9_900, priceYearCents: 99_000, limit: 200 },
      ],
    });
    assert.equal((await product().post(ada, "release", { feature: "scenarios", quantity: 2 })).body["used"], 1);
    assert.deepEqual(plans(await product().post(ada, "check", { feature: "webhooks" })), ["individual_ultra"]);
    assert.equal((await product().post(ada, "check", { feature: "leaderboards" })).body["allowed"], false, "nothing of a team's");
    await product().pays(ada, "individual_ultra");
    assert.equal((await product().post(ada, "check", { feature: "webhooks" })).body["allowed"], true);
    assert.deepEqual(part(await product().track(ada, "scenarios", 150), "used", "limit"), { used: 151, limit: 200 });
  });

  it("shows how the training goes: each day with its average, the streak, and the trend against the time before", async () => {
    const ada = await product().customer("individual_pro");
    const today = Math.floor(Date.now() / DAY) * DAY;
    const trained = async (daysAgo: number, ...scores: number[]): Promise<void> => {
      for (const score of scores) {
        const reply = await product().post(ada, "track", { eventType: "training_session", attributes: { score } });
        await product().happened(ada, textAt(reply, "event", "id"), daysAgo === 0 ? Date.now() : today - daysAgo * DAY + 12 * HOUR);
      }
    };
    for (const [daysAgo, scores] of [[20, [55]], [19, [60]], [18, [62]], [17, [63]], [4, [70, 71]], [2, [80]], [1, [82, 85]]] as const) await trained(daysAgo, ...scores);
    // What is older than an hour is in the roll-ups when the scheduler has run, and today's session is not.
    await trained(0, 90);
    const before = await product().get(ada, "summary?days=10");
    await product().system.tick("* * * * *");
    const after = await product().get(ada, "summary?days=10");
    const training = (reply: Reply) => (reply.body["meters"] as { feature: string }[]).find(({ feature }) => feature === "training_sessions");
    const day = (daysAgo: number, count: number, averageScore: number) => ({ day: new Date(today - daysAgo * DAY).toISOString(), count, quantity: count, averageScore });
    for (const reply of [before, after]) {
      assert.equal(reply.cost?.batches, 1);
      const { series, streak, score } = training(reply) as unknown as Record<string, Json>;
      assert.deepEqual({ series, streak, score }, {
        series: [day(4, 2, 70.5), day(2, 1, 80), day(1, 2, 83.5), day(0, 1, 90)],
        streak: { current: 3, longest: 4 },
        score: { average: 79.67, before: 61.67, trend: 18 },
      });
    }
    assert.equal(before.body["rolledUpTo"], null);
    same({ rolledUpTo: after.body["rolledUpTo"] ?? null, upTo: after.body["upTo"] ?? null }, { rolledUpTo: timeSince(Date.now() - 3 * MINUTE, Date.now() - 2 * MINUTE), upTo: timeSince(Date.now() - MINUTE, Date.now()) });
  });
});

story("starter-kit", (product) => {
  it("seven limits by event type, flags under one key, and people who are counted once", async () => {
    const ada = await product().customer();
    for (const [eventType, most] of [["record_created", 100], ["api_call", 1_000], ["automation_run", 3], ["storage_used", 1], ["schedule_executed", 5], ["ai_tokens_used", 5_000]] as const) {
      const all = await product().post(ada, "track", { eventType, quantity: most });
      assert.deepEqual([all.status, all.body["remaining"]], [200, 0], all.text);
      const more = await product().post(ada, "track", { eventType });
      assert.deepEqual([more.status, more.body["code"], plans(more)], [429, "limit_reached", ["pro", "business", "enterprise"]]);
    }
    assert.deepEqual(part(await product().post(ada, "check", { feature: "features.sso" }), "allowed", "reason", "value"), { allowed: false, reason: "feature_not_in_plan", value: false });
    assert.deepEqual(plans(await product().post(ada, "check", { feature: "features.dedicated_support" })), ["enterprise"]);
    await product().pays(ada, "business");
    assert.equal((await product().post(ada, "check", { feature: "features.sso" })).body["allowed"], true);
    assert.equal((await product().post(ada, "check", { feature: "max_seats" })).body["value"], 50);

    const key = await product().key({ organizationId: ada.organizationId });
    for (const [userId, used] of [["u1", 1], ["u2", 2], ["u1", 2]] as const) {
      const reply = await product().post({ token: key }, "track", { eventType: "user_active", userId });
      assert.deepEqual([reply.status, reply.body["used"]], [200, used], reply.text);
    }
  });
});

story("wellness", (product) => {
  it("a trial of 14 days, packages by plan, and nothing without one that runs", async () => {
    const ada = await product().customer();
    const open = async () => Object.fromEntries(((await product().get(ada, "entitlements")).body["packages"] as { id: string; available: boolean }[]).map(({ id, available }) => [id, available]));
    assert.deepEqual(await open(), { "first-breath": true, "deep-sleep": true, "focus-studio": false });
    await product().pays(ada, "premium");
    assert.deepEqual(await open(), { "first-breath": true, "deep-sleep": true, "focus-studio": true });
    await product().system.sql("UPDATE org_subscriptions SET status = 'canceled' WHERE organization_id = ?", ada.organizationId);
    assert.deepEqual(await open(), { "first-breath": true, "deep-sleep": false, "focus-studio": false });
  });
});

story("coaching", (product) => {
  const minutes = (who: Customer, count: number): Promise<Reply> => product().track(who, "ai_voice_minutes", count * 60);
  const charged = (reply: Reply): Json | undefined => at(reply, "overage", "chargedCents");

  it("lifestyle: 120 minutes, then ten cents each up to twenty dollars, then a stop; growth goes on; and the next period is new", async () => {
    const ada = await product().customer("lifestyle");
    const first = await minutes(ada, 96);
    assert.deepEqual([charged(first), alerts(first)], [0, ["80_percent"]]);
    assert.deepEqual(alerts(await minutes(ada, 24)), ["100_percent"]);
    const beyond = await minutes(ada, 1);
    assert.deepEqual([charged(beyond), at(beyond, "event", "costCents"), alerts(beyond)], [10, 10, ["overage"]]);
    const cap = await minutes(ada, 199);
    assert.deepEqual([charged(cap), alerts(cap)], [2_000, ["upgrade_prompt"]]);
    const refused = await product().system.unchanged(() => minutes(ada, 1));
    const period = { start: Date.now() - 5 * DAY };
    refuses(refused, 429, "overage_cap_reached", {
      feature: "ai_voice_minutes", kind: "meter", allowed: false, reason: "overage_cap_reached", limit: 120, used: 320, reserved: 0, remaining: 0, unlimited: false,
      unit: "minute", usedQuantity: 19_200, resetsAt: timeSince(period.start + 29 * DAY, period.start + 30 * DAY + 1_000),
      overage: { allowed: false, unitPrice: "0.10", chargedCents: 2_000, capCents: 2_000 } as Expected, upgradeRequired: true,
      upgrade: [
        { plan: "growth", name: "Growth", priceMonthCents: 7_900, priceYearCents: null, limit: 300 },
        { plan: "mastery", name: "Mastery", priceMonthCents: 19_900, priceYearCents: null, limit: -1 },
      ],
    });
    // What was used and charged stays with the change of plan; from here on the new price counts.
    await product().system.sql("UPDATE org_subscriptions SET plan_id = 'growth' WHERE organization_id = ?", ada.organizationId);
    const later = await minutes(ada, 10);
    assert.deepEqual([charged(later), at(later, "event", "costCents")], [2_080, 80]);
    const summary = await product().get(ada, "summary");
    assert.equal(summary.body["overageCents"], 2_080);
    // Also on a plan without a limit or a price: it is settled with the period.
    await product().system.sql("UPDATE org_subscriptions SET plan_id = 'mastery' WHERE organization_id = ?", ada.organizationId);
    const unlimited = await minutes(ada, 10);
    assert.deepEqual([part(unlimited, "unlimited", "overage"), at(unlimited, "event", "costCents")],
      [{ unlimited: true, overage: { allowed: false, unitPrice: null, chargedCents: 2_080, capCents: null } }, 0]);
    assert.equal((await product().get(ada, "summary")).body["overageCents"], 2_080);
    // The period ends, and nobody has to do anything.
    await product().pays(ada, "growth", Date.now() - 32 * DAY);
    await product().system.sql("UPDATE usage_counters SET period_start = (SELECT current_period_start FROM org_subscriptions WHERE organization_id = ?) WHERE organization_id = ?",
      ada.organizationId, ada.organizationId);
    const next = await minutes(ada, 1);
    assert.deepEqual([next.body["used"], charged(next)], [1, 0]);
  });

  it("the worked cases of growth, mastery and free", async () => {
    const [bob, cid, dan] = [await product().customer("growth"), await product().customer("mastery"), await product().customer()];
    assert.equal(charged(await minutes(bob, 350)), 400);
    assert.equal(charged(await product().post(bob, "track", { eventType: "human_coach", quantity: 3 })), 5_000);
    assert.deepEqual(part(await minutes(cid, 10_000), "unlimited", "overage"), { unlimited: true, overage: null });
    assert.equal(charged(await product().post(cid, "track", { eventType: "human_coach", quantity: 5 })), 2_000);
    assert.deepEqual(part(await minutes(dan, 15), "used", "remaining", "resetsAt"), { used: 15, remaining: 0, resetsAt: null });
    assert.deepEqual([(await minutes(dan, 1)).status, plans(await minutes(dan, 1))], [429, ["lifestyle", "growth", "mastery"]]);
    const modules = async (who: Customer) => ((await product().get(who, "entitlements")).body["packages"] as { available: boolean }[]).filter(({ available }) => available).length;
    assert.deepEqual([await modules(dan), await modules(bob), await modules(cid)], [2, 18, 31]);
  });

  it("a call holds the minutes that are left, costs what it lasted, and a coach's call is one", async () => {
    const ada = await product().customer("lifestyle");
    await minutes(ada, 118);
    const started = await product().post(ada, "start-call", { type: "ai_voice" });
    const call = at(started, "call", "id");
    assert.deepEqual([started.status, part(started, "used", "remaining"), at(started, "call", "mostSeconds")], [200, { used: 118, remaining: 0 }, 7_200], started.text);
    // It has gone on for three minutes and a bit.
    await product().system.batch(["usage_reservations SET created_at = created_at - 181000", "call_logs SET started_at = started_at - 181000"]
      .map((set) => ({ sql: `UPDATE ${set} WHERE organization_id = ?`, values: [ada.organizationId] })));
    const ended = await product().post(ada, "end-call", { call });
    const seconds = Number(at(ended, "call", "seconds"));
    assert.ok(seconds >= 181 && seconds <= 200, ended.text);
    assert.deepEqual([ended.body["used"], at(ended, "call", "costCents"), charged(ended), alerts(ended)], [122, 20, 20, ["100_percent", "overage"]]);
    refuses(await product().post(ada, "end-call", { call }), 409, "call_ended", { status: "ended", quantity: 7_200, counted: seconds });
    const failed = await product().post(ada, "start-call", { type: "ai_voice" });
    const given = await product().post(ada, "end-call", { call: at(failed, "call", "id"), status: "failed" });
    assert.deepEqual([given.body["used"], given.body["reserved"], at(given, "call", "costCents")], [122, 0, 0]);
    await product().system.sql("UPDATE org_subscriptions SET plan_id = 'growth' WHERE organization_id = ?", ada.organizationId);
    const coached = await product().post(ada, "log-call", { type: "human_coach", seconds: 900 });
    assert.deepEqual([part(coached, "feature", "used", "remaining"), at(coached, "call", "costCents")], [{ feature: "human_coach_calls", used: 1, remaining: 0 }, 0]);
    const listed = (await product().get(ada, "list-calls")).body["calls"] as { type: string; status: string; costCents: number }[];
    assert.deepEqual(listed.map(({ type, status, costCents }) => [type, status, costCents]),
      [["human_coach", "completed", 0], ["ai_voice", "failed", 0], ["ai_voice", "completed", 20]]);
  });

  it("what is told late meets the plan that its period ended with, and what is granted is room", async () => {
    const ada = await product().customer("lifestyle");
    await minutes(ada, 119);
    // An hour ago a new period began, on another plan.
    const border = Date.now() - HOUR;
    await product().system.sql("UPDATE usage_counters SET period_start = ? WHERE organization_id = ?", border - 10 * DAY, ada.organizationId);
    await product().system.sql(`UPDATE org_subscriptions SET plan_id = 'growth', current_period_start = ?, current_period_end = ?, updated_at = ? WHERE organization_id = ?`,
      border, border + 30 * DAY, Date.now(), ada.organizationId);
    const occurredAt = new Date(border - MINUTE).toISOString();
    const late = await product().track(ada, "ai_voice_minutes", 120, { occurredAt });
    assert.deepEqual([part(late, "used", "limit", "resetsAt"), charged(late), at(late, "event", "costCents")],
      [{ used: 121, limit: 120, resetsAt: new Date(border).toISOString() }, 10, 10], late.text);
    const batch = await product().post(ada, "batch", { events: [{ feature: "ai_voice_minutes", quantity: 60, occurredAt }, { feature: "ai_voice_minutes", quantity: 60 }] });
    assert.deepEqual((batch.body["results"] as { event: { costCents: number } }[]).map(({ event }) => event.costCents), [10, 0], batch.text);
    const capped = await product().track(ada, "ai_voice_minutes", 1_000 * 60, { occurredAt, mode: "cap" });
    assert.deepEqual([capped.body["used"], charged(capped)], [320, 2_000], capped.text);
    refuses(await product().system.unchanged(() => product().track(ada, "ai_voice_minutes", 60, { occurredAt })), 429, "overage_cap_reached", {
      feature: "ai_voice_minutes", kind: "meter", allowed: false, reason: "overage_cap_reached", limit: 120, used: 320, reserved: 0, remaining: 0, unlimited: false,
      unit: "minute", usedQuantity: 19_200, resetsAt: time(border), overage: { allowed: false, unitPrice: "0.10", chargedCents: 2_000, capCents: 2_000 } as Expected,
      upgradeRequired: true, upgrade: [],
    });
    // Of what is used now 300 minutes are the plan's, and 20 more were granted until tomorrow.
    await product().system.sql(`INSERT INTO usage_grants (organization_id, id, feature, quantity, reason, starts_at, ends_at, created_at, request_id)
VALUES (?, 'more', 'ai_voice_minutes', 20, 'an outage', ?, ?, ?, 'r')`, ada.organizationId, border, Date.now() + DAY, border);
    const granted = await minutes(ada, 319);
    assert.deepEqual([part(granted, "used", "limit", "granted", "remaining"), charged(granted)], [{ used: 320, limit: 320, granted: 20, remaining: 0 }, 0], granted.text);
    assert.deepEqual([charged(await minutes(ada, 1)), at(await product().post(ada, "check", { feature: "ai_voice_minutes" }), "granted")], [8, 20]);
    for (const [path, list] of [["entitlements", "features"], ["summary", "meters"]] as const) {
      const meters = (await product().get(ada, path)).body[list] as { feature: string; limit: number; granted: number }[];
      const meter = meters.find(({ feature }) => feature === "ai_voice_minutes");
      assert.deepEqual([meter?.limit, meter?.granted], [320, 20], path);
    }
  });

  it("a year that was paid has months from its anchor, on whatever day that is, and goes on where nobody has renewed it yet", async () => {
    const ada = await product().customer("growth");
    const now = new Date();
    /** So many months after a moment: on its day, or on the last one of a month that is shorter. */
    const monthsAfter = (anchor: Date, months: number): number => {
      const [year, month] = [anchor.getUTCFullYear(), anchor.getUTCMonth() + months];
      const day = Math.min(anchor.getUTCDate(), new Date(Date.UTC(year, month + 1, 0)).getUTCDate());
      return Date.UTC(year, month, day) + (anchor.getTime() % DAY);
    };
    // An hour beside the time of day, so that no border is now.
    const time = (now.getTime() - 3_600_000) % DAY;
    const lately = (day: number): Date => {
      const fits = Array.from({ length: 11 }, (_, back) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1 - back, day) + time));
      return fits.find((date) => date.getUTCDate() === day) ?? assert.fail(`no month has a ${day}th`);
    };
    for (const anchor of [...[1, 28, 30, 31].map(lately), new Date(Date.UTC(2024, 1, 29) + time), new Date(Date.UTC(2023, 11, 31) + time)]) {
      // given
      await product().system.sql("DELETE FROM usage_counters WHERE organization_id = ?", ada.organizationId);
      await product().system.sql("UPDATE org_subscriptions SET billing_interval = 'year', current_period_start = ?, current_period_end = ? WHERE organization_id = ?",
        anchor.getTime(), monthsAfter(anchor, 12), ada.organizationId);
      const next = Array.from({ length: 48 }, (_, months) => months + 1).find((months) => monthsAfter(anchor, months) > now.getTime()) ?? assert.fail();
      const [start, end] = [monthsAfter(anchor, next - 1), monthsAfter(anchor, next)];
      // when
      const used = await product().track(ada, "ai_voice_minutes", 60);
      // then
      assert.deepEqual([used.status, part(used, "used", "resetsAt")], [200, { used: 1, resetsAt: new Date(end).toISOString() }], `${anchor.toISOString()}: ${used.text}`);
      const counters = await product().system.sql("SELECT period_start, quantity FROM usage_counters WHERE organization_id = ?", ada.organizationId);
      assert.deepEqual(counters.map((row) => [Number(row["period_start"]), Number(row["quantity"])]), [[start, 60]], anchor.toISOString());
    }
  });

  it("what is held of a meter that the plan loses is listed, used at its price or given back, and no more than that", async () => {
    const ada = await product().customer("growth");
    const held = async (quantity: number) => textAt(await product().post(ada, "reserve", { feature: "human_coach_calls", quantity, mode: "cap" }), "reservation", "id");
    const [first, second] = [await held(2), await held(1)];
    const { token } = ada;
    const call = textAt(await product().post({ token }, "start-call", { type: "ai_voice", seconds: 60 }), "call", "id");
    await product().system.sql(`INSERT INTO plans (id, name, audience, position, seats, concurrent_sessions, retired)
SELECT 'bare', 'Bare', audience, position + 100, 1, 1, 1 FROM plans WHERE id = 'growth'`);
    await product().system.sql("UPDATE org_subscriptions SET plan_id = 'bare', updated_at = ? WHERE organization_id = ?", Date.now(), ada.organizationId);
    refuses(await product().track(ada, "human_coach_calls"), 403, "feature_not_in_plan", { feature: "human_coach_calls", plan: "Bare", upgrade: [], upgradeRequired: true });
    const listed = (await product().get(ada, "reservations")).body["reservations"] as { id: string; feature: string; quantity: number; userId: string; isCall: boolean }[];
    assert.deepEqual(listed.map(({ feature, quantity, userId, isCall }) => [feature, quantity, userId, isCall]),
      [["ai_voice_minutes", 60, ada.id, true], ["human_coach_calls", 2, ada.id, false], ["human_coach_calls", 1, ada.id, false]]);
    assert.equal((await product().post(ada, "confirm", { reservation: first, quantity: 3 })).status, 403, "more than is held");
    const used = await product().post(ada, "confirm", { reservation: first });
    assert.deepEqual([part(used, "used", "reserved"), charged(used)], [{ used: 2, reserved: 1 }, 2_500], used.text);
    const given = await product().post(ada, "release", { reservation: second });
    assert.deepEqual([given.status, part(given, "used", "reserved")], [200, { used: 2, reserved: 0 }], given.text);
    assert.equal((await product().post(ada, "end-call", { call })).status, 200);
    assert.deepEqual((await product().get(ada, "reservations?feature=human_coach_calls")).body["reservations"], []);
  });

  it("an alert is acknowledged once, by who uses the product", async () => {
    const ada = await product().customer();
    await product().track(ada, "ai_text_messages", 5);
    const listed = await product().get(ada, "alerts");
    assert.deepEqual((listed.body["alerts"] as { alert: string }[]).map(({ alert }) => alert).sort(), ["100_percent", "80_percent", "upgrade_prompt"]);
    for (const acknowledged of [1, 0]) {
      const reply = await product().post(ada, "acknowledge", { feature: "ai_text_messages", alert: "80_percent" });
      assert.deepEqual([reply.status, reply.body["acknowledged"]], [200, acknowledged], reply.text);
    }
    assert.equal(((await product().get(ada, "alerts")).body["alerts"] as Json[]).length, 2);
  });

  it("a service key does what its scopes say, for the organizations that it is for, until it ends", async () => {
    const [ada, bob] = [await product().customer(), await product().customer()];
    const about = (who: Customer) => ({ "x-organization-id": who.organizationId });
    const message = { feature: "ai_text_messages" };
    const [both, reads, writes] = [await product().key(), await product().key({ scopes: ["usage:read"] }), await product().key({ scopes: ["usage:write"] })];
    const bound = await product().key({ organizationId: ada.organizationId });
    const counted = await product().post({ token: both }, "track", { ...message, userId: "somebody-of-the-products" }, about(ada));
    assert.deepEqual([counted.status, counted.cost?.batches], [200, 1], counted.text);
    assert.equal((await product().post({ token: bound }, "track", message)).body["used"], 2);
    const [event] = (await product().get(ada, "events?limit=1")).body["events"] as { userId: Json }[];
    assert.equal(event?.userId, null, "no person asked");

    const ended = await product().key({ endsAt: Date.now() - 1 });
    const revoked = await product().key({ revokedAt: Date.now() - 1 });
    const unknown = `tg_${"a".repeat(43)}`;
    for (const token of [ended, revoked, unknown, "tg_short"]) {
      refuses(await product().post({ token }, "track", message, about(ada)), 401, "unauthenticated");
    }
    refuses(await product().post({ token: reads }, "track", message, about(ada)), 403, "scope_missing", { scope: "usage:write" });
    refuses(await product().get({ token: writes }, "entitlements", about(ada)), 403, "scope_missing", { scope: "usage:read" });
    refuses(await product().post({ token: bound }, "track", message, about(bob)), 404, "organization_not_found");
    refuses(await product().post({ token: both }, "track", message), 400, "invalid_field", { field: "organizationId" });
    refuses(await product().post({ token: both }, "track", message, { "x-organization-id": "nowhere" }), 404, "organization_not_found");
    // Everything else is for persons.
    refuses(await product().post({ token: both }, "acknowledge", { feature: "x", alert: "y" }, about(ada)), 401, "unauthenticated");
    for (const fn of product().system.functions.filter((name) => !["track-usage", "identity", "billing", "webhooks", "account", "mails", "console"].includes(name))) {
      refuses(await product().system.call(fn, { token: both, body: {} }), 401, "unauthenticated", {}, fn);
    }
    assert.equal((await product().post(ada, "check", message)).body["used"], 2, "of all these nothing was counted");
  });
});

describe("rows read", { skip: engine !== "d1" && "Postgres reports none" }, () => {
  let product: Product;
  before(async () => { product = await Product.open("coaching", { scheduled: true }); });
  after(() => product.close());

  // TALLYGATE_EVENTS=1000000 takes a minute and gives the same.
  const MANY = Number(process.env["TALLYGATE_EVENTS"] ?? 10_000);
  it(`are the same with 100 and with ${MANY.toLocaleString("en")} events in the ledger`, async (test) => {
    const ada = await product.customer("growth");
    const ask = async (): Promise<Record<string, number | undefined>> => ({
      track: (await product.track(ada, "human_coach_calls")).cost?.read,
      keyed: (await product.track(ada, "human_coach_calls", 1, { idempotencyKey: `k${Math.random()}` })).cost?.read,
      check: (await product.post(ada, "check", { feature: "human_coach_calls" })).cost?.read,
      entitlements: (await product.get(ada, "entitlements")).cost?.read,
      summary: (await product.get(ada, "summary")).cost?.read,
      people: (await product.get(ada, "people")).cost?.read,
      events: (await product.get(ada, "events?limit=10")).cost?.read,
      // A tick that finds nothing to roll up.
      tick: ((await product.system.tick("job:aggregate_usage"))[0] as { rowsRead: number }).rowsRead,
    });
    // Half of them under keys, all of two hours ago; their counter stays as it was, since only rows are counted here.
    const fill = (from: number, to: number) => product.system.sql(`INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id,
  limit_value, period_start, period_total, lifetime_total, request_hash, request_id, created_at, counted, keyed_at)
WITH RECURSIVE numbers (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${to})
SELECT ?, CASE n % 2 WHEN 0 THEN 'key:bulk-' || n ELSE '00000000-' || n END, ?, 'human_coach_calls', 'human_coach', 1, 1, 'growth', 1, 1, 1, 1, 'h', 'bulk', ${Date.now() - 2 * HOUR} + n % 1000, 1,
  CASE n % 2 WHEN 0 THEN ${Date.now() - 2 * HOUR} + n % 1000 END
FROM numbers`, ada.organizationId, ada.id);
    // What is asked for now is not rolled up yet, and is the same few events each time.
    const rolledUp = async (): Promise<Record<string, number | undefined>> => {
      await product.rollUp();
      await product.system.sql("DELETE FROM usage_events WHERE organization_id = ? AND created_at > ?", ada.organizationId, Date.now() - HOUR);
      return ask();
    };
    await fill(1, 100);
    await rolledUp();
    const few = await rolledUp();
    for (let from = 101; from <= MANY; from += 50_000) await fill(from, Math.min(from + 49_999, MANY));
    const many = await rolledUp();
    assert.ok(Object.values(few).every((read) => read !== undefined));
    assert.deepEqual(many, few);
    test.diagnostic(JSON.stringify(few));
  });

  it(`of what is listed and summed are the same after ten and after ${MANY.toLocaleString("en")} periods, and with a filter after 1 200 and ${MANY.toLocaleString("en")} events`, async (test) => {
    const ada = await product.customer("growth");
    const ask = async (): Promise<Record<string, number | undefined>> => {
      const read: Record<string, number | undefined> = {};
      for (const path of ["summary", "alerts", "alerts?show=all&feature=human_coach_calls", "reservations", "events?feature=ai_voice_minutes", "events?userId=nobody",
        `events?feature=ai_voice_minutes&since=${new Date(Date.now() - HOUR).toISOString()}`, `events?before=${new Date(Date.now() - HOUR).toISOString()}`]) {
        const reply = await product.get(ada, path);
        assert.equal(reply.status, 200, reply.text);
        read[path.split("=20")[0] ?? path] = reply.cost?.read;
      }
      return read;
    };
    // Long ago, all of one meter; and of its events half under keys, two hours ago.
    const numbers = (from: number, to: number) => `WITH RECURSIVE numbers (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${to})`;
    const past = (from: number, to: number) => product.system.batch([
      `INSERT INTO usage_alerts (organization_id, feature, period_start, name, used, limit_value, created_at, request_id)
${numbers(from, to)} SELECT ?, 'human_coach_calls', n, '80_percent', 1, 1, n, 'bulk' FROM numbers`,
      `INSERT INTO usage_counters (organization_id, feature, period_start, quantity) ${numbers(from, to)} SELECT ?, 'human_coach_calls', n, 1 FROM numbers`,
      `INSERT INTO usage_aggregations (organization_id, span, feature, starts_at, events, quantity, scored, score_sum, request_id)
${numbers(from, to)} SELECT ?, 'day', 'human_coach_calls', n, 1, 1, 0, 0, 'bulk' FROM numbers`,
      `INSERT INTO usage_reservations (organization_id, id, feature, event_type, weight, quantity, created_at, expires_at, settled_at, settled_as, request_id)
${numbers(from, to)} SELECT ?, 'r' || n, 'human_coach_calls', 'human_coach', 1, 1, n, n, n, 'released', 'bulk' FROM numbers`,
    ].map((sql) => ({ sql, values: [ada.organizationId] })));
    const events = (from: number, to: number) => product.system.sql(`INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id,
  limit_value, period_start, period_total, lifetime_total, request_hash, request_id, created_at, counted, keyed_at)
${numbers(from, to)} SELECT ?, CASE n % 2 WHEN 0 THEN 'key:bulk-' || n ELSE '00000000-' || n END, ?, 'human_coach_calls', 'human_coach', 1, 1, 'growth', 1, 1, 1, 1, 'h', 'bulk', ${Date.now() - 2 * HOUR}, 1,
  CASE n % 2 WHEN 0 THEN ${Date.now() - 2 * HOUR} + n END
FROM numbers`, ada.organizationId, ada.id);
    await past(1, 10);
    await events(1, 1_200);
    await product.rollUp();
    const few = await ask();
    await past(11, MANY);
    for (let from = 1_201; from <= MANY; from += 50_000) await events(from, Math.min(from + 49_999, MANY));
    await product.rollUp();
    const many = await ask();
    assert.ok(Object.values(few).every((read) => read !== undefined));
    assert.deepEqual(many, few);
    test.diagnostic(JSON.stringify(few));
  });
});
