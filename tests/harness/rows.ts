// What the world is made of: the statements behind each of its people, teams and invitations.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { DAY, HOUR, MINUTE } from "./moments.ts";
import type { Statement, Value } from "./system.ts";
import { token } from "./tokens.ts";
import type { EndpointOptions, Invitation, InvitationOptions, Person, PersonOptions, Role, Subscription, Team, TeamOptions } from "./world.ts";

export const addressOf = (id: string): string => `u${id.slice(0, 13).replace("-", "")}@people.example`;

export function signUp(options: PersonOptions): { person: Person; statements: Statement[] } {
  const id = randomUUID();
  const organizationId = randomUUID();
  const email = (options.email ?? addressOf(id)).toLowerCase();
  const name = options.name ?? `Person ${id.slice(0, 4)}`;
  const createdAt = options.createdAt ?? Date.now() - HOUR;
  const person = { id, email, name, organizationId, token: token({ sub: id, email, ...options.claims }) };
  const statements = [
    insert("users", {
      id,
      email,
      email_verified: options.emailVerified === false ? 0 : 1,
      email_updated_at: createdAt,
      name,
      current_organization_id: organizationId,
      created_at: createdAt,
      request_id: randomUUID(),
    }),
    insert("organizations", {
      id: organizationId,
      kind: "personal",
      org_type: "personal",
      name: `${name.split(" ")[0]}'s Workspace`,
      slug: `personal-${id.slice(0, 13)}`,
      personal_user_id: id,
      founded_by: id,
      created_at: createdAt,
    }),
    ...membership(organizationId, id, "owner", createdAt, false),
    subscription(organizationId, { plan: "starter", status: options.plan === undefined ? "trialing" : "active", ...options }, 7, createdAt),
  ];
  return { person, statements };
}

export function found(options: TeamOptions): { founded: Team; statements: Statement[] } {
  const id = randomUUID();
  const createdAt = options.createdAt ?? Date.now() - HOUR;
  const current = options.current ?? true;
  const people = (count = 0): { person: Person; statements: Statement[] }[] => Array.from({ length: count }, () => signUp({ createdAt }));
  const owner = options.owner === undefined ? people(1) : [{ person: options.owner, statements: [] }];
  const [founder] = owner;
  if (founder === undefined) throw new Error("A team has an owner.");
  const others = {
    owner: people(options.members?.owner),
    admin: people(options.members?.admin),
    member: people(options.members?.member),
    viewer: people(options.members?.viewer),
  };
  const founded: Team = {
    id,
    name: options.name ?? `Team ${id.slice(0, 4)}`,
    slug: options.slug ?? `team-${id.slice(0, 13)}`,
    owner: founder.person,
    owners: [...owner, ...others.owner].map(({ person }) => person),
    admins: others.admin.map(({ person }) => person),
    members: others.member.map(({ person }) => person),
    viewers: others.viewer.map(({ person }) => person),
  };
  const statements = [
    ...[...owner, ...Object.values(others).flat()].flatMap((made) => made.statements),
    insert("organizations", {
      id,
      kind: "team",
      org_type: "business",
      name: founded.name,
      slug: founded.slug,
      billing_email: options.billingEmail ?? null,
      founded_by: founder.person.id,
      created_at: createdAt,
    }),
    ...membership(id, founder.person.id, "owner", createdAt, current),
    ...(["owner", "admin", "member", "viewer"] as const).flatMap((role) =>
      others[role].flatMap(({ person }) => membership(id, person.id, role, createdAt, current))),
    subscription(id, { plan: "enterprise", status: "active", ...options }, 14, createdAt),
  ];
  return { founded, statements };
}

export function membership(organizationId: string, userId: string, role: Role, joinedAt: number, current: boolean): Statement[] {
  const joined = insert("organization_members", { organization_id: organizationId, user_id: userId, role, joined_at: joinedAt, request_id: randomUUID() });
  if (!current) return [joined];
  return [joined, { sql: "UPDATE users SET current_organization_id = ? WHERE id = ?", values: [organizationId, userId] }];
}

function subscription(organizationId: string, options: Subscription, trialDays: number, createdAt: number): Statement {
  const status = options.status ?? "active";
  const trialEndsAt = options.trialEndsAt ?? (status === "trialing" ? createdAt + trialDays * DAY : null);
  const periodEnd = trialEndsAt ?? createdAt + 30 * DAY;
  return insert("org_subscriptions", {
    organization_id: organizationId,
    plan_id: options.plan ?? "starter",
    status,
    current_period_start: Math.min(createdAt, periodEnd - DAY),
    current_period_end: periodEnd,
    trial_ends_at: trialEndsAt,
    past_due_since: options.pastDueSince ?? (status === "past_due" ? createdAt : null),
    updated_at: createdAt,
  });
}

export function invite(options: InvitationOptions): { made: Invitation; statement: Statement } {
  const id = randomUUID();
  const email = (options.email ?? addressOf(id)).toLowerCase();
  const secret = randomBytes(32).toString("base64url");
  const status = options.status ?? "pending";
  const createdAt = options.createdAt ?? Date.now() - HOUR;
  const statement = insert("organization_invitations", {
    organization_id: options.organizationId,
    id,
    email,
    role: options.role ?? "member",
    token_hash: sha256(secret),
    status,
    invited_by: options.invitedBy.id,
    created_at: createdAt,
    expires_at: options.expiresAt ?? createdAt + 7 * DAY,
    resolved_at: status === "pending" ? null : createdAt + MINUTE,
    request_id: randomUUID(),
  });
  return { made: { id, email, token: secret }, statement };
}

/** An address that hears of events, where nobody listens unless said otherwise; of the operator's without an organization. */
export function listener({ organizationId, url, createdAt = Date.now() - HOUR }: EndpointOptions): { id: string; statements: Statement[] } {
  const id = randomUUID();
  const statements = [
    // The teams' plan of this catalog has them only where a suite wants it.
    { sql: "INSERT INTO plan_features (plan_id, feature, kind, value) VALUES ('enterprise', 'webhooks', 'flag', '1') ON CONFLICT (plan_id, feature) DO NOTHING" },
    insert("webhook_endpoints", {
      id, organization_id: organizationId ?? null, url: url ?? "http://127.0.0.1:9/", secret: "whsec_plJ3nmyCDGBKInavdOK15jsl",
      listens_from: createdAt, created_at: createdAt, updated_at: createdAt, request_id: "world",
    }),
    { sql: "INSERT INTO webhook_progress (id, last_sequence, delivered_sequence, settled_to) VALUES (1, 0, 0, '') ON CONFLICT (id) DO NOTHING" },
  ];
  return { id, statements };
}

export function insert(table: string, columns: Record<string, Value>): Statement {
  const names = Object.keys(columns);
  return { sql: `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`, values: Object.values(columns) };
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
