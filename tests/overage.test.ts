// What is used beyond a plan, from the counting over the close of its period to the invoice at Stripe, on the real engines.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { Product, type Customer } from "./harness/product.ts";
import { idOf } from "./harness/stripe/account.ts";
import { startStripeStandIn, type StripeStandIn } from "./harness/stripe/stand-in.ts";
import { DAY, HOUR } from "./harness/world.ts";

/** What a log line says of a job. */
interface Line {
  job: string;
  outcome: string;
  cause: string | null;
}

interface Payer extends Customer {
  customer: string;
  subscription: string;
}

let stripe: StripeStandIn;
let product: Product;
before(async () => {
  stripe = await startStripeStandIn();
  product = await Product.open("coaching", { scheduled: true, bindings: stripe.settings() });
  for (const [plan, cents] of [["lifestyle", 2_900], ["growth", 7_900]] as const) {
    stripe.price({ id: `price_${plan}`, amount: cents, interval: "month" });
    await product.system.sql("INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES (?, ?, 'month', 1)", `price_${plan}`, plan);
  }
});
after(async () => {
  await product.close();
  await stripe.close();
});
beforeEach(() => product.system.sql("DELETE FROM scheduled_jobs"));

const deliver = async (events: readonly object[]): Promise<void> => {
  for (const event of events) assert.equal((await stripe.deliver(`${product.system.url}/functions/v1/billing/webhook`, event)).status, 200);
};

/** Somebody who pays for a plan by the month. */
async function payer(plan: "lifestyle" | "growth"): Promise<Payer> {
  const person = await product.customer();
  const { id: customer } = stripe.customer({ metadata: { organization_id: person.organizationId } });
  await product.system.sql("INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES (?, ?, ?)", person.organizationId, customer, Date.now());
  const first = stripe.events.length;
  const subscription = stripe.subscription({ customer, price: `price_${plan}` });
  await deliver(stripe.events.slice(first));
  return { ...person, customer, subscription: subscription.id };
}

const track = async (who: Payer, feature: string, quantity: number): Promise<void> => assert.equal((await product.track(who, feature, quantity)).status, 200);

/** As if the period in which everything was counted had ended so long ago. */
async function endPeriod({ organizationId }: Customer, ago: number): Promise<{ start: number; end: number }> {
  const end = Date.now() - ago;
  const start = end - 30 * DAY;
  for (const table of ["usage_counters", "usage_events"]) {
    await product.system.sql(`UPDATE ${table} SET period_start = ?, period_end = ? WHERE organization_id = ? AND period_start > 0`, start, end, organizationId);
  }
  return { start, end };
}

const run = async (job: string): Promise<Line[]> => (await product.system.tick(`job:${job}`)) as unknown as Line[];

/** A job until it is through, whatever it meets on the way. */
async function through(job: string): Promise<void> {
  for (let runs = 0; runs < 20; runs += 1) {
    const [line] = await run(job);
    if (line?.outcome === "done") return;
  }
  assert.fail(`${job} is not through`);
}

const close = async (): Promise<void> => {
  await through("close_periods");
  await through("bill_overage");
};

const chargedTo = ({ customer }: Payer) => [...stripe.account.items.values()].filter((item) => item.customer === customer).map(({ amount }) => amount).sort((a, b) => a - b);
const states = ({ organizationId }: Customer) => product.system.sql(
  "SELECT feature, correction, overage_cents, state, reason FROM usage_summaries WHERE organization_id = ? AND overage_cents > 0 ORDER BY feature, correction", organizationId);

/** What the ledger's events cost, what the counters say, and what was charged. */
async function sums(who: Payer): Promise<unknown[]> {
  const [ledger] = await product.system.sql("SELECT CAST(COALESCE(SUM(cost_cents), 0) AS BIGINT) AS cents FROM usage_events WHERE organization_id = ? AND accepted = 1", who.organizationId);
  const [counted] = await product.system.sql("SELECT CAST(COALESCE(SUM(overage_cents), 0) AS BIGINT) AS cents FROM usage_counters WHERE organization_id = ?", who.organizationId);
  return [Number(ledger?.["cents"]), Number(counted?.["cents"]), chargedTo(who).reduce((sum, cents) => sum + cents, 0)];
}

