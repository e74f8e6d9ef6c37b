// Tallygate in a Vue product: a plugin, composables and components.
import { toValue, type MaybeRefOrGetter } from "vue";
import * as definitions from "../components/index.ts";
import { billingHook, plansHook } from "../hooks/billing.ts";
import { invitationsHook, membersHook, organizationHook, organizationsHook } from "../hooks/organizations.ts";
import { profileHook, usernameHook } from "../hooks/profile.ts";
import { sessionHook } from "../hooks/session.ts";
import { alertsHook, entitlementsHook, featureHook, usageHook } from "../hooks/usage.ts";
import { vueComponent } from "./component.ts";
import { asRefs } from "./refs.ts";
import { vueTools } from "./tools.ts";

export const useSession = () => asRefs(sessionHook(vueTools()));
export const useFeature = (feature: MaybeRefOrGetter<string>) => asRefs(featureHook(vueTools(), () => toValue(feature)));
export const useUsage = (feature?: MaybeRefOrGetter<string | undefined>) => asRefs(usageHook(vueTools(), () => toValue(feature)));
export const useEntitlements = () => asRefs(entitlementsHook(vueTools()));
export const useOrganization = () => asRefs(organizationHook(vueTools()));
export const useOrganizations = () => asRefs(organizationsHook(vueTools()));
export const useMembers = () => asRefs(membersHook(vueTools()));
export const useInvitations = () => asRefs(invitationsHook(vueTools()));
export const usePlans = () => asRefs(plansHook(vueTools()));
export const useBilling = () => asRefs(billingHook(vueTools()));
export const useAlerts = () => asRefs(alertsHook(vueTools()));
export const useProfile = () => asRefs(profileHook(vueTools()));
export const useUsername = (wanted: MaybeRefOrGetter<string>) => asRefs(usernameHook(vueTools(), () => toValue(wanted)));

export const AcceptInvitation = /* @__PURE__ */ vueComponent(definitions.acceptInvitation);
export const BillingHistory = /* @__PURE__ */ vueComponent(definitions.billingHistory);
export const ConvertToTeam = /* @__PURE__ */ vueComponent(definitions.convertToTeam);
export const Gate = /* @__PURE__ */ vueComponent(definitions.gate);
export const InviteForm = /* @__PURE__ */ vueComponent(definitions.inviteForm);
export const MembersTable = /* @__PURE__ */ vueComponent(definitions.membersTable);
export const OrganizationSwitcher = /* @__PURE__ */ vueComponent(definitions.organizationSwitcher);
export const PlanBadge = /* @__PURE__ */ vueComponent(definitions.planBadge);
export const PricingTable = /* @__PURE__ */ vueComponent(definitions.pricingTable);
export const ProfileForm = /* @__PURE__ */ vueComponent(definitions.profileForm);
export const SessionConflictDialog = /* @__PURE__ */ vueComponent(definitions.sessionConflictDialog);
export const SignedOutElsewhere = /* @__PURE__ */ vueComponent(definitions.signedOutElsewhere);
export const TrialBanner = /* @__PURE__ */ vueComponent(definitions.trialBanner);
export const UpgradePrompt = /* @__PURE__ */ vueComponent(definitions.upgradePrompt);
export const UsageMeter = /* @__PURE__ */ vueComponent(definitions.usageMeter);
export const UsernameField = /* @__PURE__ */ vueComponent(definitions.usernameField);

export { browserName } from "../models/browser-name.ts";
/** Under which keys what is fetched is kept: for a product's own queries and invalidations beside the hooks. */
export { KEYS as queryKeys } from "../hooks/queries.ts";
export { createTallygate, type TallygateOptions } from "./plugin.ts";
export type { Refs } from "./refs.ts";
export type { VueComponent } from "./component.ts";
export type * from "../components/index.ts";
export { english } from "../texts/english.ts";
export { german } from "../texts/german.ts";
export type { Texts } from "../texts/texts.ts";
export { SignedOutMeanwhile } from "../view/session-queries.ts";
