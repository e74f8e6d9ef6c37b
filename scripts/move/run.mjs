// @ts-check
// The move itself: organization by organization, in pages of which each is one transaction. Killed at any point and started again, it
// goes on behind the pages before.
import { shown } from "../import/bring.mjs";
import { Failure, Progress } from "../run.mjs";
import { endChargedOn } from "./charged.mjs";
import { decide } from "./decide.mjs";
import { isToDo, movedNow, pageStatements, toEnd } from "./page.mjs";
import { notTaken } from "./statements.mjs";
import { asked, packagesOf, teamsAfter, teamsOf } from "./survey.mjs";

/** People that one transaction moves. */
const PAGE = Number(process.env.TALLYGATE_MOVE_PAGE ?? 200);
/** How often in a row nothing may come of a try. */
export const TRIES = 4;

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {import("./decide.mjs").Decided} Decided
 * @typedef {import("./survey.mjs").Team} Team
 * @typedef {import("./stripe.mjs").StripeSide} StripeSide
 */

/**
 * @typedef {object} Wanted
 * @property {import("./rules.mjs").Rules} rules
 * @property {import("./decisions.mjs").Decisions} decisions
 * @property {import("../import/catalog.mjs").Catalog} catalog
 * @property {import("./brought.mjs").Brought} brought
 * @property {StripeSide | undefined} stripe
 * @property {string} [organization] That one alone.
 * @property {number} [limit] So many organizations at most.
 */

/**
 * What there is to do, organization by organization.
 * @param {ChosenDatabase} database
 * @param {Pick<Wanted, "rules" | "decisions" | "catalog" | "organization">} wanted
 * @returns {AsyncGenerator<{ decided: Decided[], total: number }>}
 */
export async function* surveyed(database, wanted) {
  const only = wanted.organization;
  const [[counted] = []] = await asked(database, ["SELECT COUNT(*) AS teams FROM organizations WHERE kind = 'team' AND archived_at IS NULL"]);
  for (let after = ""; ;) {
    const teams = await teamsAfter(database, { after, ...(only === undefined ? {} : { only }) });
    const last = teams.at(-1);
    if (last === undefined) return;
    yield { decided: teams.map((team) => decide(team, { ...wanted, now: Date.now() })), total: only === undefined ? Number(counted?.["teams"]) : 1 };
    after = last.id;
  }
}

/**
 * @param {ChosenDatabase} database
 * @param {Wanted} wanted
 * @returns {Promise<{ organizations: number, people: number, waiting: number, ended: number }>} `ended`: subscriptions of organizations that were moved before.
 */
export async function run(database, wanted) {
  const progress = new Progress("Moving organizations");
  const began = Date.now();
  const done = { organizations: 0, people: 0, waiting: 0, ended: 0 };
  let seen = 0;
  try {
    for await (const { decided, total } of surveyed(database, wanted)) {
      done.waiting += decided.filter(({ asks }) => asks.length > 0).length;
      const toDo = decided.filter(isToDo).slice(0, (wanted.limit ?? Infinity) - done.organizations);
      for (const page of pages(toDo)) {
        const people = await movePage(database, wanted, page.map(({ team }) => team));
        done.organizations += page.length;
        done.people += people;
        progress.counted = `${done.organizations} organizations, ${done.people} people, ${seen}/${total} looked at, ${seen === 0 ? "?" : shown((Date.now() - began) / seen * (total - seen))} left`;
      }
      seen += decided.length;
      if (done.organizations >= (wanted.limit ?? Infinity)) break;
    }
    done.ended = await endChargedOn(database, wanted);
    progress.done();
    return done;
  } finally {
    progress.close();
  }
}

/**
 * Organizations of so many people as a transaction takes.
 * @param {Decided[]} all
 */
function pages(all) {
  /** @type {Decided[][]} */
  const found = [];
  let room = 0;
  for (const decided of all) {
    const size = Math.max(1, movedNow(decided).length);
    if (size > room) {
      found.push([]);
      room = PAGE;
    }
    found.at(-1)?.push(decided);
    room -= size;
  }
  return found;
}

/**
 * Where it fails, because something changed since the look or an answer was lost, it is looked again, and done what is to do yet.
 * @param {ChosenDatabase} database
 * @param {Wanted} wanted
 * @param {Team[]} found
 */
async function movePage(database, wanted, found) {
  const ids = found.map(({ id }) => id);
  for (let [tries, teams] = [1, found]; ; tries += 1, teams = await teamsOf(database, ids)) {
    const now = Date.now();
    const decidedAt = (/** @type {Team} */ team) => decide(team, { ...wanted, now });
    const toDo = teams.filter((team) => isToDo(decidedAt(team)));
    if (toDo.length === 0) return 0;
    const ended = await endedAtStripe(database, toDo, wanted.stripe);
    const page = toDo.map((team) => decidedAt({ ...team, held: { ...team.held, cancelAt: ended.get(team.id)?.endsAt ?? team.held.cancelAt } }));
    const users = page.flatMap((decided) => (wanted.brought.packages.has(decided.team.id) ? movedNow(decided).map(({ member }) => member.user) : []));
    const packages = await packagesOf(database, users);
    const endedByMove = new Set([...ended].flatMap(([id, { isByMove }]) => (isByMove ? [id] : [])));
    try {
      await database.write(pageStatements(database, page, { brought: wanted.brought, packages, endedByMove, now }));
      return page.reduce((sum, decided) => sum + movedNow(decided).length, 0);
    } catch (error) {
      if (tries < TRIES) continue;
      throw notTaken(database, error);
    }
  }
}

/**
 * Ends what is paid at Stripe before anybody is given anything: if nothing came after it, the next start goes on from there. What is to
 * end is written down before it is: if nobody starts it again, a way back lets it go on.
 * @param {ChosenDatabase} database
 * @param {Team[]} teams
 * @param {StripeSide | undefined} stripe
 */
async function endedAtStripe(database, teams, stripe) {
  /** @type {Map<string, { endsAt: number | null, isByMove: boolean }>} */
  const ended = new Map();
  const paid = teams.flatMap(({ id, held, paidSubscription, moved }) => (paidSubscription === null || moved?.state === "moved" ? [] : [{ id, held, subscription: paidSubscription }]));
  const [first] = paid;
  if (first === undefined) return ended;
  if (stripe === undefined) throw new Failure(`${first.id} is paid for at Stripe (${first.subscription}), which is to end with its period: say the account's secret key in STRIPE_SECRET_KEY.`);
  await database.write(toEnd(database, paid.map(({ id, held, subscription }) => [id, held.planId, held.status, subscription])));
  for (const { id, subscription } of paid) ended.set(id, await stripe.endWithPeriod(subscription));
  return ended;
}
