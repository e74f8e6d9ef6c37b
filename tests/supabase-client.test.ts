// The official Supabase client, pointed at the gateway: what a page wrote against Supabase's functions works unchanged.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { FunctionsHttpError, createClient, type SupabaseClient } from "@supabase/supabase-js";
import { CALLS } from "./harness/calls.ts";
import { aSecret, aSentence, aToken, anId, matching, same, timeSince } from "./harness/expect.ts";
import { startSystem, type Json, type System } from "./harness/system.ts";
import { DAY, World, startOfMonth, type Person, type Team } from "./harness/world.ts";

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

const ANON_KEY = "the-project's-anon-key";

/** The client wants a WebSocket, which Node 20 has not; functions are called without one. */
class NoSocket {
  constructor() {
    throw new Error("Nothing here uses realtime.");
  }
}
const realtime = { transport: NoSocket as unknown as typeof WebSocket };

/** A signed-in page's client. */
const clientOf = ({ token }: Pick<Person, "token">): SupabaseClient =>
  createClient(system.url, ANON_KEY, { accessToken: () => Promise.resolve(token), realtime });

async function invoke(client: SupabaseClient, fn: string, body: Record<string, unknown>, headers: Record<string, string> = {}): Promise<Json> {
  const { data, error } = await client.functions.invoke<Json>(fn, { body, headers });
  if (error instanceof FunctionsHttpError) assert.fail(await contextOf(error).text());
  assert.equal(error, null);
  assert.ok(data !== null);
  return data;
}

/** What a page gets that asks for something it is refused. */
async function refusal(client: SupabaseClient, fn: string, body: Record<string, unknown>): Promise<{ status: number; body: Json }> {
  const { data, error } = await client.functions.invoke<Json>(fn, { body });
  assert.equal(data, null);
  assert.ok(error instanceof FunctionsHttpError, String(error));
  const response = contextOf(error);
  return { status: response.status, body: (await response.json()) as Json };
}

function contextOf(error: FunctionsHttpError): Response {
  const context: unknown = error.context;
  assert.ok(context instanceof Response);
  return context;
}

const refused = (code: string, details: Record<string, Json> = {}) => ({ success: false, code, error: aSentence, message: aSentence, ...details });

