// Which operations touch the same rule, as requests in one scene.
import { randomUUID } from "node:crypto";
import { changeAsk, clerkAsk, clerkUser, supabaseRow } from "../../harness/provider-messages.ts";
import type { Ask } from "../../harness/system.ts";
import { DAY, MINUTE, type Invitation, type Person, type Team, type World } from "../../harness/world.ts";

export interface Step {
  fn: string;
  /** As `tests/harness/calls.ts` names it. */
  action: string;
  ask: Ask;
  /** How many batches of the request run before the one that is meant: a first touch signs up with its second one. */
  before?: number;
}

export interface Pair {
  name: string;
  /** What both could break together. */
  rule: string;
  steps(world: World): Promise<[Step, Step]>;
}

interface Cast {
  team: Team;
  second: Person;
  guest: Person;
  other: Person;
  invitation: Invitation;
  otherInvitation: Invitation;
}

const step = (fn: string, action: string, who: Pick<Person, "token">, body: Record<string, unknown> = {}): Step =>
  ({ fn, action, ask: { action, token: who.token, body } });
const usage = (action: string, who: Pick<Person, "token">, body: Record<string, unknown>): Step =>
  ({ fn: "track-usage", action, ask: { path: `/${action}`, token: who.token, body } });
const identity = (action: string, ask: Ask, before = 0): Step => ({ fn: "identity", action, ask, before });

/** A team with a second owner, an admin and a member; two people are invited. */
async function cast(world: World): Promise<Cast> {
  const team = await world.team({ members: { owner: 1, admin: 1, member: 1 } });
  const [guest, other] = [await world.individual(), await world.individual()];
  const invite = (email: string) => world.invitation({ organizationId: team.id, invitedBy: team.owner, email });
  const [invitation, otherInvitation] = [await invite(guest.email), await invite(other.email)];
  const second = team.owners.find(({ id }) => id !== team.owner.id);
  if (second === undefined) throw new Error("The team has a second owner.");
  return { team, second, guest, other, invitation, otherInvitation };
}

const SEATS = 10;

/** The same with one seat left beside those that are taken: members, and perhaps those who are invited. */
async function lastSeat(world: World, invited = 0): Promise<Cast> {
  const made = await cast(world);
  const { team } = made;
  const members = team.owners.length + team.admins.length + team.members.length;
  for (let taken = members + invited; taken < SEATS - 1; taken += 1) await world.join(team.id, await world.individual(), "member");
  return made;
}

const of = (name: string, rule: string, steps: Pair["steps"]): Pair => ({ name, rule, steps });
const member = ({ team }: Cast): Person => one(team.members);
const admin = ({ team }: Cast): Person => one(team.admins);
const one = (people: Person[]): Person => {
  const [person] = people;
  if (person === undefined) throw new Error("Nobody is there.");
  return person;
};

const accept = (who: Person, { token }: Invitation): Step => step("accept-invitation", "accept", who, { token });
const deletion = (who: Person): Step => identity("clerk", clerkAsk("user.deleted", { id: who.id, deleted: true }));

const webhooks = (action: string, who: Person, body: Record<string, unknown>): Step => ({ fn: "webhooks", action, ask: { path: `/${action}`, token: who.token, body } });

const account = (action: string, who: Pick<Person, "token">, body: Record<string, unknown> = {}, method = "POST"): Step =>
  ({ fn: "account", action, ask: { path: `/${action}`, method, token: who.token, body } });

const ofStaff = (action: string, who: Pick<Person, "token">, body: Record<string, unknown>): Step =>
  ({ fn: "console", action, ask: { path: `/${action}`, token: who.token, body: { reason: "a ticket", ...body } } });

