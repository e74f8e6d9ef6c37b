// Somebody whom the database does not know yet: a webhook was lost or is late, and the first request must work.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { at, textAt } from "./harness/answers.ts";
import { CALLS, asked } from "./harness/calls.ts";
import { refuses } from "./harness/expect.ts";
import { staffedTeam } from "./harness/staffed-team.ts";
import { startSystem, type Row, type System } from "./harness/system.ts";
import { token, type Claims } from "./harness/tokens.ts";
import { DAY, World } from "./harness/world.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

/** Somebody's first request. */
const arrive = (claims: Claims, where = system) => where.call("manage-members", { action: "list", token: token(claims) });

interface Made {
  users: Row[];
  organizations: Row[];
  members: Row[];
  subscriptions: Row[];
  audit: Row[];
  outbox: Row[];
}

/** All rows that belong to a user. */
async function madeFor(userId: string, where = system): Promise<Made> {
  const own = "(SELECT id FROM organizations WHERE founded_by = ?)";
  const [users = [], organizations = [], members = [], subscriptions = [], audit = [], outbox = []] = await where.batch([
    { sql: "SELECT * FROM users WHERE id = ?", values: [userId] },
    { sql: "SELECT * FROM organizations WHERE founded_by = ?", values: [userId] },
    { sql: "SELECT * FROM organization_members WHERE user_id = ?", values: [userId] },
    { sql: `SELECT * FROM org_subscriptions WHERE organization_id IN ${own}`, values: [userId] },
    { sql: `SELECT * FROM audit_events WHERE organization_id IN ${own}`, values: [userId] },
    { sql: `SELECT * FROM outbox WHERE organization_id IN ${own}`, values: [userId] },
  ]);
  return { users, organizations, members, subscriptions, audit, outbox };
}

const counts = (made: Made) => Object.fromEntries(Object.entries(made).map(([name, rows]: [string, Row[]]) => [name, rows.length]));
const ONE_OF_EACH = { users: 1, organizations: 1, members: 1, subscriptions: 1, audit: 1, outbox: 1 };

/** A row has these values; it may have columns that are not of interest here. */
function holds(row: Row, values: Row): void {
  assert.deepEqual(Object.fromEntries(Object.keys(values).map((column) => [column, row[column]])), values);
}

async function userOf(id: string, where = system): Promise<Row> {
  const [user] = await where.sql("SELECT * FROM users WHERE id = ?", id);
  assert.ok(user, "there is a row");
  return user;
}

async function workspaceOf(id: string): Promise<Row> {
  const [organization] = await system.sql("SELECT * FROM organizations WHERE personal_user_id = ?", id);
  assert.ok(organization, "there is a personal organization");
  return organization;
}

