// @ts-check
// The way back: each row becomes what it was, but for what somebody did with it since, which is left to them and listed.
import { Failure, Progress } from "../run.mjs";
import { isSame, isSameSubscription, movedOrganizations, presentOf } from "./moved.mjs";
import { PACKAGE_COLUMNS, REQUEST, packageRow } from "./page.mjs";
import { TRIES } from "./run.mjs";
import { changed, events, failUnless, history, locked, notTaken, removed, stillAsRead } from "./statements.mjs";
import { among, asked, quoted, runs, SUBSCRIPTION_COLUMNS } from "./survey.mjs";

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {import("./moved.mjs").Moved} Moved
 * @typedef {import("./moved.mjs").Present} Present
 * @typedef {import("./statements.mjs").Value} Value
 * @typedef {{ reason: string, organization: string, about: string, detail: string }} Kept What somebody did since, and has kept.
 */

const PLAN = SUBSCRIPTION_COLUMNS.indexOf("plan_id");
const STARTED = SUBSCRIPTION_COLUMNS.indexOf("#current_period_start");
const UPDATED = SUBSCRIPTION_COLUMNS.indexOf("#updated_at");
const DAY_COLUMNS = ["#sessions", "#seconds", "#completed", "items", "#distinct_items", "#stress_before", "#told_before", "#stress_after", "#told_after", "#mood", "#told_mood"];

/**
 * @param {ChosenDatabase} database
 * @param {{ organization?: string, stripe?: import("./stripe.mjs").StripeSide }} wanted
 * @returns {Promise<{ organizations: number, kept: Kept[] }>}
 */
export async function rollBack(database, { organization, stripe }) {
  const only = organization === undefined ? {} : { only: organization };
  await mayBeTakenBack(database, organization, stripe);
  const progress = new Progress("Taking organizations back");
  const done = { organizations: 0, kept: /** @type {Kept[]} */ ([]) };
  try {
    for (let tries = 1; ;) {
      const { moved } = await movedOrganizations(database, { states: ["moved"], ...only });
      if (moved.length === 0) break;
      const back = wayBack(moved, await presentOf(database, moved));
      try {
        await database.write(statements(database, moved, back));
      } catch (error) {
        if (tries === TRIES) throw notTaken(database, error);
        tries += 1;
        continue;
      }
      tries = 1;
      done.organizations += moved.length;
      done.kept.push(...back.kept);
      progress.counted = `${done.organizations} organizations`;
    }
    done.kept.push(...(await goneOn(database, only, stripe)));
    progress.done();
    return done;
  } finally {
    progress.close();
  }
}

/** @param {ChosenDatabase} database @param {string | undefined} organization @param {unknown} stripe */
async function mayBeTakenBack(database, organization, stripe) {
  const which = organization === undefined ? "" : ` AND organization_id = ${quoted(organization)}`;
  const [[ended] = [], [finished] = []] = await asked(database, [
    `SELECT COUNT(*) AS organizations FROM moved_organizations WHERE is_ended_by_move = 1 AND state <> 'finished'${which}`,
    `SELECT COUNT(*) AS organizations FROM moved_organizations WHERE state = 'finished'${which}`,
  ]);
  if (organization !== undefined && Number(finished?.["organizations"]) > 0) throw new Failure(`${organization} is finished: there is no way back.`);
  if (Number(finished?.["organizations"]) > 0) console.error(`${finished?.["organizations"]} organizations are finished and stay as they are.`);
  if (stripe === undefined && Number(ended?.["organizations"]) > 0) throw new Failure(`${ended?.["organizations"]} subscriptions are to go on at Stripe: say the account's secret key in STRIPE_SECRET_KEY.`);
}

/**
 * What is paid at Stripe goes on, after everything is as it was: if nothing came after that, the next start does it.
 * @param {ChosenDatabase} database
 * @param {{ only?: string }} which
 * @param {import("./stripe.mjs").StripeSide | undefined} stripe
 */
