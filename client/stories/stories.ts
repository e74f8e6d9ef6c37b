// Every component in every state that it has.
import type { ConflictingSession, EndReason } from "../src/index.ts";
import type { SessionState } from "../src/session/index.ts";
import * as data from "./replies.ts";
import { refuses, replies, waits, type Script } from "./scripted.ts";

export interface Story {
  component: string;
  state: string;
  props?: Record<string, unknown>;
  /** Text inside of it. */
  content?: string;
  /** What somebody writes into its first field. */
  written?: string;
  script: Script;
  session?: SessionState;
  /** The browser knows that it has no network. */
  isOffline?: true;
}

type Rest = Omit<Story, "component" | "state">;

const REFUSED = "Too many requests; try again in a minute.";

/** A component's own states, and those that all have that fetch something. */
function of(component: string, first: keyof typeof FETCHED, states: Record<string, Rest>, props: Record<string, unknown> = {}): Story[] {
  const [loading, refused] = FETCHED[first];
  const all: Record<string, Rest> = { loading: { script: loading }, ...states, refused: { script: refused }, offline: { script: loading, isOffline: true } };
  return Object.entries(all).map(([state, rest]) => ({ component, state, ...rest, props: { ...props, ...rest.props } }));
}

const forbidden = [403, "forbidden", "Your role does not allow this."] as const;
const FETCHED = {
  summary: [waits("trackUsage", "summary"), refuses("trackUsage", "summary", ...forbidden)],
  plans: [{ ...waits("billing", "plans"), ...waits("trackUsage", "entitlements") }, { ...refuses("billing", "plans", 500, "internal", REFUSED), ...waits("trackUsage", "entitlements") }],
  organizations: [waits("account", "organizations"), refuses("account", "organizations", ...forbidden)],
  members: [waits("manageMembers", "list"), refuses("manageMembers", "list", ...forbidden)],
  invitations: [{ ...waits("inviteUser", "list"), ...waits("trackUsage", "entitlements") }, { ...refuses("inviteUser", "list", ...forbidden), ...waits("trackUsage", "entitlements") }],
  username: [waits("account", "username"), refuses("account", "username", ...forbidden)],
  preview: [waits("acceptInvitation", "preview"), refuses("acceptInvitation", "preview", 410, "invitation_expired", "The invitation has expired.")],
  entitlements: [waits("trackUsage", "entitlements"), refuses("trackUsage", "entitlements", ...forbidden)],
  history: [waits("billing", "history"), refuses("billing", "history", ...forbidden)],
  conversion: [{ ...waits("identity", "convertPreview"), ...waits("account", "me") }, { ...refuses("identity", "convertPreview", ...forbidden), ...waits("account", "me") }],
  profile: [waits("account", "profile"), refuses("account", "profile", ...forbidden)],
} satisfies Record<string, readonly [Script, Script]>;

const price = { allowed: true, unitPrice: "0.10", chargedCents: 250, capCents: 5_000 };
const check = (reason: "limit_reached" | "feature_not_in_plan" | "viewer"): Script => ({
  ...data.standing({}, [data.closed(reason)]), ...replies("trackUsage", "check", { ...data.closed(reason), upgrade: reason === "viewer" ? [] : [data.professional] }),
});
const other: ConflictingSession = { createdAt: "2026-12-10T08:00:00.000Z", lastSeen: new Date(Date.now() - 125_000).toISOString(), userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ipAddress: null };
const ended = (reason: EndReason): Rest => ({ script: {}, session: { status: "ended", reason } });
const nothing = (): void => undefined;

