// Every action of the function for the operator's staff, each with fields that are in order. It is a table of its own: to
// everybody else there is no such function, so what `calls.ts` says of roles and keys does not hold of it.
import { insert } from "./rows.ts";
import type { Ask, System } from "./system.ts";
import type { Person, Team, World } from "./world.ts";

/** What acts are about: a customer, and what they have. */
export interface Customer {
  team: Team;
  member: Person;
  invitation: string;
  key: string;
  message: string;
  endpoint: string;
  event: string;
  package: string;
}

export interface ConsoleCall {
  readonly action: string;
  readonly method: "GET" | "POST";
  readonly fields: (customer: Customer) => Record<string, unknown>;
  /** What must be so before. */
  readonly given?: (system: System, customer: Customer) => Promise<unknown>;
  /** A super_admin alone may. */
  readonly isOfSuperAdmin?: true;
  /** Stripe is asked: where it is not set up, there is no more than its refusal. */
  readonly asksStripe?: true;
}

const IN_A_MONTH = new Date(Date.now() + 30 * 86_400_000).toISOString();

const act = (action: string, fields: ConsoleCall["fields"], more: Partial<ConsoleCall> = {}): ConsoleCall =>
  ({ action, method: "POST", fields: (customer) => ({ reason: "a ticket of theirs", ...fields(customer) }), ...more });

export const CONSOLE_CALLS: readonly ConsoleCall[] = [
  { action: "search", method: "GET", fields: ({ member }) => ({ in: "people", q: member.email }) },
  { action: "person", method: "GET", fields: ({ member }) => ({ id: member.id }) },
  { action: "organization", method: "GET", fields: ({ team }) => ({ id: team.id }) },
  { action: "inbox", method: "GET", fields: () => ({}) },
  { action: "feature", method: "GET", fields: () => ({ plan: "enterprise", feature: "uploads" }) },
  { action: "figures", method: "GET", fields: () => ({ period: "month", from: "2026-01-01" }) },
  act("ban", ({ member }) => ({ user: member.id })),
  act("unban", ({ member }) => ({ user: member.id }), {
    given: (system, { member }) => system.sql("UPDATE users SET banned_at = 1, banned_by = 'operator' WHERE id = ?", member.id),
  }),
  act("verify-email", ({ member }) => ({ user: member.id }), {
    given: (system, { member }) => system.sql("UPDATE users SET email_verified = 0 WHERE id = ?", member.id),
  }),
  act("end-sessions", ({ member }) => ({ user: member.id })),
  act("extend-trial", ({ team }) => ({ organization: team.id, endsAt: IN_A_MONTH }), {
    given: (system, { team }) => system.sql("UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = ? WHERE organization_id = ?", Date.now() + 1_000, team.id),
  }),
  act("grant-package", (customer) => ({ user: customer.member.id, package: customer.package, uses: 3 })),
  act("grant-usage", ({ team }) => ({ organization: team.id, feature: "uploads", quantity: 5, endsAt: IN_A_MONTH })),
  act("override-plan", ({ team }) => ({ organization: team.id, plan: "enterprise", endsAt: IN_A_MONTH })),
  act("override-limit", ({ team }) => ({ organization: team.id, feature: "uploads", limit: 7, endsAt: IN_A_MONTH })),
  act("lift-override", ({ team }) => ({ organization: team.id, override: "an-override" }), {
    given: (system, { team }) => system.sql(`INSERT INTO plan_overrides (organization_id, kind, feature, ends_at, id, limit_value, reason, starts_at, request_id)
      VALUES (?, 'limit', 'seats', ?, 'an-override', 9, 'a pilot', 1, 'r')`, team.id, Date.now() + 86_400_000),
  }),
  act("transfer-ownership", ({ team, member }) => ({ organization: team.id, user: member.id })),
  act("archive", ({ team }) => ({ organization: team.id })),
  act("restore", ({ team }) => ({ organization: team.id }), {
    given: (system, { team }) => system.sql("UPDATE organizations SET archived_at = 1 WHERE id = ?", team.id),
  }),
  act("resend-invitation", ({ team, invitation }) => ({ organization: team.id, invitation })),
  act("create-key", ({ team }) => ({ organization: team.id, name: "billing worker" })),
  act("revoke-key", ({ key }) => ({ key })),
  act("retire-message", ({ message }) => ({ message })),
  act("redeliver-message", ({ message }) => ({ message }), { asksStripe: true }),
  act("redeliver", ({ endpoint, event }) => ({ endpoint, event })),
  // Whether it is the newest state is another question than who asks: nothing is changed by it.
  act("edit-feature", () => ({ plan: "enterprise", feature: "uploads", version: "-|-1|-|-|1", limit: -1, dryRun: true })),
  act("view-as", ({ member }) => ({ user: member.id })),
  act("move-plan", ({ team }) => ({ organization: team.id, plan: "console_special" }), { isOfSuperAdmin: true }),
  act("delete-person", ({ member }) => ({ user: member.id }), { isOfSuperAdmin: true }),
  act("account-type", ({ member }) => ({ user: member.id, accountType: "admin" }), { isOfSuperAdmin: true }),
];

export function askedOf({ action, method, fields }: ConsoleCall, customer: Customer): Ask {
  const given = fields(customer);
  if (method === "POST") return { path: `/${action}`, body: given };
  const query = new URLSearchParams(given as Record<string, string>).toString();
  return { path: query === "" ? `/${action}` : `/${action}?${query}`, method };
}

/** What is kept of a message that could not be applied. */
const aMessage = (id: string): string =>
  JSON.stringify({ id, object: "event", type: "invoice.paid", created: 1_700_000_000, data: { object: { id: "in_1", object: "invoice", customer: "cus_1" } } });

/** A team with a member, and one of each thing that the staff acts on. */
export async function customer(system: System, world: World, name: string): Promise<Customer> {
  const team = await world.team({ members: { member: 1 } });
  const [member] = team.members;
  if (member === undefined) throw new Error("The team has a member.");
  const made: Customer = {
    team, member, invitation: (await world.invitation({ organizationId: team.id, invitedBy: team.owner })).id, key: `key-${name}`, message: `evt_${name}`, event: `event-${name}`, endpoint: await world.endpoint({ organizationId: team.id }), package: await world.package(),
  };
  await world.session({ user: member, id: "desk" });
  const now = Date.now();
  await system.batch([
    insert("service_keys", { id: made.key, name: "a key", key_hash: name.padStart(64, "0"), can_write_usage: 1, can_read_usage: 1, organization_id: team.id, created_at: now }),
    insert("webhook_inbox", { provider: "stripe", event_id: made.message, event_type: "invoice.paid", outcome: "unknown_customer", payload: aMessage(made.message), happened_at: now, received_at: now, request_id: "r" }),
    insert("outbox", { id: made.event, organization_id: team.id, event_type: "member.added", target_id: member.id, payload: "{}", created_at: now, sequence: Number.parseInt(name, 36) % 1_000_000_000 }),
    { sql: "INSERT INTO plans (id, name, audience, position, seats, concurrent_sessions) VALUES ('console_special', 'Special', 'team', 99, -1, -1) ON CONFLICT (id) DO NOTHING" },
  ]);
  return made;
}
