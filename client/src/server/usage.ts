// Usage as a server counts it: what cannot be counted now is kept and counted later.
import type { Client } from "../client.ts";
import { isRefusal, isUnreachable } from "../refusals.ts";
import type { Input, Output } from "../types.ts";
import { keptInMemory, type KeptEvents } from "./kept-events.ts";

type TrackInput = Input<"trackUsage", "track">;
type Tracked = Output<"trackUsage", "track">;

/** Whether it is counted, or waits under its key. A server that must not give anything away treats what waits as a no. */
export type Outcome = { counted: true; answer: Tracked } | { counted: false; idempotencyKey: string; answer: Tracked | undefined };

export interface Flushed {
  sent: number;
  /** What Tallygate refused to count, with the code; it is kept no longer. */
  refused: { idempotencyKey: string; code: string }[];
  /** Whether something still waits: Tallygate could not be reached. */
  waits: boolean;
}

/** As many as `batch` takes. */
const MOST_IN_A_BATCH = 500;

export class Usage {
  readonly #client: Pick<Client, "trackUsage">;
  readonly #kept: KeptEvents;
  #flushing: Promise<Flushed> | undefined;

  constructor(client: Pick<Client, "trackUsage">, kept: KeptEvents = keptInMemory()) {
    this.#client = client;
    this.#kept = kept;
  }

  /** Counts it, or keeps it where nobody can be asked; throws what Tallygate refuses (`limit_reached`, …). */
  async track(input: TrackInput, { organizationId }: { organizationId?: string } = {}): Promise<Outcome> {
    // The first try says when it happened, too: a key answers one request, and another time would make it another.
    const event = { ...input, idempotencyKey: input.idempotencyKey ?? crypto.randomUUID(), occurredAt: input.occurredAt ?? new Date().toISOString() };
    let answer: Tracked | undefined;
    try {
      answer = await this.#client.trackUsage.track(event, organizationId === undefined ? {} : { organizationId });
      if (answer.unverified !== true) return { counted: true, answer };
    } catch (error) {
      if (!isOutage(error)) throw error;
    }
    await this.#kept.put({ organizationId, event });
    return { counted: false, idempotencyKey: event.idempotencyKey, answer };
  }

  /** Sends what waits. To be called now and then: by a timer, by cron, before the process ends. */
  flush(): Promise<Flushed> {
    return (this.#flushing ??= this.#send().finally(() => (this.#flushing = undefined)));
  }

  async #send(): Promise<Flushed> {
    const flushed: Flushed = { sent: 0, refused: [], waits: false };
    for (;;) {
      const waiting = await this.#kept.oldest(MOST_IN_A_BATCH);
      const [first] = waiting;
      if (first === undefined) return flushed;
      const { organizationId } = first;
      const events = waiting.filter((kept) => kept.organizationId === organizationId).map(({ event }) => event);
      try {
        const { results } = await this.#client.trackUsage.batch({ events }, organizationId === undefined ? {} : { organizationId });
        flushed.sent += results.filter(({ success }) => success).length;
        flushed.refused.push(...results.filter(({ success }) => !success).map(({ index, code }) => ({ idempotencyKey: events[index]?.idempotencyKey ?? "", code: code ?? "" })));
      } catch (error) {
        if (isOutage(error)) return { ...flushed, waits: true };
        if (!isRefusal(error)) throw error;
        // Not one of them is anything to Tallygate: the organization is gone, or the key is not for it.
        flushed.refused.push(...events.map(({ idempotencyKey }) => ({ idempotencyKey, code: error.code })));
      }
      await this.#kept.remove(events.map(({ idempotencyKey }) => idempotencyKey));
    }
  }
}

/** Nobody said no: Tallygate, or what it needs, could not be reached, or was too busy. */
function isOutage(error: unknown): boolean {
  return isUnreachable(error) || (isRefusal(error) && (error.status >= 500 || error.code === "rate_limited"));
}