describe("the first request of a verified caller", () => {
  it("makes the user with everything that belongs to one, and is answered", async () => {
    const [id, started] = [randomUUID(), Date.now()];
    const reply = await arrive({ sub: id, email: "Ada.Lovelace@Example.com", user_metadata: { full_name: "Ada King Lovelace" } });
    const ended = Date.now();
    assert.equal(reply.status, 200);

    const made = await madeFor(id);
    assert.deepEqual(counts(made), ONE_OF_EACH);
    const { users: [user = {}], organizations: [organization = {}], members: [member = {}] } = made;
    const { subscriptions: [subscription = {}], audit: [audit = {}], outbox: [outbox = {}] } = made;
    const now = Number(user["created_at"]);
    const organizationId = String(organization["id"]);
    assert.ok(now >= started && now <= ended, "made now");
    assert.match(organizationId, UUID);

    const request = user["request_id"] ?? "";
    holds(user, {
      id, email: "ada.lovelace@example.com", email_verified: 1, name: "Ada King Lovelace", account_type: "user",
      current_organization_id: organizationId, team_trial_started_at: null, banned_at: null, deleted_at: null,
    });
    holds(organization, {
      kind: "personal", org_type: "personal", name: "Ada's Workspace", slug: `personal-${id.slice(0, 8)}`,
      billing_email: null, external_id: null, personal_user_id: id, founded_by: id, archived_at: null, created_at: now,
    });
    holds(member, { organization_id: organizationId, user_id: id, role: "owner", joined_at: now, request_id: request });
    holds(subscription, {
      organization_id: organizationId, plan_id: "starter", status: "trialing", current_period_start: now, current_period_end: now + 7 * DAY,
      trial_ends_at: now + 7 * DAY, past_due_since: null, updated_at: now,
    });
    holds(audit, {
      organization_id: organizationId, actor_id: id, action: "user.registered", target_id: id, details: "{}", request_id: request, created_at: now,
    });
    holds(outbox, { organization_id: organizationId, event_type: "user.registered", target_id: id, created_at: now });
    assert.match(String(audit["id"]), UUID);
    assert.match(String(outbox["id"]), UUID);

    assert.equal(textAt(reply, "organization", "id"), organizationId);
    assert.equal(textAt(reply, "organization", "name"), "Ada's Workspace");
  });

  it("makes nothing the second time, and costs one trip again", async () => {
    const id = randomUUID();
    await arrive({ sub: id, email: "twice@example.com" });
    const before = await system.snapshot();
    const again = await arrive({ sub: id, email: "twice@example.com" });
    assert.equal(again.cost?.batches, 1);
    assert.equal(await system.snapshot(), before);
  });

  for (const call of CALLS.filter(({ isPublic, isDelivery }) => !isPublic && !isDelivery)) {
    it(`may be any: ${call.fn} ${call.action}`, async () => {
      const team = await staffedTeam(system);
      const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner });
      const id = randomUUID();
      const reply = await system.call(call.fn, {
        ...asked(call, call.body({ team, invitation })), token: token({ sub: id, email: `first.${id}@example.com` }),
      });
      assert.ok(reply.status < 500, reply.text);
      const made = await madeFor(id);
      const registered = made.audit.filter((row) => row["action"] === "user.registered");
      assert.deepEqual([made.users.length, registered.length], [1, 1]);
      assert.deepEqual((await system.sql("SELECT role FROM organization_members WHERE organization_id = ? AND user_id = ?",
        String((await workspaceOf(id))["id"]), id)), [{ role: "owner" }]);
    });
  }

  it("accepts an invitation at once", async () => {
    const team = await staffedTeam(system);
    const id = randomUUID();
    const email = `invited.${id}@example.com`;
    const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner, email });
    const reply = await system.call("accept-invitation", { action: "accept", body: { token: invitation.token }, token: token({ sub: id, email }) });
    assert.equal(reply.status, 200);
    assert.equal(at(reply, "organization", "id"), team.id);
    assert.equal((await userOf(id))["current_organization_id"], team.id);
  });

  it("founds a team at once", async () => {
    const id = randomUUID();
    const reply = await system.call("create-organization", { body: { name: "Founded First" }, token: token({ sub: id, email: "founder@example.com" }) });
    assert.equal(reply.status, 201);
    assert.equal((await userOf(id))["current_organization_id"], at(reply, "organization", "id"));
    assert.equal((await workspaceOf(id))["name"], "founder's Workspace");
  });

  it("sees nobody else's organization", async () => {
    const team = await staffedTeam(system);
    const id = randomUUID();
    const reply = await system.call("manage-members", {
      action: "list", token: token({ sub: id, email: "curious@example.com", org_id: team.id }), headers: { "x-organization-id": team.id },
    });
    refuses(reply, 404, "organization_not_found");
  });
});

