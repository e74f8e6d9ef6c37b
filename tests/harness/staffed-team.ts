// A team with one person in every role: what a question of rights is asked about.
import { randomUUID } from "node:crypto";
import { MINUTE } from "./moments.ts";
import type { Scene } from "./calls.ts";
import { found, invite, listener } from "./rows.ts";
import type { Statement, System } from "./system.ts";
import type { Person, Team, TeamOptions } from "./world.ts";

export interface StaffedTeam extends Team {
  /** Of an endpoint of its own, where nobody listens. */
  endpoint: string;
  admin: Person;
  member: Person;
  viewer: Person;
}

export async function staffedTeam(system: System, options: TeamOptions = {}): Promise<StaffedTeam> {
  const { team, statements } = staffed(options);
  await system.batch(statements);
  return team;
}

/** With the statements behind it, for whoever has more to write at once. */
function staffed(options: TeamOptions = {}): { team: StaffedTeam; statements: Statement[] } {
  const { founded, statements } = found({ ...options, members: { admin: 1, member: 1, viewer: 1 } });
  const [admin, member, viewer] = [founded.admins[0], founded.members[0], founded.viewers[0]];
  if (!admin || !member || !viewer) throw new Error("The team lacks a role.");
  const endpoint = listener({ organizationId: founded.id });
  return { team: { ...founded, admin, member, viewer, endpoint: endpoint.id }, statements: [...statements, ...endpoint.statements] };
}

/** What every action is asked about. */
export async function sceneOf(system: System): Promise<Scene> {
  const { team, statements } = staffed();
  const { made: invitation, statement } = invite({ organizationId: team.id, invitedBy: team.owner });
  await system.batch([...statements, statement]);
  return { team, invitation };
}

/** One whose trial is over and was not paid for. */
export function endedTeam(system: System): Promise<StaffedTeam> {
  return staffedTeam(system, { status: "trialing", trialEndsAt: Date.now() - MINUTE });
}

/** A team plan like the catalog's, but with so many seats; returns its id. */
export async function planWith(system: System, options: { seats: number; salesContact?: string }): Promise<string> {
  const id = `team-${randomUUID()}`;
  await system.batch([
    {
      sql: `INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions, sales_contact)
VALUES (?, 'Small Team', 'team', 100, 4900, ?, -1, ?)`,
      values: [id, options.seats, options.salesContact ?? null],
    },
    {
      sql: `INSERT INTO plan_features (plan_id, feature, kind, value, limit_value, reset)
SELECT ?, feature, kind, value, limit_value, reset FROM plan_features WHERE plan_id = 'enterprise'`,
      values: [id],
    },
  ]);
  return id;
}
