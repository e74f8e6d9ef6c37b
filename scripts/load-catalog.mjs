// @ts-check
// npm run catalog -- <name> [--remote]: loads a plan catalog into the local database, or the deployed one.
import { parseArgs } from "node:util";
import { catalogSql, chosenCatalog } from "./catalogs.mjs";
import { executeRemotely } from "./deploy/database.mjs";
import { loadCatalogLocally } from "./local/database.mjs";
import { main } from "./run.mjs";
import { setUp } from "./setup.mjs";

await main(async () => {
  const { values, positionals } = parseArgs({ options: { remote: { type: "boolean", default: false } }, allowPositionals: true });
  const name = positionals[0] ?? chosenCatalog();
  await setUp();
  const sql = await catalogSql(name);
  if (values.remote) await executeRemotely(`Loading ${name} into the deployed database`, sql);
  else await loadCatalogLocally(sql);
  console.log(`The ${values.remote ? "deployed" : "local"} database has the plans of ${name}. Functions see them with the next request.`);
});
