// The endpoints: for each the form that Stripe publishes, which of its fields are modelled here, and what it does.
import type { Stripe } from "stripe";
import { idOf, snapshot, type Account } from "./account.ts";
import { previewInvoice, updateSubscription } from "./changes.ts";
import { createSession, expireSession } from "./checkout.ts";
import { invalid, missing, notModelled } from "./failure.ts";
import { at, check, flagAt, listAt, metadataAfter, textAt, wholeAt, type Form } from "./form.ts";
import { addItem, draftByHand } from "./invoices.ts";
import { end } from "./lifecycle.ts";
import { itemObject } from "./money-objects.ts";
import { customerObject, listOf, portalObject } from "./objects.ts";
import { published } from "./published.ts";
import { createSchedule, release, updateSchedule } from "./schedules.ts";

export interface Endpoint {
  method: "GET" | "POST" | "DELETE";
  /** `:id` stands for an id. */
  path: string;
  /** Where the official package declares its form. */
  form: [file: string, name: string];
  /** The fields that do something here; a star stands for the rest of a name, `[]` for any place of a list. */
  modelled: string[];
  answer: (account: Account, id: string, form: Form) => object;
}

const PAGES = ["limit", "starting_after"];
/** Fields that only change how Stripe's page looks. */
const LOOKS = ["locale", "billing_address_collection", "customer_update[*", "tax_id_collection[*", "consent_collection[*", "custom_text[*", "phone_number_collection[*"];
const ITEM = ["items[][id]", "items[][price]", "items[][quantity]"];

const CUSTOMER = ["name", "email", "description", "phone", "metadata[*", "metadata"];

