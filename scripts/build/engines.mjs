// @ts-check
// Which database engines a worker is built with. Each is a feature of the shared crate, so that a deployment carries the code
// of the one that it runs on and no other.
import { Failure } from "../run.mjs";

/** What `DATABASE` may say. */
export const ENGINES = /** @type {const} */ (["d1", "postgres", "hyperdrive"]);

/** @typedef {(typeof ENGINES)[number]} Engine */

/**
 * The one that `DATABASE` names; all of them where it names none. Local work and the suites build with all, since the same
 * build then runs on whichever engine its settings name: to build fifteen workers takes as long as many a suite.
 * @param {string | undefined} [database]
 * @returns {readonly Engine[]}
 */
export function chosenEngines(database = process.env.DATABASE) {
  if (database === undefined || database === "") return ENGINES;
  const chosen = ENGINES.find((engine) => engine === database);
  if (chosen === undefined) throw new Failure(`DATABASE is "${database}"; there are: ${ENGINES.join(", ")}.`);
  return [chosen];
}

/** As cargo is told it, for packages that know the shared crate as `tallygate`. @param {readonly Engine[]} engines */
export const featuresOf = (engines) => ["--features", engines.map((engine) => `tallygate/${engine}`).join(",")];
