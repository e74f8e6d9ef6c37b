// @ts-check
// From what was read to what is there: asks the database, decides, and makes it page by page.
import { Failure, Progress } from "../run.mjs";
import { Catalog, existing } from "./catalog.mjs";
import { decide } from "./decide.mjs";
import { personalId } from "./read.mjs";
import { formsOf } from "./tool.mjs";
import { peopleStatements, teamStatements } from "./write.mjs";

/** People, or teams' people, that one transaction makes. */
const PAGE = Number(process.env.TALLYGATE_IMPORT_PAGE ?? 1_000);
/** How often in a row nothing may come of a try. */
const TRIES = 3;

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {import("./decide.mjs").Outcome} Outcome
 */

/** @typedef {Omit<import("./decide.mjs").Given, "catalog" | "existing">} Brought */

/**
 * @param {import("./read.mjs").Read} found
 * @param {import("./stripe.mjs").StripeAccount | undefined} stripe
 * @returns {Promise<Pick<Brought, "personForms" | "teamForms" | "stripeAddresses">>}
 */
export async function formsOfAll({ people, organizations, members }, stripe) {
  const teams = [...new Set([...organizations.keys(), ...members.map(({ organization }) => organization)])];
  const customers = [...(stripe?.customers.values() ?? [])].filter(({ email }) => email !== null);
  const forms = /** @type {any[]} */ (await formsOf([
    ...people.map((person) => ({ kind: /** @type {const} */ ("person"), id: person.id, email: person.email, name: person.name, username: person.username, organization: personalId(person) })),
    ...teams.map((id) => ({ kind: /** @type {const} */ ("team"), id, name: organizations.get(id)?.name ?? null, slug: organizations.get(id)?.slug ?? null })),
    ...customers.map(({ email }) => ({ kind: /** @type {const} */ ("address"), email: email ?? "" })),
  ]));
  const after = people.length + teams.length;
  return {
    personForms: new Map(people.map(({ id }, place) => [id, forms[place]])),
    teamForms: new Map(teams.map((id, place) => [id, forms[people.length + place]])),
    stripeAddresses: new Map(customers.flatMap(({ id }, place) => (forms[after + place].email === null ? [] : [[id, forms[after + place].email]]))),
  };
}

/** Decides by what the database has now. @param {ChosenDatabase} database @param {Brought} brought @returns {Promise<Outcome>} */
export async function outcomeOf(database, brought) {
  const catalog = await Catalog.of(database);
  const [people, teams] = [[...brought.personForms], [...brought.teamForms]];
  const addresses = people.flatMap(([, { email }]) => (email === null ? [] : [email]));
  const there = await existing(database, {
    people: people.map(([id]) => id), addresses, organizations: teams.map(([id]) => id),
    slugs: [...people, ...teams].map(([, { slug }]) => slug),
    usernames: people.flatMap(([, { username }]) => (username === null ? [] : [username.toLowerCase()])),
    customers: [
      ...brought.read.people.flatMap(({ customer }) => customer ?? []), ...[...brought.read.organizations.values()].flatMap(({ customer }) => customer ?? []),
      ...(brought.stripe?.customers.keys() ?? []),
    ],
  });
  return decide({ ...brought, catalog, existing: there });
}

/**
 * Makes everything, page by page. What is there already is never touched, so it may be stopped and started at any time. Where a
 * page fails, because somebody signed up since the look or an answer was lost, it is looked again, and gone on with what is not there.
 * @param {ChosenDatabase} database
 * @param {Brought} brought
 * @param {Outcome} first
 */
export async function bring(database, brought, first) {
  const at = { source: brought.mapping.source, now: brought.now, observedAt: brought.stripe?.observedAt ?? brought.now };
  const left = (/** @type {Outcome} */ { people, teams }) => people.length + teams.length;
  let [outcome, failures] = [first, 0];
  for (;;) {
    try {
      await inPages("Making people", outcome.people, () => 1, (page) => database.write(peopleStatements(database, page, at)));
      await inPages("Making organizations", outcome.teams, ({ members }) => members.length, (page) => database.write(teamStatements(database, page, at)));
      return;
    } catch (error) {
      const failed = new Failure(`${database.name} does not take a page: ${error instanceof Error ? error.message : error}\nStart it again to go on behind the pages before.`);
      const before = left(outcome);
      outcome = await outcomeOf(database, brought).catch(() => { throw failed; });
      failures = left(outcome) < before ? 0 : failures + 1;
      if (failures === TRIES) throw failed;
    }
  }
}

/**
 * @template T
 * @param {string} label
 * @param {T[]} all
 * @param {(one: T) => number} sizeOf
 * @param {(page: T[]) => Promise<void>} write
 */
async function inPages(label, all, sizeOf, write) {
  if (all.length === 0) return;
  const progress = new Progress(label);
  const began = Date.now();
  try {
    for (let place = 0; place < all.length;) {
      let [end, size] = [place, 0];
      for (; end < all.length && (end === place || size < PAGE); end += 1) size += sizeOf(/** @type {T} */ (all[end]));
      await write(all.slice(place, end));
      place = end;
      progress.counted = `${place}/${all.length}, ${shown((Date.now() - began) / place * (all.length - place))} left`;
    }
    progress.done();
  } finally {
    progress.close();
  }
}

/** How long something takes yet, for people. @param {number} milliseconds */
export const shown = (milliseconds) => (milliseconds < 90_000 ? `${Math.ceil(milliseconds / 1_000)} s` : `${Math.ceil(milliseconds / 60_000)} min`);
