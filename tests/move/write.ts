// Fills the local database with organizations that can be moved, and writes the files of what the product kept itself:
// node --import tsx tests/move/write.ts <organizations> <folder>
import { mkdirSync, writeFileSync } from "node:fs";
import { withChosenDatabase } from "../../scripts/chosen-database.mjs";
import { fill } from "./moving.ts";
import { organizationsBefore } from "./organizations.ts";

const [count = "20", folder = "."] = process.argv.slice(2);
const made = organizationsBefore(Number(count), { seed: 5, now: Date.now(), stripe: () => null });
mkdirSync(folder, { recursive: true });
const postgres = process.env["POSTGRES_URL"];
await withChosenDatabase({ remote: false, ...(postgres === undefined ? {} : { postgres }) }, (database) => fill(database, made));
writeFileSync(`${folder}/packages.csv`, made.packagesCsv);
writeFileSync(`${folder}/analytics.csv`, made.analyticsCsv);
console.log(`${made.organizations.length} organizations; ${folder}/packages.csv, ${folder}/analytics.csv`);
