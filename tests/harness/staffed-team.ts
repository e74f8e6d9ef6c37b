// A team with one person in every role: what a question of rights is asked about.
import { randomUUID } from "node:crypto";
import type { System } from "./system.ts";
import { MINUTE, World, type Person, type Team, type TeamOptions } from "./world.ts";

export interface StaffedTeam extends Team {
  /** Of an endpoint of its own, where nobody listens. */
  endpoint: string;
  admin: Person;
  member: Person;
  viewer: Person;
}

export async function staffedTeam(system: System, options: TeamOptions = {}): Promise<StaffedTeam> {
  const world = new World(system);
  const team = await world.team({ ...options, members: { admin: 1, member: 1, viewer: 1 } });
  const [admin, member, viewer] = [team.admins[0], team.members[0], team.viewers[0]];
  if (!admin || !member || !viewer) throw new Error("The team lacks a role.");
  return { ...team, admin, member, viewer, endpoint: await world.endpoint({ organizationId: team.id }) };
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
