// People, organizations and what they have, as rows: the same that the product would have written.
import { randomUUID } from "node:crypto";
import { HOUR, MINUTE, startOfMonth } from "./moments.ts";
import { addressOf, found, insert, invite, listener, membership, signUp } from "./rows.ts";
import type { Statement, System } from "./system.ts";
import { token, type Claims } from "./tokens.ts";

export { DAY, HOUR, MINUTE, SECOND, startOfMonth } from "./moments.ts";
export { sha256 } from "./rows.ts";

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

export interface EndpointOptions {
  organizationId?: string;
  url?: string;
  createdAt?: number;
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

  /** Somebody of the operator's staff. */
  async staff(type: "admin" | "super_admin"): Promise<Person> {
    const person = await this.individual();
    await this.#system.sql("UPDATE users SET account_type = ? WHERE id = ?", type, person.id);
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

  /** See `listener`. Returns its id. */
  async endpoint(options: EndpointOptions = {}): Promise<string> {
    const { id, statements } = listener(options);
    await this.#system.batch(statements);
    return id;
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

  /** A gauge on every plan. */
  async gauge(feature: string, limit: number): Promise<void> {
    await this.#system.sql(`INSERT INTO plan_features (plan_id, feature, kind, limit_value, reset)
SELECT id, '${feature}', 'meter', ${limit}, 'gauge' FROM plans WHERE 1 = 1
ON CONFLICT (plan_id, feature) DO UPDATE SET limit_value = excluded.limit_value`);
  }

  async username(person: Person, username: string): Promise<void> {
    await this.#system.sql("UPDATE users SET username = ? WHERE id = ?", username, person.id);
  }

  /** Content that is open for everybody, or for nobody without a plan that there is not. Returns its id. */
  async package({ locked = false }: { locked?: boolean } = {}): Promise<string> {
    const id = locked ? "locked" : "open";
    const plan = { sql: "INSERT INTO plans (id, name, audience, position, seats, concurrent_sessions) VALUES ('utmost', 'Utmost', 'individual', 99, 1, 1) ON CONFLICT (id) DO NOTHING" };
    await this.#system.batch([
      ...(locked ? [plan] : []),
      { sql: `INSERT INTO packages (id, name, category, minimum_plan_id, requires_subscription, position)
VALUES (?, 'Deep Sleep', 'sleep', ?, 0, 1) ON CONFLICT (id) DO NOTHING`, values: [id, locked ? "utmost" : null] },
    ]);
    return id;
  }

  /** What opens a package for one person, so often. */
  async grant(person: Pick<Person, "id">, packageId: string, uses: number): Promise<void> {
    const row = { user_id: person.id, package_id: packageId, granted_at: Date.now(), granted_by: "operator", grant_uses: uses, request_id: "world" };
    await this.#system.batch([insert("user_packages", row)]);
  }

  /** Put away by its owner a moment ago. */
  async archive(team: Team): Promise<void> {
    await this.#system.batch([
      { sql: "UPDATE organizations SET archived_at = ?, archived_by = ? WHERE id = ?", values: [Date.now() - MINUTE, team.owner.id, team.id] },
      { sql: "UPDATE users SET current_organization_id = ? WHERE current_organization_id = ? AND id = ?", values: [team.owner.organizationId, team.id, team.owner.id] },
    ]);
  }

  /** So many steps of somebody's onboarding. */
  async steps(person: Person, count: number): Promise<void> {
    const step = (place: number): Statement => insert("onboarding_steps", { user_id: person.id, step: `step-${place}`, saved_at: Date.now(), request_id: "world" });
    await this.#system.batch(Array.from({ length: count }, (_, place) => step(place)));
  }

  /** Room for one, held for an hour by somebody. Returns the reservation's id. */
  async reservation(by: Person, feature: string, quantity = 1): Promise<string> {
    const id = randomUUID();
    const now = Date.now();
    await this.#system.batch([
      insert("usage_reservations", {
        organization_id: by.organizationId, id, user_id: by.id, feature, event_type: feature, weight: 1, quantity,
        created_at: now, expires_at: now + HOUR, request_id: "world",
      }),
    ]);
    return id;
  }

  /** An event type `talk` that is a call, and counts against a meter. */
  async callsAre(feature: string): Promise<void> {
    await this.#system.sql(`INSERT INTO event_types (event_type, feature, longest_call_seconds) VALUES ('talk', '${feature}', 3600)
ON CONFLICT (event_type) DO UPDATE SET longest_call_seconds = 3600`);
  }

  /** One that somebody has begun a moment ago. Returns its id. */
  async call(by: Person, feature: string): Promise<string> {
    const id = await this.reservation(by, feature);
    const now = Date.now();
    await this.#system.batch([
      insert("call_logs", {
        organization_id: by.organizationId, id, user_id: by.id, call_type: "talk", feature, status: "in_progress",
        started_at: now, deadline_at: now + HOUR, request_id: "world",
      }),
    ]);
    return id;
  }

  /** Minutes of calls on every plan: 120 a month, counted in seconds. */
  async minutes(feature: string, type: string, longest: number): Promise<void> {
    await this.#system.sql(`INSERT INTO plan_features (plan_id, feature, kind, limit_value, reset, unit_size)
SELECT id, '${feature}', 'meter', 120, 'calendar_month', 60 FROM plans WHERE 1 = 1`);
    await this.#system.sql("INSERT INTO event_types (event_type, feature, longest_call_seconds) VALUES (?, ?, ?)", type, feature, longest);
  }

  async noMinutes(feature: string, type: string): Promise<void> {
    await this.#system.sql("DELETE FROM plan_features WHERE feature = ?", feature);
    await this.#system.sql("DELETE FROM event_types WHERE event_type = ?", type);
  }

  async noGauge(feature: string): Promise<void> {
    await this.#system.sql("DELETE FROM plan_features WHERE feature = ?", feature);
  }

  /** Something that was told of the uploads. */
  async alert(organizationId: string, name: string, now: number): Promise<void> {
    await this.#system.sql(`INSERT INTO usage_alerts (organization_id, feature, period_start, name, used, limit_value, created_at, request_id)
VALUES (?, 'uploads', ?, ?, 80, 100, ?, 'world')`, organizationId, startOfMonth(now), name, now);
  }

  /** Uploads made this month, and in all (the others a month ago): the counters, in place of what they were. */
  async uploads(organizationId: string, count: number, lifetime = count): Promise<void> {
    const set = (periodStart: number, quantity: number): Statement => ({
      sql: `INSERT INTO usage_counters (organization_id, feature, period_start, quantity) VALUES (?, 'uploads', ?, ?)
ON CONFLICT (organization_id, feature, period_start) DO UPDATE SET quantity = excluded.quantity`,
      values: [organizationId, periodStart, quantity],
    });
    const before = lifetime > count ? [set(startOfMonth(Date.now(), -1), lifetime - count)] : [];
    await this.#system.batch([set(startOfMonth(Date.now()), count), ...before]);
  }
}
