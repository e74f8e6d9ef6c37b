// Every text that a component shows. A product replaces the ones that it wants to: `{ ...english, upgrade: "Go pro" }`.
import type { EndReason, Interval, Role, Status } from "../named.ts";

export interface Texts {
  /** BCP 47, for numbers, money and times. */
  locale: string;
  loading: string;
  offline: string;
  /** The network is there, and the server did not answer. */
  unreachable: string;
  /** Said beside it where that happens. */
  askedAgain: string;
  retry: string;
  nothing: string;
  save: string;
  saved: string;
  cancel: string;
  unlimited: string;
  roles: Record<Role, string>;
  statuses: Record<Status, string>;
  upgrade: string;
  upgradeTo: (plan: string) => string;

  meterOf: (used: string, limit: string) => string;
  meterUnlimited: (used: string) => string;
  meterLeft: (left: string) => string;
  meterFull: string;
  meterOver: (over: string) => string;
  meterCosts: (cost: string) => string;
  meterUnitPrice: (price: string) => string;
  meterResets: (date: string) => string;

  plans: string;
  audience: string;
  forIndividuals: string;
  forTeams: string;
  billed: string;
  intervals: Record<Interval, string>;
  perMonth: (price: string) => string;
  billedYearly: (price: string) => string;
  saves: (amount: string) => string;
  free: string;
  onRequest: string;
  seats: (count: string, isOne: boolean) => string;
  trialDays: (count: number) => string;
  currentPlan: string;
  choosePlan: (plan: string) => string;
  changePlan: (plan: string) => string;
  contactSales: string;

  conflictTitle: string;
  conflictSession: (browser: string, seen: string) => string;
  conflictQuestion: string;
  signOutThere: string;
  staySignedOut: string;
  unknownBrowser: string;
  browserOn: (browser: string, system: string) => string;
  endedTitle: string;
  ended: Record<EndReason, string>;
  signInHere: string;

  organizations: string;
  switchOrganization: string;
  personal: string;
  members: string;
  name: string;
  email: string;
  role: string;
  joined: string;
  actions: string;
  removeMember: (name: string) => string;
  removeQuestion: (name: string) => string;
  removeSurely: (name: string) => string;
  roleOf: (name: string) => string;
  seatsUsed: (used: string, limit: string) => string;
  invitedBy: (name: string, date: string) => string;
  pendingInvitations: string;
  invite: string;
  inviteSent: (email: string) => string;
  inviteLink: string;
  resendInvitation: (email: string) => string;
  revokeInvitation: (email: string) => string;
  invitationTo: (organization: string) => string;
  invitationText: (inviter: string, organization: string, role: string) => string;
  accept: string;
  decline: string;
  accepted: (organization: string) => string;
  declined: string;

  lockedTitle: (feature: string) => string;
  lockedBy: (plan: string) => string;
  lockedReasons: Record<"limit_reached" | "overage_cap_reached" | "feature_not_in_plan" | "subscription_required" | "viewer", string>;
  features: Record<string, string>;

  trialEnds: (days: number, date: string) => string;
  trialEndsToday: string;
  paymentFailed: string;
  subscriptionRequired: string;

  billingHistory: string;
  noInvoices: string;
  date: string;
  invoice: string;
  amount: string;
  status: string;
  download: (number: string) => string;
  invoiceStatuses: Record<string, string>;
  manageBilling: string;

  convertTitle: string;
  convertText: string;
  teamName: string;
  convertGains: (feature: string, from: string, to: string) => string;
  convertCosts: (price: string) => string;
  convert: string;
  converted: (name: string) => string;

  profile: string;
  firstName: string;
  lastName: string;
  displayName: string;
  bio: string;
  username: string;
  usernameHint: string;
  usernameFree: (name: string) => string;
  usernameReasons: Record<"invalid" | "reserved" | "taken", string>;
  suggestions: string;
  takeUsername: string;

  /** In place of the API's own English sentences, by code. */
  refusals: Partial<Record<string, string>>;
  refused: string;
}
