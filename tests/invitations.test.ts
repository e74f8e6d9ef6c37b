// Invitations from being sent to being answered: who may send them, who may answer them, what they cost in seats.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { at, succeeds, textAt } from "./harness/answers.ts";
import { aToken, anId, matching, refuses, time, timeSince, type Expected } from "./harness/expect.ts";
import { endedTeam, planWith, staffedTeam, type StaffedTeam } from "./harness/staffed-team.ts";
import { startSystem, type Reply, type Row, type System } from "./harness/system.ts";
import { token } from "./harness/tokens.ts";
import { DAY, SECOND, World, sha256, type InvitationOptions, type Person } from "./harness/world.ts";

const WEEK = 7 * DAY;
const APP_URL = "https://app.example.com";

let system: System;
let world: World;
before(async () => {
  system = await startSystem({ bindings: { APP_URL } });
  world = new World(system);
});
after(() => system.close());

/** Somebody with a token. */
type Caller = Pick<Person, "token">;

const as = (who: Caller, fn: string, action: string, body: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  system.call(fn, { action, body, token: who.token, headers });
const invite = (who: Caller, body: Record<string, unknown>) => as(who, "invite-user", "invite", body);
const resend = (who: Caller, invitationId: string) => as(who, "invite-user", "resend", { invitationId });
const revoke = (who: Caller, invitationId: string) => as(who, "invite-user", "revoke", { invitationId });
const accept = (who: Caller, invitationToken: string) => as(who, "accept-invitation", "accept", { token: invitationToken });
const decline = (who: Caller, invitationToken: string) => as(who, "accept-invitation", "decline", { token: invitationToken });
const preview = (invitationToken: string) => system.call("accept-invitation", { action: "preview", body: { token: invitationToken } });

const tokenOf = (reply: Reply) => textAt(reply, "invitation", "token");
const idOf = (reply: Reply) => textAt(reply, "invitation", "id");

async function invitationRow(id: string): Promise<Row | undefined> {
  const rows = await system.sql("SELECT * FROM organization_invitations WHERE id = ?", id);
  return rows[0];
}

async function roleOf(team: StaffedTeam, who: Person): Promise<unknown> {
  const rows = await system.sql("SELECT role FROM organization_members WHERE organization_id = ? AND user_id = ?", team.id, who.id);
  return rows[0]?.["role"];
}

/** Every order of four. */
const ORDERS = [0, 1, 2, 3].reduce<number[][]>((orders, next) =>
  orders.flatMap((order) => [...order, next].map((_, place) => [...order.slice(0, place), next, ...order.slice(place)])), [[]]);

/** A call that is refused and changes nothing. */
async function refused(call: () => Promise<Reply>, status: number, code: string, details: Record<string, Expected> = {}) {
  const before = await system.snapshot();
  refuses(await call(), status, code, details);
  assert.equal(await system.snapshot(), before, "a refusal changed something");
}

const invitedTo = (team: StaffedTeam, options: Partial<InvitationOptions>) =>
  world.invitation({ organizationId: team.id, invitedBy: team.owner, ...options });

/** An invitation that ran out a moment ago. */
const expire = (id: string, milliseconds = 1) =>
  system.sql("UPDATE organization_invitations SET expires_at = ? WHERE id = ?", Date.now() - milliseconds, id);

describe("invite", () => {
  it("gives the token once, and keeps only its hash", async () => {
    const team = await staffedTeam(system);
    const sent = Date.now();
    const reply = await invite(team.owner, { email: "Grace.Hopper@Example.COM", role: "viewer" });
    succeeds(reply, 201, {
      invitation: {
        id: anId,
        email: "grace.hopper@example.com",
        organizationName: team.name,
        role: "viewer",
        token: aToken,
        expiresAt: timeSince(sent + WEEK, Date.now() + WEEK),
        inviteUrl: matching(/^https:\/\/app\.example\.com\//),
      },
      seatInfo: { currentSeats: 4, seatLimit: 10, pending: 1, remaining: 5 },
    });
    const secret = tokenOf(reply);
    assert.ok(textAt(reply, "invitation", "inviteUrl").includes(secret), "the link carries the token");

    const row = await invitationRow(idOf(reply));
    const kept = ["email", "role", "token_hash", "status", "invited_by"].map((column) => row?.[column]);
    assert.deepEqual(kept, ["grace.hopper@example.com", "viewer", sha256(secret), "pending", team.owner.id]);
    assert.equal(Number(row?.["expires_at"]) - Number(row?.["created_at"]), WEEK, "to the millisecond");
    assert.ok(!JSON.stringify(await system.snapshot()).includes(secret), "the token itself is stored nowhere");
  });

  it("invites as a member where nothing else is said", async () => {
    const team = await staffedTeam(system);
    const reply = await invite(team.admin, { email: "plain@example.com" });
    assert.equal(reply.status, 201);
    assert.equal(textAt(reply, "invitation", "role"), "member");
  });

  it("is the action of a body without one", async () => {
    const team = await staffedTeam(system);
    const reply = await system.call("invite-user", { body: { email: "default@example.com" }, token: team.owner.token });
    assert.equal(reply.status, 201);
  });

  it("records who invited and tells the product", async () => {
    const team = await staffedTeam(system);
    const reply = await invite(team.admin, { email: "recorded@example.com" });
    const id = idOf(reply);
    const audit = await system.sql("SELECT organization_id, actor_id, action, target_id, details FROM audit_events WHERE target_id = ?", id);
    assert.deepEqual(audit, [
      { organization_id: team.id, actor_id: team.admin.id, action: "invitation.created", target_id: id, details: "{}" },
    ]);
    const outbox = await system.sql("SELECT organization_id, event_type, target_id FROM outbox WHERE target_id = ?", id);
    assert.deepEqual(outbox, [{ organization_id: team.id, event_type: "invitation.created", target_id: id }]);
  });

  it("may be about another team of the caller's than the current one", async () => {
    const owner = await world.individual();
    const one = await staffedTeam(system, { owner });
    const other = await staffedTeam(system, { owner });
    const byBody = await invite(owner, { email: "by.body@example.com", organizationId: one.id });
    assert.equal(textAt(byBody, "invitation", "organizationName"), one.name);
    const byHeader = await as(owner, "invite-user", "invite", { email: "by.header@example.com" }, { "x-organization-id": one.id });
    assert.equal(textAt(byHeader, "invitation", "organizationName"), one.name);
    const current = await invite(owner, { email: "current@example.com" });
    assert.equal(textAt(current, "invitation", "organizationName"), other.name);
  });

  it("refuses an address with a live invitation, in whatever case it is written", async () => {
    const team = await staffedTeam(system);
    await invite(team.owner, { email: "twice@example.com" });
    for (const email of ["twice@example.com", "Twice@Example.com", " TWICE@EXAMPLE.COM "]) {
      await refused(() => invite(team.admin, { email }), 409, "invitation_pending");
    }
  });

  it("refuses the address of a member, in whatever case it is written", async () => {
    const team = await staffedTeam(system);
    for (const email of [team.viewer.email, team.viewer.email.toUpperCase(), team.owner.email]) {
      await refused(() => invite(team.owner, { email }), 409, "already_member");
    }
  });

  it("lets two teams invite the same address", async () => {
    const [one, other] = [await staffedTeam(system), await staffedTeam(system)];
    const email = "wanted.twice@example.com";
    assert.equal((await invite(one.owner, { email })).status, 201);
    assert.equal((await invite(other.owner, { email })).status, 201);
  });

  it("refuses whoever is not an owner or admin", async () => {
    const team = await staffedTeam(system);
    await refused(() => invite(team.member, { email: "by.member@example.com" }), 403, "forbidden");
    await refused(() => invite(team.viewer, { email: "by.viewer@example.com" }), 403, "forbidden");
  });

  it("refuses a role above the caller's own", async () => {
    const team = await staffedTeam(system);
    await refused(() => invite(team.admin, { email: "above@example.com", role: "owner" }), 403, "forbidden");
    assert.equal((await invite(team.admin, { email: "equal@example.com", role: "admin" })).status, 201);
    assert.equal((await invite(team.owner, { email: "owner.too@example.com", role: "owner" })).status, 201);
  });

  it("refuses what is not exactly one role", async () => {
    const team = await staffedTeam(system);
    for (const role of ["member,owner", "Owner", "OWNER", "owner ", "", "superuser", "super_admin", "member\u0000", 1, true, ["owner"], { role: "owner" }]) {
      await refused(() => invite(team.owner, { email: "role@example.com", role }), 400, "invalid_field", { field: "role" });
    }
  });

  it("refuses what is no address", async () => {
    const team = await staffedTeam(system);
    for (const email of ["", "  ", "nobody", "@example.com", "a@b", "a b@example.com", "a@example.com,b@example.com", "a@b@example.com", "<a@example.com>", `${"a".repeat(250)}@example.com`]) {
      await refused(() => invite(team.owner, { email }), 400, "invalid_field", { field: "email" });
    }
  });

  it("is for teams only", async () => {
    const alone = await world.individual();
    await refused(() => invite(alone, { email: "guest@example.com" }), 409, "personal_organization");
    await refused(() => as(alone, "invite-user", "list"), 409, "personal_organization");
  });
});

describe("seats", () => {
  it("are taken by members and live invitations together", async () => {
    const team = await staffedTeam(system, { plan: await planWith(system, { seats: 6 }) });
    const seats = (reply: Reply) => at(reply, "seatInfo");
    const first = await invite(team.owner, { email: "seat.1@example.com" });
    assert.deepEqual(seats(first), { currentSeats: 4, seatLimit: 6, pending: 1, remaining: 1 });
    const second = await invite(team.owner, { email: "seat.2@example.com" });
    assert.deepEqual(seats(second), { currentSeats: 4, seatLimit: 6, pending: 2, remaining: 0 });
    const full = { seatLimitExceeded: true, currentSeats: 4, seatLimit: 6, pending: 2, upgradeRequired: true };
    await refused(() => invite(team.owner, { email: "seat.3@example.com" }), 429, "seat_limit_exceeded", full);
  });

  it("say whom to ask for more, where the plan names somebody", async () => {
    const team = await staffedTeam(system, { plan: await planWith(system, { seats: 4, salesContact: "sales@example.com" }) });
    const reply = await invite(team.owner, { email: "no.room@example.com" });
    assert.equal(reply.status, 429);
    assert.match(textAt(reply, "message"), /sales@example\.com/);
  });

  it("are free again when an invitation is revoked, declined or over", async () => {
    const team = await staffedTeam(system, { plan: await planWith(system, { seats: 5 }) });
    const revoked = await invite(team.owner, { email: "revoked.seat@example.com" });
    assert.equal((await revoke(team.owner, idOf(revoked))).status, 200);

    const decliner = await world.individual();
    const declined = await invite(team.owner, { email: decliner.email });
    assert.equal(declined.status, 201);
    assert.equal((await decline(decliner, tokenOf(declined))).status, 200);

    const over = await invite(team.owner, { email: "over.seat@example.com" });
    assert.equal(over.status, 201);
    await expire(idOf(over));

    const last = await invite(team.owner, { email: "last.seat@example.com" });
    assert.deepEqual(at(last, "seatInfo"), { currentSeats: 4, seatLimit: 5, pending: 1, remaining: 0 });
  });

  it("are never short on a plan without a limit", async () => {
    const team = await staffedTeam(system, { plan: await planWith(system, { seats: -1 }) });
    const reply = await invite(team.owner, { email: "unlimited@example.com" });
    assert.deepEqual(at(reply, "seatInfo"), { currentSeats: 4, seatLimit: -1, pending: 1, remaining: -1 });
  });

  it("are refused to somebody who is no member before all else: a full house is nobody else's business", async () => {
    const team = await staffedTeam(system, { plan: await planWith(system, { seats: 4 }) });
    await refused(() => invite(team.member, { email: "no.manager@example.com" }), 403, "forbidden");
    await refused(() => invite(team.owner, { email: team.viewer.email }), 409, "already_member");
  });
});

describe("resend", () => {
  it("keeps the id, makes a new token, lets the old one die and renews the week", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const first = await invite(team.owner, { email: invitee.email, role: "admin" });
    await system.sql("UPDATE organization_invitations SET expires_at = ? WHERE id = ?", Date.now() + DAY, idOf(first));

    const sent = Date.now();
    const again = await resend(team.admin, idOf(first));
    succeeds(again, 200, {
      invitation: {
        id: idOf(first),
        email: invitee.email,
        organizationName: team.name,
        role: "admin",
        token: aToken,
        expiresAt: timeSince(sent + WEEK, Date.now() + WEEK),
        inviteUrl: matching(new RegExp(tokenOf(again))),
      },
      seatInfo: { currentSeats: 4, seatLimit: 10, pending: 1, remaining: 5 },
    });
    assert.notEqual(tokenOf(again), tokenOf(first));
    await refused(() => accept(invitee, tokenOf(first)), 404, "invitation_not_found");
    await refused(() => preview(tokenOf(first)), 404, "invitation_not_found");
    assert.equal((await accept(invitee, tokenOf(again))).status, 200);
  });

  it("brings an invitation back that ran out, if there is a seat", async () => {
    const team = await staffedTeam(system, { plan: await planWith(system, { seats: 5 }) });
    const invitee = await world.individual();
    const old = await invite(team.owner, { email: invitee.email });
    await expire(idOf(old));
    const other = await invite(team.owner, { email: "quicker@example.com" });
    assert.equal(other.status, 201);

    const full = { seatLimitExceeded: true, currentSeats: 4, seatLimit: 5, pending: 1, upgradeRequired: true };
    await refused(() => resend(team.owner, idOf(old)), 429, "seat_limit_exceeded", full);
    assert.equal((await revoke(team.owner, idOf(other))).status, 200);
    const again = await resend(team.owner, idOf(old));
    assert.equal(again.status, 200);
    assert.equal((await accept(invitee, tokenOf(again))).status, 200);
  });

  it("needs no further seat for an invitation that is live", async () => {
    const team = await staffedTeam(system, { plan: await planWith(system, { seats: 5 }) });
    const sent = await invite(team.owner, { email: "has.its.seat@example.com" });
    assert.equal((await resend(team.owner, idOf(sent))).status, 200);
  });

  it("refuses what was answered or taken back", async () => {
    const team = await staffedTeam(system);
    for (const [status, code] of [["accepted", "invitation_used"], ["revoked", "invitation_revoked"], ["declined", "invitation_declined"]] as const) {
      const sent = await invitedTo(team, { email: `${status}@example.com`, status });
      await refused(() => resend(team.owner, sent.id), 409, code);
    }
  });

  it("refuses what is not there, or another team's", async () => {
    const [team, other] = [await staffedTeam(system), await staffedTeam(system)];
    await refused(() => resend(team.owner, "no-such-invitation"), 404, "invitation_not_found");
    const theirs = await invitedTo(other, {});
    await refused(() => resend(team.owner, theirs.id), 404, "invitation_not_found");
  });

  it("refuses an admin an owner's invitation", async () => {
    const team = await staffedTeam(system);
    const sent = await invite(team.owner, { email: "future.owner@example.com", role: "owner" });
    await refused(() => resend(team.admin, idOf(sent)), 403, "forbidden");
    await refused(() => revoke(team.admin, idOf(sent)), 403, "forbidden");
  });
});

describe("revoke", () => {
  it("takes the invitation back", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const sent = await invite(team.owner, { email: invitee.email });
    const reply = await revoke(team.admin, idOf(sent));
    succeeds(reply, 200, { invitationId: idOf(sent) });
    assert.equal((await invitationRow(idOf(sent)))?.["status"], "revoked");
    await refused(() => accept(invitee, tokenOf(sent)), 409, "invitation_revoked");
    await refused(() => decline(invitee, tokenOf(sent)), 409, "invitation_revoked");
    await refused(() => preview(tokenOf(sent)), 409, "invitation_revoked");
    await refused(() => revoke(team.owner, idOf(sent)), 409, "invitation_revoked");
  });

  it("takes back also what has run out", async () => {
    const team = await staffedTeam(system);
    const sent = await invite(team.owner, { email: "run.out@example.com" });
    await expire(idOf(sent));
    succeeds(await revoke(team.owner, idOf(sent)), 200, { invitationId: idOf(sent) });
  });

  it("refuses what was accepted or declined", async () => {
    const team = await staffedTeam(system);
    const accepted = await invitedTo(team, { email: "has.accepted@example.com", status: "accepted" });
    await refused(() => revoke(team.owner, accepted.id), 409, "invitation_used");
    const declined = await invitedTo(team, { email: "has.declined@example.com", status: "declined" });
    await refused(() => revoke(team.owner, declined.id), 409, "invitation_declined");
  });

  it("refuses what is not there, or another team's", async () => {
    const [team, other] = [await staffedTeam(system), await staffedTeam(system)];
    await refused(() => revoke(team.owner, "no-such-invitation"), 404, "invitation_not_found");
    const theirs = await invitedTo(other, {});
    await refused(() => revoke(team.owner, theirs.id), 404, "invitation_not_found");
  });

  it("makes room for a new invitation to the same address", async () => {
    const team = await staffedTeam(system);
    const first = await invite(team.owner, { email: "once.more@example.com" });
    await revoke(team.owner, idOf(first));
    const second = await invite(team.owner, { email: "once.more@example.com" });
    assert.equal(second.status, 201);
    assert.notEqual(idOf(second), idOf(first));
  });
});

