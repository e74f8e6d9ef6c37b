// The scheduler as it is deployed: cron triggers in the real runtime, on the real engines.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { crons, jobs } from "../scripts/local/scheduler.mjs";
import { engine } from "./harness/database.ts";
import { Product, type Customer } from "./harness/product.ts";
import type { Json } from "./harness/system.ts";
import { DAY, HOUR, MINUTE, startOfMonth } from "./harness/world.ts";

/** What a log line says of a job, without what it cost. */
interface Line {
  job: string | null;
  outcome: string;
  steps: number;
  changed: number;
  cause: string | null;
  rowsRead: number | null;
  rowsWritten: number | null;
}

let product: Product;
before(async () => { product = await Product.open("voice-training", { scheduled: true }); });
after(() => product.close());

const tick = async (cron: string): Promise<Line[]> => (await product.system.tick(cron)) as unknown as Line[];

/** One job until it is through; all lines. */
async function through(job: string): Promise<Line[]> {
  const lines: Line[] = [];
  for (;;) {
    const [line, ...others] = await tick(`job:${job}`);
    assert.ok(line !== undefined && others.length === 0, JSON.stringify(others));
    assert.equal(line.cause, null);
    lines.push(line);
    if (line.outcome !== "goes_on") return lines;
  }
}

/** Makes events of the ledger older. */
async function age(customer: Customer, milliseconds: number): Promise<void> {
  const rows = await product.system.sql("SELECT id, created_at FROM usage_events WHERE organization_id = ?", customer.organizationId);
  for (const { id, created_at: created } of rows) await product.happened(customer, String(id), Number(created) - milliseconds);
}

const sums = (customer: Customer, span: string): Promise<unknown[]> => product.system.sql(
  "SELECT feature, starts_at, events, quantity, scored, score_sum FROM usage_aggregations WHERE organization_id = ? AND span = ? ORDER BY feature, starts_at",
  customer.organizationId, span);
const startOfDay = (moment: number): number => moment - (moment % DAY);

describe("a cron trigger", () => {
  it("runs the jobs of its rhythm, and each writes a line", async () => {
    const jobs = async (cron: string) => (await tick(cron)).map(({ job, outcome }) => [job, outcome]);
    const done = (names: string[]) => names.map((job) => [job, "done"]);
    assert.deepEqual(await jobs("* * * * *"), done(["aggregate_usage", "deliver_outbox", "retry_deliveries", "probe_endpoints"]));
    assert.deepEqual(await jobs("7 * * * *"), done([
      "expire_invitations", "warn_trials", "end_trials", "close_calls", "reconcile", "close_periods", "bill_overage", "roll_up_figures", "clear_sessions", "correct_addresses",
    ]));
    assert.deepEqual(await jobs("23 3 * * *"), done(["forget_customers", "forget_invited", "remove_endpoints", "clear_inbox", "clear_events", "clear_reservations", "clear_deliveries", "clear_endpoints", "clear_mails", "clear_outbox", "clear_operator_events"]));
    const [unknown] = await tick("1 1 1 1 1");
    assert.deepEqual([unknown?.outcome, unknown?.cause], ["failed", "no job runs at this cron expression"]);
    const [line] = (await product.system.tick("job:clear_inbox")) as unknown as Record<string, Json>[];
    assert.deepEqual(Object.keys(line ?? {}).sort(), ["batches", "cause", "changed", "dbMilliseconds", "job", "milliseconds", "outcome", "retried", "rowsRead", "rowsWritten", "steps", "tries"]);
  });
});

describe("a job that fails", () => {
  it("says why, holds up no other one, and is tried again with the next minute", async () => {
    await product.system.sql("DELETE FROM scheduled_jobs");
    await product.system.sql("ALTER TABLE trial_warnings RENAME TO trial_warnings_elsewhere");
    let lines: Line[];
    try {
      lines = await tick("7 * * * *");
    } finally {
      await product.system.sql("ALTER TABLE trial_warnings_elsewhere RENAME TO trial_warnings");
    }
    const others = ["expire_invitations", "end_trials", "close_calls", "reconcile", "close_periods", "bill_overage", "roll_up_figures", "clear_sessions", "correct_addresses"];
    const outcome = (wanted: string): (string | null)[] => lines.filter((line) => line.outcome === wanted).map(({ job }) => job);
    assert.deepEqual([outcome("done"), outcome("failed")], [others, ["warn_trials"]]);
    const failed = lines.find(({ job }) => job === "warn_trials");
    assert.match(String(failed?.cause), /trial_warnings/);
    const held = () => product.system.sql("SELECT failure, is_unfinished, leased_until FROM scheduled_jobs WHERE job = 'warn_trials'");
    assert.deepEqual(await held(), [{ failure: failed?.cause, is_unfinished: 1, leased_until: 0 }]);
    const again = await tick("* * * * *");
    assert.deepEqual(again.filter(({ job }) => job === "warn_trials").map(({ outcome }) => outcome), ["done"]);
    assert.deepEqual(await held(), [{ failure: null, is_unfinished: 0, leased_until: 0 }]);
  });
});

