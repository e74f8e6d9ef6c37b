// What Clerk and Supabase send when somebody signs up, changes or goes, in their own shapes and under their signatures.
//
// Sources: Clerk's "Webhooks overview" (the envelope) and the JSON interfaces of its backend SDK (clerk/javascript,
// packages/backend/src/api/resources/JSON.ts: `UserJSON`, `EmailAddressJSON`, `DeletedObjectJSON`,
// `OrganizationInvitationAcceptedJSON`). Supabase's guides "Before User Created Hook" and "Database Webhooks", and its auth
// server (supabase/auth: internal/hooks/v0hooks, internal/hooks/hookshttp, internal/models/user.go).
import { randomBytes, randomUUID } from "node:crypto";
import { Webhook } from "svix";

/** A delivery that is ready for `Ask`. */
export interface Signed {
  rawBody: string;
  headers: Record<string, string>;
}

export interface Signing {
  /** One secret, or several while one is rolled: then there is a signature of each. */
  secret: string | string[];
  /** The message; a new one unless said otherwise. */
  id?: string;
  /** Now unless said otherwise. */
  timestamp?: Date;
}

/** `whsec_` and 24 random bytes, as Clerk's dashboard shows it. */
export function clerkSecret(): string {
  return `whsec_${randomBytes(24).toString("base64")}`;
}

/** `v1,whsec_` and 32 random bytes, as Supabase's dashboard makes it. */
export function supabaseSecret(): string {
  return `v1,whsec_${randomBytes(32).toString("base64")}`;
}

export type ClerkUserEvent = "user.created" | "user.updated";
export type ClerkEventType = ClerkUserEvent | "user.deleted" | "organizationInvitation.accepted" | (string & Record<never, never>);

export interface ClerkAddress {
  email: string;
  id?: string;
  /** `verified` unless said otherwise; null where Clerk has not begun to verify. */
  status?: "verified" | "unverified" | "expired" | null;
}

export interface ClerkUserWanted {
  id?: string;
  /** The first one is the primary address. */
  addresses?: ClerkAddress[];
  /** Another primary address, or null for none. */
  primary?: string | null;
  firstName?: string | null;
  lastName?: string | null;
  username?: string | null;
  banned?: boolean;
  locked?: boolean;
  /** Milliseconds. */
  createdAt?: number;
  updatedAt?: number;
}

/** Clerk's user object. */
export function clerkUser(wanted: ClerkUserWanted = {}) {
  const { id = `user_${letters(27)}`, addresses = [{ email: `${letters(10).toLowerCase()}@example.com` }], createdAt = Date.now() } = wanted;
  const emails = addresses.map(clerkAddress);
  return {
    id, object: "user", username: wanted.username ?? null,
    first_name: wanted.firstName === undefined ? "Ada" : wanted.firstName, last_name: wanted.lastName === undefined ? "Lovelace" : wanted.lastName,
    image_url: "https://img.clerk.com/example", has_image: false, profile_image_url: "https://www.gravatar.com/avatar?d=mp",
    primary_email_address_id: wanted.primary === undefined ? emails[0]?.id ?? null : wanted.primary,
    primary_phone_number_id: null, primary_web3_wallet_id: null, password_enabled: true, two_factor_enabled: false, totp_enabled: false,
    backup_code_enabled: false, email_addresses: emails, phone_numbers: [], web3_wallets: [], passkeys: [], external_accounts: [], saml_accounts: [],
    enterprise_accounts: [], password_last_updated_at: createdAt, public_metadata: {}, private_metadata: {}, unsafe_metadata: {}, external_id: null,
    last_sign_in_at: null, banned: wanted.banned ?? false, locked: wanted.locked ?? false, lockout_expires_in_seconds: null,
    verification_attempts_remaining: 100, created_at: createdAt, updated_at: wanted.updatedAt ?? createdAt, last_active_at: createdAt,
    create_organization_enabled: true, create_organizations_limit: null, delete_self_enabled: true, legal_accepted_at: null, locale: "en-US",
    mfa_enabled_at: null, mfa_disabled_at: null,
  };
}
export type ClerkUser = ReturnType<typeof clerkUser>;

/** What is left of a user: `data` of `user.deleted`. */
export function deletedClerkUser(id: string) {
  return { id, object: "user", deleted: true };
}

