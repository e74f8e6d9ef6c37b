// Every action of the functions as one ordinary request that succeeds, each with what has to be there for it: what
// is measured for its trips, its rows and its time.
import { randomUUID } from "node:crypto";
import { unsubscribePath } from "./mail-links.ts";
import { changeAsk, clerkAsk, clerkUser, hookAsk, hooked, resendAsk, supabaseRow } from "./provider-messages.ts";
import type { Ask } from "./system.ts";
import { MINUTE, type Person, type World } from "./world.ts";

export interface Action {
  name: string;
  fn: string;
  /** The most rows that it may write, where there is such a limit. */
  written?: number;
  /** Makes what the request needs, and the request. */
  ask: (world: World) => Promise<Ask>;
}

const manageSession = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "manage-session", written, ask });
const trackUpload = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "track-upload", written, ask });
const trackUsage = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "track-usage", written, ask });
const createOrganization = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "create-organization", written, ask });
const inviteUser = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "invite-user", written, ask });
const acceptInvitation = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "accept-invitation", written, ask });
const billing = (name: string, ask: Action["ask"]): Action => ({ name, fn: "billing", written: 0, ask });
const identity = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "identity", written, ask });
const mails = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "mails", written, ask });
const manageMembers = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "manage-members", written, ask });

const account = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "account", written, ask });
const webhooks = (name: string, written: number | undefined, ask: Action["ask"]): Action => ({ name, fn: "webhooks", written, ask });

