// identity: what Clerk and Supabase say of their users becomes accounts, whatever order it comes in.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { succeeds } from "./harness/answers.ts";
import { engine } from "./harness/database.ts";
import { aSentence, refuses, replies } from "./harness/expect.ts";
import {
  CLERK_SECRET, DATABASE_SECRET, HOOK_SECRET, OTHER_SECRET, change, clerk, clerkHeaders as headers, clerkUser, hook, hooked,
  supabaseRow,
} from "./harness/provider-messages.ts";
import { startSystem, type Reply, type Row, type System } from "./harness/system.ts";
import { token } from "./harness/tokens.ts";
import { MINUTE, World } from "./harness/world.ts";

let system: System;
let world: World;
before(async () => {
  system = await startSystem({ bindings: { BANNED_EMAIL_DOMAINS: "spam.example, Trash.Example" } });
  world = new World(system);
});
after(() => system.close());

/** A user's id as Clerk makes it. */
const someone = (): string => `user_${randomUUID().replaceAll("-", "")}`;
const touch = (id: string, email = `${id}@example.com`): Promise<Reply> =>
  system.call("manage-members", { action: "list", token: token({ sub: id, email }) });

/** Name, address, verification and workspace. */
async function known(id: string): Promise<unknown[]> {
  const [row] = await system.sql(`SELECT users.name, email, email_verified, organizations.name AS workspace
FROM users LEFT JOIN organizations ON personal_user_id = users.id WHERE users.id = ?`, id);
  return Object.values(row ?? {});
}

async function amounts(id: string): Promise<Row> {
  const own = "SELECT id FROM organizations WHERE founded_by = ?";
  const [row] = await system.sql(`SELECT (SELECT COUNT(*) FROM users WHERE id = ?) AS users,
  (SELECT COUNT(*) FROM organizations WHERE founded_by = ?) AS organizations,
  (SELECT COUNT(*) FROM organization_members WHERE user_id = ?) AS members,
  (SELECT COUNT(*) FROM org_subscriptions WHERE organization_id IN (${own})) AS subscriptions,
  (SELECT COUNT(*) FROM audit_events WHERE organization_id IN (${own})) AS audit,
  (SELECT COUNT(*) FROM outbox WHERE event_type <> 'user.updated' AND organization_id IN (${own})) AS outbox`, ...Array.from({ length: 6 }, () => id));
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, amount]) => [name, Number(amount)]));
}
const ONE_OF_EACH = { users: 1, organizations: 1, members: 1, subscriptions: 1, audit: 1, outbox: 1 };

