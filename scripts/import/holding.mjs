// @ts-check
// What an organization has: its plan, what it pays, and what it has used of this month.
import { billingMonth, monthOf } from "./moments.mjs";
import { counts, isLive } from "./stripe.mjs";

/**
 * @typedef {import("./catalog.mjs").Catalog} Catalog
 * @typedef {import("./catalog.mjs").Plan} Plan
 * @typedef {import("./stripe.mjs").Subscription} Subscription
 * @typedef {{ user: string, feature: string, quantity: number }} Used
 * @typedef {{ id: string, item: import("./stripe.mjs").Item, of: Subscription }} KeptSubscription
 */

/**
 * @typedef {object} Holding
 * @property {Plan} plan
 * @property {string} status
 * @property {{ start: number, end: number }} period
 * @property {"month" | "year"} interval
 * @property {number | null} trialEndsAt
 * @property {number | null} pastDueSince
 * @property {string | null} stripeSubscription
 * @property {number | null} cancelAt
 * @property {string | null} customer
 * @property {Subscription[]} subscriptions
 * @property {Map<string, import("./stripe.mjs").Item>} planItems Of each subscription the item that is the plan's.
 * @property {Counted[]} counted
 */

/**
 * A meter of the period that runs, and who has used it.
 * @typedef {{ feature: string, start: number, end: number | null, plan: string, limit: number, grant: number, by: { user: string, quantity: number }[] }} Counted
 */

/**
 * @typedef {object} Wanted
 * @property {import("./catalog.mjs").Audience} audience
 * @property {Plan} plan That of the tier, or of none.
 * @property {boolean} hasTier
 * @property {string | null} customer
 * @property {Subscription[]} subscriptions
 * @property {boolean} isStripeKnown Stripe was asked.
 * @property {Used[]} used
 */

/**
 * @param {Wanted} wanted
 * @param {Catalog} catalog
 * @param {number} now
 * @param {(reason: string, detail: string) => void} note
 * @returns {Holding}
 */
export function holdingOf(wanted, catalog, now, note) {
  const planItems = new Map(wanted.subscriptions.map((subscription) => [subscription.id, planItem(subscription, catalog)]));
  const paid = followed(wanted, planItems, catalog, note) ?? unpaid(wanted, now, note);
  return { ...paid, customer: wanted.customer, subscriptions: wanted.subscriptions, planItems, counted: counted(wanted.used, paid.plan, paid.period, catalog, now, note) };
}

/** As `billing::items` chooses it. @param {Subscription} subscription @param {Catalog} catalog */
function planItem(subscription, catalog) {
  const position = (/** @type {import("./stripe.mjs").Item} */ item) => catalog.plans.get(catalog.prices.get(item.price) ?? "")?.position ?? -1;
  return subscription.items.reduce((best, item) => (position(item) > position(best) ? item : best));
}

/**
 * What follows from Stripe's subscriptions, as the functions derive it (`shared/src/billing/subscription.rs`).
 * @param {Wanted} wanted
 * @param {Holding["planItems"]} planItems
 * @param {Catalog} catalog
 * @param {(reason: string, detail: string) => void} note
 */
