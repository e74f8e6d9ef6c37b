// create-organization: a team with its first owner, on a trial once, and never on a paid plan for nothing.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { at, succeeds, textAt } from "./harness/answers.ts";
import { aSentence, anId, matching, refuses, replies, same, time, timeSince, type Expected } from "./harness/expect.ts";
import { startSystem, type Reply, type Row, type System } from "./harness/system.ts";
import { DAY, World, type Person } from "./harness/world.ts";

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

const create = (who: Pick<Person, "token">, body: Record<string, unknown>) => system.call("create-organization", { body, token: who.token });
const idOf = (reply: Reply): string => textAt(reply, "organization", "id");

async function one(query: string, ...values: string[]): Promise<Row> {
  const [row] = await system.sql(query, ...values);
  assert.ok(row, query);
  return row;
}
const currentOrganization = async (person: Pick<Person, "id">) =>
  (await one("SELECT current_organization_id AS id FROM users WHERE id = ?", person.id))["id"];
const subscriptionOf = (organizationId: string) => one("SELECT * FROM org_subscriptions WHERE organization_id = ?", organizationId);
const slugOf = (reply: Reply): string => textAt(reply, "organization", "slug");

/** A name that no other test has, with its slug. */
function unused(): { name: string; slug: string } {
  const word = randomUUID().slice(0, 13);
  return { name: `Acme ${word}`, slug: `acme-${word}` };
}

describe("a team", () => {
  it("starts on its trial, with its founder as owner", async () => {
    const person = await world.individual();
    const { name, slug } = unused();
    const asked = Date.now();
    const reply = await create(person, { name: `  ${name} `, billingEmail: "Billing@Acme.Example", orgType: "other" });
    succeeds(reply, 201, {
      organization: {
        id: anId,
        name,
        slug,
        seatLimit: 10,
        billingEmail: "billing@acme.example",
        createdAt: timeSince(asked),
        role: "owner",
        isAdmin: true,
        currentSeats: 1,
        plan: "enterprise",
        status: "trialing",
        trialEndsAt: timeSince(asked + 14 * DAY, Date.now() + 14 * DAY),
      },
    });
    const id = idOf(reply);
    const row = await one("SELECT kind, org_type, founded_by, personal_user_id, archived_at FROM organizations WHERE id = ?", id);
    assert.deepEqual(row, { kind: "team", org_type: "other", founded_by: person.id, personal_user_id: null, archived_at: null });
    const members = await system.sql("SELECT user_id, role FROM organization_members WHERE organization_id = ?", id);
    assert.deepEqual(members, [{ user_id: person.id, role: "owner" }]);
    assert.equal(await currentOrganization(person), id, "it is the current organization");
    const audit = await system.sql("SELECT action, actor_id, target_id FROM audit_events WHERE organization_id = ?", id);
    assert.deepEqual(audit, [{ action: "organization.created", actor_id: person.id, target_id: id }]);
    const outbox = await system.sql("SELECT event_type, target_id FROM outbox WHERE organization_id = ?", id);
    assert.deepEqual(outbox, [{ event_type: "organization.created", target_id: id }]);
  });

  it("bills its founder's address where no other is given", async () => {
    const person = await world.individual();
    assert.equal(at(await create(person, { name: unused().name }), "organization", "billingEmail"), person.email);
  });

  it("is a business where nothing else is said", async () => {
    const reply = await create(await world.individual(), { name: unused().name });
    assert.equal((await one("SELECT org_type FROM organizations WHERE id = ?", idOf(reply)))["org_type"], "business");
  });

  it("can be used at once", async () => {
    const person = await world.individual();
    const id = idOf(await create(person, { name: unused().name }));
    const invited = await system.call("invite-user", { body: { email: "first@acme.example" }, token: person.token });
    assert.equal(invited.status, 201);
    const [row] = await system.sql("SELECT organization_id FROM organization_invitations WHERE id = ?", textAt(invited, "invitation", "id"));
    assert.equal(row?.["organization_id"], id);
  });

  it("can be founded by somebody who was never seen before", async () => {
    const stranger = world.stranger();
    const reply = await create(stranger, { name: unused().name });
    assert.equal(reply.status, 201, reply.text);
    assert.equal(await currentOrganization(stranger), idOf(reply));
    const kinds = await system.sql(
      "SELECT o.kind FROM organization_members m JOIN organizations o ON o.id = m.organization_id WHERE m.user_id = ? ORDER BY o.kind", stranger.id);
    assert.deepEqual(kinds, [{ kind: "personal" }, { kind: "team" }]);
  });
});

