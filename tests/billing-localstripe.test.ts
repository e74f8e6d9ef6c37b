// The webhook against a Stripe server that somebody else wrote: PyPI's localstripe, asked through Stripe's official client.
// It makes the objects, signs the messages, sends them by itself and answers what the worker asks.
//
// What it cannot do is tested on the stand-in (billing-webhook, billing-order, billing-webhook-faults): it has no Checkout,
// no portal, no schedules, no coupons on subscriptions and no `invoice_payments`, so no refund finds its invoice; time does
// not pass in it, so nothing renews and nothing is past due; it tells only that subscriptions were created and deleted and
// that invoices were created, never that one was paid or finalized and never that a subscription was updated; it sends each
// message once, whatever the answer; and it has plans where Stripe has prices.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Stripe } from "stripe";
import { succeeds } from "./harness/answers.ts";
import { time, timeSince } from "./harness/expect.ts";
import { startLocalstripe, type Localstripe, type TestCard } from "./harness/localstripe.ts";
import { eventually } from "./harness/stripe/eventually.ts";
import { startSystem, type Row, type System, type Value } from "./harness/system.ts";
import { World, type Person } from "./harness/world.ts";

const SECRET = "whsec_that_localstripe_signs_with";
/** What never comes fails its test instead of holding up the run. */
const LIMIT = { timeout: 60_000 };
const PRICES = [["professional", "month", 19_900], ["starter", "year", 108_900]] as const;

let localstripe: Localstripe;
let system: System;
let world: World;
before(async () => {
  localstripe = await startLocalstripe();
  system = await startSystem({ bindings: { ...localstripe.settings(), STRIPE_WEBHOOK_SECRET: SECRET }, scheduled: true });
  world = new World(system);
  for (const [plan, interval, amount] of PRICES) {
    const { id } = await localstripe.plan({ id: `${plan}_${interval}`, amount, interval });
    await system.sql("INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES (?, ?, ?, 1)", id, plan, interval);
  }
  await localstripe.registerWebhook(`${system.url}/functions/v1/billing/webhook`, SECRET);
});
after(async () => {
  await localstripe?.close();
  await system?.close();
});

interface Payer extends Person {
  customer: string;
}

async function payer(card: TestCard = "pm_card_visa"): Promise<Payer> {
  const person = await world.individual();
  const { id: customer } = await localstripe.customer({ email: person.email, metadata: { organization_id: person.organizationId } }, card);
  await system.sql("INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES (?, ?, ?)", person.organizationId, customer, Date.now());
  return { ...person, customer };
}

/** The first row, once there is one. */
const row = (what: string, query: string, ...values: Value[]): Promise<Row> => eventually(what, async () => (await system.sql(query, ...values))[0]);
const held = ({ organizationId }: Person): Promise<Row> => row("a plan", "SELECT * FROM org_subscriptions WHERE organization_id = ?", organizationId);
const history = ({ token }: Person) => system.call("billing", { method: "GET", path: "/history", token });

/** Waits for the message of this type about an organization, and gives how it was taken. */
const arrived = ({ organizationId }: Person, type: string): Promise<Row> =>
  row(`${type} of ${organizationId}`, "SELECT outcome, payload FROM webhook_inbox WHERE organization_id = ? AND event_type = ?", organizationId, type);
const APPLIED = { outcome: "applied", payload: null };

/** localstripe has the periods of an API of 2018, which the official package has no types for. */
const periodOf = (subscription: Stripe.Subscription): { start: number; end: number } => {
  const { current_period_start: start, current_period_end: end } = subscription as unknown as { current_period_start: number; current_period_end: number };
  return { start: start * 1_000, end: end * 1_000 };
};

const RUNNING = {
  features: true, read: true, billing: true, until: null, warning: null, canCheckout: false, canChangePlan: true, canRevokeChange: false, canCancel: true,
  canResume: false,
};