describe("list", () => {
  it("shows the open invitations and never a token", async () => {
    const team = await staffedTeam(system);
    const started = Date.now();
    const live = await invite(team.owner, { email: "live.one@example.com", role: "admin" });
    const over = await invite(team.admin, { email: "over.one@example.com" });
    const ranOut = Date.now() - 1;
    await system.sql("UPDATE organization_invitations SET created_at = created_at + 1000, expires_at = ? WHERE id = ?", ranOut, idOf(over));
    await invitedTo(team, { email: "revoked.one@example.com", status: "revoked" });

    const reply = await as(team.admin, "invite-user", "list");
    succeeds(reply, 200, {
      invitations: [
        {
          id: idOf(live), email: "live.one@example.com", role: "admin", status: "pending",
          invitedBy: team.owner.name, createdAt: timeSince(started), expiresAt: timeSince(started + WEEK, Date.now() + WEEK),
        },
        {
          id: idOf(over), email: "over.one@example.com", role: "member", status: "expired",
          invitedBy: team.admin.name, createdAt: timeSince(started, Date.now() + SECOND), expiresAt: time(ranOut),
        },
      ],
      seatInfo: { currentSeats: 4, seatLimit: 10, pending: 1, remaining: 5 },
    });
    for (const secret of [tokenOf(live), tokenOf(over), sha256(tokenOf(live))]) {
      assert.ok(!reply.text.includes(secret), "a list shows neither a token nor its hash");
    }
  });

  it("is empty where nobody is invited", async () => {
    const team = await staffedTeam(system);
    succeeds(await as(team.owner, "invite-user", "list"), 200, {
      invitations: [],
      seatInfo: { currentSeats: 4, seatLimit: 10, pending: 0, remaining: 6 },
    });
  });
});

