// The requests of docs/API.md, really made: what they send and what comes back.
import { randomUUID } from "node:crypto";
import type { Ask, Json, Reply, System } from "../harness/system.ts";
import { authUsersRow, databaseWebhook, clerkEvent, clerkUser, sentByDatabase, signedByClerk, signedBySupabase, supabaseHook, supabaseUser } from "../harness/identity-webhooks.ts";
import { foreseen } from "./foreseen.ts";
import { unsubscribePath } from "../harness/mail-links.ts";
import { CLERK_SECRET, DATABASE_SECRET, HOOK_SECRET, resendAsk } from "../harness/provider-messages.ts";
import { Receiver } from "../harness/receiver.ts";
import type { Shop } from "../harness/shop.ts";
import { DAY, MINUTE, World, type Person } from "../harness/world.ts";

export interface Example {
  /** `function.action`, or with a third part for a refusal: the marker's name in the document. */
  name: string;
  /** The function, and the action where the path names it. */
  fn: string;
  method: "GET" | "POST" | "PATCH";
  body: Record<string, unknown> | undefined;
  status: number;
  timing: string;
  reply: Json;
}

/** With a ban to be shown. */
export const EXAMPLE_SETTINGS = { isForeseen: true, bindings: { BANNED_EMAIL_DOMAINS: "mailinator.com", CLERK_WEBHOOK_SECRET: CLERK_SECRET, SUPABASE_HOOK_SECRET: HOOK_SECRET, SUPABASE_DATABASE_WEBHOOK_SECRET: DATABASE_SECRET } };

/** Of a system with these settings. */
export function makeExamples(shop: Shop): Promise<Example[]> {
  return foreseen(shop.system, () => examplesOf(shop));
}

async function examplesOf(shop: Shop): Promise<Example[]> {
  const { system } = shop;
  const examples: Example[] = [];
  const show = async (name: string, ask: Ask): Promise<Reply> => {
    const [fn = "", action = ""] = name.split(".");
    const nameless = fn === "track-upload" || fn === "create-organization";
    const method = ask.method === "GET" ? "GET" : "POST";
    const body = method === "GET" ? undefined : { ...(nameless ? {} : { action }), ...ask.body };
    const reply = await system.call(fn, { ...ask, action: undefined, body });
    examples.push({ name, fn, method, body, status: reply.status, timing: reply.headers.get("server-timing") ?? "", reply: reply.body });
    return reply;
  };

  const world = new World(system);
  const eli = await world.individual({ name: "Eli Novak", email: "eli@example.com" });
  const laptop = { sessionId: "laptop-7f3a", userAgent: "Firefox on Linux", browserInfo: { screen: "1920x1080" } };
  const phone = { sessionId: "phone-19c2", userAgent: "Safari on iPhone" };
  await system.call("manage-session", { token: eli.token, body: laptop });
  await show("manage-session.check", { token: eli.token, body: { sessionId: phone.sessionId } });
  await show("manage-session.validate.reject", { token: eli.token, body: { ...phone, onConflict: "reject" } });
  await show("manage-session.validate", { token: eli.token, body: phone });
  await show("manage-session.heartbeat", { token: eli.token, body: { sessionId: laptop.sessionId } });
  await show("manage-session.list", { token: eli.token, body: { sessionId: phone.sessionId } });
  await show("manage-session.terminate", { token: eli.token, body: { sessionId: phone.sessionId } });

  await world.uploads(eli.organizationId, 97, 412);
  await show("track-upload.count", { token: eli.token, body: { uploadType: "rate_sheet", uploadCount: 2, idempotencyKey: "import-2048" } });
  await show("track-upload.count.replayed", { token: eli.token, body: { uploadType: "rate_sheet", uploadCount: 2, idempotencyKey: "import-2048" } });
  await show("track-upload.count.limit", { token: eli.token, body: { uploadType: "comparison", uploadCount: 5 } });
  await show("track-upload.status", { token: eli.token, method: "GET" });

  await showUsage(system, world, eli, examples);

  const ada = await world.individual({ name: "Ada Berg", email: "ada@example.com" });
  const created = await show("create-organization.create", { token: ada.token, body: { name: "Northwind Voice", billingEmail: "billing@example.com" } });
  await show("create-organization.create.second", { token: ada.token, body: { name: "Southwind Voice" } });
  const team = text(created.body, "organization", "id");

  const ben = await world.individual({ name: "Ben Ito", email: "ben@example.com" });
  const invited = await show("invite-user.invite", { token: ada.token, body: { email: "Ben@Example.com", role: "admin" } });
  await show("invite-user.list", { token: ada.token });
  const resent = await show("invite-user.resend", { token: ada.token, body: { invitationId: text(invited.body, "invitation", "id") } });
  const token = text(resent.body, "invitation", "token");
  await show("accept-invitation.preview", { body: { token } });
  await show("accept-invitation.accept", { token: ben.token, body: { token } });
  const cleo = await world.individual({ name: "Cleo Marsh", email: "cleo@example.com" });
  const second = await system.call("invite-user", { token: ada.token, body: { email: cleo.email } });
  await show("accept-invitation.decline", { token: cleo.token, body: { token: text(second.body, "invitation", "token") } });
  const third = await system.call("invite-user", { token: ada.token, body: { email: cleo.email } });
  await show("invite-user.revoke", { token: ada.token, body: { invitationId: text(third.body, "invitation", "id") } });

  await show("manage-members.list", { token: ada.token });
  await show("manage-members.change_role", { token: ada.token, body: { memberId: ben.id, newRole: "member" } });
  await show("manage-members.transfer_ownership", { token: ada.token, body: { memberId: ben.id } });
  await world.join(team, cleo, "viewer");
  await show("manage-members.remove", { token: ada.token, body: { memberId: cleo.id } });
  await show("manage-members.leave", { token: ada.token });

  await world.join(team, ada, "admin");
  await system.sql("UPDATE plans SET seats = 2 WHERE id = 'enterprise'");
  await show("invite-user.invite.full", { token: ada.token, body: { email: "dora@example.com" } });
  await showIdentity(system, world, examples);
  await showMails(system, world, examples);
  await showBilling(shop, world, examples);
  await showWebhooks(system, world, examples);
  await showAccount(system, world, examples);
  await showConsole(system, world, examples);
  return examples;
}

