// The stand-in for Stripe is held to what Stripe's official client and package say of Stripe.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Stripe } from "stripe";
import { fetchOnce } from "../harness/reply.ts";
import { idOf, itemOf } from "../harness/stripe/account.ts";
import { ENDPOINTS } from "../harness/stripe/endpoints.ts";
import { monthsAfter, periodContaining, remainingShare } from "../harness/stripe/periods.ts";
import { published } from "../harness/stripe/published.ts";
import { startStripeStandIn, type StripeStandIn } from "../harness/stripe/stand-in.ts";

const DAY = 86_400;
/** What never answers fails its test instead of holding up the run. */
const LIMIT = { timeout: 30_000 };

let standIn: StripeStandIn;
let stripe: Stripe;
before(async () => {
  standIn = await startStripeStandIn();
  stripe = standIn.client();
  standIn.price({ id: "price_pro_month", amount: 10_000, interval: "month" });
  standIn.price({ id: "price_team_month", amount: 30_000, interval: "month" });
  standIn.price({ id: "price_pro_year", amount: 96_000, interval: "year" });
});
after(() => standIn.close());

const types = (events: readonly Stripe.Event[]) => events.map(({ type }) => type);
const checkoutOf = (customer: string): Stripe.Checkout.SessionCreateParams => ({
  mode: "subscription", customer, client_reference_id: "org-1", line_items: [{ price: "price_pro_month", quantity: 1 }],
  success_url: "https://app.example/paid", cancel_url: "https://app.example/pricing", allow_promotion_codes: true,
  subscription_data: { metadata: { organization_id: "org-1" } },
});
const subscribed = (more: { trialDays?: number; paid?: boolean; price?: string } = {}) =>
  standIn.subscription({ customer: standIn.customer().id, price: "price_pro_month", metadata: { organization_id: "org-1" }, ...more });

/** Stripe's error for what is refused. */
async function refused(work: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error = await work.then(() => assert.fail("it was accepted"), (thrown: unknown) => thrown);
  assert.ok(error instanceof Stripe.errors.StripeError, String(error));
  return error;
}

/** A raw request, for what the official client would never send. */
async function raw(path: string, { method = "POST", fields = "", headers = {} }: { method?: string; fields?: string; headers?: Record<string, string | undefined> } = {}) {
  const all = {
    authorization: `Bearer ${standIn.secretKey}`, "stripe-version": Stripe.API_VERSION, "idempotency-key": randomUUID(),
    "content-type": "application/x-www-form-urlencoded", ...headers,
  };
  const response = await fetchOnce(standIn.url + path, {
    method, headers: Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined)),
    body: method === "POST" ? fields : undefined,
  });
  const body = await response.json() as { id?: string; error?: { type: string; code?: string; param?: string; message: string } };
  return { status: response.status, headers: response.headers, body };
}

describe("a purchase", () => {
  it("goes from the customer over Checkout to an active subscription", async () => {
    const customer = await stripe.customers.create({ email: "ada@example.com", metadata: { organization_id: "org-1" } });
    const session = await stripe.checkout.sessions.create(checkoutOf(customer.id));
    assert.equal(session.status, "open");
    assert.match(session.url ?? "", /^https:\/\/checkout\.stripe\.com\//);

    const events = standIn.completeCheckout(session.id);

    assert.deepEqual(types(events), [
      "customer.subscription.created", "invoice.created", "invoice.finalized", "invoice.paid", "customer.subscription.updated", "checkout.session.completed",
    ]);
    const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription.latest_invoice.payments"] });
    const subscription = paid.subscription as Stripe.Subscription;
    assert.deepEqual([paid.payment_status, subscription.status, subscription.metadata], ["paid", "active", { organization_id: "org-1" }]);
    const { current_period_start: start, current_period_end: end } = itemOf(subscription);
    assert.equal(end, monthsAfter(start, 1));
    const invoice = subscription.latest_invoice as Stripe.Invoice;
    assert.deepEqual([invoice.status, invoice.amount_paid, invoice.billing_reason], ["paid", 10_000, "subscription_create"]);
    assert.equal(invoice.parent?.subscription_details?.subscription, subscription.id);
    assert.equal(invoice.payments?.data[0]?.status, "paid");
  });

  it("keeps a trial that was promised, and charges nothing for it", async () => {
    const trialEnd = Math.floor(Date.now() / 1_000) + 7 * DAY;
    const customer = standIn.customer();
    const session = await stripe.checkout.sessions.create({ ...checkoutOf(customer.id), subscription_data: { trial_end: trialEnd } });

    const events = standIn.completeCheckout(session.id);

    assert.equal(standIn.account.session(session.id).payment_status, "no_payment_required");
    const subscription = await stripe.subscriptions.retrieve(idOf(standIn.account.session(session.id).subscription));
    assert.deepEqual([subscription.status, subscription.trial_end, itemOf(subscription).current_period_end], ["trialing", trialEnd, trialEnd]);
    assert.equal(types(events).includes("customer.subscription.updated"), false);
    const error = await refused(stripe.checkout.sessions.create({ ...checkoutOf(customer.id), subscription_data: { trial_end: trialEnd - 6 * DAY } }));
    assert.equal(error.param, "subscription_data[trial_end]");
  });

  it("opens the portal", async () => {
    const customer = standIn.customer();

    const portal = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: "https://app.example/billing" });

    assert.match(portal.url, /^https:\/\/billing\.stripe\.com\//);
    assert.deepEqual([portal.customer, portal.return_url], [customer.id, "https://app.example/billing"]);
  });
});

