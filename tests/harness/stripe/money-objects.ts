// Invoices, what pays them and what is given back, in the shape of the pinned API version.
import { Stripe } from "stripe";
import { listOf, newId } from "./objects.ts";
import type { Period } from "./periods.ts";

const LIVE = false;

export interface LineWanted {
  /** Cents; negative gives credit. */
  amount: number;
  description: string;
  price: Stripe.Price;
  quantity: number;
  period: Period;
  item: string;
  subscription: string;
  proration: boolean;
}

/** What an invoice item is asked for with. */
export interface ItemWanted {
  customer: string;
  /** Cents. */
  amount: number;
  currency: string;
  description: string | null;
  discountable: boolean;
  period: Period;
  metadata: Record<string, string>;
  /** A draft that it goes on. */
  invoice: string | null;
}

export function itemObject(wanted: ItemWanted, created: number): Stripe.InvoiceItem {
  return {
    id: newId("ii"), object: "invoiceitem", amount: wanted.amount, currency: wanted.currency, customer: wanted.customer, customer_account: null, date: created,
    description: wanted.description, discountable: wanted.discountable, discounts: [], invoice: wanted.invoice, livemode: LIVE, metadata: wanted.metadata,
    net_amount: wanted.amount, parent: null, period: wanted.period, pricing: null, proration: false, quantity: 1, quantity_decimal: Stripe.Decimal.from(1),
    tax_rates: [], test_clock: null,
  };
}

/** An invoice item as a line. */
export function itemLine(item: Stripe.InvoiceItem, invoice: string): Stripe.InvoiceLineItem {
  return {
    id: newId("il"), object: "line_item", amount: item.amount, currency: item.currency, description: item.description, discount_amounts: [],
    discountable: item.discountable, discounts: [], invoice, livemode: LIVE, metadata: item.metadata ?? {},
    parent: {
      type: "invoice_item_details", subscription_item_details: null,
      invoice_item_details: { invoice_item: item.id, proration: false, proration_details: { credited_items: null }, subscription: null },
    },
    period: item.period, pretax_credit_amounts: [], pricing: null, quantity: 1, quantity_decimal: Stripe.Decimal.from(1), subscription: null,
    subtotal: item.amount, taxes: [],
  };
}

export function lineObject(wanted: LineWanted, invoice: string): Stripe.InvoiceLineItem {
  const { amount, price } = wanted;
  return {
    id: newId("il"), object: "line_item", amount, currency: price.currency, description: wanted.description, discount_amounts: [], discountable: !wanted.proration,
    discounts: [], invoice, livemode: LIVE, metadata: {},
    parent: {
      type: "subscription_item_details", invoice_item_details: null,
      subscription_item_details: {
        invoice_item: wanted.proration ? newId("ii") : null, proration: wanted.proration, proration_details: { credited_items: null },
        subscription: wanted.subscription, subscription_item: wanted.item,
      },
    },
    period: wanted.period, pretax_credit_amounts: [],
    pricing: { type: "price_details", price_details: { price: price.id, product: String(price.product) }, unit_amount_decimal: price.unit_amount_decimal },
    quantity: wanted.quantity, quantity_decimal: Stripe.Decimal.from(wanted.quantity), subscription: wanted.subscription, subtotal: amount, taxes: [],
  };
}

export interface InvoiceWanted {
  customer: Stripe.Customer;
  /** Null: an invoice by hand. */
  subscription: Stripe.Subscription | null;
  reason: Stripe.Invoice.BillingReason;
  /** The period that has ended, which for a first invoice is a moment. */
  period: Period;
  currency: string;
  lines: LineWanted[];
  /** What waited for it. */
  items: Stripe.InvoiceItem[];
}

