// A product that sells: the whole system with the stand-in for Stripe behind it, and people who pay.
import assert from "node:assert/strict";
import type { Stripe } from "stripe";
import type { Reply } from "./reply.ts";
import type { Interval } from "./stripe/periods.ts";
import { startStripeStandIn, type Signing, type StandInOptions, type StripeStandIn } from "./stripe/stand-in.ts";
import { startSystem, type System, type SystemOptions } from "./system.ts";
import { World, type Person, type PersonOptions } from "./world.ts";

/** The catalog's prices in cents, by the month and by the year. */
const SOLD = { starter: [9_900, 108_900], professional: [19_900, 218_900], enterprise: [49_900, 548_900] } as const;

export type Plan = keyof typeof SOLD;
type Caller = Pick<Person, "token">;

/** Somebody whose personal organization is known to Stripe. */
export interface Payer extends Person {
  customer: string;
}

export class Shop {
  readonly system: System;
  readonly stripe: StripeStandIn;
  readonly world: World;

  private constructor(system: System, stripe: StripeStandIn) {
    this.system = system;
    this.stripe = stripe;
    this.world = new World(system);
  }

  static async open({ now, ...options }: SystemOptions & StandInOptions = {}): Promise<Shop> {
    const stripe = await startStripeStandIn({ now });
    try {
      const shop = new Shop(await startSystem({ ...options, bindings: { ...stripe.settings(), ...options.bindings } }), stripe);
      for (const [plan, [month, year]] of Object.entries(SOLD)) {
        await shop.sell(`price_${plan}_month`, plan, "month", month);
        await shop.sell(`price_${plan}_year`, plan, "year", year);
      }
      return shop;
    } catch (error) {
      await stripe.close();
      throw error;
    }
  }

  /** Where Stripe delivers. */
  get webhook(): string {
    return `${this.system.url}/functions/v1/billing/webhook`;
  }

  /** A price that Stripe has and the product knows. */
  async sell(id: string, plan: string, interval: Interval, cents: number, offered = true): Promise<void> {
    this.stripe.price({ id, amount: cents, interval });
    await this.know(id, plan, interval, offered);
  }

  /** Tells the product of a price. */
  async know(id: string, plan: string, interval: Interval, offered = true): Promise<void> {
    await this.system.sql("INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES (?, ?, ?, ?)",
      id, plan, interval, offered ? 1 : 0);
  }

  /** Makes an organization known to Stripe, and gives its customer. */
  async customer(organizationId: string): Promise<string> {
    const { id } = this.stripe.customer({ metadata: { organization_id: organizationId } });
    await this.own(organizationId, id);
    return id;
  }

  /** Tells the product whose customer it is. */
  async own(organizationId: string, customer: string): Promise<void> {
    await this.system.sql("INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES (?, ?, ?)",
      organizationId, customer, Date.now());
  }

  async payer(options: PersonOptions = {}): Promise<Payer> {
    const person = await this.world.individual(options);
    return { ...person, customer: await this.customer(person.organizationId) };
  }

  post(action: string, who: Caller, body: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Reply> {
    return this.system.call("billing", { path: `/${action}`, token: who.token, body, headers });
  }

  get(path: string, who: Caller, headers: Record<string, string> = {}): Promise<Reply> {
    return this.system.call("billing", { path: `/${path}`, method: "GET", token: who.token, headers });
  }

  history(who: Caller): Promise<Reply> {
    return this.get("history", who);
  }

  /** Goes through the checkout, and has Stripe tell of it; returns the subscription's id. */
  async buys(who: Caller, plan: Plan, interval: Interval = "month", headers: Record<string, string> = {}): Promise<string> {
    const opened = await this.post("checkout", who, { plan, interval }, headers);
    assert.equal(opened.status, 200, opened.text);
    const session = String(opened.body["checkoutSessionId"]);
    await this.tell(this.stripe.completeCheckout(session));
    const { subscription } = this.stripe.account.session(session);
    assert.ok(subscription !== null);
    return typeof subscription === "string" ? subscription : subscription.id;
  }

  /** Sends an event as Stripe does. */
  deliver(event: object | string, signing: Signing = {}): Promise<Reply> {
    return this.stripe.deliver(this.webhook, event, signing);
  }

  /** Delivers what Stripe has to say, one after the other. */
  async tell(events: readonly Stripe.Event[]): Promise<void> {
    for (const event of events) {
      const reply = await this.deliver(event);
      assert.equal(reply.status, 200, `${event.type}: ${reply.text}`);
    }
  }

  /** All invoices that Stripe has of a subscription. */
  invoicesOf(subscription: string): Stripe.Invoice[] {
    return [...this.stripe.account.invoices.values()].filter(({ parent }) => parent?.subscription_details?.subscription === subscription);
  }

  async close(): Promise<void> {
    await this.system.close();
    await this.stripe.close();
  }
}
