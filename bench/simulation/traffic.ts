// Requests through the built workers, as a product sends them, and what each has cost.
import { randomUUID } from "node:crypto";
import type { Ask, Reply, System } from "../../tests/harness/system.ts";
import type { Person } from "../../tests/harness/world.ts";

const AT_ONCE = 4;

/** Of a hundred requests so many, each with what it asks. */
const MIX: { name: string; share: number; ask: (turn: number) => Omit<Ask, "token"> }[] = [
  { name: "`track`", share: 35, ask: () => ({ path: "/track", body: { eventType: "api_call" } }) },
  { name: "`track` under a key", share: 25, ask: (turn) => ({ path: "/track", body: { eventType: "ai_tokens_used", quantity: 20 + (turn % 60), idempotencyKey: randomUUID() } }) },
  { name: "`check`", share: 25, ask: () => ({ path: "/check", body: { feature: "max_api_calls_per_month" } }) },
  { name: "`entitlements`", share: 8, ask: () => ({ path: "/entitlements", method: "GET" }) },
  { name: "`summary`", share: 4, ask: () => ({ path: "/summary", method: "GET" }) },
  { name: "`events`, a page of 20", share: 3, ask: () => ({ path: "/events?limit=20", method: "GET" }) },
];

/** What the requests of one kind have cost together. */
export interface Spent {
  name: string;
  /** Of a hundred. */
  share: number;
  requests: number;
  refused: number;
  read: number;
  written: number;
}

/** Sends so many requests of random customers, where the larger ask more often. */
export async function traffic(system: System, customers: Person[], requests: number, progress: (done: number) => void): Promise<Spent[]> {
  const spent = MIX.map(({ name, share }): Spent => ({ name, share, requests: 0, refused: 0, read: 0, written: 0 }));
  let sent = 0;
  const worker = async (): Promise<void> => {
    while (sent < requests) {
      const turn = sent++;
      const place = kindOf(turn);
      const turned = (turn * 7919) % customers.length;
      const customer = customers[Math.floor((turned * turned) / customers.length)];
      const [kind, sum] = [MIX[place], spent[place]];
      if (kind === undefined || sum === undefined || customer === undefined) throw new Error("There are no customers.");
      count(sum, await system.call("track-usage", { ...kind.ask(turn), token: customer.token }));
      progress(sent);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return spent;
}

/** Every hundred turns have the mix, in an order that is not the customers'. */
function kindOf(turn: number): number {
  let hundredth = (turn * 37) % 100;
  const place = MIX.findIndex(({ share }) => (hundredth -= share) < 0);
  return Math.max(place, 0);
}

function count(sum: Spent, reply: Reply): void {
  // At a limit `track` is a 429, which is traffic, too; anything else would be a fault of the simulation.
  if (reply.status !== 200 && reply.status !== 429) throw new Error(`${sum.name} was answered by ${reply.status}: ${reply.text}`);
  if (reply.cost?.read === undefined || reply.cost.written === undefined) throw new Error(`${sum.name}: the reply tells no rows.`);
  sum.requests += 1;
  sum.refused += Number(reply.status === 429);
  sum.read += reply.cost.read;
  sum.written += reply.cost.written;
}
