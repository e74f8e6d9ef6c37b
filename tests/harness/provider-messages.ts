// What Clerk and Supabase send, as requests to `identity` under this run's secrets, and people in their shapes.
import type { Ask, Reply } from "./reply.ts";
import {
  authUsersRow, clerkEvent, clerkUser as clerksUser, signedByClerk, signedBySupabase, supabaseHook, supabaseUser, type AuthUsersRow, type SupabaseUser,
} from "./identity-webhooks.ts";
import { UNSUBSCRIBE_SECRET } from "./mail-links.ts";
import type { System } from "./system.ts";

export const CLERK_SECRET = `whsec_${Buffer.from("Clerk's secret in these suites").toString("base64")}`;
export const HOOK_SECRET = `v1,whsec_${Buffer.from("Supabase's secret in these suites").toString("base64")}`;
export const DATABASE_SECRET = "the-secret-of-supabase's-database";
export const RESEND_SECRET = `whsec_${Buffer.from("Resend's secret in these suites").toString("base64")}`;
/** One that nobody here knows. */
export const OTHER_SECRET = `whsec_${Buffer.from("a secret of somebody else's").toString("base64")}`;

/** The settings by which these messages are believed. */
export const PROVIDERS = {
  CLERK_WEBHOOK_SECRET: CLERK_SECRET,
  SUPABASE_HOOK_SECRET: HOOK_SECRET,
  SUPABASE_DATABASE_WEBHOOK_SECRET: DATABASE_SECRET,
  RESEND_WEBHOOK_SECRET: RESEND_SECRET,
  UNSUBSCRIBE_SECRET,
};

export interface Signing {
  id?: string;
  secret?: string | string[];
  /** When it was signed. */
  timestamp?: Date;
}

/** The headers of a body that Clerk sends. */
export function clerkHeaders(rawBody: string, signing: Signing = {}): Record<string, string> {
  return signedByClerk(rawBody, { secret: CLERK_SECRET, ...signing }).headers;
}

/** A delivery of Clerk's. */
export function clerkAsk(type: string, data: unknown, signing: Signing = {}): Ask {
  const rawBody = JSON.stringify(clerkEvent(type, data as object));
  return { path: "/clerk", rawBody, headers: clerkHeaders(rawBody, signing) };
}

/** What Resend says of a mail. */
export function resendAsk(type: string, data: unknown, signing: Signing = {}): Ask {
  const rawBody = JSON.stringify({ type, created_at: new Date().toISOString(), data });
  return { path: "/resend", rawBody, headers: signedByClerk(rawBody, { secret: RESEND_SECRET, ...signing }).headers };
}

/** An auth hook of Supabase's: each attempt has an id of its own. */
export function hookAsk(name: "before-user-created" | "after-user-created", user: SupabaseUser, signing: Signing = {}): Ask {
  return { path: `/${name}`, ...signedBySupabase(supabaseHook(name, user), { secret: HOOK_SECRET, ...signing }) };
}

/** A database webhook of Supabase's, about a row of `auth.users`. */
export function changeAsk(type: string, record: unknown, oldRecord: unknown = null, secret = DATABASE_SECRET): Ask {
  const rawBody = JSON.stringify({ type, table: "users", schema: "auth", record, old_record: oldRecord });
  return { path: "/supabase-users", rawBody, headers: { "x-webhook-secret": secret } };
}

export const clerk = (system: System, ...message: Parameters<typeof clerkAsk>): Promise<Reply> => system.call("identity", clerkAsk(...message));
export const hook = (system: System, ...message: Parameters<typeof hookAsk>): Promise<Reply> => system.call("identity", hookAsk(...message));
export const change = (system: System, ...message: Parameters<typeof changeAsk>): Promise<Reply> => system.call("identity", changeAsk(...message));

export interface Known {
  id: string;
  email?: string;
  firstName?: string | null;
  verified?: boolean;
  banned?: boolean;
  /** Milliseconds: the moment that the message is about. */
  updatedAt?: number;
}

/** Clerk's object of a user. */
export function clerkUser({ id, email = `${id}@example.com`, firstName = "Ada", verified = true, banned = false, updatedAt = Date.now() }: Known) {
  const status = verified ? "verified" : "unverified";
  return clerksUser({ id, addresses: [{ email, status }], firstName, lastName: firstName === null ? null : "Lovelace", banned, createdAt: updatedAt, updatedAt });
}

/** A row of Supabase's table `auth.users`; what its user could write of themselves is a boast. */
export function supabaseRow(known: Known): AuthUsersRow {
  return authUsersRow(wanted(known));
}

/** The same user as a hook tells of them. */
export function hooked(known: Known): SupabaseUser {
  return supabaseUser(wanted(known));
}

function wanted({ id, email = `${id}@example.com`, firstName = "Ada", verified = true, banned = false, updatedAt = Date.now() }: Known) {
  const createdAt = new Date(updatedAt);
  return {
    id,
    email,
    createdAt,
    metadata: { full_name: firstName === null ? "" : `${firstName} Lovelace`, email: "boss@example.com", email_verified: true },
    ...(verified ? { confirmedAt: createdAt } : {}),
    ...(banned ? { bannedUntil: new Date(Date.now() + 3_600_000) } : {}),
  };
}
