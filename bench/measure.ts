// How a time is measured: one request after another, since two at once would slow each other down.
import { startSystem, type Ask, type Reply, type System, type SystemOptions } from "../tests/harness/system.ts";

/** Sends a request; gives its milliseconds. It throws for what is refused, unless that status is meant. */
export async function milliseconds(send: () => Promise<Reply>, meant?: number): Promise<number> {
  const started = performance.now();
  const reply = await send();
  const taken = performance.now() - started;
  if (meant === undefined ? reply.status >= 300 : reply.status !== meant) throw new Error(`answered ${reply.status}: ${reply.text}`);
  return taken;
}

export interface Turn {
  send: (ask: Ask) => Promise<Reply>;
  /** The refusal that is measured; a success unless it is said. */
  meant?: number;
}

/**
 * The times of several ways to send a request, in turns, so that whatever else the machine does slows all of them down alike. The first
 * fifth is thrown away: the runtime compiles meanwhile.
 */
export async function inTurns(requests: number, make: () => Promise<Ask>, turns: Turn[]): Promise<number[][]> {
  const times = turns.map((): number[] => []);
  const warmUp = Math.ceil(requests / 5);
  for (let number = -warmUp; number < requests; number += 1) {
    const order = turns.map((_, place) => (place + Math.max(0, number)) % turns.length);
    for (const place of order) {
      const { send, meant } = turns[place] as Turn;
      const ask = await make();
      const taken = await milliseconds(() => send(ask), meant);
      if (number >= 0) times[place]?.push(taken);
    }
  }
  return times;
}

export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export async function withSystem<T>(options: SystemOptions, work: (system: System) => Promise<T>): Promise<T> {
  const system = await startSystem(options);
  try {
    return await work(system);
  } finally {
    await system.close();
  }
}
