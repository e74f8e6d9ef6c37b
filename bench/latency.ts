// How long requests take when the database is 10 ms away, compared with a worker that does nothing but one batch.
import { ACTIONS } from "../tests/harness/actions.ts";
import type { Ask, System } from "../tests/harness/system.ts";
import { World } from "../tests/harness/world.ts";
import { script } from "./captured.ts";
import { inTurns, milliseconds, quantile, withSystem } from "./measure.ts";
import { bundled, nameOf } from "./peers/bundle.ts";

/** Milliseconds in front of every call of the database. */
export const DISTANCE = 10;
const LEAST = "one-batch";

export interface Timing {
  fn: string;
  action: string;
  /** Calls of the database a request. */
  trips: number;
  p50: number;
  p95: number;
  /** p50 as a multiple of the empty worker's p50, measured in turns with it. */
  ratio: number;
  /** p50 where nothing is delayed: through the gateway, and to the function itself. */
  bare: number;
  direct: number;
}

interface Measured {
  fn: string;
  name: string;
  /** The name to call, where it is not the function's. */
  host: string;
  ask: (world: World) => Promise<Ask>;
}

export async function latencies(requests: number, progress: (line: string) => void): Promise<{ functions: Timing[]; peers: Timing[] }> {
  const guests = {
    [LEAST]: script("one-batch"),
    [nameOf("accept-invitation")]: await bundled("accept-invitation"),
    [nameOf("track-upload")]: await bundled("track-upload"),
  };
  const functions = ACTIONS.map((action): Measured => ({ ...action, host: action.fn }));
  const peers = functions
    .filter(({ fn, name }) => (fn === "accept-invitation" && name === "accept") || (fn === "track-upload" && name === "count"))
    .map((measured): Measured => ({ ...measured, host: `usual-${measured.fn}` }));
  // Counting costs time, so it is done in a system of its own.
  const trips = await withSystem({ counted: true, guests }, (system) => each([...functions, ...peers], (measured) => tripsOf(system, measured)));
  const bare = await withSystem({ guests }, (system) => each([...functions, ...peers], (measured) => bareTimes(system, measured, requests)));
  return withSystem({ delay: [DISTANCE, DISTANCE], guests }, async (system) => {
    const timings = await each([...functions, ...peers], async (measured, place) => {
      const { p50, p95, ratio } = await timed(system, measured, requests);
      const [through = NaN, direct = NaN] = bare[place] ?? [];
      const timing = { fn: measured.fn, action: measured.name, trips: trips[place] ?? NaN, p50, p95, ratio, bare: through, direct };
      progress(`${measured.host}: ${measured.name} ${timing.p50.toFixed(1)} ms, ${timing.ratio.toFixed(2)} times one batch`);
      return timing;
    });
    return { functions: timings.slice(0, functions.length), peers: timings.slice(functions.length) };
  });
}

/** One after another: two at once would slow each other down. */
async function each<T, R>(items: T[], work: (item: T, place: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const [place, item] of items.entries()) results.push(await work(item, place));
  return results;
}

async function tripsOf(system: System, { host, ask }: Measured): Promise<number> {
  const prepared = await ask(new World(system));
  const before = await system.trips();
  await milliseconds(() => system.call(host, prepared));
  return await system.trips() - before;
}

/** In turns with the empty worker. */
async function timed(system: System, { host, ask }: Measured, requests: number): Promise<Pick<Timing, "p50" | "p95" | "ratio">> {
  const world = new World(system);
  const to = (name: string) => ({ send: (asked: Ask) => system.call(name, asked) });
  const [least = [], own = []] = await inTurns(requests, () => ask(world), [to(LEAST), to(host)]);
  const p50 = quantile(own, 0.5);
  return { p50, p95: quantile(own, 0.95), ratio: p50 / quantile(least, 0.5) };
}

/** Through the gateway, and to the function itself, in turns. */
async function bareTimes(system: System, { host, ask }: Measured, requests: number): Promise<number[]> {
  const world = new World(system);
  const times = await inTurns(requests, () => ask(world), [{ send: (asked) => system.call(host, asked) }, { send: (asked) => system.direct(host, asked) }]);
  return times.map((values) => quantile(values, 0.5));
}
