// What is bought and changed at Stripe, what happens there by itself, and its messages: in any order, and more than once.
import type { Stripe } from "stripe";
import type { Operation, Send } from "../operations.ts";
import type { Walk } from "../walk.ts";
import { about, owners, type Asking } from "./asking.ts";

const billing = (action: string, { team, person }: Pick<Asking, "person" | "team">, body: Record<string, unknown>, learn?: Asking["learn"]): Asking =>
  ({ fn: "billing", path: `/${action}`, person, team, body, learn });
const plan = (walk: Walk) => ({ plan: walk.one(walk.plans), interval: walk.one(["month", "year"]) });

/** Subscriptions that have not ended. */
const running = ({ stripe }: Walk): Stripe.Subscription[] => [...stripe.account.subscriptions.values()].filter(({ status }) => status !== "canceled" && status !== "incomplete_expired");

/** Something that happens at Stripe, followed by one of its messages. */
const happens = (name: string, share: number, happen: (walk: Walk, subscription: Stripe.Subscription) => unknown): Operation => ({
  name, share,
  draw: (walk) => {
    const subscription = walk.one(running(walk));
    if (subscription === undefined) return undefined;
    happen(walk, subscription);
    walk.collect();
    return message(walk);
  },
});

/** One that waits, or now and then one that has come before. */
function message(walk: Walk): Send | undefined {
  walk.collect();
  const again = walk.waiting.length === 0 || walk.random(5) === 0;
  const event = again ? walk.one(walk.delivered) : walk.waiting.splice(walk.random(walk.waiting.length), 1)[0];
  return event === undefined ? undefined : () => walk.deliver(event);
}

/** Whether somebody may still pay on it: it is not a day old, and its customer is there. */
function isOpen({ stripe: { account } }: Walk, id: string): boolean {
  const { status, customer, expires_at: end } = account.session(id);
  return status === "open" && end > account.now() && typeof customer === "string" && account.customers.has(customer);
}

/** The end of a period: of one on trial, a trial's. */
function renewed({ stripe, random }: Walk, { id, status }: Stripe.Subscription): void {
  const paid = random(3) !== 0;
  if (status === "trialing") stripe.endTrial(id, { paid });
  else if (status === "active" || status === "past_due" || status === "unpaid") stripe.renew(id, { paid });
}

export const billingOperations: Operation[] = [
  about("checkout", 6, owners, (place, walk) => billing("checkout", place, plan(walk), ({ checkoutSessionId }) => walk.checkouts.push(String(checkoutSessionId)))),
  {
    name: "a checkout is paid", share: 6,
    draw: (walk) => {
      const [session] = walk.checkouts.splice(walk.random(Math.max(1, walk.checkouts.length)), 1);
      if (session !== undefined && isOpen(walk, session)) walk.stripe.completeCheckout(session);
      return message(walk);
    },
  },
  about("change-plan", 4, owners, (place, walk) => billing("change-plan", place, plan(walk))),
  about("cancel", 2, owners, (place) => billing("cancel", place, {})),
  about("resume", 2, owners, (place) => billing("resume", place, {})),
  happens("a renewal", 2, renewed),
  happens("an end", 1, (walk, { id }) => walk.stripe.cancelNow(id)),
  { name: "a message of Stripe's", share: 14, draw: message },
];
