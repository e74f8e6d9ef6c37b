// Nobody fills the house: what one customer may have at most of what costs nothing, each limit of the catalog's `[limits]`
// by its name, also when 50 come at once.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { at, textAt } from "./harness/answers.ts";
import { refuses, timeSince, type Expected } from "./harness/expect.ts";
import { idPrefix } from "./harness/moments.ts";
import { planWith, staffedTeam, type StaffedTeam } from "./harness/staffed-team.ts";
import { startSystem, type Reply, type System } from "./harness/system.ts";
import { DAY, World, type Person } from "./harness/world.ts";

const aTime = timeSince(Date.now(), Date.now() + 2 * DAY);
const AT_ONCE = 50;
/** TALLYGATE_ROUNDS=20 makes it more of them. */
const ROUNDS = Number(process.env["TALLYGATE_ROUNDS"] ?? 3);
const DEFAULTS = { most_live_sessions: 50, most_founded_teams: 20, most_pending_invitations: 500, most_invitations_a_day: 200, most_invitations_to_address_a_day: 5, most_refused_keys_a_day: 1_000, most_keys_a_day: 1_000_000 };

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());
afterEach(() => set(DEFAULTS));

const set = (limits: Partial<typeof DEFAULTS>) =>
  system.sql(`UPDATE catalog_settings SET ${Object.entries(limits).map(([name, most]) => `${name} = ${most}`).join(", ")}`);
const invite = (who: Person, email: string) => system.call("invite-user", { action: "invite", body: { email }, token: who.token });
const resend = (who: Person, invitationId: string) => system.call("invite-user", { action: "resend", body: { invitationId }, token: who.token });
const revoke = (who: Person, invitationId: string) => system.call("invite-user", { action: "revoke", body: { invitationId }, token: who.token });
const found = (who: Person, name: string) => system.call("create-organization", { action: "create", body: { name }, token: who.token });
const idOf = (reply: Reply) => textAt(reply, "invitation", "id");
const roomy = async (): Promise<StaffedTeam> => staffedTeam(system, { plan: await planWith(system, { seats: -1 }) });

const reached = (reply: Reply, limit: string, most: number, resetsAt: Expected = null) => refuses(reply, 429, "catalog_limit_reached", { limit, most, resetsAt });
const count = (replies: Reply[], status: number) => replies.filter((reply) => reply.status === status).length;
const atOnce = (ask: (place: number) => Promise<Reply>) => Promise.all(Array.from({ length: AT_ONCE }, (_, place) => ask(place)));

describe("refusals that are remembered", () => {
  it("end for the day, also when 50 come at once", async () => {
    await set({ most_refused_keys_a_day: 7 });
    const person = await world.individual();
    await world.uploads(person.organizationId, 100);
    for (let round = 0; round < ROUNDS; round += 1) {
      const replies = await atOnce((place) => system.call("track-upload", { body: { uploadType: "rate_sheet", idempotencyKey: `${round}-${place}` }, token: person.token }));
      assert.equal(count(replies, 429), AT_ONCE);
      const kept = replies.filter((reply) => at(reply, "code") === "upload_limit_exceeded");
      assert.equal(kept.length, round === 0 ? 7 : 0);
      const [row] = await system.sql("SELECT COUNT(*) AS kept FROM usage_events WHERE organization_id = ? AND accepted = 0", person.organizationId);
      assert.equal(Number(row?.["kept"]), 7);
    }
    const midnight = new Date(Math.floor(Date.now() / DAY) * DAY + DAY).toISOString();
    reached(await system.unchanged(() => system.call("track-upload", { body: { uploadType: "rate_sheet", idempotencyKey: "more" }, token: person.token })), "refused_keys_a_day", 7, midnight);
  });
});

