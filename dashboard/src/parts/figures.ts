// The figures of the overview: what each says of what was fetched.
import { day, limit, money, number, percent, signed } from "../format.ts";
import type { MeterSummary } from "../data.ts";
import type { Figure } from "../products/product.ts";
import { texts } from "../texts/index.ts";
import { featureName } from "./feature-name.ts";
import { inUnits } from "./units.ts";

export interface ShownFigure {
  label: string;
  value: string;
  /** Behind the value, smaller. */
  unit: string;
  note: string;
  /** 0 to 100 where there is a limit. */
  percent: number | undefined;
  level: "normal" | "warning" | "full";
}

/** A day's sums of what was told of sessions, as `account/analytics` has them. */
export interface SessionDay {
  sessions: number;
  minutes: number;
  completionRate: number | null;
}

const { overview, states } = texts;
const WARNS_FROM = 80;

export function figureOf(figure: Figure, meters: readonly MeterSummary[], days: readonly SessionDay[]): ShownFigure {
  if (!("meter" in figure)) return ofSessions(figure.kind, days);
  const meter = meters.find(({ feature }) => feature === figure.meter);
  const name = featureName(figure.meter);
  if (meter === undefined) return plain(name, "–", "", "");
  switch (figure.kind) {
    case "score": return score(meter);
    case "used": return usedFigure(meter, name);
    case "streak": return plain(overview.streak, number(meter.streak.current), overview.days(meter.streak.current), overview.longest(number(meter.streak.longest)));
    case "recent": return plain(overview.recent, number(inUnits(meter.series.reduce((sum, { quantity }) => sum + quantity, 0), meter.unit)), "", name);
    case "projected": return meter.projected === null ? plain(overview.projected, "–", "", overview.notYet) : plain(overview.projected, number(meter.projected), meter.unlimited ? "" : states.of("", limit(meter.limit)), overview.projectedNote);
  }
}

const plain = (label: string, value: string, unit: string, note: string): ShownFigure => ({ label, value, unit, note, percent: undefined, level: "normal" });

function score({ score: { average, trend } }: MeterSummary): ShownFigure {
  if (average === null) return plain(overview.score, "–", "", overview.noScore);
  return plain(overview.score, number(average, 1), "", trend === null ? overview.thisMonth : overview.scoreTrend(signed(trend)));
}

/** What is used of a meter in its period, with what more there is to say of it. */
export function usedFigure(meter: MeterSummary, label: string): ShownFigure {
  const { remaining, resetsAt, overage } = meter;
  if (meter.unlimited) return plain(label, number(meter.used), states.unlimited, "");
  if (meter.limit === 0 && meter.used === 0) return plain(label, "–", "", overview.notInPlan);
  const over = meter.used - meter.limit;
  const costs = overage !== null && (overage.chargedCents ?? 0) > 0 ? [money(overage.chargedCents ?? 0)] : [];
  const parts = [over > 0 ? overview.over(number(over)) : overview.left(number(Math.max(0, remaining))), ...costs, ...(resetsAt === null ? [] : [overview.resets(day(resetsAt))])];
  return { label, value: number(meter.used), unit: states.of("", limit(meter.limit)), note: parts.join(" · "), percent: partOf(meter), level: levelOf(meter) };
}

function ofSessions(kind: "sessions" | "minutes" | "averageMinutes" | "completion", days: readonly SessionDay[]): ShownFigure {
  const sessions = days.reduce((sum, each) => sum + each.sessions, 0);
  const minutes = days.reduce((sum, each) => sum + each.minutes, 0);
  const completed = days.reduce((sum, each) => sum + (each.completionRate ?? 0) * each.sessions, 0);
  switch (kind) {
    case "sessions": return plain(overview.sessionsMonth, number(sessions), "", overview.thisMonth);
    case "minutes": return plain(overview.minutes, number(minutes), overview.minutesShort, overview.thisMonth);
    case "averageMinutes": return plain(overview.averageMinutes, sessions === 0 ? "–" : number(minutes / sessions, 1), overview.minutesShort, overview.thisMonth);
    case "completion": return plain(overview.completion, sessions === 0 ? "–" : percent((completed / sessions) * 100), "", overview.thisMonth);
  }
}

/** What there is to tell of a meter that warns. */
export function warningOf(meter: MeterSummary): string {
  const name = featureName(meter.feature);
  const over = meter.used - meter.limit;
  if (over > 0 && meter.overage?.allowed === true) return overview.beyond(name, number(over), money(meter.overage.chargedCents));
  return levelOf(meter) === "full" ? overview.atLimit(name) : overview.nearLimit(name, percent(partOf(meter)));
}

/** 0 to 100; of a limit of nothing all is used. */
export function partOf({ used: spent, limit: most }: Pick<MeterSummary, "used" | "limit">): number {
  return most <= 0 ? 100 : Math.min(100, Math.floor((spent / most) * 100));
}

export function levelOf(meter: Pick<MeterSummary, "used" | "limit" | "unlimited">): ShownFigure["level"] {
  // What a plan does not have at all warns of nothing.
  if (meter.unlimited || meter.limit === 0) return "normal";
  const part = partOf(meter);
  return part >= 100 ? "full" : part >= WARNS_FROM ? "warning" : "normal";
}
