// Every action that a page or a server asks for: where it is, and whether sending it twice has the effect of once.

export interface Route {
  method: "GET" | "POST" | "PATCH";
  /** Behind the function's name; undefined where the body names the action. */
  segment: string | undefined;
  /** What every body of this action says. */
  constants: Record<string, string>;
  repeatable: boolean;
  /** Whether a key makes it count once: one for the request, or one for each of its events. */
  keyed: "request" | "events" | undefined;
  /** The answer may be a file that is no JSON. */
  isText: boolean;
  /** The browser's session decides about it, so that it waits until a registration under way has ended. */
  waits: boolean;
}

const route = (method: Route["method"], segment: string | undefined, more: Partial<Route> = {}): Route =>
  ({ method, segment, constants: {}, repeatable: method === "GET", keyed: undefined, isText: false, waits: true, ...more });

/** By `GET`. */
const read = (segment: string) => route("GET", segment);
/** Changes something: sent once, since nothing is known of what became of it where no answer came. */
const change = (segment: string) => route("POST", segment);
/** Sets something to what it says, or changes nothing: sent again where no answer came. */
const repeatable = (segment: string) => route("POST", segment, { repeatable: true });
const patch = (segment: string) => route("PATCH", segment, { repeatable: true });
/** Counts once by its key, so it is sent again under the same one. */
const keyed = (segment: string) => route("POST", segment, { repeatable: true, keyed: "request" });
/** Named by the body's `action`. */
const named = (action: string, more: Partial<Route> = {}) => route("POST", undefined, { constants: { action }, ...more });
const again = { repeatable: true };
/** Is how a session begins and goes on, or is answered to everybody. */
const free = { repeatable: true, waits: false };

export const ACTIONS = {
  manageSession: {
    path: "manage-session",
    actions: {
      // Registered again it answers with another secret, and the one that was lost on the way is good for nothing.
      validate: named("validate", free),
      check: named("check", again),
      heartbeat: named("heartbeat", free),
      terminate: named("terminate", again),
      list: named("list", again),
    },
  },
  trackUpload: {
    path: "track-upload",
    actions: { count: named("count", { repeatable: true, keyed: "request" }), status: named("status", again) },
  },
  trackUsage: {
    path: "track-usage",
    actions: {
      check: repeatable("check"),
      track: keyed("track"),
      set: keyed("set"),
      release: keyed("release"),
      reserve: keyed("reserve"),
      confirm: change("confirm"),
      batch: route("POST", "batch", { repeatable: true, keyed: "events" }),
      startCall: keyed("start-call"),
      endCall: change("end-call"),
      logCall: keyed("log-call"),
      acknowledge: repeatable("acknowledge"),
      entitlements: read("entitlements"),
      summary: read("summary"),
      people: read("people"),
      events: read("events"),
      alerts: read("alerts"),
      reservations: read("reservations"),
      listCalls: read("list-calls"),
    },
  },
  createOrganization: { path: "create-organization", actions: { create: named("create") } },
  inviteUser: {
    path: "invite-user",
    actions: { invite: named("invite"), resend: named("resend"), revoke: named("revoke"), list: named("list", again) },
  },
  acceptInvitation: {
    path: "accept-invitation",
    actions: { accept: named("accept"), decline: named("decline"), preview: named("preview", free) },
  },
  manageMembers: {
    path: "manage-members",
    actions: {
      list: named("list", again),
      remove: named("remove"),
      changeRole: named("change_role"),
      transferOwnership: named("transfer_ownership"),
      leave: named("leave"),
    },
  },
  identity: {
    path: "identity",
    actions: {
      personalOrganization: read("personal-organization"),
      openPersonalOrganization: repeatable("personal-organization"),
      convertPreview: repeatable("convert-preview"),
      convert: change("convert"),
      convertBackPreview: repeatable("convert-back-preview"),
      convertBack: change("convert-back"),
    },
  },
  billing: {
    path: "billing",
    actions: {
      plans: route("GET", "plans", free),
      history: read("history"),
      // The same wish opens the same page.
      checkout: repeatable("checkout"),
      portal: repeatable("portal"),
      preview: repeatable("preview"),
      changePlan: change("change-plan"),
      cancel: change("cancel"),
      resume: change("resume"),
    },
  },
  account: {
    path: "account",
    actions: {
      me: read("me"),
      profile: read("profile"),
      // It may be made on the condition that nothing was changed since, which its own first try breaks.
      changeProfile: route("PATCH", "profile"),
      username: read("username"),
      takeUsername: repeatable("username"),
      onboarding: read("onboarding"),
      saveOnboardingStep: repeatable("onboarding"),
      completeOnboarding: repeatable("complete-onboarding"),
      sessions: read("sessions"),
      endSession: repeatable("end-session"),
      endOtherSessions: repeatable("end-other-sessions"),
      organizations: read("organizations"),
      switchOrganization: repeatable("switch-organization"),
      updateOrganization: patch("update-organization"),
      archiveOrganization: change("archive-organization"),
      restoreOrganization: change("restore-organization"),
      subscription: read("subscription"),
      packages: read("packages"),
      openPackage: change("open-package"),
      preferences: read("preferences"),
      changePreferences: patch("preferences"),
      analytics: read("analytics"),
      recordAnalytics: keyed("analytics"),
      export: route("GET", "export", { isText: true }),
      deletePreview: read("delete"),
      delete: change("delete"),
    },
  },
  webhooks: {
    path: "webhooks",
    actions: {
      create: change("create"),
      list: read("list"),
      update: repeatable("update"),
      rotate: change("rotate"),
      pause: repeatable("pause"),
      resume: repeatable("resume"),
      remove: change("remove"),
      test: change("test"),
      deliveries: read("deliveries"),
      redeliver: change("redeliver"),
      audit: read("audit"),
      auditExport: route("GET", "audit-export", { isText: true }),
    },
  },
  mails: { path: "mails", actions: { preferences: read("preferences"), changePreferences: repeatable("preferences") } },
} satisfies Record<string, { path: string; actions: Record<string, Route> }>;

export type FunctionName = keyof typeof ACTIONS;
export type ActionName<F extends FunctionName> = keyof (typeof ACTIONS)[F]["actions"] & string;
