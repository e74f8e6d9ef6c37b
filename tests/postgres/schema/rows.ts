// Rows that both engines must refuse for the same reason, and some that both must accept.

type Value = string | number | null;
type Row = Record<string, Value>;

/** A row of each table that everything is right with. */
const SOUND = {
  plans: { id: "solo", name: "Solo", audience: "individual", position: 0, price_month_cents: 100, seats: 1, concurrent_sessions: 1 },
  plan_features: { plan_id: "solo", feature: "uploads", kind: "meter", limit_value: 5, reset: "calendar_month" },
  event_types: { event_type: "rate_sheet", feature: "uploads" },
  users: { id: "ada", email: "ada@example.com", email_updated_at: 1, name: "Ada", created_at: 1, request_id: "r" },
  user_profiles: { user_id: "ada", first_name: "Ada", created_at: 1, updated_at: 1, request_id: "r" },
  onboarding_steps: { user_id: "ada", step: "company", saved_at: 1, request_id: "r" },
  organizations: { id: "own", kind: "personal", org_type: "personal", name: "Ada's", slug: "ada", personal_user_id: "ada", founded_by: "ada", created_at: 1 },
  organization_members: { organization_id: "own", user_id: "ada", role: "owner", joined_at: 1, request_id: "r" },
  org_subscriptions: { organization_id: "own", plan_id: "solo", status: "active", current_period_start: 1, current_period_end: 2, updated_at: 1 },
  organization_invitations: {
    organization_id: "team", id: "i", email: "bob@example.com", role: "member", token_hash: "0".repeat(64), status: "pending",
    invited_by: "ada", created_at: 1, expires_at: 2, request_id: "r",
  },
  active_sessions: { user_id: "ada", id: "s", created_at: 1, last_heartbeat_at: 1, request_id: "r" },
  usage_events: {
    organization_id: "own", id: "e", user_id: "ada", feature: "uploads", event_type: "rate_sheet", quantity: 1, accepted: 1,
    plan_id: "solo", limit_value: 5, period_start: 0, period_total: 1, lifetime_total: 1, request_hash: "h", request_id: "r", created_at: 1,
  },
  usage_counters: { organization_id: "own", feature: "uploads", period_start: 0, quantity: 1 },
  audit_events: { organization_id: "own", id: "a", actor_id: "ada", action: "x", target_id: "ada", request_id: "r", created_at: 1 },
  outbox: { id: "o", organization_id: "own", event_type: "x", target_id: "ada", created_at: 1 },
  catalog_settings: { id: 1, name: "A product", currency: "usd", admins_may_bill: 0, downgrade_over_seats: "refuse" },
  plan_alerts: { plan_id: "solo", feature: "uploads", name: "80_percent", percent: 80 },
  packages: { id: "sleep", name: "Sleep", category: "sounds", minimum_plan_id: "solo", requires_subscription: 1, position: 1 },
  usage_alerts: { organization_id: "own", feature: "uploads", period_start: 0, name: "80_percent", used: 4, limit_value: 5, created_at: 1, request_id: "r" },
  usage_people: { organization_id: "own", feature: "people", period_start: 1, subject: "u1" },
  usage_reservations: { organization_id: "own", id: "r", user_id: "ada", feature: "uploads", event_type: "rate_sheet", weight: 1, quantity: 2, created_at: 1, expires_at: 2, request_id: "r" },
  former_plans: { organization_id: "own", ended_at: 5, plan_id: "solo" },
  usage_grants: { organization_id: "own", id: "g", feature: "uploads", quantity: 5, reason: "an outage", starts_at: 1, ends_at: 2, created_at: 1, request_id: "r" },
  plan_overrides: { organization_id: "own", kind: "limit", feature: "uploads", ends_at: 2, id: "v", limit_value: 5, reason: "a pilot", starts_at: 1, request_id: "r" },
  call_logs: { organization_id: "own", id: "c", user_id: "ada", call_type: "talk", feature: "minutes", status: "in_progress", started_at: 1, deadline_at: 2, request_id: "r" },
  service_keys: { id: "k", name: "A server", key_hash: "0".repeat(64), can_write_usage: 1, can_read_usage: 0, created_at: 1 },
  scheduled_jobs: { job: "clear_sessions", holder: "h", leased_until: 1, started_at: 1 },
  usage_rollups: { organization_id: "own", own_from: "", own_to: "e", keyed_from: 0, keyed_to: 1, rolled_up_to: 1, request_id: "r" },
  usage_aggregations: {
    organization_id: "own", span: "day", feature: "uploads", starts_at: 0, events: 1, quantity: 1, scored: 0, score_sum: 0, request_id: "r",
  },
  usage_by_person: { organization_id: "own", feature: "uploads", period_start: 0, user_id: "ada", quantity: 1, request_id: "r" },
  trial_warnings: { organization_id: "own", trial_ends_at: 5, days: 3, request_id: "r", created_at: 1 },
  figures: { span: "day", starts_at: 0, people: 1, mrr_cents: 100, new_cents: 100, churn_cents: 0, request_id: "r" },
  meter_figures: { span: "day", starts_at: 0, feature: "uploads", events: 1, quantity: 1, overage_cents: 0, request_id: "r" },
  figure_states: { organization_id: "own", kind: "personal", mrr_cents: 100, has_paid: 1 },
  figure_progress: { id: 1, day: 0, part: "over", after_id: "", until_id: "", request_id: "r" },
  usage_summaries: {
    organization_id: "own", period_start: 1, feature: "uploads", period_end: 2, plan_id: "solo", quantity: 7, units: 7, overage_units: 2, overage_cents: 20,
    currency: "usd", state: "closed", is_open: 1, closed_at: 3, request_id: "r",
  },
  billing_disputes: {
    organization_id: "own", stripe_dispute_id: "dp_1", stripe_charge_id: "ch_1", currency: "usd", disputed_cents: 100, status: "needs_response", created_at: 1, said_at: 1,
  },
  operator_events: { id: "x", event_type: "x", target_id: "w", payload: "{}", created_at: 1 },
  webhook_endpoints: { id: "w", organization_id: "own", url: "https://example.com", secret: "s", listens_from: 1, created_at: 1, updated_at: 1, request_id: "r" },
  webhook_deliveries: { endpoint_id: "w", event_id: "o", state: "delivered", attempts: 1, created_at: 1, request_id: "r" },
  webhook_progress: { id: 1, last_sequence: 1, delivered_sequence: 1, settled_to: "" },
  mail_deliveries: { event_id: "o", kind: "invitation", recipient: "invited:i", state: "sent", attempts: 1, created_at: 1, request_id: "r" },
  mail_progress: { id: 1, settled_to: "", began_at: 1 },
  mail_preferences: { user_id: "ada", updated_at: 1, request_id: "r" },
  mail_suppressions: { address: "gone@example.com", reason: "bounced", created_at: 1 },
  user_packages: { user_id: "ada", package_id: "sleep", granted_at: 1, grant_uses: 2, request_id: "r" },
  user_preferences: { user_id: "ada", name: "audio.volume", value: "5", updated_at: 1, request_id: "r" },
  operator_acts: {
    id: "act", actor_id: "ada", action: "x", target_kind: "user", target_id: "ada", organization_id: "own", reason: "a ticket", state_before: "{}", state_after: "{}",
    request_id: "r", created_at: 1,
  },
  user_analytics_sessions: { user_id: "ada", id: "x", day: 0, seconds: 60, completed: 1, occurred_at: 1, request_id: "r" },
  user_analytics_days: {
    user_id: "ada", day: 86_400_000, sessions: 2, seconds: 60, completed: 1, items: " waves ", distinct_items: 1, stress_before: 7, told_before: 1, stress_after: 3, told_after: 1, mood: -1, told_mood: 1,
  },
  former_members: { user_id: "ada", organization_id: "own" },
  moved_organizations: { organization_id: "own", plan_id: "crew", status: "active", state: "moved", people: 1, moved_at: 1, request_id: "r" },
  moved_rows: { organization_id: "own", table_name: "users", row_key: "ada", user_id: "ada", row_before: "[]", row_after: "[]", request_id: "r" },
  moved_analytics: { organization_id: "own", id: "x", seconds: 60, completed: 1, occurred_at: 1, request_id: "r" },
} satisfies Record<string, Row>;
type Name = keyof typeof SOUND;