describe("the team trial", () => {
  const incomplete = (asked: number, { name, slug }: { name: string; slug: string }, billingEmail: string): { [name: string]: Expected } => ({
    organization: {
      id: anId, name, slug, seatLimit: 10, billingEmail, createdAt: timeSince(asked), role: "owner", isAdmin: true, currentSeats: 1,
      plan: "enterprise", status: "incomplete", trialEndsAt: null,
    },
  });

  it("is given once: a further team waits for its checkout and is not made the current one", async () => {
    const person = await world.individual();
    const first = idOf(await create(person, { name: unused().name }));
    const further = unused();
    const asked = Date.now();
    const second = await create(person, { name: further.name });
    succeeds(second, 201, incomplete(asked, further, person.email));
    assert.equal(await currentOrganization(person), first);
    const headers = { "x-organization-id": idOf(second) };
    refuses(await system.call("invite-user", { body: { email: "a@b.example" }, headers, token: person.token }), 402, "subscription_required",
      { plan: "Enterprise", status: "incomplete", upgradeRequired: true });
    refuses(await system.call("track-upload", { body: { uploadType: "rate_sheet" }, headers, token: person.token }), 402, "subscription_required",
      { plan: "Enterprise", status: "incomplete", upgradeRequired: true });
    assert.equal((await system.call("manage-members", { action: "list", headers, token: person.token })).status, 200, "looking goes on");
  });

  it("is not given again to who names the plan", async () => {
    const person = await world.individual();
    assert.equal(at(await create(person, { name: unused().name, plan: "enterprise" }), "organization", "status"), "trialing");
    assert.equal(at(await create(person, { name: unused().name, plan: "enterprise" }), "organization", "status"), "incomplete");
  });

  it("is not given again to a founder who passed the first team on and left", async () => {
    const founder = await world.individual();
    const heir = await world.individual();
    const first = idOf(await create(founder, { name: unused().name }));
    await world.join(first, heir, "admin");
    const members = (who: Person, action: string, body: Record<string, unknown> = {}) =>
      system.call("manage-members", { action, body, headers: { "x-organization-id": first }, token: who.token });
    assert.equal((await members(founder, "transfer_ownership", { memberId: heir.id })).status, 200);
    assert.equal((await members(founder, "leave")).status, 200);
    assert.equal(at(await create(founder, { name: unused().name }), "organization", "status"), "incomplete");
    assert.equal(at(await create(heir, { name: unused().name }), "organization", "status"), "trialing", "who never founded a team may try one");
  });

  it("is still there for who is a member of another team", async () => {
    const team = await world.team({ members: { member: 1 } });
    const member = team.members[0] ?? team.owner;
    assert.equal(at(await create(member, { name: unused().name }), "organization", "status"), "trialing");
  });

  it("has all its dates", async () => {
    const reply = await create(await world.individual(), { name: unused().name });
    const row = await subscriptionOf(idOf(reply));
    const createdAt = Date.parse(textAt(reply, "organization", "createdAt"));
    assert.equal(row["current_period_start"], createdAt);
    assert.equal(row["current_period_end"], createdAt + 14 * DAY);
    assert.equal(row["trial_ends_at"], createdAt + 14 * DAY);
    same(at(reply, "organization", "trialEndsAt"), time(createdAt + 14 * DAY));
  });
});

describe("the slug", () => {
  it("is taken as it is given", async () => {
    const { slug } = unused();
    assert.equal(slugOf(await create(await world.individual(), { name: "Something else", slug })), slug);
  });

  it("is refused when it is taken", async () => {
    const { slug } = unused();
    await world.team({ slug });
    const person = await world.individual();
    refuses(await system.unchanged(() => create(person, { name: "Acme", slug })), 409, "slug_taken");
  });

  it("is made unique when it is derived from the name", async () => {
    const { name, slug } = unused();
    await world.team({ slug });
    same(slugOf(await create(await world.individual(), { name })), matching(new RegExp(`^${slug}-[a-z0-9]{4,}$`)));
  });

  it("is derived from any name", async () => {
    for (const name of ["日本電信", "---", "A!", "Ünïcödé Ltd.", "x".repeat(100)]) {
      const reply = await create(await world.individual(), { name });
      assert.equal(reply.status, 201, `${name}: ${reply.text}`);
      same(slugOf(reply), matching(/^(?=.{3,48}$)[a-z0-9]+(-[a-z0-9]+)*$/));
    }
  });

  for (const slug of ["ab", "a".repeat(49), "Acme", "acme--x", "-acme", "acme-", "acme x", "acmé", "acme_x", 5]) {
    it(`is not ${JSON.stringify(slug)}`, async () => {
      const person = await world.individual();
      refuses(await system.unchanged(() => create(person, { name: "Acme", slug })), 400, "invalid_field", { field: "slug" });
    });
  }
});