describe("keys", () => {
  const midnight = () => new Date(Math.floor(Date.now() / DAY) * DAY + DAY).toISOString();
  const upload = (person: Person, key: string) => system.call("track-upload", { body: { uploadType: "rate_sheet", idempotencyKey: key }, token: person.token });

  it("end for the day, also when 50 come at once, and those that are known are answered again", async () => {
    await set({ most_keys_a_day: 7 });
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = await world.individual();
      const replies = await atOnce((place) => upload(person, `key-${place}`));
      assert.deepEqual([count(replies, 200), count(replies, 429)], [7, AT_ONCE - 7]);
      const [row] = await system.sql("SELECT COUNT(DISTINCT keyed_at) AS moments, MAX(key_of_day) AS last FROM usage_events WHERE organization_id = ?", person.organizationId);
      assert.deepEqual([Number(row?.["moments"]), Number(row?.["last"])], [7, 7]);
      reached(await system.unchanged(() => upload(person, "more")), "keys_a_day", 7, midnight());
      const again = await Promise.all(replies.map(async (reply, place) => ({ reply, again: await upload(person, `key-${place}`) })));
      assert.deepEqual(again.map(({ again: { status } }) => status), replies.map(({ status }) => status));
      assert.equal((await system.call("track-upload", { body: { uploadType: "rate_sheet" }, token: person.token })).status, 200, "what needs no key is counted");
    }
  });

  it("end for batches that come at once, too", async () => {
    await set({ most_keys_a_day: 9 });
    const person = await world.individual();
    const batch = (place: number) => system.call("track-usage", {
      path: "/batch", body: { events: [0, 1].map((nth) => ({ feature: "uploads", idempotencyKey: `batch-${place}-${nth}` })) }, token: person.token,
    });
    const replies = await Promise.all(Array.from({ length: 10 }, (_, place) => batch(place)));
    const counted = replies.map((reply) => Number(at(reply, "counted")));
    assert.equal(counted.reduce((all, one) => all + one, 0), 9);
    const left = replies.flatMap((reply) => at(reply, "results") as { success: boolean; code?: string }[]).filter(({ success }) => !success);
    assert.deepEqual(left.map(({ code }) => code), Array.from({ length: 11 }, () => "catalog_limit_reached"));
  });
});

describe("invitations to one address", () => {
  it("end for the day, however they come: new ones, the same again, taken back and sent anew", async () => {
    const { owner } = await roomy();
    const first = await invite(owner, "stranger@example.com");
    for (let time = 0; time < 2; time += 1) assert.equal((await resend(owner, idOf(first))).status, 200);
    assert.equal((await revoke(owner, idOf(first))).status, 200);
    const second = await invite(owner, "STRANGER@example.com");
    assert.equal(second.status, 201, second.text);
    assert.equal((await resend(owner, idOf(second))).status, 200);
    reached(await system.unchanged(() => resend(owner, idOf(second))), "invitations_to_address_a_day", 5, aTime);
    assert.equal((await revoke(owner, idOf(second))).status, 200);
    reached(await system.unchanged(() => invite(owner, "stranger@example.com")), "invitations_to_address_a_day", 5, aTime);
    // Another address, and another team's, are nobody else's business.
    assert.equal((await invite(owner, "other@example.com")).status, 201);
    assert.equal((await invite((await roomy()).owner, "stranger@example.com")).status, 201);
  });

  it("are those to all tags of its mailbox", async () => {
    const { owner } = await roomy();
    for (const tag of ["", "+1", "+a+b", "+"]) assert.equal((await invite(owner, `stranger${tag}@example.com`)).status, 201, tag);
    const last = await invite(owner, "STRANGER+2@example.com");
    assert.equal(last.status, 201, last.text);
    reached(await system.unchanged(() => invite(owner, "stranger+3@example.com")), "invitations_to_address_a_day", 5, aTime);
    reached(await system.unchanged(() => resend(owner, idOf(last))), "invitations_to_address_a_day", 5, aTime);
    for (const other of ["strangers@example.com", "stranger@example.org", "stranger+1@sub.example.com"]) assert.equal((await invite(owner, other)).status, 201, other);
  });

  it("begin anew with the day, UTC", async () => {
    const { owner, id } = await roomy();
    const sent = await invite(owner, "stranger@example.com");
    for (let time = 0; time < 4; time += 1) assert.equal((await resend(owner, idOf(sent))).status, 200);
    const refusal = await resend(owner, idOf(sent));
    const midnight = Math.floor(Date.now() / DAY) * DAY;
    reached(refusal, "invitations_to_address_a_day", 5, new Date(midnight + DAY).toISOString());
    // As if all had been sent yesterday: ids begin with their time.
    await system.sql("UPDATE organization_invitations SET resends_day = ?, id = ? WHERE organization_id = ?",
      midnight - DAY, `${idPrefix(midnight - 1)}-7${idOf(sent).slice(15)}`, id);
    const [row] = await system.sql("SELECT id FROM organization_invitations WHERE organization_id = ?", id);
    assert.equal((await resend(owner, String(row?.["id"]))).status, 200);
    const [again] = await system.sql("SELECT resends FROM organization_invitations WHERE organization_id = ?", id);
    assert.equal(Number(again?.["resends"]), 1);
  });
});

