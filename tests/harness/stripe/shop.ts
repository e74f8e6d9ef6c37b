// The whole system with the stand-in for Stripe behind it, and organizations that are its customers.
import { startSystem, type Reply, type System, type SystemOptions } from "../system.ts";
import { World, type Person, type PersonOptions } from "../world.ts";
import type { Interval } from "./periods.ts";
import { startStripeStandIn, type Signing, type StandInOptions, type StripeStandIn } from "./stand-in.ts";

/** What the catalog sells, in cents. */
const SOLD: readonly [plan: string, interval: Interval, cents: number][] = [
  ["starter", "month", 9_900], ["starter", "year", 108_900], ["professional", "month", 19_900], ["professional", "year", 218_900],
  ["enterprise", "month", 49_900], ["enterprise", "year", 548_900],
];

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
      for (const [plan, interval, cents] of SOLD) await shop.sell(`price_${plan}_${interval}`, plan, interval, cents);
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

  /** Sends an event as Stripe does. */
  deliver(event: object | string, signing: Signing = {}): Promise<Reply> {
    return this.stripe.deliver(this.webhook, event, signing);
  }

  history(person: Pick<Person, "token">): Promise<Reply> {
    return this.system.call("billing", { method: "GET", path: "/history", token: person.token });
  }

  async close(): Promise<void> {
    await this.system.close();
    await this.stripe.close();
  }
}
