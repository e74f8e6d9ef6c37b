// The days of a chart: all of them, those without anything too.

export interface DayPoint {
  /** The start of the day in UTC, in milliseconds. */
  day: number;
  quantity: number;
  /** Of what was told of it; null where nothing was. */
  score: number | null;
}

const DAY = 86_400_000;

/** The last `count` days until today, with what is known of them. */
export function lastDays(known: readonly { day: string; quantity: number; averageScore?: number | null }[], count: number, now: number): DayPoint[] {
  const today = Math.floor(now / DAY) * DAY;
  const byDay = new Map(known.map((each) => [Date.parse(each.day), each]));
  return Array.from({ length: count }, (_, place) => {
    const day = today - (count - 1 - place) * DAY;
    const found = byDay.get(day);
    return { day, quantity: found?.quantity ?? 0, score: found?.averageScore ?? null };
  });
}
