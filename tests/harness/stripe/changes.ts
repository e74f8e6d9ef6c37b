// A subscription changed through the API: another price with its proration, cancelling at the period's end, a trial's end.
import type { Stripe } from "stripe";
import { idOf, itemOf, type Account } from "./account.ts";
import { declined, invalid, notModelled } from "./failure.ts";
import { at, flagAt, listAt, metadataAfter, textAt, wholeAt, type Form } from "./form.ts";
import { bill, draft } from "./invoices.ts";
import { fullLine, itemsWith } from "./lifecycle.ts";
import type { LineWanted } from "./money-objects.ts";
import { priced } from "./objects.ts";
import { intervalOf, periodContaining, remainingShare, type Period } from "./periods.ts";

/** What another price does. */
interface Change {
  item: Stripe.SubscriptionItem;
  anchor: number;
  period: Period;
  /** The credit and the charge. */
  lines: LineWanted[];
  /** An invoice at once, and not with the next one. */
  atOnce: boolean;
}

export function updateSubscription(account: Account, subscription: Stripe.Subscription, form: Form): Stripe.Subscription {
  if (subscription.status === "canceled") throw invalid("A canceled subscription can only update its cancellation_details and metadata.");
  const change = changeOf(account, subscription, form);
  const ending = flagAt(form, "cancel_at_period_end");
  if (ending !== undefined && subscription.schedule !== null) {
    throw invalid(`The subscription is managed by the subscription schedule \`${idOf(subscription.schedule)}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`);
  }
  const trial = trialOf(account, subscription, form);

  const invoice = change?.atOnce ? draft(account, subscription, "subscription_update", periodOf(subscription), change.lines) : undefined;
  const paid = invoice === undefined || invoice.amount_due === 0 || !account.declinesNow();
  if (!paid && textAt(form, "payment_behavior") === "error_if_incomplete") throw declined();

  if (change && !change.atOnce) account.pending.set(subscription.id, [...(account.pending.get(subscription.id) ?? []), ...change.lines]);
  account.change(subscription, {
    ...(change ? { billing_cycle_anchor: change.anchor, items: itemsWith(subscription, change.item, change.period) } : {}),
    ...(ending === undefined ? {} : cancelling(account, subscription, ending, form)),
    ...trial,
    metadata: metadataAfter(subscription.metadata, at(form, "metadata")),
    description: textAt(form, "description") ?? subscription.description,
    // Stripe changes first and then charges.
    ...(invoice ? { latest_invoice: invoice.id } : {}),
  });
  if (invoice) {
    bill(account, subscription, invoice, paid);
    if (!paid) account.change(subscription, { status: "past_due" });
  }
  return subscription;
}

/** The invoice that a change would make, as `POST /v1/invoices/create_preview` shows it. */
export function previewInvoice(account: Account, form: Form): Stripe.Invoice {
  const id = textAt(form, "subscription");
  if (id === undefined) throw notModelled("a preview without a subscription");
  const subscription = account.subscription(id, "subscription");
  const details = at(form, "subscription_details") ?? {};
  const change = changeOf(account, subscription, details);
  // With `always_invoice` it is the invoice of now; else that of the next period, with what waits for it.
  const next = change?.atOnce ? [] : [nextLine(subscription, change)];
  const invoice = draft(account, subscription, change?.atOnce ? "subscription_update" : "upcoming", periodOf(subscription), [...(change?.lines ?? []), ...next]);
  invoice.id = `upcoming_${invoice.id}`;
  const date = wholeAt(details, "proration_date");
  if (invoice.parent?.subscription_details) invoice.parent.subscription_details.subscription_proration_date = date ?? account.now(idOf(subscription.customer));
  return invoice;
}

