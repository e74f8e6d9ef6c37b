// What Clerk and Supabase send, signed by Svix's own package as they sign it.
import { randomUUID } from "node:crypto";
import { Webhook } from "svix";
import type { Ask, Reply } from "./reply.ts";
import type { System } from "./system.ts";

export const CLERK_SECRET = `whsec_${Buffer.from("Clerk's secret in these suites").toString("base64")}`;
export const HOOK_SECRET = `v1,whsec_${Buffer.from("Supabase's secret in these suites").toString("base64")}`;
export const DATABASE_SECRET = "the-secret-of-supabase's-database";
/** One that nobody here knows. */
export const OTHER_SECRET = `whsec_${Buffer.from("a secret of somebody else's").toString("base64")}`;

/** The settings by which these messages are believed. */
export const PROVIDERS = {
  CLERK_WEBHOOK_SECRET: CLERK_SECRET,
  SUPABASE_HOOK_SECRET: HOOK_SECRET,
  SUPABASE_DATABASE_WEBHOOK_SECRET: DATABASE_SECRET,
};

export interface Signing {
  id?: string;
  secret?: string;
  /** When it was signed. */
  at?: Date;
}

/** One signature, `v1,…`. */
export function signature(body: string, id: string, { secret = CLERK_SECRET, at = new Date() }: Signing = {}): string {
  return new Webhook(secret.replace(/^v1,/, "")).sign(id, at, body);
}

/** The three headers of a signed message, with Svix's names or those of Standard Webhooks. */
export function headers(prefix: "svix" | "webhook", body: string, signing: Signing = {}): Record<string, string> {
  const { id = `msg_${randomUUID()}`, at = new Date() } = signing;
  return {
    [`${prefix}-id`]: id,
    [`${prefix}-timestamp`]: String(Math.floor(at.getTime() / 1_000)),
    [`${prefix}-signature`]: signature(body, id, { ...signing, at }),
  };
}

/** A delivery of Clerk's, as a request. */
export function clerkAsk(type: string, data: unknown, signing: Signing = {}): Ask {
  const rawBody = JSON.stringify({ object: "event", type, data, timestamp: Date.now(), instance_id: "ins_1" });
  return { path: "/clerk", rawBody, headers: headers("svix", rawBody, signing) };
}

/** An auth hook of Supabase's: each attempt has an id of its own. */
export function hookAsk(name: "before-user-created" | "after-user-created", user: unknown, signing: Signing = {}): Ask {
  const metadata = { uuid: randomUUID(), time: new Date().toISOString(), name, ip_address: "127.0.0.1" };
  const rawBody = JSON.stringify({ metadata, user });
  return { path: `/${name}`, rawBody, headers: headers("webhook", rawBody, { secret: HOOK_SECRET, ...signing }) };
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
export function clerkUser({ id, email = `${id}@example.com`, firstName = "Ada", verified = true, banned = false, updatedAt = Date.now() }: Known): Record<string, unknown> {
  return {
    id,
    object: "user",
    first_name: firstName,
    last_name: firstName === null ? null : "Lovelace",
    username: null,
    primary_email_address_id: "idn_1",
    email_addresses: [{ id: "idn_1", email_address: email, verification: { status: verified ? "verified" : "unverified", strategy: "email_code" } }],
    banned,
    locked: false,
    public_metadata: {},
    created_at: updatedAt,
    updated_at: updatedAt,
  };
}

/** A row of Supabase's table `auth.users`, as Postgres writes it in JSON. */
export function supabaseRow({ id, email = `${id}@example.com`, firstName = "Ada", verified = true, banned = false, updatedAt = Date.now() }: Known): Record<string, unknown> {
  const time = (milliseconds: number) => new Date(milliseconds).toISOString().replace("Z", "123+00:00");
  return {
    id,
    instance_id: "00000000-0000-0000-0000-000000000000",
    aud: "authenticated",
    role: "authenticated",
    email,
    encrypted_password: "$2a$10$…",
    email_confirmed_at: verified ? time(updatedAt) : null,
    banned_until: banned ? time(Date.now() + 3_600_000) : null,
    deleted_at: null,
    raw_app_meta_data: { provider: "email" },
    raw_user_meta_data: { full_name: firstName === null ? "" : `${firstName} Lovelace`, email: "boss@example.com", email_verified: true },
    is_anonymous: false,
    created_at: time(updatedAt),
    updated_at: time(updatedAt),
  };
}