describe("the personal organization", () => {
  const NAMES: [string, Claims, string][] = [
    ["the first name", { user_metadata: { full_name: "Grace Hopper" } }, "Grace's Workspace"],
    ["the first name of Supabase's other claim", { user_metadata: { name: "Katherine Johnson" } }, "Katherine's Workspace"],
    ["the first name of the token's own claim", { name: "Mary Jackson" }, "Mary's Workspace"],
    ["the local part of the address", { user_metadata: {} }, "local.part's Workspace"],
    ["the local part where the name is blank", { user_metadata: { full_name: "   " } }, "local.part's Workspace"],
    ["the local part where the name is no text", { user_metadata: { full_name: { first: "Eve" } } }, "local.part's Workspace"],
    ["a name in another script", { user_metadata: { full_name: "山田 太郎" } }, "山田's Workspace"],
    ["a name without what cannot be seen", { user_metadata: { full_name: "\u0000Ada\u0007 L" } }, "Ada's Workspace"],
  ];
  for (const [kind, claims, expected] of NAMES) {
    it(`is named after ${kind}`, async () => {
      const id = randomUUID();
      assert.equal((await arrive({ sub: id, email: "local.part@example.com", ...claims })).status, 200);
      assert.equal((await workspaceOf(id))["name"], expected);
    });
  }

  it("has a name also for somebody without name or address", async () => {
    const id = randomUUID();
    assert.equal((await arrive({ sub: id })).status, 200);
    assert.match(String((await workspaceOf(id))["name"]), /^\S.*'s Workspace$/);
    assert.deepEqual([(await userOf(id))["email"], (await userOf(id))["email_verified"]], [null, 0]);
  });

  it("has a name that fits, however long the person's is", async () => {
    const id = randomUUID();
    assert.equal((await arrive({ sub: id, email: "long@example.com", user_metadata: { full_name: "é".repeat(3_000) } })).status, 200);
    const name = String((await workspaceOf(id))["name"]);
    assert.ok([...name].length <= 100 && name.endsWith("'s Workspace"), name);
  });

  it("has a slug of its own also where the id begins like another one's", async () => {
    const [one, other, third] = ["a", "b", "c"].map((letter) => `feedc0de-0000-4000-8000-00000000000${letter}`) as [string, string, string];
    for (const id of [one, other, third]) assert.equal((await arrive({ sub: id, email: `${id}@example.com` })).status, 200);
    const slugs = await Promise.all([one, other, third].map(async (id) => String((await workspaceOf(id))["slug"])));
    assert.equal(slugs[0], "personal-feedc0de");
    assert.equal(new Set(slugs).size, 3);
    for (const slug of slugs) assert.match(slug, /^personal-feedc0de(-[a-z0-9]+)?$/);
  });

  it("is made for ids of every provider", async () => {
    for (const id of ["user_2NNEqL2nrIRdJ194ndJqAHwEfxC", "auth0|507f1f77bcf86cd799439020", "google-oauth2|1029", "7", "é", "x".repeat(255)]) {
      const reply = await arrive({ sub: id, email: "provider@example.com" });
      assert.equal(reply.status, 200, `${id} ${reply.text}`);
      assert.match(String((await workspaceOf(id))["slug"]), /^(?=.{3,48}$)[a-z0-9]+(-[a-z0-9]+)*$/, id);
    }
  });

  it("is no place for ids that are none", async () => {
    const before = await system.snapshot();
    for (const sub of ["", "   ", "x".repeat(256), "a\u0000b", "a\nb"]) refuses(await arrive({ sub, email: "no.id@example.com" }), 401, "unauthenticated", {}, JSON.stringify(sub).slice(0, 20));
    assert.equal(await system.snapshot(), before);
  });
});

describe("the address", () => {
  /** What is kept of these claims: the address and whether it counts as verified. */
  async function kept(claims: Claims, where = system): Promise<[unknown, unknown]> {
    const id = randomUUID();
    assert.equal((await arrive({ sub: id, ...claims }, where)).status, 200);
    const user = await userOf(id, where);
    return [user["email"], user["email_verified"]];
  }

  it("counts as verified where the provider confirms addresses before it signs anybody in", async () => {
    assert.deepEqual(await kept({ email: "Confirmed@Example.com" }), ["confirmed@example.com", 1]);
    assert.deepEqual(await kept({ email: "said@example.com", email_verified: true }), ["said@example.com", 1]);
  });

  it("stays unverified where the provider says so, or says something else", async () => {
    for (const said of [false, "true", "false", 1, 0, {}]) {
      assert.deepEqual(await kept({ email: "unsure@example.com", email_verified: said }), ["unsure@example.com", 0], JSON.stringify(said));
    }
    assert.deepEqual(await kept({ email: "no.session@example.com", role: undefined }), ["no.session@example.com", 0], "not Supabase's session");
  });

  it("that a later token vouches for begins the trial, once, with three batches and then one", async () => {
    const now = Math.floor(Date.now() / 1000);
    const known = async (id: string) => {
      const { users: [user], subscriptions } = await madeFor(id);
      return [user?.["email"], user?.["email_verified"], subscriptions.map(({ status }) => status)];
    };
    const FIRST: Record<string, Claims> = {
      "somebody anonymous": { is_anonymous: true },
      "an address that the issuer denies": { email: "later@example.com", email_verified: false, iat: now - 100 },
      "an address that is only claimed": { email: "later@example.com", role: undefined },
    };
    for (const [who, claims] of Object.entries(FIRST)) {
      const sub = randomUUID();
      await arrive({ sub, ...claims });
      assert.deepEqual(await known(sub), [claims["email"] ?? null, 0, ["incomplete"]], who);
      const vouched = { sub, email: "later@example.com", email_verified: true, iat: now - 50 };
      const older = { ...vouched, iat: now - 200 };
      // A word that is older than the denial tells nothing new, and costs nothing.
      if (claims["iat"] !== undefined) assert.equal((await system.unchanged(() => arrive({ ...older }))).cost?.batches, 1, who);
      assert.equal((await arrive(vouched)).cost?.batches, 3, who);
      assert.deepEqual(await known(sub), ["later@example.com", 1, ["trialing"]], who);
      for (const again of [vouched, older, { ...vouched, iat: now, email: "another@example.com" }]) {
        assert.equal((await system.unchanged(() => arrive(again))).cost?.batches, 1, who);
      }
    }
  });

  it("that the issuer denies is confirmed by no session that is only there, and costs no further trip", async () => {
    const now = Math.floor(Date.now() / 1000);
    const sub = randomUUID();
    await arrive({ sub, email: "denied@example.com", email_verified: false, iat: now - 100 });
    for (let time = 0; time < 3; time += 1) {
      const reply = await system.unchanged(() => arrive({ sub, email: "denied@example.com", iat: now - 50 + time }));
      assert.equal(reply.cost?.batches, 1);
    }
    // Nor does a token that says nothing of it found a team on a trial.
    const team = await system.call("create-organization", { body: { name: "Silent" }, token: token({ sub, iat: now }) });
    assert.equal(textAt(team, "organization", "status"), "incomplete");
  });

  it("stays unverified where nothing is known of the provider", async () => {
    const lax = await startSystem({ bindings: { EMAIL_CONFIRMATION: "" } });
    try {
      assert.deepEqual(await kept({ email: "anybody@example.com" }, lax), ["anybody@example.com", 0]);
      assert.deepEqual(await kept({ email: "anybody@example.com", user_metadata: { email_verified: true } }, lax), ["anybody@example.com", 0]);
      assert.deepEqual(await kept({ email: "clerk@example.com", email_verified: true }, lax), ["clerk@example.com", 1]);
    } finally {
      await lax.close();
    }
  });

  it("is never what the user says of themselves", async () => {
    const boast = { email: "boss@example.com", email_verified: true, email_confirmed: true, phone_verified: true, role: "super_admin", account_type: "super_admin" };
    assert.deepEqual(await kept({ user_metadata: boast }), [null, 0]);
    assert.deepEqual(await kept({ email: "own@example.com", email_verified: false, user_metadata: boast }), ["own@example.com", 0]);
    assert.deepEqual(await kept({ user_metadata: boast, raw_user_meta_data: boast, unsafe_metadata: boast, app_metadata: { provider: "email" } }), [null, 0]);
  });

  it("is none where the claim is none", async () => {
    for (const email of ["", null]) assert.deepEqual(await kept({ email: email as string }), [null, 0], JSON.stringify(email));
  });

  it("that cannot be read was said all the same, and is nobody's", async () => {
    for (const email of ["nobody", " ", 7, ["a@example.com"], "a@example.com,b@example.com", `${"a".repeat(300)}@example.com`]) {
      assert.deepEqual(await kept({ email: email as string }), ["unreadable@invalid", 0], JSON.stringify(email).slice(0, 30));
    }
  });

  it("may be the same for two users: who they are is their id", async () => {
    assert.deepEqual(await kept({ email: "shared@example.com" }), ["shared@example.com", 1]);
    assert.deepEqual(await kept({ email: "shared@example.com" }), ["shared@example.com", 1]);
  });

  it("does not make anybody more than a user", async () => {
    const id = randomUUID();
    await arrive({ sub: id, email: "climber@example.com", account_type: "super_admin", app_metadata: { account_type: "super_admin" }, user_metadata: { account_type: "admin" } });
    assert.equal((await userOf(id))["account_type"], "user");
  });
});

describe("nobody is made", () => {
  it("by a token that is refused, a request that is none, or a preview", async () => {
    const team = await staffedTeam(system);
    const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner });
    const id = randomUUID();
    const bearer = token({ sub: id, email: "not.yet@example.com" });
    const before = await system.snapshot();
    assert.equal((await arrive({ sub: id, email: "not.yet@example.com", exp: 1 })).status, 401);
    assert.equal((await system.call("manage-members", { rawBody: "{", token: bearer })).status, 400);
    assert.equal((await system.call("manage-members", { action: "no-such-action", token: bearer })).status, 400);
    assert.equal((await system.call("manage-session", { action: "validate", token: bearer })).status, 400);
    assert.equal((await system.call("manage-session", { method: "PUT", token: bearer, rawBody: "" })).status, 405);
    assert.equal((await system.call("accept-invitation", { action: "preview", body: { token: invitation.token }, token: bearer })).status, 200);
    assert.equal(await system.snapshot(), before);
  });

  it("in place of somebody who was deleted", async () => {
    const person = await world.individual();
    await system.sql("UPDATE users SET deleted_at = ? WHERE id = ?", Date.now(), person.id);
    const before = await system.snapshot();
    refuses(await arrive({ sub: person.id, email: person.email }), 403, "account_disabled");
    assert.equal(await system.snapshot(), before);
  });
});

