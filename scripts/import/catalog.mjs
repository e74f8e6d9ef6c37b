// @ts-check
// The plans that the database has, and what is there already of what is brought.
import { Failure } from "../run.mjs";

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {"individual" | "team"} Audience
 * @typedef {{ id: string, audience: Audience | "any", position: number, price: number | null, seats: number, starts: string | null, fallback: string | null, isRetired: boolean }} Plan
 * @typedef {{ limit: number, reset: string, unitSize: number, isDistinct: boolean, isPriced: boolean }} Meter
 */

/** How much of a list stands in one question: D1 takes statements of 100 KB. */
const LIST_BYTES = 60_000;
/** Questions that are asked at once; of wrangler's one, because all go into one argument. */
const QUESTIONS_AT_ONCE = { d1: 20, remote: 1, postgres: 20 };

export class Catalog {
  /**
   * @param {Map<string, Plan>} plans
   * @param {Map<string, Meter>} meters By plan and feature, with a space between them.
   * @param {Map<string, string>} prices The plan of each of Stripe's prices.
   */
  constructor(plans, meters, prices) {
    this.plans = plans;
    this.meters = meters;
    this.prices = prices;
  }

  /** @param {ChosenDatabase} database */
  static async of(database) {
    const [plans = [], meters = [], prices = []] = await database.ask([
      "SELECT id, audience, position, price_month_cents, seats, starts, fallback, retired FROM plans ORDER BY position, id",
      "SELECT plan_id, feature, limit_value, reset, unit_size, is_distinct, unit_price_micros FROM plan_features WHERE kind = 'meter'",
      "SELECT stripe_price_id, plan_id FROM plan_prices",
    ]).catch((error) => {
      if (error instanceof Failure) throw error;
      throw new Failure(`The tables are not there yet ("npm start" makes a local database, "npm run migrate" any): ${error instanceof Error ? error.message : error}`);
    });
    if (plans.length === 0) throw new Failure(`There are no plans in ${database.name}: load them first with "npm run catalog -- push <name>".`);
    const text = (/** @type {unknown} */ value) => (value === null || value === undefined ? null : String(value));
    return new Catalog(
      new Map(plans.map((row) => [String(row["id"]), {
        id: String(row["id"]), audience: /** @type {Plan["audience"]} */ (row["audience"]), position: Number(row["position"]),
        price: row["price_month_cents"] === null ? null : Number(row["price_month_cents"]), seats: Number(row["seats"]),
        starts: text(row["starts"]), fallback: text(row["fallback"]), isRetired: Number(row["retired"]) === 1,
      }])),
      new Map(meters.map((row) => [`${row["plan_id"]} ${row["feature"]}`, {
        limit: Number(row["limit_value"]), reset: String(row["reset"]), unitSize: Number(row["unit_size"]),
        isDistinct: Number(row["is_distinct"]) === 1, isPriced: row["unit_price_micros"] !== null,
      }])),
      new Map(prices.map((row) => [String(row["stripe_price_id"]), String(row["plan_id"])])),
    );
  }

  /** @param {Plan} plan @param {Audience} audience */
  fits(plan, audience) {
    return plan.audience === "any" || plan.audience === audience;
  }

  /** The plan that an audience falls to, if the catalog has one. @param {Audience} audience */
  fallback(audience) {
    return [...this.plans.values()].find((plan) => !plan.isRetired && (plan.fallback === audience || plan.fallback === "any"));
  }

  /** Where somebody without a tier is: on the plan that costs nothing, else on the one that new ones start with. @param {Audience} audience */
  start(audience) {
    return this.fallback(audience) ?? [...this.plans.values()].find((plan) => !plan.isRetired && (plan.starts === audience || plan.starts === "any"));
  }
}

/**
 * What is there already.
 * @typedef {object} Existing
 * @property {Map<string, boolean>} people By id: whether an import made them.
 * @property {Set<string>} deleted Those of them who have deleted their account.
 * @property {Map<string, string[]>} addresses By address: whose it is.
 * @property {Set<string>} organizations
 * @property {Set<string>} slugs
 * @property {Set<string>} usernames In lower case.
 * @property {Map<string, string>} customers By Stripe's id: whose customer it is.
 */