/** `data` of `organizationInvitation.accepted`. */
export function acceptedClerkInvitation({ email, userId, organizationId = `org_${letters(27)}` }: { email: string; userId: string; organizationId?: string }) {
  const now = Date.now();
  return {
    id: `orginv_${letters(27)}`, object: "organization_invitation", email_address: email, role: "org:member", role_name: "Member", organization_id: organizationId,
    status: "accepted", user_id: userId, public_metadata: {}, private_metadata: {}, url: null, created_at: now, updated_at: now, expires_at: now + 2_592_000_000,
  };
}

/** An event's envelope. */
export function clerkEvent(type: ClerkEventType, data: object, timestamp: number = Date.now()) {
  return {
    data, object: "event", type, timestamp, instance_id: "ins_2aTallygateExample0000000000",
    event_attributes: { http_request: { client_ip: "203.0.113.7", user_agent: "Mozilla/5.0 (X11; Linux x86_64)" } },
  };
}

/** Signed by Svix, which delivers for Clerk: the same `svix-id` at every attempt, several signatures joined by a space. */
export function signedByClerk(event: object | string, { secret, id = `msg_${letters(27)}`, timestamp = new Date() }: Signing): Signed {
  const rawBody = typeof event === "string" ? event : JSON.stringify(event);
  const signatures = [secret].flat().map((one) => new Webhook(one).sign(id, timestamp, rawBody));
  return {
    rawBody,
    headers: {
      "content-type": "application/json", "user-agent": "Svix-Webhooks/1.0 (sender)", "svix-id": id, "svix-timestamp": seconds(timestamp),
      "svix-signature": signatures.join(" "),
    },
  };
}

export interface SupabaseUserWanted {
  id?: string;
  email?: string;
  /** When the address was confirmed; not at all unless said otherwise. */
  confirmedAt?: Date;
  /** What the sign-up form sent along. */
  metadata?: Record<string, unknown>;
  provider?: string;
  createdAt?: Date;
  bannedUntil?: Date;
  deletedAt?: Date;
  anonymous?: boolean;
}

/** Go's zero time: a user that is about to be created has no dates yet. */
const ZERO_TIME = "0001-01-01T00:00:00Z";

/** The user as Supabase's hooks tell of it; what is empty is left out there. */
export function supabaseUser(wanted: SupabaseUserWanted = {}) {
  const { id = randomUUID(), email = `${letters(10).toLowerCase()}@example.com`, provider = "email", metadata = {} } = wanted;
  return {
    id, aud: "authenticated", role: "", email: wanted.anonymous ? "" : email, phone: "",
    ...(wanted.confirmedAt ? { email_confirmed_at: wanted.confirmedAt.toISOString(), confirmed_at: wanted.confirmedAt.toISOString() } : {}),
    app_metadata: { provider, providers: [provider] }, user_metadata: metadata, identities: [],
    created_at: wanted.createdAt?.toISOString() ?? ZERO_TIME, updated_at: wanted.createdAt?.toISOString() ?? ZERO_TIME,
    ...(wanted.bannedUntil ? { banned_until: wanted.bannedUntil.toISOString() } : {}),
    ...(wanted.deletedAt ? { deleted_at: wanted.deletedAt.toISOString() } : {}),
    is_anonymous: wanted.anonymous ?? false,
  };
}
export type SupabaseUser = ReturnType<typeof supabaseUser>;

/** What a hook is sent. */
export function supabaseHook(name: "before-user-created" | "after-user-created", user: SupabaseUser) {
  return { metadata: { uuid: randomUUID(), time: new Date().toISOString(), name, ip_address: "203.0.113.7" }, user };
}

/**
 * Signed as Supabase's auth server does it, by Standard Webhooks: a new `webhook-id` at every attempt of the same hook,
 * several signatures joined by a comma and a space. Secrets are `v1,whsec_…`.
 */
export function signedBySupabase(hook: object | string, { secret, id = randomUUID(), timestamp = new Date() }: Signing): Signed {
  const rawBody = typeof hook === "string" ? hook : JSON.stringify(hook);
  const signatures = [secret].flat().map((one) => new Webhook(one.replace(/^v1,/, "")).sign(id, timestamp, rawBody));
  return {
    rawBody,
    headers: {
      "content-type": "application/json", "accept-encoding": "identity", "user-agent": "Go-http-client/2.0", "webhook-id": id,
      "webhook-timestamp": seconds(timestamp), "webhook-signature": signatures.join(", "),
    },
  };
}

