// Names for what replies hold, as hooks and components use them.
import type { components } from "./api.ts";
import type { Output } from "./types.ts";

type Schemas = components["schemas"];

export type Role = Schemas["Role"];
export type Status = Schemas["SubscriptionStatus"];
export type Interval = Schemas["Interval"];
/** Why a browser is signed in no more. */
export type EndReason = NonNullable<Output<"manageSession", "heartbeat">["reason"]>;

export type Entitlements = Output<"trackUsage", "entitlements">;
export type Feature = Schemas["TrackUsageFeature"];
export type Upgrade = Schemas["Upgrade"];
export type MeterPeriod = Schemas["TrackUsageMeterSummary"];
export type Alert = Schemas["TrackUsageAlert"];

export type Plan = Schemas["BillingPlan"];
export type PlanFeature = Schemas["BillingFeature"];
export type Subscription = Schemas["BillingSubscription"];
export type Invoice = Schemas["BillingInvoice"];

export type Session = Schemas["ManageSessionSession"];
export type ConflictingSession = Schemas["ManageSessionConflictingSession"];

export type Member = Schemas["ManageMembersMember"];
export type SeatUsage = Schemas["ManageMembersSeatUsage"];
export type Invitation = Schemas["InviteUserInvitation"];
/** Of those that one works in: what was archived has no role and no plan. */
export type ListedOrganization = Extract<Output<"account", "organizations">["organizations"][number], { current: boolean }>;
export type Current = Schemas["AccountCurrentOrganization"];
export type Person = Schemas["AccountPerson"];
export type Profile = Schemas["AccountProfile"];