const written = (value: Value): string => (typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value));

/** The sound row of a table, with some of it changed. */
function insert(table: Name, changes: Row = {}): string {
  const row: Row = { ...SOUND[table], ...changes };
  return `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.values(row).map(written).join(", ")})`;
}

const user = (id: string, changes: Row = {}) => insert("users", { id, email: `${id}@example.com`, ...changes });
const team = (id: string, changes: Row = {}) =>
  insert("organizations", { id, slug: id, kind: "team", org_type: "business", personal_user_id: null, ...changes });

/** What is there before: every sound row, a team with a plan of its own, and somebody without any organization. */
export const WORLD: string[] = [
  insert("plans"),
  insert("plans", { id: "crew", audience: "team" }),
  insert("plans", { id: "all", audience: "any" }),
  insert("users", { current_organization_id: "own", username: "Ada_1" }),
  user("bob"),
  insert("organizations"),
  team("team", { external_id: "org_1" }),
  insert("organization_members"),
  insert("organization_members", { organization_id: "team" }),
  insert("org_subscriptions", { organization_id: "team", plan_id: "crew" }),
  ...(Object.keys(SOUND) as Name[]).slice(8).concat("user_profiles", "onboarding_steps", "plan_features", "event_types").map((table) => insert(table)),
];

