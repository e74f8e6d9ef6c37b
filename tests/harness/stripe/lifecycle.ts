// What becomes of a subscription by itself: it begins, renews, ends its trial, is paused, fails to be paid, ends.
import type { Stripe } from "stripe";
import { idOf, itemOf, type Account, type Purchase } from "./account.ts";
import { attempt, bill, draft } from "./invoices.ts";
import type { LineWanted } from "./money-objects.ts";
import { itemObject, listOf, priced, subscriptionObject } from "./objects.ts";
import { intervalOf, periodContaining, type Period } from "./periods.ts";
import { release } from "./schedules.ts";

const DAY = 86_400;

/** Begins a subscription with its first invoice. */
export function subscribe(account: Account, customer: string, wanted: Purchase, paid: boolean): Stripe.Subscription {
  const now = account.now(customer);
  const price = account.price(wanted.price);
  const trialEnd = wanted.trialEnd ?? (wanted.trialDays === null ? null : now + wanted.trialDays * DAY);
  const period = trialEnd === null ? periodContaining(now, intervalOf(price), now) : { start: now, end: trialEnd };
  const { quantity, metadata, missingPaymentMethod } = wanted;
  const status = trialEnd === null ? "incomplete" : "trialing";
  const subscription = subscriptionObject({ customer, price, quantity, metadata, status, period, trialEnd, missingPaymentMethod }, now);
  account.subscriptions.set(subscription.id, subscription);
  account.customer(customer).currency = subscription.currency;
  account.tell("customer.subscription.created", subscription);

  const line = trialEnd === null ? fullLine(subscription) : { ...fullLine(subscription), amount: 0, description: "Trial period" };
  const invoice = bill(account, subscription, draft(account, subscription, "subscription_create", { start: now, end: now }, [line]), paid);
  if (trialEnd === null && invoice.status === "paid") account.change(subscription, { status: "active" });
  return subscription;
}

/** The end of the period has come: the next one begins, or the subscription ends where that was asked for. */
export function renew(account: Account, subscription: Stripe.Subscription, paid: boolean): void {
  needs(subscription, "active", "past_due", "unpaid");
  const item = itemOf(subscription);
  const past = { start: item.current_period_start, end: item.current_period_end };
  account.advance(idOf(subscription.customer), past.end);
  if (subscription.cancel_at_period_end) return end(account, subscription, "cancellation_requested");

  const schedule = subscription.schedule === null ? undefined : account.schedule(idOf(subscription.schedule));
  const phase = schedule?.phases.find(({ start_date }) => start_date === past.end);
  const [planned] = phase?.items ?? [];
  const price = planned ? account.price(idOf(planned.price)) : item.price;
  // A phase of another length begins a cycle of its own.
  const anchor = intervalOf(price) === intervalOf(item.price) ? subscription.billing_cycle_anchor : past.end;
  const period = periodContaining(anchor, intervalOf(price), past.end);
  if (schedule && phase) schedule.current_phase = { start_date: phase.start_date, end_date: phase.end_date };
  account.change(subscription, {
    billing_cycle_anchor: anchor,
    metadata: phase ? { ...subscription.metadata, ...phase.metadata } : subscription.metadata,
    items: itemsWith(subscription, { ...priced(item, price), quantity: planned?.quantity ?? item.quantity }, period),
  });
  if (schedule && !phase && schedule.phases.every(({ end_date }) => end_date <= past.end)) release(account, schedule);

  const invoice = bill(account, subscription, draft(account, subscription, "subscription_cycle", past, [fullLine(subscription)]), paid);
  account.change(subscription, { status: invoice.status === "paid" ? "active" : "past_due" });
}

/** Three days before a trial's end. */
export function announceTrialEnd(account: Account, subscription: Stripe.Subscription): void {
  needs(subscription, "trialing");
  account.advance(idOf(subscription.customer), (subscription.trial_end ?? 0) - 3 * DAY);
  account.tell("customer.subscription.trial_will_end", subscription);
}

