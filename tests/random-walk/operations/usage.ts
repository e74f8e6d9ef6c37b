// Counting, holding room, and calls.
import type { Operation } from "../operations.ts";
import { CALL, METER_NAMES } from "../product.ts";
import type { Walk } from "../walk.ts";
import { about, places, type Asking } from "./asking.ts";

const usage = (action: string, { team, person }: Pick<Asking, "person" | "team">, body: Record<string, unknown>): Asking =>
  ({ fn: "track-usage", path: `/${action}`, person, team, body });

/** What is asked for again under the same key meets its first answer, or is refused. */
const key = (walk: Walk): Record<string, unknown> => (walk.random(3) === 0 ? { idempotencyKey: `key-${walk.random(40)}` } : {});
const counted = (walk: Walk): Record<string, unknown> => ({
  feature: walk.one(METER_NAMES), quantity: 1 + walk.random(4), ...(walk.random(2) === 0 && { mode: "cap" }), ...key(walk),
});

export const usageOperations: Operation[] = [
  about("track", 20, places, (place, walk) => usage("track", place, counted(walk))),
  about("count", 6, places, ({ team, person }, walk) => ({ fn: "track-upload", person, team, body: { uploadType: "rate_sheet", ...key(walk) } })),
  about("set", 3, places, (place, walk) => usage("set", place, { feature: "gauge", value: walk.random(12) })),
  about("release of a gauge", 3, places, (place, walk) => usage("release", place, { feature: "gauge", quantity: 1 + walk.random(4) })),
  about("batch", 4, places, (place, walk) => usage("batch", place, { events: Array.from({ length: 1 + walk.random(6) }, () => counted(walk)) })),
  about("reserve", 8, places, (place, walk) => usage("reserve", place, {
    ...counted(walk), feature: walk.one(METER_NAMES.filter((name) => name !== "mau")), expiresIn: 60 + walk.random(3_600),
  })),
  about("confirm", 8, ({ picture }) => picture.reservations, ({ team, id, person }, walk) => usage("confirm", { team, person }, {
    reservation: id, ...(walk.random(2) === 0 && { quantity: walk.random(6) }), ...(walk.random(2) === 0 && { mode: "cap" }),
  })),
  about("release of a reservation", 3, ({ picture }) => picture.reservations, ({ team, id, person }) => usage("release", { team, person }, { reservation: id })),
  about("start-call", 4, places, (place, walk) => usage("start-call", place, { type: CALL, seconds: 60 + walk.random(300), ...key(walk) })),
  about("end-call", 4, ({ picture }) => picture.calls, ({ team, id, person }, walk) => usage("end-call", { team, person }, { call: id, status: walk.one(["completed", "failed"]) })),
  about("log-call", 2, places, (place, walk) => usage("log-call", place, { type: CALL, seconds: walk.random(400), ...key(walk) })),
  about("acknowledge", 2, ({ picture }) => picture.alerts, ({ team, feature, name }, walk) =>
    usage("acknowledge", { team, person: walk.one(places(walk).filter((place) => place.team === team))?.person }, { feature, alert: name })),
];
