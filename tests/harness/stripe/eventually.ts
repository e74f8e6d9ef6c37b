// What comes by itself, a moment after something else: looked for until it is there.
import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 25;

/** Looks again and again until there is something, for half a minute at most. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined> | T | undefined, longestMs = 30_000): Promise<T> {
  for (const end = Date.now() + longestMs; Date.now() < end; await pause(LOOK_EVERY_MS)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not come`);
}
