// @ts-check
// npm run move-to-b2c -- plan|run|verify|roll-back|finish [--rules wellness] [--organization ID] [--limit N] [--decisions FILE]
//   [--template FILE] [--csv FILE] [--packages FILE] [--analytics FILE] [--remote | --postgres URL]
// Makes individuals of organizations' people, and organizations of them again until it is finished (docs/MOVE_TO_B2C.md).
import { parseArgs } from "node:util";
import { withChosenDatabase } from "./chosen-database.mjs";
import { Catalog } from "./import/catalog.mjs";
import { counted, table } from "./import/report.mjs";
import { readBrought } from "./move/brought.mjs";
import { readDecisions, writeTemplate } from "./move/decisions.mjs";
import { finish } from "./move/finish.mjs";
import { listed, Plan, writeLines } from "./move/report.mjs";
import { rollBack } from "./move/roll-back.mjs";
import { readRules } from "./move/rules.mjs";
import { run, surveyed } from "./move/run.mjs";
import { StripeSide } from "./move/stripe.mjs";
import { verify } from "./move/verify.mjs";
import { Failure, main } from "./run.mjs";
import { setUp } from "./setup.mjs";

const USAGE = `Say what to do: "npm run move-to-b2c -- plan", then run, verify, and roll-back or finish.`;

/** @typedef {import("./chosen-database.mjs").ChosenDatabase} ChosenDatabase */

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rules: { type: "string", default: "wellness" }, organization: { type: "string" }, limit: { type: "string" }, decisions: { type: "string" }, template: { type: "string" },
      csv: { type: "string" }, packages: { type: "string" }, analytics: { type: "string" }, remote: { type: "boolean", default: false }, postgres: { type: "string" },
    },
  });
  const [what = "", ...more] = positionals;
  if (!["plan", "run", "verify", "roll-back", "finish"].includes(what) || more.length > 0) throw new Failure(USAGE);
  const limit = values.limit === undefined ? undefined : Number(values.limit);
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1)) throw new Failure("--limit is a whole number from 1: so many organizations are moved.");
  const key = process.env.STRIPE_SECRET_KEY;
  await setUp();
  const stripe = key ? await StripeSide.at({ key, ...(process.env.STRIPE_API_URL ? { url: process.env.STRIPE_API_URL } : {}) }) : undefined;
  const one = values.organization === undefined ? {} : { organization: values.organization };
  const withStripe = stripe === undefined ? {} : { stripe };
  await withChosenDatabase(values, async (database) => {
    if (what === "verify") return verified(database, { ...one, ...withStripe }, values.csv);
    if (what === "roll-back") return takenBack(database, { ...one, ...withStripe }, values.csv);
    if (what === "finish") return finished(database, { ...one, ...withStripe }, values.csv);
    const wanted = { rules: readRules(values.rules), decisions: readDecisions(values.decisions), catalog: await Catalog.of(database), ...one };
    if (what === "plan") return planned(database, wanted, values);
    const done = await run(database, { ...wanted, brought: readBrought(values), stripe, ...(limit === undefined ? {} : { limit }) });
    console.log(`${counted(done.organizations, "organization", "organizations")} moved in ${database.name}, with ${counted(done.people, "person", "people")}.`);
    if (done.ended > 0) console.log(`${counted(done.ended, "subscription", "subscriptions")} of moved organizations went on at Stripe, and ends with its period now.`);
    if (done.waiting > 0) console.log(`${counted(done.waiting, "organization waits", "organizations wait")} for a decision: "plan" shows which.`);
  });
});

/**
 * @param {ChosenDatabase} database
 * @param {Parameters<typeof surveyed>[1]} wanted
 * @param {{ csv?: string, template?: string }} files
 */
async function planned(database, wanted, { csv, template }) {
  const plan = new Plan();
  for await (const { decided } of surveyed(database, wanted)) decided.forEach((one) => plan.add(one));
  console.log(plan.text());
  if (csv !== undefined) {
    plan.writeCsv(csv);
    console.log(`\n${csv} has everybody, line by line.`);
  }
  if (template !== undefined) {
    writeTemplate(template, plan.asks);
    console.log(`\n${template} has what is to be decided (${plan.asks.length}): fill in the column "decision", and give it with --decisions.`);
  }
}

/** @param {ChosenDatabase} database @param {Parameters<typeof verify>[1]} wanted @param {string | undefined} csv */
async function verified(database, wanted, csv) {
  const { before, after, wrong, since } = await verify(database, wanted);
  console.log(table([{ "": "written down", ...before }, { "": "found", ...after }]));
  if (since.length > 0) console.log(`\n${listed(since)}`);
  if (csv !== undefined) writeLines(csv, [...wrong.map((line) => ({ kind: "wrong", ...line })), ...since.map((line) => ({ kind: "since", ...line }))]);
  if (wrong.length > 0) throw new Failure(`${listed(wrong)}\n\n${counted(wrong.length, "thing is", "things are")} wrong.`);
  console.log("\nEverything holds.");
}

/** @param {ChosenDatabase} database @param {Parameters<typeof rollBack>[1]} wanted @param {string | undefined} csv */
async function takenBack(database, wanted, csv) {
  const { organizations, kept } = await rollBack(database, wanted);
  console.log(`${counted(organizations, "organization is", "organizations are")} in ${database.name} what they were before.`);
  if (csv !== undefined) writeLines(csv, kept);
  if (kept.length > 0) console.log(`\nWhat was done since, and stays:\n\n${listed(kept)}`);
}

/** @param {ChosenDatabase} database @param {Parameters<typeof finish>[1]} wanted @param {string | undefined} csv */
async function finished(database, wanted, csv) {
  const { organizations, waiting } = await finish(database, wanted);
  console.log(`${counted(organizations, "organization is", "organizations are")} archived in ${database.name}.`);
  if (csv !== undefined) writeLines(csv, waiting);
  if (waiting.length > 0) console.log(`\nNot yet:\n\n${listed(waiting)}`);
}
