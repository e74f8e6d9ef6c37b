// Stripe's objects in the shape of the pinned API version, complete: the official package's types hold each to its members.
import { randomBytes } from "node:crypto";
import { Stripe } from "stripe";
import type { Interval, Period } from "./periods.ts";

const LIVE = false;

/** An id as Stripe makes them: `cus_` and letters. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("base64url").replaceAll(/[-_]/g, "x")}`;
}

export function listOf<T>(data: T[], url: string): Stripe.ApiList<T> {
  return { object: "list", data, has_more: false, url };
}

export interface PriceWanted {
  id: string;
  /** Cents. */
  amount: number;
  interval: Interval;
  product?: string;
  currency?: string;
}

export function priceObject({ id, amount, interval, product = `prod_of_${id}`, currency = "usd" }: PriceWanted, created: number): Stripe.Price {
  return {
    id, object: "price", active: true, billing_scheme: "per_unit", created, currency, custom_unit_amount: null, livemode: LIVE, lookup_key: null,
    metadata: {}, nickname: null, product,
    recurring: { interval, interval_count: 1, meter: null, trial_period_days: null, usage_type: "licensed" },
    tax_behavior: "unspecified", tiers_mode: null, transform_quantity: null, type: "recurring",
    unit_amount: amount, unit_amount_decimal: Stripe.Decimal.from(amount),
  };
}

/** What an item still has of the API before prices. */
function planOf(price: Stripe.Price): Stripe.Plan {
  return {
    id: price.id, object: "plan", active: true, amount: price.unit_amount, amount_decimal: price.unit_amount_decimal, billing_scheme: "per_unit",
    created: price.created, currency: price.currency, interval: price.recurring?.interval ?? "month", interval_count: 1, livemode: LIVE, metadata: {},
    meter: null, nickname: null, product: price.product, tiers_mode: null, transform_usage: null, trial_period_days: null, usage_type: "licensed",
  };
}

export function customerObject(wanted: Partial<Stripe.Customer>, created: number): Stripe.Customer {
  return {
    id: newId("cus"), object: "customer", address: null, balance: 0, created, currency: null, default_source: null, delinquent: false, description: null,
    email: null, invoice_prefix: randomBytes(4).toString("hex").toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: LIVE, metadata: {}, name: null, next_invoice_sequence: 1, phone: null, preferred_locales: [], shipping: null, tax_exempt: "none",
    test_clock: null, ...wanted,
  };
}

export function itemObject(subscription: string, price: Stripe.Price, quantity: number, period: Period, created: number): Stripe.SubscriptionItem {
  return {
    id: newId("si"), object: "subscription_item", billing_thresholds: null, created, current_period_end: period.end, current_period_start: period.start,
    current_trial: null, discounts: [], metadata: {}, plan: planOf(price), price, quantity, subscription, tax_rates: [],
  };
}

export function priced(item: Stripe.SubscriptionItem, price: Stripe.Price): Stripe.SubscriptionItem {
  return { ...item, price, plan: planOf(price) };
}

export interface SubscriptionWanted {
  customer: string;
  price: Stripe.Price;
  quantity: number;
  metadata: Record<string, string>;
  status: Stripe.Subscription.Status;
  period: Period;
  trialEnd: number | null;
  missingPaymentMethod: Stripe.Subscription.TrialSettings.EndBehavior.MissingPaymentMethod;
}

export function subscriptionObject(wanted: SubscriptionWanted, created: number): Stripe.Subscription {
  const id = newId("sub");
  return {
    id, object: "subscription", application: null, application_fee_percent: null, automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    // A trial's end is where the first period that is paid for begins.
    billing_cycle_anchor: wanted.trialEnd ?? wanted.period.start, billing_cycle_anchor_config: null, billing_mode: { flexible: null, type: "classic" },
    billing_schedules: [], billing_thresholds: null, cancel_at: null, cancel_at_period_end: false, canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: "charge_automatically", created, currency: wanted.price.currency, customer: wanted.customer, customer_account: null,
    days_until_due: null, default_payment_method: newId("pm"), default_source: null, default_tax_rates: [], description: null, discounts: [],
    ended_at: null, invoice_settings: { account_tax_ids: null, custom_fields: null, description: null, footer: null, issuer: { type: "self" } },
    items: listOf([itemObject(id, wanted.price, wanted.quantity, wanted.period, created)], `/v1/subscription_items?subscription=${id}`),
    latest_invoice: null, livemode: LIVE, managed_payments: { enabled: false }, metadata: wanted.metadata, next_pending_invoice_item_invoice: null,
    on_behalf_of: null, pause_collection: null,
    payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: "off" },
    pending_invoice_item_interval: null, pending_setup_intent: null, pending_update: null, schedule: null, start_date: created, status: wanted.status,
    test_clock: null, transfer_data: null, trial_end: wanted.trialEnd,
    trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: wanted.missingPaymentMethod } },
    trial_start: wanted.trialEnd === null ? null : created,
  };
}

export interface SessionWanted {
  customer: string | null;
  customerEmail: string | null;
  reference: string | null;
  amount: number;
  currency: string;
  metadata: Record<string, string>;
  successUrl: string;
  cancelUrl: string | null;
  promotionCodes: boolean | null;
  locale: string | null;
  collection: string;
  expiresAt: number | undefined;
}

export function sessionObject(wanted: SessionWanted, created: number): Stripe.Checkout.Session {
  const id = newId("cs_test");
  return {
    id, object: "checkout.session", adaptive_pricing: { enabled: false }, after_expiration: null, allow_promotion_codes: wanted.promotionCodes,
    allowed_payment_method_types: null,
    amount_subtotal: wanted.amount, amount_total: wanted.amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null }, billing_address_collection: null, cancel_url: wanted.cancelUrl,
    client_reference_id: wanted.reference, client_secret: null, collected_information: null, consent: null, consent_collection: null, created,
    currency: wanted.currency, currency_conversion: null, custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: wanted.customer, customer_account: null, customer_creation: wanted.customer === null ? "always" : null, customer_details: null,
    customer_email: wanted.customerEmail, discounts: [], expires_at: wanted.expiresAt ?? created + 86_400, integration_identifier: null, invoice: null,
    invoice_creation: null, livemode: LIVE, locale: wanted.locale as Stripe.Checkout.Session.Locale | null, managed_payments: null,
    metadata: wanted.metadata, mode: "subscription", origin_context: null, payment_intent: null, payment_link: null,
    payment_method_collection: wanted.collection as Stripe.Checkout.Session.PaymentMethodCollection, payment_method_configuration_details: null,
    payment_method_options: {}, payment_method_types: ["card"], payment_status: "unpaid", permissions: null,
    phone_number_collection: { enabled: false }, recovered_from: null, saved_payment_method_options: null, setup_intent: null,
    shipping_address_collection: null, shipping_cost: null, shipping_options: [], status: "open", submit_type: null, subscription: null,
    success_url: wanted.successUrl, total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 }, ui_mode: "hosted_page",
    url: `https://checkout.stripe.com/c/pay/${id}`, wallet_options: null,
  };
}

export function portalObject(customer: string, returnUrl: string | null, created: number): Stripe.BillingPortal.Session {
  return {
    id: newId("bps"), object: "billing_portal.session", configuration: "bpc_default", created, customer, customer_account: null, flow: null,
    livemode: LIVE, locale: null, on_behalf_of: null, return_url: returnUrl, url: `https://billing.stripe.com/p/session/test_${newId("portal")}`,
  };
}
