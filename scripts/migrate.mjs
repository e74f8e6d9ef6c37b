// @ts-check
// npm run migrate [-- --remote | --postgres URL] [--dry-run]: brings a database up to this version.
import { parseArgs } from "node:util";
import { migrateRemotely } from "./deploy/database.mjs";
import { withLocalDatabase } from "./local/database.mjs";
import { migrateLocal } from "./migrate/local.mjs";
import { migratePostgres } from "./migrate/postgres.mjs";
import { plan } from "./migrations.mjs";
import { Failure, main } from "./run.mjs";
import { setUpPackages } from "./setup.mjs";

await main(async () => {
  const { values } = parseArgs({
    options: { remote: { type: "boolean", default: false }, postgres: { type: "string" }, "dry-run": { type: "boolean", default: false } },
  });
  const { remote, postgres } = values;
  if (remote && postgres !== undefined) throw new Failure("Choose one: --remote (the deployed D1) or --postgres URL.");
  await setUpPackages();
  const migrate = (/** @type {boolean} */ dryRun) => {
    if (postgres !== undefined) return migratePostgres(postgres, { dryRun });
    return remote ? migrateRemotely({ dryRun }) : withLocalDatabase((database) => migrateLocal(database, { dryRun }));
  };
  const wanted = await migrate(true);
  console.log(wanted.isNew ? "The database is empty: it gets all tables." : plan(wanted.applied));
  if (values["dry-run"] || (!wanted.isNew && wanted.applied.length === 0)) return;
  await migrate(false);
  console.log("Done.");
});
