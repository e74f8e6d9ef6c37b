// identity: fifty messages at once, with first requests among them. Each call of the database waits 5 to 15 ms first: the
// bare local database takes requests one after another, and hides every race.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { textAt } from "./harness/answers.ts";
import { change, clerk, clerkUser, hook, hooked, supabaseRow } from "./harness/provider-messages.ts";
import { startSystem, type Reply, type System } from "./harness/system.ts";
import { token } from "./harness/tokens.ts";
import { World } from "./harness/world.ts";

/** TALLYGATE_ROUNDS=20 makes it more of them. */
const ROUNDS = Number(process.env["TALLYGATE_ROUNDS"] ?? 3);
const AT_ONCE = 50;

let system: System;
let world: World;
before(async () => {
  system = await startSystem({ delay: [5, 15] });
  world = new World(system);
});
after(() => system.close());

const atOnce = (request: (place: number) => Promise<Reply>): Promise<Reply[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, place) => request(place)));

function tally(replies: Reply[]): Record<string, number> {
  const amounts: Record<string, number> = {};
  for (const { status, body } of replies) {
    const outcome = [status, body["code"]].filter((part) => part !== undefined).join(" ");
    amounts[outcome] = (amounts[outcome] ?? 0) + 1;
  }
  return amounts;
}

const touch = (id: string, email: string): Promise<Reply> =>
  system.call("manage-members", { action: "list", token: token({ sub: id, email, user_metadata: { full_name: "Ada Lovelace" } }) });

/** What there is of everything that signing up makes. */
async function madeFor(id: string): Promise<number[]> {
  const own = "SELECT id FROM organizations WHERE founded_by = ?";
  const [row = {}] = await system.sql(`SELECT (SELECT COUNT(*) FROM users WHERE id = ?) AS users,
  (SELECT COUNT(*) FROM organizations WHERE founded_by = ?) AS organizations,
  (SELECT COUNT(*) FROM organization_members WHERE user_id = ?) AS members,
  (SELECT COUNT(*) FROM org_subscriptions WHERE organization_id IN (${own})) AS subscriptions,
  (SELECT COUNT(*) FROM audit_events WHERE organization_id IN (${own})) AS audit,
  (SELECT COUNT(*) FROM outbox WHERE event_type <> 'user.updated' AND organization_id IN (${own})) AS outbox`, ...Array.from({ length: 6 }, () => id));
  return Object.values(row).map(Number);
}
const ONE_OF_EACH = [1, 1, 1, 1, 1, 1];

