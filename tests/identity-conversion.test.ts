// identity: a personal organization is told, made and becomes a team, under the same id; nobody gets a paid plan for nothing.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { at, succeeds, textAt } from "./harness/answers.ts";
import { aSentence, anId, refuses, timeSince } from "./harness/expect.ts";
import { staffedTeam } from "./harness/staffed-team.ts";
import { startSystem, type Reply, type System } from "./harness/system.ts";
import { forgeries } from "./harness/tokens.ts";
import { DAY, World, type Person } from "./harness/world.ts";

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

type Asker = Pick<Person, "token">;
const convert = (who: Asker, body: Record<string, unknown> = {}): Promise<Reply> => system.call("identity", { path: "/convert", body, token: who.token });
const preview = (who: Asker, body: Record<string, unknown> = {}): Promise<Reply> => system.call("identity", { path: "/convert-preview", body, token: who.token });

/** Refused, without a trace, and foretold by the preview. */
async function refused(who: Asker, body: Record<string, unknown>, status: number, code: string, details: Record<string, string | boolean> = {}): Promise<void> {
  const foretold = await system.unchanged(() => preview(who, body));
  const reply = await system.unchanged(() => convert(who, body));
  refuses(reply, status, code, details);
  if (foretold.status === 200) {
    assert.equal(at(foretold, "allowed"), false);
    assert.deepEqual(at(foretold, "reason"), { code, message: textAt(reply, "message") });
  } else {
    assert.equal(foretold.text, reply.text);
  }
}
const UNPAID = { plan: "Enterprise", status: "incomplete", upgradeRequired: true };

describe("a conversion", () => {
  it("keeps id, history and owner, and begins the founder's trial", async () => {
    const person = await world.individual({ name: "Ada Lovelace" });
    await world.uploads(person.organizationId, 12, 40);
    const slug = `acme-${randomUUID().slice(0, 8)}`;
    const asked = Date.now();
    const reply = await convert(person, { name: "Acme", slug });
    succeeds(reply, 200, {
      organization: {
        id: person.organizationId, name: "Acme", slug, role: "owner", isAdmin: true, seatLimit: 10, currentSeats: 1, plan: "enterprise",
        status: "trialing", trialEndsAt: timeSince(asked + 14 * DAY, Date.now() + 14 * DAY),
      },
      personalOrganization: { id: anId, name: "Ada's Workspace", plan: "starter", status: "incomplete" },
    });
    assert.equal(reply.cost?.batches, 1);
    const status = await system.call("track-upload", { method: "GET", token: person.token });
    assert.deepEqual([at(status, "totalUploads"), at(status, "lifetimeUploads"), at(status, "isUnlimited")], [12, 40, true]);
    assert.equal((await system.call("invite-user", { body: { email: "first@acme.example" }, token: person.token })).status, 201);
    const place = await system.call("identity", { path: "/personal-organization", method: "GET", token: person.token });
    succeeds(place, 200, {
      personalOrganizationId: textAt(reply, "personalOrganization", "id"), isPersonal: false, currentOrganizationId: person.organizationId,
    });
    const audit = await system.sql("SELECT actor_id, details FROM audit_events WHERE organization_id = ? AND action = 'organization.converted'", person.organizationId);
    assert.deepEqual(audit, [{ actor_id: person.id, details: '{"from":"starter","to":"enterprise"}' }]);
  });

  it("is told beforehand, without a trace", async () => {
    const person = await world.individual({ name: "Grace Hopper" });
    const [asked, slug] = [Date.now(), `navy-${randomUUID().slice(0, 8)}`];
    const reply = await system.unchanged(() => preview(person, { name: "Navy", slug }));
    succeeds(reply, 200, {
      allowed: true,
      reason: null,
      organization: { id: person.organizationId, name: "Navy", slug },
      plan: { from: { id: "starter", name: "Starter" }, to: { id: "enterprise", name: "Enterprise" } },
      status: "trialing",
      trialEndsAt: timeSince(asked + 14 * DAY, Date.now() + 14 * DAY),
      interval: "month",
      priceCents: 49_900,
      currency: "usd",
      proration: null,
      dueNowCents: 0,
      seats: { from: 1, to: 10 },
      gained: {
        features: [],
        limits: [
          { feature: "seats", from: 1, to: 10 },
          { feature: "concurrent_sessions", from: 1, to: -1 },
          { feature: "uploads", from: 100, to: -1 },
        ],
      },
      lost: { plan: "Enterprise", features: [], limits: [], seats: null, usage: [] },
      personalOrganization: { name: "Grace's Workspace", plan: "starter", status: "incomplete" },
    });
    assert.equal(reply.cost?.batches, 1);
  });

  it("is done once: a team is a team", async () => {
    const person = await world.individual();
    assert.equal((await convert(person)).status, 200);
    await refused(person, {}, 409, "not_personal");
  });

  it("gives no second trial, neither to the team nor to its founder", async () => {
    const person = await world.individual();
    const first = await convert(person);
    const again = textAt(first, "personalOrganization", "id");
    await refused(person, { organizationId: again }, 402, "subscription_required", UNPAID);
    const other = await world.individual();
    assert.equal((await system.call("create-organization", { body: { name: "First" }, token: other.token })).status, 201);
    await refused(other, { organizationId: other.organizationId }, 402, "subscription_required", UNPAID);
    const third = await system.call("create-organization", { body: { name: "Third" }, token: person.token });
    assert.equal(at(third, "organization", "status"), "incomplete");
  });

  it("wants a plan for teams, and a slug that is free", async () => {
    const person = await world.individual();
    for (const plan of ["starter", "professional", "gold"]) {
      refuses(await system.unchanged(() => convert(person, { plan })), 400, "invalid_field", { field: "plan" });
    }
    const { slug } = await world.team();
    await refused(person, { slug }, 409, "slug_taken");
    assert.equal((await convert(person, { plan: "enterprise" })).status, 200);
  });

  it("to a team plan that costs nothing is active at once", async () => {
    const plan = `free-${randomUUID()}`;
    await system.sql(`INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions)
VALUES (?, 'Club', 'team', 95, 0, 3, -1)`, plan);
    const person = await world.individual();
    await system.sql("UPDATE users SET team_trial_started_at = 1 WHERE id = ?", person.id);
    const reply = await convert(person, { plan });
    assert.deepEqual([at(reply, "organization", "status"), at(reply, "organization", "trialEndsAt")], ["active", null], reply.text);
    await system.sql("UPDATE plans SET retired = 1 WHERE id = ?", plan);
  });

  it("of what is paid through Stripe asks Stripe, and does nothing where it cannot", async () => {
    const person = await world.individual({ plan: "starter" });
    await system.batch([
      { sql: "INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES ('price_conversion', 'enterprise', 'month', 1)" },
      {
        sql: `INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
  amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
SELECT organization_id, 'sub_1', 'si_1', 'price_starter', 'active', 9900, 'usd', 'month', current_period_start, current_period_end, 1, 1, 'r'
FROM org_subscriptions WHERE organization_id = ?`,
        values: [person.organizationId],
      },
      { sql: "UPDATE org_subscriptions SET stripe_subscription_id = 'sub_1' WHERE organization_id = ?", values: [person.organizationId] },
    ]);
    const foretold = await system.unchanged(() => preview(person));
    assert.deepEqual([at(foretold, "allowed"), at(foretold, "status")], [true, "active"]);
    assert.equal(typeof at(foretold, "proration", "prorationDate"), "number");
    refuses(await system.unchanged(() => convert(person)), 503, "not_configured");
    await system.sql("DELETE FROM plan_prices WHERE stripe_price_id = 'price_conversion'");
    const reply = await system.unchanged(() => convert(person));
    refuses(reply, 409, "plan_not_for_sale", { salesContact: String(at(reply, "salesContact")) });
  });
});