describe("accept", () => {
  it("gives the invitee the seat and makes the team the current organization", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const sent = await invite(team.owner, { email: invitee.email, role: "admin" });
    const reply = await accept(invitee, tokenOf(sent));
    succeeds(reply, 200, {
      organization: { id: team.id, name: team.name, slug: team.slug, role: "admin", seatLimit: 10, currentSeats: 5, isAdmin: true },
    });
    assert.equal(await roleOf(team, invitee), "admin");
    const [user] = await system.sql("SELECT current_organization_id FROM users WHERE id = ?", invitee.id);
    assert.equal(user?.["current_organization_id"], team.id);
    assert.equal((await invitationRow(idOf(sent)))?.["status"], "accepted");
    const list = await system.call("manage-members", { method: "GET", token: invitee.token });
    assert.equal(textAt(list, "organization", "id"), team.id);
  });

  it("gives a member no right to manage", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const sent = await invite(team.owner, { email: invitee.email });
    const reply = await accept(invitee, tokenOf(sent));
    succeeds(reply, 200, {
      organization: { id: team.id, name: team.name, slug: team.slug, role: "member", seatLimit: 10, currentSeats: 5, isAdmin: false },
    });
  });

  it("is the action of a body without one", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const sent = await invite(team.owner, { email: invitee.email });
    const reply = await system.call("accept-invitation", { body: { token: tokenOf(sent) }, token: invitee.token });
    assert.equal(reply.status, 200);
  });

  it("matches the address in whatever case either side writes it", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual({ email: "mixed.case@example.com" });
    const sent = await invite(team.owner, { email: "Mixed.CASE@Example.Com" });
    const shouting = token({ sub: invitee.id, email: "MIXED.case@EXAMPLE.com" });
    assert.equal((await accept({ ...invitee, token: shouting }, tokenOf(sent))).status, 200);
  });

  it("takes an invitee who was never seen before", async () => {
    const team = await staffedTeam(system);
    const sent = await invite(team.owner, { email: "brand.new@example.com" });
    const id = randomUUID();
    const reply = await system.call("accept-invitation", {
      action: "accept", body: { token: tokenOf(sent) }, token: token({ sub: id, email: "brand.new@example.com" }),
    });
    assert.equal(reply.status, 200);
    const rows = await system.sql("SELECT organization_id FROM organization_members WHERE user_id = ?", id);
    assert.equal(rows.length, 2, "the personal organization and the team");
  });

  it("counts a newer verified address in the token", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual({ email: "old.address@example.com" });
    const sent = await invite(team.owner, { email: "new.address@example.com" });
    await refused(() => accept(invitee, tokenOf(sent)), 403, "wrong_recipient");

    const [row] = await system.sql("SELECT email_updated_at FROM users WHERE id = ?", invitee.id);
    const known = Math.floor(Number(row?.["email_updated_at"]) / 1000);
    const stale = token({ sub: invitee.id, email: "new.address@example.com", iat: known - 3600 });
    await refused(() => accept({ ...invitee, token: stale }, tokenOf(sent)), 403, "wrong_recipient");

    const newer = token({ sub: invitee.id, email: "new.address@example.com", iat: known + 1 });
    assert.equal((await accept({ ...invitee, token: newer }, tokenOf(sent))).status, 200);
    const [user] = await system.sql("SELECT email, email_verified FROM users WHERE id = ?", invitee.id);
    assert.deepEqual(user, { email: "new.address@example.com", email_verified: 1 });
  });

  it("counts what was told of the address last, whatever was refused in between and whatever comes first", async () => {
    const team = await staffedTeam(system);
    const now = Math.floor(Date.now() / 1000);
    const told = (id: string, at: number, verified: boolean | undefined, email: string) => ({ token: token({ sub: id, email, email_verified: verified, iat: now + at }) });
    const [one, two] = ["ada.of.two@example.com", "byron.of.two@example.com"];
    // A word for one address, a denial of the other, a session for the first, and a word that lifts the denial.
    const TOLD: [number, boolean | undefined, string][] = [[-40, true, one], [-30, false, two], [-10, undefined, one], [-20, true, two]];
    const ends = new Set<string>();
    for (const order of ORDERS) {
      const id = randomUUID();
      const sent = await invitedTo(team, { email: "somebody.else.of.two@example.com" });
      for (const place of order) {
        const [at, verified, email] = TOLD[place] ?? assert.fail();
        const reply = await accept(told(id, at, verified, email), sent.token);
        refuses(reply, 403, "wrong_recipient");
      }
      const rows = await system.sql("SELECT email, email_verified, email_updated_at, email_said_at, concluded_email, concluded_verified, concluded_at FROM users WHERE id = ?", id);
      ends.add(JSON.stringify(rows));
      await system.sql("DELETE FROM organization_invitations WHERE id = ?", sent.id);
    }
    assert.deepEqual([...ends].map((end) => (JSON.parse(end) as Row[]).map(({ email, email_verified: verified }) => [email, verified])), [[[one, 1]]]);
  });

  it("records who came and tells the product", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const sent = await invite(team.owner, { email: invitee.email });
    await accept(invitee, tokenOf(sent));
    const audit = await system.sql("SELECT organization_id, actor_id, action FROM audit_events WHERE target_id = ? AND actor_id = ?", idOf(sent), invitee.id);
    assert.deepEqual(audit, [{ organization_id: team.id, actor_id: invitee.id, action: "invitation.accepted" }]);
    const outbox = await system.sql("SELECT organization_id, event_type FROM outbox WHERE target_id = ?", invitee.id);
    assert.deepEqual(outbox, [{ organization_id: team.id, event_type: "member.added" }]);
  });

  describe("refuses, in this order,", () => {
    it("what is unknown: 404", async () => {
      const somebody = await world.individual();
      for (const unknown of ["A".repeat(43), "short", "' OR 1=1 --", sha256("hash")]) {
        await refused(() => accept(somebody, unknown), 404, "invitation_not_found");
      }
    });

    it("the hash of a token: 404", async () => {
      const team = await staffedTeam(system);
      const invitee = await world.individual();
      const sent = await invite(team.owner, { email: invitee.email });
      await refused(() => accept(invitee, sha256(tokenOf(sent))), 404, "invitation_not_found");
    });

    it("whoever is not the recipient: 403, in every state of the invitation", async () => {
      const [team, somebody] = [await staffedTeam(system), await world.individual()];
      for (const status of ["pending", "accepted", "revoked", "declined", "expired"] as const) {
        const sent = await invitedTo(team, { email: `for.somebody.else.${status}@example.com`, status });
        await refused(() => accept(somebody, sent.token), 403, "wrong_recipient");
        await refused(() => decline(somebody, sent.token), 403, "wrong_recipient");
      }
    });

    it("an address that looks alike: 403", async () => {
      const team = await staffedTeam(system);
      const invitee = await world.individual({ email: "ada@example.com.evil.example" });
      const sent = await invite(team.owner, { email: "ada@example.com" });
      await refused(() => accept(invitee, tokenOf(sent)), 403, "wrong_recipient");
    });

    it("the recipient whose address is not verified: 403", async () => {
      const team = await staffedTeam(system);
      const invitee = await world.individual({ emailVerified: false });
      const sent = await invite(team.owner, { email: invitee.email });
      const doubtful = { ...invitee, token: token({ sub: invitee.id, email: invitee.email, email_verified: false }) };
      await refused(() => accept(doubtful, tokenOf(sent)), 403, "email_not_verified");
      await refused(() => decline(doubtful, tokenOf(sent)), 403, "email_not_verified");
    });

    it("what the recipient says in their own metadata: 403", async () => {
      const team = await staffedTeam(system);
      const invitee = await world.individual({ email: "real.address@example.com" });
      const sent = await invite(team.owner, { email: "coveted@example.com" });
      const boasting = token({
        sub: invitee.id, email: "real.address@example.com",
        user_metadata: { email: "coveted@example.com", email_verified: true },
      });
      await refused(() => accept({ ...invitee, token: boasting }, tokenOf(sent)), 403, "wrong_recipient");
    });

    it("what was used, taken back or declined: 409, also when its week is over", async () => {
      const team = await staffedTeam(system);
      for (const [status, code] of [["accepted", "invitation_used"], ["revoked", "invitation_revoked"], ["declined", "invitation_declined"]] as const) {
        const invitee = await world.individual();
        const sent = await invitedTo(team, { email: invitee.email, status, expiresAt: Date.now() - DAY });
        await refused(() => accept(invitee, sent.token), 409, code);
      }
    });

    it("what has run out: 410, also for a member and with a full house", async () => {
      const team = await staffedTeam(system, { plan: await planWith(system, { seats: 1 }) });
      const invitee = await world.individual();
      const sent = await invitedTo(team, { email: invitee.email, expiresAt: Date.now() - 1 });
      await refused(() => accept(invitee, sent.token), 410, "invitation_expired");
      const forMember = await invitedTo(team, { email: team.member.email, expiresAt: Date.now() - 1 });
      await refused(() => accept(team.member, forMember.token), 410, "invitation_expired");
      assert.equal(await roleOf(team, team.member), "member");
    });

    it("what was replaced by a newer invitation: 410", async () => {
      const team = await staffedTeam(system);
      const invitee = await world.individual();
      const old = await invite(team.owner, { email: invitee.email });
      await expire(idOf(old));
      const fresh = await invite(team.owner, { email: invitee.email });
      assert.equal(fresh.status, 201);
      assert.notEqual(idOf(fresh), idOf(old), "a new invitation, not the old one prolonged");
      await refused(() => accept(invitee, tokenOf(old)), 410, "invitation_expired");
      assert.equal((await accept(invitee, tokenOf(fresh))).status, 200);
    });

    it("somebody who is a member already: 409, with their role kept and the invitation left open", async () => {
      const team = await staffedTeam(system, { plan: await planWith(system, { seats: 4 }) });
      for (const who of [team.owner, team.admin, team.viewer]) {
        const before = await roleOf(team, who);
        const sent = await invitedTo(team, { email: who.email, role: "member" });
        await refused(() => accept(who, sent.token), 409, "already_member");
        assert.equal(await roleOf(team, who), before);
        assert.equal((await invitationRow(sent.id))?.["status"], "pending");
      }
    });

    it("a team whose plan has ended: 402", async () => {
      const team = await endedTeam(system);
      const invitee = await world.individual();
      const sent = await invitedTo(team, { email: invitee.email });
      await refused(() => accept(invitee, sent.token), 402, "subscription_required", ENDED);
      assert.equal((await invitationRow(sent.id))?.["status"], "pending");
    });

    it("a full house: 429, and the invitation stays open", async () => {
      const team = await staffedTeam(system);
      const invitee = await world.individual();
      const sent = await invite(team.owner, { email: invitee.email });
      const small = await planWith(system, { seats: 4 });
      await system.sql("UPDATE org_subscriptions SET plan_id = ? WHERE organization_id = ?", small, team.id);
      const full = { seatLimitExceeded: true, currentSeats: 4, seatLimit: 4, upgradeRequired: true };
      await refused(() => accept(invitee, tokenOf(sent)), 429, "seat_limit_exceeded", full);
      assert.equal((await invitationRow(idOf(sent)))?.["status"], "pending");

      await as(team.owner, "manage-members", "remove", { memberId: team.viewer.id });
      assert.equal((await accept(invitee, tokenOf(sent))).status, 200, "with a seat free again");
    });
  });

  it("counts members only: other people's invitations do not stand in the way, nor does one's own", async () => {
    const team = await staffedTeam(system, { plan: await planWith(system, { seats: 6 }) });
    const invitee = await world.individual();
    const sent = await invite(team.owner, { email: invitee.email });
    await invite(team.owner, { email: "holds.the.last.seat@example.com" });
    const tight = await planWith(system, { seats: 5 });
    await system.sql("UPDATE org_subscriptions SET plan_id = ? WHERE organization_id = ?", tight, team.id);
    const reply = await accept(invitee, tokenOf(sent));
    assert.equal(reply.status, 200);
    assert.deepEqual(at(reply, "organization", "currentSeats"), 5);
  });

  it("works once: afterwards the invitation is used", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const sent = await invite(team.owner, { email: invitee.email });
    assert.equal((await accept(invitee, tokenOf(sent))).status, 200);
    await refused(() => accept(invitee, tokenOf(sent)), 409, "invitation_used");
    await as(team.owner, "manage-members", "remove", { memberId: invitee.id });
    await refused(() => accept(invitee, tokenOf(sent)), 409, "invitation_used");
    assert.equal((await invite(team.owner, { email: invitee.email })).status, 201, "a removed member may be invited again");
  });

  it("lives for seven days less a moment", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const sent = await invitedTo(team, { email: invitee.email, expiresAt: Date.now() + 60_000 });
    assert.equal((await accept(invitee, sent.token)).status, 200);
  });
});

