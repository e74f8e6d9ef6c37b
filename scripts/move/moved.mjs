// @ts-check
// What the move has changed, as it was written down, and what of it is there now: page by page.
import { number, subscriptionOf, subscriptionRow, text, among, asked, grouped, packagesOf, quoted, runs, SUBSCRIPTION_COLUMNS } from "./survey.mjs";

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {import("./statements.mjs").Value} Value
 * @typedef {import("./survey.mjs").HeldPackage} HeldPackage
 * @typedef {{ table: string, key: string, user: string | null, before: any, after: any }} Entry
 * @typedef {{ id: string, name: string, state: string, movedAt: number, people: number, endsAt: number | null, stripe: string | null, isEndedByMove: boolean, sessions: number, seconds: number, isArchived: boolean, status: string, paid: string | null, entries: Entry[] }} Moved
 */

/** Organizations that one look is about. */
const AT_ONCE = 50;

/**
 * Moved organizations, the newest first: what was changed last is taken back first.
 * @param {ChosenDatabase} database
 * @param {{ states: string[], only?: string, after?: { movedAt: number, id: string } }} which
 * @returns {Promise<{ moved: Moved[], last: { movedAt: number, id: string } | undefined }>}
 */
export async function movedOrganizations(database, { states, only, after }) {
  const behind = after === undefined ? "" : ` AND (moved.moved_at < ${after.movedAt} OR moved.moved_at = ${after.movedAt} AND moved.organization_id < ${quoted(after.id)})`;
  const [rows = []] = await asked(database, [`SELECT moved.organization_id, moved.state, moved.people, moved.ends_at, moved.stripe_subscription_id, moved.is_ended_by_move, moved.analytics_sessions, moved.analytics_seconds, moved.moved_at,
  team.name, team.archived_at, held.status, (SELECT MAX(paid.stripe_subscription_id) FROM billing_subscriptions paid WHERE paid.organization_id = team.id AND ${runs("paid")}) AS paid
FROM moved_organizations moved JOIN organizations team ON team.id = moved.organization_id JOIN org_subscriptions held ON held.organization_id = team.id
WHERE moved.state IN (${states.map(quoted).join(", ")})${only === undefined ? "" : ` AND moved.organization_id = ${quoted(only)}`}${behind}
ORDER BY moved.moved_at DESC, moved.organization_id DESC LIMIT ${AT_ONCE}`]);
  const ids = rows.map((row) => String(row["organization_id"]));
  const [changes = []] = ids.length === 0 ? [] : await asked(database, [`SELECT organization_id, table_name, row_key, user_id, row_before, row_after FROM moved_rows
WHERE organization_id IN ${among(database, ids)} ORDER BY organization_id, table_name, row_key`]);
  const entries = grouped(changes, "organization_id");
  const last = rows.at(-1);
  return {
    last: last === undefined ? undefined : { movedAt: Number(last["moved_at"]), id: String(last["organization_id"]) },
    moved: rows.map((row) => ({
      id: String(row["organization_id"]), name: String(row["name"]), state: String(row["state"]), movedAt: Number(row["moved_at"]), people: Number(row["people"]), endsAt: number(row["ends_at"]), stripe: text(row["stripe_subscription_id"]),
      isEndedByMove: Number(row["is_ended_by_move"]) === 1, sessions: Number(row["analytics_sessions"]), seconds: Number(row["analytics_seconds"]), isArchived: row["archived_at"] !== null,
      status: String(row["status"]), paid: text(row["paid"]),
      entries: (entries.get(String(row["organization_id"])) ?? []).map((entry) => ({
        table: String(entry["table_name"]), key: String(entry["row_key"]), user: text(entry["user_id"]),
        before: entry["row_before"] === null ? null : JSON.parse(String(entry["row_before"])), after: JSON.parse(String(entry["row_after"])),
      })),
    })),
  };
}

/**
 * @typedef {object} Present
 * @property {Map<string, { row: Value[], accessUntil: number }>} subscriptions By personal organization.
 * @property {Map<string, { current: string | null, personal: string | null, personals: number, isDeleted: boolean }>} people
 * @property {Map<string, { status: string, resolvedAt: number | null, request: string, email: string }>} invitations By organization and invitation, with a space between them.
 * @property {Set<string>} pending Organization and address of what waits for an answer, with a space between them.
 * @property {Map<string, HeldPackage>} packages By user and package.
 * @property {Map<string, { organization: string, key: string, before: Value[] }[]>} laterGrants What other organizations have granted in place of a grant, by user and package.
 * @property {Map<string, { day: number, seconds: number, completed: number, item: string | null, stressBefore: number | null, stressAfter: number | null, mood: number | null }>} sessions Of the days that got some of the move's, by user and session.
 * @property {Map<string, { day: number, sessions: number, seconds: number, items: string }>} days By user and day.
 * @property {Set<string>} formerPlans Organization and end.
 * @property {Map<string, Map<string, number>>} members Of each organization, and since when.
 */

