// What a banner says of the plan's state.
import type { Entitlements } from "../named.ts";
import type { Texts } from "../texts/texts.ts";
import { day } from "./format.ts";

const DAY = 86_400_000;

/** Undefined where there is nothing to say. */
export function bannerText({ status, warning, trialEndsAt, runs }: Entitlements["plan"], now: number, texts: Texts): string | undefined {
  if (warning === "payment_failed") return texts.paymentFailed;
  if (!runs || warning === "subscription_required") return texts.subscriptionRequired;
  if (status !== "trialing" || trialEndsAt === null) return undefined;
  const days = Math.round((midnight(Date.parse(trialEndsAt)) - midnight(now)) / DAY);
  return days < 1 ? texts.trialEndsToday : texts.trialEnds(days, day(trialEndsAt, texts.locale));
}

/** The begin of the reader's day: "tomorrow" is a date, not 24 hours. */
function midnight(moment: number): number {
  return new Date(moment).setHours(0, 0, 0, 0);
}