function changeOf(account: Account, subscription: Stripe.Subscription, form: Form): Change | undefined {
  const wanted = listAt(form, "items");
  const anew = textAt(form, "billing_cycle_anchor") === "now";
  if (wanted.length === 0 && !anew) return undefined;
  const item = itemOf(subscription);
  const [asked = {}] = wanted;
  if (wanted.length > 1 || (wanted.length === 1 && textAt(asked, "id") === undefined)) throw notModelled("an item without the id of the one that is there, which adds a second,");
  if (wanted.length === 1 && textAt(asked, "id") !== item.id) throw invalid(`No such subscription item: '${String(textAt(asked, "id"))}'`, "items[0][id]", "resource_missing");
  const price = account.price(textAt(asked, "price") ?? item.price.id, "items[0][price]");
  const quantity = wholeAt(asked, "quantity") ?? item.quantity ?? 1;

  const now = account.now(idOf(subscription.customer));
  const moment = wholeAt(form, "proration_date") ?? now;
  const current = periodOf(subscription);
  if (moment < current.start || moment > current.end) throw invalid("Cannot specify a `proration_date` outside of the subscription's current period.", "proration_date");
  const changed = { ...priced(item, price), quantity };
  const endsTrial = subscription.status === "trialing" && textAt(form, "trial_end") === "now";
  const onTrial = subscription.status === "trialing" && !endsTrial;
  const sameCycle = onTrial || (!anew && !endsTrial && intervalOf(price) === intervalOf(item.price));
  const behavior = textAt(form, "proration_behavior") ?? "create_prorations";

  const anchor = sameCycle ? subscription.billing_cycle_anchor : now;
  const period = sameCycle ? current : periodContaining(now, intervalOf(price), now);
  // Nothing of a trial was paid for.
  const prorated = behavior !== "none" && !onTrial && !endsTrial;
  const line = (of: Stripe.SubscriptionItem, amount: number, description: string): LineWanted => ({
    amount, description, price: of.price, quantity: of.quantity ?? 1, period: { start: moment, end: current.end }, item: of.id, subscription: subscription.id, proration: true,
  });
  const credit = prorated ? [line(item, -remainingShare(amountOf(item), current, moment), `Unused time on ${item.price.id}`)] : [];
  const rest = prorated ? [line(changed, remainingShare(amountOf(changed), current, moment), `Remaining time on ${price.id}`)] : [];
  const whole = { ...fullLine(subscription), amount: amountOf(changed), price, quantity, period };
  return {
    item: changed, anchor, period,
    lines: sameCycle ? [...credit, ...rest] : [...credit, whole],
    atOnce: !onTrial && (!sameCycle || behavior === "always_invoice"),
  };
}

function cancelling(account: Account, subscription: Stripe.Subscription, ending: boolean, form: Form): Partial<Stripe.Subscription> {
  const details = at(form, "cancellation_details");
  const said = {
    comment: textAt(details, "comment") ?? null,
    feedback: (textAt(details, "feedback") ?? null) as Stripe.Subscription.CancellationDetails.Feedback | null,
    feedback_option: null,
  };
  return ending
    ? {
      cancel_at_period_end: true, cancel_at: itemOf(subscription).current_period_end, canceled_at: account.now(idOf(subscription.customer)),
      cancellation_details: { ...said, reason: "cancellation_requested" },
    }
    : { cancel_at_period_end: false, cancel_at: null, canceled_at: null, cancellation_details: { ...said, reason: null } };
}

function trialOf(account: Account, subscription: Stripe.Subscription, form: Form): Partial<Stripe.Subscription> {
  const wanted = textAt(form, "trial_end");
  if (wanted === undefined) return {};
  if (wanted === "now" && listAt(form, "items").length === 0) throw notModelled("`trial_end=now` alone; a test calls `endTrial`, and so");
  if (wanted === "now") return { status: "active", trial_end: account.now(idOf(subscription.customer)) };
  const end = Number(wanted);
  const now = account.now(idOf(subscription.customer));
  if (end <= now) throw invalid("Invalid timestamp: must be an integer Unix timestamp in the future.", "trial_end");
  return {
    status: "trialing", trial_end: end, trial_start: subscription.trial_start ?? now, billing_cycle_anchor: end,
    items: itemsWith(subscription, itemOf(subscription), { start: now, end }),
  };
}

function nextLine(subscription: Stripe.Subscription, change: Change | undefined): LineWanted {
  const item = change?.item ?? itemOf(subscription);
  const current = periodOf(subscription);
  const period = periodContaining(subscription.billing_cycle_anchor, intervalOf(item.price), current.end);
  return { ...fullLine(subscription), amount: amountOf(item), price: item.price, quantity: item.quantity ?? 1, period };
}

function periodOf(subscription: Stripe.Subscription): Period {
  const { current_period_start: start, current_period_end: end } = itemOf(subscription);
  return { start, end };
}

function amountOf({ price, quantity = 1 }: Stripe.SubscriptionItem): number {
  return (price.unit_amount ?? 0) * quantity;
}