describe("invitations of a team", () => {
  it("end for the day", async () => {
    await set({ most_invitations_a_day: 4 });
    const { owner } = await roomy();
    const [first] = [await invite(owner, "a@example.com"), await invite(owner, "b@example.com"), await invite(owner, "c@example.com")];
    assert.equal((await resend(owner, idOf(first))).status, 200);
    reached(await system.unchanged(() => invite(owner, "d@example.com")), "invitations_a_day", 4, aTime);
    reached(await system.unchanged(() => resend(owner, idOf(first))), "invitations_a_day", 4, aTime);
  });

  it("that nobody answers end", async () => {
    await set({ most_pending_invitations: 2 });
    const { owner } = await roomy();
    const first = await invite(owner, "a@example.com");
    await invite(owner, "b@example.com");
    reached(await system.unchanged(() => invite(owner, "c@example.com")), "pending_invitations", 2);
    assert.equal((await resend(owner, idOf(first))).status, 200, "one that waits already may be sent again");
    assert.equal((await revoke(owner, idOf(first))).status, 200);
    assert.equal((await invite(owner, "c@example.com")).status, 201);
  });

  it("never pass a limit when 50 are sent at once", async () => {
    await set({ most_invitations_a_day: 7, most_pending_invitations: 500 });
    for (let round = 0; round < ROUNDS; round += 1) {
      const { owner } = await roomy();
      const replies = await atOnce((place) => invite(owner, `guest-${place}@example.com`));
      assert.deepEqual([count(replies, 201), count(replies, 429)], [7, AT_ONCE - 7]);
    }
    await set({ most_invitations_a_day: 200, most_pending_invitations: 3 });
    for (let round = 0; round < ROUNDS; round += 1) {
      const { owner } = await roomy();
      const replies = await atOnce((place) => invite(owner, `guest-${place}@example.com`));
      assert.deepEqual([count(replies, 201), count(replies, 429)], [3, AT_ONCE - 3]);
    }
  });

  it("are sent again no more often than allowed when 50 try at once", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { owner } = await roomy();
      const sent = await invite(owner, "guest@example.com");
      const replies = await atOnce(() => resend(owner, idOf(sent)));
      assert.deepEqual([count(replies, 200), count(replies, 429)], [4, AT_ONCE - 4]);
    }
  });
});

describe("seats of a plan that is left for a smaller one", () => {
  const waits = (plan: string | null, id: string) =>
    system.sql("UPDATE org_subscriptions SET pending_plan_id = ?, pending_interval = ?, pending_at = ? WHERE organization_id = ?", plan, plan && "month", plan && Date.now() + DAY, id);

  it("are not filled while that waits, also when 50 are invited at once", async () => {
    for (const seats of [60, -1]) {
      const { owner, id } = await staffedTeam(system, { plan: await planWith(system, { seats }) });
      await waits(await planWith(system, { seats: 6 }), id);
      const replies = await atOnce((place) => invite(owner, `guest-${place}@example.com`));
      assert.deepEqual([count(replies, 201), count(replies, 429)], [2, AT_ONCE - 2], "four are members");
      refuses(await system.unchanged(() => invite(owner, "one@example.com")), 429, "seat_limit_exceeded", {
        seatLimitExceeded: true, currentSeats: 4, seatLimit: 6, pending: 2, upgradeRequired: true,
      });
      // Taken back, there are more again.
      await waits(null, id);
      assert.equal((await invite(owner, "one@example.com")).status, 201);
    }
  });
});

