// The requests and replies of the API, as its page (docs/API.md) tells of them.

type Json<Body> = { content: { "application/json": Body } };
type Reply<Fields = unknown> = Json<{ success: true; message: string } & Fields>;
/** A POST or PATCH. */
type Does<Body, Fields = unknown> = { parameters: { query?: never }; requestBody: Json<Body>; responses: { 200: Reply<Fields> } };
/** A POST that makes something. */
type Makes<Body, Fields = unknown> = { parameters: { query?: never }; requestBody: Json<Body>; responses: { 201: Reply<Fields> } };
/** A GET. */
type Reads<Query, Fields = unknown> = { parameters: { query?: Query }; requestBody?: never; responses: { 200: Reply<Fields> } };
type Nothing = Record<never, never>;
type Open = Record<string, unknown>;

export type Role = "owner" | "admin" | "member" | "viewer";
export type Status = "incomplete" | "trialing" | "active" | "past_due" | "unpaid" | "paused" | "canceled";
export type Interval = "month" | "year";
export type EndReason = "terminated" | "signed_in_elsewhere" | "expired" | "unknown" | "missing";
/** A time, ISO 8601 in UTC. */
type Time = string;
interface Page { nextCursor?: string | null }
interface OfPage { limit?: number; cursor?: string }

export interface Overage { unitPrice?: string; allowed?: boolean; chargedCents?: number; capCents?: number | null }
export interface Upgrade { plan: string; name: string; priceMonthCents: number | null; priceYearCents: number | null; limit?: number }
export interface Feature {
  feature: string;
  kind: "flag" | "config" | "meter" | null;
  allowed: boolean;
  reason?: "limit_reached" | "overage_cap_reached" | "feature_not_in_plan" | "subscription_required" | "viewer";
  value?: unknown;
  limit?: number;
  used?: number;
  reserved?: number;
  remaining?: number;
  unlimited?: boolean;
  granted?: number;
  unit?: string;
  usedQuantity?: number;
  resetsAt?: Time | null;
  unverified?: true;
  overage?: Overage | null;
  upgrade?: Upgrade[];
}
type Tracked = Feature & {
  event: { id: string; quantity: number; counted: number; costCents: number } | null;
  alerts?: string[];
  replayed?: boolean;
};
interface Reservation { id: string; quantity: number; createdAt: Time; expiresAt: Time }
interface Counted { quantity?: number; mode?: "reject" | "cap"; idempotencyKey?: string; occurredAt?: Time; attributes?: Open; userId?: string }
type Named = { feature: string; eventType?: never } | { eventType: string; feature?: never };
type TrackBody = Named & Counted;

interface Uploads {
  uploadType: string | null;
  uploadCount: number;
  totalUploads: number;
  lifetimeUploads: number;
  uploadLimit: number;
  remaining: number;
  tier: string;
  isUnlimited: boolean;
  nextResetDate: Time | null;
  replayed?: true;
}

export interface ConflictingSession { createdAt: Time; lastSeen: Time; userAgent: string | null; ipAddress: string | null }
interface Conflict {
  sessionConflict: boolean;
  isEnterprise: boolean;
  allowMultipleSessions: boolean;
  conflictDetails: { terminatedSessions: number; sessions: ConflictingSession[] };
}
export interface Session { sessionId: string; createdAt: Time; lastHeartbeat: Time; userAgent: string | null; ipAddress: string | null; browserInfo: unknown }
type ListedSession = Session & { current: boolean };

interface MadeOrganization { id: string; name: string; slug: string; role: Role; isAdmin: boolean; seatLimit: number; currentSeats: number }
interface SeatInfo { currentSeats: number; seatLimit: number; pending: number; remaining: number }
interface SentInvitation { id: string; email: string; organizationName: string; role: Role; token: string; expiresAt: Time; inviteUrl: string }
export interface Invitation { id: string; email: string; role: Role; status: "pending" | "expired"; invitedBy: string; createdAt: Time; expiresAt: Time }
export interface InvitationPreview { organizationName: string; role: Role; invitedBy: string; email: string; expiresAt: Time }
export interface Member { id: string; email: string; name: string; role: Role; isAdmin: boolean; joinedAt: Time; subscriptionActive: boolean }
export interface SeatUsage { current: number; limit: number; remaining: number; pendingInvites: number }

