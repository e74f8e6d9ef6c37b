// A product's organizations before their move: the same for the same seed, with the dirt that real ones have.
import type { Value } from "../harness/database.ts";
import { DAY, HOUR } from "../harness/moments.ts";
import { seeded } from "../harness/stripe/random.ts";

export type Rows = Record<string, Value>[];

export interface Sketch {
  id: string;
  place: number;
  plan: string;
  status: string;
  people: string[];
  /** Its subscription at Stripe, where it has one. */
  stripe: string | null;
}

export interface Before {
  organizations: Sketch[];
  /** Rows by table, in the order of the tables' references. */
  tables: [string, Rows][];
  packagesCsv: string;
  analyticsCsv: string;
}

const PLANS = ["organization_starter", "organization_starter", "organization_professional", "organization_professional", "organization_enterprise", "organization_custom"];
const STATUSES = ["active", "active", "active", "active", "trialing", "past_due", "canceled", "incomplete"];
const NAMES = ["Acme", "O'Neill & Söhne", "Грета", "浩's Studio", "d'Arc, \"Inc.\"", "  spaced  ", "Müller"];

/** `now`: everything lies around it. `stripe`: the subscription of each organization that pays at Stripe. */
export function organizationsBefore(count: number, { seed, now, stripe }: { seed: number; now: number; stripe: (place: number) => { customer: string; subscription: string; price: string; end: number } | null }): Before {
  const whole = seeded(seed);
  const one = <T>(of: T[]): T => of[whole(of.length)] as T;
  const tables = new Map<string, Rows>(["users", "organizations", "organization_members", "org_subscriptions", "billing_customers", "billing_subscriptions", "organization_invitations", "usage_grants", "user_packages", "user_analytics_sessions"].map((name) => [name, []]));
  const add = (table: string, row: Record<string, Value>): void => { tables.get(table)?.push(row); };
  const organizations: Sketch[] = [];
  const packages = ["organization,package,ends_at,uses"];
  const analytics = ["organization,user,occurred_at,seconds,item,completed,stress_before,stress_after,mood"];
  const day = now - (now % DAY);
  const users = new Map<string, Record<string, Value>>();
  let people = 0;

  const person = (): string => {
    const number = people++;
    const id = `u${String(number).padStart(6, "0")}`;
    const own = `p${id}`;
    const email = number % 41 === 7 ? null : `person${number}@mail.example`;
    const row: Record<string, Value> = {
      id, email, email_verified: email !== null && number % 5 !== 0 ? 1 : 0, email_updated_at: now - 90 * DAY, name: one(NAMES), current_organization_id: own,
      banned_at: number % 53 === 11 ? now - DAY : null, created_at: now - 90 * DAY, request_id: "before",
    };
    users.set(id, row);
    add("users", row);
    add("organizations", { id: own, kind: "personal", org_type: "personal", name: "A Workspace", slug: `personal-${id}`, personal_user_id: id, founded_by: id, created_at: now - 90 * DAY });
    add("organization_members", { organization_id: own, user_id: id, role: "owner", joined_at: now - 90 * DAY, request_id: "before" });
    const pays = number % 61 === 17;
    const given = number % 43 === 5;
    add("org_subscriptions", {
      organization_id: own, plan_id: given ? "pro" : "starter", status: pays || given ? "active" : "trialing", current_period_start: now - 90 * DAY, current_period_end: now + (pays || given ? 20 : -76) * DAY,
      trial_ends_at: pays || given ? null : now - 76 * DAY, stripe_subscription_id: pays ? `sub_own_${id}` : null, updated_at: now - 90 * DAY, request_id: number % 2 === 0 ? null : "before",
    });
    if (pays) {
      add("billing_customers", { organization_id: own, stripe_customer_id: `cus_own_${id}`, created_at: now - 90 * DAY });
      add("billing_subscriptions", {
        organization_id: own, stripe_subscription_id: `sub_own_${id}`, stripe_item_id: "si", stripe_price_id: "price_starter", status: "active", amount_cents: 900, currency: "usd", billing_interval: "month",
        current_period_start: now - 10 * DAY, current_period_end: now + 20 * DAY, started_at: now - 90 * DAY, observed_at: now - DAY, request_id: "before",
      });
    }
    if (number % 7 === 3) {
      add("user_packages", { user_id: id, package_id: "deep-sleep", granted_at: number % 14 === 3 ? now - 5 * DAY : null, granted_by: number % 14 === 3 ? "operator" : null, grant_ends_at: number % 14 === 3 ? now + 5 * DAY : null, uses: 2, last_opened_at: now - DAY, request_id: "before" });
    }
    if (number % 6 === 1) {
      for (const [place, item] of ["waves", "rain", "waves", null].entries()) {
        add("user_analytics_sessions", { user_id: id, id: `s${place}`, day, seconds: 60 + place, item, completed: place % 2, stress_before: place === 0 ? 7 : null, stress_after: place === 0 ? 4 : null, mood: place === 1 ? -2 : null, occurred_at: day + place, request_id: "before" });
      }
    }
    return id;
  };

  for (let place = 0; place < count; place += 1) {
    const id = `org${String(place).padStart(6, "0")}`;
    const paid = stripe(place);
    const plan = place % 97 === 13 ? "organization_legacy" : one(PLANS);
    const status = paid === null ? one(STATUSES) : "active";
    const size = place % 50 === 9 ? 14 : place % 37 === 5 ? 0 : 1 + whole(8);
    const theirs = Array.from({ length: size }, person);
    const shared = place % 10 === 4 ? organizations.at(-1)?.people[0] : undefined;
    if (shared !== undefined) theirs.push(shared);
    const founder = theirs[0] ?? person();
    const end = paid?.end ?? now + (status === "active" ? whole(60) - 20 : 9) * DAY;
    add("organizations", { id, kind: "team", org_type: "business", name: one(NAMES), slug: `team-${id}`, personal_user_id: null, founded_by: founder, archived_at: place % 101 === 50 ? now - DAY : null, created_at: now - 80 * DAY });
    for (const [number, user] of theirs.entries()) {
      add("organization_members", { organization_id: id, user_id: user, role: number === 0 ? "owner" : one(["admin", "member", "member", "viewer"]), joined_at: now - 80 * DAY + number, request_id: "before" });
      const row = users.get(user);
      if (row !== undefined && place % 101 !== 50 && number % 3 !== 2) row["current_organization_id"] = id;
      if (place % 4 === 0) {
        for (let session = 0; session < 2; session += 1) {
          analytics.push([id, session === 0 ? user : row?.["email"] ?? "", new Date(day - whole(3) * DAY + whole(1_000_000)).toISOString(), 30 + whole(900), one(["waves", "rain", "bells", ""]), whole(2), whole(3) === 0 ? 6 : "", whole(3) === 0 ? 3 : "", whole(4) === 0 ? 2 : ""].join(","));
        }
      }
    }
    if (place % 4 === 0) analytics.push(`${id},somebody@else.example,${new Date(day).toISOString()},77,,yes,,,`, `${id},,${new Date(day).toISOString()},77,,yes,,,`, `${id},,${new Date(day).toISOString()},77,,yes,,,`);
    if (place % 3 === 0) packages.push(`${id},focus-studio,${place % 2 === 0 ? new Date(day + 40 * DAY).toISOString() : ""},${place % 6 === 3 ? 12 : ""}`);
    if (place % 9 === 0) packages.push(`${id},deep-sleep,,`);
    add("org_subscriptions", {
      organization_id: id, plan_id: plan, status, current_period_start: end - 30 * DAY, current_period_end: end, trial_ends_at: status === "trialing" ? end : null,
      past_due_since: status === "past_due" ? now - DAY : null, stripe_subscription_id: paid?.subscription ?? null, updated_at: now - 30 * DAY, request_id: null,
    });
    if (paid !== null) {
      add("billing_customers", { organization_id: id, stripe_customer_id: paid.customer, created_at: now - 80 * DAY });
      add("billing_subscriptions", {
        organization_id: id, stripe_subscription_id: paid.subscription, stripe_item_id: "si", stripe_price_id: paid.price, status: "active", amount_cents: 9_900, currency: "usd", billing_interval: "month",
        current_period_start: end - 30 * DAY, current_period_end: end, started_at: now - 80 * DAY, observed_at: now - DAY, request_id: "before",
      });
    }
    if (place % 4 === 1) {
      for (const status of ["pending", "pending", "accepted"]) {
        const number = tables.get("organization_invitations")?.length ?? 0;
        add("organization_invitations", {
          organization_id: id, id: `i${number}`, email: `invited${number}@mail.example`, role: "member", token_hash: String(number).padStart(64, "0"), status, invited_by: founder,
          created_at: now - DAY, expires_at: now + 6 * DAY, resolved_at: status === "pending" ? null : now - HOUR, request_id: `invited-${number}`,
        });
      }
    }
    if (place % 9 === 2) add("usage_grants", { organization_id: id, id: "g", feature: "minutes", quantity: 5, reason: "an outage", starts_at: now - DAY, ends_at: now + DAY, created_at: now - DAY, request_id: "before" });
    organizations.push({ id, place, plan, status, people: theirs, stripe: paid?.subscription ?? null });
  }
  return { organizations, tables: [...tables], packagesCsv: `${packages.join("\n")}\n`, analyticsCsv: `${analytics.join("\n")}\n` };
}
