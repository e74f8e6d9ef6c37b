// What the suites sign in Clerk's and Supabase's name passes the official verification of each, and nothing else does.
import assert from "node:assert/strict";
import { it } from "node:test";
import { Webhook } from "svix";
import {
  clerkEvent, clerkSecret, clerkUser, databaseWebhook, authUsersRow, deletedClerkUser, sentByDatabase, signedByClerk, signedBySupabase, supabaseHook,
  supabaseSecret, supabaseUser,
} from "../harness/identity-webhooks.ts";

it("signs Clerk's events with each of several secrets", () => {
  const [old, fresh] = [clerkSecret(), clerkSecret()];
  const event = clerkEvent("user.created", clerkUser({ addresses: [{ email: "ada@example.com" }] }));

  const { rawBody, headers } = signedByClerk(event, { secret: [old, fresh], id: "msg_1" });

  for (const secret of [old, fresh]) assert.deepEqual(new Webhook(secret).verify(rawBody, headers), event);
  assert.throws(() => new Webhook(clerkSecret()).verify(rawBody, headers));
  assert.throws(() => new Webhook(old).verify(`${rawBody} `, headers));
  assert.equal(headers["svix-id"], "msg_1");
  const late = signedByClerk(clerkEvent("user.deleted", deletedClerkUser("user_1")), { secret: old, timestamp: new Date(Date.now() - 301_000) });
  assert.throws(() => new Webhook(old).verify(late.rawBody, late.headers), /too old/);
});

it("signs Supabase's hooks with secrets that begin with the version, each attempt under an id of its own", () => {
  const secret = supabaseSecret();
  const hook = supabaseHook("before-user-created", supabaseUser({ email: "ada@example.com" }));

  const first = signedBySupabase(hook, { secret });
  const second = signedBySupabase(hook, { secret });

  for (const { rawBody, headers } of [first, second]) assert.deepEqual(new Webhook(secret.slice(3)).verify(rawBody, headers), hook);
  assert.notEqual(first.headers["webhook-id"], second.headers["webhook-id"]);
  const both = signedBySupabase(hook, { secret: [supabaseSecret(), secret] });
  assert.match(both.headers["webhook-signature"] ?? "", /^v1,[\w+/=]{44}, v1,[\w+/=]{44}$/);
});

it("sends rows of auth.users under a secret that is no signature", () => {
  const row = authUsersRow({ email: "ada@example.com", confirmedAt: new Date(0) });

  const { rawBody, headers } = sentByDatabase(databaseWebhook.inserted(row), { header: "x-webhook-secret", value: "a secret" });

  assert.deepEqual(JSON.parse(rawBody), { type: "INSERT", table: "users", schema: "auth", record: row, old_record: null });
  assert.equal(row.email_confirmed_at, "1970-01-01T00:00:00.000+00:00");
  assert.equal(headers["x-webhook-secret"], "a secret");
});
