// Spans in milliseconds, where months begin, and the ids of a moment.
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** 00:00 UTC on the first of the month, `later` months on. */
export function startOfMonth(now: number, later = 0): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1);
}

/** What the ids of a moment begin with, up to their version: `018f0000-0000` (UUIDv7). */
export function idPrefix(moment: number): string {
  return moment.toString(16).padStart(12, "0").replace(/^(.{8})/, "$1-");
}