export const ACTIONS: readonly Action[] = [
  manageSession("validate", 4, async (world) => as(await world.individual(), "validate", { sessionId: "new" })),
  manageSession("validate with one eviction", 4, async (world) => as(await signedIn(world), "validate", { sessionId: "new" })),
  manageSession("check", 0, async (world) => as(await signedIn(world), "check", { sessionId: "new" })),
  manageSession("heartbeat", 1, async (world) => as(await signedIn(world), "heartbeat", { sessionId: "old" })),
  manageSession("heartbeat within 2 minutes", 0, async (world) => as(await signedIn(world, 0), "heartbeat", { sessionId: "old" })),
  manageSession("heartbeat of a stale session", 1, async (world) => as(await signedIn(world, 10 * MINUTE), "heartbeat", { sessionId: "old" })),
  manageSession("terminate", undefined, async (world) => as(await signedIn(world), "terminate", { sessionId: "old" })),
  manageSession("list", 0, async (world) => as(await signedIn(world), "list")),

  trackUpload("count", 2, async (world) => as(await world.individual(), "count", { uploadType: "rate_sheet" })),
  // Three alerts at once, each with its event: the counter was put there without the one of 80 %.
  trackUpload("count of the last one", 8, async (world) => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 99);
    return as(person, "count", { uploadType: "rate_sheet" });
  }),
  trackUpload("count with a key", 4, async (world) =>
    as(await world.individual(), "count", { uploadType: "rate_sheet", idempotencyKey: randomUUID() })),
  trackUpload("status", 0, async (world) => ({ method: "GET", token: (await world.individual()).token })),

  trackUsage("track", 2, async (world) => ({ path: "/track", body: { feature: "uploads" }, token: (await world.individual()).token })),
  trackUsage("track with a key", 3, async (world) =>
    ({ path: "/track", body: { eventType: "rate_sheet", idempotencyKey: randomUUID() }, token: (await world.individual()).token })),
  trackUsage("track over a threshold", 4, async (world) => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 79);
    return { path: "/track", body: { feature: "uploads" }, token: person.token };
  }),
  // The ledger, the reservation, and the index by which those that hold room are added up.
  trackUsage("reserve", 3, async (world) => ({ path: "/reserve", body: { feature: "uploads" }, token: (await world.individual()).token })),
  trackUsage("confirm", 4, async (world) => {
    const person = await world.individual();
    return { path: "/confirm", body: { reservation: await world.reservation(person, "uploads") }, token: person.token };
  }),
  trackUsage("release of a reservation", 3, async (world) => {
    const person = await world.individual();
    return { path: "/release", body: { reservation: await world.reservation(person, "uploads") }, token: person.token };
  }),
  trackUsage("batch of ten", 11, async (world) => ({
    path: "/batch", body: { events: Array.from({ length: 10 }, () => ({ feature: "uploads" })) }, token: (await world.individual()).token,
  })),
  // The same and the call; where it ends, also the counter.
  trackUsage("start-call", 4, async (world) => {
    await world.callsAre("uploads");
    return { path: "/start-call", body: { type: "talk" }, token: (await world.individual()).token };
  }),
  trackUsage("end-call", 5, async (world) => {
    const person = await world.individual();
    return { path: "/end-call", body: { call: await world.call(person, "uploads") }, token: person.token };
  }),
  trackUsage("log-call", 3, async (world) => {
    await world.callsAre("uploads");
    return { path: "/log-call", body: { type: "talk", seconds: 5 }, token: (await world.individual()).token };
  }),
  trackUsage("check", 0, async (world) => ({ path: "/check", body: { feature: "uploads" }, token: (await world.individual()).token })),
  ...["entitlements", "summary", "people", "events", "alerts", "list-calls", "reservations"].map((action) => trackUsage(action, 0, async (world) =>
    ({ path: `/${action}`, method: "GET", token: (await world.individual()).token }))),

  // The index of its name is one of them.
  createOrganization("create", 11, async (world) => as(await world.individual(), "create", { name: `Acme ${randomUUID().slice(0, 8)}` })),

  inviteUser("invite", 6, async (world) => as((await crew(world)).owner, "invite", { email: `${randomUUID()}@example.com` })),
  inviteUser("resend", undefined, async (world) => {
    const { owner, invitation } = await crew(world);
    return as(owner, "resend", { invitationId: invitation.id });
  }),
  inviteUser("revoke", undefined, async (world) => {
    const { owner, invitation } = await crew(world);
    return as(owner, "revoke", { invitationId: invitation.id });
  }),
  inviteUser("list", 0, async (world) => as((await crew(world)).owner, "list")),

  // The user twice: what the token tells of the address, with its index, before the decision, which needs it (2), and the current
  // organization after it (1). The invitation, and the way back to what somebody has answered (2). The member, and the way back
  // from the user (2). The audit event (1), and two events, since whoever listens for members need not know of invitations (2).
  acceptInvitation("accept", 10, async (world) => {
    const { guest, invitation } = await crew(world);
    return as(guest, "accept", { token: invitation.token });
  }),
  acceptInvitation("decline", undefined, async (world) => {
    const { guest, invitation } = await crew(world);
    return as(guest, "decline", { token: invitation.token });
  }),
  acceptInvitation("preview", 0, async (world) => ({ action: "preview", body: { token: (await crew(world)).invitation.token } })),

  manageMembers("list", 0, async (world) => as((await crew(world)).owner, "list")),
  manageMembers("remove", undefined, async (world) => {
    const { owner, member } = await crew(world);
    return as(owner, "remove", { memberId: member.id });
  }),
  manageMembers("change_role", undefined, async (world) => {
    const { owner, member } = await crew(world);
    return as(owner, "change_role", { memberId: member.id, newRole: "admin" });
  }),
  manageMembers("transfer_ownership", undefined, async (world) => {
    const { owner, member } = await crew(world);
    return as(owner, "transfer_ownership", { memberId: member.id });
  }),
  manageMembers("leave", undefined, async (world) => as((await crew(world)).member, "leave")),

  // What asks Stripe is counted in the suites that have one: billing.test.ts, billing-webhook.test.ts.
  billing("plans", async () => ({ path: "/plans", method: "GET" })),
  billing("history", async (world) => ({ path: "/history", method: "GET", token: (await world.individual()).token })),
  billing("preview", async (world) => ({ path: "/preview", body: { plan: "professional", interval: "year" }, token: (await world.individual()).token })),

  // Of a user also the index of the name, which each of these statements names.
  identity("clerk: user.created", 13, async () => clerkAsk("user.created", clerkUser({ id: randomUUID() }))),
  identity("clerk: user.created of somebody known", 6, async (world) => clerkAsk("user.created", clerkUser({ id: (await world.individual()).id }))),
  identity("clerk: user.updated", 6, async (world) => {
    const { id, email } = await world.individual();
    return clerkAsk("user.updated", clerkUser({ id, email }));
  }),
  identity("clerk: user.deleted", 11, async (world) => clerkAsk("user.deleted", { id: (await world.individual()).id, deleted: true })),
  // Alone in it: of several people the database reads as many as it takes to find the one that it looks for.
  // The user's row is marked first, while it is known whose address it is, and then erased.
  identity("clerk: user.deleted of a team's owner", 22, async (world) => clerkAsk("user.deleted", { id: (await world.team()).owner.id, deleted: true })),
  identity("after-user-created", 13, async () => hookAsk("after-user-created", hooked({ id: randomUUID() }))),
  identity("supabase-users: INSERT", 13, async () => changeAsk("INSERT", supabaseRow({ id: randomUUID() }))),
  identity("personal-organization", 0, async (world) => ({ path: "/personal-organization", method: "GET", token: (await world.individual()).token })),
  identity("personal-organization, there already", 0, async (world) => ({ path: "/personal-organization", token: (await world.individual()).token })),
  identity("convert-preview", 0, async (world) => ({ path: "/convert-preview", token: (await world.individual()).token })),
  mails("preferences", 0, async (world) => ({ path: "/preferences", method: "GET", token: (await world.individual()).token })),
  mails("preferences, changed", 2, async (world) => ({ path: "/preferences", body: { language: "de", trialEnding: false }, token: (await world.individual()).token })),
  mails("unsubscribe", 2, async (world) => ({ path: unsubscribePath((await world.individual()).id, "limit_warning"), rawBody: "List-Unsubscribe=One-Click" })),
  mails("resend", 1, async (world) => resendAsk("email.complained", { to: [(await world.individual()).email] })),
  identity("convert-back-preview", 0, async (world) => ({ path: "/convert-back-preview", token: (await world.team()).owner.token })),
  // Two organizations with the indexes of who archived one and of its address, two events and their history, the plan, and the membership that is left.
  identity("convert-back", 24, async (world) => ({ path: "/convert-back", token: (await world.team()).owner.token })),
  // With the indexes of the name, and of the plan twice.
  identity("convert", 20, async (world) => ({ path: "/convert", token: (await world.individual()).token })),

  // The endpoint with its index, and the history.
  webhooks("create", 3, async (world) => {
    const { owner } = await withEndpoint(world);
    return { path: "/create", body: { url: "https://hooks.example.com/" }, token: owner.token };
  }),
  webhooks("list", 0, async (world) => ({ path: "/list", method: "GET", token: (await withEndpoint(world)).owner.token })),
  ...["update", "rotate", "pause", "resume", "remove"].map((action) => webhooks(action, 2, async (world) => {
    const { owner, endpoint } = await withEndpoint(world);
    return { path: `/${action}`, body: { endpoint, allEventTypes: true }, token: owner.token };
  })),
  webhooks("test", 0, async (world) => {
    const { owner, endpoint } = await withEndpoint(world);
    return { path: "/test", body: { endpoint }, token: owner.token };
  }),
  webhooks("deliveries", 0, async (world) => {
    const { owner, endpoint } = await withEndpoint(world);
    return { path: `/deliveries?endpoint=${endpoint}`, method: "GET", token: owner.token };
  }),
  // Of what has happened since: nothing.
  webhooks("redeliver", 0, async (world) => {
    const { owner, endpoint } = await withEndpoint(world);
    return { path: "/redeliver", body: { endpoint, since: "2100-01-01T00:00:00Z" }, token: owner.token };
  }),
  ...["me", "profile", "onboarding", "sessions", "organizations", "subscription", "packages", "preferences", "analytics", "export", "delete"].map((action) => account(action, 0, async (world) =>
    ({ path: `/${action}`, method: "GET", token: (await world.individual()).token }))),
  account("profile, changed", 2, async (world) => ({ path: "/profile", method: "PATCH", body: { firstName: "Ada" }, token: (await world.individual()).token })),
  account("username, wanted", 0, async (world) => ({ path: "/username?wanted=countess", method: "GET", token: (await world.individual()).token })),
  // The person, and the index by which it is nobody else's.
  account("username", 2, async (world) => ({ path: "/username", body: { username: `u_${randomUUID().slice(0, 8)}` }, token: (await world.individual()).token })),
  account("onboarding, a step", 2, async (world) => ({ path: "/onboarding", body: { step: "company", answers: { size: 5 } }, token: (await world.individual()).token })),
  account("complete-onboarding", 1, async (world) => ({ path: "/complete-onboarding", token: (await withUsername(world)).token })),
  account("end-session", 3, async (world) => ({ path: "/end-session", body: { session: "old" }, token: (await signedIn(world)).token })),
  account("end-other-sessions", undefined, async (world) => ({ path: "/end-other-sessions", token: (await signedIn(world)).token })),
  account("switch-organization", 1, async (world) => {
    const person = await world.individual();
    const team = await world.team();
    await world.join(team.id, person, "member", false);
    return { path: "/switch-organization", body: { organizationId: team.id }, token: person.token };
  }),
  // Of the organization also the indexes of its slug and its name, which the statement names.
  account("update-organization", 5, async (world) => ({ path: "/update-organization", method: "PATCH", body: { description: "We call." }, token: (await world.team()).owner.token })),
  account("open-package", 1, async (world) => ({ path: "/open-package", body: { package: await world.package() }, token: (await world.individual()).token })),
  account("preferences, two of them", 3, async (world) =>
    ({ path: "/preferences", method: "PATCH", body: { preferences: { sessionMinutes: 30, audio: { volume: 5 } } }, token: (await world.individual()).token })),
  // The session, the index of its day, and the day.
  account("analytics, a session", 3, async (world) => ({ path: "/analytics", body: { seconds: 60, completed: true }, token: (await world.individual()).token })),
  ...["sessions", "analytics", "memberships", "invitations", "mails", "alerts", "events", "calls", "audit", "invoices", "totals"].map((list) => account(`export, ${list}`, 0, async (world) =>
    ({ path: `/export?list=${list}`, method: "GET", token: (await world.individual()).token }))),
  account("delete, confirmed", undefined, async (world) => {
    const person = await world.individual();
    return { path: "/delete", body: { confirm: person.email }, token: person.token };
  }),
  account("organizations, archived", 0, async (world) => {
    const team = await world.team();
    await world.archive(team);
    return { path: "/organizations?show=archived", method: "GET", token: team.owner.token };
  }),
  account("archive-organization", undefined, async (world) => {
    const team = await world.team();
    return { path: "/archive-organization", body: { organizationId: team.id }, token: team.owner.token };
  }),
  account("restore-organization", undefined, async (world) => {
    const team = await world.team();
    await world.archive(team);
    return { path: "/restore-organization", body: { organizationId: team.id }, token: team.owner.token };
  }),
  ...["audit", "audit-export"].map((action) => webhooks(action, 0, async (world) => ({ path: `/${action}`, method: "GET", token: (await withEndpoint(world)).owner.token }))),
];

