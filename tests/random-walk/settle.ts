// When everybody has gone home: what is told late has come, jobs are through, and what was counted twice over agrees.
import assert from "node:assert/strict";
import { DAY } from "../harness/moments.ts";
import { lasting, subscriptionRow } from "../harness/stripe/kept.ts";
import type { Walk } from "./walk.ts";

/** Sums by day that are not the ledger's. */
const DAYS = `SELECT * FROM (
  SELECT ledger.organization_id, ledger.feature, ledger.day, ledger.quantity, ledger.events, sums.quantity AS summed, sums.events AS summed_events FROM (
    SELECT organization_id, feature, day, SUM(counted) AS quantity, COUNT(*) AS events FROM counted_events GROUP BY organization_id, feature, day) ledger
  LEFT JOIN usage_aggregations sums ON sums.organization_id = ledger.organization_id AND sums.span = 'day' AND sums.feature = ledger.feature AND sums.starts_at = ledger.day
) compared WHERE summed IS NULL OR quantity <> summed OR events <> summed_events LIMIT 3`;

/** Sums of a person in a period that are not the ledger's. */
const PEOPLE = `SELECT * FROM (
  SELECT sums.organization_id, sums.feature, sums.period_start, sums.user_id, sums.quantity AS summed, (
    SELECT SUM(c.counted) FROM counted_events c WHERE c.organization_id = sums.organization_id AND c.feature = sums.feature
      AND c.period_start = sums.period_start AND c.person = sums.user_id) AS quantity FROM usage_by_person sums
) compared WHERE quantity IS NULL OR quantity <> summed LIMIT 3`;

/** Lines of a closed period that are not its counter. */
const LINES = `SELECT * FROM (
  SELECT line.organization_id, line.feature, line.period_start, SUM(line.overage_cents) AS cents, MAX(line.quantity) AS quantity, MAX(counter.overage_cents) AS counted_cents
  FROM usage_summaries line JOIN usage_counters counter
    ON counter.organization_id = line.organization_id AND counter.feature = line.feature AND counter.period_start = line.period_start
  GROUP BY line.organization_id, line.feature, line.period_start
) compared WHERE cents <> counted_cents LIMIT 3`;

export async function settled(walk: Walk): Promise<void> {
  walk.collect();
  for (const event of walk.waiting.splice(0)) assert.ok((await walk.deliver(event)).status < 300, event.type);
  await walk.later(2 * DAY);
  for (const job of ["aggregate_usage", "close_periods"]) await through(walk, job);
  for (const query of [DAYS, PEOPLE, LINES]) assert.deepEqual(await walk.sql(query), []);
  await subscriptions(walk);
}

async function through(walk: Walk, job: string): Promise<void> {
  for (let runs = 0; runs < 20; runs += 1) {
    const [line] = await walk.system.tick(`job:${job}`);
    if ((line as { outcome: string }).outcome === "done") return;
  }
  assert.fail(`${job} is not through`);
}

/** Each subscription is kept as Stripe has it. */
async function subscriptions(walk: Walk): Promise<void> {
  const { account } = walk.stripe;
  const customers = await walk.sql("SELECT organization_id, stripe_customer_id AS customer FROM billing_customers");
  const kept = lasting(await walk.sql("SELECT * FROM billing_subscriptions"));
  for (const { organization_id: organization, customer } of customers) {
    for (const { id } of [...account.subscriptions.values()].filter((subscription) => subscription.customer === customer)) {
      const row = kept.find((one) => one["stripe_subscription_id"] === id);
      assert.deepEqual(row, subscriptionRow(account, String(organization), id));
    }
  }
}
