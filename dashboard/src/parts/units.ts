// What is counted in seconds is shown in minutes or hours, as it is limited and charged.
import type { MeterSummary } from "../data.ts";

const SECONDS = { minute: 60, hour: 3_600 } as const;

export const inUnits = (quantity: number, unit: MeterSummary["unit"]): number => (unit === undefined ? quantity : quantity / SECONDS[unit]);

/** A meter's days in its units. */
export function inUnitsByDay(meter: Pick<MeterSummary, "series" | "unit"> | undefined): MeterSummary["series"] {
  return (meter?.series ?? []).map((day) => ({ ...day, quantity: inUnits(day.quantity, meter?.unit) }));
}
