// Two transactions on real Postgres, one statement at a time, in an order of our own.
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { ArrivedBatch } from "../../../scripts/local/postgres/bridge.ts";

/** Postgres's codes after which the engine sends a batch again. */
const isSentAgain = (error: unknown): boolean => error instanceof pg.DatabaseError && /^(40001|40P01|23...|P0001)$/.test(error.code ?? "");

/** How often a batch is sent at most. */
const MOST_TRIES = 4;

/** One batch on a connection of its own. */
export class Transaction {
  readonly client: pg.Client;
  readonly #batch: ArrivedBatch;
  /** All statements with the ones that open and close the transaction. */
  readonly #steps: ArrivedBatch["statements"];
  #next = 0;
  #failed = false;

  constructor(client: pg.Client, batch: ArrivedBatch) {
    this.client = client;
    this.#batch = batch;
    this.#steps = [{ text: batch.begin, values: [] }, ...batch.statements, { text: "COMMIT", values: [] }];
  }

  /** How many steps it has, opening and closing included. */
  get length(): number {
    return this.#steps.length;
  }

  /** Runs up to that step; does nothing more after an error. */
  async upTo(step: number): Promise<void> {
    while (this.#next < Math.min(step, this.length) && !this.#failed) {
      const { text, values } = this.#steps[this.#next] ?? { text: "", values: [] };
      this.#next += 1;
      try {
        await this.client.query({ name: nameOf(text), text, values });
      } catch (error) {
        if (!isSentAgain(error)) throw new Error(`${(error as Error).message} in ${text}`, { cause: error });
        this.#failed = true;
        await this.client.query("ROLLBACK");
      }
    }
  }

  /** Runs to its end; after a conflict from the start again, as the engine does. */
  async toTheEnd(): Promise<void> {
    await this.upTo(this.length);
    for (let attempt = 2; this.#failed; attempt += 1) {
      // What a constraint forbids however often it is tried has no effect, and its caller is told.
      if (attempt > MOST_TRIES) return;
      const again = new Transaction(this.client, this.#batch);
      await again.upTo(again.length);
      this.#failed = again.#failed;
    }
  }
}

/** One name for one text: the server plans a statement once a connection, and not a thousand times. */
const nameOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

/** Whether a connection waits for a lock that another one holds. */
async function waits(monitor: pg.Client, client: pg.Client): Promise<boolean> {
  const { processID } = client as unknown as { processID: number };
  const { rows } = await monitor.query<{ waits: boolean }>("SELECT cardinality(pg_blocking_pids($1)) > 0 AS waits", [processID]);
  return rows[0]?.waits === true;
}

/** The first one's first steps, then the second one as far as it goes without waiting, then the rest. */
export async function interleave(first: Transaction, second: Transaction, steps: number, monitor: pg.Client): Promise<void> {
  await first.upTo(steps);
  let ended = false;
  const other = second.toTheEnd().finally(() => (ended = true));
  // A failure is told below, when it is waited for.
  other.catch(() => undefined);
  // Asked now and then, so that the question does not take the time of what it asks about.
  do await Promise.race([other.catch(() => undefined), pause(4)]);
  while (!ended && !(await waits(monitor, second.client)));
  await first.toTheEnd();
  await other;
}
