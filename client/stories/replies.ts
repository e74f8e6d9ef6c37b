// What the stories' organizations, plans and people are.
import type { Entitlements, Feature, Invoice, ListedOrganization, Member, MeterPeriod, Plan, Profile, Role } from "../src/index.ts";
import { replies, type Script } from "./scripted.ts";

const DAY = 86_400_000;
export const inDays = (days: number): string => new Date(Date.now() + days * DAY + 60_000).toISOString();

export const uploads = (used: number, limit: number, more: Partial<MeterPeriod> = {}): MeterPeriod => ({
  feature: "uploads", limit, used, reserved: 0, remaining: limit === -1 ? -1 : Math.max(0, limit - used), unlimited: limit === -1, resetsAt: "2027-01-01T00:00:00.000Z", overage: null,
  percentage: limit === -1 ? null : Math.floor((used / limit) * 100), projected: null, periodStart: "2026-12-01T00:00:00.000Z", earlier: [], series: [], streak: { current: 0, longest: 0 },
  score: { average: null, before: null, trend: null }, ...more,
} as MeterPeriod);

export const usage = (...meters: MeterPeriod[]): Script => replies("trackUsage", "summary", { meters, overageCents: 0, rolledUpTo: null, upTo: "2026-12-10T00:00:00.000Z" });

type Standing = Omit<Entitlements, "success" | "message">;
export const standing = (plan: Partial<Entitlements["plan"]> = {}, features: Feature[] = [], role: Role = "owner"): Script => replies("trackUsage", "entitlements", {
  organization: { id: "org", name: "Northwind", isPersonal: false },
  plan: { id: "starter", name: "Starter", paidPlan: "starter", status: "active", runs: true, warning: null, trialEndsAt: null, accessUntil: null, ...plan },
  role, seats: { used: 1, limit: 3 }, features, packages: [], overrides: [],
} as Standing);

export const open: Feature = { feature: "uploads", kind: "meter", allowed: true, limit: 100, used: 12, reserved: 0, remaining: 88, unlimited: false };
export const closed = (reason: NonNullable<Feature["reason"]>): Feature => ({ ...open, allowed: false, reason, used: 100, remaining: 0 });
export const professional = { plan: "professional", name: "Professional", priceMonthCents: 19_900, priceYearCents: 218_900, limit: -1 };

const plan = (id: string, name: string, audience: Plan["audience"], position: number, month: number | null, more: Partial<Plan> = {}): Plan => ({
  id, name, audience, position, priceMonthCents: month, priceYearCents: month === null ? null : month * 11, annualSavingsCents: month, canBeBoughtBy: month === null ? [] : ["month", "year"],
  salesContact: "sales@northwind.example", seats: 1, concurrentSessions: 1, trialDays: 0, isStart: false, features: [], ...more,
} as Plan);

const limited = (limit: number): Plan["features"] => [{ kind: "meter", feature: "uploads", limit, reset: "calendar_month" } as Plan["features"][number]];

export const catalog: Script = replies("billing", "plans", {
  name: "Northwind", currency: "usd", plans: [
    plan("starter", "Starter", "individual", 0, 9_900, { trialDays: 7, features: limited(100) }),
    plan("professional", "Professional", "individual", 1, 19_900, { features: limited(-1) }),
    plan("team", "Team", "team", 2, 49_900, { seats: 10, trialDays: 14, features: limited(-1) }),
    plan("enterprise", "Enterprise", "team", 3, null, { seats: -1, features: limited(-1) }),
  ],
});

export const organization = (id: string, name: string, current: boolean, kind: "personal" | "team" = "team"): ListedOrganization => ({
  id, name, slug: id, kind, avatarUrl: null, role: "owner", plan: "starter", planName: "Starter", status: "active", current, joinedAt: "2026-01-10T00:00:00.000Z",
} as ListedOrganization);

export const organizations = (...list: ListedOrganization[]): Script => replies("account", "organizations", { organizations: list, nextCursor: null });

const member = (id: string, name: string, role: Role): Member => ({ id, name, email: `${id}@northwind.example`, role, isAdmin: role === "owner" || role === "admin", joinedAt: "2026-02-03T00:00:00.000Z", subscriptionActive: true });