describe("npm run tick", () => {
  it("knows each job by its name", async () => {
    const run = [];
    for (const cron of crons()) for (const { job } of await tick(cron)) run.push(job);
    // Mails are off without a key, and say so where they are asked for by name.
    const off = ["send_mails", "remind_invitations"];
    assert.deepEqual(jobs().filter((job) => !off.includes(job)), run);
    for (const job of jobs()) assert.deepEqual((await tick(`job:${job}`)).map(({ job, outcome }) => [job, outcome]), [[job, off.includes(job) ? "off" : "done"]]);
  });
});

describe("aggregate_usage", () => {
  it("sums what customers have tracked, under keys and without, by the day it happened on, once", async () => {
    const ada = await product.customer("individual_pro");
    for (const [score, key] of [[70, undefined], [80.5, "k1"], [undefined, "k2"]] as const) {
      const more = { ...(score === undefined ? {} : { attributes: { score } }), ...(key === undefined ? {} : { idempotencyKey: key }) };
      assert.equal((await product.track(ada, "training_sessions", 1, more)).status, 200);
    }
    await product.post(ada, "set", { feature: "scenarios", value: 3 });
    await product.post(ada, "release", { feature: "scenarios", quantity: 2 });
    await through("aggregate_usage");
    assert.deepEqual(await sums(ada, "day"), [], "what is of this minute may still be under way");
    await age(ada, 2 * HOUR);
    const day = startOfDay(Number((await product.system.sql("SELECT MAX(created_at) AS at FROM usage_events WHERE organization_id = ?", ada.organizationId))[0]?.["at"]));
    const expected = [
      { feature: "scenarios", starts_at: day, events: 2, quantity: 1, scored: 0, score_sum: 0 },
      { feature: "training_sessions", starts_at: day, events: 3, quantity: 3, scored: 2, score_sum: 150_500 },
    ];
    for (const round of [1, 2]) {
      await through("aggregate_usage");
      assert.deepEqual(await sums(ada, "day"), expected, `round ${round}`);
    }
    assert.deepEqual(await sums(ada, "month"), expected.map((sum) => ({ ...sum, starts_at: startOfMonth(day) })));
  });

  it("adds what is told late to the day it happened on", async () => {
    const ada = await product.customer("individual_pro");
    await product.track(ada, "training_sessions");
    await age(ada, 2 * HOUR);
    await through("aggregate_usage");
    const [first] = (await sums(ada, "day")) as { starts_at: number }[];
    // As if it had been rolled up two hours ago, and the other one written since.
    await product.system.sql("UPDATE usage_rollups SET keyed_to = keyed_to - ? WHERE organization_id = ?", 2 * HOUR, ada.organizationId);
    await product.track(ada, "training_sessions", 4, { idempotencyKey: "late" });
    await product.system.sql("UPDATE usage_events SET occurred_at = ?, created_at = created_at - ?, keyed_at = keyed_at - ? WHERE organization_id = ? AND id = 'key:late'",
      Number(first?.starts_at) - 3 * DAY, 61 * MINUTE, 61 * MINUTE, ada.organizationId);
    await through("aggregate_usage");
    const days = (await sums(ada, "day")) as { starts_at: number; quantity: number }[];
    assert.deepEqual(days.map(({ starts_at, quantity }) => [starts_at - Number(first?.starts_at), quantity]), [[-3 * DAY, 4], [0, 1]]);
  });
});