describe("a signature", () => {
  const body = (id: string) => JSON.stringify({ object: "event", type: "user.created", data: clerkUser({ id }) });
  const send = (rawBody: string, sent: Record<string, string>) => system.call("identity", { path: "/clerk", rawBody, headers: sent });
  const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

  const wrong: Record<string, (body: string) => Record<string, string>> = {
    "is not there": () => ({}),
    "is empty": (body) => ({ ...headers(body), "svix-signature": "" }),
    "is empty but for its version": (body) => ({ ...headers(body), "svix-signature": "v1," }),
    "is garbage": (body) => ({ ...headers(body), "svix-signature": "v1,AAAA v1,= v1" }),
    "is of another version": (body) => {
      const all = headers(body);
      return { ...all, "svix-signature": all["svix-signature"]?.replace("v1,", "v1a,") ?? "" };
    },
    "is another's": (body) => headers(body, { secret: OTHER_SECRET }),
    "is over another body": () => headers("{}"),
    "is over another id": (body) => ({ ...headers(body), "svix-id": "msg_another" }),
    "is over another time": (body) => ({ ...headers(body), "svix-timestamp": String(Math.floor(Date.now() / 1_000) - 60) }),
    "is stale": (body) => headers(body, { timestamp: ago(6 * MINUTE) }),
    "is of the future": (body) => headers(body, { timestamp: ago(-6 * MINUTE) }),
    "is without its id": (body) => ({ ...headers(body), "svix-id": "" }),
    "is without its time": (body) => ({ ...headers(body), "svix-timestamp": "" }),
    "is under the other provider's secret": (body) => headers(body, { secret: HOOK_SECRET.replace("v1,", "") }),
    "is a session's token": () => ({ authorization: `Bearer ${token({ sub: "x" })}` }),
  };
  for (const [what, sent] of Object.entries(wrong)) {
    it(`that ${what} is refused, and the database is not asked`, async () => {
      const rawBody = body(someone());
      const reply = await system.unchanged(() => send(rawBody, sent(rawBody)));
      refuses(reply, 401, "invalid_signature");
      assert.equal(reply.cost, undefined);
      assert.equal(reply.headers.get("www-authenticate"), "Signature");
    });
  }

  it("may be one of several", async () => {
    const id = someone();
    const rawBody = body(id);
    const sent = headers(rawBody, { secret: [OTHER_SECRET, CLERK_SECRET] });
    assert.equal((await send(rawBody, { ...sent, "svix-signature": `v2,xyz ${sent["svix-signature"]}` })).status, 200);
    assert.deepEqual(await amounts(id), ONE_OF_EACH);
  });

  it("that is sent again is harmless", async () => {
    const rawBody = body(someone());
    const sent = headers(rawBody);
    assert.equal((await send(rawBody, sent)).status, 200);
    const again = await system.unchanged(() => send(rawBody, sent));
    assert.equal(again.status, 200);
    if (engine === "d1") assert.equal(again.cost?.written, 0, "no row is written for nothing");
  });

  it("of a body of a megabyte is not looked at", async () => {
    const rawBody = JSON.stringify({ type: "user.created", data: clerkUser({ id: someone() }), padding: "x".repeat(1024 * 1024) });
    refuses(await system.unchanged(() => send(rawBody, headers(rawBody))), 413, "body_too_large");
  });

  it("of what is no event is a bad request that changes nothing", async () => {
    for (const rawBody of ["", "{", "[]", "null", '{"type":"user.created"}', '{"type":7,"data":{}}', "{\"type\":\"\u0000\"}"]) {
      refuses(await system.unchanged(() => send(rawBody, headers(rawBody))), 400, "invalid_json", {}, rawBody);
    }
    for (const data of [null, {}, "x", { id: 7 }, { id: "x", updated_at: "yesterday" }]) {
      refuses(await system.unchanged(() => clerk(system, "user.created", data)), 400, "invalid_field", { field: "data" }, JSON.stringify(data));
    }
  });

  it("is needed by Supabase's hooks and its database's webhook too", async () => {
    const [user, row] = [hooked({ id: randomUUID() }), supabaseRow({ id: randomUUID() })];
    for (const name of ["before-user-created", "after-user-created"] as const) {
      refuses(await system.unchanged(() => hook(system, name, user, { secret: OTHER_SECRET })), 401, "invalid_signature");
      refuses(await system.unchanged(() => hook(system, name, user, { timestamp: ago(6 * MINUTE) })), 401, "invalid_signature");
    }
    for (const secret of ["", "wrong", `${DATABASE_SECRET}x`, DATABASE_SECRET.slice(1)]) {
      refuses(await system.unchanged(() => change(system, "INSERT", row, null, secret)), 401, "invalid_signature");
    }
  });

  it("holds under both secrets while one is changed for the other, and under none where none is set", async () => {
    const rotating = await startSystem({ bindings: { CLERK_WEBHOOK_SECRET: `${OTHER_SECRET},${CLERK_SECRET}`, SUPABASE_HOOK_SECRET: "" } });
    try {
      for (const secret of [CLERK_SECRET, OTHER_SECRET]) {
        assert.equal((await clerk(rotating, "user.created", clerkUser({ id: someone() }), { secret })).status, 200);
      }
      refuses(await hook(rotating, "after-user-created", hooked({ id: randomUUID() })), 503, "not_configured");
    } finally {
      await rotating.close();
    }
  });
});

