// How an invoice goes: drafted, finalized, paid or refused, voided; and what comes back by a refund.
import type { Stripe } from "stripe";
import { idOf, type Account } from "./account.ts";
import { chargeObject, invoiceObject, itemLine, paymentObject, refundObject, type LineWanted } from "./money-objects.ts";
import { listOf } from "./objects.ts";
import type { Period } from "./periods.ts";

/** Stripe's first retry of a refused charge, in days, as its smart retries may choose. */
const RETRY_AFTER_SECONDS = 3 * 86_400;

/** A draft of what these lines make, with what waited for it; the customer's balance counts. */
export function draft(
  account: Account,
  subscription: Stripe.Subscription,
  reason: Stripe.Invoice.BillingReason,
  period: Period,
  lines: LineWanted[],
): Stripe.Invoice {
  const customer = account.customer(idOf(subscription.customer));
  const waiting = account.pending.get(subscription.id) ?? [];
  const wanted = { customer, subscription, reason, period, currency: subscription.currency, lines: [...waiting, ...lines], items: account.waiting(customer.id) };
  return owing(customer, invoiceObject(wanted, account.now(customer.id)));
}

/** A draft of a customer's items that wait, or of nothing; Stripe finalizes it an hour later. */
export function draftByHand(account: Account, customer: Stripe.Customer, currency: string, includesWaiting: boolean): Stripe.Invoice {
  const items = includesWaiting ? account.waiting(customer.id).filter((item) => item.currency === currency) : [];
  const now = account.now(customer.id);
  const wanted = { customer, subscription: null, reason: "manual" as const, period: { start: now, end: now }, currency, lines: [], items };
  const invoice = owing(customer, invoiceObject(wanted, now));
  kept(account, invoice);
  return invoice;
}

/** An item is added to a draft. */
export function addItem(account: Account, invoice: Stripe.Invoice, item: Stripe.InvoiceItem): void {
  invoice.lines.data.push(itemLine(item, invoice.id));
  invoice.subtotal += item.amount;
  invoice.total += item.amount;
  owing(account.customer(idOf(invoice.customer)), invoice);
}

/** Finalizes a draft and tries the card once. */
export function collect(account: Account, invoice: Stripe.Invoice, paid: boolean): void {
  if (invoice.status !== "draft") throw new Error(`${invoice.id} is ${invoice.status}: only a draft can be finalized`);
  finalize(account, invoice);
  if (invoice.amount_due === 0) settle(account, invoice);
  else attempt(account, invoice, paid);
}

/** The customer's balance counts. */
function owing(customer: Stripe.Customer, invoice: Stripe.Invoice): Stripe.Invoice {
  invoice.starting_balance = customer.balance;
  invoice.amount_due = Math.max(0, invoice.total + customer.balance);
  invoice.amount_remaining = invoice.amount_due;
  return invoice;
}

/** Puts a draft into the account, finalizes it and tries the card once. */
export function bill(account: Account, subscription: Stripe.Subscription, invoice: Stripe.Invoice, paid: boolean): Stripe.Invoice {
  account.pending.delete(subscription.id);
  subscription.latest_invoice = invoice.id;
  kept(account, invoice);
  collect(account, invoice, paid);
  return invoice;
}

/** Puts a draft into the account: its items wait no more. */
function kept(account: Account, invoice: Stripe.Invoice): void {
  account.invoices.set(invoice.id, invoice);
  for (const { parent } of invoice.lines.data) {
    const item = account.items.get(parent?.invoice_item_details?.invoice_item ?? "");
    if (item) item.invoice = invoice.id;
  }
  account.tell("invoice.created", invoice);
}

function finalize(account: Account, invoice: Stripe.Invoice): void {
  const customer = account.customer(idOf(invoice.customer));
  const now = account.now(customer.id);
  const rest = invoice.total + invoice.starting_balance;
  // What is more than was owed stays as credit, which Stripe keeps as a negative balance.
  customer.balance = Math.min(0, rest);
  Object.assign(invoice, {
    status: "open", ending_balance: customer.balance, effective_at: now, automatically_finalizes_at: null,
    number: `${customer.invoice_prefix}-${String(customer.next_invoice_sequence).padStart(4, "0")}`,
    hosted_invoice_url: `https://invoice.stripe.com/i/acct_test/${invoice.id}`, invoice_pdf: `https://pay.stripe.com/invoice/acct_test/${invoice.id}/pdf`,
  } satisfies Partial<Stripe.Invoice>);
  invoice.status_transitions.finalized_at = now;
  customer.next_invoice_sequence = (customer.next_invoice_sequence ?? 1) + 1;
  account.tell("invoice.finalized", invoice);
}

/** Charges the card for an open invoice. */
export function attempt(account: Account, invoice: Stripe.Invoice, paid: boolean): void {
  if (invoice.status !== "open") throw new Error(`${invoice.id} is ${invoice.status}: only an open invoice can be charged`);
  const now = account.now(idOf(invoice.customer));
  const charge = chargeObject(invoice, paid, now);
  account.charges.set(charge.id, charge);
  const payment = paymentObject(invoice, charge, now);
  account.payments.set(payment.id, payment);
  invoice.attempted = true;
  invoice.attempt_count += 1;
  if (paid) return settle(account, invoice);
  invoice.next_payment_attempt = now + RETRY_AFTER_SECONDS;
  account.tell("invoice.payment_failed", invoice);
}

function settle(account: Account, invoice: Stripe.Invoice): void {
  Object.assign(invoice, {
    status: "paid", attempted: true, amount_paid: invoice.amount_due, amount_remaining: 0, next_payment_attempt: null,
  } satisfies Partial<Stripe.Invoice>);
  invoice.status_transitions.paid_at = account.now(idOf(invoice.customer));
  account.tell("invoice.paid", invoice);
}

export function voidInvoice(account: Account, invoice: Stripe.Invoice): void {
  if (invoice.status !== "open") throw new Error(`${invoice.id} is ${invoice.status}: only an open invoice can be voided`);
  Object.assign(invoice, { status: "void", next_payment_attempt: null } satisfies Partial<Stripe.Invoice>);
  invoice.status_transitions.voided_at = account.now(idOf(invoice.customer));
  account.tell("invoice.voided", invoice);
}

/** Gives back a part of a charge, or what is left of it. */
export function refund(account: Account, charge: Stripe.Charge, amount = charge.amount - charge.amount_refunded): void {
  if (amount < 1 || amount > charge.amount - charge.amount_refunded) throw new Error(`${amount} of ${charge.id} cannot be given back`);
  const before = { amount_refunded: charge.amount_refunded, refunded: charge.refunded };
  const made = refundObject(charge, amount, account.now(idOf(charge.customer)));
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  charge.refunds = listOf([made, ...(charge.refunds?.data ?? [])], `/v1/charges/${charge.id}/refunds`);
  account.tell("charge.refunded", charge, before);
}

/** The charge that paid an invoice. */
export function chargeOf(account: Account, invoice: string): Stripe.Charge {
  const payment = [...account.payments.values()].find((one) => one.invoice === invoice && one.status === "paid");
  const found = [...account.charges.values()].find((charge) => charge.payment_intent === payment?.payment.payment_intent);
  if (!payment || !found) throw new Error(`no charge paid ${invoice}`);
  return found;
}