describe("the plan", () => {
  for (const plan of ["starter", "professional", "gold", "ENTERPRISE"]) {
    it(`is not ${plan}`, async () => {
      const person = await world.individual();
      const reply = await system.unchanged(() => create(person, { name: "Acme", plan }));
      refuses(reply, 400, "invalid_field", { field: "plan" });
      assert.ok(textAt(reply, "error").includes("enterprise"), "it names the plans for teams");
    });
  }

  it("is not one that left the catalog", async () => {
    const plan = `retired-${randomUUID()}`;
    await system.sql(`INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions, retired)
VALUES (?, 'Old', 'team', 90, 100, 10, -1, 1)`, plan);
    refuses(await create(await world.individual(), { name: "Acme", plan }), 400, "invalid_field", { field: "plan" });
  });

  it("is never given for nothing: one without a trial waits for its checkout", async () => {
    const plan = `paid-${randomUUID()}`;
    await system.sql(`INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions)
VALUES (?, 'Paid', 'team', 91, 100, 3, -1)`, plan);
    const person = await world.individual();
    const reply = await create(person, { name: unused().name, plan });
    assert.deepEqual([at(reply, "organization", "plan"), at(reply, "organization", "status"), at(reply, "organization", "seatLimit")], [plan, "incomplete", 3]);
    assert.equal(await currentOrganization(person), person.organizationId);
    assert.equal(at(await create(person, { name: unused().name }), "organization", "status"), "trialing", "the trial was not used up");
    await system.sql("UPDATE plans SET retired = 1 WHERE id = ?", plan);
  });
});

describe("the name", () => {
  const good: [string, string][] = [
    ["2 letters", "Ab"],
    ["2 letters beyond ASCII", "日本"],
    ["100 letters", "n".repeat(100)],
    ["100 characters of four bytes", "𝄞".repeat(100)],
    ["100 characters between blanks", `  ${"é".repeat(100)}  `],
  ];
  for (const [what, name] of good) {
    it(`may be ${what}`, async () => {
      const reply = await create(await world.individual(), { name });
      assert.equal(reply.status, 201, reply.text);
      assert.equal(at(reply, "organization", "name"), name.trim());
    });
  }

  const bad: [string, unknown][] = [
    ["missing", undefined],
    ["empty", ""],
    ["blank", "     "],
    ["1 letter", "A"],
    ["1 letter between blanks", "  A  "],
    ["1 character of four bytes", "𝄞"],
    ["101 letters", "n".repeat(101)],
    ["101 characters of four bytes", "𝄞".repeat(101)],
    ["a number", 12],
    ["a line and another", "Acme\nLtd"],
  ];
  for (const [what, name] of bad) {
    it(`is not ${what}`, async () => {
      const person = await world.individual();
      replies(await system.unchanged(() => create(person, { name })), 400,
        { success: false, code: "invalid_field", field: "name", error: aSentence, message: aSentence });
    });
  }
});

describe("the rest", () => {
  const bad: [string, Record<string, unknown>, string][] = [
    ["a type that is personal", { orgType: "personal" }, "orgType"],
    ["an unknown type", { orgType: "club" }, "orgType"],
    ["a billing address that is none", { billingEmail: "not an address" }, "billingEmail"],
    ["two billing addresses", { billingEmail: "a@b.example, c@d.example" }, "billingEmail"],
  ];
  for (const [what, body, field] of bad) {
    it(`does not take ${what}`, async () => {
      const person = await world.individual();
      refuses(await system.unchanged(() => create(person, { name: "Acme", ...body })), 400, "invalid_field", { field });
    });
  }

  for (const orgType of ["business", "family", "education", "other"]) {
    it(`takes the type ${orgType}`, async () => {
      assert.equal((await create(await world.individual(), { name: unused().name, orgType })).status, 201);
    });
  }
});