describe("a subscription made at localstripe", LIMIT, () => {
  for (const [plan, interval, amount] of PRICES) {
    it(`is the plan ${plan} by the ${interval}, its period and its invoice`, async () => {
      // given
      const ada = await payer();
      // when
      const asked = Math.floor(Date.now() / 1_000) * 1_000;
      const subscription = await localstripe.subscription(ada.customer, `${plan}_${interval}`);
      assert.equal(subscription.status, "active");
      // then
      assert.deepEqual(await arrived(ada, "customer.subscription.created"), APPLIED);
      assert.deepEqual(await arrived(ada, "invoice.created"), APPLIED);
      const { start, end } = periodOf(subscription);
      const invoice = await localstripe.client.invoices.retrieve(String(subscription.latest_invoice));
      succeeds(await history(ada), 200, {
        subscription: {
          plan, planName: plan === "starter" ? "Starter" : "Professional", status: "active", interval, amountCents: amount, currency: "usd",
          currentPeriodStart: time(start), currentPeriodEnd: time(end), trialEndsAt: null, pastDueSince: null, cancelAt: null, pendingChange: null, addOns: [],
          isPaidThroughStripe: true, allows: RUNNING,
        },
        invoices: [{
          id: invoice.id, number: invoice.number ?? null, status: "paid", reason: invoice.billing_reason, currency: "usd", subtotalCents: amount, totalCents: amount,
          dueCents: amount, paidCents: amount, refundedCents: 0, attempts: invoice.attempt_count, hostedUrl: invoice.hosted_invoice_url ?? null,
          pdfUrl: invoice.invoice_pdf ?? null, periodStart: time(start), periodEnd: time(end), createdAt: timeSince(asked), paidAt: timeSince(asked), disputes: [],
        }],
        otherRefunds: [], otherDisputes: [], periods: [], next: null,
      });
    });
  }

  it("that is cancelled at once ends the plan, and both messages were taken once", async () => {
    const ada = await payer();
    const { id } = await localstripe.subscription(ada.customer, "professional_month");
    await arrived(ada, "customer.subscription.created");
    await localstripe.client.subscriptions.cancel(id);
    assert.deepEqual(await arrived(ada, "customer.subscription.deleted"), APPLIED);
    const { plan_id, status, stripe_subscription_id, cancel_at } = await held(ada);
    assert.deepEqual({ plan_id, status, stripe_subscription_id, cancel_at },
      { plan_id: "professional", status: "canceled", stripe_subscription_id: id, cancel_at: null });
    const audit = await system.sql("SELECT action, target_id FROM audit_events WHERE organization_id = ? AND target_id = ? ORDER BY action", ada.organizationId, id);
    assert.deepEqual(audit, ["subscription.canceled", "subscription.created"].map((action) => ({ action, target_id: id })));
  });

  it("whose card is refused takes nothing away", async () => {
    const ada = await payer("pm_card_chargeCustomerFail");
    const trial = await held(ada);
    const subscription = await localstripe.subscription(ada.customer, "professional_month");
    assert.equal(subscription.status, "incomplete");
    assert.deepEqual(await arrived(ada, "customer.subscription.created"), APPLIED);
    assert.deepEqual(await held(ada), trial);
    const kept = await system.sql("SELECT stripe_subscription_id, status FROM billing_subscriptions WHERE organization_id = ?", ada.organizationId);
    assert.deepEqual(kept, [{ stripe_subscription_id: subscription.id, status: "incomplete" }]);
  });

  it("of a customer whom nobody knows is kept for the operator, and events that are not ours are only recorded", async () => {
    const { id: customer } = await localstripe.customer();
    const { id } = await localstripe.subscription(customer, "starter_year");
    const kept = await row("the message", "SELECT outcome, organization_id, payload FROM webhook_inbox WHERE event_type = 'customer.subscription.created' AND payload LIKE ?", `%${id}%`);
    assert.deepEqual([kept["outcome"], kept["organization_id"]], ["unknown_customer", null]);
    const ignored = await row("an event that is not ours", "SELECT outcome, payload FROM webhook_inbox WHERE event_type = 'customer.created'");
    assert.deepEqual(ignored, { outcome: "ignored", payload: null });
  });
});

describe("overage at localstripe", LIMIT, () => {
  const outcomeOf = async (job: string): Promise<unknown> => ((await system.tick(`job:${job}`)) as unknown as { outcome: string }[])[0]?.outcome;
  const DAY = 86_400_000;

  it("is an item on the next invoice, once, also where the close is run again and its answers were lost", async () => {
    // given: a period that ended two days ago
    const ada = await payer();
    await localstripe.subscription(ada.customer, "professional_month");
    await arrived(ada, "customer.subscription.created");
    const end = Date.now() - 2 * DAY;
    const start = end - 30 * DAY;
    for (const [feature, quantity, cents] of [["minutes", 130, 100], ["calls", 3, 5_050]] as const) {
      await system.sql(`INSERT INTO usage_counters (organization_id, feature, period_start, quantity, overage_cents, changes, period_end, plan_id)
VALUES (?, ?, ?, ?, ?, 1, ?, 'professional')`, ada.organizationId, feature, start, quantity, cents, end);
    }
    // when
    const items = async () => (await localstripe.client.invoiceItems.list({ customer: ada.customer })).data;
    for (let run = 0; run < 3; run += 1) {
      assert.equal(await outcomeOf("close_periods"), "done");
      assert.equal(await outcomeOf("bill_overage"), "done");
      // As if the answers had not been heard: localstripe ignores idempotency keys, so only the items' marks tell.
      if (run < 2) await system.sql(`UPDATE usage_summaries SET state = 'billing', stripe_invoice_item_id = NULL, billed_at = NULL WHERE organization_id = ?`, ada.organizationId);
    }
    // then
    assert.deepEqual((await items()).map(({ amount, metadata }) => [amount, metadata?.["tallygate_line"]]).sort(), [
      [100, `${ada.organizationId}:minutes:${start}:0`], [5_050, `${ada.organizationId}:calls:${start}:0`],
    ].sort());
    // and: the invoice that takes them is known by its message
    const invoice = await localstripe.client.invoices.create({ customer: ada.customer });
    assert.deepEqual(await items(), []);
    const linked = await eventually("the invoice", async () => {
      const { body } = await history(ada);
      const periods = body["periods"] as { totalCents: number; lines: { invoice: string | null }[] }[];
      return periods[0]?.lines.every((line) => line.invoice !== null) ? periods : undefined;
    });
    assert.deepEqual(linked.map(({ totalCents, lines }) => [totalCents, lines.map((line) => line.invoice)]), [[5_150, [invoice.id, invoice.id]]]);
  });
});