describe("two schedulers at once", () => {
  beforeEach(() => product.system.sql("DELETE FROM scheduled_jobs"));

  it("do each piece of work once", async () => {
    const customers = await Promise.all(Array.from({ length: 5 }, () => product.customer("individual_pro")));
    for (const customer of customers) {
      for (let number = 0; number < 4; number += 1) await product.track(customer, "training_sessions", 1, number % 2 === 0 ? {} : { idempotencyKey: `k${number}` });
      await age(customer, 2 * HOUR);
    }
    await product.system.sql("UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = ? WHERE organization_id = ?", Date.now() + DAY / 2, customers[0]?.organizationId ?? "");
    for (let round = 0; round < 3; round += 1) {
      const both = await Promise.all(["job:aggregate_usage", "job:aggregate_usage", "job:warn_trials", "job:warn_trials"].map((cron) => product.system.tick(cron)));
      for (const line of both.flat() as unknown as Line[]) assert.ok(["done", "busy"].includes(line.outcome), JSON.stringify(line));
    }
    for (const customer of customers) {
      assert.deepEqual(((await sums(customer, "day")) as { events: number }[]).map(({ events }) => events), [4]);
    }
    const told = await product.system.sql("SELECT id FROM outbox WHERE event_type = 'trial.ending'");
    assert.equal(told.length, 1);
  });

  it("one that died holds the other up for a minute and no longer", async () => {
    const held = (until: number) => product.system.sql(`INSERT INTO scheduled_jobs (job, holder, leased_until, started_at) VALUES ('warn_trials', 'the dead', ?, 1)
ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, leased_until = excluded.leased_until`, until);
    await held(Date.now() + MINUTE);
    assert.deepEqual((await tick("job:warn_trials")).map(({ outcome }) => outcome), ["busy"]);
    await held(Date.now());
    // What it has left in the middle goes on with the minute.
    assert.deepEqual((await tick("* * * * *")).map(({ job, outcome }) => [job, outcome]), [["aggregate_usage", "done"], ["deliver_outbox", "done"], ["retry_deliveries", "done"], ["probe_endpoints", "done"], ["warn_trials", "done"]]);
    assert.deepEqual((await tick("* * * * *")).map(({ job }) => job), ["aggregate_usage", "deliver_outbox", "retry_deliveries", "probe_endpoints"]);
  });
});

describe("clearing", () => {
  // TALLYGATE_SESSIONS=1000000 takes some minutes and gives the same.
  const MANY = Number(process.env["TALLYGATE_SESSIONS"] ?? 30_000);

  it(`reads no more in a run with ${MANY.toLocaleString("en")} dead sessions in the table`, async (test) => {
    const ada = await product.customer();
    for (let from = 1; from <= MANY; from += 50_000) {
      await product.system.sql(`INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, request_id)
WITH RECURSIVE numbers (n) AS (SELECT CAST(${from} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < ${Math.min(from + 49_999, MANY)})
SELECT ?, 's' || (1000000000 + n), 1, CASE n % 1000 WHEN 0 THEN ${Date.now()} ELSE 1 END, 'r' FROM numbers`, ada.id);
    }
    const lines = await through("clear_sessions");
    const dead = MANY - Math.floor(MANY / 1_000);
    assert.equal(lines.reduce((sum, { changed }) => sum + changed, 0), dead);
    assert.equal((await product.system.sql("SELECT COUNT(*) AS left_over FROM active_sessions WHERE user_id = ?", ada.id))[0]?.["left_over"], MANY - dead);
    for (const line of lines) {
      assert.ok(line.changed <= 20_000 && line.steps <= 20, JSON.stringify(line));
      if (engine === "d1") assert.ok(Number(line.rowsRead) <= 100_000, JSON.stringify(line));
    }
    test.diagnostic(`${lines.length} runs; rows read in the first: ${lines[0]?.rowsRead}`);
  });

  it("keeps what an invoice and an open period need, and an answer under a key for two days", async () => {
    const ada = await product.customer();
    const track = async (key: string) => product.track(ada, "training_sessions", 1, { idempotencyKey: key });
    for (const key of ["cleared", "charged", "open", "young"]) assert.equal((await track(key)).status, 200);
    assert.equal((await product.track(ada, "training_sessions", 100, { idempotencyKey: "refused" })).status, 429);
    assert.equal((await product.track(ada, "training_sessions", 100, { idempotencyKey: "refused lately" })).status, 429);
    const change = (key: string, days: number, { end = 2, cost = 0 } = {}) => product.system.sql(
      "UPDATE usage_events SET created_at = created_at - ?, keyed_at = keyed_at - ?, period_start = 1, period_end = ?, cost_cents = ? WHERE organization_id = ? AND id = ?",
      days * DAY, days * DAY, end, cost, ada.organizationId, `key:${key}`);
    await change("cleared", 31);
    await change("charged", 31, { cost: 10 });
    await change("open", 31, { end: Date.now() + DAY });
    await change("young", 29);
    await change("refused", 3);
    await through("aggregate_usage");
    await through("clear_events");
    const left = await product.system.sql("SELECT id FROM usage_events WHERE organization_id = ? ORDER BY id", ada.organizationId);
    assert.deepEqual(left.map(({ id }) => id), ["key:charged", "key:open", "key:refused lately", "key:young"]);
  });
});