describe("decline", () => {
  it("says no for good", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const sent = await invite(team.owner, { email: invitee.email });
    succeeds(await decline(invitee, tokenOf(sent)), 200, { invitationId: idOf(sent), organizationName: team.name });
    await refused(() => accept(invitee, tokenOf(sent)), 409, "invitation_declined");
    await refused(() => decline(invitee, tokenOf(sent)), 409, "invitation_declined");
    assert.equal(await roleOf(team, invitee), undefined);
    assert.equal((await invite(team.owner, { email: invitee.email })).status, 201, "asking again is allowed");
  });

  it("works also when the week is over", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const sent = await invitedTo(team, { email: invitee.email, expiresAt: Date.now() - DAY });
    succeeds(await decline(invitee, sent.token), 200, { invitationId: sent.id, organizationName: team.name });
  });

  it("refuses what is unknown or was used", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    await refused(() => decline(invitee, "B".repeat(43)), 404, "invitation_not_found");
    const used = await invitedTo(team, { email: invitee.email, status: "accepted" });
    await refused(() => decline(invitee, used.token), 409, "invitation_used");
  });
});

describe("preview", () => {
  it("shows what it is about without signing in, and the address masked", async () => {
    const team = await staffedTeam(system);
    const sent = await invite(team.owner, { email: "mary.shelley@example.com", role: "viewer" });
    succeeds(await preview(tokenOf(sent)), 200, {
      invitation: {
        organizationName: team.name,
        role: "viewer",
        invitedBy: team.owner.name,
        email: "m***@example.com",
        expiresAt: textAt(sent, "invitation", "expiresAt"),
      },
    });
  });

  it("uses nothing up, however often a link scanner looks", async () => {
    const team = await staffedTeam(system);
    const invitee = await world.individual();
    const sent = await invite(team.owner, { email: invitee.email });
    const before = await system.snapshot();
    for (let look = 0; look < 20; look += 1) assert.equal((await preview(tokenOf(sent))).status, 200);
    assert.equal(await system.snapshot(), before);
    assert.equal((await accept(invitee, tokenOf(sent))).status, 200);
  });

  it("takes no notice of who is signed in, or of a token that is no good", async () => {
    const team = await staffedTeam(system);
    const sent = await invite(team.owner, { email: "anyone@example.com" });
    for (const bearer of [team.viewer.token, "garbage"]) {
      const reply = await system.call("accept-invitation", { action: "preview", body: { token: tokenOf(sent) }, token: bearer });
      assert.equal(reply.status, 200);
    }
  });

  it("refuses what can no longer be accepted", async () => {
    const team = await staffedTeam(system);
    await refused(() => preview("C".repeat(43)), 404, "invitation_not_found");
    for (const [status, code] of [["accepted", "invitation_used"], ["revoked", "invitation_revoked"], ["declined", "invitation_declined"]] as const) {
      const sent = await invitedTo(team, { email: `preview.${status}@example.com`, status });
      await refused(() => preview(sent.token), 409, code);
    }
    const over = await invitedTo(team, { email: "preview.over@example.com", expiresAt: Date.now() - 1 });
    await refused(() => preview(over.token), 410, "invitation_expired");
  });
});