export interface Accepted {
  what: string;
  sql: string[];
}

export interface Refused extends Accepted {
  because: RegExp;
}

export const ACCEPTED: Accepted[] = [
  { what: "unlimited seats and sessions", sql: [insert("plans", { id: "big", seats: -1, concurrent_sessions: -1 })] },
  { what: "a plan without a price", sql: [insert("plans", { id: "sales", price_month_cents: null })] },
  { what: "a user who is written before their organization, within one transaction", sql: [
    user("cid", { current_organization_id: "cids" }),
    insert("organizations", { id: "cids", slug: "cids", personal_user_id: "cid", founded_by: "cid" }),
  ] },
  { what: "many users without a username and without an address", sql: [user("dee", { email: null }), user("eve", { email: null })] },
  { what: "a plan for everybody, for a person and for a team", sql: [
    "UPDATE org_subscriptions SET plan_id = 'all' WHERE organization_id IN ('own', 'team')",
    "UPDATE org_subscriptions SET plan_id = 'solo' WHERE organization_id = 'own'",
    "UPDATE org_subscriptions SET plan_id = 'crew' WHERE organization_id = 'team'",
  ] },
  { what: "a second invitation to an address once the first is answered", sql: [
    insert("organization_invitations", { id: "i2", token_hash: "2".repeat(64), email: "two@example.com", status: "declined", resolved_at: 5 }),
    insert("organization_invitations", { id: "i3", token_hash: "3".repeat(64), email: "two@example.com" }),
  ] },
  { what: "usernames of the shortest and of the longest length", sql: [user("fay", { username: "a_1" }), user("gus", { username: "Z".repeat(30) })] },
  { what: "that somebody leaves an archived personal organization", sql: [
    user("hal"),
    insert("organizations", { id: "hals", slug: "hals", personal_user_id: "hal", founded_by: "hal" }),
    insert("organization_members", { organization_id: "hals", user_id: "hal" }),
    "UPDATE organizations SET archived_at = 9 WHERE id = 'hals'",
    "DELETE FROM organization_members WHERE organization_id = 'hals'",
  ] },
];

const CHECK = /CHECK constraint failed/;
const UNIQUE = /UNIQUE constraint failed/;
const FOREIGN_KEY = /FOREIGN KEY constraint failed/;
const NOT_NULL = /NOT NULL constraint failed/;
const ONE_MEMBER = /personal_organization_has_one_member/;
const MISMATCH = /plan_audience_mismatch/;
const APPEND_ONLY = /history_is_append_only/;

