// @ts-check
// What organizations, their people, and what these have by themselves, are now: page by page.
import { Failure } from "../run.mjs";
import { expanded } from "../import/catalog.mjs";

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {import("../chosen-database.mjs").Row} Row
 * @typedef {{ planId: string, status: string, periodStart: number, periodEnd: number, trialEndsAt: number | null, pastDueSince: number | null, interval: string, stripe: string | null, cancelAt: number | null, pendingPlan: string | null, pendingInterval: string | null, pendingAt: number | null, updatedAt: number, request: string | null }} Subscription
 */

/**
 * @typedef {object} Membership
 * @property {string} user
 * @property {string} role
 * @property {number} joinedAt
 * @property {string | null} email
 * @property {boolean} isBanned
 * @property {string | null} current Where they are when they sign in.
 * @property {string | null} personal Their personal organization.
 * @property {Subscription | null} own What that has.
 * @property {number} ownAccessUntil
 * @property {boolean} paysAtStripe
 * @property {{ organization: string, planId: string, accessUntil: number }[]} teams All that they are in, this one among them; what is finished is none.
 * @property {boolean} isMoved
 */

/**
 * @typedef {object} Team
 * @property {string} id
 * @property {string} name
 * @property {Subscription} held
 * @property {number} accessUntil
 * @property {number} seats
 * @property {string | null} paidSubscription The one that runs at Stripe.
 * @property {{ state: string, endsAt: number | null } | null} moved
 * @property {Membership[]} members
 * @property {{ id: string, request: string }[]} invitations Those that are pending.
 * @property {number} grants How many allowances beyond its plan hold.
 */

/** @typedef {{ grantedAt: number | null, grantedBy: string | null, endsAt: number | null, uses: number | null, grantedUses: number, opened: number, request: string }} HeldPackage By user and package, with a space between them. */

export const SUBSCRIPTION_COLUMNS = /** @type {const} */ ([
  "plan_id", "status", "#current_period_start", "#current_period_end", "#trial_ends_at", "#past_due_since", "billing_interval", "stripe_subscription_id", "#cancel_at",
  "pending_plan_id", "pending_interval", "#pending_at", "#updated_at", "request_id",
]);
const SUBSCRIPTION = SUBSCRIPTION_COLUMNS.map((column) => `held.${column.replace("#", "")}`).join(", ");

/** Whether a subscription goes on at Stripe, as `subscription_runs!` has it. @param {string} row */
export const runs = (row) => `${row}.status IN ('trialing', 'active', 'past_due', 'unpaid', 'paused')`;

/** A list of ids as a subquery. @param {ChosenDatabase} database @param {string[]} ids */
export const among = (database, ids) => `(SELECT each.value FROM ${expanded(database, JSON.stringify(ids), true)} AS each)`;

/** @param {unknown} value */
export const number = (value) => (value === null || value === undefined ? null : Number(value));
/** @param {unknown} value */
export const text = (value) => (value === null || value === undefined ? null : String(value));

/** Organizations that one look is about, and people whose ids stand in one question: it may be an argument of a program. */
const TEAMS_AT_ONCE = 100;
const PEOPLE_AT_ONCE = 1_000;

/**
 * The next organizations behind one, in the order of their ids; archived ones are none.
 * @param {ChosenDatabase} database
 * @param {{ after: string, only?: string, limit?: number }} which
 * @returns {Promise<Team[]>}
 */
export async function teamsAfter(database, { after, only, limit = TEAMS_AT_ONCE }) {
  const [rows = []] = await asked(database, [`SELECT team.id FROM organizations team
WHERE team.kind = 'team' AND team.archived_at IS NULL AND team.id > ${quoted(after)}${only === undefined ? "" : ` AND team.id = ${quoted(only)}`}
ORDER BY team.id LIMIT ${limit}`]);
  return teamsOf(database, rows.map(({ id }) => String(id)));
}