/**
 * @param {ChosenDatabase} database
 * @param {{ people: string[], addresses: string[], organizations: string[], slugs: string[], usernames: string[], customers: string[] }} about
 * @returns {Promise<Existing>}
 */
export async function existing(database, about) {
  const rows = (/** @type {string[]} */ values, /** @type {(list: string) => string} */ question) => askInPages(database, values, question);
  const [people, addresses, organizations, slugs, usernames, customers] = [
    await rows(about.people, (these) => `SELECT users.id, CASE WHEN EXISTS (
  SELECT 1 FROM organizations own JOIN audit_events event ON event.organization_id = own.id AND event.action = 'user.imported'
  WHERE own.personal_user_id = users.id) THEN 1 ELSE 0 END AS is_imported,
  CASE WHEN users.deleted_at IS NULL THEN 0 ELSE 1 END AS is_deleted FROM users WHERE users.id IN ${these}`),
    await rows(about.addresses, (these) => `SELECT email, id FROM users WHERE email IN ${these} AND deleted_at IS NULL`),
    await rows(about.organizations, (these) => `SELECT id FROM organizations WHERE id IN ${these}`),
    await rows(about.slugs, (these) => `SELECT slug FROM organizations WHERE slug IN ${these}`),
    await rows(about.usernames, (these) => `SELECT lower(username) AS username FROM users WHERE username IS NOT NULL AND lower(username) IN ${these}`),
    await rows(about.customers, (these) => `SELECT stripe_customer_id, organization_id FROM billing_customers WHERE stripe_customer_id IN ${these}`),
  ];
  /** @type {Map<string, string[]>} */
  const whose = new Map();
  for (const { email, id } of addresses) whose.set(String(email), [...(whose.get(String(email)) ?? []), String(id)]);
  return {
    people: new Map(people.map((row) => [String(row["id"]), Number(row["is_imported"]) === 1])), addresses: whose,
    deleted: new Set(people.filter((row) => Number(row["is_deleted"]) === 1).map(({ id }) => String(id))),
    organizations: new Set(organizations.map(({ id }) => String(id))), slugs: new Set(slugs.map(({ slug }) => String(slug))),
    usernames: new Set(usernames.map(({ username }) => String(username))),
    customers: new Map(customers.map((row) => [String(row["stripe_customer_id"]), String(row["organization_id"])])),
  };
}

/**
 * @param {ChosenDatabase} database
 * @param {string[]} values
 * @param {(list: string) => string} question
 */
async function askInPages(database, values, question) {
  const questions = lists(values).map((page) => question(`(SELECT each.value FROM ${expanded(database, JSON.stringify(page), true)} AS each)`));
  /** @type {import("../chosen-database.mjs").Row[]} */
  const rows = [];
  const atOnce = QUESTIONS_AT_ONCE[database.kind];
  for (let place = 0; place < questions.length; place += atOnce) rows.push(...(await database.ask(questions.slice(place, place + atOnce))).flat());
  return rows;
}

/** @param {string[]} values */
function lists(values) {
  /** @type {string[][]} */
  const pages = [];
  let room = 0;
  for (const value of new Set(values)) {
    const bytes = Buffer.byteLength(JSON.stringify(value).replaceAll("'", "''")) + 1;
    if (bytes > room) {
      pages.push([]);
      room = LIST_BYTES;
    }
    pages.at(-1)?.push(value);
    room -= bytes;
  }
  return pages;
}

/**
 * A JSON list as rows with a column `value`, in the words of the database's engine.
 * @param {ChosenDatabase} database
 * @param {string} json
 * @param {boolean} ofTexts
 */
export function expanded(database, json, ofTexts) {
  const literal = `'${json.replaceAll("'", "''")}'`;
  if (database.kind === "postgres") return `${ofTexts ? "json_array_elements_text" : "json_array_elements"}(${literal})`;
  return `json_each(${literal})`;
}