describe("Clerk", () => {
  it("bans for an address that may be another spelling of a banned one, and does not lift a ban for it", async () => {
    const bannedBy = async (id: string) => (await system.sql("SELECT banned_by FROM users WHERE id = ?", id))[0]?.banned_by;
    for (const email of ["a@spam.example.", "a@spam\u3002example", "a@\uff53pam.example", "a@\u017fpam.example", "e\u0301@ok.example"]) {
      const id = someone();
      succeeds(await clerk(system, "user.created", clerkUser({ id, email, updatedAt: 1_000 })), 200, { userId: id, registered: true, updated: false });
      assert.equal(await bannedBy(id), "provider", email);
      await clerk(system, "user.updated", clerkUser({ id, email: `${id}@example.com`, updatedAt: 2_000 }));
      assert.equal(await bannedBy(id), null, email);
      await clerk(system, "user.updated", clerkUser({ id, email, updatedAt: 3_000 }));
      assert.equal(await bannedBy(id), "provider", email);
      refuses(await system.unchanged(() => touch(someone(), email)), 403, "email_domain_banned", {}, email);
    }
  });

  it("makes an account with one of everything", async () => {
    const id = someone();
    const reply = await clerk(system, "user.created", clerkUser({ id, email: "Countess@Example.com" }));
    succeeds(reply, 200, { userId: id, registered: true, updated: false });
    assert.equal(reply.cost?.batches, 1);
    assert.deepEqual(await amounts(id), ONE_OF_EACH);
    assert.deepEqual(await known(id), ["Ada Lovelace", "countess@example.com", 1, "Ada's Workspace"]);
    const [outbox] = await system.sql("SELECT event_type, target_id FROM outbox WHERE target_id = ?", id);
    assert.deepEqual(outbox, { event_type: "user.registered", target_id: id });
    assert.equal((await touch(id)).cost?.batches, 1, "the first request finds it");
  });

  it("refreshes an account, and never with what is older", async () => {
    const [id, now] = [someone(), Date.now()];
    await clerk(system, "user.updated", clerkUser({ id, firstName: "Augusta", email: "new@example.com", verified: false, updatedAt: now }));
    await clerk(system, "user.created", clerkUser({ id, updatedAt: now - 1_000 }));
    assert.deepEqual(await known(id), ["Augusta Lovelace", "new@example.com", 0, "Augusta's Workspace"]);
    await clerk(system, "user.updated", clerkUser({ id, firstName: "Augusta", email: "new@example.com", updatedAt: now + 1_000 }));
    assert.deepEqual(await known(id), ["Augusta Lovelace", "new@example.com", 1, "Augusta's Workspace"]);
    assert.deepEqual(await amounts(id), ONE_OF_EACH);
  });

  it("gives a name to whom a first request had made without one", async () => {
    const id = someone();
    const bearer = token({ sub: id, email: undefined });
    assert.equal((await system.call("manage-members", { action: "list", token: bearer })).status, 200);
    assert.deepEqual(await known(id), ["User", null, 0, "User's Workspace"]);
    await clerk(system, "user.created", clerkUser({ id, updatedAt: Date.now() - MINUTE }));
    assert.deepEqual(await known(id), ["Ada Lovelace", `${id}@example.com`, 1, "Ada's Workspace"]);
    assert.deepEqual(await amounts(id), ONE_OF_EACH);
  });

  it("bans at once, and lifts its own ban alone", async () => {
    const [id, now] = [someone(), Date.now()];
    await clerk(system, "user.created", clerkUser({ id, updatedAt: now }));
    await clerk(system, "user.updated", clerkUser({ id, banned: true, updatedAt: now + 1 }));
    refuses(await touch(id), 403, "account_disabled");
    await clerk(system, "user.updated", clerkUser({ id, updatedAt: now + 2 }));
    assert.equal((await touch(id)).status, 200);
    await system.sql("UPDATE users SET banned_at = ?, banned_by = 'operator' WHERE id = ?", now, id);
    await clerk(system, "user.updated", clerkUser({ id, updatedAt: now + 3 }));
    refuses(await touch(id), 403, "account_disabled");
  });

  it("does not give a changed address what was sent to it before it is verified", async () => {
    const team = await world.team();
    const [id, now, email] = [someone(), Date.now(), `invited.${randomUUID()}@example.com`];
    const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner, email });
    await clerk(system, "user.created", clerkUser({ id, updatedAt: now }));
    await clerk(system, "user.updated", clerkUser({ id, email, verified: false, updatedAt: now + 1 }));
    const accept = () => system.call("accept-invitation", { body: { token: invitation.token }, token: token({ sub: id, email: undefined }) });
    refuses(await system.unchanged(accept), 403, "email_not_verified");
    await clerk(system, "user.updated", clerkUser({ id, email, updatedAt: now + 2 }));
    assert.equal((await accept()).status, 200);
  });

  it("is thanked for what is about nothing of ours", async () => {
    for (const type of ["organizationInvitation.accepted", "session.created", "a.type.of.tomorrow"]) {
      const reply = await system.unchanged(() => clerk(system, type, { id: "x" }));
      succeeds(reply, 200, { ignored: true });
      assert.equal(reply.cost, undefined);
    }
  });
});

