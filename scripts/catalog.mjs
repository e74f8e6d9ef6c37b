// @ts-check
// npm run catalog -- check [name …] | diff [name] | push [name] [--yes] | move <plan> <plan> [--organizations id,id] [--yes]
//   [--remote | --postgres URL]: the plans of a product, from a file into a database.
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { catalogFile, catalogNames, catalogSql, catalogTool, chosenCatalog } from "./catalogs.mjs";
import { withChosenDatabase } from "./chosen-database.mjs";
import { notePushed } from "./local/database.mjs";
import { Failure, main } from "./run.mjs";
import { setUp } from "./setup.mjs";

const USAGE = `Say what to do: "npm run catalog -- check", "npm run catalog -- diff voip", "npm run catalog -- push voip", "npm run catalog -- move pro pro@2".`;
/** What each engine says where a transaction found out that it was decided on what is no longer so. */
const OVERTAKEN = /CHECK constraint failed: id = 1|catalog_settings_id_check/;

/** @typedef {import("./chosen-database.mjs").ChosenDatabase} ChosenDatabase */

/**
 * What `tallygate-catalog` makes of what it was told of a database.
 * @typedef {object} Proposal
 * @property {number} changes
 * @property {string} table
 * @property {boolean} takesFromWhoPays
 * @property {number} paying
 * @property {string[]} impossible
 * @property {string} sql
 */

/** @typedef {Proposal & { organizations: number, atStripe: number }} MoveProposal */

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      yes: { type: "boolean", default: false }, organizations: { type: "string" },
      remote: { type: "boolean", default: false }, postgres: { type: "string" },
    },
  });
  const [what, ...names] = positionals;
  if (what === "check") {
    await setUp();
    return check(names.length > 0 ? names : catalogNames());
  }
  if (what === "move") {
    const [from, to] = names;
    if (from === undefined || to === undefined || names.length > 2) throw new Failure("Name two plans: npm run catalog -- move pro pro@2.");
    await setUp();
    const organizations = [...new Set((values.organizations ?? "").split(",").map((id) => id.trim()).filter((id) => id !== ""))];
    if (values.organizations !== undefined && organizations.length === 0) throw new Failure("Name the organizations' ids: --organizations id,id.");
    return withChosenDatabase(values, (database) => move(database, { from, to, organizations, yes: values.yes }));
  }
  if ((what !== "diff" && what !== "push") || names.length > 1) throw new Failure(USAGE);
  const name = names[0] ?? chosenCatalog();
  const file = catalogFile(name);
  await setUp();
  await withChosenDatabase(values, async (database) => {
    const proposal = await propose(database, file, values.yes);
    if (what === "diff") return;
    await push(database, name, proposal, values.yes);
    // The local database is loaded by "npm start", too: not again.
    if (!values.remote && values.postgres === undefined) notePushed(await catalogSql(name));
  });
});

/** @param {string[]} names */
async function check(names) {
  const wrong = [];
  for (const name of names) {
    try {
      process.stdout.write(await catalogTool(["check", catalogFile(name)]));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      wrong.push(error.message);
    }
  }
  if (wrong.length > 0) throw new Failure(wrong.join("\n"));
}

/**
 * Shows what a push would change.
 * @param {ChosenDatabase} database
 * @param {string} file
 * @param {boolean} yes
 */
async function propose(database, file, yes) {
  const rows = await answers(database, []);
  /** @type {Proposal} */
  const proposal = JSON.parse(await catalogTool(["push", file, ...(yes ? ["--yes"] : [])], rows));
  if (proposal.changes === 0) console.log(`Nothing changes: ${database.name} has what ${file} says.`);
  else console.log(`What ${file} changes in ${database.name}:\n\n${proposal.table}`);
  return proposal;
}

/**
 * @param {ChosenDatabase} database
 * @param {string} name
 * @param {Proposal} proposal
 * @param {boolean} yes
 */
async function push(database, name, proposal, yes) {
  if (proposal.impossible.length > 0) throw new Failure(`${proposal.impossible.join("\n")}\nNothing was pushed.`);
  if (proposal.takesFromWhoPays && !yes) {
    throw new Failure(`This takes something away from organizations that pay: nothing was pushed. If that is meant, add --yes; to leave them what they have, make it a new version of the plan.`);
  }
  if (proposal.changes === 0) return;
  await write(database, proposal.sql, "pushed");
  console.log(`${capital(database.name)} has the plans of ${name}. Functions see them with the next request.`);
}

/**
 * @param {ChosenDatabase} database
 * @param {{ from: string, to: string, organizations: string[], yes: boolean }} wanted
 */
async function move(database, { from, to, organizations, yes }) {
  const rows = await answers(database, organizations);
  const request = `move_${randomBytes(8).toString("hex")}`;
  /** @type {MoveProposal} */
  const proposal = JSON.parse(await catalogTool(["move", from, to, request, String(Date.now()), ...(yes ? ["--yes"] : []), ...organizations], rows));
  if (proposal.impossible.length > 0) throw new Failure(`${proposal.impossible.join("\n")}\nNobody was moved.`);
  const { organizations: count, paying, atStripe } = proposal;
  if (count === 0) return console.log(`Nobody is on ${from} in ${database.name}: there is nothing to do.`);
  console.log(`${counted(count, "organization")} on ${from} (${paying} paying) in ${database.name}.`);
  console.log(proposal.changes === 0 ? `${to} gives them what they have.` : `What becomes different for them:\n\n${proposal.table}`);
  if (proposal.takesFromWhoPays && !yes) {
    throw new Failure("This takes something away from organizations that pay: nobody was moved. If that is meant, add --yes.");
  }
  await write(database, proposal.sql, "moved");
  console.log(`${counted(count, "organization")} moved to ${to}.`);
  if (atStripe > 0) {
    console.log(`${atStripe} of them ${atStripe === 1 ? "has" : "have"} a subscription at Stripe, which goes on at its price of ${from}: change it there to the price of ${to} if that is to be paid.`);
  }
}

/**
 * @param {ChosenDatabase} database
 * @param {string} sql
 * @param {string} done
 */
async function write(database, sql, done) {
  await database.write(sql).catch((error) => {
    const message = error instanceof Error ? error.message : String(error);
    if (!OVERTAKEN.test(message)) throw new Failure(`${capital(database.name)} refused it, and nothing was ${done}: ${message}`);
    throw new Failure(`The catalog or its customers changed in the meantime: nothing was ${done}. Look at it again.`);
  });
}

/**
 * What the catalog's tool has to know of a database, as it reads it.
 * @param {ChosenDatabase} database
 * @param {string[]} organizations Empty: all of them are counted.
 */
async function answers(database, organizations) {
  /** @type {{ name: string, sql: string }[]} */
  const questions = JSON.parse(await catalogTool(["questions", ...organizations]));
  const rows = await database.ask(questions.map(({ sql }) => sql)).catch((error) => {
    if (error instanceof Failure) throw error;
    throw new Failure(`${capital(database.name)} has no catalog's tables yet ("npm start" makes a local one, "npm run migrate" any): ${error instanceof Error ? error.message : error}`);
  });
  return JSON.stringify(Object.fromEntries(questions.map(({ name }, place) => [name, rows[place]])));
}

/** @param {number} count @param {string} what */
function counted(count, what) {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
