// @ts-check
// The rows of what was decided, as statements that D1 and Postgres both take. A page of people, or of teams, is one transaction:
// whoever is there has everything that belongs to them.
import { createHash } from "node:crypto";
import { idAt } from "../local/identity.mjs";
import { expanded } from "./catalog.mjs";

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {import("./decide.mjs").NewOrganization} NewOrganization
 * @typedef {import("./decide.mjs").NewPerson} NewPerson
 * @typedef {import("./decide.mjs").NewTeam} NewTeam
 * @typedef {string | number | null} Value
 * @typedef {{ source: string, now: number, observedAt: number }} Moment
 */

/** D1 takes statements of 100 KB; the words around the rows are few. */
const STATEMENT_BYTES = 80_000;
/** The end of what has none (`usage_grants.ends_at`). */
const NEVER = Number.MAX_SAFE_INTEGER;
const REQUEST = "import";

/** Each table's columns; what is no text begins with a sign. */
const TABLES = /** @type {const} */ ({
  users: ["id", "email", "#email_verified", "#email_updated_at", "#email_said_at", "name", "#profile_updated_at", "username", "#banned_at", "banned_by", "#created_at", "request_id"],
  organizations: ["id", "kind", "org_type", "name", "slug", "external_id", "personal_user_id", "founded_by", "#created_at"],
  organization_members: ["organization_id", "user_id", "role", "#joined_at", "request_id"],
  org_subscriptions: ["organization_id", "plan_id", "status", "#current_period_start", "#current_period_end", "#trial_ends_at", "#past_due_since", "billing_interval", "stripe_subscription_id", "#cancel_at", "#updated_at", "request_id"],
  billing_customers: ["organization_id", "stripe_customer_id", "#created_at"],
  billing_subscriptions: ["organization_id", "stripe_subscription_id", "stripe_item_id", "stripe_price_id", "stripe_schedule_id", "status", "#amount_cents", "currency", "billing_interval", "#current_period_start", "#current_period_end", "#trial_ends_at", "#past_due_since", "#cancel_at", "#ended_at", "#fallback_period_end", "#started_at", "items", "#observed_at", "request_id"],
  usage_grants: ["organization_id", "id", "feature", "#quantity", "reason", "#starts_at", "#ends_at", "#created_at", "request_id"],
  usage_events: ["organization_id", "id", "user_id", "feature", "event_type", "#quantity", "#accepted", "plan_id", "#limit_value", "#period_start", "#period_end", "#period_total", "#lifetime_total", "request_hash", "request_id", "#created_at", "#counted", "#change_number"],
  usage_counters: ["organization_id", "feature", "#period_start", "#quantity", "#changes", "#period_end", "plan_id", "#limit_value"],
  audit_events: ["organization_id", "id", "actor_id", "action", "target_id", "details", "request_id", "#created_at"],
});

/**
 * Makes a page of people, each with their personal organization.
 * @param {ChosenDatabase} database
 * @param {NewPerson[]} people
 * @param {Moment} at
 * @returns {string[]}
 */
export function peopleStatements(database, people, at) {
  const rows = new Rows();
  for (const { source, email, name, username, createdAt, toldAt, personal } of people) {
    const verified = Number(source.isVerified && email !== null);
    rows.add("users", [
      source.id, email, verified, toldAt, verified === 1 ? toldAt : 0, name, toldAt, username, source.isBanned ? toldAt : null,
      source.isBanned ? "provider" : null, createdAt, REQUEST,
    ]);
    rows.add("organizations", [personal.id, "personal", "personal", personal.name, personal.slug, null, source.id, source.id, createdAt]);
    addOrganization(rows, personal, "user.imported", source.id, at);
  }
  // Not written with the users: while a row names an organization that is not there yet, SQLite looks through all users when
  // one is inserted ("SQLite Foreign Key Support", deferred constraints).
  return [...rows.statements(database), ...setCurrent(database, people.map(({ source, personal }) => [source.id, personal.id]), false)];
}

/**
 * Makes a page of teams, whose people are there.
 * @param {ChosenDatabase} database
 * @param {NewTeam[]} teams
 * @param {Moment} at
 * @returns {string[]}
 */
export function teamStatements(database, teams, at) {
  const rows = new Rows();
  for (const team of teams) {
    rows.add("organizations", [team.id, "team", "business", team.name, team.slug, team.externalId, null, team.founder, team.createdAt]);
    addOrganization(rows, team, "organization.imported", team.id, at);
  }
  return [
    ...rows.statements(database), ...setCurrent(database, teams.flatMap(({ id, homeOf }) => homeOf.map((user) => [user, id])), true),
    ...hadTheirTrial(database, teams),
  ];
}

/** Who has founded a team elsewhere has no trial of a further one here. @param {ChosenDatabase} database @param {NewTeam[]} teams */
function hadTheirTrial(database, teams) {
  return lists(teams.map(({ founder, createdAt }) => [founder, createdAt])).map((list) => `UPDATE users SET team_trial_started_at = founded.since
FROM (SELECT ${valueOf(0, false)} AS user_id, MIN(${valueOf(1, true)}) AS since FROM ${expanded(database, list, false)} AS each GROUP BY 1) founded
WHERE users.id = founded.user_id AND users.team_trial_started_at IS NULL`);
}