describe("functions.invoke", () => {
  let team: Team;
  let owner: Person;
  before(async () => {
    team = await world.team({ name: "Called by Supabase" });
    owner = team.owner;
  });

  it("manage-session", async () => {
    same(await invoke(clientOf(owner), "manage-session", { action: "validate", sessionId: "browser-1", userAgent: "Firefox", browserInfo: { name: "Firefox" } }), {
      success: true, message: aSentence, sessionConflict: false, isEnterprise: true, allowMultipleSessions: true,
      conflictDetails: { terminatedSessions: 0, sessions: [] }, sessionSecret: aSecret,
    });
    same(await invoke(clientOf(owner), "manage-session", { action: "heartbeat", sessionId: "browser-1" }), { success: true, message: aSentence, valid: true });
  });

  it("track-upload", async () => {
    const alone = await world.individual();
    const nextResetDate = new Date(startOfMonth(Date.now(), 1)).toISOString();
    same(await invoke(clientOf(alone), "track-upload", { uploadType: "rate_sheet", uploadCount: 2 }), {
      success: true, message: aSentence, uploadType: "rate_sheet", uploadCount: 2, totalUploads: 2, lifetimeUploads: 2, uploadLimit: 100,
      remaining: 98, tier: "starter", isUnlimited: false, nextResetDate,
    });
    const { data } = await clientOf(alone).functions.invoke<Json>("track-upload", { method: "GET" });
    same(data ?? undefined, {
      success: true, message: aSentence, uploadType: null, uploadCount: 0, totalUploads: 2, lifetimeUploads: 2, uploadLimit: 100,
      remaining: 98, tier: "starter", isUnlimited: false, nextResetDate,
    });
  });

  it("create-organization", async () => {
    const founder = await world.individual();
    const started = Date.now();
    same(await invoke(clientOf(founder), "create-organization", { name: "A New Team" }), {
      success: true,
      message: aSentence,
      organization: {
        id: anId, name: "A New Team", slug: matching(/^a-new-team/), seatLimit: 10, billingEmail: founder.email, createdAt: timeSince(started),
        role: "owner", isAdmin: true, currentSeats: 1, plan: "enterprise", status: "trialing",
        trialEndsAt: timeSince(started + 14 * DAY, Date.now() + 14 * DAY),
      },
    });
  });

  it("invite-user and accept-invitation", async () => {
    const invitee = await world.individual();
    const invited = await invoke(clientOf(owner), "invite-user", { email: invitee.email });
    same(invited, {
      success: true,
      message: aSentence,
      invitation: {
        id: anId, email: invitee.email, organizationName: "Called by Supabase", role: "member", token: aToken,
        expiresAt: timeSince(Date.now() + 7 * DAY - 60_000, Date.now() + 7 * DAY), inviteUrl: matching(/^http:\/\/localhost:8787\//),
      },
      seatInfo: { currentSeats: 1, seatLimit: 10, pending: 1, remaining: 8 },
    });
    const { token } = (invited as { invitation: { token: string } }).invitation;
    same(await invoke(clientOf(invitee), "accept-invitation", { token }), {
      success: true,
      message: aSentence,
      organization: { id: team.id, name: team.name, slug: team.slug, role: "member", seatLimit: 10, currentSeats: 2, isAdmin: false },
    });
  });

  it("manage-members, and by the name that older pages use", async () => {
    for (const name of ["manage-members", "manage-organization-members"]) {
      const listed = await invoke(clientOf(owner), name, { action: "list" });
      assert.deepEqual((listed as { organization: Json }).organization, {
        id: team.id, name: team.name, slug: team.slug, kind: "team", plan: "enterprise", status: "active", role: "owner", isAdmin: true,
        createdAt: (listed as { organization: { createdAt: Json } }).organization.createdAt,
      });
    }
  });

  it("asks for an organization by its header", async () => {
    const other = await world.team({ owner, current: false });
    const listed = await invoke(clientOf(owner), "manage-members", {}, { "x-organization-id": other.id });
    assert.equal((listed as { organization: { id: Json } }).organization.id, other.id);
  });

  it("billing, by the path of each action", async () => {
    const { data: plans } = await clientOf(owner).functions.invoke<Json>("billing/plans", { method: "GET" });
    assert.deepEqual((plans as { plans: { id: string }[] }).plans.map(({ id }) => id), ["starter", "professional", "enterprise"]);
    const preview = await invoke(clientOf(owner), "billing/preview", { plan: "enterprise", interval: "year" });
    assert.equal((preview as { kind: string }).kind, "upgrade");
  });

  it("identity, by the path of each action", async () => {
    const { data: place } = await clientOf(owner).functions.invoke<Json>("identity/personal-organization", { method: "GET" });
    assert.equal((place as { personalOrganizationId: string }).personalOrganizationId, owner.organizationId);
    const alone = await world.individual();
    const preview = await invoke(clientOf(alone), "identity/convert-preview", { name: "Northwind Voice" });
    assert.equal((preview as { allowed: boolean }).allowed, true);
  });

  it("track-usage, by the path of each action", async () => {
    const alone = await world.individual();
    const tracked = await invoke(clientOf(alone), "track-usage/track", { feature: "uploads", quantity: 2 });
    assert.equal((tracked as { used: number }).used, 2);
    const { data } = await clientOf(alone).functions.invoke<Json>("track-usage/entitlements", { method: "GET" });
    assert.equal((data as { plan: { id: string } }).plan.id, "starter");
  });

  it("webhooks, by the path of each action", async () => {
    await world.endpoint({ organizationId: owner.organizationId });
    const { data } = await clientOf(owner).functions.invoke<Json>("webhooks/list", { method: "GET" });
    assert.ok(Array.isArray((data as { endpoints: unknown }).endpoints));
  });

  it("account, by the path of each action, with PATCH where something is changed", async () => {
    const person = await world.individual();
    const { data, error } = await clientOf(person).functions.invoke<Json>("account/profile", { method: "PATCH", body: { firstName: "Ada", lastName: null } });
    assert.equal(error, null);
    assert.equal((data as { profile: { firstName: string } }).profile.firstName, "Ada");
    const me = await clientOf(person).functions.invoke<Json>("account/me", { method: "GET" });
    assert.equal((me.data as { user: { id: string } }).user.id, person.id);
  });

  it("mails, by the path of each action", async () => {
    const person = await world.individual();
    const mails = await invoke(clientOf(person), "mails/preferences", { limitWarning: false });
    assert.equal((mails as { preferences: { limitWarning: boolean } }).preferences.limitWarning, false);
  });

  it("covers every function", () => {
    const covered = ["accept-invitation", "account", "billing", "create-organization", "identity", "invite-user", "mails", "manage-members", "manage-session", "track-upload", "track-usage", "webhooks"];
    assert.deepEqual([...new Set(CALLS.map(({ fn }) => fn))].sort(), covered);
  });
});

describe("error.context", () => {
  it("has the refusal of every kind", async () => {
    const team = await world.team({ members: { viewer: 1 } });
    const [viewer] = team.viewers;
    assert.ok(viewer);
    const alone = await world.individual();
    await world.uploads(alone.organizationId, 100);

    same(await refusal(clientOf(viewer), "manage-session", { action: "nonsense" }), {
      status: 400, body: refused("unknown_action", { field: "action", actions: ["validate", "check", "heartbeat", "terminate", "list"] }),
    });
    same(await refusal(clientOf(team.owner), "invite-user", { email: "nobody" }), { status: 400, body: refused("invalid_field", { field: "email" }) });
    same(await refusal(clientOf({ token: "garbage" }), "manage-members", {}), { status: 401, body: refused("unauthenticated") });
    same(await refusal(clientOf(viewer), "invite-user", { email: "a@example.com" }), { status: 403, body: refused("forbidden") });
    same(await refusal(clientOf(viewer), "accept-invitation", { token: "A".repeat(43) }), { status: 404, body: refused("invitation_not_found") });
    same(await refusal(clientOf(team.owner), "manage-members", { action: "leave" }), { status: 409, body: refused("last_owner") });
    same(await refusal(clientOf(alone), "track-upload", { uploadType: "rate_sheet" }), {
      status: 429,
      body: refused("upload_limit_exceeded", {
        limitExceeded: true, currentUploads: 100, uploadLimit: 100, remaining: 0, tier: "starter", upgradeRequired: true,
        nextResetDate: new Date(startOfMonth(Date.now(), 1)).toISOString(),
      }),
    });
  });

  it("has the project's key refused where nobody is signed in", async () => {
    const { data, error } = await createClient(system.url, ANON_KEY, { realtime }).functions.invoke<Json>("manage-members", { body: {} });
    assert.equal(data, null);
    assert.ok(error instanceof FunctionsHttpError);
    assert.equal(contextOf(error).status, 401);
  });
});
