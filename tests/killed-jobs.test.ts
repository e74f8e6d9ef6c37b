// A scheduler that dies, after each batch of each job, whether that was still done or not, or sleeps there for longer than its lease:
// the end is what it is without.
//
// Each job begins where those before it have left the database. It is run once undisturbed, and then once more from there for each
// place at which it may die or sleep; who comes a minute later does the rest.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { jobs } from "../scripts/local/scheduler.mjs";
import type { Death } from "./harness/database.ts";
import { changingIn, KeptTables, marked, type Tables } from "./harness/kept-tables.ts";
import { MINUTE, SECOND } from "./harness/moments.ts";
import { WorkForJobs } from "./harness/work-for-jobs.ts";

interface Line {
  outcome: string;
  changed: number;
  batches: number;
  cause: string | null;
}

let work: WorkForJobs;
let kept: KeptTables;
before(async () => {
  work = await WorkForJobs.open();
  kept = await KeptTables.of(work.system);
});
after(() => work.close());

async function run(job: string): Promise<Line> {
  const [line, ...others] = (await work.system.tick(`job:${job}`)) as unknown as Line[];
  assert.ok(line !== undefined && others.length === 0, job);
  return line;
}

/** A job until it is through, twice: what one run has told of, the next one gives up. Gives the first run's line. */
async function through(job: string): Promise<Line> {
  const lines: Line[] = [];
  for (let rounds = 0; rounds < 2;) {
    const line = await run(job);
    assert.equal(line.cause, null, JSON.stringify(line));
    assert.ok(["done", "goes_on"].includes(line.outcome), JSON.stringify(line));
    if (line.outcome === "done") rounds += 1;
    lines.push(line);
  }
  assert.ok(lines[0]);
  return lines[0];
}

/** What there is at Stripe, at receivers and in mailboxes. */
interface Outside {
  charged: string[];
  received: string[];
  mails: string[];
}

function outside(): Outside {
  const { items, invoices } = work.stripe.account;
  return {
    charged: [
      ...[...items.values()].map(({ customer, amount, description, invoice }) => JSON.stringify([customer, amount, description, invoice !== null])),
      ...[...invoices.values()].map(({ customer, total, status }) => JSON.stringify([customer, total, status])),
    ].sort(),
    // A receiver may get an event once more where its answer was not recorded.
    received: [...new Set(work.receiver.got.map(({ path, headers }) => `${path} ${String(headers["webhook-id"])}`))].sort(),
    mails: [...work.mails.taken.values()].map(({ to, subject }) => JSON.stringify([to, subject])).sort(),
  };
}

/** What is about single runs: who they were and when, and how often Stripe was asked for the same line. */
const OF_RUNS: Record<string, string[]> = {
  scheduled_jobs: ["holder", "changed", "counted_by", "started_at", "finished_at"],
  usage_summaries: ["attempts", "attempted_by"],
};

/** Everything but that. */
function lasting(tables: Tables): Tables {
  const without = (row: string, columns: string[]): string => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(row) as object).filter(([name]) => !columns.includes(name))));
  return new Map([...tables].map(([name, rows]) => [name, rows.map((row) => without(row, OF_RUNS[name] ?? []))]));
}

/** Wherever a run of so many batches may die. */
const deaths = (batches: number): Death[] => Array.from({ length: batches }, (_, left) => [{ left, isUnheard: false }, { left: left + 1, isUnheard: true }]).flat();

describe("a scheduler that dies or sleeps after any batch of a job changes nothing of the end:", () => {
  for (const job of jobs()) {
    it(job, async (test) => {
      // given: the job's work, at a moment that is nowhere in the database yet
      const start = work.now + 2 * MINUTE + 1_237;
      await work.setClock(start);
      work.receiver.got.length = 0;
      work.mails.taken.clear();
      const before = await kept.keep();
      const putBackStripe = work.stripe.keep();
      const known = changingIn(before);
      let now = before;
      const state = async (): Promise<Tables> => {
        now = await kept.read();
        return marked(lasting(now), known);
      };
      const putBack = async (): Promise<void> => {
        await kept.putBack(now);
        putBackStripe();
        work.receiver.got.length = 0;
        work.mails.taken.clear();
        await work.setClock(start);
      };
      // and what it does undisturbed
      const [unworked, told] = [marked(lasting(before), known), outside()];
      const { batches } = await through(job);
      const [expected, expectedOutside] = [await state(), outside()];
      const changes = [...expected].filter(([table, rows]) => table !== "scheduled_jobs" && JSON.stringify(rows) !== JSON.stringify(unworked.get(table)));
      assert.ok(changes.length > 0 || JSON.stringify(told) !== JSON.stringify(expectedOutside), `${job} has nothing to do`);
      const isExpected = async (when: string): Promise<void> => {
        const found = await state();
        for (const [table, rows] of expected) assert.deepEqual(found.get(table), rows, `${table}: ${when}`);
        assert.deepEqual(outside(), expectedOutside, when);
      };
      for (const death of deaths(batches)) {
        // when
        await putBack();
        await work.database.dieAfter(death);
        const line = await run(job);
        await work.database.dieAfter(undefined);
        assert.equal(line.outcome, "failed", `${job} did not die: ${JSON.stringify(death)}`);
        // Nobody waits for longer than the lease.
        await work.setClock(start + 61 * SECOND);
        await through(job);
        // then
        await isExpected(`${job}, ${JSON.stringify(death)}`);
      }
      for (let place = 1; place < batches; place += 1) {
        // when: another one comes, and does all of it
        await putBack();
        const sleeper = await work.database.sleepAfter(place);
        const sleeping = work.system.tick(`job:${job}`);
        await sleeper.fallsAsleep();
        await work.setClock(start + 61 * SECOND);
        await through(job);
        const done = await kept.read();
        await sleeper.wake();
        const line = (await sleeping).at(-1) as unknown as Line;
        // then: the one that slept changes nothing more; where it had only to give its lease back, it was through
        assert.equal(line.outcome, place === batches - 1 ? "done" : "busy", `${job} slept before batch ${place}: ${JSON.stringify(line)}`);
        assert.deepEqual(await kept.read(), done, `${job} slept before batch ${place}`);
        await isExpected(`${job} slept before batch ${place}`);
      }
      test.diagnostic(`${batches} batches; changed: ${changes.map(([table]) => table).join(", ")}`);
    });
  }
});