/** A trial's end has come; `card` says whether there is one to charge. */
export function endTrial(account: Account, subscription: Stripe.Subscription, { paid, card }: { paid: boolean; card: boolean }): void {
  needs(subscription, "trialing");
  const item = itemOf(subscription);
  const past = { start: item.current_period_start, end: item.current_period_end };
  account.advance(idOf(subscription.customer), past.end);
  const otherwise = subscription.trial_settings?.end_behavior.missing_payment_method ?? "create_invoice";
  if (subscription.cancel_at_period_end) return end(account, subscription, "cancellation_requested");
  if (!card && otherwise === "cancel") return end(account, subscription, "payment_failed");
  if (!card && otherwise === "pause") return pause(account, subscription);

  const period = periodContaining(past.end, intervalOf(item.price), past.end);
  account.change(subscription, { status: "active", billing_cycle_anchor: past.end, items: itemsWith(subscription, item, period) });
  const invoice = bill(account, subscription, draft(account, subscription, "subscription_cycle", past, [fullLine(subscription)]), paid && card);
  if (invoice.status !== "paid") account.change(subscription, { status: "past_due" });
}

export function pause(account: Account, subscription: Stripe.Subscription): void {
  needs(subscription, "active", "trialing", "past_due");
  account.change(subscription, { status: "paused" });
  account.tell("customer.subscription.paused", subscription);
}

/** A new period begins, and is paid. */
export function resume(account: Account, subscription: Stripe.Subscription): void {
  needs(subscription, "paused");
  const now = account.now(idOf(subscription.customer));
  const item = itemOf(subscription);
  const past = { start: item.current_period_start, end: item.current_period_end };
  const period = periodContaining(now, intervalOf(item.price), now);
  account.change(subscription, { status: "active", billing_cycle_anchor: now, items: itemsWith(subscription, item, period) });
  account.tell("customer.subscription.resumed", subscription);
  bill(account, subscription, draft(account, subscription, "subscription_cycle", past, [fullLine(subscription)]), true);
}

export type AfterFailure = "past_due" | "unpaid" | "canceled";

/** The open invoice is tried again, in vain; after the last try the account's settings say what follows. */
export function failPayment(account: Account, subscription: Stripe.Subscription, then: AfterFailure): void {
  attempt(account, openInvoice(account, subscription), false);
  if (then === "canceled") end(account, subscription, "payment_failed");
  else account.change(subscription, { status: subscription.status === "incomplete" ? "incomplete" : then });
}

/** The open invoice is paid after all. */
export function payInvoice(account: Account, invoice: Stripe.Invoice): void {
  attempt(account, invoice, true);
  const subscription = account.subscription(idOf(invoice.parent?.subscription_details?.subscription ?? null));
  if (["past_due", "unpaid", "incomplete"].includes(subscription.status)) account.change(subscription, { status: "active" });
}

/** Ends a subscription at once. */
export function end(account: Account, subscription: Stripe.Subscription, reason: Stripe.Subscription.CancellationDetails.Reason): void {
  const now = account.now(idOf(subscription.customer));
  if (subscription.schedule !== null) {
    Object.assign(account.schedule(idOf(subscription.schedule)), {
      status: "canceled", canceled_at: now, current_phase: null,
    } satisfies Partial<Stripe.SubscriptionSchedule>);
  }
  Object.assign(subscription, {
    status: "canceled", ended_at: now, canceled_at: subscription.canceled_at ?? now,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, ...subscription.cancellation_details, reason },
  } satisfies Partial<Stripe.Subscription>);
  account.pending.delete(subscription.id);
  account.tell("customer.subscription.deleted", subscription);
}

/** The line of a whole period. */
export function fullLine(subscription: Stripe.Subscription): LineWanted {
  const { id, price, quantity = 1, current_period_start: start, current_period_end: end } = itemOf(subscription);
  return {
    amount: (price.unit_amount ?? 0) * quantity, description: `${quantity} × ${price.id}`, price, quantity, period: { start, end }, item: id,
    subscription: subscription.id, proration: false,
  };
}

export function itemsWith(subscription: Stripe.Subscription, item: Stripe.SubscriptionItem, period: Period): Stripe.Subscription["items"] {
  const fresh = itemObject(subscription.id, item.price, item.quantity ?? 1, period, item.created);
  return listOf([{ ...fresh, id: item.id, metadata: item.metadata }], subscription.items.url);
}

function openInvoice(account: Account, subscription: Stripe.Subscription): Stripe.Invoice {
  const invoice = account.invoice(idOf(subscription.latest_invoice));
  if (invoice.status !== "open") throw new Error(`${subscription.id} owes nothing: its latest invoice is ${invoice.status}`);
  return invoice;
}

/** A test that asks for what Stripe would never do is wrong. */
function needs(subscription: Stripe.Subscription, ...statuses: Stripe.Subscription.Status[]): void {
  if (!statuses.includes(subscription.status)) throw new Error(`${subscription.id} is ${subscription.status}, not ${statuses.join(" or ")}`);
}