const ENDED = { plan: "Enterprise", status: "trialing", upgradeRequired: true };

describe("a team whose plan has ended", () => {
  it("adds nobody", async () => {
    const team = await endedTeam(system);
    await refused(() => invite(team.owner, { email: "too.late@example.com" }), 402, "subscription_required", ENDED);
    const open = await invitedTo(team, {});
    await refused(() => resend(team.owner, open.id), 402, "subscription_required", ENDED);
  });

  it("goes on with what adds nobody: decline, revoke, list, preview", async () => {
    const team = await endedTeam(system);
    const invitee = await world.individual();
    const sent = await invitedTo(team, { email: invitee.email });
    const other = await invitedTo(team, {});
    assert.equal((await preview(sent.token)).status, 200);
    assert.equal((await as(team.owner, "invite-user", "list")).status, 200);
    assert.equal((await decline(invitee, sent.token)).status, 200);
    assert.equal((await revoke(team.owner, other.id)).status, 200);
  });

  for (const status of ["incomplete", "unpaid", "canceled", "paused"]) {
    it(`is one that is ${status}`, async () => {
      const team = await staffedTeam(system);
      await system.sql("UPDATE org_subscriptions SET status = ? WHERE organization_id = ?", status, team.id);
      await refused(() => invite(team.owner, { email: "ended@example.com" }), 402, "subscription_required", { ...ENDED, status });
    });
  }

  it("is not one that pays", async () => {
    const team = await endedTeam(system);
    await system.sql("UPDATE org_subscriptions SET status = 'active' WHERE organization_id = ?", team.id);
    assert.equal((await invite(team.owner, { email: "in.time@example.com" })).status, 201);
  });
});
