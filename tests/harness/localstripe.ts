// PyPI's localstripe: a Stripe server that somebody else wrote, stateful, whose signed webhooks arrive at a local address.
//
// It speaks an API of about 2018, whatever `Stripe-Version` a client names, and does not check form fields against Stripe's
// published ones. Known of version 1.15.10, from its source:
// - Plans, no Price objects: a subscription's item has `plan` and no `price`, and plans are created where prices would be.
// - No Checkout, no customer portal, no subscription schedules, no `/v1/invoice_payments`, no coupons on subscriptions.
// - `POST /v1/subscriptions/:id` knows `items`, `trial_end`, `cancel_at`, `cancel_at_period_end` and `metadata`, but no
//   `proration_behavior` and no `payment_behavior`; a change of plan prorates to the whole of what was paid.
// - A subscription has `current_period_start` and `_end` at its top and not on its items; one that starts with a trial stays
//   `incomplete` and never becomes `trialing`. Nothing renews: time does not pass in it.
// - An invoice has `subscription` at its top; `parent` is there, but holds the subscription only.
// - It sends `customer.created|updated|deleted`, `customer.source.created`, `product.created`, `plan.created`, `invoice.created`,
//   `invoice.payment_succeeded|payment_failed`, `payment_intent.*` and `customer.subscription.created|deleted`. It never sends
//   `customer.subscription.updated`, `invoice.paid`, `invoice.finalized` or anything of Checkout; and nothing of a first
//   payment that is refused but the `incomplete` subscription.
// - An event has `api_version: "2017-08-15"` and neither `request` nor `pending_webhooks`. It goes out a second after what it
//   tells of, once, whatever the answer is, and is not in any order with others.
// - Idempotency keys are ignored. Errors have a type and a message; a card's refusal has a code.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Stripe } from "stripe";
import { ensureLocalstripe } from "../../scripts/setup/localstripe.mjs";
import { fetchOnce } from "./reply.ts";

export const LOCALSTRIPE_KEY = "sk_test_localstripe";

/** The cards of Stripe's test mode that localstripe knows; the second can be attached and is refused when it is charged. */
export type TestCard = "pm_card_visa" | "pm_card_chargeCustomerFail";

export interface PlanWanted {
  id: string;
  /** Cents. */
  amount: number;
  interval: "month" | "year";
  currency?: string;
}

export interface Localstripe {
  /** Without a slash at the end. */
  readonly url: string;
  /** Stripe's official client, pointed at it. */
  readonly client: Stripe;
  /** What a worker must be told: where it is and with which key it is asked. */
  settings(): { STRIPE_API_URL: string; STRIPE_SECRET_KEY: string };
  /** Has events sent to an address, all of them or those of the named types. */
  registerWebhook(url: string, secret: string, events?: string[]): Promise<void>;
  /** A plan, and a product of the same name for it. */
  plan(wanted: PlanWanted): Promise<Stripe.Plan>;
  /** A customer whose default is this card. */
  customer(wanted?: Stripe.CustomerCreateParams, card?: TestCard): Promise<Stripe.Customer>;
  /** Charged at once: `active`, or `incomplete` where the card is refused. */
  subscription(customer: string, plan: string, metadata?: Record<string, string>): Promise<Stripe.Subscription>;
  /** Forgets every object; registered webhooks stay. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server of its own on a free port, with nothing in it. It is installed first where it is missing. */
export async function startLocalstripe(): Promise<Localstripe> {
  const { command, args, env } = await ensureLocalstripe();
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const port = await listening(child.stdout, child.stderr, ended);
  const url = `http://127.0.0.1:${port}`;
  const client = new Stripe(LOCALSTRIPE_KEY, { host: "127.0.0.1", port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
  let webhooks = 0;

  return {
    url,
    client,
    settings: () => ({ STRIPE_API_URL: url, STRIPE_SECRET_KEY: LOCALSTRIPE_KEY }),
    registerWebhook: (target, secret, events) => configure(`${url}/_config/webhooks/${++webhooks}`, "POST", { url: target, secret, events }),
    async plan({ id, amount, interval, currency = "usd" }) {
      const product = await client.products.create({ name: id });
      return client.plans.create({ id, amount, interval, currency, product: product.id });
    },
    async customer(wanted = {}, card = "pm_card_visa") {
      const customer = await client.customers.create(wanted);
      // Naming a test card makes a new payment method of it, whose id is known only from the answer.
      const method = await client.paymentMethods.attach(card, { customer: customer.id });
      return client.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
    },
    subscription: (customer, plan, metadata = {}) => client.subscriptions.create({ customer, items: [{ plan }], metadata }),
    clear: () => configure(`${url}/_config/data`, "DELETE"),
    async close() {
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}

/** The port that it names once it listens; where it ends instead, what it said. */
async function listening(output: NodeJS.ReadableStream, errors: NodeJS.ReadableStream, ended: Promise<void>): Promise<number> {
  const said: string[] = [];
  // Read to the end, or the process would stand still when the pipe is full.
  createInterface(errors).on("line", (line) => { if (said.length < 40) said.push(line); });
  const port = await Promise.race([
    new Promise<number>((resolve) => createInterface(output).on("line", (line) => {
      const found = /^listening on (\d+)$/.exec(line)?.[1];
      if (found !== undefined) resolve(Number(found));
    })),
    ended.then(() => undefined),
  ]);
  if (port === undefined) throw new Error(`localstripe did not start:\n${said.join("\n")}`);
  return port;
}

async function configure(url: string, method: string, body?: Record<string, unknown>): Promise<void> {
  const response = await fetchOnce(url, { method, headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`);
}