async function goneOn(database, { only }, stripe) {
  /** @type {Kept[]} */
  const over = [];
  if (stripe === undefined) return over;
  const which = `moved.state = 'rolled_back' AND moved.is_ended_by_move = 1${only === undefined ? "" : ` AND moved.organization_id = ${quoted(only)}`}`;
  // Also one that was ended before it: what is to go on is told by its mark at Stripe.
  const [rows = []] = await asked(database, [`SELECT moved.organization_id, moved.stripe_subscription_id FROM moved_organizations moved WHERE ${which}
UNION SELECT paid.organization_id, paid.stripe_subscription_id FROM moved_organizations moved JOIN billing_subscriptions paid ON paid.organization_id = moved.organization_id AND ${runs("paid")} WHERE ${which}
ORDER BY 1, 2`]);
  for (const [place, row] of rows.entries()) {
    const [id, subscription] = [String(row["organization_id"]), String(row["stripe_subscription_id"])];
    const { goesOn, waited } = await stripe.goOn(subscription);
    if (waited !== null && waited.schedule !== null) await database.write(waitsAgain({ organization: id, subscription, price: waited.price, schedule: waited.schedule }));
    else if (waited !== null) over.push({ reason: "plan_change", organization: id, about: subscription, detail: `a change to ${waited.price} had waited for its period's end: it goes on as it is, until that is asked for anew` });
    await stripe.forget(subscription);
    if (!goesOn) over.push({ reason: "subscription_over", organization: id, about: subscription, detail: "its period has ended meanwhile: it is to be paid for anew" });
    // Behind the last one of an organization: until then the next start looks at all of them.
    if (rows[place + 1]?.["organization_id"] !== row["organization_id"]) await database.write([`UPDATE moved_organizations SET is_ended_by_move = 0 WHERE organization_id = ${quoted(id)} AND state = 'rolled_back'`]);
  }
  return over;
}

/**
 * A change that waits again for the period's end, as the database has it: until Stripe's message comes nobody else says so.
 * @param {{ organization: string, subscription: string, price: string, schedule: string }} change
 */
const waitsAgain = ({ organization, subscription, price, schedule }) => [
  `UPDATE billing_subscriptions SET stripe_schedule_id = ${quoted(schedule)}, cancel_at = NULL WHERE organization_id = ${quoted(organization)} AND stripe_subscription_id = ${quoted(subscription)}`,
  `UPDATE org_subscriptions SET cancel_at = NULL, pending_plan_id = sold.plan_id, pending_interval = sold.billing_interval, pending_at = current_period_end
FROM plan_prices sold WHERE sold.stripe_price_id = ${quoted(price)} AND organization_id = ${quoted(organization)} AND stripe_subscription_id = ${quoted(subscription)} AND status <> 'canceled'`,
];

/**
 * @typedef {object} WayBack
 * @property {Kept[]} kept
 * @property {{ organization: string, now: Value[], then: Value[], plans: string[] }[]} subscriptions
 * @property {{ user: string, now: string | null, then: string }[]} people
 * @property {Value[][]} invitations
 * @property {Map<string, { now: Value[], then: Value[] | null }>} packages
 * @property {{ key: [string, string, string], now: Value[], then: Value[] | null }[]} grants What another organization's grant was given in place of.
 * @property {Value[][]} sessions
 * @property {Map<string, { key: [string, number], now: Value[], then: Value[] | null }>} days
 */

