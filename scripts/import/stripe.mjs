// @ts-check
// Customers and subscriptions as Stripe has them, by its official client.
import { Failure, Progress } from "../run.mjs";
import { aMonthAfter } from "./moments.mjs";

/**
 * @typedef {{ id: string, email: string | null, createdAt: number }} Customer
 * @typedef {{ id: string, price: string, interval: "month" | "year", amount: number, currency: string, quantity: number, start: number, end: number }} Item
 */

/**
 * @typedef {object} Subscription
 * @property {string} id
 * @property {string} customer
 * @property {string} status Stripe's own word for it.
 * @property {string | null} schedule
 * @property {Item[]} items
 * @property {number} startedAt
 * @property {number | null} trialEndsAt
 * @property {number | null} pastDueSince
 * @property {number | null} cancelAt
 * @property {number | null} endedAt
 * @property {number | null} fallbackPeriodEnd
 */

/** @typedef {{ customers: Map<string, Customer>, subscriptions: Map<string, Subscription[]>, observedAt: number }} StripeAccount Subscriptions by their customer. */

/**
 * Everything that the account has, ended subscriptions included.
 * @param {{ key: string, url?: string }} access
 * @param {number} now
 * @returns {Promise<StripeAccount>}
 */
export async function readStripe({ key, url }, now) {
  const { default: Stripe } = await import("stripe");
  const { hostname, port, protocol } = new URL(url ?? "https://api.stripe.com");
  const client = new Stripe(key, { host: hostname, protocol: protocol === "http:" ? "http" : "https", ...(port === "" ? {} : { port: Number(port) }), maxNetworkRetries: 3, telemetry: false });
  const progress = new Progress("Asking Stripe");
  /** @type {StripeAccount} */
  const account = { customers: new Map(), subscriptions: new Map(), observedAt: now };
  try {
    for await (const customer of client.customers.list({ limit: 100 })) {
      account.customers.set(customer.id, { id: customer.id, email: customer.email ?? null, createdAt: customer.created * 1_000 });
      progress.counted = `${account.customers.size} customers`;
    }
    let count = 0;
    for await (const given of client.subscriptions.list({ limit: 100, status: "all", expand: ["data.latest_invoice"] })) {
      const subscription = subscriptionOf(/** @type {Given} */ (/** @type {unknown} */ (given)));
      account.subscriptions.set(subscription.customer, [...(account.subscriptions.get(subscription.customer) ?? []), subscription]);
      progress.counted = `${account.customers.size} customers, ${++count} subscriptions`;
    }
    progress.done();
    return account;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) throw new Failure(`Stripe could not be asked: ${error.message}`);
    throw error;
  } finally {
    progress.close();
  }
}

/** Any object of Stripe's, of any API version. @typedef {Record<string, any>} Given */

/** As `shared/src/stripe/subscription.rs` reads it. @param {Given} given @returns {Subscription} */
function subscriptionOf(given) {
  const moment = (/** @type {unknown} */ seconds) => (typeof seconds === "number" ? seconds * 1_000 : null);
  const id = (/** @type {any} */ named) => (typeof named === "string" ? named : (named?.id ?? null));
  const items = given["items"].data.map((/** @type {Given} */ item) => {
    const price = item["price"] ?? item["plan"];
    const interval = price.recurring?.interval ?? price.interval;
    const quantity = item["quantity"] ?? given["quantity"] ?? 1;
    const isMetered = price.recurring?.usage_type === "metered";
    return {
      id: item["id"], price: id(price), interval: interval === "year" ? "year" : "month",
      amount: isMetered ? 0 : (price.unit_amount ?? price.amount ?? 0) * quantity, currency: price.currency ?? given["currency"], quantity,
      start: moment(item["current_period_start"] ?? given["current_period_start"]) ?? 0,
      end: moment(item["current_period_end"] ?? given["current_period_end"]) ?? 0,
    };
  });
  const [first] = items;
  if (first === undefined) throw new Failure(`Stripe's subscription ${given["id"]} has no items.`);
  const invoice = given["latest_invoice"];
  const endedAt = given["status"] === "canceled" ? (moment(given["ended_at"]) ?? moment(given["canceled_at"]) ?? first.end) : null;
  return {
    id: given["id"], customer: id(given["customer"]), status: given["status"], schedule: id(given["schedule"]), items, startedAt: moment(given["created"]) ?? 0,
    trialEndsAt: moment(given["trial_end"]),
    pastDueSince: given["status"] === "past_due" && typeof invoice === "object" ? (moment(invoice?.status_transitions?.finalized_at) ?? moment(invoice?.created)) : null,
    cancelAt: moment(given["cancel_at"]) ?? (given["cancel_at_period_end"] === true ? first.end : null),
    endedAt, fallbackPeriodEnd: endedAt === null ? null : aMonthAfter(endedAt),
  };
}

/** Whether it decides over the organization; what was never paid for does not. @param {Subscription} subscription */
export const counts = ({ status }) => ["trialing", "active", "past_due", "unpaid", "paused", "canceled"].includes(status);

/** Whether it goes on. @param {Subscription} subscription */
export const isLive = (subscription) => counts(subscription) && subscription.status !== "canceled";