describe("Supabase", () => {
  it("makes one account by its hook, its table and the first request together", async () => {
    const [id, now] = [randomUUID(), Date.now()];
    const unconfirmed = supabaseRow({ id, verified: false, updatedAt: now });
    const user = hooked({ id, verified: false, updatedAt: now });
    succeeds(await hook(system, "after-user-created", user), 200, { userId: id, registered: true, updated: false });
    // Its next attempt has another id.
    succeeds(await hook(system, "after-user-created", user), 200, { userId: id, registered: false, updated: false });
    await change(system, "INSERT", unconfirmed);
    assert.deepEqual(await known(id), ["Ada Lovelace", `${id}@example.com`, 0, "Ada's Workspace"]);
    await change(system, "UPDATE", supabaseRow({ id, updatedAt: now + 1_000 }), unconfirmed);
    assert.equal((await touch(id)).status, 200);
    assert.deepEqual(await known(id), ["Ada Lovelace", `${id}@example.com`, 1, "Ada's Workspace"]);
    assert.deepEqual(await amounts(id), ONE_OF_EACH);
  });

  it("signs with several signatures joined by a comma and a blank", async () => {
    const id = randomUUID();
    assert.equal((await hook(system, "after-user-created", hooked({ id }), { secret: [OTHER_SECRET, HOOK_SECRET] })).status, 200);
    assert.deepEqual(await amounts(id), ONE_OF_EACH);
  });

  it("knows anonymous users, bans until a time, and deletes in three ways", async () => {
    const [id, now] = [randomUUID(), Date.now()];
    await change(system, "INSERT", { ...supabaseRow({ id, firstName: null, updatedAt: now }), email: null, email_confirmed_at: null, is_anonymous: true });
    assert.deepEqual(await known(id), ["User", null, 0, "User's Workspace"]);
    await change(system, "UPDATE", supabaseRow({ id, banned: true, updatedAt: now + 1 }));
    refuses(await touch(id), 403, "account_disabled");
    await change(system, "UPDATE", { ...supabaseRow({ id, updatedAt: now + 2 }), banned_until: new Date(now - 1_000).toISOString() });
    assert.equal((await touch(id)).status, 200);
    for (const [type, record, old] of [
      ["DELETE", null, supabaseRow({ id })],
      ["UPDATE", { ...supabaseRow({ id }), deleted_at: new Date().toISOString() }, null],
      ["INSERT", { ...supabaseRow({ id }), deleted_at: new Date().toISOString() }, null],
    ] as const) {
      await change(system, type, record, old);
      refuses(await touch(id), 403, "account_disabled");
    }
  });

  it("is asked to refuse a banned domain, in words that reach the user", async () => {
    for (const email of ["eve@spam.example", "Eve@TRASH.example", "eve@mail.spam.example"]) {
      const reply = await system.unchanged(() => hook(system, "before-user-created", hooked({ id: randomUUID(), email })));
      replies(reply, 200, { error: { http_code: 403, message: aSentence } }, email);
      assert.equal(reply.headers.get("content-type")?.split(";")[0], "application/json", "Supabase reads nothing else");
    }
    for (const email of ["ada@example.com", "ada@nospam.example", "spam.example@example.com", ""]) {
      replies(await system.unchanged(() => hook(system, "before-user-created", hooked({ id: randomUUID(), email }))), 200, {}, email);
    }
  });

  it("sends other tables for nothing", async () => {
    const rawBody = JSON.stringify({ type: "INSERT", schema: "public", table: "users", record: { id: "x" }, old_record: null });
    const call = () => system.call("identity", { path: "/supabase-users", rawBody, headers: { authorization: `Bearer ${DATABASE_SECRET}` } });
    succeeds(await system.unchanged(call), 200, { ignored: true });
  });
});

describe("a banned domain", () => {
  it("gets no invitation, and none again that was sent before it was banned", async () => {
    const { id, owner } = await world.team();
    const ask = (body: Record<string, unknown>): Promise<Reply> => system.call("invite-user", { body, token: owner.token, headers: { "x-organization-id": id } });
    assert.deepEqual([(await ask({ action: "invite", email: "new@mail.spam.example" })).body["code"]], ["email_domain_banned"]);
    const made = await ask({ action: "invite", email: "new@fine.example" });
    assert.equal(made.status, 201, made.text);
    const { id: invitationId } = made.body["invitation"] as { id: string };
    const resent = async (email: string): Promise<unknown> => {
      await system.sql("UPDATE organization_invitations SET email = ? WHERE id = ?", email, invitationId);
      const reply = await ask({ action: "resend", invitationId });
      return reply.status === 200 ? "sent" : reply.body["code"];
    };
    const answers = [await resent("new@spam.example"), await resent("new@mail.trash.example"), await resent("new@notspam.example"), await resent("a@b.example")];
    assert.deepEqual(answers, ["email_domain_banned", "email_domain_banned", "sent", "sent"]);
  });
});
