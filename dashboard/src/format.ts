// Numbers, money and times as the reader's language has them.
import { texts } from "./texts/index.ts";

const { locale } = texts;

export const number = (value: number, digits = 0): string => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
export const signed = (value: number): string => new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(value);
/** Of 0 to 100. */
export const percent = (value: number): string => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(value / 100);

/** Whole cents, without decimals where there are none to show. */
export function money(cents: number, currency = "usd"): string {
  const decimals = cents % 100 === 0 ? 0 : 2;
  return new Intl.NumberFormat(locale, { style: "currency", currency: currency.toUpperCase(), minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(cents / 100);
}

/** A limit, in units; -1 is unlimited. */
export const limit = (value: number): string => (value === -1 ? texts.states.unlimited : number(value));

export const day = (time: string): string => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(time));
export const moment = (time: string): string => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
/** A day of UTC, as sums are kept by it. */
export const shortDay = (time: string | number): string => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(time));

/** "2 minutes ago" */
export function ago(time: string): string {
  const passed = Math.max(0, Date.now() - Date.parse(time));
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1_000]];
  const [unit, length] = steps.find(([, each]) => passed >= each) ?? ["second", 1_000];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-Math.floor(passed / length), unit);
}

export function duration(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}