describe("a change of price", () => {
  it("upgrades at once: of 10000 to 30000 cents with half the period left, a credit of 5000 and a charge of 15000", async () => {
    const subscription = subscribed();
    const item = itemOf(subscription);
    const half = (item.current_period_start + item.current_period_end) / 2;
    const change = { items: [{ id: item.id, price: "price_team_month" }], proration_behavior: "always_invoice" as const, proration_date: half };

    const preview = await stripe.invoices.createPreview({ subscription: subscription.id, subscription_details: change });
    const changed = await stripe.subscriptions.update(subscription.id, { ...change, payment_behavior: "error_if_incomplete" });

    assert.deepEqual(preview.lines.data.map(({ amount }) => amount), [-5_000, 15_000]);
    assert.deepEqual([preview.amount_due, preview.parent?.subscription_details?.subscription_proration_date], [10_000, half]);
    assert.deepEqual([itemOf(changed).price.id, itemOf(changed).id, itemOf(changed).current_period_end], ["price_team_month", item.id, item.current_period_end]);
    const invoice = await stripe.invoices.retrieve(idOf(changed.latest_invoice));
    assert.deepEqual([invoice.total, invoice.status, invoice.billing_reason], [10_000, "paid", "subscription_update"]);
  });

  it("changes nothing when the card refuses the upgrade", async () => {
    const subscription = subscribed();
    const events = standIn.events.length;
    standIn.declineNext();

    const error = await refused(stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription).id, price: "price_team_month" }], proration_behavior: "always_invoice", payment_behavior: "error_if_incomplete",
    }));

    assert.ok(error instanceof Stripe.errors.StripeCardError);
    assert.deepEqual([error.statusCode, error.code], [402, "card_declined"]);
    assert.deepEqual(await stripe.subscriptions.retrieve(subscription.id).then(({ lastResponse: _, ...rest }) => rest.latest_invoice), subscription.latest_invoice);
    assert.equal(standIn.events.length, events);
  });

  it("changes first and then owes, where the request lets a payment be incomplete", async () => {
    const subscription = subscribed();
    standIn.declineNext();

    const changed = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription).id, price: "price_team_month" }], proration_behavior: "always_invoice",
    });

    assert.deepEqual([changed.status, itemOf(changed).price.id, standIn.latestInvoice(subscription.id).status], ["past_due", "price_team_month", "open"]);
  });

  it("keeps what a cheaper price gives back as credit for the next invoice", async () => {
    const subscription = subscribed({ price: "price_team_month" });
    const { id, current_period_start: start } = itemOf(subscription);

    await stripe.subscriptions.update(subscription.id, {
      items: [{ id, price: "price_pro_month" }], proration_behavior: "always_invoice", proration_date: start,
    });
    const credit = (await stripe.customers.retrieve(idOf(subscription.customer)) as Stripe.Customer).balance;
    standIn.renew(subscription.id);

    const next = standIn.latestInvoice(subscription.id);
    assert.deepEqual([credit, next.starting_balance, next.amount_due, next.ending_balance], [-20_000, -20_000, 0, -10_000]);
  });

  it("begins a new period when the interval changes", async () => {
    const subscription = subscribed();

    const changed = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription).id, price: "price_pro_year" }], proration_behavior: "always_invoice",
    });

    const { current_period_start: start, current_period_end: end } = itemOf(changed);
    assert.equal(end, monthsAfter(start, 12));
    assert.equal(standIn.latestInvoice(subscription.id).total, 86_000);
  });

  it("keeps prorations for the next invoice where none is asked for now", async () => {
    const subscription = subscribed();
    const { id, current_period_start: start } = itemOf(subscription);
    await stripe.subscriptions.update(subscription.id, { items: [{ id, price: "price_team_month" }], proration_date: start });

    standIn.renew(subscription.id);

    assert.deepEqual(standIn.latestInvoice(subscription.id).lines.data.map(({ amount }) => amount), [-10_000, 30_000, 30_000]);
  });

  it("downgrades at the period's end by a schedule, which can be released before", async () => {
    const subscription = subscribed({ price: "price_team_month" });
    const { current_period_start: start, current_period_end: end } = itemOf(subscription);
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    const phases = [
      { start_date: start, end_date: end, items: [{ price: "price_team_month", quantity: 1 }] },
      { start_date: end, items: [{ price: "price_pro_month", quantity: 1 }], duration: { interval: "month", interval_count: 1 } },
    ] satisfies Stripe.SubscriptionScheduleUpdateParams.Phase[];
    const planned = await stripe.subscriptionSchedules.update(schedule.id, { end_behavior: "release", phases });
    assert.deepEqual(planned.phases.map((phase) => phase.items[0]?.price), ["price_team_month", "price_pro_month"]);
    assert.equal((await stripe.subscriptions.retrieve(subscription.id)).schedule, schedule.id);
    const error = await refused(stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true }));
    assert.match(error.message, /managed by the subscription schedule/);

    const released = await stripe.subscriptionSchedules.release(schedule.id);
    assert.deepEqual([released.status, released.released_subscription, released.subscription], ["released", subscription.id, null]);
    assert.equal((await stripe.subscriptions.retrieve(subscription.id)).schedule, null);

    const again = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    await stripe.subscriptionSchedules.update(again.id, { end_behavior: "release", phases });
    const events = standIn.applySchedule(subscription.id);
    assert.deepEqual(types(events), ["customer.subscription.updated", "invoice.created", "invoice.finalized", "invoice.paid"]);
    const after = await stripe.subscriptions.retrieve(subscription.id);
    assert.deepEqual([itemOf(after).price.id, itemOf(after).current_period_start], ["price_pro_month", end]);
    assert.equal(standIn.latestInvoice(subscription.id).total, 10_000);
    standIn.renew(subscription.id);
    assert.equal((await stripe.subscriptions.retrieve(subscription.id)).schedule, null, "it is released after its last phase");
  });

  it("refuses phases that leave a gap or move the one that runs", async () => {
    const subscription = subscribed();
    const { current_period_start: start, current_period_end: end } = itemOf(subscription);
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    const items = [{ price: "price_pro_month" }];

    for (const phases of [
      [{ items, end_date: end }],
      [{ items, start_date: start + 1, end_date: end }],
      [{ items, start_date: start, end_date: end }, { items, start_date: end + 1 }],
      [{ items, start_date: start }, { items }],
    ]) {
      assert.equal((await refused(stripe.subscriptionSchedules.update(schedule.id, { phases }))).statusCode, 400, JSON.stringify(phases));
    }
    assert.equal((await refused(stripe.subscriptionSchedules.create({ from_subscription: subscription.id }))).statusCode, 400);
  });
});

