// @ts-check
// Whether what was moved is whole: counts and sums of before and after, organization by organization, and what must always hold.
import { chargedOn } from "./charged.mjs";
import { isSame, isSameSubscription, movedOrganizations, presentOf } from "./moved.mjs";
import { packageRow } from "./page.mjs";
import { asked, quoted } from "./survey.mjs";

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {import("./moved.mjs").Moved} Moved
 * @typedef {import("./moved.mjs").Present} Present
 * @typedef {{ reason: string, organization: string, about: string, detail: string }} Line
 * @typedef {{ organizations: number, people: number, gets: number, given: number, sessions: number, seconds: number }} Sums
 */

/**
 * @typedef {object} Verified
 * @property {Sums} before As it was written down.
 * @property {Sums} after As it is.
 * @property {Line[]} wrong What does not hold.
 * @property {Line[]} since What people did since, or is to be done yet: nothing is wrong with it.
 */

/**
 * @param {ChosenDatabase} database
 * @param {{ organization?: string, stripe?: import("./stripe.mjs").StripeSide }} wanted
 * @returns {Promise<Verified>}
 */
export async function verify(database, { organization, stripe }) {
  /** @type {Verified} */
  const found = { before: nothing(), after: nothing(), wrong: [], since: [] };
  for (const { organization: id, subscription } of await chargedOn(database, { ...(organization === undefined ? {} : { organization }), stripe })) {
    found.wrong.push({ reason: "charged_on", organization: id, about: subscription, detail: "goes on at Stripe, while its people are to pay for themselves: run again ends it with its period" });
  }
  const [unmoved = []] = await asked(database, [`SELECT organization_id, stripe_subscription_id FROM moved_organizations
WHERE state = 'rolled_back' AND is_ended_by_move = 1${organization === undefined ? "" : ` AND organization_id = ${quoted(organization)}`} ORDER BY organization_id`]);
  for (const row of unmoved) {
    found.wrong.push({ reason: "ends_unmoved", organization: String(row["organization_id"]), about: String(row["stripe_subscription_id"]), detail: "ends at Stripe, and its people are not moved: run moves them, and roll-back lets it go on" });
  }
  /** @type {{ movedAt: number, id: string } | undefined} */
  let after;
  for (;;) {
    const page = await movedOrganizations(database, { states: ["moved", "finished"], ...(organization === undefined ? {} : { only: organization }), ...(after === undefined ? {} : { after }) });
    if (page.last === undefined) return found;
    after = page.last;
    const [present, archived] = [await presentOf(database, page.moved), await archives(database, page.moved)];
    for (const one of page.moved) verifyOne(one, present, archived.get(one.id) ?? { sessions: 0, seconds: 0 }, found);
  }
}

/** @returns {Sums} */
const nothing = () => ({ organizations: 0, people: 0, gets: 0, given: 0, sessions: 0, seconds: 0 });

/** @param {ChosenDatabase} database @param {Moved[]} moved @returns {Promise<Map<string, { sessions: number, seconds: number }>>} */
async function archives(database, moved) {
  const list = moved.map(({ id }) => `'${id.replaceAll("'", "''")}'`).join(", ");
  const [rows = []] = await asked(database, [`SELECT organization_id, COUNT(*) AS sessions, SUM(seconds) AS seconds FROM moved_analytics WHERE organization_id IN (${list}) GROUP BY organization_id`]);
  return new Map(rows.map((row) => [String(row["organization_id"]), { sessions: Number(row["sessions"]), seconds: Number(row["seconds"]) }]));
}

/**
 * @param {Moved} moved
 * @param {Present} present
 * @param {{ sessions: number, seconds: number }} archive
 * @param {Verified} found
 */
