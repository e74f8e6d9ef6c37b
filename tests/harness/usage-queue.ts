// The queue for usage: the worker that sends to it, and what the scheduler needs to consume it.
import type { Worker } from "./built.ts";

const QUEUE = "usage-events";
const DEAD_QUEUE = "usage-events-dead";

/** What `functions/scheduler/wrangler.toml` says of the queue, with no time to wait. */
export function consumer(key: string | undefined, bindings: NonNullable<Worker["bindings"]>): Partial<Worker> {
  if (key === undefined) return {};
  return {
    bindings: { ...bindings, USAGE_QUEUE_KEY: key },
    queueConsumers: { [QUEUE]: { maxBatchSize: 50, maxBatchTimeout: 0, maxRetries: 100, deadLetterQueue: DEAD_QUEUE } },
    queueProducers: { USAGE_EVENTS_DEAD: DEAD_QUEUE },
  };
}

/** A worker of the product's, which sends usage and reads what nobody could write. */
export const PRODUCT: Worker = {
  name: "product",
  modules: true,
  compatibilityDate: "2026-04-01",
  queueProducers: { USAGE_EVENTS: QUEUE },
  queueConsumers: { [DEAD_QUEUE]: { maxBatchSize: 100, maxBatchTimeout: 0 } },
  script: `
const dead = [];
export default {
  async fetch(request, env) {
    if (request.method === "GET") return Response.json(dead);
    const messages = await request.json();
    for (let from = 0; from < messages.length; from += 100) await env.USAGE_EVENTS.sendBatch(messages.slice(from, from + 100).map((body) => ({ body })));
    return new Response();
  },
  queue(batch) { for (const { body } of batch.messages) dead.push(body); },
};`,
};
