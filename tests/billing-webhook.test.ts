// What Stripe says, signed by its official package, becomes the organization's plan and its billing history.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Stripe } from "stripe";
import { succeeds } from "./harness/answers.ts";
import { time, type Expected } from "./harness/expect.ts";
import { itemOf } from "./harness/stripe/account.ts";
import { eventually } from "./harness/stripe/eventually.ts";
import { lasting, shownInvoice, shownSubscription, subscriptionRow } from "./harness/stripe/kept.ts";
import { Shop, type Payer } from "./harness/shop.ts";
import type { Json, Row } from "./harness/system.ts";

const DAY = 86_400;
const PROFESSIONAL: [string, string] = ["professional", "Professional"];

let shop: Shop;
before(async () => { shop = await Shop.open(); });
after(() => shop.close());

const buy = (payer: Payer, more: { price?: string; trialDays?: number; paid?: boolean } = {}): Stripe.Subscription =>
  shop.stripe.subscription({ customer: payer.customer, price: "price_professional_month", ...more });
const inboxOf = (event: Stripe.Event): Promise<Row[]> => shop.system.sql("SELECT * FROM webhook_inbox WHERE event_id = ?", event.id);
const heldBy = (organizationId: string): Promise<Row[]> => shop.system.sql("SELECT * FROM org_subscriptions WHERE organization_id = ?", organizationId);
const auditOf = (organizationId: string): Promise<Row[]> =>
  shop.system.sql("SELECT actor_id, action, target_id, details FROM audit_events WHERE organization_id = ?", organizationId);

/** The one event of a type among what was just told. */
function only(events: readonly Stripe.Event[], type: Stripe.Event["type"]): Stripe.Event {
  const found = events.filter((event) => event.type === type);
  assert.equal(found.length, 1, `${found.length} of ${type}`);
  return found[0] ?? assert.fail();
}

/** What was told of one subscription. */
const toldOf = (subscription: Stripe.Subscription): Stripe.Event[] =>
  shop.stripe.events.filter(({ data: { object } }) =>
    ("id" in object && object.id === subscription.id) || (object.object === "invoice" && object.parent?.subscription_details?.subscription === subscription.id));

/** What happened at Stripe, of which one message arrives. */
interface Happened {
  event: Stripe.Event;
  subscription: Stripe.Subscription;
  /** What arrived before it. */
  earlier?: Stripe.Event[];
  /** What the history must show of invoices. */
  invoices?: { [name: string]: Expected }[];
  /** What the state allows, where it is not what an active subscription allows. */
  allows?: { [name: string]: Expected };
}

const latest = (subscription: Stripe.Subscription, refundedCents = 0) => [shownInvoice(shop.stripe.latestInvoice(subscription.id), refundedCents)];

/** A renewal that the card refused; it is a month ahead, and the catalog grants no days of grace after that. */
function refusedRenewal(payer: Payer) {
  const subscription = buy(payer);
  const events = shop.stripe.renew(subscription.id, { paid: false });
  const since = shop.stripe.latestInvoice(subscription.id).status_transitions.finalized_at ?? assert.fail();
  return { subscription, events, allows: { until: time(since * 1_000), warning: "payment_failed", canChangePlan: false } };
}

/** What whoever listens is told of, where the history calls it otherwise; null: the scheduler tells it. */
const TOLD: Record<string, string | null> = {
  "subscription.created": "user.subscribed", "subscription.paused": "subscription.updated", "subscription.resumed": "subscription.updated",
  "subscription.trial_will_end": null, "payment.succeeded": "invoice.paid", "payment.failed": "invoice.payment_failed",
};