export const STORIES: Story[] = [
  ...of("UsageMeter", "summary", {
    empty: { script: data.usage() },
    "at 79 %": { script: data.usage(data.uploads(79, 100)) },
    "at 80 %": { script: data.usage(data.uploads(80, 100, { overage: { ...price, chargedCents: 0 } })) },
    "at 100 %": { script: data.usage(data.uploads(100, 100)) },
    over: { script: data.usage(data.uploads(125, 100, { overage: price })) },
    unlimited: { script: data.usage(data.uploads(4_711, -1)) },
    several: { script: data.usage(data.uploads(12, 100), data.uploads(3, 3, { feature: "voice_minutes" })) },
  }),
  ...of("PricingTable", "plans", {
    "by the month": { script: { ...data.catalog, ...data.standing({ status: "trialing" }) } },
    "by the year": { script: { ...data.catalog, ...data.standing({ status: "trialing" }) }, props: { interval: "year" } },
    "for teams": { script: { ...data.catalog, ...data.standing() }, props: { audience: "team" } },
    "with the own plan": { script: { ...data.catalog, ...data.standing() } },
    empty: { script: { ...replies("billing", "plans", { name: "Northwind", currency: "usd", plans: [] }), ...data.standing() } },
  }, { onChoose: nothing }),
  { component: "SessionConflictDialog", state: "one other browser", script: {}, session: { status: "conflict", sessions: [other] } },
  { component: "SessionConflictDialog", state: "nobody else", script: {}, session: { status: "live", offline: false } },
  ...(["signed_in_elsewhere", "terminated", "expired", "unknown"] as const).map((reason): Story => ({ component: "SignedOutElsewhere", state: reason, ...ended(reason) })),
  ...of("OrganizationSwitcher", "organizations", {
    empty: { script: data.organizations() },
    one: { script: data.organizations(data.organization("own", "Ada's Workspace", true, "personal")) },
    several: { script: data.organizations(data.organization("own", "Ada's Workspace", false, "personal"), data.organization("nw", "Northwind", true)) },
  }),
  ...of("MembersTable", "members", {
    empty: { script: data.team("owner", 10, []) },
    "as its owner": { script: data.team("owner") },
    "as a member": { script: data.team("member") },
    full: { script: data.team("owner", 4) },
  }, { userId: "ada" }),
  ...of("InviteForm", "invitations", {
    empty: { script: { ...data.invitations(), ...data.standing() } },
    pending: { script: { ...data.invitations("ben@northwind.example", "a.very.long.address.of.somebody@department.northwind.example"), ...data.standing() } },
    "as an admin": { script: { ...data.invitations(), ...data.standing({}, [], "admin") } },
    "no seat left": {
      script: { ...data.invitations(), ...data.standing(), ...refuses("inviteUser", "invite", 429, "seat_limit_exceeded", "All 4 seats of the Team plan are taken.", { upgradeRequired: true }) }, props: { onUpgrade: nothing },
    },
  }),
  ...of("AcceptInvitation", "preview", { open: { script: data.invitation } }, { token: "an-invitation" }),
  ...of("PlanBadge", "entitlements", {
    active: { script: data.standing() },
    trialing: { script: data.standing({ status: "trialing" }) },
    "past due": { script: data.standing({ status: "past_due" }) },
  }),
  ...of("TrialBanner", "entitlements", {
    "seven days": { script: data.standing({ status: "trialing", trialEndsAt: data.inDays(7) }) },
    tomorrow: { script: data.standing({ status: "trialing", trialEndsAt: data.inDays(1) }) },
    today: { script: data.standing({ status: "trialing", trialEndsAt: data.inDays(0) }) },
    "payment failed": { script: data.standing({ status: "past_due", warning: "payment_failed" }) },
    "no plan": { script: data.standing({ status: "canceled", runs: false }) },
    nothing: { script: data.standing() },
  }, { onUpgrade: nothing }),
  ...of("Gate", "entitlements", {
    open: { script: data.standing({}, [data.open]), content: "What the plan includes." },
    locked: { script: check("feature_not_in_plan") },
    "used up": { script: check("limit_reached") },
  }, { feature: "uploads", onUpgrade: nothing }),
  ...of("UpgradePrompt", "entitlements", {
    "not in the plan": { script: check("feature_not_in_plan") },
    "used up": { script: check("limit_reached") },
    "as a viewer": { script: check("viewer") },
    open: { script: data.standing({}, [data.open]) },
  }, { feature: "uploads", onUpgrade: nothing }),
  ...of("BillingHistory", "history", {
    empty: { script: data.history() },
    invoices: { script: data.history(...data.invoices) },
  }),
  ...of("ConvertToTeam", "conversion", {
    possible: { script: { ...data.conversion(true), ...waits("account", "me") } },
    "not possible": { script: { ...data.conversion(false), ...waits("account", "me") } },
  }),
  ...of("ProfileForm", "profile", { filled: { script: data.profile } }),
  ...of("UsernameField", "username", {}, {}).map((story): Story => ({ ...story, written: "ada_berg" })),
  { component: "UsernameField", state: "empty", script: {} },
  { component: "UsernameField", state: "with the own one", script: {}, props: { username: "ada_berg" } },
  {
    component: "UsernameField", state: "taken",
    script: replies("account", "username", { wanted: "admin", available: false, reason: "reserved", suggestions: ["member1", "member_2", "member88"] }),
  },
];
