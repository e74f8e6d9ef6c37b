// @ts-check
// Times as the sources write them, as milliseconds since the epoch.

/** From here on a number counts milliseconds and not seconds: the year 5138 in these, 1973 in those. */
const MILLISECONDS_FROM = 100_000_000_000;
const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?(?::\d\d)?)?$/i;
/** Of a KSUID (Segment's "K-sortable unique identifier"): when its time begins, and what it is written in. */
const KSUID_EPOCH = 1_400_000_000;
const KSUID_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A moment in ISO 8601, as Postgres prints it, or as a number of seconds or milliseconds; `undefined` for what is none.
 * @param {unknown} written
 * @param {string} zone What is written without a time zone is meant in this one (IANA).
 * @returns {number | undefined}
 */
export function momentOf(written, zone) {
  const text = String(written).trim();
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    return Math.floor(number < MILLISECONDS_FROM ? number * 1_000 : number);
  }
  const parts = WRITTEN.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const wall = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second, Number((parts[7] ?? "0").padEnd(3, "0").slice(0, 3)));
  if (new Date(wall).getUTCDate() !== day || new Date(wall).getUTCMonth() !== (month ?? 0) - 1 || (hour ?? 0) > 23 || (minute ?? 0) > 59) return undefined;
  const offset = parts[8];
  if (offset === undefined) return wall - offsetAt(wall, zone);
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)?/.exec(offset) ?? [];
  return sign === undefined ? wall : wall - (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000;
}

/**
 * How far a time zone is ahead of UTC when its clocks show this. In the hour that clocks show twice the first one is meant.
 * @param {number} wall What the clocks show, as if it were UTC.
 * @param {string} zone
 */
function offsetAt(wall, zone) {
  if (zone === "UTC") return 0;
  const shown = (/** @type {number} */ moment) => {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(moment);
    const part = (/** @type {string} */ type) => Number(parts.find((one) => one.type === type)?.value);
    return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  };
  const whole = wall - (((wall % 1_000) + 1_000) % 1_000);
  // The offset of the day before, then that of the moment which it leads to.
  const before = shown(whole - 86_400_000) - (whole - 86_400_000);
  const meant = whole - before;
  return shown(meant) === whole ? before : shown(meant) - meant;
}

/** When an id like `user_2b9…` was made: Clerk's are KSUIDs behind a prefix. @param {string} id @returns {number | undefined} */
export function momentOfKsuid(id) {
  const digits = id.slice(id.lastIndexOf("_") + 1);
  if (!/^[0-9A-Za-z]{27}$/.test(digits)) return undefined;
  let number = 0n;
  for (const digit of digits) number = number * 62n + BigInt(KSUID_DIGITS.indexOf(digit));
  const seconds = Number(number >> 128n);
  return seconds < 2 ** 32 ? (KSUID_EPOCH + seconds) * 1_000 : undefined;
}

// Months as `shared/src/rules/period.rs` and `shared/src/usage/meter.rs` count them: `period/months.json` holds both to the same ones.

/** The calendar month (UTC) around a moment: its first millisecond and the next one's. @param {number} moment */
export function monthOf(moment) {
  const date = new Date(moment);
  return { start: Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1), end: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) };
}

/** The same day and time of day a month later; the last day of a shorter month. @param {number} moment */
export function aMonthAfter(moment) {
  const date = new Date(moment);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay)) + (((moment % 86_400_000) + 86_400_000) % 86_400_000);
}

/**
 * The month of a subscription around a moment, as the functions count it: what was given, where it
 * is no longer than a month and holds the moment; else the month counted from the border that was given.
 * @param {{ start: number, end: number }} given
 * @param {number} now
 */
export function billingMonth(given, now) {
  if (given.start <= now && now < given.end && given.end - given.start <= 2_764_800_000) return given;
  const [time, day] = [given.start % 86_400_000, Math.max(new Date(given.start).getUTCDate(), new Date(given.end).getUTCDate())];
  const date = new Date(now);
  const border = (/** @type {number} */ months) => {
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
    return Date.UTC(year, month, Math.min(day, new Date(Date.UTC(year, month + 1, 0)).getUTCDate())) + time;
  };
  return border(0) <= now ? { start: border(0), end: border(1) } : { start: border(-1), end: border(0) };
}