export const ENDPOINTS: readonly Endpoint[] = [
  {
    method: "POST", path: "/v1/customers", form: ["Customers", "CustomerCreateParams"], modelled: CUSTOMER,
    answer: (account, _, form) => {
      const customer = customerObject({ ...personOf(form), metadata: metadataAfter({}, at(form, "metadata")) }, account.now());
      account.customers.set(customer.id, customer);
      account.tell("customer.created", customer);
      return customer;
    },
  },
  {
    method: "GET", path: "/v1/customers", form: ["Customers", "CustomerListParams"], modelled: PAGES,
    answer: (account, _, form) => pageOf([...account.customers.values()].reverse(), form, "/v1/customers"),
  },
  {
    method: "GET", path: "/v1/customers/:id", form: ["Customers", "CustomerRetrieveParams"], modelled: [],
    answer: (account, id) => account.customer(id),
  },
  {
    method: "POST", path: "/v1/customers/:id", form: ["Customers", "CustomerUpdateParams"], modelled: CUSTOMER,
    answer: (account, id, form) => {
      const customer = account.customer(id);
      const before = customer.email;
      Object.assign(customer, personOf(form), { metadata: metadataAfter(customer.metadata, at(form, "metadata")) });
      account.tell("customer.updated", customer, before === customer.email ? {} : { email: before });
      return customer;
    },
  },
  {
    method: "DELETE", path: "/v1/customers/:id", form: ["Customers", "CustomerDeleteParams"], modelled: [],
    answer: (account, id) => {
      const customer = account.customer(id);
      for (const subscription of [...account.subscriptions.values()]) {
        if (idOf(subscription.customer) === id && subscription.status !== "canceled") end(account, subscription, "cancellation_requested");
      }
      account.customers.delete(id);
      account.tell("customer.deleted", customer);
      return { id, object: "customer", deleted: true };
    },
  },
  {
    method: "GET", path: "/v1/charges/:id", form: ["Charges", "ChargeRetrieveParams"], modelled: [],
    answer: (account, id) => account.charge(id),
  },
  {
    method: "POST", path: "/v1/checkout/sessions", form: ["Checkout/Sessions", "Checkout.SessionCreateParams"],
    modelled: [
      "mode", "customer", "customer_email", "client_reference_id", "line_items[][price]", "line_items[][quantity]", "success_url", "cancel_url",
      "subscription_data[metadata][*", "subscription_data[trial_end]", "subscription_data[trial_period_days]",
      "subscription_data[trial_settings][end_behavior][missing_payment_method]", "allow_promotion_codes", "metadata[*", "payment_method_collection",
      "expires_at", ...LOOKS,
    ],
    answer: (account, _, form) => createSession(account, form),
  },
  {
    method: "GET", path: "/v1/checkout/sessions/:id", form: ["Checkout/Sessions", "Checkout.SessionRetrieveParams"], modelled: [],
    answer: (account, id) => account.session(id),
  },
  {
    method: "POST", path: "/v1/checkout/sessions/:id/expire", form: ["Checkout/Sessions", "Checkout.SessionExpireParams"], modelled: [],
    answer: (account, id) => expireSession(account, account.session(id)),
  },
  {
    method: "POST", path: "/v1/billing_portal/sessions", form: ["BillingPortal/Sessions", "BillingPortal.SessionCreateParams"],
    modelled: ["customer", "return_url", "locale"],
    answer: (account, _, form) => {
      const customer = textAt(form, "customer");
      if (customer === undefined) throw invalid("Missing required param: customer.", "customer", "parameter_missing");
      account.customer(customer, "customer");
      return portalObject(customer, textAt(form, "return_url") ?? null, account.now(customer));
    },
  },
  {
    method: "GET", path: "/v1/subscriptions", form: ["Subscriptions", "SubscriptionListParams"], modelled: ["customer", "status", "price", ...PAGES],
    answer: (account, _, form) => {
      const status = textAt(form, "status");
      const wanted = [...account.subscriptions.values()].reverse().filter((one) =>
        [undefined, one.customer].includes(textAt(form, "customer"))
        && [undefined, one.items.data[0]?.price.id].includes(textAt(form, "price"))
        // What has ended is listed only for those who ask.
        && (status === undefined ? one.status !== "canceled" : status === "all" || one.status === status));
      return pageOf(wanted, form, "/v1/subscriptions");
    },
  },
  {
    method: "GET", path: "/v1/subscriptions/:id", form: ["Subscriptions", "SubscriptionRetrieveParams"], modelled: [],
    answer: (account, id) => account.subscription(id),
  },
  {
    method: "POST", path: "/v1/subscriptions/:id", form: ["Subscriptions", "SubscriptionUpdateParams"],
    modelled: [
      ...ITEM, "proration_behavior", "proration_date", "payment_behavior", "cancel_at_period_end", "cancellation_details[*", "metadata[*", "metadata",
      "trial_end", "billing_cycle_anchor", "description",
    ],
    answer: (account, id, form) => {
      const behavior = textAt(form, "payment_behavior");
      if (behavior === "default_incomplete" || behavior === "pending_if_incomplete") throw notModelled(`\`payment_behavior=${behavior}\``);
      return updateSubscription(account, account.subscription(id), form);
    },
  },
  {
    method: "DELETE", path: "/v1/subscriptions/:id", form: ["Subscriptions", "SubscriptionCancelParams"],
    modelled: ["cancellation_details[*", "prorate", "invoice_now"],
    answer: (account, id, form) => {
      if (flagAt(form, "prorate") || flagAt(form, "invoice_now")) throw notModelled("cancelling with a last invoice");
      const subscription = account.subscription(id);
      // Stripe does not find what has ended.
      if (subscription.status === "canceled") throw missing("subscription", id);
      end(account, subscription, "cancellation_requested");
      return subscription;
    },
  },
  {
    method: "POST", path: "/v1/subscription_schedules", form: ["SubscriptionSchedules", "SubscriptionScheduleCreateParams"],
    // The others are refused as Stripe refuses them beside `from_subscription`.
    modelled: ["*"],
    answer: (account, _, form) => createSchedule(account, form),
  },
  {
    method: "GET", path: "/v1/subscription_schedules/:id", form: ["SubscriptionSchedules", "SubscriptionScheduleRetrieveParams"], modelled: [],
    answer: (account, id) => account.schedule(id),
  },
  {
    method: "POST", path: "/v1/subscription_schedules/:id", form: ["SubscriptionSchedules", "SubscriptionScheduleUpdateParams"],
    modelled: [
      "end_behavior", "metadata[*", "proration_behavior", "phases[][items][][price]", "phases[][items][][quantity]", "phases[][start_date]",
      "phases[][end_date]", "phases[][duration][*", "phases[][metadata][*", "phases[][proration_behavior]",
    ],
    answer: (account, id, form) => {
      const behavior = textAt(form, "end_behavior") ?? "release";
      if (behavior !== "release") throw notModelled(`\`end_behavior=${behavior}\``);
      return updateSchedule(account, account.schedule(id), form);
    },
  },
  {
    method: "POST", path: "/v1/subscription_schedules/:id/release", form: ["SubscriptionSchedules", "SubscriptionScheduleReleaseParams"],
    modelled: ["preserve_cancel_date"],
    answer: (account, id) => release(account, account.schedule(id)),
  },
  {
    method: "POST", path: "/v1/invoices/create_preview", form: ["Invoices", "InvoiceCreatePreviewParams"],
    modelled: [
      "customer", "subscription", "preview_mode", ...ITEM.map((name) => `subscription_details[${name.replace("[]", "][]")}`),
      "subscription_details[proration_behavior]", "subscription_details[proration_date]", "subscription_details[billing_cycle_anchor]",
    ],
    answer: (account, _, form) => previewInvoice(account, form),
  },
  {
    method: "POST", path: "/v1/invoices", form: ["Invoices", "InvoiceCreateParams"],
    modelled: ["customer", "currency", "auto_advance", "collection_method", "pending_invoice_items_behavior"],
    answer: (account, _, form) => {
      if (flagAt(form, "auto_advance") !== true) throw notModelled("an invoice that nobody finalizes");
      if (textAt(form, "collection_method") === "send_invoice") throw notModelled("an invoice that is sent");
      const customer = account.customer(textAt(form, "customer") ?? "", "customer");
      const currency = textAt(form, "currency") ?? customer.currency ?? "usd";
      return draftByHand(account, customer, currency, textAt(form, "pending_invoice_items_behavior") === "include");
    },
  },
  {
    method: "POST", path: "/v1/invoiceitems", form: ["InvoiceItems", "InvoiceItemCreateParams"],
    modelled: ["customer", "amount", "currency", "description", "discountable", "period[start]", "period[end]", "metadata[*", "invoice"],
    answer: (account, _, form) => createItem(account, form),
  },
  {
    method: "GET", path: "/v1/invoiceitems", form: ["InvoiceItems", "InvoiceItemListParams"], modelled: ["customer", ...PAGES],
    answer: (account, _, form) => {
      const customer = textAt(form, "customer");
      if (customer !== undefined) account.customer(customer, "customer");
      return pageOf([...account.items.values()].reverse().filter((item) => [undefined, item.customer].includes(customer)), form, "/v1/invoiceitems");
    },
  },
  {
    method: "GET", path: "/v1/invoiceitems/:id", form: ["InvoiceItems", "InvoiceItemRetrieveParams"], modelled: [],
    answer: (account, id) => account.item(id),
  },
  {
    method: "GET", path: "/v1/invoices", form: ["Invoices", "InvoiceListParams"], modelled: ["customer", "subscription", "status", ...PAGES],
    answer: (account, _, form) => {
      const wanted = [...account.invoices.values()].reverse().filter((one) =>
        [undefined, one.customer].includes(textAt(form, "customer"))
        && [undefined, one.parent?.subscription_details?.subscription].includes(textAt(form, "subscription"))
        && [undefined, one.status].includes(textAt(form, "status")));
      return pageOf(wanted, form, "/v1/invoices");
    },
  },
  {
    method: "GET", path: "/v1/invoices/:id", form: ["Invoices", "InvoiceRetrieveParams"], modelled: [],
    answer: (account, id) => account.invoice(id),
  },
  {
    method: "GET", path: "/v1/invoice_payments", form: ["InvoicePayments", "InvoicePaymentListParams"],
    modelled: ["invoice", "status", "payment[type]", "payment[payment_intent]", ...PAGES],
    answer: (account, _, form) => {
      const wanted = [...account.payments.values()].reverse().filter((one) =>
        [undefined, one.invoice].includes(textAt(form, "invoice"))
        && [undefined, one.status].includes(textAt(form, "status"))
        && [undefined, one.payment.payment_intent].includes(textAt(form, "payment", "payment_intent")));
      return pageOf(wanted, form, "/v1/invoice_payments");
    },
  },
  {
    method: "GET", path: "/v1/prices/:id", form: ["Prices", "PriceRetrieveParams"], modelled: [],
    answer: (account, id) => account.price(id),
  },
];