function followed(wanted, planItems, catalog, note) {
  const planOf = (/** @type {Subscription} */ subscription) => {
    const plan = catalog.plans.get(catalog.prices.get(planItems.get(subscription.id)?.price ?? "") ?? "");
    return plan && catalog.fits(plan, wanted.audience) ? plan : undefined;
  };
  const rank = (/** @type {Subscription} */ one) => (one.status === "canceled" ? 2 : planOf(one) ? 0 : 1);
  const [first] = wanted.subscriptions.filter(counts)
    .sort((one, two) => rank(one) - rank(two) || two.startedAt - one.startedAt || (one.id < two.id ? 1 : -1));
  if (first === undefined) return undefined;
  const live = wanted.subscriptions.filter(isLive);
  if (live.length > 1) note("two_subscriptions", `${live.length} subscriptions run at Stripe (${live.map(({ id }) => id).join(", ")}); the newest one, ${first.id}, counts`);
  const [plan, item] = [planOf(first), planItems.get(first.id)];
  if (item === undefined) return undefined;
  if (first.status === "canceled") {
    const next = catalog.fallback(wanted.audience);
    if (next && first.endedAt !== null && first.fallbackPeriodEnd !== null) {
      return { ...NOTHING_PAID, plan: next, status: "active", period: { start: first.endedAt, end: first.fallbackPeriodEnd } };
    }
    return { ...NOTHING_PAID, plan: plan ?? wanted.plan, status: "canceled", period: { start: item.start, end: item.end }, interval: item.interval, stripeSubscription: first.id };
  }
  if (plan === undefined) {
    note("unknown_price", `Stripe's price ${item.price} of ${first.id} is none of the catalog's for ${wanted.audience === "team" ? "teams" : "people"}: the tier counts`);
    return undefined;
  }
  if (wanted.hasTier && plan.id !== wanted.plan.id) note("plans_differ", `the tier is ${wanted.plan.id}, what is paid at Stripe is ${plan.id}: that counts`);
  return {
    plan, status: first.status, period: { start: item.start, end: item.end }, interval: item.interval, stripeSubscription: first.id, cancelAt: first.cancelAt,
    trialEndsAt: first.status === "trialing" ? (first.trialEndsAt ?? item.end) : null,
    pastDueSince: first.status === "past_due" ? (first.pastDueSince ?? item.start) : null,
  };
}

const NOTHING_PAID = { interval: /** @type {const} */ ("month"), trialEndsAt: null, pastDueSince: null, stripeSubscription: null, cancelAt: null };

/**
 * A plan that a tier says runs. Nobody's first trial begins with an import: whoever has no tier and no free plan waits for a
 * checkout, as a customer does whose trial was given before.
 * @param {Wanted} wanted
 * @param {number} now
 * @param {(reason: string, detail: string) => void} note
 */
function unpaid({ plan, hasTier, isStripeKnown }, now, note) {
  if (hasTier && isStripeKnown && (plan.price ?? 0) > 0) note("nothing_paid", `the tier is ${plan.id}, and nothing is paid for it at Stripe`);
  return { ...NOTHING_PAID, plan, status: hasTier || plan.price === 0 ? "active" : "incomplete", period: monthOf(now) };
}

/**
 * @param {Used[]} used
 * @param {Plan} plan
 * @param {{ start: number, end: number }} period
 * @param {Catalog} catalog
 * @param {number} now
 * @param {(reason: string, detail: string) => void} note
 * @returns {Counted[]}
 */
function counted(used, plan, period, catalog, now, note) {
  const features = [...new Set(used.map(({ feature }) => feature))].sort();
  return features.flatMap((feature) => {
    const by = used.filter((one) => one.feature === feature).map(({ user, quantity }) => ({ user, quantity }));
    const total = by.reduce((sum, { quantity }) => sum + quantity, 0);
    const meter = catalog.meters.get(`${plan.id} ${feature}`);
    if (meter === undefined || meter.isDistinct) {
      note("not_counted", `${total} of ${feature}: ${meter ? "it counts people, each once, and a number is none of them" : `the plan ${plan.id} does not count it`}`);
      return [];
    }
    const month = { calendar_month: monthOf(now), billing_period: billingMonth(period, now) }[meter.reset];
    const beyond = meter.limit < 0 ? 0 : Math.max(0, Math.ceil(total / meter.unitSize) - meter.limit);
    if (beyond > 0) note("beyond_its_limit", `${total} of ${feature} are beyond the plan's limit${meter.isPriced ? `: ${beyond} are granted, so that nobody is charged for them here` : ""}`);
    return [{ feature, start: month?.start ?? 0, end: month?.end ?? null, plan: plan.id, limit: meter.limit, grant: meter.isPriced ? beyond : 0, by }];
  });
}
