// Checkout sessions: begun through the API, completed or left to expire by a customer.
import type { Stripe } from "stripe";
import { idOf, type Account, type Purchase } from "./account.ts";
import { invalid, notModelled } from "./failure.ts";
import { at, flagAt, listAt, metadataAfter, textAt, wholeAt, type Form } from "./form.ts";
import { chargeOf } from "./invoices.ts";
import { subscribe } from "./lifecycle.ts";
import { customerObject, sessionObject } from "./objects.ts";

const DAY = 86_400;

export function createSession(account: Account, form: Form): Stripe.Checkout.Session {
  const mode = textAt(form, "mode");
  if (mode === undefined) throw invalid("Missing required param: mode.", "mode", "parameter_missing");
  if (mode !== "subscription") throw notModelled(`\`mode=${mode}\``);
  const successUrl = required(form, "success_url");
  const customer = textAt(form, "customer") ?? null;
  const customerEmail = textAt(form, "customer_email") ?? null;
  if (customer !== null && customerEmail !== null) throw invalid("You may only specify one of these parameters: customer, customer_email.", "customer");
  if (customer !== null) account.customer(customer, "customer");
  const now = account.now(customer ?? undefined);

  const purchase = purchaseOf(account, form, now);
  const price = account.price(purchase.price);
  const expiresAt = wholeAt(form, "expires_at");
  if (expiresAt !== undefined && (expiresAt < now + 1_800 || expiresAt > now + DAY)) {
    throw invalid("The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.", "expires_at");
  }
  const reference = textAt(form, "client_reference_id") ?? null;
  if (reference !== null && reference.length > 200) throw invalid("Invalid string: must be at most 200 characters", "client_reference_id");
  const trial = purchase.trialEnd !== null || purchase.trialDays !== null;
  const session = sessionObject({
    customer, customerEmail, reference, currency: price.currency, amount: trial ? 0 : (price.unit_amount ?? 0) * purchase.quantity,
    metadata: metadataAfter({}, at(form, "metadata")), successUrl, cancelUrl: textAt(form, "cancel_url") ?? null,
    promotionCodes: flagAt(form, "allow_promotion_codes") ?? null, locale: textAt(form, "locale") ?? null,
    collection: textAt(form, "payment_method_collection") ?? "always", expiresAt,
  }, now);
  account.sessions.set(session.id, session);
  account.purchases.set(session.id, purchase);
  return session;
}

function purchaseOf(account: Account, form: Form, now: number): Purchase {
  const [line, ...more] = listAt(form, "line_items");
  if (line === undefined) throw invalid("Missing required param: line_items.", "line_items", "parameter_missing");
  if (more.length > 0) throw notModelled("a second line item");
  const price = account.price(required(line, "price", "line_items[0][price]"), "line_items[0][price]");
  const quantity = wholeAt(line, "quantity");
  if (quantity === undefined) throw invalid("Quantity is required. Add `quantity` to `line_items[0]`", "line_items[0][quantity]");
  const data = at(form, "subscription_data");
  const trialEnd = wholeAt(data, "trial_end") ?? null;
  const trialDays = wholeAt(data, "trial_period_days") ?? null;
  if (trialEnd !== null && trialDays !== null) throw invalid("You may only specify one of these parameters: trial_end, trial_period_days.", "subscription_data[trial_end]");
  if (trialEnd !== null && trialEnd < now + 2 * DAY) throw invalid("The `trial_end` date has to be at least 2 days in the future.", "subscription_data[trial_end]");
  if (trialDays !== null && trialDays < 1) throw invalid("The minimum number of trial period days is 1.", "subscription_data[trial_period_days]");
  return {
    price: price.id, quantity, metadata: metadataAfter({}, at(data, "metadata")), trialEnd, trialDays,
    missingPaymentMethod: (textAt(data, "trial_settings", "end_behavior", "missing_payment_method") ?? "create_invoice") as Purchase["missingPaymentMethod"],
  };
}

function required(form: Form, name: string, param = name): string {
  const found = textAt(form, name);
  if (found === undefined) throw invalid(`Missing required param: ${param}.`, param, "parameter_missing");
  return found;
}

/** The customer pays on Stripe's page: the subscription begins, and the session is told of last. */
export function completeSession(account: Account, session: Stripe.Checkout.Session): void {
  const purchase = account.purchases.get(session.id);
  if (session.status !== "open" || !purchase) throw new Error(`${session.id} is ${session.status}: only an open session can be completed`);
  if (session.customer === null) {
    const customer = customerObject({ email: session.customer_email ?? "customer@example.com" }, account.now());
    account.customers.set(customer.id, customer);
    account.tell("customer.created", customer);
    session.customer = customer.id;
  }
  const customer = account.customer(idOf(session.customer));
  const subscription = subscribe(account, customer.id, purchase, true);
  const invoice = account.invoice(idOf(subscription.latest_invoice));
  Object.assign(session, {
    status: "complete", payment_status: invoice.amount_due === 0 ? "no_payment_required" : "paid", subscription: subscription.id, invoice: invoice.id,
    customer_details: {
      address: null, business_name: null, email: customer.email, individual_name: null, name: customer.name ?? null, phone: null, tax_exempt: "none", tax_ids: [],
    },
    url: null,
  } satisfies Partial<Stripe.Checkout.Session>);
  if (invoice.amount_due > 0) chargeOf(account, invoice.id).receipt_email = customer.email;
  account.tell("checkout.session.completed", session);
}

export function expireSession(account: Account, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  if (session.status !== "open") throw invalid(`Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`);
  Object.assign(session, { status: "expired", url: null } satisfies Partial<Stripe.Checkout.Session>);
  account.tell("checkout.session.expired", session);
  return session;
}