/** A row of `auth.users` as Postgres writes it; the columns that no client ever sees are among them. */
export function authUsersRow(wanted: SupabaseUserWanted = {}) {
  const { id = randomUUID(), email = `${letters(10).toLowerCase()}@example.com`, provider = "email", metadata = {}, createdAt = new Date() } = wanted;
  const { confirmedAt, bannedUntil, deletedAt } = wanted;
  return {
    instance_id: "00000000-0000-0000-0000-000000000000", id, aud: "authenticated", role: "authenticated", email: wanted.anonymous ? null : email,
    encrypted_password: "$2a$10$not.a.real.hash", email_confirmed_at: postgresTime(confirmedAt), invited_at: null, confirmation_token: "",
    confirmation_sent_at: postgresTime(createdAt), recovery_token: "", recovery_sent_at: null, email_change_token_new: "", email_change: "",
    email_change_sent_at: null, last_sign_in_at: null, raw_app_meta_data: { provider, providers: [provider] }, raw_user_meta_data: metadata,
    is_super_admin: null, created_at: postgresTime(createdAt), updated_at: postgresTime(createdAt), phone: null, phone_confirmed_at: null, phone_change: "",
    phone_change_token: "", phone_change_sent_at: null, confirmed_at: postgresTime(confirmedAt), email_change_token_current: "",
    email_change_confirm_status: 0, banned_until: postgresTime(bannedUntil), reauthentication_token: "", reauthentication_sent_at: null, is_sso_user: false,
    deleted_at: postgresTime(deletedAt), is_anonymous: wanted.anonymous ?? false,
  };
}
export type AuthUsersRow = ReturnType<typeof authUsersRow>;

export type DatabaseWebhook =
  | { type: "INSERT"; table: string; schema: string; record: AuthUsersRow; old_record: null }
  | { type: "UPDATE"; table: string; schema: string; record: AuthUsersRow; old_record: AuthUsersRow }
  | { type: "DELETE"; table: string; schema: string; record: null; old_record: AuthUsersRow };

const AUTH_USERS = { table: "users", schema: "auth" };

/** The database webhook on `auth.users`. */
export const databaseWebhook = {
  inserted: (record: AuthUsersRow): DatabaseWebhook => ({ type: "INSERT", ...AUTH_USERS, record, old_record: null }),
  updated: (old_record: AuthUsersRow, record: AuthUsersRow): DatabaseWebhook => ({ type: "UPDATE", ...AUTH_USERS, record, old_record }),
  deleted: (old_record: AuthUsersRow): DatabaseWebhook => ({ type: "DELETE", ...AUTH_USERS, record: null, old_record }),
};

/** Not signed: pg_net sends the headers that the dashboard was given, among them the secret. */
export function sentByDatabase(webhook: DatabaseWebhook, { header, value }: { header: string; value: string }): Signed {
  return { rawBody: JSON.stringify(webhook), headers: { "content-type": "application/json", "user-agent": "pg_net/0.14.0", [header]: value } };
}

function clerkAddress({ email, id = `idn_${letters(27)}`, status = "verified" }: ClerkAddress) {
  return {
    id, object: "email_address", email_address: email, reserved: false, matches_sso_connection: false,
    verification: status === null
      ? null
      : { object: "verification_otp", status, strategy: "email_code", attempts: status === "verified" ? 1 : null, expire_at: Date.now() + 600_000 },
    linked_to: [], created_at: Date.now(), updated_at: Date.now(),
  };
}

/** `2026-11-21T08:00:00+00:00`, as Postgres puts a timestamptz into JSON. */
function postgresTime(date: Date | undefined): string | null {
  return date?.toISOString().replace("Z", "+00:00") ?? null;
}

function seconds(date: Date): string {
  return String(Math.floor(date.getTime() / 1_000));
}

/** Letters and digits only, as in the ids of Clerk. */
function letters(count: number): string {
  return randomBytes(count * 2).toString("base64").replaceAll(/[^A-Za-z0-9]/g, "").slice(0, count).padEnd(count, "0");
}
