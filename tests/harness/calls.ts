// Every function with every action, each with a body that is in order: the table that suites walk so that none is left
// out. What is not in it is found by `access.test.ts`.
import { randomUUID } from "node:crypto";
import type { Expected } from "./expect.ts";
import type { Ask } from "./reply.ts";
import type { KeyScope } from "./service-keys.ts";
import type { StaffedTeam } from "./staffed-team.ts";
import type { Invitation } from "./world.ts";

/** What a call is about: a team, and an invitation to it for somebody who has no account yet. */
export interface Scene {
  team: StaffedTeam;
  invitation: Invitation;
}

/** Who asks about a team. A stranger owns another team: "naming" it in the header, or asking from home. */
export type Caller = "viewer" | "member" | "admin" | "owner" | "stranger naming the team" | "stranger at home";

/** A status, and the code where it is a refusal. */
export type Outcome = `${number}` | `${number} ${string}`;

export interface Call {
  readonly fn: string;
  readonly action: string;
  /** The body beside `action`. */
  readonly body: (scene: Scene) => Record<string, unknown>;
  /** Needs no sign-in. */
  readonly isPublic?: true;
  /** Named by its path, with this method; the others are named by the body's `action`. */
  readonly byPath?: "GET" | "POST" | "PATCH";
  /** Takes another company's signed message: a session is nothing to it. */
  readonly isDelivery?: true;
  /** What the browser's session means to it, where that is something else than: it must be live where it is named. */
  readonly session?: "begins it" | "enforced";
  /** What a service key must be good for; none may ask for the others. */
  readonly key?: KeyScope;
  /** How much its body may hold, where that is something else than 64 KiB. */
  readonly mostKibibytes?: number;
  /** Answers with a file and no JSON. */
  readonly isFile?: true;
  readonly expected: Record<Caller, Outcome>;
  /** What a refusal says beside its sentence, by its code. */
  readonly details?: Record<string, Record<string, Expected>>;
}

const STRANGERS = { "stranger naming the team": "404 organization_not_found", "stranger at home": "200" } as const;
const EVERYBODY = { viewer: "200", member: "200", admin: "200", owner: "200", ...STRANGERS } as const;
const USERS = { ...EVERYBODY, viewer: "403 forbidden" } as const;
const MANAGERS = { ...USERS, member: "403 forbidden" } as const;
const OWNERS = { ...MANAGERS, admin: "403 forbidden" } as const;
const NOT_INVITED = {
  viewer: "403 wrong_recipient",
  member: "403 wrong_recipient",
  admin: "403 wrong_recipient",
  owner: "403 wrong_recipient",
  "stranger naming the team": "403 wrong_recipient",
  "stranger at home": "403 wrong_recipient",
} as const;

/** Where a function takes bodies: at its root, or at the path of each action. */
export interface Place {
  readonly title: string;
  readonly fn: string;
  readonly path: string | undefined;
  readonly method: "POST" | "PATCH";
  /** How much its body may hold, in KiB. */
  readonly mostKibibytes: number;
}

/** As a request: what is called, and how. */
export function asked({ action, byPath }: Call, body: Record<string, unknown>): Ask {
  if (byPath === undefined) return { action, body };
  const query = byPath === "GET" ? new URLSearchParams(body as Record<string, string>).toString() : "";
  return { path: query === "" ? `/${action}` : `/${action}?${query}`, method: byPath, body };
}

const UNSIGNED = {
  viewer: "401 invalid_signature",
  member: "401 invalid_signature",
  admin: "401 invalid_signature",
  owner: "401 invalid_signature",
  "stranger naming the team": "401 invalid_signature",
  "stranger at home": "401 invalid_signature",
} as const;

const NO_GAUGE = {
  viewer: "400 invalid_field",
  member: "400 invalid_field",
  admin: "400 invalid_field",
  owner: "400 invalid_field",
  "stranger naming the team": "404 organization_not_found",
  "stranger at home": "400 invalid_field",
} as const;

const NO_RESERVATION = {
  viewer: "404 reservation_not_found",
  member: "404 reservation_not_found",
  admin: "404 reservation_not_found",
  owner: "404 reservation_not_found",
  "stranger naming the team": "404 organization_not_found",
  "stranger at home": "404 reservation_not_found",
} as const;