/** One refused row of a table for each change. */
function broken(table: Name, changes: Row[], because = CHECK, fresh: Row = {}): Refused[] {
  return changes.map((change) => ({
    what: `${table} with ${Object.entries(change).map(([name, value]) => `${name} ${value === null ? "missing" : JSON.stringify(value)}`).join(", ")}`,
    sql: [insert(table, { ...fresh, ...change })],
    because,
  }));
}

export const REFUSED: Refused[] = [
  ...broken("catalog_settings", [
    { id: 2 }, { admins_may_bill: 2 }, { downgrade_over_seats: "never" }, { sessions_enforced: 2 }, { most_live_sessions: 0 },
    { most_founded_teams: 0 }, { most_pending_invitations: 0 }, { most_invitations_a_day: 0 }, { most_invitations_to_address_a_day: 0 },
    { most_refused_keys_a_day: 0 },
    { most_keys_a_day: 0 },
    { most_open_reservations: 0 },
    { most_open_reservations: 0 }, { language: "fr" },
  ]),
  ...broken("plans", [
    { audience: "nobody" }, { price_month_cents: -1 }, { price_year_cents: -1 }, { seats: 0 }, { seats: -2 },
    { concurrent_sessions: 0 }, { starts: "now" }, { trial_days: -1 }, { trial_days: 366 }, { grace_days: 91 }, { retired: 2 }, { sessions_enforced: 2 },
  ], CHECK, { id: "new" }),
  ...broken("plan_features", [
    { kind: "wish", limit_value: null, reset: null, value: "1" }, { limit_value: -2 }, { reset: "daily" }, { reset: null },
    { limit_value: null }, { value: "1" }, { kind: "flag", limit_value: null, reset: null, value: null },
    { kind: "flag", value: "1" }, { kind: "flag", value: "1", reset: null }, { kind: "flag", value: "1", limit_value: null },
  ], CHECK, { feature: "new" }),
  ...broken("users", [
    { email_verified: 2 }, { email_verified: 1, email: null }, { account_type: "root" }, { onboarding_completed_at: 1 },
    { username: "ab" }, { username: "a".repeat(31) }, { username: "a b" }, { username: "a-b" }, { username: "ünal" }, { username: "abc\n" },
    { username: "" },
  ], CHECK, { id: "new" }),
  ...broken("organizations", [
    { kind: "firm" }, { org_type: "firm" }, { personal_user_id: null }, { org_type: "business" },
    { kind: "team", org_type: "business" }, { kind: "team", personal_user_id: null }, { refused_keys: -1 },
  ], CHECK, { id: "new", slug: "new", personal_user_id: "bob" }),
  ...broken("organization_members", [{ role: "king" }, { role: "member,owner" }], CHECK, { organization_id: "team", user_id: "bob" }),
  ...broken("org_subscriptions", [
    { status: "free" }, { current_period_end: 1 }, { status: "trialing" }, { status: "past_due" },
  ], CHECK, { organization_id: "idle", plan_id: "crew" }).map(withIdleTeam),
  ...broken("organization_invitations", [
    { role: "king" }, { token_hash: "short" }, { status: "lost", resolved_at: 2 }, { status: "accepted" }, { resolved_at: 2 }, { resends: -1 },
  ], CHECK, { id: "new", email: "new@example.com", token_hash: "9".repeat(64) }),
  ...broken("active_sessions", [{ end_reason: "bored", ended_at: 2 }, { ended_at: 2 }, { end_reason: "terminated" }], CHECK, { id: "new" }),
  ...broken("usage_events", [{ quantity: -1 }, { accepted: 2 }, { kind: "guess" }, { reservation_step: "guess" }, { user_id: null }], CHECK, { id: "new" }),
  ...broken("plans", [{ retention_days: 0 }, { retention_days: -2 }], CHECK, { id: "new" }),
  ...broken("plan_features", [
    { unit_size: 0 }, { is_distinct: 2 }, { unit_price_micros: 0 }, { cap_cents: 0 }, { stops_at_cap: 2 }, { allows_on_outage: 2 },
  ], CHECK, { feature: "new" }),
  ...broken("event_types", [{ weight: 0 }, { longest_call_seconds: 0 }], CHECK, { event_type: "new" }),
  ...broken("usage_reservations", [{ weight: 0 }, { quantity: -1 }, { settled_at: 2 }, { settled_at: 2, settled_as: "lost" }], CHECK, { id: "new" }),
  ...broken("usage_grants", [{ quantity: 0 }, { quantity: 1_000_000_001 }, { ends_at: 1 }], CHECK, { id: "new" }),
  ...broken("plan_overrides", [
    { kind: "mood" }, { kind: "plan" }, { plan_id: "solo" }, { limit_value: -2 }, { limit_value: null }, { feature: "" }, { feature: "seats", limit_value: 0 }, { starts_at: 3 },
  ], CHECK, { id: "new" }),
  ...broken("call_logs", [{ status: "over" }, { status: "completed" }, { seconds: -1 }], CHECK, { id: "new" }),
  ...broken("plan_alerts", [{ percent: 0 }, { percent: 1001 }], CHECK, { name: "new" }),
  ...broken("packages", [{ requires_subscription: 2 }, { retired: 2 }], CHECK, { id: "new" }),
  ...broken("usage_alerts", [{ acknowledged_at: 2 }, { acknowledged_by: "ada" }], CHECK, { name: "new" }),
  ...broken("service_keys", [{ key_hash: "short" }, { can_write_usage: 2 }, { can_read_usage: 2 }], CHECK, { id: "new", key_hash: "1".repeat(64) }),
  ...broken("usage_counters", [{ quantity: -1 }], CHECK, { feature: "new" }),
  ...broken("scheduled_jobs", [{ is_unfinished: 2 }], CHECK, { job: "new" }),
  ...broken("usage_aggregations", [{ span: "week" }], CHECK, { feature: "new" }),
  ...broken("trial_warnings", [{ days: 2 }], CHECK),
  ...broken("figures", [
    { span: "week" }, { new_cents: -1 }, { expansion_cents: -1 }, { reactivation_cents: -1 }, { contraction_cents: 1 }, { churn_cents: 1 },
  ], CHECK, { starts_at: 1 }),
  ...broken("meter_figures", [{ span: "week" }], CHECK, { starts_at: 1 }),
  ...broken("figure_states", [{ kind: "family" }, { mrr_cents: -1 }, { has_paid: 2 }], CHECK, { organization_id: "team" }),
  ...broken("figure_progress", [{ id: 2 }, { id: 2, part: "meters" }], CHECK),
  ...broken("usage_summaries", [
    { correction: -1 }, { overage_cents: -1 }, { state: "paid" }, { reason: "mood" }, { is_open: 2 }, { state: "carried" }, { reason: "no_customer" },
    { state: "billed" }, { state: "billed", billed_at: 4 }, { stripe_invoice_item_id: "ii_1" }, { billed_at: 4 },
  ], CHECK, { feature: "new" }),
  ...broken("service_keys", [{ can_manage_webhooks: 2 }, { can_manage_webhooks: 1, organization_id: "own" }], CHECK, { id: "new", key_hash: "1".repeat(64) }),
  ...broken("webhook_endpoints", [
    { disabled_at: 1 }, { disabled_reason: "gone" }, { disabled_at: 1, disabled_reason: "bored" }, { former_secret: "f" }, { former_secret_ends_at: 1 },
  ], CHECK, { id: "new" }),
  ...broken("webhook_deliveries", [{ state: "lost" }, { attempts: -1 }, { state: "pending" }, { next_attempt_at: 1 }], CHECK, { event_id: "new" }),
  ...broken("webhook_progress", [{ id: 2 }], CHECK),
  ...broken("mail_deliveries", [{ state: "lost" }, { attempts: -1 }, { state: "pending" }, { next_attempt_at: 2 }], CHECK, { recipient: "new" }),
  ...broken("mail_progress", [{ id: 2 }], CHECK),
  ...broken("mail_preferences", [{ language: "fr" }, { limit_warning: 2 }, { limit_reached: 2 }, { trial_ending: 2 }, { endpoint_disabled: 2 }], CHECK, { user_id: "bob" }),
  ...broken("mail_suppressions", [{ reason: "bored" }], CHECK, { address: "new@example.com" }),
  ...broken("user_packages", [{ grant_uses: 0 }, { uses: -1 }, { granted_uses: -1 }, { granted_at: null }], CHECK, { user_id: "bob" }),
  ...broken("user_analytics_sessions", [{ seconds: -1 }, { seconds: 86_401 }, { completed: 2 }, { stress_before: 0 }, { stress_after: 11 }, { mood: 11 }], CHECK, { id: "new" }),

  ...broken("user_analytics_days", [
    { sessions: 0 }, { seconds: -1 }, { completed: -1 }, { completed: 3 }, { distinct_items: -1 }, { told_before: -1 }, { told_after: -1 }, { told_mood: -1 },
  ], CHECK, { day: 172_800_000 }),

  ...broken("plans", [{ id: "solo" }], UNIQUE),
  ...broken("users", [{ username: "ADA_1" }, { username: "ada_1" }], UNIQUE, { id: "new" }),
  ...broken("organizations", [{ slug: "ada" }], UNIQUE, { id: "new", personal_user_id: "bob" }),
  ...broken("organizations", [{ personal_user_id: "ada" }], UNIQUE, { id: "new", slug: "new" }),
  ...broken("organizations", [{ external_id: "org_1" }], UNIQUE, { id: "new", slug: "new", personal_user_id: "bob" }),
  ...broken("organization_members", [{ organization_id: "team" }], UNIQUE),
  ...broken("organization_invitations", [{ token_hash: "0".repeat(64) }], UNIQUE, { id: "new", email: "new@example.com" }),
  ...broken("organization_invitations", [{ email: "bob@example.com" }], UNIQUE, { id: "new", token_hash: "9".repeat(64) }),
  ...broken("active_sessions", [{ id: "s" }], UNIQUE),
  ...broken("usage_events", [{ id: "e" }], UNIQUE),
  ...broken("usage_counters", [{ period_start: 0 }], UNIQUE),

  ...broken("service_keys", [{ id: "new" }], UNIQUE),
  ...broken("user_profiles", [{ first_name: "Another" }], UNIQUE),
  ...broken("onboarding_steps", [{ saved_at: 2 }], UNIQUE),
  ...broken("user_packages", [{ grant_uses: 3 }], UNIQUE),
  ...broken("user_preferences", [{ value: "6" }], UNIQUE),
  ...broken("user_analytics_sessions", [{ seconds: 61 }], UNIQUE),
  ...broken("user_analytics_days", [{ seconds: 61 }], UNIQUE),
  ...broken("former_members", [{}], UNIQUE),
  ...broken("moved_organizations", [{ people: -1 }, { state: "lost" }, { is_ended_by_move: 2 }, { analytics_sessions: -1 }, { analytics_seconds: -1 }], CHECK, { organization_id: "team" }),
  ...broken("moved_rows", [{ table_name: "plans" }], CHECK),
  ...broken("moved_analytics", [{ seconds: -1 }, { completed: 2 }, { stress_before: 0 }, { stress_after: 11 }, { mood: 11 }], CHECK, { id: "new" }),
  ...broken("moved_organizations", [{ people: 2 }], UNIQUE),
  ...broken("moved_rows", [{ row_after: "{}" }], UNIQUE),
  ...broken("moved_analytics", [{ seconds: 61 }], UNIQUE),
  ...broken("moved_organizations", [{ organization_id: "nowhere" }], FOREIGN_KEY),
  ...broken("moved_rows", [{ organization_id: "nowhere" }, { user_id: "nobody" }], FOREIGN_KEY, { row_key: "new" }),
  ...broken("moved_analytics", [{ organization_id: "nowhere" }], FOREIGN_KEY),
  ...broken("usage_people", [{ subject: "u1" }], UNIQUE),
  ...broken("usage_reservations", [{ id: "r" }], UNIQUE),
  ...broken("former_plans", [{ plan_id: "crew" }], UNIQUE),
  ...broken("usage_grants", [{ id: "g" }], UNIQUE),
  ...broken("plan_overrides", [{ limit_value: 6 }], UNIQUE),
  ...broken("call_logs", [{ id: "c" }], UNIQUE),
  ...broken("usage_alerts", [{ name: "80_percent" }], UNIQUE),
  ...broken("scheduled_jobs", [{ holder: "another" }], UNIQUE),
  ...broken("usage_aggregations", [{ events: 2 }], UNIQUE),
  ...broken("usage_by_person", [{ quantity: 2 }], UNIQUE),
  ...broken("trial_warnings", [{ created_at: 2 }], UNIQUE),
  ...broken("figures", [{ people: 2 }], UNIQUE),
  ...broken("meter_figures", [{ quantity: 2 }], UNIQUE),
  ...broken("figure_states", [{ mrr_cents: 2 }], UNIQUE),
  ...broken("figure_progress", [{ day: 2 }], UNIQUE),
  ...broken("usage_summaries", [{ closed_at: 4 }], UNIQUE),
  ...broken("billing_disputes", [{ status: "lost" }], UNIQUE),
  ...broken("operator_events", [{ target_id: "other" }], UNIQUE),
  ...broken("webhook_endpoints", [{ url: "https://other.example" }], UNIQUE),
  ...broken("webhook_deliveries", [{ attempts: 2 }], UNIQUE),
  ...broken("webhook_progress", [{ last_sequence: 2 }], UNIQUE),
  ...broken("mail_deliveries", [{ attempts: 2 }], UNIQUE),
  ...broken("mail_progress", [{ began_at: 2 }], UNIQUE),
  ...broken("mail_preferences", [{ updated_at: 2 }], UNIQUE),
  ...broken("mail_suppressions", [{ reason: "complained" }], UNIQUE),
  ...broken("operator_acts", [{ reason: "no" }, { reason: "x".repeat(501) }, { is_applied: 2 }], CHECK, { id: "new" }),
  ...broken("operator_acts", [{ action: "y" }], UNIQUE),
  ...broken("operator_acts", [{ actor_id: "nobody" }, { organization_id: "nowhere" }], FOREIGN_KEY, { id: "new" }),
  { what: "that an act of the staff's is changed", sql: ["UPDATE operator_acts SET reason = 'another' WHERE id = 'act'"], because: APPEND_ONLY },
  {
    what: "that an act that is done is done again",
    sql: [insert("operator_acts", { id: "done", is_applied: 1 }), "UPDATE operator_acts SET is_applied = 1 WHERE id = 'done'"], because: APPEND_ONLY,
  },

  ...broken("packages", [{ minimum_plan_id: "nothing" }], FOREIGN_KEY, { id: "new" }),
  ...broken("service_keys", [{ organization_id: "nowhere" }], FOREIGN_KEY, { id: "new", key_hash: "1".repeat(64) }),
  ...broken("usage_people", [{ organization_id: "nowhere" }], FOREIGN_KEY),
  ...broken("user_profiles", [{ user_id: "nobody" }], FOREIGN_KEY),
  ...broken("onboarding_steps", [{ user_id: "nobody" }], FOREIGN_KEY),
  ...broken("user_packages", [{ user_id: "nobody" }, { user_id: "bob", package_id: "nothing" }], FOREIGN_KEY),
  ...broken("user_preferences", [{ user_id: "nobody" }], FOREIGN_KEY),
  ...broken("user_analytics_sessions", [{ user_id: "nobody" }], FOREIGN_KEY),
  ...broken("user_analytics_days", [{ user_id: "nobody" }], FOREIGN_KEY),
  ...broken("former_members", [{ user_id: "nobody" }, { organization_id: "nowhere" }], FOREIGN_KEY),
  ...broken("usage_reservations", [{ organization_id: "nowhere" }, { user_id: "nobody" }], FOREIGN_KEY, { id: "new" }),
  ...broken("former_plans", [{ organization_id: "nowhere" }], FOREIGN_KEY),
  ...broken("usage_grants", [{ organization_id: "nowhere" }], FOREIGN_KEY, { id: "new" }),
  ...broken("plan_overrides", [
    { organization_id: "nowhere" }, { kind: "plan", feature: "", limit_value: null, plan_id: "nothing" },
  ], FOREIGN_KEY, { id: "new" }),
  {
    what: "that a plan which there is not overrides another one",
    sql: ["UPDATE org_subscriptions SET override_plan_id = 'nothing' WHERE organization_id = 'own'"], because: FOREIGN_KEY,
  },
  ...broken("call_logs", [{ organization_id: "nowhere" }, { user_id: "nobody" }], FOREIGN_KEY, { id: "new" }),
  ...broken("usage_rollups", [{ organization_id: "nowhere" }], FOREIGN_KEY),
  ...broken("usage_by_person", [{ organization_id: "nowhere" }, { user_id: "nobody" }], FOREIGN_KEY),
  ...broken("figure_states", [{ organization_id: "nowhere" }], FOREIGN_KEY),
  ...broken("usage_summaries", [{ organization_id: "nowhere" }], FOREIGN_KEY),
  ...broken("billing_disputes", [{ organization_id: "nowhere" }], FOREIGN_KEY),
  ...broken("webhook_endpoints", [{ organization_id: "nowhere" }], FOREIGN_KEY, { id: "new" }),
  ...broken("webhook_deliveries", [{ endpoint_id: "nowhere" }], FOREIGN_KEY),
  ...broken("mail_preferences", [{ user_id: "nobody" }], FOREIGN_KEY),
  ...broken("users", [{ current_organization_id: "nowhere" }], FOREIGN_KEY, { id: "new" }),
  ...broken("organization_members", [{ organization_id: "nowhere" }, { organization_id: "team", user_id: "nobody" }], FOREIGN_KEY),
  ...broken("usage_counters", [{ organization_id: "nowhere" }], FOREIGN_KEY),
  ...broken("plan_features", [{ plan_id: "nothing" }], FOREIGN_KEY),

  ...broken("users", [{ id: null }, { name: null }, { email_updated_at: null }], NOT_NULL, { id: "new" }),
  ...broken("usage_events", [{ request_hash: null }], NOT_NULL, { id: "new" }),

  { what: "a second member of a personal organization", sql: [insert("organization_members", { user_id: "bob" })], because: ONE_MEMBER },
  { what: "that the user of a personal organization leaves it", sql: ["DELETE FROM organization_members WHERE organization_id = 'own'"], because: ONE_MEMBER },
  { what: "that the user of a personal organization is no owner", sql: ["UPDATE organization_members SET role = 'admin' WHERE organization_id = 'own'"], because: ONE_MEMBER },
  { what: "that the user of a personal organization is moved to a team", sql: [team("new"), "UPDATE organization_members SET organization_id = 'new' WHERE organization_id = 'own'"], because: ONE_MEMBER },
  { what: "that the user of a personal organization begins as less than its owner", sql: [
    insert("organizations", { id: "new", slug: "new", personal_user_id: "bob" }),
    insert("organization_members", { organization_id: "new", user_id: "bob", role: "admin" }),
  ], because: ONE_MEMBER },
  { what: "that a personal organization is handed over", sql: ["UPDATE organization_members SET user_id = 'bob' WHERE organization_id = 'own'"], because: ONE_MEMBER },
  { what: "a plan for teams of a person", sql: ["UPDATE org_subscriptions SET plan_id = 'crew' WHERE organization_id = 'own'"], because: MISMATCH },
  { what: "a plan for individuals of a team", sql: ["UPDATE org_subscriptions SET plan_id = 'solo' WHERE organization_id = 'team'"], because: MISMATCH },
  { what: "a first plan for individuals of a team", sql: [team("new"), insert("org_subscriptions", { organization_id: "new" })], because: MISMATCH },
  { what: "a plan that is not there", sql: [team("new"), insert("org_subscriptions", { organization_id: "new", plan_id: "nothing" })], because: MISMATCH },
];

/** A subscription needs an organization that has none yet. */
function withIdleTeam(refused: Refused): Refused {
  return { ...refused, sql: [team("idle"), ...refused.sql] };
}