describe("nobody converts", () => {
  it("what is another's", async () => {
    const [stranger, other] = [await world.individual(), await world.individual()];
    const team = await world.team();
    for (const organizationId of [other.organizationId, team.id, "no-such-organization"]) {
      await refused(stranger, { organizationId }, 404, "organization_not_found");
    }
  });

  it("a team, whatever their role in it", async () => {
    const team = await staffedTeam(system);
    for (const person of [team.owner, team.admin, team.member, team.viewer]) await refused(person, {}, 409, "not_personal");
  });

  it("without a session", async () => {
    const person = await world.individual();
    for (const [kind, forge] of Object.entries({ none: () => undefined, ...forgeries })) {
      if (kind === "wrongIssuer" || kind === "wrongAudience") continue;
      for (const path of ["/convert", "/convert-preview"]) {
        const token = forge({ sub: person.id, email: person.email });
        refuses(await system.unchanged(() => system.call("identity", { path, body: {}, token })), 401, "unauthenticated", {}, kind);
      }
    }
  });

  it("who was banned or deleted", async () => {
    for (const column of ["banned_at", "deleted_at"]) {
      const person = await world.individual();
      await system.sql(`UPDATE users SET ${column} = 1 WHERE id = ?`, person.id);
      await refused(person, {}, 403, "account_disabled");
    }
  });
});

describe("a field that is none", () => {
  const wrong: [string, unknown][] = [
    ["name", "x"], ["name", 7], ["slug", "Acme"], ["slug", ""], ["plan", ""], ["interval", "week"], ["interval", 1],
    ["prorationDate", "soon"], ["prorationDate", -1], ["organizationId", ["x"]],
  ];
  for (const [field, value] of wrong) {
    it(`is named: ${field} ${JSON.stringify(value)}`, async () => {
      const person = await world.individual();
      refuses(await system.unchanged(() => convert(person, { [field]: value })), 400, "invalid_field", { field, error: aSentence });
    });
  }
});