export interface Entitlements {
  organization: { id: string; name: string; isPersonal: boolean };
  plan: { id: string; name: string; status: Status; runs: boolean; warning: string | null; trialEndsAt: Time | null; accessUntil: Time | null };
  role: Role;
  seats: { used: number; limit: number };
  features: (Feature & { warning?: boolean })[];
  packages: { id: string; name: string; category: string; available: boolean; minimumPlan: string | null }[];
}
export interface MeterPeriod {
  feature: string;
  limit: number;
  used: number;
  reserved: number;
  remaining: number;
  unlimited: boolean;
  unit?: string;
  resetsAt: Time | null;
  overage: Overage | null;
  percentage: number | null;
  projected: number | null;
  periodStart: Time;
  earlier: { periodStart: Time; quantity: number; overageCents: number }[];
  series: { day: Time; count: number; quantity: number; averageScore: number | null }[];
  streak: { current: number; longest: number };
  score: { average: number | null; before: number | null; trend: number | null };
}
export interface Alert { feature: string; alert: string; createdAt: Time; periodStart: Time; used: number; limit: number; acknowledgedAt: Time | null }

export type PlanFeature =
  | { kind: "flag"; feature: string; included: boolean }
  | { kind: "config"; feature: string; value: unknown }
  | { kind: "meter"; feature: string; limit: number; reset: string };
export interface Plan {
  id: string;
  name: string;
  audience: "individual" | "team" | "any";
  position: number;
  priceMonthCents: number | null;
  priceYearCents: number | null;
  annualSavingsCents: number | null;
  canBeBoughtBy: Interval[];
  salesContact: string | null;
  seats: number;
  concurrentSessions: number;
  trialDays: number;
  isStart: boolean;
  features: PlanFeature[];
}
interface Losses { plan: string; features: string[]; limits: { feature: string; from: number; to: number }[]; seats: unknown; usage: unknown[] }
export interface Subscription {
  plan: string;
  planName: string;
  status: Status;
  interval: Interval;
  amountCents: number | null;
  currency: string;
  currentPeriodStart: Time;
  currentPeriodEnd: Time;
  trialEndsAt: Time | null;
  pastDueSince: Time | null;
  cancelAt: Time | null;
  pendingChange: { plan: string; interval: Interval; at: Time } | null;
  addOns: unknown[];
  isPaidThroughStripe: boolean;
  allows: {
    features: boolean; read: boolean; billing: boolean; until: Time | null; warning: string | null; canCheckout: boolean;
    canChangePlan: boolean; canRevokeChange: boolean; canCancel: boolean; canResume: boolean;
  };
}
interface Quote {
  from: { plan: string; planName: string; interval: Interval; priceCents: number | null };
  to: { plan: string; planName: string; interval: Interval; priceCents: number | null };
  kind: "upgrade" | "downgrade" | "same";
  effectiveAt: Time;
  currency: string;
  proration: { creditCents: number; chargeCents: number; totalCents: number; prorationDate: number } | null;
  dueNowCents: number;
  nextInvoiceCents: number | null;
  nextInvoiceAt: Time;
  losses: Losses;
  whatToDo: string[];
  isBlocked: boolean;
  checkoutRequired: boolean;
}
export interface Invoice {
  id: string;
  number: string | null;
  status: string;
  reason: string | null;
  currency: string;
  subtotalCents: number;
  totalCents: number;
  dueCents: number;
  paidCents: number;
  refundedCents: number;
  hostedUrl: string | null;
  pdfUrl: string | null;
  periodStart: Time;
  periodEnd: Time;
  createdAt: Time;
  paidAt: Time | null;
}