/** A team with an endpoint. */
async function withEndpoint(world: World): Promise<{ owner: Person; endpoint: string }> {
  const team = await world.team();
  return { owner: team.owner, endpoint: await world.endpoint({ organizationId: team.id }) };
}

function as(who: Person, action: string, body: Record<string, unknown> = {}): Ask {
  return { action, body, token: who.token };
}

async function withUsername(world: World): Promise<Person> {
  const person = await world.individual();
  await world.username(person, `u_${randomUUID().slice(0, 8)}`);
  return person;
}

/** Somebody on a plan for one browser, with one whose last heartbeat is a while ago. */
async function signedIn(world: World, ago = MINUTE): Promise<Person> {
  const user = await world.individual();
  await world.session({ user, id: "old", lastHeartbeatAt: Date.now() - ago });
  return user;
}

/** A team of five and a sixth person who is invited to it. */
async function crew(world: World): Promise<{ owner: Person; member: Person; guest: Person; invitation: { id: string; token: string } }> {
  const team = await world.team({ members: { admin: 1, member: 2, viewer: 1 } });
  const guest = await world.individual();
  const invitation = await world.invitation({ organizationId: team.id, invitedBy: team.owner, email: guest.email });
  const [member] = team.members;
  if (member === undefined) throw new Error("The team has members.");
  return { owner: team.owner, member, guest, invitation };
}