/** For each type: our own word for it, and how it comes about. */
const TYPES: [Stripe.Event["type"], string | undefined, (payer: Payer) => Promise<Happened> | Happened][] = [
  ["checkout.session.completed", "checkout.completed", async ({ customer }) => {
    const session = await shop.stripe.client().checkout.sessions.create({
      mode: "subscription", customer, line_items: [{ price: "price_professional_month", quantity: 1 }], success_url: "https://app.example/paid",
    });
    const event = only(shop.stripe.completeCheckout(session.id), "checkout.session.completed");
    return { event, subscription: shop.stripe.account.subscription(String(shop.stripe.account.session(session.id).subscription)) };
  }],
  ["customer.subscription.created", "subscription.created", (payer) => {
    const subscription = buy(payer);
    return { subscription, event: only(toldOf(subscription), "customer.subscription.created") };
  }],
  ["customer.subscription.updated", "subscription.updated", (payer) => {
    const subscription = buy(payer);
    return { subscription, event: only(toldOf(subscription), "customer.subscription.updated") };
  }],
  ["customer.subscription.deleted", "subscription.canceled", (payer) => {
    const subscription = buy(payer);
    const event = only(shop.stripe.cancelNow(subscription.id), "customer.subscription.deleted");
    return { subscription, event, allows: { features: false, warning: "canceled", canCheckout: true, canChangePlan: false, canCancel: false } };
  }],
  ["customer.subscription.trial_will_end", "subscription.trial_will_end", (payer) => {
    const subscription = buy(payer, { trialDays: 3 });
    const event = only(shop.stripe.trialWillEnd(subscription.id), "customer.subscription.trial_will_end");
    return { subscription, event, allows: { until: time((subscription.trial_end ?? 0) * 1_000), warning: "trial_ending" } };
  }],
  ["customer.subscription.paused", "subscription.paused", (payer) => {
    const subscription = buy(payer);
    const event = only(shop.stripe.pause(subscription.id), "customer.subscription.paused");
    return { subscription, event, allows: { features: false, warning: "paused", canChangePlan: false } };
  }],
  ["customer.subscription.resumed", "subscription.resumed", (payer) => {
    const subscription = buy(payer);
    const earlier = [only(shop.stripe.pause(subscription.id), "customer.subscription.paused")];
    return { subscription, earlier, event: only(shop.stripe.resume(subscription.id), "customer.subscription.resumed") };
  }],
  ["invoice.created", undefined, (payer) => {
    const subscription = buy(payer);
    return { subscription, event: only(toldOf(subscription), "invoice.created"), invoices: latest(subscription) };
  }],
  ["invoice.finalized", "invoice.finalized", (payer) => {
    const subscription = buy(payer);
    return { subscription, event: only(toldOf(subscription), "invoice.finalized"), invoices: latest(subscription) };
  }],
  ["invoice.paid", "payment.succeeded", (payer) => {
    const subscription = buy(payer);
    return { subscription, event: only(toldOf(subscription), "invoice.paid"), invoices: latest(subscription) };
  }],
  ["invoice.payment_failed", "payment.failed", (payer) => {
    const { subscription, events, allows } = refusedRenewal(payer);
    return { subscription, event: only(events, "invoice.payment_failed"), allows, invoices: latest(subscription) };
  }],
  ["invoice.voided", "invoice.voided", (payer) => {
    const { subscription, allows } = refusedRenewal(payer);
    const event = only(shop.stripe.voidInvoice(shop.stripe.latestInvoice(subscription.id).id), "invoice.voided");
    return { subscription, event, allows, invoices: latest(subscription) };
  }],
  ["charge.refunded", "payment.refunded", (payer) => {
    const subscription = buy(payer);
    const charge = shop.stripe.chargeOf(shop.stripe.latestInvoice(subscription.id).id);
    const event = only(shop.stripe.refund(charge.id, 4_000), "charge.refunded");
    return { subscription, event, earlier: [only(toldOf(subscription), "invoice.paid")], invoices: latest(subscription, 4_000) };
  }],
];

