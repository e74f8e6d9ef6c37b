// A mock of Stripe, to be had in this process. It is a mock because Stripe's own server cannot be had: it runs nowhere but at
// Stripe, and localstripe, which is a real program, has no Checkout, no portal, no prices, no schedules, no
// `invoice_payments`, ignores idempotency keys and speaks an API of 2018.
//
// What makes it worth testing against: every request is held to the form fields, types and words that Stripe publishes,
// read from the official package; every object is typed by that package; every event passes its `constructEvent`.
// A field that Stripe takes and that does nothing here is refused with 501 and never ignored.
//
// What it does not do:
// - One item a subscription, one line item a Checkout session, one currency, no taxes, no discounts, no promotion codes (a
//   session only says that they are allowed), no metered prices, no test clocks. Billing mode `classic` only: Stripe's
//   default for new subscriptions is `flexible`, which prorates by other rules where discounts and credits come in.
// - Invoices of a subscription are finalized and charged at once, where Stripe waits an hour with those of a renewal; one by hand
//   waits for `collect`.
// - No Connect, no search. Lists have `limit` and `starting_after` only. Idempotency keys do not age.
// - It tells only of the types that an endpoint of ours ticks (and of customers): not of `charge.succeeded`,
//   `payment_intent.*`, `invoice.updated`, `invoice.payment_succeeded` or `subscription_schedule.*`.
// - Messages of refusals are Stripe's where they are known and near them where not; statuses, types and codes are Stripe's.
import { randomBytes } from "node:crypto";
import { Stripe } from "stripe";
import { send, type Reply } from "../reply.ts";
import { Account, idOf, snapshot, type Typed } from "./account.ts";
import { completeSession, expireSession } from "./checkout.ts";
import { signed, type Signing } from "./delivery.ts";
import type { Fault, Held } from "./faults.ts";
import { chargeOf, collect, refund, voidInvoice } from "./invoices.ts";
import { announceTrialEnd, end, endTrial, failPayment, pause, payInvoice, renew, resume, subscribe, type AfterFailure } from "./lifecycle.ts";
import { customerObject, priceObject, type PriceWanted } from "./objects.ts";
import { StripeServer, type LoggedRequest } from "./server.ts";

export type { Fault, Held } from "./faults.ts";
export type { LoggedRequest } from "./server.ts";
export { signed, type Signing } from "./delivery.ts";

export interface StandInOptions {
  /** The time in seconds; the real one unless said otherwise. */
  now?: () => number;
}

export async function startStripeStandIn({ now = () => Math.floor(Date.now() / 1_000) }: StandInOptions = {}): Promise<StripeStandIn> {
  const key = `sk_test_${randomBytes(18).toString("hex")}`;
  const account = new Account(now);
  const server = new StripeServer(account, key);
  return new StripeStandIn(account, server, await server.listen(), key);
}

export class StripeStandIn {
  /** Without a slash at the end. */
  readonly url: string;
  readonly secretKey: string;
  readonly webhookSecret = `whsec_${randomBytes(24).toString("hex")}`;
  /** What the account holds: `account.subscription("sub_…")` and its like. */
  readonly account: Account;
  readonly #server: StripeServer;

  constructor(account: Account, server: StripeServer, url: string, key: string) {
    this.account = account;
    this.#server = server;
    this.url = url;
    this.secretKey = key;
  }

  /** What the workers must be told. */
  settings(): { STRIPE_API_URL: string; STRIPE_SECRET_KEY: string; STRIPE_WEBHOOK_SECRET: string } {
    return { STRIPE_API_URL: this.url, STRIPE_SECRET_KEY: this.secretKey, STRIPE_WEBHOOK_SECRET: this.webhookSecret };
  }

  /** Stripe's official client, pointed here. */
  client(config: Stripe.StripeConfig = {}): Stripe {
    const { hostname, port } = new URL(this.url);
    return new Stripe(this.secretKey, { host: hostname, port, protocol: "http", maxNetworkRetries: 0, telemetry: false, ...config });
  }

  /** Every event so far, oldest first, also those of requests to the API. */
  get events(): readonly Stripe.Event[] {
    return this.account.events;
  }

  /** Every request so far, oldest first. */
  get requests(): readonly LoggedRequest[] {
    return this.#server.requests;
  }

  /** How long each answer takes from now on, in milliseconds; the work itself is done at once. */
  set delay(milliseconds: number) {
    this.#server.delay = milliseconds;
  }

