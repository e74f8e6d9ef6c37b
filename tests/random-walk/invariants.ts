// What must be true of the rows whenever nothing is under way, each as a question that finds nothing.
import { personalTables, REGISTER } from "../harness/personal-data.ts";
import type { Row, System } from "../harness/system.ts";

/** A question by what it looks for; `:now` is the moment. */
const NEVER: Record<string, string> = {
  "a team without an owner": `SELECT o.id FROM organizations o WHERE o.archived_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM organization_members m WHERE m.organization_id = o.id AND m.role = 'owner')`,
  "a personal organization of more than its person": `SELECT o.id FROM organizations o WHERE o.kind = 'personal' AND o.archived_at IS NULL
    AND (SELECT COUNT(*) FROM organization_members m WHERE m.organization_id = o.id AND m.user_id = o.personal_user_id AND m.role = 'owner') <> 1`,
  "a person without a personal organization": `SELECT u.id FROM users u WHERE u.deleted_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM organizations o WHERE o.personal_user_id = u.id AND o.archived_at IS NULL)`,
  "a person who works where they are not a member": `SELECT u.id FROM users u WHERE u.deleted_at IS NULL AND u.current_organization_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.organization_id = u.current_organization_id)`,
  "an organization without a subscription": `SELECT o.id FROM organizations o WHERE NOT EXISTS (SELECT 1 FROM org_subscriptions s WHERE s.organization_id = o.id)`,
  "two teams on a trial of one founder": `SELECT founded_by FROM organizations o JOIN org_subscriptions s ON s.organization_id = o.id
    WHERE o.kind = 'team' AND s.status = 'trialing' AND s.stripe_subscription_id IS NULL GROUP BY founded_by HAVING COUNT(*) > 1`,
  "a counter that is not its ledger": `SELECT counter.organization_id, counter.feature, counter.quantity, counter.overage_cents FROM usage_counters counter
    LEFT JOIN (SELECT organization_id, feature, period_start, SUM(CASE accepted WHEN 1 THEN counted ELSE 0 END) AS counted, SUM(cost_cents) AS cost
      FROM usage_events GROUP BY organization_id, feature, period_start) ledger
      ON ledger.organization_id = counter.organization_id AND ledger.feature = counter.feature AND ledger.period_start = counter.period_start
    WHERE counter.quantity <> COALESCE(ledger.counted, 0) OR counter.overage_cents <> COALESCE(ledger.cost, 0)`,
  "a ledger without its counter": `SELECT event.organization_id, event.feature FROM usage_events event WHERE event.counted <> 0
    AND NOT EXISTS (SELECT 1 FROM usage_counters c WHERE c.organization_id = event.organization_id AND c.feature = event.feature AND c.period_start = event.period_start)`,
  "people of a meter who are not its counter": `SELECT counter.organization_id, counter.feature, counter.quantity FROM usage_counters counter
    WHERE counter.feature = 'mau' AND counter.quantity <> (SELECT COUNT(*) FROM usage_people p
      WHERE p.organization_id = counter.organization_id AND p.feature = counter.feature AND p.period_start = counter.period_start)`,
  "a settled reservation whose steps say something else": `SELECT r.organization_id, r.id FROM usage_reservations r WHERE r.settled_as = 'confirmed'
    AND r.counted <> (SELECT COALESCE(SUM(e.counted), 0) FROM usage_events e WHERE e.organization_id = r.organization_id AND e.reservation_id = r.id)`,
  "a call that goes on without room": `SELECT c.organization_id, c.id FROM call_logs c WHERE c.status = 'in_progress'
    AND NOT EXISTS (SELECT 1 FROM usage_reservations r WHERE r.organization_id = c.organization_id AND r.id = c.id AND r.settled_at IS NULL)`,
  "an invitation that was told of twice": `SELECT organization_id, target_id, event_type FROM outbox
    WHERE event_type IN ('invitation.created', 'invitation.accepted', 'invitation.declined', 'invitation.revoked')
    GROUP BY organization_id, target_id, event_type HAVING COUNT(*) > 1`,
  "an alert that was told of twice": `SELECT told.organization_id, told.target_id FROM (
      SELECT organization_id, target_id, COUNT(*) AS events FROM outbox WHERE event_type IN ('usage.limit_reached', 'usage.alert') GROUP BY organization_id, target_id) told
    WHERE told.events > (SELECT COUNT(*) FROM usage_alerts a WHERE a.organization_id = told.organization_id AND a.feature = told.target_id)`,
  "an accepted invitation without its line in the history": `SELECT i.organization_id, i.id FROM organization_invitations i WHERE i.status = 'accepted'
    AND (SELECT COUNT(*) FROM audit_events a WHERE a.organization_id = i.organization_id AND a.action = 'invitation.accepted' AND a.target_id = i.id) <> 1`,
  "an event of a member without its line in the history": `SELECT o.organization_id, o.event_type, o.target_id FROM outbox o
    WHERE o.event_type IN ('member.removed', 'member.role_changed', 'ownership.transferred', 'organization.archived', 'organization.restored')
    AND NOT EXISTS (SELECT 1 FROM audit_events a WHERE a.organization_id = o.organization_id AND a.created_at = o.created_at)`,
  "two events with one number": "SELECT sequence FROM outbox WHERE sequence IS NOT NULL GROUP BY sequence HAVING COUNT(*) > 1",
  "an act of the staff that was not done": "SELECT id, action FROM operator_acts WHERE is_applied = 0",
  "a member who is invited": `SELECT i.organization_id, i.id FROM organization_invitations i JOIN users u ON u.email = i.email AND u.email_verified = 1
    JOIN organization_members m ON m.organization_id = i.organization_id AND m.user_id = u.id WHERE i.status = 'pending' AND i.expires_at > :now`,
  "a session of somebody who is gone": "SELECT a.user_id FROM active_sessions a JOIN users u ON u.id = a.user_id WHERE u.deleted_at IS NOT NULL AND a.ended_at IS NULL",
  "an erased person's name or address": "SELECT id FROM users WHERE deleted_at IS NOT NULL AND (email IS NOT NULL OR username IS NOT NULL OR name <> 'Deleted user' OR current_organization_id IS NOT NULL)",
  "a day of somebody that is not its sessions": `SELECT d.user_id, d.day FROM user_analytics_days d WHERE d.sessions <> (
    SELECT COUNT(*) FROM user_analytics_sessions s WHERE s.user_id = d.user_id AND s.day = d.day)
    OR d.seconds <> (SELECT COALESCE(SUM(s.seconds), 0) FROM user_analytics_sessions s WHERE s.user_id = d.user_id AND s.day = d.day)`,
  "an override that is not held": `SELECT s.organization_id FROM org_subscriptions s WHERE s.override_ends_at > :now AND s.override_plan_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM plan_overrides p WHERE p.organization_id = s.organization_id AND p.kind = 'plan' AND p.ends_at > :now)`,
};

/** What a deletion erases, as the register of personal data says: whole rows, or columns. */
function leftovers(): Record<string, string> {
  const columns = personalTables();
  const ofPeople = REGISTER.tables.filter(({ table }) => columns.get(table)?.has("user_id") === true);
  return Object.fromEntries(ofPeople.flatMap(({ table, erased }) => {
    if (erased === undefined) return [];
    const isThere = erased === "rows" ? "1 = 1" : erased.map((column) => `t.${column} IS NOT NULL`).join(" OR ");
    return [[`what is left in ${table} of an erased person`, `SELECT t.user_id FROM ${table} t JOIN users u ON u.id = t.user_id WHERE u.deleted_at IS NOT NULL AND (${isThere})`]];
  }));
}

export async function broken(system: System, now: number): Promise<Record<string, Row[]>> {
  const questions = { ...NEVER, ...leftovers() };
  const names = Object.keys(questions);
  const found = await system.batch(Object.values(questions).map((sql) => ({ sql: `SELECT * FROM (${sql.replaceAll(":now", String(now))}) found LIMIT 3` })));
  return Object.fromEntries(names.map((name, place) => [name, found[place] ?? []] as const).filter(([, rows]) => rows.length > 0));
}