describe("fifty first requests at once", () => {
  let distant: System;
  before(async () => {
    distant = await startSystem({ delay: [5, 15] });
  });
  after(() => distant.close());

  for (let round = 1; round <= 5; round += 1) {
    it(`make one of everything (round ${round})`, async () => {
      const id = randomUUID();
      const bearer = token({ sub: id, email: `crowd.${id}@example.com`, user_metadata: { full_name: "Crowd" } });
      const names = ["manage-members", "track-upload"];
      const replies = await Promise.all(Array.from({ length: 50 }, (_, place) =>
        distant.call(names[place % names.length] ?? "", { method: "GET", token: bearer })));
      assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200]);
      assert.deepEqual(counts(await madeFor(id, distant)), ONE_OF_EACH);
      const organizations = new Set(replies.map((reply) => at(reply, "organization", "id")).filter((found) => found !== undefined));
      assert.equal(organizations.size, 1, "everybody is told the same organization");
    });
  }

  it("of fifty people whose ids begin alike make fifty of everything", async () => {
    const people = Array.from({ length: 50 }, (_, place) => `c0ffee00-0000-4000-8000-0000000000${String(place).padStart(2, "0")}`);
    const replies = await Promise.all(people.map((id) => arrive({ sub: id, email: `${id}@example.com` }, distant)));
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200]);
    for (const id of people) assert.deepEqual(counts(await madeFor(id, distant)), ONE_OF_EACH);
  });
});
