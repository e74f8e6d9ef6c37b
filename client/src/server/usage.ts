// Usage as a server counts it: what cannot be counted now is kept and counted later.
import type { Client } from "../client.ts";
import { isRefusal, isUnreachable, type RefusalCode } from "../refusals.ts";
import type { Input, Output } from "../types.ts";
import { keptInMemory, type KeptEvent, type KeptEvents } from "./kept-events.ts";

type TrackInput = Input<"trackUsage", "track">;
type Tracked = Output<"trackUsage", "track">;

/** Whether it is counted, or waits under its key. A server that must not give anything away treats what waits as a no. */
export type Outcome =
  | { counted: true; answer: Tracked }
  /** `code` says why, where there was an answer that decided nothing: `unauthenticated`, `unreadable_answer`, … */
  | { counted: false; idempotencyKey: string; answer: Tracked | undefined; code?: string };

export interface Flushed {
  sent: number;
  /** What Tallygate refused to count, with the code; it is kept no longer. */
  refused: { idempotencyKey: string; code: string }[];
  /** Whether something still waits: Tallygate could not be reached, or has not decided about it. */
  waits: boolean;
  /** Why it waits, where there was an answer that decided nothing: `unauthenticated` where the key was changed, `organization_not_found`, … */
  code?: string;
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

  /** Counts it, or keeps it where nobody has decided about it; throws what Tallygate refuses to count (`limit_reached`, …). */
  async track(input: TrackInput, { organizationId }: { organizationId?: string } = {}): Promise<Outcome> {
    // The first try says when it happened, too: a key answers one request, and another time would make it another.
    const event = { ...input, idempotencyKey: input.idempotencyKey ?? crypto.randomUUID(), occurredAt: input.occurredAt ?? new Date().toISOString() };
    let answer: Tracked | undefined;
    let code: string | undefined;
    try {
      answer = await this.#client.trackUsage.track(event, organizationId === undefined ? {} : { organizationId });
      if (answer.unverified !== true) return { counted: true, answer };
    } catch (error) {
      if (decides(error) || !(isRefusal(error) || isUnreachable(error))) throw error;
      code = codeOf(error);
    }
    await this.#kept.put({ organizationId, event });
    return { counted: false, idempotencyKey: event.idempotencyKey, answer, ...(code !== undefined && { code }) };
  }

  /** Sends what waits. To be called now and then: by a timer, by cron, before the process ends. */
  flush(): Promise<Flushed> {
    return (this.#flushing ??= this.#send().finally(() => (this.#flushing = undefined)));
  }

  async #send(): Promise<Flushed> {
    const flushed: Flushed = { sent: 0, refused: [], waits: false };
    const staying = new Set<string>();
    for (;;) {
      // What stays is at the front: it hinders nobody else's.
      const waiting = (await this.#kept.oldest(staying.size + MOST_IN_A_BATCH)).filter(({ event }) => !staying.has(event.idempotencyKey));
      const [first] = waiting;
      if (first === undefined) return flushed;
      const { organizationId } = first;
      const events = waiting.filter((kept) => kept.organizationId === organizationId).map(({ event }) => event);
      try {
        const gone = await this.#sendAll(events, organizationId, flushed);
        for (const { idempotencyKey } of events) if (!gone.has(idempotencyKey)) staying.add(idempotencyKey);
      } catch (error) {
        if (!(isRefusal(error) || isUnreachable(error))) throw error;
        Object.assign(flushed, { waits: true }, codeOf(error) !== undefined && { code: codeOf(error) });
        if (isForAll(error)) return flushed;
        for (const { idempotencyKey } of events) staying.add(idempotencyKey);
      }
      if (staying.size > 0) flushed.waits = true;
    }
  }

  /** Sends events of one organization and gives the keys of those that are decided and kept no longer; throws what decides about none of them. */
  async #sendAll(events: KeptEvent["event"][], organizationId: string | undefined, flushed: Flushed): Promise<Set<string>> {
    const gone = new Set<string>();
    try {
      const { results } = await this.#client.trackUsage.batch({ events }, organizationId === undefined ? {} : { organizationId });
      for (const { index, success, code = "" } of results ?? []) {
        const { idempotencyKey } = events[index] ?? {};
        if (idempotencyKey === undefined || (!success && !DECISIONS.has(code))) continue;
        gone.add(idempotencyKey);
        if (success) flushed.sent += 1;
        else flushed.refused.push({ idempotencyKey, code });
      }
    } catch (error) {
      if (!isRefusal(error) || !decides(error)) throw error;
      if (events.length > 1 && (error.status === 400 || error.status === 413)) {
        // One event may be what is wrong with all of them, and says nothing of the others.
        const middle = events.length >> 1;
        const first = await this.#sendAll(events.slice(0, middle), organizationId, flushed);
        return new Set([...first, ...(await this.#sendAll(events.slice(middle), organizationId, flushed))]);
      }
      for (const { idempotencyKey } of events) gone.add(idempotencyKey);
      flushed.refused.push(...events.map(({ idempotencyKey }) => ({ idempotencyKey, code: error.code })));
    }
    await this.#kept.remove([...gone]);
    return gone;
  }
}

/** What Tallygate says of an event itself: it is not counted now, nor would it be later. Whatever else there is for an answer leaves it open. */
const DECISIONS: ReadonlySet<string> = new Set([
  "limit_reached",
  "overage_cap_reached",
  "catalog_limit_reached",
  "feature_not_in_plan",
  "subscription_required",
  "idempotency_key_reused",
  "invalid_field",
  "invalid_json",
  "body_too_large",
] satisfies RefusalCode[]);

const decides = (error: unknown): boolean => isRefusal(error) && DECISIONS.has(error.code);

/** What stands in everybody's way: nobody could be asked, or the key is good for nothing. */
const isForAll = (error: unknown): boolean => isUnreachable(error) || (isRefusal(error) && (error.status >= 500 || error.status === 401 || error.code === "rate_limited"));

const codeOf = (error: unknown): string | undefined => (isRefusal(error) ? error.code : undefined);
