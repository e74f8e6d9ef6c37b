// What a request costs somebody who is far from the database: with the worker near them, with read replicas, and with the worker near
// the database (smart placement).
import { setTimeout as pause } from "node:timers/promises";
import type { Ask, System, SystemOptions } from "../tests/harness/system.ts";
import { World } from "../tests/harness/world.ts";
import { inTurns, quantile, withSystem } from "./measure.ts";

/** Milliseconds to the database and back. */
export const AWAY = [5, 40, 150];
/** To whatever is in the same place, and to a replica of the same region. */
const HERE = 1;
export const REPLICA_AWAY = 5;

export interface Distant {
  what: string;
  way: string;
  /** p50 in milliseconds, in the order of `AWAY`. */
  times: number[];
}

interface Way {
  name: string;
  options: (away: number) => SystemOptions;
  /** How far the person is from the worker. */
  toWorker: (away: number) => number;
}

const WAYS: Way[] = [
  { name: "the worker near the person", options: (away) => ({ delay: [away, away] }), toWorker: () => HERE },
  { name: "the same, with read replicas", options: (away) => ({ delay: [away, away], replicaLag: 0, replicaDelay: REPLICA_AWAY }), toWorker: () => HERE },
  { name: "the worker near the database", options: () => ({ delay: [HERE, HERE] }), toWorker: (away) => away },
];

interface Asked {
  what: string;
  fn: string;
  ask: (world: World) => Promise<Ask>;
  meant?: number;
}

const ASKED: Asked[] = [
  { what: "`entitlements` at home", fn: "track-usage", ask: async (world) => ({ path: "/entitlements", method: "GET", token: (await world.individual()).token }) },
  { what: "`entitlements` of a team", fn: "track-usage", ask: async (world) => ({ path: "/entitlements", method: "GET", token: (await world.team()).owner.token }) },
  { what: "an upload", fn: "track-upload", ask: async (world) => ({ body: { uploadType: "rate_sheet" }, token: (await world.individual()).token }) },
  { what: "`plans`, asked for within a second", fn: "billing", ask: async () => ({ path: "/plans", method: "GET" }) },
  { what: "a request without a token", fn: "track-upload", ask: async () => ({ body: { uploadType: "rate_sheet" } }), meant: 401 },
];

export async function distances(requests: number, progress: (line: string) => void): Promise<Distant[]> {
  const found = ASKED.flatMap(({ what }) => WAYS.map(({ name }): Distant => ({ what, way: name, times: [] })));
  for (const away of AWAY) {
    for (const [place, way] of WAYS.entries()) {
      await withSystem(way.options(away), async (system) => {
        for (const [number, asked] of ASKED.entries()) {
          const p50 = await median(system, asked, way.toWorker(away), requests);
          found[number * WAYS.length + place]?.times.push(p50);
          progress(`${away} ms, ${way.name}: ${asked.what} ${p50.toFixed(1)} ms`);
        }
      });
    }
  }
  return found;
}

async function median(system: System, { fn, ask, meant }: Asked, toWorker: number, requests: number): Promise<number> {
  const world = new World(system);
  const send = async (asked: Ask) => {
    await pause(toWorker);
    return system.direct(fn, asked);
  };
  const [times = []] = await inTurns(requests, () => ask(world), [meant === undefined ? { send } : { send, meant }]);
  return quantile(times, 0.5);
}
