// Usage that could not be counted yet. It is sent again under the same key, so that it counts once, whatever became of the first try.
import type { Input } from "../types.ts";

type TrackInput = Input<"trackUsage", "track">;

/** One event of one organization that waits to be sent. */
export interface KeptEvent {
  organizationId: string | undefined;
  /** With its key, and the time at which it happened. */
  event: TrackInput & { idempotencyKey: string; occurredAt: string };
}

/** Where they wait. In this process's memory unless something else is given: a table, a queue, a Durable Object. */
export interface KeptEvents {
  put(event: KeptEvent): Promise<void>;
  /** The oldest first. */
  oldest(most: number): Promise<KeptEvent[]>;
  remove(keys: readonly string[]): Promise<void>;
}

/** Beyond so many a process gives up its memory for nothing: `put` fails. */
const MOST_IN_MEMORY = 10_000;

export function keptInMemory(most: number = MOST_IN_MEMORY): KeptEvents {
  const events = new Map<string, KeptEvent>();
  return {
    put(event) {
      if (events.size >= most) return Promise.reject(new Error(`${most} events wait already, and no more are kept.`));
      events.set(event.event.idempotencyKey, event);
      return Promise.resolve();
    },
    oldest: (count) => Promise.resolve([...events.values()].slice(0, count)),
    remove(keys) {
      for (const key of keys) events.delete(key);
      return Promise.resolve();
    },
  };
}
