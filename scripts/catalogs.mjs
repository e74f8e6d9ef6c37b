// @ts-check
// A plan catalog as SQL, by the loader that also validates it.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hashOf } from "./build/fingerprint.mjs";
import { Failure, runStep } from "./run.mjs";
import { CACHE } from "./setup/cache.mjs";
import { ROOT } from "./workspace.mjs";

/** The catalog that is taken when nobody names one. */
export const chosenCatalog = () => process.env.TALLYGATE_CATALOG || "voip";

/** The same file and the same loader give the same SQL, so it is kept. @param {string} name */
export async function catalogSql(name) {
  const file = `catalogs/${name}.toml`;
  if (!existsSync(join(ROOT, file))) {
    const names = readdirSync(join(ROOT, "catalogs")).filter((entry) => entry.endsWith(".toml")).map((entry) => entry.slice(0, -5));
    throw new Failure(`There is no catalog "${name}". There are: ${names.join(", ")}.`);
  }
  const kept = join(CACHE, "catalogs", `${name}-${hashOf(["Cargo.lock", "Cargo.toml", "shared", "scripts/catalog", file]).slice(0, 32)}.sql`);
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  const sql = await runStep(`Catalog ${name}`, "cargo", ["run", "-p", "tallygate-catalog", "--", "sql", file], { cwd: ROOT });
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(`${kept}.${process.pid}`, sql);
  renameSync(`${kept}.${process.pid}`, kept);
  return sql;
}