/** A request to a path of its own; a delivery shows what is read of it, and not all that its sender sends. */
async function showPath(system: System, examples: Example[], name: string, ask: Ask, body?: Record<string, unknown>, query?: Record<string, string>): Promise<Reply> {
  const [fn = "", action = ""] = name.split(".");
  const method = ask.method === "GET" || ask.method === "PATCH" ? ask.method : "POST";
  const asked = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
  const reply = await system.call(fn, { ...ask, path: `/${action}${asked}`, method });
  examples.push({
    name, fn: `${fn}/${action}${asked}`, method, body: method === "GET" ? undefined : (body ?? ask.body ?? {}),
    status: reply.status, timing: reply.headers.get("server-timing") ?? "",
    // A file is no JSON.
    reply: reply.headers.has("content-disposition") ? reply.text : reply.body,
  });
  return reply;
}

async function showWebhooks(system: System, world: World, examples: Example[]): Promise<void> {
  const { owner, id: organizationId } = await world.team();
  await world.endpoint({ organizationId });
  await system.sql("DELETE FROM webhook_endpoints");
  const show = (name: string, ask: Ask) => showPath(system, examples, name, { ...ask, token: owner.token });
  const made = await show("webhooks.create", { body: { url: "https://hooks.northwind.example/tallygate", eventTypes: ["member.removed", "user.deleted"] } });
  const endpoint = text(made.body, "endpoint", "id");
  await show("webhooks.list", { method: "GET" });
  await show("webhooks.update", { body: { endpoint, allEventTypes: true } });
  await show("webhooks.rotate", { body: { endpoint } });
  await show("webhooks.pause", { body: { endpoint } });
  await show("webhooks.resume", { body: { endpoint } });
  const receiver = await Receiver.open();
  await system.sql("UPDATE webhook_endpoints SET url = ?", receiver.url("tallygate"));
  await show("webhooks.test", { body: { endpoint } });
  await receiver.close();
  const [event, now] = [randomUUID(), Date.now()];
  await system.sql("INSERT INTO outbox (id, organization_id, event_type, target_id, created_at, sequence) VALUES (?, ?, 'member.removed', 'user_2Fay', ?, 4711)", event, organizationId, now);
  await system.sql(`INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, last_attempt_at, response_status, response, created_at, request_id)
VALUES (?, ?, 'pending', 2, ?, ?, 502, 'Bad Gateway', ?, 'r')`, endpoint, event, now + 5 * MINUTE, now, now);
  await showPath(system, examples, "webhooks.deliveries", { method: "GET", token: owner.token }, undefined, { endpoint });
  await show("webhooks.redeliver", { body: { endpoint, event } });
  await show("webhooks.remove", { body: { endpoint } });
  await showPath(system, examples, "webhooks.audit", { method: "GET", token: owner.token }, undefined, { action: "webhook.secret_rotated" });
  await showPath(system, examples, "webhooks.audit-export", { method: "GET", token: owner.token }, undefined, { format: "csv", action: "webhook.secret_rotated" });
}