  /** Notes what there is now; what is given back makes it so again, and forgets the keys of later requests. */
  keep(): () => void {
    const back = [this.account.keep(), this.#server.keepKeys()];
    return () => back.forEach((putBack) => putBack());
  }

  failNext(fault: Fault): void {
    this.#server.faults.failNext(fault);
  }

  /** Takes back what was to fail and has not yet. */
  healAll(): void {
    this.#server.faults.clear();
  }

  /** The next such request is answered when the test says so; what is answered is the state of when it came. */
  hold(path: string | RegExp, method?: string): Held {
    return this.#server.faults.hold(path, method);
  }

  /** The card refuses the next charges that the API makes. */
  declineNext(times = 1): void {
    this.account.declines += times;
  }

  price(wanted: PriceWanted): Stripe.Price {
    const price = priceObject(wanted, this.account.now());
    this.account.prices.set(price.id, price);
    return price;
  }

  customer(wanted: Partial<Stripe.Customer> = {}): Stripe.Customer {
    const customer = customerObject(wanted, this.account.now());
    this.account.customers.set(customer.id, customer);
    return snapshot(customer);
  }

  /** A subscription as if from a Checkout long ago; its events are recorded. */
  subscription(wanted: { customer: string; price: string; quantity?: number; metadata?: Record<string, string>; trialDays?: number; paid?: boolean }): Stripe.Subscription {
    const { customer, price, quantity = 1, metadata = {}, trialDays = null, paid = true } = wanted;
    return snapshot(subscribe(this.account, customer, { price, quantity, metadata, trialDays, trialEnd: null, missingPaymentMethod: "create_invoice" }, paid));
  }

  /** The customer pays: `customer.subscription.created`, the invoice's, `…updated` to active, `checkout.session.completed`. */
  completeCheckout(session: string): Stripe.Event[] {
    return this.account.during(() => completeSession(this.account, this.account.session(session)));
  }

  expireCheckout(session: string): Stripe.Event[] {
    return this.account.during(() => expireSession(this.account, this.account.session(session)));
  }

  /** The period's end: the next one begins and is charged, or the subscription ends where that was asked for. */
  renew(subscription: string, { paid = true }: { paid?: boolean } = {}): Stripe.Event[] {
    return this.#on(subscription, (one) => renew(this.account, one, paid));
  }

  /** The period's end, at which a schedule's next phase begins. */
  applySchedule(subscription: string): Stripe.Event[] {
    const { schedule } = this.account.subscription(subscription);
    if (schedule === null) throw new Error(`${subscription} has no schedule`);
    return this.renew(subscription);
  }

  trialWillEnd(subscription: string): Stripe.Event[] {
    return this.#on(subscription, (one) => announceTrialEnd(this.account, one));
  }

  /** Without a card, what the trial's settings say: an invoice that is not paid, a pause or the end. */
  endTrial(subscription: string, { paid = true, card = true }: { paid?: boolean; card?: boolean } = {}): Stripe.Event[] {
    return this.#on(subscription, (one) => endTrial(this.account, one, { paid, card }));
  }

  /** Another attempt to charge the open invoice fails. */
  failPayment(subscription: string, { then = "past_due" }: { then?: AfterFailure } = {}): Stripe.Event[] {
    return this.#on(subscription, (one) => failPayment(this.account, one, then));
  }

  /** An hour after it was made by hand: finalized, and charged. */
  collect(invoice: string, { paid = true }: { paid?: boolean } = {}): Stripe.Event[] {
    return this.account.during(() => collect(this.account, this.account.invoice(invoice), paid));
  }

  payInvoice(invoice: string): Stripe.Event[] {
    return this.account.during(() => payInvoice(this.account, this.account.invoice(invoice)));
  }

  voidInvoice(invoice: string): Stripe.Event[] {
    return this.account.during(() => voidInvoice(this.account, this.account.invoice(invoice)));
  }

  cancelNow(subscription: string, reason: Stripe.Subscription.CancellationDetails.Reason = "cancellation_requested"): Stripe.Event[] {
    return this.#on(subscription, (one) => end(this.account, one, reason));
  }

  pause(subscription: string): Stripe.Event[] {
    return this.#on(subscription, (one) => pause(this.account, one));
  }

  resume(subscription: string): Stripe.Event[] {
    return this.#on(subscription, (one) => resume(this.account, one));
  }

  /** The charge that paid an invoice. */
  chargeOf(invoice: string): Stripe.Charge {
    return snapshot(chargeOf(this.account, invoice));
  }

  /** Cents, or the whole of what is left. */
  refund(charge: string, amount?: number): Stripe.Event[] {
    return this.account.during(() => refund(this.account, this.account.charge(charge), amount));
  }

  /** One event of any type about any object: for types that nobody waits for, and for objects that are made up. */
  event<T extends Stripe.Event["type"]>(type: T, object: Typed<T>["data"]["object"]): Typed<T> {
    return this.account.tell<T>(type, object);
  }

  /** `product.updated`, which no endpoint of ours ticks. */
  productUpdated(id = "prod_of_nothing"): Stripe.Event {
    return this.event("product.updated", {
      id, object: "product", active: true, created: this.account.now(), default_price: null, description: null, images: [], livemode: false,
      marketing_features: [], metadata: {}, name: "Of another application", package_dimensions: null, shippable: null, statement_descriptor: null,
      tax_code: null, tax_details: null, type: "service", unit_label: null, updated: this.account.now(), url: null,
    });
  }

  /** The latest invoice of a subscription. */
  latestInvoice(subscription: string): Stripe.Invoice {
    return snapshot(this.account.invoice(idOf(this.account.subscription(subscription).latest_invoice)));
  }

  /** Signed with this account's secret unless another one is named. */
  signed(event: object | string, signing: Signing = {}): { rawBody: string; headers: Record<string, string> } {
    return signed(event, { secret: this.webhookSecret, ...signing });
  }

  /** Sends an event as Stripe does. */
  deliver(url: string, event: object | string, signing: Signing = {}): Promise<Reply> {
    return send(url, this.signed(event, signing));
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #on(subscription: string, work: (subscription: Stripe.Subscription) => void): Stripe.Event[] {
    return this.account.during(() => work(this.account.subscription(subscription)));
  }
}
