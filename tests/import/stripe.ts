// The same people as Stripe's account has them: customers by id or by address, with what goes wrong there in the course of years.
import type { StripeStandIn } from "../harness/stripe/stand-in.ts";
import type { Product } from "./sources.ts";

/** Prices of the account, by the plan that they are of; the last one is of none. */
export const PRICES = { price_of_starter: "starter", price_of_professional: "professional", price_of_enterprise: "enterprise", price_of_nothing: null } as const;

/** In seconds: each customer and subscription has a moment of its own, by which it is older or newer than another. */
const BEGAN = Date.UTC(2025, 0, 1) / 1_000;

/**
 * Fills an account. What its subscriptions are called is random: the answer has a name for each that is always the same.
 * The customers that the product itself names have another address at Stripe.
 */
export function fillAccount(stripe: StripeStandIn, { name, people, organizations }: Product): Map<string, string> {
  const names = new Map<string, string>();
  for (const id of Object.keys(PRICES)) stripe.price({ id, amount: 9_900, interval: "month" });
  const subscribe = (customer: string, price: keyof typeof PRICES, more: { at: number; status?: "canceled" | "past_due" | "incomplete" | "unpaid" }): void => {
    const { id } = stripe.subscription({ customer, price });
    const held = stripe.account.subscription(id);
    held.created = BEGAN + more.at;
    if (more.status !== undefined) held.status = more.status;
    if (more.status === "canceled") held.ended_at = held.created + 86_400;
    names.set(id, `sub_${customer}_${more.at}`);
  };
  for (const { place, email, tier } of people) {
    const at = place * 100;
    const isNamed = place % 5 === 1;
    const address = isNamed ? `accounts${place}@elsewhere.example` : place % 4 === 0 ? email?.trim().toUpperCase() : email?.trim();
    if (place % 9 === 8) continue;
    const customer = stripe.customer({ id: isNamed ? `cus_${name}_${place}` : `cus_of_${place}`, email: address ?? null, created: BEGAN + at }).id;
    if (place % 34 === 14) stripe.customer({ id: `cus_again_${place}`, email: address ?? null, created: BEGAN + at + 1 });
    const price = tier === "professional" || tier === "pro" ? "price_of_professional" : "price_of_starter";
    if (place % 11 === 1) {
      subscribe(customer, "price_of_starter", { at });
      subscribe(customer, "price_of_professional", { at: at + 1 });
    } else if (place % 11 === 3) subscribe(customer, price, { at, status: "canceled" });
    else if (place % 11 === 5) subscribe(customer, "price_of_nothing", { at });
    else if (place % 11 === 7) subscribe(customer, price, { at, status: "past_due" });
    else if (place % 22 === 9) subscribe(customer, price, { at, status: "incomplete" });
    else if (place % 22 === 20) subscribe(customer, price, { at, status: "unpaid" });
    else if (place % 11 !== 10) subscribe(customer, price, { at });
  }
  for (const { place } of organizations.filter((team) => team.place % 2 === 0)) {
    const customer = stripe.customer({ id: `cus_${name}_team_${place}`, email: `team${place}@elsewhere.example`, created: BEGAN + 50_000 + place }).id;
    subscribe(customer, "price_of_enterprise", { at: 50_000 + place });
  }
  for (const place of [1, 2, 3]) subscribe(stripe.customer({ id: `cus_stranger_${place}`, email: `stranger${place}@elsewhere.example`, created: BEGAN + 60_000 + place }).id, "price_of_starter", { at: 60_000 + place });
  return names;
}