const MEMBERS = [member("ada", "Ada Berg", "owner"), member("ben", "Ben Ito", "admin"), member("cleo", "Cleo Okafor-Featherstonehaugh", "member"), member("dan", "", "viewer")];

export const team = (role: Role, limit = 10, members = MEMBERS): Script => replies("manageMembers", "list", {
  organization: { id: "org", name: "Northwind", slug: "northwind", kind: "team", plan: "team", status: "active", role, isAdmin: role === "owner", createdAt: "2026-01-10T00:00:00.000Z" },
  members, pendingInvitations: [], seatUsage: { current: members.length, limit, remaining: limit - members.length, pendingInvites: 0 },
});

const seatInfo = { currentSeats: 4, seatLimit: 10, pending: 1, remaining: 5 };
export const invitations = (...emails: string[]): Script => replies("inviteUser", "list", {
  invitations: emails.map((email) => ({ id: email, email, role: "member" as const, status: "pending" as const, invitedBy: "Ada Berg", createdAt: "2026-12-01T00:00:00.000Z", expiresAt: "2026-12-08T00:00:00.000Z" })), seatInfo,
});

export const invitation: Script = replies("acceptInvitation", "preview", {
  invitation: { organizationName: "Northwind", role: "member", invitedBy: "Ada Berg", email: "b***@northwind.example", expiresAt: "2026-12-08T00:00:00.000Z" },
});

const invoice = (number: string, status: string, totalCents: number): Invoice => ({
  id: number, number, status, reason: "subscription_cycle", currency: "usd", subtotalCents: totalCents, totalCents, dueCents: totalCents, paidCents: totalCents, refundedCents: 0, attempts: 1,
  hostedUrl: `https://invoice.stripe.com/${number}`, pdfUrl: `https://pay.stripe.com/${number}/pdf`, periodStart: "2026-11-01T00:00:00.000Z", periodEnd: "2026-12-01T00:00:00.000Z",
  createdAt: "2026-11-01T00:00:00.000Z", paidAt: "2026-11-01T00:00:00.000Z", disputes: [],
} as Invoice);

export const history = (...invoices: Invoice[]): Script => replies("billing", "history", {
  subscription: {
    plan: "starter", planName: "Starter", status: "active", interval: "month", amountCents: 9_900, currency: "usd", currentPeriodStart: "2026-11-01T00:00:00.000Z", currentPeriodEnd: "2026-12-01T00:00:00.000Z",
    trialEndsAt: null, pastDueSince: null, cancelAt: null, pendingChange: null, addOns: [], isPaidThroughStripe: true,
    allows: { features: true, read: true, billing: true, until: null, warning: null, canCheckout: false, canChangePlan: true, canRevokeChange: false, canCancel: true, canResume: false },
  },
  invoices, otherRefunds: [], otherDisputes: [], periods: [], next: null,
} as never);
export const invoices: Invoice[] = [invoice("NW-0003", "open", 12_345), invoice("NW-0002", "paid", 9_900), invoice("NW-0001", "paid", 9_900)];

export const conversion = (allowed: boolean): Script => replies("identity", "convertPreview", {
  allowed, reason: allowed ? null : { code: "subscription_required", message: "A team plan needs a checkout first." }, organization: { id: "org", name: "Ada's Workspace", slug: "ada" },
  plan: { from: { id: "starter", name: "Starter" }, to: { id: "team", name: "Team" } }, status: "trialing", trialEndsAt: null, interval: "month", priceCents: 49_900, currency: "usd", proration: null, dueNowCents: 0,
  seats: { from: 1, to: 10 }, gained: { features: [], limits: [{ feature: "seats", from: 1, to: 10 }, { feature: "uploads", from: 100, to: -1 }] },
  lost: { plan: "Team", features: [], limits: [], seats: null, usage: [] }, personalOrganization: { name: "Ada's Workspace", plan: "starter", status: "incomplete" },
} as never);

export const profile: Script = replies("account", "profile", { profile: { id: "ada", email: "ada@northwind.example", firstName: "Ada", lastName: "Berg", displayName: null, bio: "Rate sheets, mostly.", username: "ada", updatedAt: null } as unknown as Profile });