/**
 * Named organizations, of which archived ones are left out.
 * @param {ChosenDatabase} database
 * @param {string[]} ids
 * @returns {Promise<Team[]>}
 */
export async function teamsOf(database, ids) {
  if (ids.length === 0) return [];
  const these = among(database, ids);
  const theirs = `(SELECT fellow.user_id FROM organization_members fellow WHERE fellow.organization_id IN ${these})`;
  const [teams = [], members = [], others = [], own = [], invitations = [], grants = [], paid = []] = await asked(database, [
    `SELECT team.id, team.name, ${SUBSCRIPTION}, can.access_until, can.seats, moved.state, moved.ends_at
FROM organizations team JOIN org_subscriptions held ON held.organization_id = team.id JOIN entitlements can ON can.organization_id = team.id
LEFT JOIN moved_organizations moved ON moved.organization_id = team.id
WHERE team.id IN ${these} ORDER BY team.id`,
    `SELECT member.organization_id, member.user_id, member.role, member.joined_at, person.email, person.banned_at, person.current_organization_id,
  CASE WHEN was.row_key IS NULL THEN 0 ELSE 1 END AS is_moved
FROM organization_members member JOIN users person ON person.id = member.user_id
LEFT JOIN moved_rows was ON was.organization_id = member.organization_id AND was.table_name = 'organization_members' AND was.row_key = member.user_id
WHERE member.organization_id IN ${these} ORDER BY member.joined_at, member.user_id`,
    `SELECT member.user_id, can.organization_id, can.paid_plan_id, can.access_until
FROM organization_members member JOIN entitlements can ON can.organization_id = member.organization_id AND can.organization_kind = 'team'
LEFT JOIN moved_organizations moved ON moved.organization_id = can.organization_id AND moved.state = 'finished'
WHERE moved.organization_id IS NULL AND member.user_id IN ${theirs} ORDER BY can.organization_id`,
    `SELECT personal.personal_user_id, personal.id, ${SUBSCRIPTION}, can.access_until, CASE WHEN EXISTS (
  SELECT 1 FROM billing_subscriptions paid WHERE paid.organization_id = personal.id AND ${runs("paid")}) THEN 1 ELSE 0 END AS pays
FROM organizations personal JOIN org_subscriptions held ON held.organization_id = personal.id JOIN entitlements can ON can.organization_id = personal.id
WHERE personal.personal_user_id IN ${theirs}`,
    `SELECT organization_id, id, request_id FROM organization_invitations WHERE status = 'pending' AND organization_id IN ${these} ORDER BY id`,
    `SELECT organization_id, COUNT(*) AS grants FROM usage_grants WHERE ends_at > ${Date.now()} AND organization_id IN ${these} GROUP BY organization_id`,
    `SELECT paid.organization_id, paid.stripe_subscription_id FROM billing_subscriptions paid WHERE paid.organization_id IN ${these} AND ${runs("paid")}
ORDER BY paid.started_at, paid.stripe_subscription_id`,
  ]);
  const ownOf = new Map(own.map((row) => [String(row["personal_user_id"]), row]));
  const othersOf = grouped(others, "user_id");
  const [membersOf, invitationsOf] = [grouped(members, "organization_id"), grouped(invitations, "organization_id")];
  const grantsOf = new Map(grants.map((row) => [String(row["organization_id"]), Number(row["grants"])]));
  const paidOf = new Map(paid.map((row) => [String(row["organization_id"]), String(row["stripe_subscription_id"])]));
  return teams.map((row) => {
    const id = String(row["id"]);
    return {
      id, name: String(row["name"]), held: subscriptionOf(row), accessUntil: Number(row["access_until"]), seats: Number(row["seats"]), paidSubscription: paidOf.get(id) ?? null,
      moved: row["state"] === null ? null : { state: String(row["state"]), endsAt: number(row["ends_at"]) },
      invitations: (invitationsOf.get(id) ?? []).map((one) => ({ id: String(one["id"]), request: String(one["request_id"]) })), grants: grantsOf.get(id) ?? 0,
      members: (membersOf.get(id) ?? []).map((member) => {
        const user = String(member["user_id"]);
        const personal = ownOf.get(user);
        return {
          user, role: String(member["role"]), joinedAt: Number(member["joined_at"]), email: text(member["email"]), isBanned: member["banned_at"] !== null,
          current: text(member["current_organization_id"]), personal: personal === undefined ? null : String(personal["id"]), own: personal === undefined ? null : subscriptionOf(personal),
          ownAccessUntil: Number(personal?.["access_until"] ?? 0), paysAtStripe: Number(personal?.["pays"] ?? 0) === 1, isMoved: Number(member["is_moved"]) === 1,
          teams: (othersOf.get(user) ?? []).map((one) => ({ organization: String(one["organization_id"]), planId: String(one["paid_plan_id"]), accessUntil: Number(one["access_until"]) })),
        };
      }),
    };
  });
}

