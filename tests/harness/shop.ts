// A product that sells: the whole system with a Stripe behind it that stands in for the real one.
import assert from "node:assert/strict";
import type { Stripe } from "stripe";
import type { Reply } from "./reply.ts";
import { startStripeStandIn, type StripeStandIn } from "./stripe/stand-in.ts";
import { startSystem, type System, type SystemOptions } from "./system.ts";
import { World, type Person } from "./world.ts";

/** The catalog's prices in cents, as Stripe has them. */
const PRICES = { starter: [9_900, 108_900], professional: [19_900, 218_900], enterprise: [49_900, 548_900] } as const;

export type Plan = keyof typeof PRICES;

export class Shop {
  readonly system: System;
  readonly stripe: StripeStandIn;
  readonly world: World;

  private constructor(system: System, stripe: StripeStandIn) {
    this.system = system;
    this.stripe = stripe;
    this.world = new World(system);
  }

  static async open(options: SystemOptions = {}): Promise<Shop> {
    const stripe = await startStripeStandIn();
    const system = await startSystem({ ...options, bindings: { ...stripe.settings(), ...options.bindings } });
    const shop = new Shop(system, stripe);
    for (const [plan, [month, year]] of Object.entries(PRICES)) {
      await shop.sell(plan, "month", month);
      await shop.sell(plan, "year", year);
    }
    return shop;
  }

  async close(): Promise<void> {
    await this.system.close();
    await this.stripe.close();
  }

  /** Puts a plan on sale: `price_<plan>_<interval>`. */
  async sell(plan: string, interval: "month" | "year", amount: number): Promise<void> {
    const id = `price_${plan}_${interval}`;
    this.stripe.price({ id, amount, interval });
    await this.system.sql("INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES (?, ?, ?, 1)", id, plan, interval);
  }

  post(action: string, who: Pick<Person, "token">, body: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Reply> {
    return this.system.call("billing", { path: `/${action}`, token: who.token, body, headers });
  }

  get(path: string, who: Pick<Person, "token">, headers: Record<string, string> = {}): Promise<Reply> {
    return this.system.call("billing", { path: `/${path}`, method: "GET", token: who.token, headers });
  }

  /** Delivers what Stripe has to say, one after the other. */
  async tell(events: readonly Stripe.Event[]): Promise<Reply[]> {
    const replies: Reply[] = [];
    for (const event of events) {
      const reply = await this.system.call("billing", { path: "/webhook", ...this.stripe.signed(event) });
      assert.equal(reply.status, 200, `${event.type}: ${reply.text}`);
      replies.push(reply);
    }
    return replies;
  }

  /** Goes through the checkout, and has Stripe tell of it; returns the subscription's id. */
  async buys(who: Pick<Person, "token">, plan: Plan, interval: "month" | "year" = "month", headers: Record<string, string> = {}): Promise<string> {
    const opened = await this.post("checkout", who, { plan, interval }, headers);
    assert.equal(opened.status, 200, opened.text);
    const session = String(opened.body["checkoutSessionId"]);
    await this.tell(this.stripe.completeCheckout(session));
    const { subscription } = this.stripe.account.session(session);
    assert.ok(subscription !== null);
    return typeof subscription === "string" ? subscription : subscription.id;
  }

  /** The invoices that Stripe has of a customer, but for drafts. */
  invoicesOf(subscription: string): Stripe.Invoice[] {
    return [...this.stripe.account.invoices.values()].filter(({ parent }) => parent?.subscription_details?.subscription === subscription);
  }

  /** The forms of the requests that reached a path of Stripe's since a moment, which is a number of requests. */
  asked(path: string | RegExp, since = 0): Record<string, unknown>[] {
    const fits = (asked: string): boolean => (typeof path === "string" ? asked === path : path.test(asked));
    return this.stripe.requests.slice(since).filter((request) => fits(request.path)).map(({ form }) => form);
  }
}
