// What a meter shows.
import type { Feature } from "../named.ts";
import type { Texts } from "../texts/texts.ts";
import { day, featureName, money, number, unitPrice } from "./format.ts";

/** From this part of the limit on a meter warns. */
const WARNS_FROM = 0.8;

export type MeterLevel = "normal" | "warning" | "full" | "over" | "unlimited";

export interface MeterModel {
  label: string;
  level: MeterLevel;
  /** 0 to 100: how far the bar goes. */
  percent: number;
  /** "79 of 100 used" */
  text: string;
  /** What more there is to say: what is left or over, what that costs, when it starts anew. */
  notes: string[];
}

/** What a meter shows of a feature, or of a meter's period. */
export type Metered = Pick<Feature, "feature" | "limit" | "used" | "remaining" | "unlimited"> & {
  overage?: Feature["overage"] | null;
  resetsAt?: string | null;
};

export function meterModel(meter: Metered, texts: Texts, currency = "usd"): MeterModel {
  const { locale } = texts;
  const used = meter.used ?? 0;
  const limit = meter.limit ?? 0;
  const label = featureName(meter.feature, texts.features);
  const resets = typeof meter.resetsAt === "string" ? [texts.meterResets(day(meter.resetsAt, locale))] : [];
  if (meter.unlimited === true || limit === -1) {
    return { label, level: "unlimited", percent: 0, text: texts.meterUnlimited(number(used, locale)), notes: [...charged(meter, texts, currency), ...resets] };
  }
  const level = levelOf(used, limit);
  return {
    label,
    level,
    percent: limit === 0 ? 100 : Math.min(100, Math.floor((used / limit) * 100)),
    text: texts.meterOf(number(used, locale), number(limit, locale)),
    notes: [...remains(meter, level, used - limit, texts), ...costs(meter, level, texts, currency), ...resets],
  };
}

function levelOf(used: number, limit: number): MeterLevel {
  if (used > limit) return "over";
  if (used === limit) return "full";
  return used >= limit * WARNS_FROM ? "warning" : "normal";
}

function remains(meter: Metered, level: MeterLevel, over: number, texts: Texts): string[] {
  if (level === "over") return [texts.meterOver(number(over, texts.locale))];
  if (level === "full") return [texts.meterFull];
  // What is reserved is neither used nor left.
  return [texts.meterLeft(number(Math.max(0, meter.remaining ?? -over), texts.locale))];
}

/** What goes on beyond the limit costs: told from the warning on, so that nobody meets it unprepared. */
function costs(meter: Metered, level: MeterLevel, texts: Texts, currency: string): string[] {
  if (level === "normal") return charged(meter, texts, currency);
  const price = meter.overage?.unitPrice;
  const ofUnit = price === undefined || price === null ? [] : [texts.meterUnitPrice(unitPrice(price, currency, texts.locale))];
  return [...charged(meter, texts, currency), ...ofUnit];
}

/** What the period costs by now, also where the plan of now has room again, or no price. */
function charged({ overage }: Metered, texts: Texts, currency: string): string[] {
  const cents = overage?.chargedCents ?? 0;
  return cents > 0 ? [texts.meterCosts(money(cents, currency, texts.locale))] : [];
}
