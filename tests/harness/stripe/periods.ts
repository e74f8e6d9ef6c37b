// Billing periods and proration as Stripe documents them (docs.stripe.com/billing/subscriptions/billing-cycle, /prorations).
import type { Stripe } from "stripe";

export type Interval = "month" | "year";

/** Seconds since 1970. */
export interface Period {
  start: number;
  end: number;
}

/** `count` months after an anchor, at its time of day; where a month lacks its day, on the month's last. */
export function monthsAfter(anchor: number, count: number): number {
  const from = new Date(anchor * 1_000);
  const month = from.getUTCMonth() + count;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay);
  return Date.UTC(from.getUTCFullYear(), month, day, from.getUTCHours(), from.getUTCMinutes(), from.getUTCSeconds()) / 1_000;
}

/** The period of an anchored cycle that contains a moment; its end is no longer part of it. */
export function periodContaining(anchor: number, interval: Interval, moment: number): Period {
  const months = interval === "year" ? 12 : 1;
  let count = 0;
  while (monthsAfter(anchor, (count + 1) * months) <= moment) count += 1;
  return { start: monthsAfter(anchor, count * months), end: monthsAfter(anchor, (count + 1) * months) };
}

/** The part of an amount for what is left of a period, by the second, rounded half up to cents. */
export function remainingShare(amount: number, period: Period, from: number): number {
  const left = Math.max(0, Math.min(period.end - from, period.end - period.start));
  return Math.floor((amount * left * 2 + (period.end - period.start)) / (2 * (period.end - period.start)));
}

export function intervalOf(price: Stripe.Price): Interval {
  return price.recurring?.interval === "year" ? "year" : "month";
}