/** @param {Moved[]} moved @param {Present} present @returns {WayBack} */
function wayBack(moved, present) {
  /** @type {WayBack} */
  const back = { kept: [], subscriptions: [], people: [], invitations: [], packages: new Map(), grants: [], sessions: [], days: new Map() };
  const taken = new Set(moved.flatMap(({ entries }) => entries.filter(({ table }) => table === "user_analytics_sessions").map(({ key }) => key)));
  const packages = new Map([...present.packages].map(([key, held]) => [key, { row: packageRow(held), opened: held.opened }]));
  for (const { id, movedAt, isArchived, entries } of moved) {
    const keep = (/** @type {string} */ reason, /** @type {string} */ about, /** @type {string} */ detail) => { back.kept.push({ reason, organization: id, about, detail }); };
    for (const { table, key, user, before, after } of entries) {
      if (table === "org_subscriptions") {
        const now = present.subscriptions.get(key)?.row;
        if (now === undefined || !isSameSubscription(now, after)) keep("subscription", user ?? key, `is ${now?.[PLAN] ?? "gone"} (${now?.[1] ?? "gone"}) by what was done since`);
        else back.subscriptions.push({ organization: key, now, then: before, plans: endsOfPlans(key, before, after, present) });
      } else if (table === "users") {
        const now = present.people.get(key)?.current ?? null;
        if (now !== after[0]) keep("current_organization", key, "works somewhere else since");
        else if (isArchived || !present.members.get(id)?.has(key)) keep("membership", key, "is not in it any more");
        else back.people.push({ user: key, now, then: before[0] });
      } else if (table === "organization_invitations") {
        const now = present.invitations.get(`${id} ${key}`);
        if (now === undefined || !isSame([now.status, now.resolvedAt, now.request], after)) keep("invitation", key, `is ${now?.status ?? "gone"} by what was done since`);
        else if (present.pending.has(`${id} ${now.email}`)) keep("invitation", key, "was sent anew since");
        else back.invitations.push([id, key, ...before]);
      } else if (table === "user_packages") {
        const held = packages.get(key);
        const later = present.laterGrants.get(key)?.find((one) => isSame(one.before.slice(0, 4), after.slice(0, 4)));
        // Another organization has granted it for longer since: its way back brings what was before both.
        if (later !== undefined && !isSame(held?.row.slice(0, 4) ?? [], after.slice(0, 4))) back.grants.push({ key: [later.organization, "user_packages", key], now: later.before, then: before });
        else if (held === undefined || !isSame(held.row.slice(0, 4), after.slice(0, 4))) keep("package", key, "was granted anew, or is gone, since");
        else {
          const wasOpened = held.opened > 0 && before === null;
          if (wasOpened || !isSame(held.row.slice(4, 5), after.slice(4, 5))) keep("package", key, "was opened since: the grant is taken back, and the count stays");
          const then = before ?? (wasOpened ? [null, null, null, null, ...held.row.slice(4)] : null);
          back.packages.set(key, { now: back.packages.get(key)?.now ?? held.row, then });
          if (then === null) packages.delete(key);
          else packages.set(key, { row: then, opened: held.opened });
        }
      } else if (table === "user_analytics_sessions") {
        const session = present.sessions.get(key);
        if (session === undefined) keep("session", key, "is gone since");
        else {
          const [person = "", name = ""] = parts(key);
          back.sessions.push([person, name]);
          const day = `${person} ${session.day}`;
          if (!back.days.has(day)) back.days.set(day, dayWithout(person, session.day, taken, present));
        }
      } else if (!present.members.get(id)?.has(key)) keep("membership", key, "has left it since");
    }
    for (const [user, joinedAt] of present.members.get(id) ?? []) if (joinedAt > movedAt) keep("membership", user, "came into it since, and stays");
  }
  return back;
}

/** A user's id and what is behind the first space. @param {string} key */
const parts = (key) => [key.slice(0, key.indexOf(" ")), key.slice(key.indexOf(" ") + 1)];

/**
 * The ends of plans that both ways leave behind (`former_plan_is_kept`), and that nothing else did.
 * @param {string} organization
 * @param {Value[]} before
 * @param {Value[]} after
 * @param {Present} present
 */
function endsOfPlans(organization, before, after, present) {
  if (before[PLAN] === after[PLAN]) return [];
  const back = String(Math.max(Number(before[UPDATED]), before[STARTED] === after[STARTED] ? 0 : Number(before[STARTED])));
  return [String(after[UPDATED]), ...(present.formerPlans.has(`${organization} ${back}`) ? [] : [back])];
}

/**
 * A day of somebody's without the sessions that the move has brought.
 * @param {string} user
 * @param {number} day
 * @param {Set<string>} taken
 * @param {Present} present
 * @returns {{ key: [string, number], now: Value[], then: Value[] | null }}
 */
function dayWithout(user, day, taken, present) {
  const held = present.days.get(`${user} ${day}`);
  const left = [...present.sessions].filter(([key, session]) => session.day === day && !taken.has(key) && parts(key)[0] === user).map(([, session]) => session);
  const now = [held?.sessions ?? 0, held?.seconds ?? 0];
  if (left.length === 0) return { key: [user, day], now, then: null };
  const sum = (/** @type {(session: (typeof left)[number]) => number | null} */ of) => left.reduce((total, session) => total + (of(session) ?? 0), 0);
  const told = (/** @type {(session: (typeof left)[number]) => number | null} */ of) => left.filter((session) => of(session) !== null).length;
  // In the order in which they came, which the day has kept.
  const items = (held?.items ?? "").trim().split(" ").filter((item) => item !== "" && left.some((session) => session.item === item));
  return {
    key: [user, day], now,
    then: [
      left.length, sum(({ seconds }) => seconds), sum(({ completed }) => completed), items.length === 0 ? " " : ` ${items.join(" ")} `, items.length,
      sum(({ stressBefore }) => stressBefore), told(({ stressBefore }) => stressBefore), sum(({ stressAfter }) => stressAfter), told(({ stressAfter }) => stressAfter),
      sum(({ mood }) => mood), told(({ mood }) => mood),
    ],
  };
}