describe("each type of event", () => {
  for (const [type, action, happen] of TYPES) {
    it(`${type} becomes ${action ?? "a row"}`, async () => {
      // given
      const payer = await shop.payer();
      const { event, subscription, earlier = [], invoices = [], allows } = await happen(payer);
      for (const one of earlier) assert.equal((await shop.deliver(one)).body["outcome"], "applied");
      const audited = (await auditOf(payer.organizationId)).length;
      // when
      const asked = Date.now();
      const reply = await shop.deliver(event);
      // then
      succeeds(reply, 200, { eventId: event.id, outcome: "applied", duplicate: false });
      assert.equal(reply.cost?.batches, 1);
      const [{ received_at: receivedAt, request_id: request, ...taken } = {}] = await inboxOf(event);
      assert.ok(Number(receivedAt) >= asked && request !== null);
      assert.deepEqual(taken, {
        provider: "stripe", event_id: event.id, event_type: type, outcome: "applied", organization_id: payer.organizationId, payload: null,
        happened_at: event.created * 1_000,
      });
      const { account } = shop.stripe;
      assert.deepEqual(lasting(await shop.system.sql("SELECT * FROM billing_subscriptions WHERE organization_id = ?", payer.organizationId)),
        [subscriptionRow(account, payer.organizationId, subscription.id)]);
      succeeds(await shop.history(payer), 200, {
        subscription: shownSubscription(account, subscription.id, PROFESSIONAL, allows), invoices, otherRefunds: [], otherDisputes: [], periods: [], next: null,
      });
      const target = "id" in event.data.object ? event.data.object.id : undefined;
      const details = JSON.stringify({ stripeEvent: event.id });
      const audit = (await auditOf(payer.organizationId)).slice(audited);
      assert.deepEqual(audit, action === undefined ? [] : [{ actor_id: "stripe", action, target_id: target, details }]);
      const outbox = await shop.system.sql("SELECT event_type, target_id FROM outbox WHERE organization_id = ? AND payload LIKE ?", payer.organizationId, `%"${event.id}"%`);
      const told = action === undefined ? null : action in TOLD ? TOLD[action] : action;
      assert.deepEqual(outbox, told === null ? [] : [{ event_type: told, target_id: target }]);
    });
  }

  it("charge.dispute.created and .closed are told to the payer's organization, with what is at stake", async () => {
    const payer = await shop.payer();
    const subscription = buy(payer);
    const charge = shop.stripe.chargeOf(shop.stripe.latestInvoice(subscription.id).id);
    const held = await heldBy(payer.organizationId);
    for (const [type, action, status] of [
      ["charge.dispute.created", "payment.disputed", "needs_response"], ["charge.dispute.closed", "payment.dispute_closed", "lost"],
    ] as const) {
      const dispute = { id: `dp_${charge.id}`, object: "dispute", charge: charge.id, amount: 1_900, currency: "usd", reason: "fraudulent", status };
      const event = shop.stripe.event(type, dispute as unknown as Stripe.Dispute);
      succeeds(await shop.deliver(event), 200, { eventId: event.id, outcome: "applied", duplicate: false });
      const told = await shop.system.sql("SELECT target_id, payload FROM outbox WHERE organization_id = ? AND event_type = ?", payer.organizationId, action);
      assert.deepEqual(told.map(({ target_id: target, payload }) => [target, (JSON.parse(String(payload)) as { details: unknown }).details]), [[dispute.id, {
        stripeEvent: event.id, charge: charge.id, amount: 1_900, currency: "usd", reason: "fraudulent", status,
      }]]);
    }
    assert.deepEqual(await heldBy(payer.organizationId), held, "what follows is for people to decide");
    const disputes = await shop.system.sql("SELECT stripe_dispute_id, stripe_invoice_id, disputed_cents, status FROM billing_disputes WHERE organization_id = ?", payer.organizationId);
    assert.deepEqual(disputes, [{
      stripe_dispute_id: `dp_${charge.id}`, stripe_invoice_id: shop.stripe.latestInvoice(subscription.id).id, disputed_cents: 1_900, status: "lost",
    }]);
  });

  it("customer.updated takes the address that the payer gave in the portal", async () => {
    const payer = await shop.payer();
    const client = shop.stripe.client();
    const addressOf = async () => (await shop.system.sql("SELECT billing_email FROM organizations WHERE id = ?", payer.organizationId))[0]?.["billing_email"];
    for (const email of ["books@example.com", "Else@Example.com"]) {
      await client.customers.update(payer.customer, { email });
      const event = shop.stripe.events.filter(({ type }) => type === "customer.updated").at(-1) ?? assert.fail();
      succeeds(await shop.deliver(event), 200, { eventId: event.id, outcome: "applied", duplicate: false });
      assert.equal(await addressOf(), email.toLowerCase());
      succeeds(await shop.system.unchanged(() => shop.deliver(event)), 200, { eventId: event.id, outcome: "applied", duplicate: true });
    }
    const audit = (await auditOf(payer.organizationId)).filter(({ action }) => action === "organization.billing_email_changed");
    assert.equal(audit.length, 2);
  });

  it("that is of no use to us is acknowledged and recorded, and Stripe is not asked", async () => {
    const event = shop.stripe.productUpdated();
    const requests = shop.stripe.requests.length;
    const reply = await shop.deliver(event);
    succeeds(reply, 200, { eventId: event.id, outcome: "ignored", duplicate: false });
    assert.equal(reply.cost?.batches, 1);
    assert.equal(shop.stripe.requests.length, requests);
    const rows = (await inboxOf(event)).map(({ outcome, organization_id, payload }) => ({ outcome, organization_id, payload }));
    assert.deepEqual(rows, [{ outcome: "ignored", organization_id: null, payload: null }]);
    succeeds(await shop.system.unchanged(() => shop.deliver(event)), 200, { eventId: event.id, outcome: "ignored", duplicate: true });
  });

  it("is applied once: the same again changes nothing and costs one batch", async () => {
    const event = only(toldOf(buy(await shop.payer())), "customer.subscription.created");
    await shop.deliver(event);
    const again = await shop.system.unchanged(() => shop.deliver(event));
    succeeds(again, 200, { eventId: event.id, outcome: "applied", duplicate: true });
    assert.equal(again.cost?.batches, 1);
  });
});