const NO_CALL = {
  viewer: "404 call_not_found",
  member: "404 call_not_found",
  admin: "404 call_not_found",
  owner: "404 call_not_found",
  "stranger naming the team": "404 organization_not_found",
  "stranger at home": "404 call_not_found",
} as const;

const NO_TEAM = {
  viewer: "409 not_personal",
  member: "409 not_personal",
  admin: "409 not_personal",
  owner: "409 not_personal",
  "stranger naming the team": "404 organization_not_found",
  "stranger at home": "409 not_personal",
} as const;

/** The team of these suites has more than one member. */
const NOT_ALONE = {
  viewer: "403 forbidden",
  member: "403 forbidden",
  admin: "403 forbidden",
  owner: "409 not_alone",
  "stranger naming the team": "404 organization_not_found",
  "stranger at home": "200",
} as const;

/** About nobody but the caller: another's organization is nothing to it. */
const OF_THE_CALLER = { ...EVERYBODY, "stranger naming the team": "200" } as const;

const NO_USERNAME = {
  viewer: "409 username_required",
  member: "409 username_required",
  admin: "409 username_required",
  owner: "409 username_required",
  "stranger naming the team": "409 username_required",
  "stranger at home": "409 username_required",
} as const;

const OWN = { viewer: "403 forbidden", member: "403 forbidden", admin: "403 forbidden", "stranger naming the team": "404 organization_not_found", "stranger at home": "404 organization_not_found" } as const;

/** The catalog of these suites has no content; what a package is opened by is in account.test.ts. */
const NO_PACKAGE = {
  viewer: "404 package_not_found",
  member: "404 package_not_found",
  admin: "404 package_not_found",
  owner: "404 package_not_found",
  "stranger naming the team": "404 organization_not_found",
  "stranger at home": "404 package_not_found",
} as const;

/** Of nobody's whose call it is: what the right one does is in account.test.ts. */
const UNCONFIRMED = {
  viewer: "400 invalid_field",
  member: "400 invalid_field",
  admin: "400 invalid_field",
  owner: "400 invalid_field",
  "stranger naming the team": "400 invalid_field",
  "stranger at home": "400 invalid_field",
} as const;

const RECORDED = { viewer: "201", member: "201", admin: "201", owner: "201", "stranger naming the team": "201", "stranger at home": "201" } as const;

const session = () => ({ sessionId: "browser-1" });
const invitationId = ({ invitation }: Scene) => ({ invitationId: invitation.id });
const token = ({ invitation }: Scene) => ({ token: invitation.token });
const endpoint = ({ team }: Scene) => ({ endpoint: team.endpoint });
const memberId = ({ team }: Scene) => ({ memberId: team.member.id });

