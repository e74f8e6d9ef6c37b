// What there is to ask about before a round: the rows that requests are drawn from.
import type { System } from "../harness/system.ts";

export interface Known {
  id: string;
  email: string;
  account_type: string;
}

/** Somebody's place in an organization that is not archived. */
export interface Place {
  team: string;
  person: string;
  role: string;
  kind: string;
}

/** Something that an organization has. */
export interface Owned {
  team: string;
  id: string;
}

/** What somebody has begun. */
export interface Begun extends Owned {
  person: string;
}

export interface Picture {
  people: Known[];
  places: Place[];
  invitations: (Owned & { email: string })[];
  /** Teams that were put away, with who may have them back. */
  archived: { team: string; person: string }[];
  reservations: Begun[];
  calls: Begun[];
  sessions: { person: string; id: string }[];
  endpoints: Owned[];
  overrides: Owned[];
  alerts: { team: string; feature: string; name: string }[];
}

/** Each list in one order, so that the same rows are drawn from in the same way. */
const ROWS: Record<keyof Picture, string> = {
  people: "SELECT id, email, account_type FROM users WHERE deleted_at IS NULL ORDER BY created_at, id",
  places: `SELECT m.organization_id AS team, m.user_id AS person, m.role, o.kind FROM organization_members m
JOIN organizations o ON o.id = m.organization_id WHERE o.archived_at IS NULL ORDER BY m.joined_at, m.organization_id, m.user_id`,
  invitations: "SELECT organization_id AS team, id, email FROM organization_invitations WHERE status = 'pending' ORDER BY created_at, id",
  archived: "SELECT id AS team, COALESCE(archived_by, founded_by) AS person FROM organizations WHERE archived_at IS NOT NULL AND kind = 'team' ORDER BY archived_at, id",
  reservations: "SELECT r.organization_id AS team, r.id, r.user_id AS person FROM usage_reservations r WHERE r.settled_at IS NULL ORDER BY r.created_at, r.id",
  calls: "SELECT organization_id AS team, id, user_id AS person FROM call_logs WHERE status = 'in_progress' ORDER BY started_at, id",
  sessions: "SELECT user_id AS person, id FROM active_sessions WHERE ended_at IS NULL ORDER BY created_at, id",
  endpoints: "SELECT organization_id AS team, id FROM webhook_endpoints WHERE removed_at IS NULL AND organization_id IS NOT NULL ORDER BY created_at, id",
  overrides: "SELECT organization_id AS team, id FROM plan_overrides ORDER BY starts_at, id",
  alerts: "SELECT organization_id AS team, feature, name FROM usage_alerts WHERE acknowledged_at IS NULL ORDER BY created_at, feature, name",
};

export async function picture(system: System): Promise<Picture> {
  const names = Object.keys(ROWS) as (keyof Picture)[];
  const found = await system.batch(names.map((name) => ({ sql: ROWS[name] })));
  return Object.fromEntries(names.map((name, place) => [name, found[place] ?? []])) as unknown as Picture;
}