describe("the personal organization", () => {
  const place = (bearer: string | undefined) => system.call("identity", { path: "/personal-organization", method: "GET", token: bearer });
  const open = (bearer: string | undefined) => system.call("identity", { path: "/personal-organization", token: bearer });

  it("is told, with whether one is in it", async () => {
    const team = await world.team();
    const { owner } = team;
    succeeds(await place(owner.token), 200, {
      personalOrganizationId: owner.organizationId, isPersonal: false, currentOrganizationId: team.id,
    });
    const person = await world.individual();
    succeeds(await place(person.token), 200, {
      personalOrganizationId: person.organizationId, isPersonal: true, currentOrganizationId: person.organizationId,
    });
  });

  it("is made for who has none, once", async () => {
    const person = world.stranger();
    await system.sql("INSERT INTO users (id, email_updated_at, name, created_at, request_id) VALUES (?, 0, 'Grace Hopper', 0, 'r')", person.id);
    succeeds(await place(person.token), 200, { personalOrganizationId: null, isPersonal: false, currentOrganizationId: null });
    const made = await open(person.token);
    succeeds(made, 201, { personalOrganizationId: anId });
    const [own] = await system.sql("SELECT name, slug FROM organizations WHERE personal_user_id = ?", person.id);
    assert.deepEqual(own, { name: "Grace's Workspace", slug: `personal-${person.id.slice(0, 8)}` });
    const again = await system.unchanged(() => open(person.token));
    succeeds(again, 200, { personalOrganizationId: String(made.body["personalOrganizationId"]) });
    assert.equal(at(await place(person.token), "currentOrganizationId"), made.body["personalOrganizationId"]);
  });

  it("is nobody's who has not signed in", async () => {
    const person = await world.individual();
    for (const [kind, forge] of Object.entries({ none: () => undefined, ...forgeries })) {
      if (kind === "wrongIssuer" || kind === "wrongAudience") continue;
      const bearer = forge({ sub: person.id, email: person.email });
      refuses(await place(bearer), 401, "unauthenticated", {}, kind);
      refuses(await system.unchanged(() => open(bearer)), 401, "unauthenticated", {}, kind);
    }
  });
});

describe("the way back", () => {
  const back = (who: Asker): Promise<Reply> => system.call("identity", { path: "/convert-back", body: {}, token: who.token });
  const backPreview = (who: Asker): Promise<Reply> => system.call("identity", { path: "/convert-back-preview", body: {}, token: who.token });

  it("makes a team of one personal again, as it was told beforehand", async () => {
    const person = await world.individual({ name: "Ada Lovelace" });
    const team = await convert(person, { name: "Acme" });
    const former = textAt(team, "personalOrganization", "id");
    await world.uploads(person.organizationId, 12, 40);
    const foretold = await system.unchanged(() => backPreview(person));
    assert.deepEqual([at(foretold, "allowed"), at(foretold, "archivedOrganization", "id"), at(foretold, "plan", "to", "id")], [true, former, "starter"]);
    const reply = await back(person);
    assert.deepEqual([reply.status, reply.cost?.batches, at(reply, "archivedOrganization")], [200, 1, former], reply.text);
    assert.deepEqual([at(reply, "personalOrganization", "id"), at(reply, "personalOrganization", "status")], [person.organizationId, "incomplete"]);
    const place = await system.call("identity", { path: "/personal-organization", method: "GET", token: person.token });
    succeeds(place, 200, { personalOrganizationId: person.organizationId, isPersonal: true, currentOrganizationId: person.organizationId });
    const status = await system.call("track-upload", { method: "GET", token: person.token });
    assert.equal(at(status, "lifetimeUploads"), 40, "what was used stays");
    refuses(await system.unchanged(() => back(person)), 409, "not_team");
    refuses(await system.unchanged(() => system.call("account", { path: "/restore-organization", body: { organizationId: former }, token: person.token })), 404, "organization_not_found");
  });

  it("is gone once by 50 at once while somebody joins, or not at all", async () => {
    for (let round = 0; round < 3; round += 1) {
      const [team, guest] = [await world.team(), await world.individual()];
      const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner, email: guest.email });
      const joining = system.call("accept-invitation", { body: { token: invitation.token }, token: guest.token });
      const replies = await Promise.all(Array.from({ length: 50 }, () => back(team.owner)));
      const joined = (await joining).status === 200;
      const gone = replies.filter(({ status }) => status === 200).length;
      assert.equal(gone, joined ? 0 : 1, JSON.stringify(replies.map(({ status, body }) => [status, body["code"]])));
      for (const reply of replies.filter(({ status }) => status !== 200)) assert.equal(reply.body["code"], joined ? "not_alone" : "not_team", reply.text);
      const [row] = await system.sql("SELECT kind, personal_user_id FROM organizations WHERE id = ?", team.id);
      assert.deepEqual(row, joined ? { kind: "team", personal_user_id: null } : { kind: "personal", personal_user_id: team.owner.id });
      const members = await system.sql("SELECT user_id FROM organization_members WHERE organization_id = ?", team.id);
      assert.equal(members.length, joined ? 2 : 1);
    }
  });

  it("is nobody's but the owner's who is alone, and pays for nothing that would be lost", async () => {
    const { owner, admin } = await staffedTeam(system);
    refuses(await system.unchanged(() => back(admin)), 403, "forbidden");
    refuses(await system.unchanged(() => back(owner)), 409, "not_alone", { otherMembers: 3 });
    refuses(await system.unchanged(() => back({ token: "" })), 401, "unauthenticated");
  });
});
