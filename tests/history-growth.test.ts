// What a page and a job cost does not grow with what lies behind them: events that were given out, periods that were closed.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engine } from "./harness/database.ts";
import { idPrefix } from "./harness/moments.ts";
import { startSystem, type System } from "./harness/system.ts";
import { DAY, MINUTE, World, type Team } from "./harness/world.ts";

const FEW = 100;
const MANY = 3_000;
/** A page of an index more or less. */
const SOME = 10;

let system: System;
let world: World;
let team: Team;
let other: Team;
let endpoint: string;
before(async () => {
  system = await startSystem({ scheduled: true });
  world = new World(system);
  [team, other] = [await world.team(), await world.team()];
  endpoint = await world.endpoint({ organizationId: team.id });
});
after(() => system.close());

/** So many more of everything that a product leaves behind it in a month, of the team and of another one. */
async function history(count: number): Promise<void> {
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`;
  const now = Date.now();
  for (const id of [team.id, other.id]) {
    const prefix = `${idPrefix(now - 2 * DAY)}-${count}-${id}-`;
    await system.batch([
      `INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at) ${numbers} SELECT '${id}', '${prefix}' || n, 'ada', 'x', 'y', 'r', ${now - 2 * DAY} FROM numbers`,
      `INSERT INTO outbox (id, organization_id, event_type, target_id, created_at, sequence) ${numbers} SELECT '${prefix}' || n, '${id}', 'member.removed', 'x', ${now - 2 * DAY}, n FROM numbers`,
      `INSERT INTO usage_counters (organization_id, feature, period_start, quantity, period_end, plan_id) ${numbers} SELECT '${id}', 'uploads', (${count} + n) * 1000, 1, (${count} + n) * 1000 + 1, 'enterprise' FROM numbers`,
      `INSERT INTO usage_summaries (organization_id, period_start, feature, period_end, plan_id, quantity, units, overage_units, overage_cents, currency, state, is_open, closed_at, request_id)
${numbers} SELECT '${id}', (${count} + n) * 1000, 'uploads', (${count} + n) * 1000 + 1, 'enterprise', 1, 1, 1, 10, 'usd', 'not_billed', 0, 1, 'r' FROM numbers`,
      `INSERT INTO usage_aggregations (organization_id, span, feature, starts_at, events, quantity, scored, score_sum, request_id)
${numbers} SELECT '${id}', 'day', 'uploads', (${count} + n) * ${DAY}, 1, 1, 0, 0, 'r' FROM numbers`,
    ].map((sql) => ({ sql })));
  }
  await system.sql(`INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, created_at, request_id)
${numbers} SELECT ?, '${idPrefix(now - 2 * DAY)}-${count}-${team.id}-' || n, 'delivered', 1, ${now - 2 * DAY}, 'r' FROM numbers`, endpoint);
  for (const word of ["", "reminder:"]) {
    await system.sql(`INSERT INTO mail_deliveries (event_id, kind, recipient, state, attempts, created_at, request_id)
${numbers} SELECT '${word}${idPrefix(now - 2 * DAY)}-${count}-' || n, 'member_removed', 'user:ada', 'sent', 1, ${now - 2 * DAY}, 'r' FROM numbers`);
  }
  await system.sql("UPDATE webhook_progress SET settled_to = ?", idPrefix(now - DAY));
}

/** What each of them read. */
async function costs(asked: Record<string, () => Promise<number>>): Promise<Record<string, number>> {
  const read: Record<string, number> = {};
  for (const [name, ask] of Object.entries(asked)) read[name] = await ask();
  return read;
}

describe("costs the same however long the history is", { skip: engine !== "d1" && "Postgres reports no rows" }, () => {
  const page = (path: string) => async (): Promise<number> => {
    const reply = await system.call("webhooks", { path: `/${path}`, method: "GET", token: team.owner.token });
    assert.equal(reply.status, 200, reply.text);
    return Number(reply.cost?.read);
  };
  const job = (name: string) => async (): Promise<number> => {
    const [line] = await system.tick(`job:${name}`) as unknown as { outcome: string; rowsRead: number; cause: string | null }[];
    assert.equal(line?.outcome, "done", JSON.stringify(line));
    return line.rowsRead;
  };
  const asked: Record<string, () => Promise<number>> = {
    "a page of the history": page("audit?limit=10"),
    "a page of deliveries": () => page(`deliveries?endpoint=${endpoint}&limit=10`)(),
    "sending an event once more": async () => {
      const since = new Date(Date.now() - MINUTE).toISOString();
      const reply = await system.call("webhooks", { path: "/redeliver", body: { endpoint, since }, token: team.owner.token });
      assert.equal(reply.status, 200, reply.text);
      return Number(reply.cost?.read);
    },
    clear_deliveries: job("clear_deliveries"),
    clear_outbox: job("clear_outbox"),
    clear_endpoints: job("clear_endpoints"),
    clear_mails: job("clear_mails"),
    close_periods: job("close_periods"),
    deliver_outbox: job("deliver_outbox"),
    retry_deliveries: job("retry_deliveries"),
    probe_endpoints: job("probe_endpoints"),
    roll_up_figures: async () => {
      await system.batch([
        { sql: "DELETE FROM figures WHERE starts_at = (SELECT day FROM figure_progress)" },
        { sql: `UPDATE figure_progress SET day = day - ${DAY}` },
        { sql: `INSERT INTO figures (span, starts_at, rolled_up_to, request_id) SELECT 'day', day, day + ${DAY}, 'r' FROM figure_progress WHERE 1 = 1 ON CONFLICT (span, starts_at) DO NOTHING` },
      ]);
      await job("aggregate_usage")();
      return job("roll_up_figures")();
    },
  };

  it("to look at it, to clear it, and to close periods", async (test) => {
    await history(FEW);
    // The jobs know from then on what is closed.
    await costs(asked);
    const few = await costs(asked);
    await history(MANY);
    const many = await costs(asked);
    test.diagnostic(JSON.stringify({ few, many }));
    const grown = Object.entries(many).filter(([name, read]) => read > (few[name] ?? 0) + SOME);
    assert.deepEqual(grown, [], JSON.stringify(few));
  });

  it("to show the periods that were billed, up to as many as are looked at", async () => {
    const reply = await system.call("billing", { path: "/history", method: "GET", token: team.owner.token });
    assert.equal(reply.status, 200, reply.text);
    assert.ok(Number(reply.cost?.read) < 2 * 750 + 200, `${reply.cost?.read} rows`);
  });
});