describe("a purchase", () => {
  it("ends in Stripe's state when all its messages come, and turns the trial into the plan", async () => {
    const payer = await shop.payer();
    const subscription = buy(payer);
    for (const event of [...toldOf(subscription), ...shop.stripe.renew(subscription.id)]) assert.equal((await shop.deliver(event)).status, 200);
    const invoices = [...shop.stripe.account.invoices.values()].filter(({ customer }) => customer === payer.customer).reverse();
    succeeds(await shop.history(payer), 200, {
      subscription: shownSubscription(shop.stripe.account, subscription.id, PROFESSIONAL), invoices: invoices.map((one) => shownInvoice(one)),
      otherRefunds: [], otherDisputes: [], periods: [], next: null,
    });
  });

  it("whose first payment is refused leaves the trial as it is", async () => {
    const payer = await shop.payer();
    const trial = await heldBy(payer.organizationId);
    const subscription = buy(payer, { paid: false });
    for (const event of toldOf(subscription)) assert.equal((await shop.deliver(event)).body["outcome"], "applied");
    assert.equal(subscription.status, "incomplete");
    assert.deepEqual(await heldBy(payer.organizationId), trial);
  });

  it("of a team is the team's, and leaves its owner's own organization alone", async () => {
    const team = await shop.world.team({ status: "incomplete" });
    const own = await heldBy(team.owner.organizationId);
    const subscription = buy({ ...team.owner, customer: await shop.customer(team.id) }, { price: "price_enterprise_month" });
    for (const event of toldOf(subscription)) assert.equal((await shop.deliver(event)).body["outcome"], "applied");
    succeeds(await shop.history(team.owner), 200, {
      subscription: shownSubscription(shop.stripe.account, subscription.id, ["enterprise", "Enterprise"]), invoices: latest(subscription), otherRefunds: [],
      otherDisputes: [], periods: [], next: null,
    });
    assert.deepEqual(await heldBy(team.owner.organizationId), own);
  });

  it("that is cancelled shows when it ends, and a refund of what was no invoice is shown by itself", async () => {
    const payer = await shop.payer();
    const { id } = buy(payer);
    await shop.stripe.client().subscriptions.update(id, { cancel_at_period_end: true });
    const charge = { ...shop.stripe.chargeOf(shop.stripe.latestInvoice(id).id), id: `ch_${payer.customer}`, payment_intent: null, amount_refunded: 1_000 };
    for (const event of [shop.stripe.event("charge.refunded", charge), ...shop.stripe.events.slice(-2)]) await shop.deliver(event);
    const end = itemOf(shop.stripe.account.subscription(id)).current_period_end * 1_000;
    succeeds(await shop.history(payer), 200, {
      subscription: shownSubscription(shop.stripe.account, id, PROFESSIONAL,
        { until: time(end), warning: "canceling", canChangePlan: false, canCancel: false, canResume: true }),
      invoices: [],
      otherRefunds: [{ chargeId: charge.id, currency: "usd", chargedCents: 19_900, refundedCents: 1_000, chargedAt: time(charge.created * 1_000) }],
      otherDisputes: [], periods: [], next: null,
    });
  });
});