export const PAIRS: readonly Pair[] = [
  of("account-type of each other", "one super_admin stays", async (world) => {
    const [one, other] = [await world.staff("super_admin"), await world.staff("super_admin")];
    return [ofStaff("account-type", one, { user: other.id, accountType: "user" }), ofStaff("account-type", other, { user: one.id, accountType: "user" })];
  }),
  of("ban of each other", "whoever is banned does nothing more", async (world) => {
    const [one, other] = [await world.staff("super_admin"), await world.staff("super_admin")];
    return [ofStaff("ban", one, { user: other.id }), ofStaff("ban", other, { user: one.id })];
  }),
  of("ban and account-type of whoever bans", "whoever is demoted does nothing more", async (world) => {
    const [admin, boss, person] = [await world.staff("admin"), await world.staff("super_admin"), await world.individual()];
    return [ofStaff("ban", admin, { user: person.id }), ofStaff("account-type", boss, { user: admin.id, accountType: "user" })];
  }),
  of("transfer-ownership by the operator and removal of the heir", "there is always an owner", async (world) => {
    const [staff, made] = [await world.staff("admin"), await cast(world)];
    const heir = member(made);
    return [ofStaff("transfer-ownership", staff, { organization: made.team.id, user: heir.id }), step("manage-members", "remove", made.team.owner, { memberId: heir.id })];
  }),
  of("archive by the operator and accept", "nobody joins what is archived", async (world) => {
    const [staff, made] = [await world.staff("admin"), await cast(world)];
    return [ofStaff("archive", staff, { organization: made.team.id }), accept(made.guest, made.invitation)];
  }),
  of("archive by the operator and switch-organization", "nobody works in what is archived", async (world) => {
    const [staff, made] = [await world.staff("admin"), await cast(world)];
    return [ofStaff("archive", staff, { organization: made.team.id }), account("switch-organization", member(made), { organizationId: made.team.id })];
  }),
  of("resend-invitation by the operator and accept", "the invitation's state", async (world) => {
    const [staff, made] = [await world.staff("admin"), await cast(world)];
    return [ofStaff("resend-invitation", staff, { organization: made.team.id, invitation: made.invitation.id }), accept(made.guest, made.invitation)];
  }),
  of("override-limit and another one", "of two overrides of a limit one holds", async (world) => {
    const [one, other, made] = [await world.staff("admin"), await world.staff("admin"), await cast(world)];
    const body = { organization: made.team.id, feature: "seats", endsAt: new Date(Date.now() + 86_400_000).toISOString() };
    return [ofStaff("override-limit", one, { ...body, limit: 7 }), ofStaff("override-limit", other, { ...body, limit: 9 })];
  }),
  of("grant-usage and the same once more", "under a key it is granted once", async (world) => {
    const [staff, made] = [await world.staff("admin"), await cast(world)];
    const body = { organization: made.team.id, feature: "uploads", quantity: 5, idempotencyKey: "ticket-1" };
    return [ofStaff("grant-usage", staff, body), ofStaff("grant-usage", staff, body)];
  }),
  of("delete-person and account-type", "nobody of the staff is deleted", async (world) => {
    const [one, other, person] = [await world.staff("super_admin"), await world.staff("super_admin"), await world.individual()];
    return [ofStaff("delete-person", one, { user: person.id }), ofStaff("account-type", other, { user: person.id, accountType: "admin" })];
  }),

  of("username and the same username", "one person a username", async (world) => {
    const [one, other] = [await world.individual(), await world.individual()];
    return [account("username", one, { username: "countess" }), account("username", other, { username: "Countess" })];
  }),
  of("profile and profile", "each changes its own", async (world) => {
    const person = await world.individual();
    return [account("profile", person, { firstName: "Ada" }, "PATCH"), account("profile", person, { lastName: "King", updatedAt: null }, "PATCH")];
  }),
  of("the 30th step and another one", "so many steps a person", async (world) => {
    const person = await world.individual();
    await world.steps(person, 29);
    return [account("onboarding", person, { step: "one" }), account("onboarding", person, { step: "other" })];
  }),
  of("complete-onboarding and its user's deletion", "nothing is left of somebody", async (world) => {
    const person = await world.individual();
    await world.username(person, "countess");
    return [account("complete-onboarding", person), deletion(person)];
  }),
  of("profile and its user's deletion", "nothing is left of somebody", async (world) => {
    const person = await world.individual();
    return [account("profile", person, { firstName: "Ada" }, "PATCH"), deletion(person)];
  }),
  of("switch-organization and removal", "a member's current organization", async (world) => {
    const made = await cast(world);
    const { team } = made;
    const leaver = member(made);
    return [account("switch-organization", leaver, { organizationId: team.id }), step("manage-members", "remove", team.owner, { memberId: leaver.id })];
  }),
  of("open-package and open-package by the last use of a grant", "so many uses a grant", async (world) => {
    const person = await world.individual();
    const granted = await world.package({ locked: true });
    await world.grant(person, granted, 1);
    return [account("open-package", person, { package: granted }), account("open-package", person, { package: granted })];
  }),
  of("preferences and preferences", "each changes its own", async (world) => {
    const person = await world.individual();
    const prefer = (preferences: Record<string, unknown>) => account("preferences", person, { preferences }, "PATCH");
    return [prefer({ sessionMinutes: 30, audio: { volume: 5 } }), prefer({ sessionMinutes: null, audio: { volume: 6 } })];
  }),
  of("analytics under one key", "one key counts once", async (world) => {
    const person = await world.individual();
    return [account("analytics", person, { seconds: 60, idempotencyKey: "k" }), account("analytics", person, { seconds: 90, idempotencyKey: "k" })];
  }),
  of("update-organization and update-organization", "each changes its own", async (world) => {
    const { team, second } = await cast(world);
    const update = (who: Person, body: Record<string, unknown>) => account("update-organization", who, body, "PATCH");
    return [update(team.owner, { description: "One", name: "One Team" }), update(second, { description: null, settings: { a: 1 } })];
  }),
  of("update-organization to one slug", "a slug", async (world) => {
    const [one, other] = [await world.team(), await world.team()];
    return [account("update-organization", one.owner, { slug: "the-same" }, "PATCH"), account("update-organization", other.owner, { slug: "the-same" }, "PATCH")];
  }),
  of("archive-organization and accept", "nobody joins what is archived", async (world) => {
    const { team, guest, invitation } = await cast(world);
    return [account("archive-organization", team.owner, { organizationId: team.id }), accept(guest, invitation)];
  }),
  of("archive-organization and switch-organization", "nobody works in what is archived", async (world) => {
    const { team, second } = await cast(world);
    return [account("archive-organization", team.owner, { organizationId: team.id }), account("switch-organization", second, { organizationId: team.id })];
  }),
  of("restore-organization twice", "it is restored once", async (world) => {
    const { team, second } = await cast(world);
    await world.archive(team);
    return [account("restore-organization", team.owner, { organizationId: team.id }), account("restore-organization", second, { organizationId: team.id })];
  }),
  of("restore-organization and its owner's deletion", "there is always an owner", async (world) => {
    const team = await world.team();
    await world.archive(team);
    return [account("restore-organization", team.owner, { organizationId: team.id }), deletion(team.owner)];
  }),
  of("end-other-sessions and validate", "the number of live sessions of one person", async (world) => {
    const person = await world.individual();
    await world.session({ user: person, id: "old" });
    return [account("end-other-sessions", person), step("manage-session", "validate", person, { sessionId: "new" })];
  }),
  of("create and create an endpoint in the last place", "so many endpoints an organization", async (world) => {
    const { team, second } = await cast(world);
    for (let number = 0; number < 19; number += 1) await world.endpoint({ organizationId: team.id });
    const create = (who: Person) => webhooks("create", who, { url: "https://hooks.example.com/" });
    return [create(team.owner), create(second)];
  }),
  of("rotate and rotate", "the newest secret and the one before it", async (world) => {
    const { team, second } = await cast(world);
    const endpoint = await world.endpoint({ organizationId: team.id });
    return [webhooks("rotate", team.owner, { endpoint }), webhooks("rotate", second, { endpoint })];
  }),
  of("remove and rotate", "what is removed has no secret", async (world) => {
    const { team, second } = await cast(world);
    const endpoint = await world.endpoint({ organizationId: team.id });
    return [webhooks("remove", team.owner, { endpoint }), webhooks("rotate", second, { endpoint })];
  }),
  of("update and pause", "each changes its own", async (world) => {
    const { team, second } = await cast(world);
    const endpoint = await world.endpoint({ organizationId: team.id });
    return [webhooks("update", team.owner, { endpoint, eventTypes: ["user.deleted"] }), webhooks("pause", second, { endpoint })];
  }),
  of("resume and redeliver", "each changes its own", async (world) => {
    const { team, second } = await cast(world);
    const endpoint = await world.endpoint({ organizationId: team.id });
    return [webhooks("resume", team.owner, { endpoint }), webhooks("redeliver", second, { endpoint, since: "2026-03-01T00:00:00Z" })];
  }),
  of("accept and accept", "seats", async (world) => {
    const { guest, other, invitation, otherInvitation } = await lastSeat(world);
    return [accept(guest, invitation), accept(other, otherInvitation)];
  }),
  of("accept twice", "one membership", async (world) => {
    const { guest, invitation } = await cast(world);
    return [accept(guest, invitation), accept(guest, invitation)];
  }),
  of("accept and revoke", "the invitation's state", async (world) => {
    const { team, guest, invitation } = await cast(world);
    return [accept(guest, invitation), step("invite-user", "revoke", team.owner, { invitationId: invitation.id })];
  }),
  of("accept and resend", "the invitation's state", async (world) => {
    const { team, guest, invitation } = await cast(world);
    return [accept(guest, invitation), step("invite-user", "resend", team.owner, { invitationId: invitation.id })];
  }),
  of("decline and accept", "the invitation's state", async (world) => {
    const { guest, invitation } = await cast(world);
    return [step("accept-invitation", "decline", guest, { token: invitation.token }), accept(guest, invitation)];
  }),
  of("decline and revoke", "the invitation's state", async (world) => {
    const { team, guest, invitation } = await cast(world);
    return [step("accept-invitation", "decline", guest, { token: invitation.token }),
      step("invite-user", "revoke", team.owner, { invitationId: invitation.id })];
  }),
  of("invite and invite to the last seat", "seats", async (world) => {
    const made = await lastSeat(world, 2);
    const invite = (who: Person) => step("invite-user", "invite", who, { email: `${randomUUID()}@example.com` });
    return [invite(made.team.owner), invite(made.second)];
  }),
  of("invite and invite one address", "one pending invitation an address", async (world) => {
    const { team, second } = await cast(world);
    const invite = (who: Person) => step("invite-user", "invite", who, { email: "same@example.com" });
    return [invite(team.owner), invite(second)];
  }),
  of("invite and accept", "seats", async (world) => {
    const { team, guest, invitation } = await lastSeat(world, 2);
    return [step("invite-user", "invite", team.owner, { email: `${randomUUID()}@example.com` }), accept(guest, invitation)];
  }),
  of("accept and the inviter's demotion", "who sent it may still invite", async (world) => {
    const made = await cast(world);
    const guest = await world.individual();
    const invitation = await world.invitation({ organizationId: made.team.id, invitedBy: admin(made), email: guest.email });
    return [accept(guest, invitation),
      step("manage-members", "change_role", made.team.owner, { memberId: admin(made).id, newRole: "member" })];
  }),
  of("invite and the inviter's removal", "who may invite", async (world) => {
    const made = await cast(world);
    return [step("invite-user", "invite", admin(made), { email: `${randomUUID()}@example.com` }),
      step("manage-members", "remove", made.team.owner, { memberId: admin(made).id })];
  }),
  of("resend and resend", "the newest token", async (world) => {
    const { team, second, invitation } = await cast(world);
    const resend = (who: Person) => step("invite-user", "resend", who, { invitationId: invitation.id });
    return [resend(team.owner), resend(second)];
  }),
  of("two owners take the role from each other", "the last owner", async (world) => {
    const { team, second } = await cast(world);
    const demote = (who: Person, whom: Person) => step("manage-members", "change_role", who, { memberId: whom.id, newRole: "member" });
    return [demote(team.owner, second), demote(second, team.owner)];
  }),
  of("two owners remove each other", "the last owner", async (world) => {
    const { team, second } = await cast(world);
    const remove = (who: Person, whom: Person) => step("manage-members", "remove", who, { memberId: whom.id });
    return [remove(team.owner, second), remove(second, team.owner)];
  }),
  of("two owners leave", "the last owner", async (world) => {
    const { team, second } = await cast(world);
    return [step("manage-members", "leave", team.owner), step("manage-members", "leave", second)];
  }),
  of("a transfer and the heir's leaving", "the last owner", async (world) => {
    const made = await cast(world);
    return [step("manage-members", "transfer_ownership", made.team.owner, { memberId: member(made).id }), step("manage-members", "leave", member(made))];
  }),
  of("two transfers", "the last owner", async (world) => {
    const made = await cast(world);
    return [step("manage-members", "transfer_ownership", made.team.owner, { memberId: member(made).id }),
      step("manage-members", "transfer_ownership", made.second, { memberId: made.team.owner.id })];
  }),
  of("a change of role and a removal", "who may still do it", async (world) => {
    const made = await cast(world);
    return [step("manage-members", "change_role", admin(made), { memberId: member(made).id, newRole: "viewer" }),
      step("manage-members", "remove", made.team.owner, { memberId: admin(made).id })];
  }),
  of("two sign-ins", "one live session", async (world) => {
    const who = await world.individual();
    return [step("manage-session", "validate", who, { sessionId: "one" }), step("manage-session", "validate", who, { sessionId: "two" })];
  }),
  of("two sign-ins that would rather be refused", "one live session", async (world) => {
    const who = await world.individual();
    const validate = (sessionId: string) => step("manage-session", "validate", who, { sessionId, onConflict: "reject" });
    return [validate("one"), validate("two")];
  }),
  of("a sign-in and a sleeper's heartbeat", "one live session", async (world) => {
    const who = await world.individual();
    await world.session({ user: who, id: "sleeper", lastHeartbeatAt: Date.now() - 10 * MINUTE });
    return [step("manage-session", "validate", who, { sessionId: "two" }), step("manage-session", "heartbeat", who, { sessionId: "sleeper" })];
  }),
  of("a sign-in and its sign-out", "one live session", async (world) => {
    const who = await world.individual();
    await world.session({ user: who, id: "one", lastHeartbeatAt: Date.now() - MINUTE });
    return [step("manage-session", "validate", who, { sessionId: "two" }), step("manage-session", "terminate", who, { sessionId: "one" })];
  }),
  of("two uploads for the last place", "the meter's room", async (world) => {
    const who = await world.individual();
    await world.uploads(who.organizationId, 99);
    return [step("track-upload", "count", who, { uploadType: "rate_sheet" }), step("track-upload", "count", who, { uploadType: "comparison" })];
  }),
  of("an upload and its meter's other face", "the meter's room", async (world) => {
    const who = await world.individual();
    await world.uploads(who.organizationId, 99);
    return [step("track-upload", "count", who, { uploadType: "rate_sheet" }), usage("track", who, { feature: "uploads" })];
  }),
  of("a part and the rest", "the meter's room", async (world) => {
    const who = await world.individual();
    await world.uploads(who.organizationId, 95);
    return [usage("track", who, { feature: "uploads", quantity: 4 }), usage("track", who, { feature: "uploads", quantity: 4, mode: "cap" })];
  }),
  of("a gauge that is set and released", "a gauge is never below nothing", async (world) => {
    const who = await world.individual();
    await world.gauge("records", 10);
    return [usage("set", who, { feature: "records", value: 5 }), usage("release", who, { feature: "records", quantity: 3 })];
  }),
  of("one alert acknowledged twice", "once", async (world) => {
    const [who, now] = [await world.individual(), Date.now()];
    await world.alert(who.organizationId, "80_percent", now);
    const acknowledge = usage("acknowledge", who, { feature: "uploads", alert: "80_percent" });
    return [acknowledge, acknowledge];
  }),
  of("room that is held and room that is used", "the meter's room", async (world) => {
    const who = await world.individual();
    await world.uploads(who.organizationId, 95);
    return [usage("reserve", who, { feature: "uploads", quantity: 4 }), usage("track", who, { feature: "uploads", quantity: 4 })];
  }),
  of("a reservation that is used and given back", "a reservation is settled once", async (world) => {
    const who = await world.individual();
    const reservation = await world.reservation(who, "uploads", 5);
    return [usage("confirm", who, { reservation, quantity: 3 }), usage("release", who, { reservation })];
  }),
  of("a reservation that takes more than it held, and the rest", "the meter's room", async (world) => {
    const who = await world.individual();
    await world.uploads(who.organizationId, 94);
    const reservation = await world.reservation(who, "uploads", 2);
    return [usage("confirm", who, { reservation, quantity: 5 }), usage("track", who, { feature: "uploads", quantity: 4 })];
  }),
  of("two batches for what is left", "the meter's room", async (world) => {
    const who = await world.individual();
    await world.uploads(who.organizationId, 97);
    const events = [{ feature: "uploads", quantity: 2 }, { feature: "uploads", idempotencyKey: "same" }];
    return [usage("batch", who, { events }), usage("batch", who, { events })];
  }),
  of("two calls for what is left", "the meter's room", async (world) => {
    await world.callsAre("uploads");
    const who = await world.individual();
    await world.uploads(who.organizationId, 99);
    return [usage("start-call", who, { type: "talk" }), usage("log-call", who, { type: "talk", seconds: 1 })];
  }),
  of("a call that ends twice", "a call is counted once", async (world) => {
    await world.callsAre("uploads");
    const who = await world.individual();
    const call = await world.call(who, "uploads");
    return [usage("end-call", who, { call }), usage("end-call", who, { call, status: "failed" })];
  }),
  of("two uploads under one key", "one key counts once", async (world) => {
    const who = await world.individual();
    const upload = step("track-upload", "count", who, { uploadType: "rate_sheet", idempotencyKey: "same" });
    return [upload, upload];
  }),
  of("two teams of one founder", "one trial a founder", async (world) => {
    const who = await world.individual();
    return [step("create-organization", "create", who, { name: "First Team" }), step("create-organization", "create", who, { name: "Second Team" })];
  }),
  of("two teams with one slug", "a slug", async (world) => {
    const create = (who: Person) => step("create-organization", "create", who, { name: "A Team", slug: "the-same" });
    return [create(await world.individual()), create(await world.individual())];
  }),
  of("two teams whose names make one slug", "a slug", async (world) => {
    const create = (who: Person) => step("create-organization", "create", who, { name: "Northwind Voice" });
    return [create(await world.individual()), create(await world.individual())];
  }),
  of("two conversions", "is it still personal", async (world) => {
    const who = await world.individual();
    const convert = (name: string): Step => identity("convert", { path: "/convert", token: who.token, body: { name } });
    return [convert("First Team"), convert("Second Team")];
  }),
  of("the way back and an acceptance", "a personal organization has one member", async (world) => {
    const team = await world.team();
    const guest = await world.individual();
    const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner, email: guest.email });
    return [identity("convert-back", { path: "/convert-back", token: team.owner.token, body: {} }), accept(guest, invitation)];
  }),
  of("the way back and an invitation", "nobody is invited to what is personal", async (world) => {
    const team = await world.team();
    return [identity("convert-back", { path: "/convert-back", token: team.owner.token, body: {} }),
      step("invite-user", "invite", team.owner, { email: "late@example.com" })];
  }),
  of("two ways back", "one personal organization a person", async (world) => {
    const team = await world.team();
    const back = (): Step => identity("convert-back", { path: "/convert-back", token: team.owner.token, body: {} });
    return [back(), back()];
  }),
  of("the way back and an upload at home", "the counter that is given up", async (world) => {
    const team = await world.team();
    return [identity("convert-back", { path: "/convert-back", token: team.owner.token, body: {} }),
      { ...step("track-upload", "count", team.owner, { uploadType: "rate_sheet", organizationId: team.owner.organizationId }) }];
  }),
  of("delete and an acceptance", "nobody who is gone joins", async (world) => {
    const { guest, invitation } = await cast(world);
    return [account("delete", guest, { confirm: guest.email }), accept(guest, invitation)];
  }),
  of("delete and the provider's deletion", "it is deleted once", async (world) => {
    const person = await world.individual();
    return [account("delete", person, { confirm: person.email }), deletion(person)];
  }),
  of("delete and delete", "it is deleted once", async (world) => {
    const person = await world.individual();
    return [account("delete", person, { confirm: person.email }), account("delete", person, { confirm: person.email })];
  }),
  of("delete and its heir's", "there is always an owner", async (world) => {
    const { team, second } = await cast(world);
    return [account("delete", team.owner, { confirm: team.owner.email }), account("delete", second, { confirm: second.email })];
  }),
  of("a conversion and an upload", "the plan that is counted against", async (world) => {
    const who = await world.individual();
    return [identity("convert", { path: "/convert", token: who.token, body: { name: "First Team" } }),
      step("track-upload", "count", who, { uploadType: "rate_sheet" })];
  }),
  of("a conversion and a team", "one trial a founder", async (world) => {
    const who = await world.individual();
    return [identity("convert", { path: "/convert", token: who.token, body: { name: "First Team" } }),
      step("create-organization", "create", who, { name: "Second Team" })];
  }),
  of("a deletion and an acceptance", "nobody who is gone joins", async (world) => {
    const { guest, invitation } = await cast(world);
    return [deletion(guest), accept(guest, invitation)];
  }),
  of("a deletion and the other owner's leaving", "the last owner", async (world) => {
    const { team, second } = await cast(world);
    return [deletion(team.owner), step("manage-members", "leave", second)];
  }),
  of("two owners are deleted", "the last owner", async (world) => {
    const { team, second } = await cast(world);
    return [deletion(team.owner), deletion(second)];
  }),
  of("a deletion and the heir's removal", "the heir", async (world) => {
    const made = await cast(world);
    return [deletion(made.team.owner), step("manage-members", "remove", made.second, { memberId: admin(made).id })];
  }),
  of("an owner who is alone is deleted while somebody joins", "whoever works in what is archived", async (world) => {
    const team = await world.team();
    const guest = await world.individual();
    const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner, email: guest.email });
    return [deletion(team.owner), accept(guest, invitation)];
  }),
  of("two first requests", "one account a person", async (world) => {
    const who = world.stranger();
    const list = { ...step("manage-members", "list", who), before: 1 };
    return [list, list];
  }),
  of("a first request and a sign-up message", "one account a person", async (world) => {
    const who = world.stranger();
    return [{ ...step("manage-members", "list", who), before: 1 }, identity("clerk", clerkAsk("user.created", clerkUser({ id: who.id, email: who.email })))];
  }),
  of("two people with one beginning of their ids", "a slug", async (world) => {
    const [one, two] = ["aaaaaaaa-1", "aaaaaaaa-2"];
    await world.individual();
    return [identity("clerk", clerkAsk("user.created", clerkUser({ id: one }))), identity("clerk", clerkAsk("user.created", clerkUser({ id: two })))];
  }),
  of("two updates of one person", "the newest message wins", async (world) => {
    const { id } = await world.individual();
    const update = (firstName: string, updatedAt: number) => identity("clerk", clerkAsk("user.updated", clerkUser({ id, firstName, updatedAt })));
    return [update("Older", Date.now() + DAY), update("Newer", Date.now() + 2 * DAY)];
  }),
  of("a sign-up and an update of one person", "the newest message wins", async () => {
    const id = randomUUID();
    return [identity("clerk", clerkAsk("user.created", clerkUser({ id, firstName: "Older", updatedAt: Date.now() }))),
      identity("clerk", clerkAsk("user.updated", clerkUser({ id, firstName: "Newer", updatedAt: Date.now() + DAY })))];
  }),
  of("two sign-up messages of Supabase's", "one account a person", async () => {
    const change = identity("supabase-users", changeAsk("INSERT", supabaseRow({ id: randomUUID() })));
    return [change, change];
  }),
];