/**
 * @param {Rows} rows
 * @param {NewOrganization} organization
 * @param {string} action
 * @param {string} target
 * @param {Moment} at
 */
function addOrganization(rows, { id, knownSince, holding, members }, action, target, { source, now, observedAt }) {
  for (const { user, role, joinedAt } of members) rows.add("organization_members", [id, user, role, joinedAt, REQUEST]);
  const { plan, status, period, interval, trialEndsAt, pastDueSince, stripeSubscription, cancelAt, customer, subscriptions, planItems, counted } = holding;
  rows.add("org_subscriptions", [id, plan.id, status, period.start, period.end, trialEndsAt, pastDueSince, interval, stripeSubscription, cancelAt, now, REQUEST]);
  if (customer !== null) rows.add("billing_customers", [id, customer, now]);
  for (const subscription of subscriptions) {
    const item = planItems.get(subscription.id);
    if (item === undefined) continue;
    const items = subscription.items.map((one) => ({ itemId: one.id, priceId: one.price, interval: one.interval, amountCents: one.amount, currency: one.currency, quantity: one.quantity }));
    rows.add("billing_subscriptions", [
      id, subscription.id, item.id, item.price, subscription.schedule, subscription.status, item.amount, item.currency, item.interval, item.start, item.end,
      subscription.trialEndsAt, subscription.pastDueSince, subscription.cancelAt, subscription.endedAt, subscription.fallbackPeriodEnd,
      subscription.startedAt, JSON.stringify(items), observedAt, REQUEST,
    ]);
  }
  for (const { feature, start, end, plan: planId, limit, grant, by } of counted) {
    const limitNow = limit + grant;
    if (grant > 0) rows.add("usage_grants", [id, idAt(start, `import grant ${id} ${feature}`), feature, grant, "used before the import", start, end ?? NEVER, now, REQUEST]);
    let total = 0;
    for (const [place, { user, quantity }] of by.entries()) {
      total += quantity;
      rows.add("usage_events", [
        id, idAt(start + place, `import ${id} ${feature} ${user}`), user, feature, feature, quantity, 1, planId, limitNow, start, end, total, total,
        createHash("sha256").update(`import ${feature} ${quantity}`).digest("hex"), REQUEST, now, quantity, place + 1,
      ]);
    }
    rows.add("usage_counters", [id, feature, start, total, by.length, end, planId, limitNow]);
  }
  rows.add("audit_events", [id, idAt(knownSince, `${action} ${target}`), "operator", action, target, JSON.stringify({ source }), REQUEST, now]);
}

/** Rows of several tables. */
class Rows {
  /** @type {Map<keyof typeof TABLES, Value[][]>} */
  #rows = new Map();

  /** @param {keyof typeof TABLES} table @param {Value[]} row */
  add(table, row) {
    const rows = this.#rows.get(table);
    if (rows) rows.push(row);
    else this.#rows.set(table, [row]);
  }

  /** In the order of the tables' references. @param {ChosenDatabase} database @returns {string[]} */
  statements(database) {
    return /** @type {(keyof typeof TABLES)[]} */ (Object.keys(TABLES)).flatMap((table) => {
      const columns = TABLES[table].map((column) => column.replace("#", ""));
      const values = TABLES[table].map((column, place) => valueOf(place, column.startsWith("#")));
      return lists(this.#rows.get(table) ?? []).map((list) => `INSERT INTO ${table} (${columns.join(", ")})
SELECT ${values.join(", ")}
FROM ${expanded(database, list, false)} AS each`);
    });
  }
}

/** A part of a row of such a list. @param {number} place @param {boolean} isNumber */
export const valueOf = (place, isNumber) => `CAST(each.value ->> ${place} AS ${isNumber ? "BIGINT" : "TEXT"})`;

/**
 * Where people are when they sign in.
 * @param {ChosenDatabase} database
 * @param {string[][]} homes A user, and their organization.
 * @param {boolean} onlyFromPersonal Not where somebody has chosen another one meanwhile.
 */
function setCurrent(database, homes, onlyFromPersonal) {
  return lists(homes).map((list) => `UPDATE users SET current_organization_id = home.organization_id
FROM (SELECT ${valueOf(0, false)} AS user_id, ${valueOf(1, false)} AS organization_id FROM ${expanded(database, list, false)} AS each) home
WHERE users.id = home.user_id${onlyFromPersonal ? " AND EXISTS (SELECT 1 FROM organizations own WHERE own.id = users.current_organization_id AND own.personal_user_id = users.id)" : ""}`);
}

/** Rows as JSON lists that a statement has room for. @param {Value[][]} rows @returns {string[]} */
export function lists(rows) {
  /** @type {string[]} */
  const all = [];
  let [list, bytes] = [/** @type {string[]} */ ([]), 0];
  const end = () => { if (list.length > 0) all.push(`[${list.join(",")}]`); };
  for (const row of rows) {
    const json = JSON.stringify(row);
    const size = Buffer.byteLength(json.replaceAll("'", "''")) + 1;
    if (bytes + size > STATEMENT_BYTES) {
      end();
      [list, bytes] = [[], 0];
    }
    list.push(json);
    bytes += size;
  }
  end();
  return all;
}
