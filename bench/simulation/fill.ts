// Customers and a ledger, written by SQL in the form that `track-usage` writes: the bulk, of which nothing is measured but its
// size. A few customers use most of what is used.
import type { System } from "../../tests/harness/system.ts";
import { startOfMonth, World, type Person } from "../../tests/harness/world.ts";

/** What a customer is, from the largest down: their share of all customers, and their plan of the starter kit. */
const SIZES = [
  { share: 0.01, plan: "enterprise" },
  { share: 0.09, plan: "business" },
  { share: 0.2, plan: "pro" },
  { share: 0.7, plan: "free" },
];
const PEOPLE_AT_ONCE = 500;
const EVENTS_AT_ONCE = 20_000;

/** People with their personal organizations, the largest customer first. */
export async function fillCustomers(system: System, count: number, progress: (done: number) => void): Promise<Person[]> {
  const world = new World(system);
  const customers: Person[] = [];
  let from = 0;
  for (const [place, { share, plan }] of SIZES.entries()) {
    const until = place === SIZES.length - 1 ? count : Math.min(count, Math.round(from + share * count));
    while (customers.length < until) {
      customers.push(...(await world.individuals(Math.min(PEOPLE_AT_ONCE, until - customers.length), { plan, status: "active" })));
      progress(customers.length);
    }
    from = until;
  }
  return customers;
}

/**
 * Events of this month so far, customer by customer, each one's in the order of time: four of five an API call, the others tokens
 * of a language model; two of five under an idempotency key. Their counters are written with them.
 */
export async function fillLedger(system: System, customers: Person[], events: number, progress: (done: number) => void): Promise<void> {
  const now = Date.now();
  const [month, next] = [startOfMonth(now), startOfMonth(now, 1)];
  // Up to a customer there are as many events as the root of their place: of the first hundredth of all customers a tenth.
  const before = (place: number): number => Math.round(events * Math.sqrt(place / customers.length));
  const counts = customers.map((_, place) => before(place + 1) - before(place));
  await system.sql(`CREATE TABLE simulated (number INTEGER PRIMARY KEY, organization_id TEXT NOT NULL, user_id TEXT NOT NULL, events INTEGER NOT NULL,
  plan_id TEXT NOT NULL, api_limit INTEGER NOT NULL, token_limit INTEGER NOT NULL)`);
  await system.sql(`INSERT INTO simulated
SELECT CAST(customer.key AS INTEGER), customer.value ->> 0, customer.value ->> 1, customer.value ->> 2, held.plan_id, calls.limit_value, tokens.limit_value
FROM json_each(?) customer
JOIN org_subscriptions held ON held.organization_id = customer.value ->> 0
JOIN plan_features calls ON calls.plan_id = held.plan_id AND calls.feature = 'max_api_calls_per_month'
JOIN plan_features tokens ON tokens.plan_id = held.plan_id AND tokens.feature = 'max_ai_tokens_per_month'`,
  JSON.stringify(customers.map(({ organizationId, id }, place) => [organizationId, id, counts[place] ?? 0])));
  for (let [from, done] = [0, 0]; from < customers.length;) {
    let [until, chunk] = [from, 0];
    while (until < customers.length && (until === from || chunk + (counts[until] ?? 0) <= EVENTS_AT_ONCE)) chunk += counts[until++] ?? 0;
    const made = `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${Math.max(...counts.slice(from, until), 1)}),
made AS (
  SELECT simulated.*, numbers.n, ${month} + ${now - month} * numbers.n / simulated.events AS created_at, numbers.n % 5 AS turn,
    CASE numbers.n % 5 WHEN 0 THEN 20 + numbers.n % 60 ELSE 1 END AS quantity
  FROM simulated CROSS JOIN numbers WHERE simulated.number >= ${from} AND simulated.number < ${until} AND numbers.n < simulated.events
), event AS (
  SELECT made.*, CASE turn WHEN 0 THEN 'max_ai_tokens_per_month' ELSE 'max_api_calls_per_month' END AS feature,
    CASE turn WHEN 0 THEN 'ai_tokens_used' ELSE 'api_call' END AS event_type,
    printf('%08x-%04x-7000-8%03x-%012x', created_at / 65536, created_at % 65536, number % 4096, n) AS own_id
  FROM made
)`;
    await system.batch([
      {
        sql: `INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value, period_start, period_end,
  period_total, lifetime_total, request_hash, request_id, created_at, kind, counted, change_number, keyed_at)
${made}
SELECT organization_id, CASE WHEN turn IN (1, 2) THEN 'key:' || own_id ELSE own_id END, user_id, feature, event_type, quantity, 1, plan_id,
  CASE turn WHEN 0 THEN token_limit ELSE api_limit END, ${month}, ${next}, SUM(quantity) OVER earlier, SUM(quantity) OVER earlier,
  printf('%064x', n), own_id, created_at, 'track', quantity, COUNT(*) OVER earlier, CASE WHEN turn IN (1, 2) THEN created_at END
FROM event WINDOW earlier AS (PARTITION BY organization_id, feature ORDER BY n)`,
      },
      {
        sql: `INSERT INTO usage_counters (organization_id, feature, period_start, quantity, changes)
${made}
SELECT organization_id, feature, ${month}, SUM(quantity), COUNT(*) FROM event GROUP BY organization_id, feature`,
      },
    ]);
    [from, done] = [until, done + chunk];
    progress(done);
  }
  await system.sql("DROP TABLE simulated");
}
