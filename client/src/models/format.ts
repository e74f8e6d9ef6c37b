// Numbers, money and times as the reader's language has them.

export const number = (value: number, locale: string): string => new Intl.NumberFormat(locale).format(value);

/** A limit, in units; -1 is unlimited. */
export const limit = (value: number, locale: string, unlimited: string): string => (value === -1 ? unlimited : number(value, locale));

/** Whole cents, without decimals where there are none to show. */
export function money(cents: number, currency: string, locale: string): string {
  const decimals = cents % 100 === 0 ? 0 : 2;
  return new Intl.NumberFormat(locale, { style: "currency", currency: currency.toUpperCase(), minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(cents / 100);
}

/** A price of one unit, as the API tells it: `"0.10"`. */
export const unitPrice = (price: string, currency: string, locale: string): string =>
  new Intl.NumberFormat(locale, { style: "currency", currency: currency.toUpperCase(), maximumFractionDigits: 6 }).format(Number(price));

/** The day, where the reader is. */
export const day = (time: string, locale: string): string => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(time));

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1_000]];

/** "2 minutes ago" */
export function ago(time: string, now: number, locale: string): string {
  const passed = Math.max(0, now - Date.parse(time));
  const [unit, length] = STEPS.find(([, each]) => passed >= each) ?? ["second", 1_000];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-Math.floor(passed / length), unit);
}

/** `voice_minutes`: "Voice minutes", unless the product has a name for it. */
export function featureName(feature: string, names: Record<string, string>): string {
  const words = feature.replace(/[_.-]+/g, " ");
  return names[feature] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