export interface ListedOrganization {
  id: string; name: string; slug: string; kind: "personal" | "team"; avatarUrl: string | null; role: Role; plan: string; planName: string;
  status: Status; current: boolean; joinedAt: Time;
}
export interface Current {
  id: string; name: string; slug: string; kind: "personal" | "team"; role: Role; plan: string; planName: string; status: Status; interval: Interval;
  currentPeriodStart: Time; currentPeriodEnd: Time; trialEndsAt: Time | null; cancelAt: Time | null; features: boolean; until: Time | null;
  warning: string | null; seats: number; unreadAlerts: number;
}
export interface Person {
  id: string; email: string; emailVerified: boolean; name: string; username: string | null; displayName: string | null; avatarUrl: string | null;
  timeZone: string | null; language: string | null; accountType: string; createdAt: Time;
}
interface ProfileFields {
  fullName: string | null; firstName: string | null; middleName: string | null; lastName: string | null; displayName: string | null;
  bio: string | null; avatarUrl: string | null; companyWebsite: string | null; businessCompany: string | null; businessPosition: string | null;
  personalCountry: string | null; businessCountry: string | null; phoneCountryCode: string | null; phoneNumber: string | null;
  timeZone: string | null; language: string | null; updatedAt: Time | null;
}
export interface Profile extends ProfileFields {
  id: string; email: string; emailVerified: boolean; username: string | null; profileCompleted: boolean; createdAt: Time;
  [field: string]: unknown;
}
interface Onboarding { completed: boolean; completedAt: Time | null; steps: { step: string; answers: unknown; savedAt: Time }[]; wants: string[] }
interface ConvertBody { name?: string; slug?: string; plan?: string; interval?: Interval }
interface Conversion {
  allowed: boolean; reason: { code: string; message: string } | null; organization: { id: string; name: string; slug: string };
  plan: { from: { id: string; name: string }; to: { id: string; name: string } }; status: Status; trialEndsAt: Time | null;
  seats: { from: number; to: number }; gained: { features: string[]; limits: { feature: string; from: number; to: number }[] }; lost: Losses;
}
interface Endpoint {
  id: string; url: string; eventTypes: string[] | null; state: string; createdAt: Time; updatedAt: Time; failingSince: Time | null;
  disabledReason: string | null; formerSecretEndsAt: Time | null;
}
interface MailPreferences { language: "en" | "de" | null; limitWarning: boolean; limitReached: boolean; trialEnding: boolean; endpointDisabled: boolean }