describe("a subscription's life", () => {
  it("is cancelled at the period's end, taken back, cancelled again and then over", async () => {
    const { id } = subscribed();
    const cancelled = await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    assert.deepEqual([cancelled.cancel_at_period_end, cancelled.cancel_at], [true, itemOf(cancelled).current_period_end]);
    const resumed = await stripe.subscriptions.update(id, { cancel_at_period_end: false });
    assert.deepEqual([resumed.cancel_at_period_end, resumed.cancel_at, resumed.canceled_at], [false, null, null]);
    await stripe.subscriptions.update(id, { cancel_at_period_end: true });

    const events = standIn.renew(id);

    assert.deepEqual(types(events), ["customer.subscription.deleted"]);
    assert.equal((await stripe.subscriptions.retrieve(id)).status, "canceled");
    const error = await refused(stripe.subscriptions.cancel(id));
    assert.deepEqual([error.statusCode, error.code], [404, "resource_missing"]);
  });

  it("falls behind when a renewal is refused, and recovers when it is paid", async () => {
    const { id } = subscribed();

    const refusal = standIn.renew(id, { paid: false });
    const again = standIn.failPayment(id);
    const payment = standIn.payInvoice(standIn.latestInvoice(id).id);

    assert.deepEqual(types(refusal), [
      "customer.subscription.updated", "invoice.created", "invoice.finalized", "invoice.payment_failed", "customer.subscription.updated",
    ]);
    assert.deepEqual(types(again), ["invoice.payment_failed"]);
    assert.deepEqual(types(payment), ["invoice.paid", "customer.subscription.updated"]);
    assert.equal((await stripe.subscriptions.retrieve(id)).status, "active");
    assert.equal(standIn.latestInvoice(id).attempt_count, 3);
  });

  it("ends unpaid or canceled, as the account's settings say", () => {
    for (const then of ["unpaid", "canceled"] as const) {
      const { id } = subscribed();
      standIn.renew(id, { paid: false });

      standIn.failPayment(id, { then });

      assert.equal(standIn.account.subscription(id).status, then);
    }
  });

  it("comes to the end of a trial, with a card, without, and with one that is refused", () => {
    const paid = subscribed({ trialDays: 14 }).id;
    assert.deepEqual(types(standIn.trialWillEnd(paid)), ["customer.subscription.trial_will_end"]);
    assert.deepEqual(types(standIn.endTrial(paid)), ["customer.subscription.updated", "invoice.created", "invoice.finalized", "invoice.paid"]);
    const refusal = subscribed({ trialDays: 14 }).id;
    standIn.endTrial(refusal, { paid: false });
    const without = subscribed({ trialDays: 14 }).id;
    standIn.endTrial(without, { card: false });
    assert.deepEqual([paid, refusal, without].map((id) => standIn.account.subscription(id).status), ["active", "past_due", "past_due"]);
  });

  it("is paused and resumed, and its open invoice voided", () => {
    const { id } = subscribed();
    assert.deepEqual(types(standIn.pause(id)), ["customer.subscription.updated", "customer.subscription.paused"]);
    assert.deepEqual(types(standIn.resume(id)).slice(0, 2), ["customer.subscription.updated", "customer.subscription.resumed"]);
    standIn.renew(id, { paid: false });
    assert.deepEqual(types(standIn.voidInvoice(standIn.latestInvoice(id).id)), ["invoice.voided"]);
  });

  it("gives a charge back in parts, whose invoice is found by the payment", async () => {
    const { id } = subscribed();
    const invoice = standIn.latestInvoice(id);
    const charge = standIn.chargeOf(invoice.id);

    const [part] = standIn.refund(charge.id, 4_000);
    const [rest] = standIn.refund(charge.id);

    assert.ok(part?.type === "charge.refunded" && rest?.type === "charge.refunded");
    assert.deepEqual([part.data.object.amount_refunded, part.data.object.refunded], [4_000, false]);
    assert.deepEqual([rest.data.object.amount_refunded, rest.data.object.refunded], [10_000, true]);
    const payments = await stripe.invoicePayments.list({ payment: { type: "payment_intent", payment_intent: idOf(charge.payment_intent) } });
    assert.deepEqual(payments.data.map((payment) => payment.invoice), [invoice.id]);
  });
});