describe("teams of one founder", () => {
  it("end, and one that is left makes room", async () => {
    await set({ most_founded_teams: 2 });
    const person = await world.individual();
    const first = await found(person, "First Team");
    assert.equal((await found(person, "Second Team")).status, 201);
    reached(await system.unchanged(() => found(person, "Third Team")), "founded_teams", 2);
    await system.sql("UPDATE organizations SET archived_at = 1 WHERE id = ?", textAt(first, "organization", "id"));
    assert.equal((await found(person, "Third Team")).status, 201);
    reached(await found(person, "Fourth Team"), "founded_teams", 2);
  });

  it("count until they cannot be had back, so that founding, archiving and founding again makes no more", async () => {
    await set({ most_founded_teams: 2 });
    const [person, other] = [await world.individual(), await world.individual()];
    const account = (who: Person, action: string, organizationId: string) => system.call("account", { path: `/${action}`, body: { organizationId }, token: who.token });
    const ids: string[] = [];
    for (const name of ["First Team", "Second Team"]) {
      const id = textAt(await found(person, name), "organization", "id");
      await world.join(id, other, "owner", false);
      assert.equal((await account(person, "archive-organization", id)).status, 200);
      ids.push(id);
    }
    reached(await system.unchanged(() => found(person, "Third Team")), "founded_teams", 2);
    // Nobody has more of them by having them back: neither who founded them nor another owner.
    for (const [place, who] of [person, other].entries()) assert.equal((await account(who, "restore-organization", ids[place] ?? "")).status, 200);
    reached(await system.unchanged(() => found(person, "Third Team")), "founded_teams", 2);
    // A day after it cannot be had back any more.
    await system.sql("UPDATE organizations SET archived_at = ?, archived_by = ? WHERE id = ?", Date.now() - 31 * DAY, person.id, ids[0] ?? "");
    assert.equal((await found(person, "Third Team")).status, 201);
  });

  it("are counted where a personal organization becomes one, too", async () => {
    await set({ most_founded_teams: 1 });
    const person = await world.individual();
    assert.equal((await found(person, "First Team")).status, 201);
    await system.sql("UPDATE users SET team_trial_started_at = NULL, current_organization_id = ? WHERE id = ?", person.organizationId, person.id);
    const convert = () => system.call("identity", { path: "/convert", body: {}, token: person.token });
    reached(await system.unchanged(convert), "founded_teams", 1);
    await set({ most_founded_teams: 2 });
    assert.equal((await convert()).status, 200);
  });
});

describe("browsers on a plan without a limit", () => {
  it("end where the catalog says, also when 50 sign in at once", async () => {
    await set({ most_live_sessions: 6 });
    for (let round = 0; round < ROUNDS; round += 1) {
      const { owner } = await roomy();
      const replies = await atOnce((place) => system.call("manage-session", { action: "validate", body: { sessionId: `browser-${place}` }, token: owner.token }));
      assert.deepEqual([count(replies, 200), count(replies, 429)], [6, AT_ONCE - 6]);
      const refusal = replies.find(({ status }) => status === 429);
      assert.ok(refusal);
      reached(refusal, "live_sessions", 6);
      const list = await system.call("manage-session", { action: "list", token: owner.token });
      assert.equal((at(list, "sessions") as unknown[]).length, 6);
    }
  });
});

describe("lists", () => {
  /** All pages of a list, one after the other. */
  async function pages(ask: (page: Record<string, unknown>) => Promise<Reply>, name: string, limit: number): Promise<string[][]> {
    const found: string[][] = [];
    for (let cursor: unknown = null; ;) {
      const reply = await ask({ limit, cursor });
      assert.equal(reply.status, 200, reply.text);
      found.push((at(reply, name) as { id?: string; sessionId?: string }[]).map(({ id, sessionId }) => String(id ?? sessionId)));
      cursor = reply.body["nextCursor"];
      if (cursor === undefined) return found;
    }
  }

  it("come by page, each row once and in order, also where many are of one millisecond", async () => {
    const { owner, id } = await roomy();
    const now = Date.now();
    for (let place = 0; place < 103; place += 1) {
      const invited = await world.invitation({ organizationId: id, invitedBy: owner, email: `guest-${place}@example.com` });
      await system.sql("UPDATE organization_invitations SET created_at = ? WHERE id = ?", now + Math.floor(place / 7), invited.id);
      await world.session({ user: owner, id: `browser-${place}`, createdAt: now, lastHeartbeatAt: now - Math.floor(place / 7) });
      await world.join(id, await world.individual(), "member");
    }
    await system.sql("UPDATE organization_members SET joined_at = ? WHERE organization_id = ? AND role = 'member'", now, id);
    const call = (fn: string) => (page: Record<string, unknown>) => system.call(fn, { action: "list", body: page, token: owner.token });
    for (const [fn, name, amount] of [["invite-user", "invitations", 103], ["manage-session", "sessions", 103], ["manage-members", "members", 107]] as const) {
      const [whole = [], rest = []] = await pages(call(fn), name, 100);
      assert.deepEqual([whole.length, rest.length], [100, amount - 100], name);
      const inTens = await pages(call(fn), name, 10);
      assert.deepEqual(inTens.flat(), [...whole, ...rest], name);
      assert.equal(new Set(inTens.flat()).size, amount, name);
    }
    const members = await call("manage-members")({ limit: 1 });
    assert.equal(at(members, "seatUsage", "current"), 107, "seats are counted over all pages");
  });
});