/** @param {ChosenDatabase} database @param {Moved[]} moved @returns {Promise<Present>} */
export async function presentOf(database, moved) {
  const ids = among(database, moved.map(({ id }) => id));
  const of = (/** @type {string} */ table) => `SELECT was.row_key FROM moved_rows was WHERE was.table_name = '${table}' AND was.organization_id IN ${ids}`;
  const users = `SELECT was.user_id FROM moved_rows was WHERE was.user_id IS NOT NULL AND was.organization_id IN ${ids}`;
  const withSessions = `SELECT was.user_id FROM moved_rows was WHERE was.table_name = 'user_analytics_sessions' AND was.organization_id IN ${ids}`;
  const [held = [], people = [], invitations = [], sessions = [], days = [], former = [], members = [], granting = []] = await asked(database, [
    `SELECT held.*, can.access_until FROM org_subscriptions held JOIN entitlements can ON can.organization_id = held.organization_id WHERE held.organization_id IN (${of("org_subscriptions")})`,
    `SELECT person.id, person.current_organization_id, person.deleted_at, personal.id AS personal, (
  SELECT COUNT(*) FROM organization_members own WHERE own.organization_id = personal.id AND own.user_id = person.id AND own.role = 'owner') AS personals
FROM users person LEFT JOIN organizations personal ON personal.personal_user_id = person.id WHERE person.id IN (${users})`,
    `SELECT organization_id, id, email, status, resolved_at, request_id FROM organization_invitations WHERE organization_id IN ${ids} AND (status = 'pending' OR id IN (${of("organization_invitations")}))`,
    `SELECT session.user_id, session.id, session.day, session.seconds, session.completed, session.item, session.stress_before, session.stress_after, session.mood
FROM user_analytics_sessions session WHERE session.user_id IN (${withSessions}) ORDER BY session.user_id, session.id`,
    `SELECT user_id, day, sessions, seconds, items FROM user_analytics_days WHERE user_id IN (${withSessions})`,
    `SELECT organization_id, ended_at FROM former_plans WHERE organization_id IN (${of("org_subscriptions")})`,
    `SELECT organization_id, user_id, joined_at FROM organization_members WHERE organization_id IN ${ids}`,
    `SELECT was.organization_id, was.row_key, was.row_before FROM moved_rows was
WHERE was.table_name = 'user_packages' AND was.row_before IS NOT NULL AND was.row_key IN (${of("user_packages")}) AND was.organization_id NOT IN ${ids}`,
  ]);
  const granted = [...new Set(moved.flatMap(({ entries }) => entries.flatMap(({ table, user }) => (table === "user_packages" && user !== null ? [user] : []))))];
  return {
    subscriptions: new Map(held.map((row) => [String(row["organization_id"]), { row: subscriptionRow(subscriptionOf(row)), accessUntil: Number(row["access_until"]) }])),
    people: new Map(people.map((row) => [String(row["id"]), { current: text(row["current_organization_id"]), personal: text(row["personal"]), personals: Number(row["personals"]), isDeleted: row["deleted_at"] !== null }])),
    invitations: new Map(invitations.map((row) => [`${row["organization_id"]} ${row["id"]}`, { status: String(row["status"]), resolvedAt: number(row["resolved_at"]), request: String(row["request_id"]), email: String(row["email"]) }])),
    pending: new Set(invitations.filter((row) => row["status"] === "pending").map((row) => `${row["organization_id"]} ${row["email"]}`)),
    packages: await packagesOf(database, granted),
    laterGrants: new Map([...grouped(granting, "row_key")].map(([key, rows]) => [key, rows.map((row) => ({ organization: String(row["organization_id"]), key, before: JSON.parse(String(row["row_before"])) }))])),
    sessions: new Map(sessions.map((row) => [`${row["user_id"]} ${row["id"]}`, {
      day: Number(row["day"]), seconds: Number(row["seconds"]), completed: Number(row["completed"]), item: text(row["item"]),
      stressBefore: number(row["stress_before"]), stressAfter: number(row["stress_after"]), mood: number(row["mood"]),
    }])),
    days: new Map(days.map((row) => [`${row["user_id"]} ${row["day"]}`, { day: Number(row["day"]), sessions: Number(row["sessions"]), seconds: Number(row["seconds"]), items: String(row["items"]) }])),
    formerPlans: new Set(former.map((row) => `${row["organization_id"]} ${row["ended_at"]}`)),
    members: new Map([...grouped(members, "organization_id")].map(([id, rows]) => [id, new Map(rows.map((row) => [String(row["user_id"]), Number(row["joined_at"])]))])),
  };
}

const UPDATED = SUBSCRIPTION_COLUMNS.indexOf("#updated_at");
/**
 * Whether nobody has done anything with a subscription. When it was written last says nothing of that: the operator's overrides and
 * their ends are carried in it, which are no plan of its person's.
 * @param {Value[]} one @param {Value[]} two
 */
export const isSameSubscription = (one, two) => isSame(one.toSpliced(UPDATED, 1), two.toSpliced(UPDATED, 1));

/** @param {Value[]} one @param {Value[]} two */
export const isSame = (one, two) => JSON.stringify(one) === JSON.stringify(two);