/** A draft of what is owed. */
export function invoiceObject({ customer, subscription, reason, period, currency, lines, items }: InvoiceWanted, created: number): Stripe.Invoice {
  const id = newId("in");
  const total = [...lines, ...items].reduce((sum, { amount }) => sum + amount, 0);
  const due = Math.max(0, total);
  return {
    id, object: "invoice", account_country: "US", account_name: "Tallygate", account_tax_ids: null, amount_due: due, amount_overpaid: 0, amount_paid: 0,
    amount_remaining: due, amount_shipping: 0, application: null, attempt_count: 0, attempted: false, auto_advance: true,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null }, automatically_finalizes_at: created + 3_600,
    billing_reason: reason, collection_method: "charge_automatically", created, currency, custom_fields: null,
    customer: customer.id, customer_account: null, customer_address: null, customer_email: customer.email, customer_name: customer.name ?? null,
    customer_phone: null, customer_shipping: null, customer_tax_exempt: "none", customer_tax_ids: [], default_payment_method: null, default_source: null,
    default_tax_rates: [], description: null, discounts: [], due_date: null, effective_at: null, ending_balance: null, footer: null, from_invoice: null,
    hosted_invoice_url: null, invoice_pdf: null, issuer: { type: "self" }, last_finalization_error: null, latest_revision: null,
    lines: listOf([...lines.map((line) => lineObject(line, id)), ...items.map((item) => itemLine(item, id))], `/v1/invoices/${id}/lines`), livemode: LIVE, metadata: {}, next_payment_attempt: created + 3_600,
    number: null, on_behalf_of: null,
    parent: subscription === null
      ? null : { quote_details: null, subscription_details: { metadata: subscription.metadata, subscription: subscription.id }, type: "subscription_details" },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null }, period_end: period.end, period_start: period.start,
    post_payment_credit_notes_amount: 0, pre_payment_credit_notes_amount: 0, receipt_number: null, rendering: null, shipping_cost: null,
    shipping_details: null, starting_balance: 0, statement_descriptor: null, status: "draft",
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null }, subtotal: total,
    subtotal_excluding_tax: total, test_clock: null, total, total_discount_amounts: [], total_excluding_tax: total, total_pretax_credit_amounts: [],
    total_taxes: [], webhooks_delivered_at: null,
  };
}

export function chargeObject(invoice: Stripe.Invoice, paid: boolean, created: number): Stripe.Charge {
  const id = newId("ch");
  return {
    id, object: "charge", amount: invoice.amount_due, amount_captured: paid ? invoice.amount_due : 0, amount_refunded: 0, application: null,
    application_fee: null, application_fee_amount: null, balance_transaction: paid ? newId("txn") : null,
    billing_details: { address: null, email: invoice.customer_email, name: invoice.customer_name, phone: null, tax_id: null },
    calculated_statement_descriptor: "TALLYGATE", captured: paid, created, currency: invoice.currency, customer: invoice.customer, description: null,
    disputed: false, failure_balance_transaction: null, failure_code: paid ? null : "card_declined",
    failure_message: paid ? null : "Your card was declined.", fraud_details: {}, livemode: LIVE, metadata: {}, on_behalf_of: null, outcome: null, paid,
    payment_intent: newId("pi"), payment_method: newId("pm"), payment_method_details: null, receipt_email: null, receipt_number: null,
    receipt_url: null, refunded: false, review: null, shipping: null, source: null, source_transfer: null, statement_descriptor: null,
    statement_descriptor_suffix: null, status: paid ? "succeeded" : "failed", transfer_data: null, transfer_group: null,
  };
}

export function paymentObject(invoice: Stripe.Invoice, charge: Stripe.Charge, created: number): Stripe.InvoicePayment {
  return {
    id: newId("inpay"), object: "invoice_payment", amount_paid: charge.paid ? invoice.amount_due : null, amount_requested: invoice.amount_due, created,
    currency: invoice.currency, invoice: invoice.id, is_default: true, livemode: LIVE,
    payment: { type: "payment_intent", payment_intent: String(charge.payment_intent) }, status: charge.paid ? "paid" : "open",
    status_transitions: { canceled_at: null, paid_at: charge.paid ? created : null },
  };
}

export function refundObject(charge: Stripe.Charge, amount: number, created: number): Stripe.Refund {
  return {
    id: newId("re"), object: "refund", amount, balance_transaction: newId("txn"), charge: charge.id, created, currency: charge.currency,
    customer: typeof charge.customer === "string" ? charge.customer : null, customer_account: null, metadata: {}, payment_intent: charge.payment_intent,
    payment_method: charge.payment_method, reason: null, receipt_number: null, source_transfer_reversal: null, status: "succeeded",
    transfer_reversal: null,
  };
}