describe("the worked cases", () => {
  it("growth, 350 minutes and 3 calls: 4.00 + 50.00, as the ledger has it", async () => {
    const ada = await payer("growth");
    for (const seconds of [299 * 60, 61, 50 * 60 - 1]) await track(ada, "ai_voice_minutes", seconds);
    for (let call = 0; call < 3; call += 1) await track(ada, "human_coach_calls", 1);
    await endPeriod(ada, 2 * DAY);
    await close();
    assert.deepEqual(chargedTo(ada), [400, 5_000]);
    assert.deepEqual(await sums(ada), [5_400, 5_400, 5_400]);
  });

  it("lifestyle stops at its cap, and the cap is what is charged", async () => {
    const ada = await payer("lifestyle");
    await track(ada, "ai_voice_minutes", 320 * 60);
    assert.equal((await product.track(ada, "ai_voice_minutes", 1)).status, 429);
    await endPeriod(ada, 2 * DAY);
    await close();
    assert.deepEqual([chargedTo(ada), await sums(ada)], [[2_000], [2_000, 2_000, 2_000]]);
  });

  it("half a cent is rounded once a period, however it was counted", async () => {
    const ada = await payer("growth");
    await product.system.sql("UPDATE plan_features SET unit_price_micros = 5000 WHERE plan_id = 'growth' AND feature = 'ai_voice_minutes'");
    try {
      for (const minutes of [300, 1, 1, 1, 198]) await track(ada, "ai_voice_minutes", minutes * 60);
    } finally {
      await product.system.sql("UPDATE plan_features SET unit_price_micros = 80000 WHERE plan_id = 'growth' AND feature = 'ai_voice_minutes'");
    }
    await endPeriod(ada, 2 * DAY);
    await close();
    assert.deepEqual([chargedTo(ada), await sums(ada)], [[101], [101, 101, 101]], "201 half cents");
  });
});

describe("a close", () => {
  it("is once, whoever runs it how often, two at a time and with answers lost on the way", async () => {
    const payers = await Promise.all([payer("growth"), payer("growth"), payer("lifestyle")]);
    for (const [place, who] of payers.entries()) {
      await track(who, "ai_voice_minutes", (place === 2 ? 200 : 400) * 60);
      await endPeriod(who, 2 * DAY);
    }
    for (let round = 0; round < 10; round += 1) {
      // Each call is given up after four tries.
      stripe.failNext({ path: "/v1/invoiceitems", method: "POST", reset: true, times: 4, ...(round % 2 === 0 ? { after: true } : {}) });
      await product.system.sql("DELETE FROM scheduled_jobs");
      await Promise.all(["close_periods", "close_periods", "bill_overage", "bill_overage"].map(run));
    }
    stripe.healAll();
    await close();
    for (const [place, who] of payers.entries()) assert.deepEqual(chargedTo(who), [800]);
  });

  it("leaves what is late its day, and an open period alone", async () => {
    const ada = await payer("growth");
    await track(ada, "human_coach_calls", 3);
    await close();
    await endPeriod(ada, DAY - HOUR);
    await close();
    assert.deepEqual(await states(ada), []);
  });

  it("is on the next invoice of the subscription, and the history says so", async () => {
    const ada = await payer("growth");
    await track(ada, "human_coach_calls", 3);
    const { start } = await endPeriod(ada, 2 * DAY);
    await close();
    await deliver(stripe.renew(ada.subscription));
    const invoice = stripe.latestInvoice(ada.subscription);
    assert.equal(invoice.total, 7_900 + 5_000);
    const { body } = await product.system.call("billing", { method: "GET", path: "/history", token: ada.token });
    const [period] = body["periods"] as { periodStart: string; lines: unknown[] }[];
    assert.equal(period?.periodStart, new Date(start).toISOString());
    const [item] = [...stripe.account.items.values()].filter(({ customer }) => customer === ada.customer);
    assert.deepEqual(period?.lines, [{
      feature: "human_coach_calls", used: 3, overageUnits: 2, overageCents: 5_000, isCorrection: false, state: "billed", reason: null,
      invoiceItem: item?.id, invoice: invoice.id, invoiceStatus: "paid",
    }]);
  });

  it("of a subscription that has ended is an invoice of its own", async () => {
    const ada = await payer("growth");
    await track(ada, "human_coach_calls", 2);
    await endPeriod(ada, 2 * DAY);
    await deliver(stripe.cancelNow(ada.subscription));
    await close();
    const made = [...stripe.account.invoices.values()].filter((invoice) => idOf(invoice.customer) === ada.customer && invoice.billing_reason === "manual");
    assert.deepEqual(made.map(({ total, status }) => [total, status]), [[2_500, "draft"]]);
    await close();
    assert.equal([...stripe.account.invoices.values()].filter((invoice) => idOf(invoice.customer) === ada.customer && invoice.billing_reason === "manual").length, 1);
  });

  it("below what Stripe collects is carried and said so", async () => {
    const ada = await payer("lifestyle");
    await track(ada, "ai_voice_minutes", 121 * 60);
    await endPeriod(ada, 2 * DAY);
    await close();
    assert.deepEqual([await states(ada), chargedTo(ada)], [
      [{ feature: "ai_voice_minutes", correction: 0, overage_cents: 10, state: "carried", reason: "below_minimum" }], [],
    ]);
  });

  it("that is found wrong afterwards is corrected by name, on the same invoice as long as that is a draft", async () => {
    const ada = await payer("growth");
    await track(ada, "human_coach_calls", 2);
    const { start } = await endPeriod(ada, 2 * DAY);
    await deliver(stripe.cancelNow(ada.subscription));
    await close();
    await product.system.sql("UPDATE usage_counters SET quantity = 3, overage_cents = 5000 WHERE organization_id = ? AND feature = 'human_coach_calls' AND period_start = ?", ada.organizationId, start);
    await close();
    const [base, correction, ...others] = [...stripe.account.items.values()].filter(({ customer }) => customer === ada.customer);
    assert.deepEqual([base?.amount, correction?.amount, others], [2_500, 2_500, []]);
    assert.equal(base?.invoice, correction?.invoice);
    assert.match(String(correction?.description), /^Correction, counted after the period was closed: human coach calls beyond the plan: 1 /);
  });
});