export const CALLS: readonly Call[] = [
  { fn: "manage-session", action: "validate", session: "begins it", body: session, expected: EVERYBODY },
  { fn: "manage-session", action: "check", body: session, expected: EVERYBODY },
  { fn: "manage-session", action: "heartbeat", session: "begins it", body: session, expected: EVERYBODY },
  { fn: "manage-session", action: "terminate", body: session, expected: EVERYBODY },
  { fn: "manage-session", action: "list", body: () => ({}), expected: EVERYBODY },

  { fn: "track-upload", action: "count", session: "enforced", body: () => ({ uploadType: "rate_sheet" }), expected: USERS },
  { fn: "track-upload", action: "status", body: () => ({}), expected: EVERYBODY },

  { fn: "track-usage", action: "check", byPath: "POST", key: "usage:read", body: () => ({ feature: "uploads" }), expected: EVERYBODY },
  { fn: "track-usage", action: "track", byPath: "POST", key: "usage:write", session: "enforced", body: () => ({ feature: "uploads" }), expected: USERS },
  // The catalog of these suites has no gauge; what a gauge does is in track-usage.test.ts.
  { fn: "track-usage", action: "set", byPath: "POST", key: "usage:write", session: "enforced", body: () => ({ feature: "uploads", value: 1 }), expected: NO_GAUGE, details: { invalid_field: { field: "feature" } } },
  { fn: "track-usage", action: "release", byPath: "POST", key: "usage:write", session: "enforced", body: () => ({ feature: "uploads" }), expected: NO_GAUGE, details: { invalid_field: { field: "feature" } } },
  { fn: "track-usage", action: "reserve", byPath: "POST", key: "usage:write", session: "enforced", body: () => ({ feature: "uploads" }), expected: USERS },
  { fn: "track-usage", action: "confirm", byPath: "POST", key: "usage:write", session: "enforced", body: () => ({ reservation: "nowhere" }), expected: NO_RESERVATION },
  { fn: "track-usage", action: "batch", byPath: "POST", key: "usage:write", mostKibibytes: 512, session: "enforced", body: () => ({ events: [{ feature: "uploads" }] }), expected: USERS },
  // Nor has it calls: track-usage.test.ts.
  ...["start-call", "log-call"].map((action): Call => ({
    fn: "track-usage", action, byPath: "POST", key: "usage:write", session: "enforced", body: () => ({ type: "rate_sheet", seconds: 1 }), expected: NO_GAUGE, details: { invalid_field: { field: "type" } },
  })),
  { fn: "track-usage", action: "end-call", byPath: "POST", key: "usage:write", session: "enforced", body: () => ({ call: "nowhere" }), expected: NO_CALL },
  ...["entitlements", "summary", "people", "events", "alerts", "list-calls", "reservations"].map((action): Call => ({
    fn: "track-usage", action, byPath: "GET", key: "usage:read", body: () => ({}), expected: EVERYBODY,
  })),
  {
    fn: "track-usage",
    action: "acknowledge",
    byPath: "POST",
    body: () => ({ feature: "uploads", alert: "80_percent" }),
    expected: { ...NO_GAUGE, viewer: "403 forbidden" },
    details: { invalid_field: { field: "alert" } },
  },

  {
    fn: "create-organization",
    action: "create",
    session: "enforced",
    body: () => ({ name: "Another Team" }),
    // It is about no organization that is there already, so nobody is a stranger.
    expected: {
      viewer: "201", member: "201", admin: "201", owner: "201", "stranger naming the team": "201", "stranger at home": "201",
    },
  },

  {
    fn: "invite-user",
    action: "invite",
    session: "enforced",
    body: () => ({ email: "somebody.new@example.com" }),
    expected: { ...MANAGERS, admin: "201", owner: "201", "stranger at home": "201" },
  },
  {
    fn: "invite-user",
    action: "resend",
    session: "enforced",
    body: invitationId,
    expected: { ...MANAGERS, "stranger at home": "404 invitation_not_found" },
  },
  {
    fn: "invite-user",
    action: "revoke",
    body: invitationId,
    expected: { ...MANAGERS, "stranger at home": "404 invitation_not_found" },
  },
  { fn: "invite-user", action: "list", body: () => ({}), expected: MANAGERS },

  { fn: "accept-invitation", action: "accept", session: "enforced", body: token, expected: NOT_INVITED },
  { fn: "accept-invitation", action: "decline", body: token, expected: NOT_INVITED },
  {
    fn: "accept-invitation",
    action: "preview",
    body: token,
    isPublic: true,
    expected: { ...EVERYBODY, "stranger naming the team": "200" },
  },

  { fn: "manage-members", action: "list", body: () => ({}), expected: EVERYBODY },
  {
    fn: "manage-members",
    action: "remove",
    body: memberId,
    expected: { ...MANAGERS, "stranger at home": "404 member_not_found" },
  },
  {
    fn: "manage-members",
    action: "change_role",
    body: (scene) => ({ ...memberId(scene), newRole: "viewer" }),
    expected: { ...MANAGERS, "stranger at home": "404 member_not_found" },
  },
  {
    fn: "manage-members",
    action: "transfer_ownership",
    body: memberId,
    expected: { ...OWNERS, "stranger at home": "404 member_not_found" },
  },
  {
    fn: "manage-members",
    action: "leave",
    body: () => ({}),
    expected: { ...EVERYBODY, owner: "409 last_owner", "stranger at home": "409 last_owner" },
  },

  { fn: "billing", action: "webhook", byPath: "POST", isDelivery: true, body: () => ({ id: "evt_1" }), expected: UNSIGNED },
  {
    fn: "billing",
    action: "checkout",
    byPath: "POST",
    session: "enforced",
    body: () => ({ plan: "enterprise" }),
    expected: { ...OWNERS, owner: "409 plan_not_for_sale", "stranger at home": "409 plan_not_for_sale" },
    details: { plan_not_for_sale: { salesContact: "sales@voipaccelerator.com" } },
  },
  {
    fn: "billing",
    action: "portal",
    byPath: "POST",
    session: "enforced",
    body: () => ({}),
    expected: { ...OWNERS, owner: "409 no_billing_account", "stranger at home": "409 no_billing_account" },
  },
  { fn: "billing", action: "preview", byPath: "POST", body: () => ({ plan: "enterprise", interval: "year" }), expected: OWNERS },
  ...["change-plan", "cancel", "resume"].map((action): Call => ({
    fn: "billing",
    action,
    byPath: "POST",
    ...(action === "cancel" ? {} : { session: "enforced" }),
    body: () => (action === "change-plan" ? { plan: "enterprise", interval: "year" } : {}),
    expected: { ...OWNERS, owner: "409 no_subscription", "stranger at home": "409 no_subscription" },
    details: { no_subscription: { checkoutRequired: true } },
  })),
  { fn: "billing", action: "history", byPath: "GET", body: () => ({}), expected: OWNERS },
  {
    fn: "billing",
    action: "plans",
    byPath: "GET",
    body: () => ({}),
    isPublic: true,
    expected: { ...EVERYBODY, "stranger naming the team": "200" },
  },

  ...["clerk", "before-user-created", "after-user-created", "supabase-users"].map((action): Call => ({
    fn: "identity", action, byPath: "POST", isDelivery: true, body: () => ({ type: "user.created", data: {} }), expected: UNSIGNED,
  })),
  ...(["GET", "POST"] as const).map((byPath): Call => ({
    fn: "identity", action: "personal-organization", byPath, body: () => ({}), expected: OF_THE_CALLER,
  })),
  { fn: "identity", action: "convert-preview", byPath: "POST", body: () => ({}), expected: NO_TEAM },
  { fn: "identity", action: "convert", byPath: "POST", session: "enforced", body: () => ({}), expected: NO_TEAM },
  { fn: "identity", action: "convert-back-preview", byPath: "POST", body: () => ({}), expected: EVERYBODY },
  { fn: "identity", action: "convert-back", byPath: "POST", session: "enforced", body: () => ({}), expected: NOT_ALONE, details: { not_alone: { otherMembers: 3 } } },

  {
    fn: "webhooks", action: "create", byPath: "POST", key: "webhooks:manage", body: () => ({ url: "https://hooks.example.com/" }),
    expected: { ...MANAGERS, admin: "201", owner: "201", "stranger at home": "201" },
  },
  { fn: "webhooks", action: "list", byPath: "GET", key: "webhooks:manage", body: () => ({}), expected: MANAGERS },
  ...["rotate", "pause", "resume", "test", "remove"].map((action): Call => ({
    fn: "webhooks", action, byPath: "POST", key: "webhooks:manage", body: endpoint, expected: { ...MANAGERS, "stranger at home": "404 endpoint_not_found" },
  })),
  {
    fn: "webhooks", action: "update", byPath: "POST", key: "webhooks:manage", body: (scene) => ({ ...endpoint(scene), url: "https://hooks.example.com/another" }),
    expected: { ...MANAGERS, "stranger at home": "404 endpoint_not_found" },
  },
  {
    fn: "webhooks", action: "redeliver", byPath: "POST", key: "webhooks:manage", body: (scene) => ({ ...endpoint(scene), since: "2026-03-10T12:00:00Z" }),
    expected: { ...MANAGERS, "stranger at home": "404 endpoint_not_found" },
  },
  {
    fn: "webhooks", action: "deliveries", byPath: "GET", key: "webhooks:manage", body: endpoint,
    expected: { ...MANAGERS, "stranger at home": "404 endpoint_not_found" },
  },
  { fn: "webhooks", action: "audit", byPath: "GET", body: () => ({}), expected: MANAGERS },
  { fn: "webhooks", action: "audit-export", byPath: "GET", isFile: true, body: () => ({}), expected: MANAGERS },
  // The link of `unsubscribe` is its signature.
  ...(["GET", "POST"] as const).map((byPath): Call => ({ fn: "mails", action: "unsubscribe", byPath, isDelivery: true, body: () => ({}), expected: UNSIGNED })),
  ...(["GET", "POST"] as const).map((byPath): Call => ({
    fn: "mails", action: "preferences", byPath, body: () => (byPath === "GET" ? {} : { limitWarning: false }), expected: { ...EVERYBODY, "stranger naming the team": "200" },
  })),
  { fn: "mails", action: "resend", byPath: "POST", isDelivery: true, body: () => ({ type: "email.bounced", data: {} }), expected: UNSIGNED },

  { fn: "account", action: "me", byPath: "GET", body: () => ({}), expected: EVERYBODY },
  { fn: "account", action: "profile", byPath: "GET", body: () => ({}), expected: OF_THE_CALLER },
  { fn: "account", action: "profile", byPath: "PATCH", body: () => ({ phoneCountryCode: "+49", phoneNumber: "3012345" }), expected: OF_THE_CALLER },
  { fn: "account", action: "username", byPath: "GET", body: () => ({ wanted: "countess" }), expected: OF_THE_CALLER },
  { fn: "account", action: "username", byPath: "POST", body: () => ({ username: `u_${randomUUID().slice(0, 8)}` }), expected: OF_THE_CALLER },
  { fn: "account", action: "onboarding", byPath: "GET", body: () => ({}), expected: OF_THE_CALLER },
  { fn: "account", action: "onboarding", byPath: "POST", body: () => ({ step: "company" }), expected: OF_THE_CALLER },
  {
    fn: "account", action: "complete-onboarding", byPath: "POST", body: () => ({}), expected: NO_USERNAME,
    details: { username_required: { wants: ["username", "profile"] } },
  },
  { fn: "account", action: "sessions", byPath: "GET", body: () => ({}), expected: EVERYBODY },
  { fn: "account", action: "end-session", byPath: "POST", body: () => ({ session: "browser-9" }), expected: EVERYBODY },
  { fn: "account", action: "end-other-sessions", byPath: "POST", body: () => ({}), expected: EVERYBODY },
  { fn: "account", action: "organizations", byPath: "GET", body: () => ({}), expected: EVERYBODY },
  {
    fn: "account", action: "switch-organization", byPath: "POST", body: ({ team }) => ({ organizationId: team.id }),
    expected: { ...EVERYBODY, "stranger at home": "404 organization_not_found" },
  },
  { fn: "account", action: "update-organization", byPath: "PATCH", body: () => ({ description: "We call." }), expected: MANAGERS },
  { fn: "account", action: "archive-organization", byPath: "POST", body: ({ team }) => ({ organizationId: team.id }), expected: { ...OWN, owner: "200" } },
  { fn: "account", action: "restore-organization", byPath: "POST", body: ({ team }) => ({ organizationId: team.id }), expected: { ...OWN, owner: "409 not_archived" } },
  { fn: "account", action: "subscription", byPath: "GET", body: () => ({}), expected: EVERYBODY },
  { fn: "account", action: "packages", byPath: "GET", body: () => ({}), expected: EVERYBODY },
  { fn: "account", action: "open-package", byPath: "POST", session: "enforced", body: () => ({ package: "nothing" }), expected: NO_PACKAGE },
  { fn: "account", action: "preferences", byPath: "GET", body: () => ({}), expected: OF_THE_CALLER },
  { fn: "account", action: "preferences", byPath: "PATCH", body: () => ({ preferences: { sessionMinutes: 30 } }), expected: OF_THE_CALLER },
  { fn: "account", action: "analytics", byPath: "GET", body: () => ({}), expected: OF_THE_CALLER },
  { fn: "account", action: "analytics", byPath: "POST", body: () => ({ seconds: 60 }), expected: RECORDED },
  { fn: "account", action: "export", byPath: "GET", body: () => ({}), expected: OF_THE_CALLER },
  { fn: "account", action: "delete", byPath: "GET", body: () => ({}), expected: OF_THE_CALLER },
  {
    fn: "account", action: "delete", byPath: "POST", session: "enforced", body: () => ({ confirm: "somebody.else@example.com" }), expected: UNCONFIRMED,
    details: { invalid_field: { field: "confirm" } },
  },
];

/** Each place where a signed-in caller's body is read. */
export const PLACES: readonly Place[] = [...new Map(CALLS.filter(({ byPath, isDelivery }) => byPath !== "GET" && !isDelivery).map((call) => {
  const mostKibibytes = call.mostKibibytes ?? 64;
  const method = call.byPath === "PATCH" ? "PATCH" : "POST";
  const place: Place = call.byPath === undefined ? { title: call.fn, fn: call.fn, path: undefined, method, mostKibibytes }
    : { title: `${call.fn}/${call.action}`, fn: call.fn, path: `/${call.action}`, method, mostKibibytes };
  return [place.title, place] as const;
})).values()];

/** Functions whose actions the body names, and no path. */
export const NAMED_BY_BODY: readonly string[] = [...new Set(CALLS.filter(({ byPath }) => byPath === undefined).map(({ fn }) => fn))];
