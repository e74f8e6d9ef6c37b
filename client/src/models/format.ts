// Numbers, money and times as the reader's language has them.

export const number = (value: number, locale: string): string => new Intl.NumberFormat(locale).format(value);

/** A limit, in units; -1 is unlimited. */
export const limit = (value: number, locale: string, unlimited: string): string => (value === -1 ? unlimited : number(value, locale));

/** Where Stripe counts otherwise than ISO 4217, which `Intl` knows (docs.stripe.com/currencies: zero-decimal currencies, special cases). */
const STRIPES_DECIMALS: Record<string, number> = { ISK: 2, MGA: 0, UGX: 2 };

/** An amount in the smallest units of its currency, as Stripe counts them (cents; of yen, whole ones), without decimals where there are none to show. */
export function money(smallest: number, currency: string, locale: string): string {
  const code = currency.toUpperCase();
  const form = { style: "currency", currency: code } as const;
  const decimals = STRIPES_DECIMALS[code] ?? new Intl.NumberFormat(locale, form).resolvedOptions().maximumFractionDigits ?? 2;
  const unit = 10 ** decimals;
  const shown = smallest % unit === 0 ? 0 : decimals;
  return new Intl.NumberFormat(locale, { ...form, minimumFractionDigits: shown, maximumFractionDigits: shown }).format(smallest / unit);
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