describe("reconcile", () => {
  it("takes in what Stripe was silent about, once", async () => {
    const ada = await payer("growth");
    stripe.renew(ada.subscription);
    const past = Date.now() - 2 * DAY;
    for (const table of ["billing_subscriptions", "org_subscriptions"]) {
      await product.system.sql(`UPDATE ${table} SET current_period_start = ?, current_period_end = ? WHERE organization_id = ?`, past - 30 * DAY, past, ada.organizationId);
    }
    await product.system.sql("UPDATE billing_subscriptions SET observed_at = ? WHERE organization_id = ?", past, ada.organizationId);
    for (let round = 0; round < 3; round += 1) await through("reconcile");
    const [held] = await product.system.sql("SELECT current_period_end FROM org_subscriptions WHERE organization_id = ?", ada.organizationId);
    const [item] = stripe.account.subscription(ada.subscription).items.data;
    assert.equal(Number(held?.["current_period_end"]), Number(item?.current_period_end) * 1_000);
    const told = await product.system.sql("SELECT outcome FROM webhook_inbox WHERE organization_id = ? AND event_id LIKE 'reconcile%'", ada.organizationId);
    assert.deepEqual(told, [{ outcome: "applied" }]);
  });
});

describe("what nobody ends", () => {
  it("a call is closed a day after its deadline, a trial's end is told of once", async () => {
    const ada = await payer("growth");
    const { body } = await product.post(ada, "start-call", { type: "ai_voice" });
    const { id } = body["call"] as { id: string };
    const past = 2 * DAY;
    await product.system.sql("UPDATE call_logs SET started_at = started_at - ?, deadline_at = deadline_at - ? WHERE id = ?", past, past, id);
    await product.system.sql("UPDATE usage_reservations SET created_at = created_at - ?, expires_at = expires_at - ? WHERE id = ?", past, past, id);
    const bob = await product.customer();
    await product.system.sql("UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = ? WHERE organization_id = ?", Date.now() - HOUR, bob.organizationId);
    for (let round = 0; round < 2; round += 1) {
      await through("close_calls");
      await through("end_trials");
    }
    assert.deepEqual(await product.system.sql("SELECT status, counted, cost_cents FROM call_logs WHERE id = ?", id), [{ status: "failed", counted: 0, cost_cents: 0 }]);
    assert.equal((await product.post(ada, "end-call", { call: id })).status >= 400, true, "it is over");
    // The fallback that the next request brings tells of it no more.
    await product.get(bob, "entitlements");
    const told = await product.system.sql("SELECT organization_id FROM outbox WHERE event_type = 'trial.ended' AND organization_id = ?", bob.organizationId);
    assert.equal(told.length, 1);
  });
});
