// The ledger rated anew: what each event costs by the terms of its plan, in the order in which they were counted.
import type { Row, System } from "../harness/system.ts";

/** Cents of so many units, rounded half up. `price`: in millionths. */
const cents = (units: number, price: number): number => Number((BigInt(units) * BigInt(price) * 2n + 10_000n) / 20_000n);

/** Events whose cost, or whose running totals, are not what they must be. */
export async function wronglyRated(system: System): Promise<string[]> {
  const [meters = [], events = []] = await system.batch([
    { sql: "SELECT plan_id, feature, unit_size, unit_price_micros, cap_cents FROM plan_features WHERE kind = 'meter'" },
    { sql: `SELECT organization_id, feature, period_start, id, plan_id, limit_value, counted, cost_cents, overage_cents, period_total, change_number FROM usage_events
WHERE accepted = 1 AND change_number IS NOT NULL ORDER BY organization_id, feature, period_start, change_number, id` },
  ]);
  const terms = new Map(meters.map((meter) => [`${meter["plan_id"]} ${meter["feature"]}`, meter]));
  const wrong: string[] = [];
  let before = { of: "", total: 0, charged: 0, number: 0 };
  for (const event of events) {
    const of = `${event["organization_id"]} ${event["feature"]} ${event["period_start"]}`;
    if (of !== before.of) before = { of, total: 0, charged: 0, number: 0 };
    const after = rated(event, terms.get(`${event["plan_id"]} ${event["feature"]}`) ?? {}, before);
    if (after.total !== event["period_total"] || after.charged !== event["overage_cents"] || after.charged - before.charged !== event["cost_cents"] || after.number !== event["change_number"]) {
      wrong.push(`${JSON.stringify(event)} should be ${JSON.stringify(after)}`);
    }
    before = { of, total: Number(event["period_total"]), charged: Number(event["overage_cents"]), number: Number(event["change_number"]) };
  }
  return wrong;
}

function rated(event: Row, terms: Row, before: { of: string; total: number; charged: number; number: number }) {
  const { limit_value: limit, counted } = event as { limit_value: number; counted: number };
  const [unit, price, cap] = [Number(terms["unit_size"] ?? 1), terms["unit_price_micros"] ?? null, terms["cap_cents"] ?? null];
  const total = before.total + counted;
  const beyond = (amount: number): number => (limit < 0 ? 0 : Math.max(0, Math.ceil(Math.max(0, amount) / unit) - limit));
  let { charged } = before;
  if (price !== null) {
    charged += cents(beyond(total), Number(price)) - cents(beyond(before.total), Number(price));
    if (cap !== null) charged = Math.min(charged, Math.max(Number(cap), before.charged));
  }
  return { of: before.of, total, charged, number: before.number + 1 };
}
