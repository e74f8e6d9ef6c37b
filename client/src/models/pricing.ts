// What a pricing table shows.
import type { Interval, Plan, PlanFeature } from "../named.ts";
import type { Texts } from "../texts/texts.ts";
import { contactAddress } from "./address.ts";
import { featureName, limit, money } from "./format.ts";

export interface PricingChoice {
  audience: "individual" | "team";
  interval: Interval;
}

/** What the button under a plan does. */
export type PlanAction = "current" | "choose" | "change" | "contact" | "none";

export interface PlanColumn {
  id: string;
  name: string;
  /** By the month, whatever is billed. */
  price: string;
  /** What is billed by the year, and what that saves. */
  billed: string | undefined;
  savings: string | undefined;
  lines: string[];
  action: PlanAction;
  /** What the button says, for `action`. */
  label: string;
  /** Where a link to people leads, and what the catalog says of them where it names no address. */
  contact: string | undefined;
  contactText: string | undefined;
}

/** Whom the catalog has plans for: a toggle between both, where there are both. */
export function audiences(plans: readonly Plan[]): PricingChoice["audience"][] {
  return (["individual", "team"] as const).filter((audience) => plans.some((plan) => plan.audience === audience));
}

export function intervals(plans: readonly Plan[]): Interval[] {
  return (["month", "year"] as const).filter((interval) => plans.some((plan) => priceOf(plan, interval) !== null));
}

export function pricingColumns(plans: readonly Plan[], choice: PricingChoice, currency: string, current: string | undefined, texts: Texts): PlanColumn[] {
  return plans
    .filter(({ audience }) => audience === choice.audience || audience === "any")
    .sort((one, other) => one.position - other.position)
    .map((plan) => column(plan, choice.interval, currency, current, texts));
}

function column(plan: Plan, interval: Interval, currency: string, current: string | undefined, texts: Texts): PlanColumn {
  const cents = priceOf(plan, interval);
  const action = actionOf(plan, interval, current);
  const isYearly = interval === "year" && cents !== null && cents > 0;
  const savings = plan.annualSavingsCents;
  return {
    id: plan.id,
    name: plan.name,
    price: cents === null ? texts.onRequest : cents === 0 ? texts.free : texts.perMonth(money(isYearly ? Math.round(cents / 12) : cents, currency, texts.locale)),
    billed: isYearly ? texts.billedYearly(money(cents, currency, texts.locale)) : undefined,
    savings: isYearly && savings !== null && savings > 0 ? texts.saves(money(savings, currency, texts.locale)) : undefined,
    lines: [
      texts.seats(limit(plan.seats, texts.locale, texts.unlimited), plan.seats === 1),
      ...plan.features.flatMap((feature) => line(feature, texts)),
      ...(plan.trialDays > 0 ? [texts.trialDays(plan.trialDays)] : []),
    ],
    action,
    label: labelOf(action, plan, texts),
    contact: contactAddress(plan.salesContact),
    contactText: plan.salesContact ?? undefined,
  };
}

const priceOf = (plan: Plan, interval: Interval): number | null => (interval === "year" ? plan.priceYearCents : plan.priceMonthCents);

function actionOf(plan: Plan, interval: Interval, current: string | undefined): PlanAction {
  if (plan.id === current) return "current";
  if (plan.canBeBoughtBy.includes(interval)) return current === undefined ? "choose" : "change";
  // Nobody has to be asked for what costs nothing.
  return plan.salesContact === null || priceOf(plan, interval) === 0 ? "none" : "contact";
}

function labelOf(action: PlanAction, { name }: Plan, texts: Texts): string {
  const labels: Record<PlanAction, string> = { current: texts.currentPlan, choose: texts.choosePlan(name), change: texts.changePlan(name), contact: texts.contactSales, none: "" };
  return labels[action];
}

/** A feature that the plan has; of a config it is for the product to say what it means. */
function line(feature: PlanFeature, texts: Texts): string[] {
  const name = featureName(feature.feature, texts.features);
  if (feature.kind === "meter") return [`${name}: ${limit(feature.limit, texts.locale, texts.unlimited)}`];
  return feature.kind === "flag" && feature.included ? [name] : [];
}
