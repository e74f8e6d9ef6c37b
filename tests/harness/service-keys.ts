// Service keys, as `npm run key` makes them.
import { createHash, randomUUID } from "node:crypto";
import type { System } from "./system.ts";

export type KeyScope = "usage:read" | "usage:write" | "webhooks:manage";

export interface KeyOptions {
  scopes?: readonly string[];
  /** The one organization that it is for. */
  organizationId?: string;
  endsAt?: number;
  revokedAt?: number;
}

export async function serviceKey(system: System, { scopes = ["usage:write", "usage:read"], organizationId, endsAt, revokedAt }: KeyOptions = {}): Promise<string> {
  const key = `tg_${createHash("sha256").update(randomUUID()).digest("base64url")}`;
  await system.sql(`INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, can_manage_webhooks, organization_id, ends_at, revoked_at, created_at)
VALUES (?, 'A server', ?, ?, ?, ?, ?, ?, ?, ?)`, `key_${randomUUID()}`, createHash("sha256").update(key).digest("hex"), Number(scopes.includes("usage:write")),
    Number(scopes.includes("usage:read")), Number(scopes.includes("webhooks:manage")), organizationId ?? null, endsAt ?? null, revokedAt ?? null, Date.now());
  return key;
}
