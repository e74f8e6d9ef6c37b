// Numbers, money and times as the reader's language has them: the client's ways to write them, in this visit's language.
import { format } from "@tallygate/client/vue";
import { product } from "./products/index.ts";
import { texts } from "./texts/index.ts";

const { locale } = texts;

export const number = (value: number, digits = 0): string => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
export const signed = (value: number): string => new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(value);
/** Of 0 to 100. */
export const percent = (value: number): string => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(value / 100);

export const money = (cents: number, currency = product.currency): string => format.money(cents, currency, locale);
/** A limit, in units; -1 is unlimited. */
export const limit = (value: number): string => format.limit(value, locale, texts.states.unlimited);

export const day = (time: string): string => format.day(time, locale);
export const moment = (time: string): string => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
/** A day of UTC, as sums are kept by it. */
export const shortDay = (time: string | number): string => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(time));
/** "2 minutes ago" */
export const ago = (time: string): string => format.ago(time, Date.now(), locale);

/** Of a call: minutes and seconds. */
export function duration(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}