/**
 * @param {ChosenDatabase} database
 * @param {Moved[]} moved
 * @param {WayBack} back
 * @returns {string[]}
 */
function statements(database, moved, back) {
  const now = Date.now();
  const anchor = moved[0]?.id ?? "";
  const ids = among(database, moved.map(({ id }) => id));
  const entries = moved.reduce((sum, one) => sum + one.entries.length, 0);
  const packages = [...back.packages].map(([key, { now: held, then }]) => ({ key: parts(key), held, then }));
  const days = [...back.days.values()];
  const told = moved.map(({ id }) => ({ organization: id, action: "organization.move_rolled_back", target: id, details: { kept: back.kept.filter(({ organization }) => organization === id).length } }));
  const personal = new Map(moved.flatMap(({ entries: all }) => all.filter(({ table }) => table === "org_subscriptions").map(({ key, user }) => [key, user ?? ""])));
  return [
    ...locked(database),
    failUnless(anchor, `(SELECT COUNT(*) FROM moved_organizations moved WHERE moved.state = 'moved' AND moved.organization_id IN ${ids}) = ${moved.length}`),
    failUnless(anchor, `(SELECT COUNT(*) FROM moved_rows was WHERE was.organization_id IN ${ids}) = ${entries}`),
    ...stillAsRead(database, anchor, "org_subscriptions", ["organization_id"], [...SUBSCRIPTION_COLUMNS], back.subscriptions.map((one) => [one.organization, ...one.now])),
    ...stillAsRead(database, anchor, "users", ["id"], ["current_organization_id"], back.people.map((one) => [one.user, one.now])),
    ...stillAsRead(database, anchor, "user_packages", ["user_id", "package_id"], PACKAGE_COLUMNS, packages.map(({ key, held }) => [...key, ...held])),
    ...stillAsRead(database, anchor, "user_analytics_days", ["user_id", "#day"], ["#sessions", "#seconds"], days.map((one) => [...one.key, ...one.now])),
    ...stillAsRead(database, anchor, "moved_rows", ["organization_id", "table_name", "row_key"], ["row_before"], back.grants.map((one) => [...one.key, JSON.stringify(one.now)])),
    ...changed(database, "moved_rows", ["organization_id", "table_name", "row_key"], ["row_before"], back.grants.map((one) => [...one.key, one.then === null ? null : JSON.stringify(one.then)])),
    ...changed(database, "org_subscriptions", ["organization_id"], [...SUBSCRIPTION_COLUMNS], back.subscriptions.map((one) => [one.organization, ...one.then])),
    ...removed(database, "former_plans", ["organization_id", "#ended_at"], back.subscriptions.flatMap((one) => one.plans.map((ended) => [one.organization, Number(ended)]))),
    ...changed(database, "users", ["id"], ["current_organization_id"], back.people.map((one) => [one.user, one.then])),
    ...changed(database, "organization_invitations", ["organization_id", "id"], ["status", "#resolved_at", "request_id"], back.invitations),
    ...changed(database, "user_packages", ["user_id", "package_id"], PACKAGE_COLUMNS, packages.flatMap(({ key, then }) => (then === null ? [] : [[...key, ...then]]))),
    ...removed(database, "user_packages", ["user_id", "package_id"], packages.flatMap(({ key, then }) => (then === null ? [key] : []))),
    ...removed(database, "user_analytics_sessions", ["user_id", "id"], back.sessions),
    ...changed(database, "user_analytics_days", ["user_id", "#day"], DAY_COLUMNS, days.flatMap((one) => (one.then === null ? [] : [[...one.key, ...one.then]]))),
    ...removed(database, "user_analytics_days", ["user_id", "#day"], days.flatMap((one) => (one.then === null ? [one.key] : []))),
    `DELETE FROM moved_analytics WHERE organization_id IN ${ids}`,
    `DELETE FROM moved_rows WHERE organization_id IN ${ids}`,
    `UPDATE moved_organizations SET state = 'rolled_back', people = 0, analytics_sessions = 0, analytics_seconds = 0, request_id = '${REQUEST}' WHERE organization_id IN ${ids}`,
    ...history(database, [...told, ...back.subscriptions.map((one) => ({ organization: one.organization, action: "user.move_rolled_back", target: personal.get(one.organization) ?? "", details: {} }))], now, REQUEST),
    ...events(database, "subscription.updated", back.subscriptions.map((one) => ({ organization: one.organization, target: one.organization })), now),
  ];
}
