// People, organizations and what they have, as rows: the same that the product would have written.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Statement, System, Value } from "./system.ts";
import { token, type Claims } from "./tokens.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export type Role = "owner" | "admin" | "member" | "viewer";
export type SubscriptionStatus = "incomplete" | "trialing" | "active" | "past_due" | "unpaid" | "canceled" | "paused";
export type InvitationStatus = "pending" | "accepted" | "declined" | "revoked" | "expired";

export interface Person {
  id: string;
  email: string;
  name: string;
  /** A valid token. */
  token: string;
  /** The personal organization. */
  organizationId: string;
}

export interface Team {
  id: string;
  name: string;
  slug: string;
  /** The founder. */
  owner: Person;
  /** All owners, the founder first. */
  owners: Person[];
  admins: Person[];
  members: Person[];
  viewers: Person[];
}

export interface Subscription {
  plan?: string;
  status?: SubscriptionStatus;
  /** Milliseconds; a trial's end. */
  trialEndsAt?: number;
  /** Milliseconds; when an unpaid bill was first due. */
  pastDueSince?: number;
}

export interface PersonOptions extends Subscription {
  email?: string;
  name?: string;
  emailVerified?: boolean;
  createdAt?: number;
  /** Further claims of the token. */
  claims?: Claims;
}

export interface TeamOptions extends Subscription {
  /** Made where nobody is named. */
  owner?: Person;
  name?: string;
  slug?: string;
  billingEmail?: string;
  createdAt?: number;
  /** How many of each role beside the owner. */
  members?: { owner?: number; admin?: number; member?: number; viewer?: number };
  /** Whether it is everybody's current organization; true unless said otherwise. */
  current?: boolean;
}

export interface InvitationOptions {
  organizationId: string;
  invitedBy: Person;
  email?: string;
  role?: Role;
  status?: InvitationStatus;
  createdAt?: number;
  /** Seven days after `createdAt` unless said otherwise. */
  expiresAt?: number;
}

export interface Invitation {
  id: string;
  email: string;
  token: string;
}

export interface SessionOptions {
  user: Person;
  id?: string;
  createdAt?: number;
  lastHeartbeatAt?: number;
  endedAt?: number;
  endReason?: "terminated" | "signed_in_elsewhere";
  userAgent?: string | null;
  browserInfo?: string | null;
  ipAddress?: string | null;
}

export class World {
  readonly #system: System;

  constructor(system: System) {
    this.#system = system;
  }

  /** Somebody on their own, on the catalog's trial unless a plan is named. */
  async individual(options: PersonOptions = {}): Promise<Person> {
    const { person, statements } = signUp(options);
    await this.#system.batch(statements);
    return person;
  }

  async individuals(count: number, options: PersonOptions = {}): Promise<Person[]> {
    const made = Array.from({ length: count }, () => signUp(options));
    await this.#system.batch(made.flatMap(({ statements }) => statements));
    return made.map(({ person }) => person);
  }

  /** Somebody with a valid token whom the database does not know yet. */
  stranger(options: { email?: string; claims?: Claims } = {}): Omit<Person, "organizationId"> {
    const id = randomUUID();
    const email = options.email ?? addressOf(id);
    return { id, email, name: email.split("@")[0] ?? "", token: token({ sub: id, email, ...options.claims }) };
  }

  /** A team on a paid plan, with everybody in it. */
  async team(options: TeamOptions = {}): Promise<Team> {
    const { founded, statements } = found(options);
    await this.#system.batch(statements);
    return founded;
  }

  /** Puts somebody into an organization. */
  async join(organizationId: string, person: Person, role: Role, current = true): Promise<void> {
    await this.#system.batch(membership(organizationId, person.id, role, Date.now() - HOUR, current));
  }

  async invitation(options: InvitationOptions): Promise<Invitation> {
    const { made, statement } = invite(options);
    await this.#system.batch([statement]);
    return made;
  }

  async invitations(list: InvitationOptions[]): Promise<Invitation[]> {
    const all = list.map(invite);
    await this.#system.batch(all.map(({ statement }) => statement));
    return all.map(({ made }) => made);
  }

  /** A signed-in browser, alive unless said otherwise. Returns its id. */
  async session(options: SessionOptions): Promise<string> {
    const id = options.id ?? randomUUID();
    await this.#system.batch([
      insert("active_sessions", {
        user_id: options.user.id,
        id,
        user_agent: options.userAgent === undefined ? "Firefox on a desk" : options.userAgent,
        browser_info: options.browserInfo ?? null,
        ip_address: options.ipAddress === undefined ? "198.51.100.1" : options.ipAddress,
        created_at: options.createdAt ?? Date.now() - HOUR,
        last_heartbeat_at: options.lastHeartbeatAt ?? Date.now() - MINUTE,
        ended_at: options.endedAt ?? null,
        end_reason: options.endReason ?? null,
        request_id: randomUUID(),
      }),
    ]);
    return id;
  }

  /** Uploads made this month, and in all: the counters, in place of what they were. */
  async uploads(organizationId: string, count: number, lifetime = count): Promise<void> {
    const set = (periodStart: number, quantity: number): Statement => ({
      sql: `INSERT INTO usage_counters (organization_id, feature, period_start, quantity) VALUES (?, 'uploads', ?, ?)
ON CONFLICT (organization_id, feature, period_start) DO UPDATE SET quantity = excluded.quantity`,
      values: [organizationId, periodStart, quantity],
    });
    await this.#system.batch([set(startOfMonth(Date.now()), count), set(0, lifetime)]);
  }
}

/** 00:00 UTC on the first of the month, `later` months on. */
export function startOfMonth(now: number, later = 0): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1);
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const addressOf = (id: string): string => `u${id.slice(0, 13).replace("-", "")}@people.example`;

function signUp(options: PersonOptions): { person: Person; statements: Statement[] } {
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

function found(options: TeamOptions): { founded: Team; statements: Statement[] } {
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

function membership(organizationId: string, userId: string, role: Role, joinedAt: number, current: boolean): Statement[] {
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

function invite(options: InvitationOptions): { made: Invitation; statement: Statement } {
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

function insert(table: string, columns: Record<string, Value>): Statement {
  const names = Object.keys(columns);
  return { sql: `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`, values: Object.values(columns) };
}
