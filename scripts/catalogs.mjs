// @ts-check
// Plan catalogs, by the tool that validates them and writes them as SQL.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { hashOf } from "./build/fingerprint.mjs";
import { Failure } from "./run.mjs";
import { rustTool } from "./rust-tool.mjs";
import { CACHE, keepText } from "./setup/cache.mjs";
import { ROOT } from "./workspace.mjs";

/** What `tallygate-catalog` (scripts/catalog) answers. */
export const catalogTool = rustTool("tallygate-catalog", "scripts/catalog", "Catalog tool");

/** The catalog that is taken when nobody names one. */
export const chosenCatalog = () => process.env.TALLYGATE_CATALOG || "voip";

/** The names of the catalogs that are there. */
export const catalogNames = () => readdirSync(join(ROOT, "catalogs")).filter((entry) => entry.endsWith(".toml")).map((entry) => entry.slice(0, -5)).sort();

/** The file of a catalog, given by its name or as a path that ends in `.toml`. @param {string} name */
export function catalogFile(name) {
  const file = name.endsWith(".toml") ? name : `catalogs/${name}.toml`;
  if (!existsSync(resolve(ROOT, file))) throw new Failure(`There is no catalog "${name}". There are: ${catalogNames().join(", ")}.`);
  return file;
}

/** The same file and the same loader give the same SQL, so it is kept. @param {string} name */
export async function catalogSql(name) {
  const file = catalogFile(name);
  const kept = join(CACHE, "catalogs", `${basename(file, ".toml")}-${hashOf(["Cargo.lock", "Cargo.toml", "shared", "scripts/catalog"], [readFileSync(resolve(ROOT, file), "utf8")]).slice(0, 32)}.sql`);
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  const sql = await catalogTool(["sql", file]);
  keepText(kept, sql);
  return sql;
}

/**
 * The setting that says what a product may go on with while the database cannot be reached; none where its catalog lets nothing.
 * @param {string} name
 * @returns {Promise<Record<string, string>>}
 */
export async function outageSetting(name) {
  const file = catalogFile(name);
  if (!/\bon_outage\b/.test(readFileSync(resolve(ROOT, file), "utf8"))) return {};
  return { ALLOW_ON_OUTAGE: await catalogTool(["outage", file]) };
}