/** The endpoint of a request and the id in its path. */
export function endpointFor(method: string, path: string): { endpoint: Endpoint; id: string } | undefined {
  for (const endpoint of ENDPOINTS) {
    const found = new RegExp(`^${endpoint.path.replace(":id", "([^/]+)")}$`).exec(path);
    // `create_preview` stands where an invoice's id would.
    if (endpoint.method === method && found) return { endpoint, id: decodeURIComponent(found[1] ?? "") };
  }
  return undefined;
}

/** Refuses what Stripe would refuse, and after that what is not modelled. */
export function checkRequest(endpoint: Endpoint, form: { [name: string]: Form }): void {
  check(form, published(...endpoint.form));
  for (const name of namesOf(form)) {
    const known = ["expand*", ...endpoint.modelled].some((model) => (model.endsWith("*") ? name.startsWith(model.slice(0, -1)) : name === model));
    if (!known) throw notModelled(`\`${name}\``);
  }
}

/** What it answers, with the properties that `expand` names in place of their ids. */
export function answerOf(account: Account, { endpoint, id, form }: { endpoint: Endpoint; id: string; form: Form }): object {
  const expanded = listAt(form, "expand").map(String);
  const answer = snapshot(endpoint.answer(account, id, form));
  for (const path of expanded) expand(account, answer, path.split("."), path);
  return answer;
}

