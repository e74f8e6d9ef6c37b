// Endpoints that hear of events.
import type { Operation } from "../operations.ts";
import type { Walk } from "../walk.ts";
import { about, managerOf, managers, type Asking } from "./asking.ts";

const of = (action: string, share: number, body: (walk: Walk) => Record<string, unknown> = () => ({})): Operation =>
  about(`webhooks ${action}`, share, ({ picture }) => picture.endpoints, ({ team, id }, walk): Asking =>
    ({ fn: "webhooks", path: `/${action}`, person: managerOf(walk, team), team, body: { endpoint: id, ...body(walk) } }));

export const webhookOperations: Operation[] = [
  about("webhooks create", 2, managers, ({ team, person }, walk) => ({ fn: "webhooks", path: "/create", person, team, body: { url: walk.receiver.url("walk") } })),
  of("rotate", 2), of("pause", 1), of("resume", 1), of("remove", 1),
  of("update", 1, (walk) => ({ url: walk.receiver.url(`walk-${walk.random(3)}`) })),
  of("redeliver", 1, (walk) => ({ since: new Date(walk.now - 3_600_000).toISOString() })),
];