export interface operations {
  manageSession_validate: Does<{ sessionId: string; userAgent?: string; browserInfo?: unknown; onConflict?: "terminate" | "reject" }, Conflict & { sessionSecret?: string }>;
  manageSession_check: Does<{ sessionId: string }, { hasConflict: boolean; existingSession: Session | null }>;
  manageSession_heartbeat: Does<{ sessionId: string }, { valid: boolean; reason?: EndReason }>;
  manageSession_terminate: Does<{ sessionId: string }, { terminated: number }>;
  manageSession_list: Does<{ sessionId?: string } & OfPage, { sessions: ListedSession[] } & Page>;
  trackUpload_count: Does<{ uploadType: string; uploadCount?: number; idempotencyKey?: string }, Uploads>;
  trackUpload_status: Does<Nothing, Uploads>;
  trackUsage_check: Does<(Named | { features: string[] }) & { quantity?: number }, Feature & { features?: Feature[] }>;
  trackUsage_track: Does<TrackBody, Tracked>;
  trackUsage_set: Does<{ feature: string; value: number; idempotencyKey?: string }, Tracked>;
  trackUsage_release: Does<({ feature: string; quantity?: number } | { reservation: string }) & { idempotencyKey?: string }, Tracked & { reservation?: Reservation }>;
  trackUsage_reserve: Does<TrackBody & { expiresIn?: number }, Tracked & { reservation: Reservation }>;
  trackUsage_confirm: Does<{ reservation: string; quantity?: number; mode?: "reject" | "cap" }, Tracked & { reservation: Reservation }>;
  trackUsage_batch: Does<{ events: TrackBody[] }, {
    counted: number; refused: number; meters: Feature[]; alerts: unknown[];
    results: { index: number; success: boolean; replayed: boolean; event?: Tracked["event"]; code?: string; error?: string; field?: string }[];
  }>;
  trackUsage_startCall: Does<{ type: string; seconds?: number; idempotencyKey?: string; attributes?: Open; userId?: string }, Tracked & { call: Open }>;
  trackUsage_endCall: Does<{ call: string; status?: "completed" | "failed"; seconds?: number }, Tracked & { call: Open }>;
  trackUsage_logCall: Does<{ type: string; seconds: number; startedAt?: Time; status?: string; mode?: string; idempotencyKey?: string }, Tracked & { call: Open }>;
  trackUsage_acknowledge: Does<{ feature: string; alert: string }, { acknowledged: number }>;
  trackUsage_entitlements: Reads<Nothing, Entitlements>;
  trackUsage_summary: Reads<{ periods?: number; days?: number }, { meters: MeterPeriod[]; overageCents: number; rolledUpTo: Time | null; upTo: Time }>;
  trackUsage_events: Reads<{ feature?: string; userId?: string; since?: Time; before?: Time } & OfPage, { events: Open[] } & Page>;
  trackUsage_alerts: Reads<{ show?: "all"; feature?: string; since?: Time } & OfPage, { alerts: Alert[] } & Page>;
  trackUsage_reservations: Reads<OfPage, { reservations: Open[] } & Page>;
  trackUsage_listCalls: Reads<{ type?: string; status?: string; userId?: string; since?: Time } & OfPage, { calls: Open[] } & Page>;
  createOrganization_create: Makes<
    { name: string; slug?: string; orgType?: "business" | "family" | "education" | "other"; billingEmail?: string; plan?: string },
    { organization: MadeOrganization & { billingEmail: string; createdAt: Time; plan: string; status: Status; trialEndsAt: Time | null } }
  >;
  inviteUser_invite: Makes<{ email: string; role?: Role; organizationId?: string }, { invitation: SentInvitation; seatInfo: SeatInfo }>;
  inviteUser_resend: Does<{ invitationId: string }, { invitation: SentInvitation; seatInfo: SeatInfo }>;
  inviteUser_revoke: Does<{ invitationId: string }, { invitationId: string }>;
  inviteUser_list: Does<OfPage, { invitations: Invitation[]; seatInfo: SeatInfo } & Page>;
  acceptInvitation_accept: Does<{ token: string }, { organization: MadeOrganization }>;
  acceptInvitation_decline: Does<{ token: string }, { invitationId: string; organizationName: string }>;
  acceptInvitation_preview: Does<{ token: string }, { invitation: InvitationPreview }>;
  manageMembers_list: Does<OfPage, {
    organization: { id: string; name: string; slug: string; kind: string; plan: string; status: Status; role: Role; isAdmin: boolean; createdAt: Time };
    members: Member[]; pendingInvitations: { id: string; email: string; role: Role; createdAt: Time; expiresAt: Time }[]; seatUsage: SeatUsage;
  } & Page>;
  manageMembers_remove: Does<{ memberId: string }, { memberId: string }>;
  manageMembers_changeRole: Does<{ memberId: string; newRole: Role }, { memberId: string; oldRole: Role; newRole: Role }>;
  manageMembers_transferOwnership: Does<{ memberId: string }, { newOwnerId: string; yourRole: Role }>;
  manageMembers_leave: Does<Nothing, { organizationId: string }>;
  identity_personalOrganization: Reads<Nothing, { personalOrganizationId: string | null; isPersonal: boolean; currentOrganizationId: string | null }>;
  identity_openPersonalOrganization: Does<Nothing, { personalOrganizationId: string }>;
  identity_convertPreview: Does<ConvertBody, Conversion & {
    interval: Interval; priceCents: number | null; currency: string; proration: Quote["proration"]; dueNowCents: number;
    personalOrganization: { name: string; plan: string; status: Status };
  }>;
  identity_convert: Does<ConvertBody & { prorationDate?: number }, {
    organization: MadeOrganization & { plan: string; status: Status; trialEndsAt: Time | null };
    personalOrganization: { id: string; name: string; plan: string; status: Status };
  }>;
  identity_convertBackPreview: Does<Nothing, Conversion & { revokedInvitations: number; archivedOrganization: { id: string; name: string } | null }>;
  identity_convertBack: Does<Nothing, {
    personalOrganization: { id: string; name: string; slug: string; plan: string; status: Status; trialEndsAt: Time | null };
    archivedOrganization: string | null; revokedInvitations: number;
  }>;
  billing_plans: Reads<Nothing, { name: string; currency: string; plans: Plan[] }>;
  billing_history: Reads<OfPage, { subscription: Subscription; invoices: Invoice[]; periods: Open[]; otherRefunds: Open[]; otherDisputes: Open[]; next: string | null } & Page>;
  billing_checkout: Does<
    { plan: string; interval?: Interval; successPath?: string; cancelPath?: string; idempotencyKey?: string },
    { url: string; checkoutSessionId: string; plan: string; interval: Interval; trialEndsAt: Time | null }
  >;
  billing_portal: Does<{ returnPath?: string }, { url: string }>;
  billing_preview: Does<{ plan: string; interval?: Interval }, Quote>;
  billing_changePlan: Does<{ plan: string; interval?: Interval; prorationDate?: number }, Quote & { subscription: Subscription }>;
  billing_cancel: Does<Nothing, { subscription: Subscription }>;
  billing_resume: Does<Nothing, { subscription: Subscription }>;
  account_me: Reads<Nothing, {
    user: Person; organizations: ListedOrganization[]; current: Current | null; onboarding: { completed: boolean; completedAt: Time | null; wants: string[] };
  } & Page>;
  account_profile: Reads<Nothing, { profile: Profile }>;
  account_changeProfile: Does<Partial<ProfileFields> & Open, { profile: Profile }>;
  account_username: Reads<{ wanted: string }, { wanted: string; available: boolean; reason: "invalid" | "reserved" | "taken" | null; suggestions: string[] }>;
  account_takeUsername: Does<{ username: string }, { username: string }>;
  account_onboarding: Reads<Nothing, { onboarding: Onboarding }>;
  account_saveOnboardingStep: Does<{ step: string; answers?: unknown }, { onboarding: Onboarding }>;
  account_completeOnboarding: Does<Nothing, { onboarding: Onboarding }>;
  account_sessions: Reads<OfPage, { sessions: ListedSession[] } & Page>;
  account_endSession: Does<{ session: string }, { terminated: number }>;
  account_endOtherSessions: Does<Nothing, { terminated: number }>;
  account_organizations: Reads<{ show?: "archived" } & OfPage, { organizations: ListedOrganization[] } & Page>;
  account_switchOrganization: Does<{ organizationId: string }, { organization: { id: string; name: string; slug: string; kind: string; role: Role } }>;
  account_updateOrganization: Does<{ name?: string; slug?: string; description?: string | null; avatarUrl?: string | null; settings?: Open | null; billingEmail?: string | null }, { organization: Open }>;
  account_archiveOrganization: Does<{ organizationId?: string }, Open>;
  account_restoreOrganization: Does<{ organizationId?: string }, Open>;
  account_subscription: Reads<Nothing, { subscription: Current }>;
  account_packages: Reads<{ category?: string }, { categories: { category: string; packages: { id: string; name: string; open: boolean; lockedBecause: string | null; minimumPlan: string | null; minimumPlanName: string | null }[] }[] }>;
  account_openPackage: Does<{ package: string }, Open>;
  account_preferences: Reads<Nothing, { preferences: Open; defaults: string[] }>;
  account_changePreferences: Does<{ preferences: Open }, { preferences: Open; defaults: string[] }>;
  account_analytics: Reads<Open, Open>;
  account_recordAnalytics: Does<{ seconds: number; item?: string; completed?: boolean; stressBefore?: number; stressAfter?: number; idempotencyKey?: string }, Open>;
  account_export: Reads<Nothing, Open>;
  account_deletePreview: Reads<Nothing, Open>;
  account_delete: Does<Open, Open>;
  webhooks_create: Makes<{ url: string; eventTypes?: string[] }, { endpoint: Endpoint; secret: string }>;
  webhooks_list: Reads<Nothing, { endpoints: Endpoint[] }>;
  webhooks_update: Does<{ endpoint: string; url?: string; eventTypes?: string[]; allEventTypes?: true }, { endpoint: Endpoint }>;
  webhooks_rotate: Does<{ endpoint: string; compromised?: boolean }, { endpoint: Endpoint; secret: string }>;
  webhooks_pause: Does<{ endpoint: string }, { endpoint: Endpoint }>;
  webhooks_resume: Does<{ endpoint: string }, { endpoint: Endpoint }>;
  webhooks_remove: Does<{ endpoint: string }, { endpoint: { id: string } }>;
  webhooks_test: Does<{ endpoint: string }, { delivered: boolean; event: string; failure: string | null; response: string | null; responseStatus: number | null }>;
  webhooks_deliveries: Reads<{ endpoint: string; state?: "pending" | "delivered" | "dead" } & OfPage, { deliveries: Open[] } & Page>;
  webhooks_redeliver: Does<{ endpoint: string; event?: string; since?: Time; cursor?: string }, { redelivered: number } & Page>;
  webhooks_audit: Reads<{ actor?: string; action?: string; target?: string; since?: Time; until?: Time } & OfPage, { events: Open[] } & Page>;
  webhooks_auditExport: { parameters: { query?: { format?: "csv" | "ndjson"; actor?: string; action?: string; since?: Time; until?: Time; cursor?: string } }; responses: { 200: Json<string> } };
  mails_preferences: Reads<Nothing, { preferences: MailPreferences }>;
  mails_changePreferences: Does<Partial<MailPreferences>, { preferences: MailPreferences }>;
}