function expand(account: Account, place: object, [name = "", ...rest]: string[], path: string): void {
  if (Array.isArray(place)) return place.forEach((one: object) => expand(account, one, [name, ...rest], path));
  const value: unknown = Reflect.get(place, name);
  const found = typeof value === "string" ? account.find(value) : undefined;
  if (found) Reflect.set(place, name, snapshot(found));
  else if (name === "payments" && Reflect.get(place, "object") === "invoice") Reflect.set(place, name, paymentsOf(account, place as Stripe.Invoice));
  else if (typeof value === "string") throw notModelled(`\`expand[]=${path}\``);
  else if (value === undefined) throw invalid(`This property cannot be expanded (${name}).`, "expand");
  const next: unknown = Reflect.get(place, name);
  if (rest.length > 0 && typeof next === "object" && next !== null) expand(account, next, rest, path);
}

/** An amount of a customer's, which waits for an invoice or goes on a draft. */
function createItem(account: Account, form: Form): Stripe.InvoiceItem {
  const customer = account.customer(textAt(form, "customer") ?? "", "customer");
  const now = account.now(customer.id);
  const draft = textAt(form, "invoice");
  const invoice = draft === undefined ? undefined : account.invoice(draft);
  if (invoice !== undefined && invoice.status !== "draft") throw invalid("This invoice is no longer editable", "invoice", "invoice_not_editable");
  const item = itemObject({
    customer: customer.id, amount: wholeAt(form, "amount") ?? 0, currency: textAt(form, "currency") ?? "usd", description: textAt(form, "description") ?? null,
    discountable: flagAt(form, "discountable") ?? true, period: { start: wholeAt(form, "period", "start") ?? now, end: wholeAt(form, "period", "end") ?? now },
    metadata: metadataAfter({}, at(form, "metadata")), invoice: draft ?? null,
  }, now);
  account.items.set(item.id, item);
  if (invoice) addItem(account, invoice, item);
  return item;
}

function paymentsOf(account: Account, invoice: Stripe.Invoice): Stripe.ApiList<Stripe.InvoicePayment> {
  return listOf([...account.payments.values()].filter((one) => one.invoice === invoice.id), `/v1/invoice_payments?invoice=${invoice.id}`);
}

/** The names of a form's fields, with `[]` for a place in a list. */
function namesOf(form: Form, at = ""): string[] {
  if (typeof form === "string") return [at];
  return Object.entries(form).flatMap(([name, value]) => namesOf(value, at === "" ? name : `${at}[${/^\d+$/.test(name) ? "" : name}]`));
}

function personOf(form: Form): Partial<Stripe.Customer> {
  const said = (["name", "email", "description", "phone"] as const).map((name) => [name, textAt(form, name)] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined).map(([name, value]) => [name, value === "" ? null : value]));
}

function pageOf<T extends { id: string }>(all: T[], form: Form, url: string): Stripe.ApiList<T> {
  const limit = wholeAt(form, "limit") ?? 10;
  if (limit < 1 || limit > 100) throw invalid("This value must be between 1 and 100.", "limit");
  const after = textAt(form, "starting_after");
  const rest = after === undefined ? all : all.slice(all.findIndex(({ id }) => id === idOf(after)) + 1);
  return { ...listOf(rest.slice(0, limit), url), has_more: rest.length > limit };
}
