// How long requests take when the database is 10 ms away, compared with a worker that does nothing but one batch.
import { readFileSync } from "node:fs";
import { ACTIONS } from "../tests/harness/actions.ts";
import { startSystem, type Ask, type System, type SystemOptions } from "../tests/harness/system.ts";
import { World } from "../tests/harness/world.ts";
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
    [LEAST]: readFileSync(new URL("one-batch.js", import.meta.url), "utf8"),
    [nameOf("accept-invitation")]: await bundled("accept-invitation"),
    [nameOf("track-upload")]: await bundled("track-upload"),
  };
  const functions = ACTIONS.map((action): Measured => ({ ...action, host: action.fn }));
  const peers = functions
    .filter(({ fn, name }) => (fn === "accept-invitation" && name === "accept") || (fn === "track-upload" && name === "count"))
    .map((measured): Measured => ({ ...measured, host: `usual-${measured.fn}` }));
  // Counting costs time, so it is done in a system of its own.
  const trips = await withSystem({ counted: true, guests }, (system) => each([...functions, ...peers], (measured) => tripsOf(system, measured)));
  return withSystem({ delay: [DISTANCE, DISTANCE], guests }, async (system) => {
    const timings = await each([...functions, ...peers], async (measured, place) => {
      const timing = await timed(system, measured, requests, trips[place] ?? NaN);
      progress(`${measured.host}: ${measured.name} ${timing.p50.toFixed(1)} ms, ${timing.ratio.toFixed(2)} times one batch`);
      return timing;
    });
    return { functions: timings.slice(0, functions.length), peers: timings.slice(functions.length) };
  });
}

async function withSystem<T>(options: SystemOptions, work: (system: System) => Promise<T>): Promise<T> {
  const system = await startSystem(options);
  try {
    return await work(system);
  } finally {
    await system.close();
  }
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
  await milliseconds(system, host, prepared);
  return await system.trips() - before;
}

/** In turns with the empty worker, so that whatever else the machine does slows both down alike. */
async function timed(system: System, { fn, name, host, ask }: Measured, requests: number, trips: number): Promise<Timing> {
  const world = new World(system);
  const own: number[] = [];
  const least: number[] = [];
  const warmUp = Math.ceil(requests / 5);
  for (let number = -warmUp; number < requests; number += 1) {
    const prepared = await ask(world);
    const turns = [
      async () => least.push(await milliseconds(system, LEAST, prepared)),
      async () => own.push(await milliseconds(system, host, prepared)),
    ];
    for (const turn of number % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  const p50 = quantile(own.slice(warmUp), 0.5);
  return { fn, action: name, trips, p50, p95: quantile(own.slice(warmUp), 0.95), ratio: p50 / quantile(least.slice(warmUp), 0.5) };
}

async function milliseconds(system: System, name: string, ask: Ask): Promise<number> {
  const started = performance.now();
  const reply = await system.call(name, ask);
  const taken = performance.now() - started;
  if (reply.status >= 300) throw new Error(`${name} answered ${reply.status}: ${reply.text}`);
  return taken;
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