describe("what is not in order", () => {
  it("names a field that Stripe does not have, cannot read, or misses", async () => {
    const customer = standIn.customer().id;
    const cases: [string, string, { code?: string; param: string }][] = [
      ["/v1/customers", "emial=a", { code: "parameter_unknown", param: "emial" }],
      ["/v1/checkout/sessions", `mode=subscription&customer=${customer}&line_items[0][prise]=x`, { code: "parameter_unknown", param: "line_items[0][prise]" }],
      ["/v1/checkout/sessions", `mode=abonnement&customer=${customer}`, { param: "mode" }],
      ["/v1/checkout/sessions", "line_items[0][quantity]=one", { code: "parameter_invalid_integer", param: "line_items[0][quantity]" }],
      ["/v1/checkout/sessions", "allow_promotion_codes=yes", { param: "allow_promotion_codes" }],
      ["/v1/checkout/sessions", "customer=", { code: "parameter_invalid_empty", param: "customer" }],
      ["/v1/checkout/sessions", "mode=subscription&success_url=https://a.example", { code: "parameter_missing", param: "line_items" }],
      ["/v1/checkout/sessions", `mode=subscription&success_url=https://a.example&line_items[0][price]=price_of_nobody&line_items[0][quantity]=1`, { code: "resource_missing", param: "line_items[0][price]" }],
      ["/v1/billing_portal/sessions", "return_url=https://a.example", { code: "parameter_missing", param: "customer" }],
      ["/v1/subscription_schedules", "from_subscription=sub_of_nobody", { code: "resource_missing", param: "from_subscription" }],
    ];
    for (const [path, fields, { code, param }] of cases) {
      const { status, body } = await raw(path, { fields });
      assert.deepEqual([status, body.error?.type, body.error?.code, body.error?.param], [400, "invalid_request_error", code, param], fields);
    }
  });

  it("says so where Stripe would do what it does not", async () => {
    const { id } = subscribed();

    assert.equal((await raw(`/v1/subscriptions/${id}`, { fields: "transfer_data[destination]=acct_1" })).status, 501);
    assert.equal((await raw(`/v1/subscriptions/${id}`, { fields: "items[0][price]=price_team_month" })).status, 501, "a second item");
  });

  it("wants a key, the pinned version, a form and an idempotency key", async () => {
    const cases: [number, Record<string, string | undefined>][] = [
      [401, { authorization: undefined }],
      [401, { authorization: "Bearer sk_test_of_somebody_else" }],
      [400, { "stripe-version": undefined }],
      [400, { "stripe-version": "2024-06-20" }],
      [400, { "idempotency-key": undefined }],
      [400, { "idempotency-key": "k".repeat(256) }],
      [400, { "content-type": "application/json" }],
    ];
    for (const [status, headers] of cases) {
      const reply = await raw("/v1/customers", { headers });
      assert.deepEqual([reply.status, reply.body.error?.type], [status, "invalid_request_error"], JSON.stringify(headers));
    }
    assert.equal((await raw("/v1/elsewhere")).status, 404);
    assert.equal((await refused(stripe.customers.retrieve("cus_of_nobody"))).statusCode, 404);
  });

  it("has a published form for every endpoint, which knows every field that is modelled", () => {
    for (const { form, modelled, path } of ENDPOINTS) {
      const fields = published(...form);
      for (const name of modelled.filter((one) => one !== "*")) assert.ok(fields.has(name.replace(/\[.*/, "").replace("*", "")), `${path} ${name}`);
    }
  });
});

describe("idempotency", () => {
  it("makes one customer of 50 requests at once under one key", LIMIT, async () => {
    const key = randomUUID();
    const before = standIn.account.customers.size;

    const made = await Promise.all(Array.from({ length: 50 }, () => stripe.customers.create({ email: "once@example.com" }, { idempotencyKey: key })));

    assert.equal(new Set(made.map(({ id }) => id)).size, 1);
    assert.equal(standIn.account.customers.size, before + 1);
  });

  it("refuses 49 further requests while the first is at work, and gives its answer afterwards", LIMIT, async () => {
    const key = randomUUID();
    const held = standIn.hold("/v1/customers", "POST");
    const first = stripe.customers.create({ email: "slow@example.com" }, { idempotencyKey: key });
    await held.arrived;

    const errors = await Promise.all(Array.from({ length: 49 }, () => refused(stripe.customers.create({ email: "slow@example.com" }, { idempotencyKey: key }))));
    held.release();
    const { id } = await first;
    const again = await stripe.customers.create({ email: "slow@example.com" }, { idempotencyKey: key });

    for (const error of errors) assert.deepEqual([error.statusCode, error.code], [409, "idempotency_key_in_use"]);
    assert.equal(again.id, id);
    assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
  });

  it("refuses a key with other fields or on another path, and keeps refusals of work but not of checks", async () => {
    const key = randomUUID();
    await stripe.customers.create({ email: "one@example.com" }, { idempotencyKey: key });
    const other = await refused(stripe.customers.create({ email: "two@example.com" }, { idempotencyKey: key }));
    assert.deepEqual([other.statusCode, other.type], [400, "StripeIdempotencyError"]);
    assert.ok(await refused(stripe.billingPortal.sessions.create({ customer: "cus_1" }, { idempotencyKey: key })) instanceof Stripe.errors.StripeIdempotencyError);

    const unchecked = { "idempotency-key": randomUUID() };
    assert.equal((await raw("/v1/customers", { fields: "emial=a", headers: unchecked })).status, 400);
    assert.equal((await raw("/v1/customers", { fields: "email=a@example.com", headers: unchecked })).status, 200);
    const missing = { "idempotency-key": randomUUID() };
    const [first, second] = [await raw("/v1/customers/cus_x", { headers: missing }), await raw("/v1/customers/cus_x", { headers: missing })];
    assert.deepEqual([first.status, second.status, second.headers.get("idempotent-replayed")], [404, 404, "true"]);
  });
});

describe("what goes wrong on the way", () => {
  it("fails as often as it was told, and is tried again by the official client", LIMIT, async () => {
    const patient = standIn.client({ maxNetworkRetries: 2 });
    standIn.failNext({ path: "/v1/customers", status: 503 });
    standIn.failNext({ path: "/v1/customers", reset: true });
    const before = standIn.requests.length;

    const customer = await patient.customers.create({ email: "patient@example.com" });

    assert.deepEqual(standIn.requests.slice(before).map(({ status }) => status), [503, undefined, 200]);
    assert.equal(customer.email, "patient@example.com");
    assert.equal((await (standIn.failNext({ path: "/v1/customers/:id", status: 429 }), refused(stripe.customers.retrieve(customer.id)))).code, "rate_limit");
  });

  it("loses an answer whose work is done, which the same key brings back", LIMIT, async () => {
    const patient = standIn.client({ maxNetworkRetries: 1 });
    const before = standIn.account.customers.size;
    standIn.failNext({ path: "/v1/customers", reset: true, after: true });

    await patient.customers.create({ email: "lost@example.com" });

    assert.equal(standIn.account.customers.size, before + 1);
  });

  it("never answers, until the client gives up", LIMIT, async () => {
    standIn.failNext({ path: "/v1/prices/:id", hang: true });

    const error = await refused(standIn.client({ timeout: 50 }).prices.retrieve("price_pro_month"));

    assert.ok(error instanceof Stripe.errors.StripeConnectionError);
  });

  it("answers a held request with what was true when it came", LIMIT, async () => {
    const { id } = subscribed();
    const held = standIn.hold("/v1/subscriptions/:id", "GET");
    const slow = stripe.subscriptions.retrieve(id);
    await held.arrived;
    standIn.cancelNow(id);

    const fast = await stripe.subscriptions.retrieve(id);
    held.release();

    assert.deepEqual([(await slow).status, fast.status], ["active", "canceled"]);
  });
});

describe("events", () => {
  it("are signed with one secret or several, and pass the official check", () => {
    const [event] = standIn.cancelNow(subscribed().id);
    assert.ok(event);

    const { rawBody, headers } = standIn.signed(event, { secrets: ["whsec_old", standIn.webhookSecret] });

    for (const secret of ["whsec_old", standIn.webhookSecret]) {
      assert.equal(stripe.webhooks.constructEvent(rawBody, headers["stripe-signature"] ?? "", secret).id, event.id);
    }
    assert.throws(() => stripe.webhooks.constructEvent(rawBody, headers["stripe-signature"] ?? "", "whsec_wrong"));
    const stale = standIn.signed(event, { timestamp: Math.floor(Date.now() / 1_000) - 301 });
    assert.throws(() => stripe.webhooks.constructEvent(stale.rawBody, stale.headers["stripe-signature"] ?? "", standIn.webhookSecret), /tolerance/);
  });

  it("tell what was there before a change, in the pinned version, and of types that nobody waits for", () => {
    const [changed] = standIn.renew(subscribed().id, { paid: false }).slice(-1);

    assert.ok(changed?.type === "customer.subscription.updated");
    assert.deepEqual([changed.data.previous_attributes?.status, changed.data.object.status, changed.api_version], ["active", "past_due", Stripe.API_VERSION]);
    assert.equal(standIn.productUpdated().type, "product.updated");
  });
});

describe("periods", () => {
  it("are anchored at the day of the month, or its last day where a month is shorter", () => {
    const anchor = Date.UTC(2027, 0, 31, 12) / 1_000;
    const ends = [1, 2, 3, 13].map((months) => new Date(monthsAfter(anchor, months) * 1_000).toISOString().slice(0, 10));
    assert.deepEqual(ends, ["2027-02-28", "2027-03-31", "2027-04-30", "2028-02-29"]);
    const { start, end } = periodContaining(anchor, "month", monthsAfter(anchor, 1));
    assert.deepEqual([start, end], [monthsAfter(anchor, 1), monthsAfter(anchor, 2)]);
  });

  it("are shared out by the second, rounded half up", () => {
    assert.equal(remainingShare(10_000, { start: 0, end: 100 }, 50), 5_000);
    assert.equal(remainingShare(1, { start: 0, end: 2 }, 1), 1);
    assert.equal(remainingShare(100, { start: 0, end: 3 }, 1), 67);
  });
});

describe("invoice items", () => {
  const item = (customer: string, more: Partial<Stripe.InvoiceItemCreateParams> = {}) => stripe.invoiceItems.create({
    customer, amount: 400, currency: "usd", description: "minutes beyond the plan", discountable: false, period: { start: 1_700_000_000, end: 1_702_592_000 },
    metadata: { tallygate_line: "a" }, ...more,
  });

  it("wait for the next invoice of the customer's subscription, and are on it once", async () => {
    const subscription = subscribed();
    const customer = idOf(subscription.customer);
    const waiting = await item(customer);
    assert.deepEqual([waiting.invoice, waiting.amount, waiting.discountable], [null, 400, false]);
    assert.deepEqual((await stripe.invoiceItems.list({ customer })).data.map(({ id }) => id), [waiting.id]);
    standIn.renew(subscription.id);
    const invoice = standIn.latestInvoice(subscription.id);
    assert.deepEqual([invoice.total, invoice.status], [10_400, "paid"]);
    assert.deepEqual(invoice.lines.data.map(({ parent }) => parent?.invoice_item_details?.invoice_item ?? null), [null, waiting.id]);
    assert.equal((await stripe.invoiceItems.retrieve(waiting.id)).invoice, invoice.id);
    standIn.renew(subscription.id);
    assert.equal(standIn.latestInvoice(subscription.id).total, 10_000);
    assert.equal((await refused(item(customer, { invoice: invoice.id }))).code, "invoice_not_editable");
  });

  it("without a subscription go on an invoice that is made of them, which takes further ones as long as it is a draft", async () => {
    const { id: customer } = standIn.customer();
    await item(customer);
    const invoice = await stripe.invoices.create({ customer, auto_advance: true, pending_invoice_items_behavior: "include" });
    assert.deepEqual([invoice.status, invoice.total, invoice.parent], ["draft", 400, null]);
    await item(customer, { invoice: invoice.id, amount: 100 });
    assert.deepEqual(types(standIn.collect(invoice.id)), ["invoice.finalized", "invoice.paid"]);
    assert.deepEqual((({ status, total, amount_paid }) => [status, total, amount_paid])(await stripe.invoices.retrieve(invoice.id)), ["paid", 500, 500]);
    await item(customer, { currency: "eur" });
    const create = (currency: string) => stripe.invoices.create({ customer, currency, auto_advance: true, pending_invoice_items_behavior: "include" });
    assert.deepEqual([(await create("usd")).total, (await create("eur")).total], [0, 400], "what waits in another currency is not on it");
    const empty = await stripe.invoices.create({ customer, auto_advance: true });
    assert.deepEqual([empty.total, empty.lines.data], [0, []]);
  });

  it("of nobody are refused, and one key makes one", async () => {
    assert.equal((await refused(item("cus_nobody"))).param, "customer");
    const { id: customer } = standIn.customer();
    const params = { customer, amount: 1, currency: "usd" };
    const [one, two] = [await stripe.invoiceItems.create(params, { idempotencyKey: "k1" }), await stripe.invoiceItems.create(params, { idempotencyKey: "k1" })];
    assert.equal(one.id, two.id);
    assert.equal((await stripe.invoiceItems.list({ customer })).data.length, 1);
  });
});
