// What there is only so much of: seats, sessions, room of a meter. A round may leave more taken than there is only where more was taken before,
// since a plan may shrink under whoever is there already.
import type { Row, System } from "../harness/system.ts";

/** What is taken of each, by its name. */
export type Occupancy = Map<string, number>;

/** Every plan that an organization may have been on in a round: its own, those given in its place, and those it has left. */
const PLANS = `SELECT organization_id, plan_id FROM org_subscriptions UNION SELECT organization_id, plan_id FROM plan_overrides WHERE plan_id IS NOT NULL
  UNION SELECT organization_id, plan_id FROM former_plans`;

/** The most that there was of a plan's own number; an unlimited one is a large one. */
const most = (column: string): string => `SELECT MAX(CASE WHEN given.amount < 0 THEN 1000000000 ELSE given.amount END) FROM (
    SELECT had.organization_id, plan.${column} AS amount FROM (${PLANS}) had JOIN plans plan ON plan.id = had.plan_id
    UNION ALL SELECT organization_id, limit_value FROM plan_overrides WHERE feature = '${column}') given`;

const MEMBERS = "SELECT COUNT(*) FROM organization_members m WHERE m.organization_id = o.id";

/** Rows of `name`, `taken` and `most`; `:now` is the moment. Of archived teams, too: they come back as they were. */
const TAKEN = [
  `SELECT 'seats of ' || o.id AS name, (${MEMBERS}) AS taken, (${most("seats")} WHERE given.organization_id = o.id) AS most
FROM organizations o WHERE o.kind = 'team'`,
  `SELECT 'seats and invitations of ' || o.id AS name, (${MEMBERS}) + (
    SELECT COUNT(*) FROM organization_invitations i WHERE i.organization_id = o.id AND i.status = 'pending' AND i.expires_at > :now) AS taken,
  (${most("seats")} WHERE given.organization_id = o.id) AS most FROM organizations o WHERE o.kind = 'team'`,
  `SELECT 'sessions of ' || a.user_id AS name, COUNT(*) AS taken, (${most("concurrent_sessions")} WHERE given.organization_id IN (
    SELECT m.organization_id FROM organization_members m WHERE m.user_id = a.user_id UNION SELECT f.organization_id FROM former_members f WHERE f.user_id = a.user_id)) AS most
FROM active_sessions a WHERE a.ended_at IS NULL AND a.last_heartbeat_at > :now - 300000 GROUP BY a.user_id`,
  `SELECT c.feature || ' of ' || c.organization_id AS name, c.quantity + COALESCE((SELECT SUM(r.quantity) FROM usage_reservations r
    WHERE r.organization_id = c.organization_id AND r.feature = c.feature AND r.settled_at IS NULL AND r.expires_at > :now), 0) AS taken,
  COALESCE((SELECT SUM(g.quantity) FROM usage_grants g WHERE g.organization_id = c.organization_id AND g.feature = c.feature), 0) + (
    SELECT MAX(given.amount) FROM (SELECT p.organization_id, p.limit_value AS amount, p.feature FROM plan_overrides p WHERE p.kind = 'limit'
      UNION ALL SELECT had.organization_id, CASE f.feature WHEN 'hard' THEN 12 ELSE f.limit_value END, f.feature FROM (${PLANS}) had JOIN plan_features f ON f.plan_id = had.plan_id AND f.kind = 'meter') given
    WHERE given.organization_id = c.organization_id AND given.feature = c.feature) AS most
FROM usage_counters c WHERE c.feature IN ('hard', 'gauge', 'once', 'mau') AND NOT EXISTS (
  SELECT 1 FROM usage_counters later WHERE later.organization_id = c.organization_id AND later.feature = c.feature AND later.period_start > c.period_start)`,
];

export async function occupancy(system: System, now: number): Promise<{ taken: Occupancy; rows: Row[] }> {
  const rows = (await system.batch(TAKEN.map((sql) => ({ sql: sql.replaceAll(":now", String(now)) })))).flat();
  return { taken: new Map(rows.map(({ name, taken }) => [String(name), Number(taken)])), rows };
}

/** Of what more is taken than there is, and than was taken before. */
export function oversold(before: Occupancy, rows: Row[]): Row[] {
  return rows.filter(({ name, taken, most }) => Number(taken) > Math.max(Number(most), before.get(String(name)) ?? 0));
}