describe("what cannot be applied", () => {
  /** Acknowledged, kept whole, reported in the log, and of no effect on the plan. */
  async function isKept(event: Stripe.Event, outcome: string, organizationId: string | null, cause: string): Promise<void> {
    const plan = organizationId === null ? [] : await heldBy(organizationId);
    succeeds(await shop.deliver(event), 200, { eventId: event.id, outcome, duplicate: false });
    const kept = (await inboxOf(event)).map(({ outcome, organization_id, payload }) => ({ outcome, organization_id, payload }));
    assert.deepEqual(kept.map(({ payload: _, ...rest }) => rest), [{ outcome, organization_id: organizationId }]);
    // What it was about, and nothing that names a person.
    const payload = JSON.parse(String(kept[0]?.["payload"])) as Stripe.Event;
    const about = event.data.object as Stripe.Subscription;
    const told = payload.data.object as Stripe.Subscription;
    const seen = ({ id, customer, status, items: { data: [item] } }: Stripe.Subscription) => [id, customer, status, item?.price.id, item?.price.unit_amount];
    assert.deepEqual([payload.id, payload.type, seen(told)], [event.id, event.type, seen(about)]);
    assert.equal(told.metadata, undefined);
    if (organizationId !== null) assert.deepEqual(await heldBy(organizationId), plan);
    const line = await eventually(`a line that says "${cause}"`, () => shop.system.log().find((one) => one.includes(cause)));
    const { function: name, action, status, code, cause: said } = JSON.parse(line) as Record<string, Json>;
    assert.deepEqual({ name, action, status, code, said }, { name: "billing", action: "webhook", status: 200, code: "ok", said: cause });
  }

  it("is a price that the catalog does not have, until it has it", async () => {
    const payer = await shop.payer();
    shop.stripe.price({ id: "price_of_last_year", amount: 15_000, interval: "month" });
    const subscription = buy(payer, { price: "price_of_last_year" });
    const event = only(toldOf(subscription), "customer.subscription.updated");
    await isKept(event, "unknown_price", payer.organizationId, `unknown_price: price_of_last_year of ${payer.customer}`);
    await shop.know("price_of_last_year", "professional", "month", false);
    succeeds(await shop.deliver(event), 200, { eventId: event.id, outcome: "applied", duplicate: false });
    assert.deepEqual((await inboxOf(event)).map(({ outcome, payload }) => [outcome, payload]), [["applied", null]]);
    succeeds(await shop.history(payer), 200, {
      subscription: shownSubscription(shop.stripe.account, subscription.id, PROFESSIONAL), invoices: [], otherRefunds: [], otherDisputes: [], periods: [], next: null,
    });
  });

  it("is a customer whom nobody knows, until somebody does", async () => {
    const { id: customer } = shop.stripe.customer();
    const subscription = shop.stripe.subscription({ customer, price: "price_starter_year" });
    const event = only(toldOf(subscription), "customer.subscription.created");
    await isKept(event, "unknown_customer", null, `unknown_customer: ${customer}`);
    const person = await shop.world.individual();
    await shop.own(person.organizationId, customer);
    succeeds(await shop.deliver(event), 200, { eventId: event.id, outcome: "applied", duplicate: false });
    const [held = {}] = await heldBy(person.organizationId);
    assert.deepEqual([held["plan_id"], held["billing_interval"], held["stripe_subscription_id"]], ["starter", "year", subscription.id]);
  });

  it("is a plan for teams that somebody bought for themselves", async () => {
    const payer = await shop.payer();
    const event = only(toldOf(buy(payer, { price: "price_enterprise_month" })), "customer.subscription.updated");
    await isKept(event, "wrong_audience", payer.organizationId, `wrong_audience: price_enterprise_month of ${payer.customer}`);
  });
});
