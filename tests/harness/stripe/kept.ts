// What the product must have of Stripe's objects: the rows, and what the billing history shows.
import type { Stripe } from "stripe";
import { time, type Expected } from "../expect.ts";
import type { Row } from "../system.ts";
import { idOf, itemOf, type Account } from "./account.ts";
import { intervalOf, monthsAfter } from "./periods.ts";

type Fields = { [name: string]: Expected };

const milliseconds = (seconds: number): number => seconds * 1_000;
const orNull = (seconds: number | null): number | null => (seconds === null ? null : milliseconds(seconds));
const timeOrNull = (seconds: number | null): Expected => (seconds === null ? null : time(milliseconds(seconds)));

/** A row of `billing_subscriptions` without what only tells when we learnt of it. */
export function subscriptionRow(account: Account, organizationId: string, id: string): Row {
  const subscription = account.subscription(id);
  const item = itemOf(subscription);
  return {
    organization_id: organizationId, stripe_subscription_id: id, stripe_item_id: item.id, stripe_price_id: item.price.id,
    stripe_schedule_id: subscription.schedule === null ? null : idOf(subscription.schedule), status: subscription.status,
    amount_cents: item.price.unit_amount, currency: subscription.currency, billing_interval: intervalOf(item.price),
    current_period_start: milliseconds(item.current_period_start), current_period_end: milliseconds(item.current_period_end),
    trial_ends_at: orNull(subscription.trial_end), past_due_since: orNull(pastDueSince(account, subscription)),
    cancel_at: orNull(subscription.cancel_at), ended_at: orNull(subscription.ended_at),
    fallback_period_end: subscription.ended_at === null ? null : milliseconds(monthsAfter(subscription.ended_at, 1)),
    started_at: milliseconds(subscription.created),
    items: JSON.stringify([{ amountCents: item.price.unit_amount, currency: item.price.currency, interval: intervalOf(item.price), itemId: item.id, priceId: item.price.id, quantity: item.quantity ?? 1 }]),
  };
}

/** `subscription` of a billing history. */
export function shownSubscription(account: Account, id: string, [plan, planName]: [string, string], allows: Fields = {}): Fields {
  const subscription = account.subscription(id);
  const item = itemOf(subscription);
  const runs = subscription.status !== "canceled";
  return {
    plan, planName, status: subscription.status, interval: intervalOf(item.price), amountCents: item.price.unit_amount, currency: subscription.currency,
    currentPeriodStart: time(milliseconds(item.current_period_start)), currentPeriodEnd: time(milliseconds(item.current_period_end)),
    trialEndsAt: subscription.status === "trialing" ? timeOrNull(subscription.trial_end) : null,
    pastDueSince: timeOrNull(inArrearsSince(account, subscription)), cancelAt: runs ? timeOrNull(subscription.cancel_at) : null,
    pendingChange: null, addOns: [], isPaidThroughStripe: runs,
    allows: {
      features: true, read: true, billing: true, until: null, warning: null, canCheckout: false, canChangePlan: true, canRevokeChange: false,
      canCancel: true, canResume: false, ...allows,
    },
  };
}

/** One of `invoices` of a billing history. */
export function shownInvoice(invoice: Stripe.Invoice, refundedCents = 0): Fields {
  const { period } = invoice.lines.data.reduce((furthest, line) => (line.period.end > furthest.period.end ? line : furthest));
  return {
    id: invoice.id, number: invoice.number, status: invoice.status, reason: invoice.billing_reason, currency: invoice.currency,
    subtotalCents: invoice.subtotal, totalCents: invoice.total, dueCents: invoice.amount_due, paidCents: invoice.amount_paid, refundedCents,
    attempts: invoice.attempt_count, hostedUrl: invoice.hosted_invoice_url ?? null, pdfUrl: invoice.invoice_pdf ?? null,
    periodStart: time(milliseconds(period.start)), periodEnd: time(milliseconds(period.end)), createdAt: time(milliseconds(invoice.created)),
    paidAt: timeOrNull(invoice.status_transitions.paid_at), disputes: [],
  };
}

/** Rows without the columns that tell when and by which request they were written. */
export function lasting(rows: Row[]): Row[] {
  return rows.map(({ observed_at, reconciled_at, request_id, updated_at, ...row }) => row);
}

/** Since when a payment is due, in seconds: since the first invoice was final that was not paid, however many came after it. */
export function pastDueSince(account: Account, subscription: Stripe.Subscription): number | null {
  if (subscription.status !== "past_due") return null;
  const all = [...account.invoices.values()].filter(({ parent }) => parent?.subscription_details?.subscription === subscription.id);
  const unpaid = all.slice(all.findLastIndex(({ status, amount_paid }) => status === "paid" && amount_paid > 0) + 1).filter(({ status }) => status === "open");
  const [first = account.invoice(idOf(subscription.latest_invoice))] = unpaid;
  return first.status_transitions.finalized_at;
}

/** Since when nothing was paid though it was due, in seconds: since the first invoice after the last payment was final. */
function inArrearsSince(account: Account, subscription: Stripe.Subscription): number | null {
  const latest = pastDueSince(account, subscription);
  if (latest === null) return null;
  const of = [...account.invoices.values()].filter(({ parent }) => {
    const paidFor = parent?.subscription_details?.subscription;
    return paidFor !== undefined && idOf(paidFor) === subscription.id;
  });
  const paid = Math.max(0, ...of.map(({ status_transitions }) => status_transitions.paid_at ?? 0));
  const due = of.filter(({ status }) => status === "open").map(({ status_transitions }) => status_transitions.finalized_at ?? 0);
  return Math.min(latest, ...due.filter((finalizedAt) => finalizedAt > paid));
}
