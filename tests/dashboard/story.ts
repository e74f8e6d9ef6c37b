// What the stories share: a product's stage with Stripe's stand-in behind it, and what people do in more than one of them.
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { startStripeStandIn, type StripeStandIn } from "../harness/stripe/stand-in.ts";
import type { SystemOptions } from "../harness/system.ts";
import type { Person } from "../harness/world.ts";
import { asTimeGoesOn } from "../client/browser/scene.ts";
import { Stage, type Visit } from "./stage.ts";

export interface Sold {
  plan: string;
  cents: number;
}

/** A stage on which plans can be paid for by the month. */
export class Shopfront {
  readonly stage: Stage;
  readonly stripe: StripeStandIn;
  readonly #now: (() => number) | undefined;

  private constructor(stage: Stage, stripe: StripeStandIn, now: (() => number) | undefined) {
    this.stage = stage;
    this.stripe = stripe;
    this.#now = now;
  }

  /** `now`: the time in seconds at Stripe; the real one unless said otherwise. */
  static async open(product: string, plans: readonly Sold[], { now, ...options }: SystemOptions & { now?: () => number } = {}): Promise<Shopfront> {
    const stripe = await startStripeStandIn({ now });
    const stage = await Stage.open(product, { bindings: stripe.settings(), ...options });
    for (const { plan, cents } of plans) {
      stripe.price({ id: `price_${plan}`, amount: cents, interval: "month" });
      await stage.system.sql("INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES (?, ?, 'month', 1)", `price_${plan}`, plan);
    }
    return new Shopfront(stage, stripe, now);
  }

  /** Sends what Stripe has to say. */
  async tell(events: readonly object[]): Promise<void> {
    const webhook = `${this.stage.system.url}/functions/v1/billing/webhook`;
    for (const event of events) assert.equal((await this.stripe.deliver(webhook, event, { timestamp: this.#now?.() })).status, 200);
  }

  /** Stripe's page: whoever comes to it pays at once, Stripe tells of it, and sends them back; `meanwhile`: what else happens. */
  async payHere(page: Page, meanwhile?: () => Promise<void>): Promise<void> {
    await page.route("https://checkout.stripe.com/**", async (route) => {
      await meanwhile?.();
      const session = new URL(route.request().url()).pathname.split("/").at(-1) ?? "";
      await this.tell(this.stripe.completeCheckout(session));
      const back = new URL(this.stripe.account.session(session).success_url ?? "");
      await route.fulfill({ status: 303, headers: { location: this.stage.system.url + back.pathname + back.search } });
    });
  }

  async close(): Promise<void> {
    await this.stage.close();
    await this.stripe.close();
  }
}

/** A figure of the overview, by its label, as one line. */
export function figure(page: Page, label: string): { line: () => Promise<string>; shown: Locator } {
  const shown = page.getByTestId("figures").getByRole("listitem").filter({ hasText: label }).first();
  return {
    shown,
    line: async () => {
      await shown.waitFor();
      return (await shown.innerText()).replaceAll(/\s+/g, " ").replace(/(\d)(of|unlimited)\b/, "$1 $2");
    },
  };
}

/** Chooses a plan among those that the pricing page offers, and says yes to what the change means. */
export async function upgrade(page: Page, from: string, to: string): Promise<void> {
  await page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: to, exact: true }) }).getByRole("button").click();
  await page.getByText(`${from} → ${to}`).waitFor();
  await page.getByRole("button", { name: new RegExp(`^(Pay for|Change to) ${to}$`) }).click();
  await page.waitForURL((address) => address.pathname === "/billing" && !address.searchParams.has("plan"));
  await page.locator(".amount").filter({ hasText: to }).first().waitFor();
}

/** Signs somebody in on two browsers, and lets one heartbeat of the first one pass. */
export async function signInTwice(stage: Stage, person: Person): Promise<{ first: Visit; second: Visit }> {
  const first = await stage.visit(person, { hasClock: true });
  await first.page.getByTestId("figures").waitFor();
  const second = await stage.visit(person);
  await second.page.getByTestId("figures").waitFor();
  const before = first.asked.length;
  // No longer than until it is asked: a page gives up a request that takes a time of its clock's, and asks again.
  const beat = await asTimeGoesOn(first.page.clock, first.page.waitForRequest((request) => request.url().includes("/manage-session")));
  assert.equal(beat.postDataJSON().action, "heartbeat");
  assert.equal((await beat.response())?.status(), 200);
  assert.equal(first.asked.slice(before).filter((path) => path === "manage-session").length, 1, "one heartbeat, and no more");
  return { first, second };
}