/**
 * The packages that people have of those that are to be granted.
 * @param {ChosenDatabase} database
 * @param {string[]} users
 * @returns {Promise<Map<string, HeldPackage>>}
 */
export async function packagesOf(database, users) {
  /** @type {Row[]} */
  const rows = [];
  for (let place = 0; place < users.length; place += PEOPLE_AT_ONCE) {
    rows.push(...(await asked(database, [`SELECT user_id, package_id, granted_at, granted_by, grant_ends_at, grant_uses, granted_uses, uses, request_id
FROM user_packages WHERE user_id IN ${among(database, users.slice(place, place + PEOPLE_AT_ONCE))}`])).flat());
  }
  return new Map(rows.map((row) => [`${row["user_id"]} ${row["package_id"]}`, {
    grantedAt: number(row["granted_at"]), grantedBy: text(row["granted_by"]), endsAt: number(row["grant_ends_at"]), uses: number(row["grant_uses"]),
    grantedUses: Number(row["granted_uses"]), opened: Number(row["uses"]), request: String(row["request_id"]),
  }]));
}

/** @param {Row} row @returns {Subscription} */
export const subscriptionOf = (row) => ({
  planId: String(row["plan_id"]), status: String(row["status"]), periodStart: Number(row["current_period_start"]), periodEnd: Number(row["current_period_end"]),
  trialEndsAt: number(row["trial_ends_at"]), pastDueSince: number(row["past_due_since"]), interval: String(row["billing_interval"]), stripe: text(row["stripe_subscription_id"]),
  cancelAt: number(row["cancel_at"]), pendingPlan: text(row["pending_plan_id"]), pendingInterval: text(row["pending_interval"]), pendingAt: number(row["pending_at"]),
  updatedAt: Number(row["updated_at"]), request: text(row["request_id"]),
});

/** In the order of `SUBSCRIPTION_COLUMNS`. @param {Subscription} held */
export const subscriptionRow = (held) => [
  held.planId, held.status, held.periodStart, held.periodEnd, held.trialEndsAt, held.pastDueSince, held.interval, held.stripe, held.cancelAt,
  held.pendingPlan, held.pendingInterval, held.pendingAt, held.updatedAt, held.request,
];

/** @param {Row[]} rows @param {string} by */
export function grouped(rows, by) {
  /** @type {Map<string, Row[]>} */
  const groups = new Map();
  for (const row of rows) {
    const key = String(row[by]);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** @param {string} value */
export const quoted = (value) => `'${value.replaceAll("'", "''")}'`;

/**
 * All of one moment; of wrangler's one after the other, because a question goes into an argument.
 * @param {ChosenDatabase} database
 * @param {string[]} questions
 */
export async function asked(database, questions) {
  try {
    if (database.kind !== "remote") return await database.ask(questions);
    /** @type {Row[][]} */
    const answers = [];
    for (const question of questions) answers.push(...(await database.ask([question])));
    return answers;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${database.name} does not answer ("npm run migrate" brings it up to this version): ${error instanceof Error ? error.message : error}`);
  }
}
