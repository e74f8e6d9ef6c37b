// @ts-check
// npm run import -- check|run --mapping supabase|clerk|better-auth|<file> [--csv FILE] [--stripe] [--remote | --postgres URL] <files>:
// brings in the people, organizations and subscriptions that a product already has.
import { parseArgs } from "node:util";
import { withChosenDatabase } from "./chosen-database.mjs";
import { bring, formsOfAll, outcomeOf } from "./import/bring.mjs";
import { readTables } from "./import/files.mjs";
import { readMapping, tablesRead } from "./import/mapping.mjs";
import { read } from "./import/read.mjs";
import { findingsTable, summary, writeCsv } from "./import/report.mjs";
import { readStripe } from "./import/stripe.mjs";
import { unread } from "./import/unread.mjs";
import { Failure, main } from "./run.mjs";
import { setUp } from "./setup.mjs";

const USAGE = `Say what to do: "npm run import -- check --mapping supabase users.csv profiles.csv", then the same with "run".`;

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      mapping: { type: "string" }, csv: { type: "string" }, stripe: { type: "boolean", default: false },
      remote: { type: "boolean", default: false }, postgres: { type: "string" },
    },
  });
  const [what, ...files] = positionals;
  if (what !== "check" && what !== "run") throw new Failure(USAGE);
  if (values.mapping === undefined) throw new Failure("Name the mapping: --mapping supabase, clerk or better-auth, or a file of your own.");
  if (files.length === 0) throw new Failure(`Name what is brought: files, or a Postgres as postgres://…. ${USAGE}`);
  const key = process.env.STRIPE_SECRET_KEY;
  if (values.stripe && !key) throw new Failure("--stripe needs the account's secret key in STRIPE_SECRET_KEY; one that may read customers, subscriptions and invoices is enough.");
  const mapping = readMapping(values.mapping);
  await setUp();
  const now = Date.now();
  const tables = await readTables(files, tablesRead(mapping));
  const found = read(mapping, tables, now);
  const ignored = unread(mapping, tables);
  tables.clear();
  const stripe = values.stripe && key ? await readStripe({ key, ...(process.env.STRIPE_API_URL ? { url: process.env.STRIPE_API_URL } : {}) }, now) : undefined;
  const brought = { mapping, read: found, stripe, now, ...(await formsOfAll(found, stripe)) };
  await withChosenDatabase(values, async (database) => {
    const outcome = await outcomeOf(database, brought);
    console.log(summary(outcome));
    if (ignored !== undefined) console.log(ignored);
    if (values.csv !== undefined) {
      writeCsv(values.csv, outcome.findings);
      console.log(`${values.csv} has the ${outcome.findings.length} lines of what does not fit.`);
    } else if (outcome.findings.length > 0) console.log(`\n${findingsTable(outcome.findings)}`);
    if (what === "check") return;
    await bring(database, brought, outcome);
    console.log(`${database.name.charAt(0).toUpperCase()}${database.name.slice(1)} has all of them.`);
  });
});