async function showConsole(system: System, world: World, examples: Example[]): Promise<void> {
  const boss = await world.staff("super_admin");
  const { id: organization } = await world.team({ name: "Harbour Lights", slug: "harbour-lights" });
  const show = (name: string, ask: Ask) => showPath(system, examples, name, { ...ask, token: boss.token });
  const endsAt = new Date(Date.now() + 30 * DAY).toISOString();
  await show("console.override-limit", { body: { organization, feature: "seats", limit: 250, endsAt, reason: "The conference in June" } });
  await show("console.override-plan", { body: { organization, plan: "enterprise", endsAt, reason: "A pilot, agreed with sales" } });
  await show("console.grant-usage", { body: { organization, feature: "uploads", quantity: 500, endsAt, reason: "The outage of March 3rd", idempotencyKey: "ticket-4711" } });
  await show("console.redeliver-message.not-kept", { body: { message: "msg_2Fay", provider: "clerk", reason: "It was lost" } });
  const peer = await world.staff("admin");
  await show("console.delete-person.staff", { body: { user: peer.id, reason: "Asked for by letter" } });
}

async function showAccount(system: System, world: World, examples: Example[]): Promise<void> {
  const ida = await world.individual({ name: "Ida Rhodes", email: "ida@example.com" });
  const show = (name: string, ask: Ask, query?: Record<string, string>) => showPath(system, examples, name, { ...ask, token: ida.token }, undefined, query);
  await show("account.username.wanted", { method: "GET" }, { wanted: "admin" });
  await show("account.onboarding", { body: { step: "company", answers: { size: "11-50" } } });
  await show("account.username", { body: { username: "ida_rhodes" } });
  await show("account.complete-onboarding", {});
  await show("account.profile", { method: "PATCH", body: { firstName: "Ida", lastName: "Rhodes", personalCountry: "us", bio: null, updatedAt: null } });
  for (const sessionId of ["desk", "phone", "tablet"]) await world.session({ user: ida, id: sessionId });
  await show("account.sessions", { method: "GET", headers: { "x-session-id": "desk" } });
  await show("account.end-session", { body: { session: "tablet", sessionId: "desk" } });
  await show("account.end-other-sessions", { body: { sessionId: "desk" } });
  // Of two, the order would be that of their random ids.
  await show("account.me", { method: "GET" });
  await show("account.organizations", { method: "GET" });
  const team = await world.team({ name: "Northwind Ledger", slug: "northwind-ledger" });
  await world.join(team.id, ida, "owner", false);
  await show("account.switch-organization", { body: { organizationId: team.id } });
  await show("account.update-organization", { method: "PATCH", body: { description: "Ledgers for the rest of us.", settings: { theme: "dark" } } });
  await show("account.subscription", { method: "GET" });
  await world.package({ locked: true });
  const open = await world.package();
  await show("account.open-package", { body: { package: open } });
  await show("account.packages", { method: "GET" });
  await show("account.preferences", { method: "PATCH", body: { preferences: { sessionMinutes: 30, audio: { volume: 40 } } } });
  await show("account.analytics", { body: { seconds: 600, item: "waves", completed: true, stressBefore: 7, stressAfter: 4 } });
  await show("account.analytics.sums", { method: "GET" }, { span: "week" });
  await show("account.archive-organization", { body: { organizationId: team.id } });
  await show("account.restore-organization", { body: { organizationId: team.id } });
  await show("account.export", { method: "GET" });
  await show("account.export.list", { method: "GET" }, { list: "analytics" });
  const preview = await show("account.delete", { method: "GET" });
  // Each is as long as the page of what is kept of persons.
  for (const list of ["erased", "kept"]) preview.body[list] = (preview.body[list] as Json[]).slice(0, 2);
  await show("account.delete.confirmed", { body: { confirm: "ida@example.com" } });
}