type LimitReached = Feature & { upgradeRequired: boolean };
interface Settled { upgradeRequired?: boolean; plan?: string; status?: Status }

/** By code, what a refusal has beside its sentence. */
export interface refusals {
  invalid_json: Nothing; invalid_query: Nothing; invalid_field: { field: string }; unknown_action: { actions: string[] };
  unauthenticated: Nothing; session_ended: { reason: EndReason };
  subscription_required: Settled; payment_failed: Settled;
  forbidden: Nothing; wrong_recipient: Nothing; email_not_verified: Nothing; email_domain_banned: Nothing; account_disabled: Nothing; read_only: Nothing;
  feature_not_in_plan: Partial<Feature>; scope_missing: { scope: string };
  package_locked: { package: string; lockedBecause: string; minimumPlan: string | null; upgradeRequired: boolean };
  organization_not_found: Nothing; member_not_found: Nothing; invitation_not_found: Nothing; reservation_not_found: Nothing; call_not_found: Nothing;
  endpoint_not_found: Nothing; package_not_found: Nothing; not_found: Nothing; unknown_function: Nothing; method_not_allowed: Nothing;
  provider_refused: { provider: string; providerCode: string | null };
  already_member: Nothing; invitation_pending: Nothing; invitation_used: Nothing; invitation_revoked: Nothing; invitation_declined: Nothing;
  invitation_withdrawn: Nothing; last_owner: Nothing; slug_taken: Nothing; personal_organization: Nothing; idempotency_key_reused: Nothing;
  session_conflict: Conflict; username_taken: { suggestions: string[] }; billing_email_at_stripe: Nothing; call_ended: Nothing;
  already_subscribed: Nothing; plan_not_for_sale: { salesContact?: string | null }; no_billing_account: Nothing; no_subscription: { checkoutRequired: boolean };
  plan_unchanged: Nothing; nothing_to_resume: Nothing; cancellation_pending: { cancelAt?: Time }; seats_in_use: { losses: Losses; whatToDo: string[] };
  not_personal: Nothing; not_team: Nothing; not_alone: { otherMembers: number }; subscription_running: Nothing; personal_subscription_running: Nothing;
  personal_organization_in_use: Nothing; no_personal_plan: Nothing; secret_rotated_lately: { formerSecretEndsAt: Time };
  invitation_expired: Nothing; profile_changed: { updatedAt: Time }; body_too_large: Nothing; unsupported_media_type: Nothing;
  limit_reached: LimitReached; overage_cap_reached: LimitReached;
  upload_limit_exceeded: {
    limitExceeded: true; currentUploads: number; uploadLimit: number; remaining: number; tier: string; upgradeRequired: boolean; nextResetDate: Time | null;
  };
  seat_limit_exceeded: { currentSeats: number; seatLimit: number; pending: number; seatLimitExceeded: true; upgradeRequired: boolean };
  rate_limited: Nothing; catalog_limit_reached: { limit: string; most: number; resetsAt: Time | null };
  too_many_endpoints: { most: number }; too_many_steps: { most: number }; too_many_sessions: { most: number };
  internal: { requestId: string };
  database_unavailable: Nothing; database_busy: Nothing; keys_unavailable: Nothing; provider_unavailable: Nothing; not_configured: Nothing; function_unavailable: Nothing;
  unreadable_answer: Nothing;
}