for (let round = 1; round <= ROUNDS; round += 1) {
  describe(`round ${round}`, () => {
    it("of fifty deliveries makes one of everything", async () => {
      const id = `user_${randomUUID().replaceAll("-", "")}`;
      const user = clerkUser({ id });
      const replies = await atOnce(() => clerk(system, "user.created", user));
      assert.deepEqual(tally(replies), { "200": AT_ONCE });
      assert.equal(replies.filter(({ body }) => body["registered"] === true).length, 1, "one of them made it");
      assert.deepEqual(await madeFor(id), ONE_OF_EACH);
    });

    it("of messages and first requests together makes one of everything", async () => {
      const [id, email] = [randomUUID(), `crowd.${randomUUID()}@example.com`];
      const row = supabaseRow({ id, email });
      const user = hooked({ id, email });
      const replies = await atOnce((place) => {
        if (place % 3 === 0) return touch(id, email);
        return place % 3 === 1 ? change(system, "INSERT", row) : hook(system, "after-user-created", user);
      });
      assert.deepEqual(tally(replies), { "200": AT_ONCE });
      assert.deepEqual(await madeFor(id), ONE_OF_EACH);
      const [known] = await system.sql("SELECT name, email, email_verified FROM users WHERE id = ?", id);
      assert.deepEqual(known, { name: "Ada Lovelace", email, email_verified: 1 });
    });

    it("of updates in any order ends with the newest", async () => {
      const [id, now] = [`user_${randomUUID().replaceAll("-", "")}`, Date.now()];
      const places = Array.from({ length: AT_ONCE }, (_, place) => place).sort(() => Math.random() - 0.5);
      const replies = await atOnce((place) => {
        const newer = places[place] ?? 0;
        return clerk(system, "user.updated", clerkUser({ id, firstName: `Ada${newer}`, email: `ada${newer}@example.com`, updatedAt: now + newer }));
      });
      assert.deepEqual(tally(replies), { "200": AT_ONCE });
      const [known] = await system.sql(`SELECT users.name, email, organizations.name AS workspace
FROM users JOIN organizations ON personal_user_id = users.id WHERE users.id = ?`, id);
      assert.deepEqual(known, { name: "Ada49 Lovelace", email: "ada49@example.com", workspace: "Ada49's Workspace" });
      assert.deepEqual(await madeFor(id), ONE_OF_EACH);
    });

    it("of deletions and everything else leaves nobody", async () => {
      const [id, email] = [`user_${randomUUID().replaceAll("-", "")}`, `gone.${randomUUID()}@example.com`];
      const replies = await atOnce((place) => {
        if (place % 3 === 0) return clerk(system, "user.deleted", { id, deleted: true });
        return place % 3 === 1 ? touch(id, email) : clerk(system, "user.created", clerkUser({ id, email }));
      });
      const codes = Object.keys(tally(replies));
      assert.ok(codes.every((code) => code === "200" || code === "403 account_disabled"), codes.join(", "));
      const deletions = replies.filter(({ body }) => body["deleted"] === true);
      assert.equal(deletions.length, 1, "it was deleted once");
      const [left] = await system.sql(`SELECT (SELECT COUNT(*) FROM users WHERE id = ? AND deleted_at IS NOT NULL AND email IS NULL) AS users,
  (SELECT COUNT(*) FROM organizations WHERE founded_by = ? AND archived_at IS NULL) AS organizations,
  (SELECT COUNT(*) FROM organization_members WHERE user_id = ?) AS members`, id, id, id);
      assert.deepEqual(Object.values(left ?? {}).map(Number), [1, 0, 0]);
    });

    it("of personal organizations makes one", async () => {
      const person = world.stranger();
      await system.sql("INSERT INTO users (id, email_updated_at, name, created_at, request_id) VALUES (?, 0, 'Grace', 0, 'r')", person.id);
      const replies = await atOnce(() => system.call("identity", { path: "/personal-organization", token: person.token }));
      assert.deepEqual(tally(replies), { "200": AT_ONCE - 1, "201": 1 });
      assert.equal(new Set(replies.map(({ body }) => body["personalOrganizationId"])).size, 1, "everybody is told the same");
      assert.deepEqual(await madeFor(person.id), ONE_OF_EACH);
    });

    it("of conversions converts once and makes one new personal organization", async () => {
      const person = await world.individual();
      const replies = await atOnce((place) =>
        system.call("identity", { path: "/convert", body: { name: `Team ${place}`, organizationId: person.organizationId }, token: person.token }));
      assert.deepEqual(tally(replies), { "200": 1, "409 not_personal": AT_ONCE - 1 });
      const kinds = await system.sql("SELECT kind FROM organizations WHERE founded_by = ? ORDER BY kind", person.id);
      assert.deepEqual(kinds, [{ kind: "personal" }, { kind: "team" }]);
      const winner = replies.find(({ status }) => status === 200);
      const [team] = await system.sql("SELECT name FROM organizations WHERE id = ?", person.organizationId);
      assert.equal(winner && textAt(winner, "organization", "name"), team?.["name"]);
      const events = await system.sql("SELECT COUNT(*) AS amount FROM outbox WHERE event_type = 'organization.converted' AND organization_id = ?", person.organizationId);
      assert.equal(Number(events[0]?.["amount"]), 1);
    });

    it("of a team's two last managers going at once loses neither the team nor its members", async () => {
      const team = await world.team({ members: { admin: 1, member: 1 } });
      const [admin, member] = [team.admins[0], team.members[0]];
      assert.ok(admin && member);
      await atOnce((place) => clerk(system, "user.deleted", { id: place % 2 === 0 ? team.owner.id : admin.id, deleted: true }));
      const [row] = await system.sql("SELECT archived_at FROM organizations WHERE id = ?", team.id);
      assert.notEqual(row?.["archived_at"], null, "nobody is left who could run it");
      const reply = await system.call("manage-members", { action: "list", token: member.token });
      assert.equal(textAt(reply, "organization", "id"), member.organizationId, "and its member is at home");
    });
  });
}