async function showUsage(system: System, world: World, eli: Person, examples: Example[]): Promise<void> {
  const show = (name: string, ask: Ask) => showPath(system, examples, name, { ...ask, token: eli.token });
  await show("track-usage.check", { body: { feature: "uploads", quantity: 2 } });
  await show("track-usage.track", { body: { eventType: "comparison", idempotencyKey: "import-2049", attributes: { source: "portal" } } });
  await show("track-usage.track.limit", { body: { feature: "uploads" } });
  await show("track-usage.entitlements", { method: "GET" });
  await show("track-usage.summary", { method: "GET" });
  await show("track-usage.people", { method: "GET" });
  await show("track-usage.events", { method: "GET" });
  await show("track-usage.alerts", { method: "GET" });
  await show("track-usage.acknowledge", { body: { feature: "uploads", alert: "80_percent" } });
  await world.gauge("records", 100);
  await show("track-usage.set", { body: { feature: "records", value: 40 } });
  await show("track-usage.release", { body: { feature: "records", quantity: 15 } });
  const held = await show("track-usage.reserve", { body: { feature: "records", quantity: 50, expiresIn: 3_600 } });
  await show("track-usage.reservations", { method: "GET" });
  await show("track-usage.confirm", { body: { reservation: text(held.body, "reservation", "id"), quantity: 42 } });
  const other = await system.call("track-usage", { path: "/reserve", token: eli.token, body: { feature: "records", quantity: 10 } });
  await show("track-usage.release.reservation", { body: { reservation: text(other.body, "reservation", "id") } });
  await show("track-usage.batch", { body: { events: [{ feature: "records", quantity: 2, idempotencyKey: "sync-1" }, { feature: "records", quantity: 500 }] } });
  await world.noGauge("records");
  await world.minutes("voice_minutes", "ai_voice", 3_600);
  const call = await show("track-usage.start-call", { body: { type: "ai_voice" } });
  await show("track-usage.end-call", { body: { call: text(call.body, "call", "id") } });
  await show("track-usage.log-call", { body: { type: "ai_voice", seconds: 125, idempotencyKey: "provider-call-77" } });
  await show("track-usage.list-calls", { method: "GET" });
  await world.noMinutes("voice_minutes", "ai_voice");
}

async function showMails(system: System, world: World, examples: Example[]): Promise<void> {
  const ivo = await world.individual({ name: "Ivo Lind", email: "ivo@example.com" });
  const show = (name: string, ask: Ask, body?: Record<string, unknown>) => showPath(system, examples, name, ask, body);
  await show("mails.preferences", { method: "GET", token: ivo.token });
  await show("mails.preferences.post", { token: ivo.token, body: { language: "de", limitWarning: false } });
  const complaint = { email_id: "56761188-7520-42d8-8898-ff6fc54ce618", from: "mail@example.com", to: ["ivo@example.com"], subject: "…" };
  await show("mails.resend", resendAsk("email.complained", complaint), { type: "email.complained", data: complaint });
  const path = unsubscribePath(ivo.id, "trial_ending");
  const reply = await system.call("mails", { path, rawBody: "List-Unsubscribe=One-Click", headers: { "content-type": "application/x-www-form-urlencoded" } });
  examples.push({
    name: "mails.unsubscribe", fn: "mails/unsubscribe?user=…&kind=trial_ending&signature=…", method: "POST", body: undefined,
    status: reply.status, timing: reply.headers.get("server-timing") ?? "", reply: reply.text.slice(0, 15),
  });
}

