// @ts-check
// A plan catalog as SQL, by the loader that also validates it.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure, runStep } from "./run.mjs";
import { ROOT } from "./workspace.mjs";

/** The catalog that is taken when nobody names one. */
export const chosenCatalog = () => process.env.TALLYGATE_CATALOG || "voip";

/** @param {string} name */
export async function catalogSql(name) {
  const file = `catalogs/${name}.toml`;
  if (!existsSync(join(ROOT, file))) {
    const names = readdirSync(join(ROOT, "catalogs")).filter((entry) => entry.endsWith(".toml")).map((entry) => entry.slice(0, -5));
    throw new Failure(`There is no catalog "${name}". There are: ${names.join(", ")}.`);
  }
  return runStep(`Catalog ${name}`, "cargo", ["run", "--quiet", "-p", "tallygate-catalog", "--", "sql", file], { cwd: ROOT });
}
