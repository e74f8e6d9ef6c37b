"use client";
// Tallygate in a React product: a provider, hooks and components.
import * as definitions from "../components/index.ts";
import { billingHook, plansHook } from "../hooks/billing.ts";
import { invitationsHook, membersHook, organizationHook, organizationsHook } from "../hooks/organizations.ts";
import { profileHook, usernameHook } from "../hooks/profile.ts";
import { sessionHook } from "../hooks/session.ts";
import { alertsHook, entitlementsHook, featureHook, usageHook } from "../hooks/usage.ts";
import { reactComponent } from "./component.ts";
import { useTools } from "./tools.ts";

export const useSession = () => sessionHook(useTools());
export const useFeature = (feature: string) => featureHook(useTools(), () => feature);
export const useUsage = (feature?: string) => usageHook(useTools(), () => feature);
export const useEntitlements = () => entitlementsHook(useTools());
export const useOrganization = () => organizationHook(useTools());
export const useOrganizations = () => organizationsHook(useTools());
export const useMembers = () => membersHook(useTools());
export const useInvitations = () => invitationsHook(useTools());
export const usePlans = () => plansHook(useTools());
export const useBilling = () => billingHook(useTools());
export const useAlerts = () => alertsHook(useTools());
export const useProfile = () => profileHook(useTools());
export const useUsername = (wanted: string) => usernameHook(useTools(), () => wanted);

export const AcceptInvitation = /* @__PURE__ */ reactComponent(definitions.acceptInvitation);
export const BillingHistory = /* @__PURE__ */ reactComponent(definitions.billingHistory);
export const ConvertToTeam = /* @__PURE__ */ reactComponent(definitions.convertToTeam);
export const Gate = /* @__PURE__ */ reactComponent(definitions.gate);
export const InviteForm = /* @__PURE__ */ reactComponent(definitions.inviteForm);
export const MembersTable = /* @__PURE__ */ reactComponent(definitions.membersTable);
export const OrganizationSwitcher = /* @__PURE__ */ reactComponent(definitions.organizationSwitcher);
export const PlanBadge = /* @__PURE__ */ reactComponent(definitions.planBadge);
export const PricingTable = /* @__PURE__ */ reactComponent(definitions.pricingTable);
export const ProfileForm = /* @__PURE__ */ reactComponent(definitions.profileForm);
export const SessionConflictDialog = /* @__PURE__ */ reactComponent(definitions.sessionConflictDialog);
export const SignedOutElsewhere = /* @__PURE__ */ reactComponent(definitions.signedOutElsewhere);
export const TrialBanner = /* @__PURE__ */ reactComponent(definitions.trialBanner);
export const UpgradePrompt = /* @__PURE__ */ reactComponent(definitions.upgradePrompt);
export const UsageMeter = /* @__PURE__ */ reactComponent(definitions.usageMeter);
export const UsernameField = /* @__PURE__ */ reactComponent(definitions.usernameField);

/** Numbers, money, times and names as the components write them. */
export * as format from "../models/format.ts";
export { browserName } from "../models/browser-name.ts";
/** Under which keys what is fetched is kept: for a product's own queries and invalidations beside the hooks. */
export { KEYS as queryKeys } from "../hooks/queries.ts";
export { TallygateProvider, type TallygateProviderProps } from "./provider.ts";
export type { Places, ReactComponent } from "./component.ts";
export type * from "../components/index.ts";
export { english } from "../texts/english.ts";
export { german } from "../texts/german.ts";
export type { Texts } from "../texts/texts.ts";
export { SignedOutMeanwhile } from "../view/session-queries.ts";