function verifyOne({ id, state, people, endsAt, sessions, seconds, isArchived, entries }, present, archive, found) {
  const wrong = (/** @type {string} */ reason, /** @type {string} */ about, /** @type {string} */ detail) => { found.wrong.push({ reason, organization: id, about, detail }); };
  const since = (/** @type {string} */ reason, /** @type {string} */ about, /** @type {string} */ detail) => { found.since.push({ reason, organization: id, about, detail }); };
  const of = (/** @type {string} */ table) => entries.filter((entry) => entry.table === table);
  const who = of("organization_members");
  const became = new Map(who.map(({ key, after }) => [key, after.outcome]));
  add(found.before, { organizations: 1, people, gets: 0, given: 0, sessions, seconds });
  add(found.after, { organizations: 1, people: who.length, gets: 0, given: 0, sessions: archive.sessions, seconds: archive.seconds });
  if (who.length !== people) wrong("people", id, `${people} were moved, and ${who.length} are written down`);
  if (state === "finished" && !isArchived) since("restored", id, "was had back by its owner since it was archived");
  for (const user of present.members.get(id)?.keys() ?? []) if (!became.has(user)) since("not_moved", user, "is in it and not moved: waits for a decision, or came into it since");
  for (const { key, after } of who) {
    const person = present.people.get(key);
    if (after.outcome === "gets") found.before.gets += 1;
    if (after.outcome === "given") found.before.given += 1;
    if (person?.isDeleted) {
      since("account", key, "has deleted their account");
      continue;
    }
    if (state === "moved" && !present.members.get(id)?.has(key)) since("membership", key, "has left it since");
    if (person === undefined || person.personal !== null && person.personals !== 1) wrong("personal_organization", key, "does not own their personal organization");
    if (person?.current === id) (state === "finished" && isArchived ? wrong : since)("current_organization", key, "works in it");
  }
  if (state === "finished") {
    found.after.gets = found.before.gets;
    found.after.given = found.before.given;
    found.after.sessions += sessions - archive.sessions;
    found.after.seconds += seconds - archive.seconds;
    return;
  }
  const got = who.filter(({ after }) => after.outcome === "gets" || after.outcome === "given").length;
  if (of("org_subscriptions").length !== got) wrong("subscription", id, `${got} people were to get a plan, and ${of("org_subscriptions").length} have`);
  for (const { key, user, after } of of("org_subscriptions")) {
    const held = present.subscriptions.get(key);
    const outcome = became.get(user ?? "");
    if (present.people.get(user ?? "")?.isDeleted) found.after[outcome === "given" ? "given" : "gets"] += 1;
    else if (held === undefined) wrong("subscription", user ?? key, "has none");
    else if (isSameSubscription(held.row, after)) found.after[outcome === "given" ? "given" : "gets"] += 1;
    else {
      found.after[outcome === "given" ? "given" : "gets"] += 1;
      since("subscription", user ?? key, `is ${held.row[0]} (${held.row[1]}) by what was done since`);
    }
    if (held !== undefined && outcome === "gets" && endsAt !== null && endsAt > Date.now() && isSameSubscription(held.row, after) && held.accessUntil < endsAt) wrong("gap", user ?? key, "has no access until the organization's period ends");
  }
  for (const { key, after } of of("organization_invitations")) {
    const now = present.invitations.get(`${id} ${key}`);
    if (now === undefined) wrong("invitation", key, "is gone");
    else if (!isSame([now.status, now.resolvedAt, now.request], after)) since("invitation", key, `is ${now.status} by what was done since`);
  }
  for (const { key, after } of of("user_packages")) {
    const held = present.packages.get(key);
    if (held === undefined || !isSame(packageRow(held).slice(0, 4), after.slice(0, 4))) since("package", key, "was granted anew, or is gone, since");
  }
  for (const { key, user, after } of of("user_analytics_sessions")) {
    const session = present.sessions.get(key);
    if (session === undefined) since("session", key, "is gone since");
    found.after.sessions += 1;
    found.after.seconds += session?.seconds ?? after.seconds;
    if (session !== undefined && !present.days.has(`${user} ${session.day}`)) wrong("day", key, "is not counted in its day");
  }
  const told = of("user_analytics_sessions");
  if (told.length + archive.sessions !== sessions) wrong("sessions", id, `${sessions} were brought, and ${told.length} are with its people and ${archive.sessions} in the archive`);
  for (const user of new Set(told.map((entry) => entry.user ?? ""))) verifyDays(user, present, wrong);
}

/** Each day is the sum of its sessions. @param {string} user @param {Present} present @param {(reason: string, about: string, detail: string) => void} wrong */
function verifyDays(user, present, wrong) {
  /** @type {Map<string, { sessions: number, seconds: number }>} */
  const sums = new Map();
  for (const [key, { day, seconds }] of present.sessions) {
    if (!key.startsWith(`${user} `)) continue;
    const sum = sums.get(`${user} ${day}`) ?? { sessions: 0, seconds: 0 };
    sums.set(`${user} ${day}`, { sessions: sum.sessions + 1, seconds: sum.seconds + seconds });
  }
  for (const [day, { sessions, seconds }] of sums) {
    const held = present.days.get(day);
    if (held?.sessions !== sessions || held.seconds !== seconds) wrong("day", day, `has ${held?.sessions} sessions and ${held?.seconds} seconds, and its sessions are ${sessions} and ${seconds}`);
  }
}

/** @param {Sums} to @param {Sums} more */
function add(to, more) {
  for (const name of /** @type {(keyof Sums)[]} */ (Object.keys(more))) to[name] += more[name];
}
