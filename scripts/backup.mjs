// @ts-check
// npm run backup [-- --remote | --postgres URL] [--to file]: a copy of a database, by the database's own tool.
import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { exportRemotely } from "./deploy/database.mjs";
import { STATE } from "./local/database.mjs";
import { Failure, main, runStep } from "./run.mjs";
import { setUpPackages } from "./setup.mjs";
import { ensurePostgres } from "./setup/postgres.mjs";

await main(async () => {
  const { values } = parseArgs({ options: { remote: { type: "boolean", default: false }, postgres: { type: "string" }, to: { type: "string" } } });
  const { remote, postgres } = values;
  if (remote && postgres !== undefined) throw new Failure("Choose one: --remote (the deployed D1) or --postgres URL.");
  const kind = postgres !== undefined ? "postgres.dump" : remote ? "d1.sql" : "local-d1";
  const file = resolve(values.to ?? `backups/${new Date().toISOString().slice(0, 19).replaceAll(":", "")}-${kind}`);
  if (existsSync(file)) throw new Failure(`${file} is there already; choose another with --to.`);
  await mkdir(dirname(file), { recursive: true });
  await setUpPackages();
  if (postgres !== undefined) {
    const programs = await ensurePostgres();
    await runStep("Dumping", join(programs, "pg_dump"), ["--format=custom", "--no-owner", `--file=${file}`, `--dbname=${postgres}`]);
  } else if (remote) {
    await exportRemotely(file);
  } else {
    if (!existsSync(join(STATE, "v3/d1"))) throw new Failure("There is no local database yet: \"npm start\" makes it.");
    await cp(join(STATE, "v3/d1"), file, { recursive: true });
  }
  console.log(`The backup is ${file}`);
});