async function showIdentity(system: System, world: World, examples: Example[]): Promise<void> {
  const show = (name: string, ask: Ask, body?: Record<string, unknown>) => showPath(system, examples, name, ask, body);
  const created = clerkEvent("user.created", clerkUser({ id: "user_2Fay", firstName: "Fay", lastName: "Lund", addresses: [{ email: "fay@example.com" }] }));
  await show("identity.clerk", signedByClerk(created, { secret: CLERK_SECRET }), {
    type: "user.created", data: { id: "user_2Fay", first_name: "Fay", last_name: "Lund", email_addresses: ["…"], "…": "…" },
  });
  const banned = supabaseUser({ email: "someone@mailinator.com" });
  await show("identity.before-user-created", signedBySupabase(supabaseHook("before-user-created", banned), { secret: HOOK_SECRET }), {
    metadata: { name: "before-user-created", "…": "…" }, user: { email: "someone@mailinator.com", "…": "…" },
  });
  const gus = supabaseUser({ id: "7c1e9d52-7f3b-4c55-9d0e-0a1b2c3d4e5f", email: "gus@example.com" });
  await show("identity.after-user-created", signedBySupabase(supabaseHook("after-user-created", gus), { secret: HOOK_SECRET }), {
    metadata: { name: "after-user-created", "…": "…" }, user: { id: gus.id, email: "gus@example.com", "…": "…" },
  });
  const row = authUsersRow({ id: gus.id, email: "gus@example.com" });
  const updated = databaseWebhook.updated(row, row);
  await show("identity.supabase-users", sentByDatabase(updated, { header: "x-webhook-secret", value: DATABASE_SECRET }), {
    type: "UPDATE", table: "users", schema: "auth", record: { id: gus.id, email: "gus@example.com", "…": "…" }, old_record: { "…": "…" },
  });
  const deleted = clerkEvent("user.deleted", { id: "user_2Fay", object: "user", deleted: true });
  await show("identity.clerk.deleted", signedByClerk(deleted, { secret: CLERK_SECRET }), { type: "user.deleted", data: { id: "user_2Fay", deleted: true } });
  const hal = await world.individual({ name: "Hal Iversen", email: "hal@example.com" });
  await show("identity.personal-organization", { method: "GET", token: hal.token });
  await show("identity.personal-organization.post", { token: hal.token, body: {} });
  await show("identity.convert-preview", { token: hal.token, body: { name: "Iversen Audio" } });
  await show("identity.convert", { token: hal.token, body: { name: "Iversen Audio", slug: "iversen-audio" } });
  await show("identity.convert-back-preview", { token: hal.token, body: {} });
  await show("identity.convert-back", { token: hal.token, body: {} });
}

async function showBilling(shop: Shop, world: World, examples: Example[]): Promise<void> {
  const show = (name: string, ask: Ask, body?: Record<string, unknown>) => showPath(shop.system, examples, name, ask, body);
  const payer = (name: string): Promise<Person> =>
    world.individual({ name, email: `${name.toLowerCase()}@example.com`, status: "trialing", trialEndsAt: Date.now() + DAY });
  await show("billing.plans", { method: "GET" });
  const ina = await payer("Ina");
  const opened = await show("billing.checkout", { token: ina.token, body: { plan: "starter", successPath: "/welcome" } });
  const events = shop.stripe.completeCheckout(text(opened.body, "checkoutSessionId"));
  const [first, ...others] = events;
  if (first === undefined) throw new Error("A purchase is told of.");
  await show("billing.webhook", shop.stripe.signed(first), { id: "evt_…", type: first.type, data: { object: { id: "sub_…", "…": "…" } }, "…": "…" });
  await shop.tell(others);
  await show("billing.portal", { token: ina.token, body: { returnPath: "/settings" } });
  await show("billing.preview", { token: ina.token, body: { plan: "professional" } });
  await show("billing.change-plan", { token: ina.token, body: { plan: "professional" } });
  await show("billing.change-plan.later", { token: ina.token, body: { plan: "starter" } });
  await show("billing.resume", { token: ina.token, body: {} });
  await show("billing.cancel", { token: ina.token, body: {} });
  await show("billing.history", { method: "GET", token: ina.token });
}

function text(body: Json, ...path: string[]): string {
  let value: Json | undefined = body;
  for (const key of path) value = typeof value === "object" && value !== null && !Array.isArray(value) ? value[key] : undefined;
  if (typeof value !== "string") throw new Error(`No ${path.join(".")} in ${JSON.stringify(body)}`);
  return value;
}
