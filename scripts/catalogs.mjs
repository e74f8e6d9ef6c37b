// @ts-check
// Plan catalogs, by the tool that validates them and writes them as SQL.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { hashOf } from "./build/fingerprint.mjs";
import { Failure, runStep } from "./run.mjs";
import { CACHE } from "./setup/cache.mjs";
import { ROOT } from "./workspace.mjs";

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
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(`${kept}.${process.pid}`, sql);
  renameSync(`${kept}.${process.pid}`, kept);
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

/** @type {Promise<unknown> | undefined} */
let compiled;

/**
 * What `tallygate-catalog` (scripts/catalog) writes on its standard output; it is compiled first where its sources have changed.
 * @param {string[]} args
 * @param {string} [input]
 * @returns {Promise<string>}
 */
export async function catalogTool(args, input = "") {
  compiled ??= runStep("Catalog tool", "cargo", ["build", "-p", "tallygate-catalog"], { cwd: ROOT });
  await compiled;
  return new Promise((resolve, reject) => {
    const child = spawn("cargo", ["run", "-q", "-p", "tallygate-catalog", "--", ...args], { cwd: ROOT });
    let [output, problem] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => { output += text; });
    child.stderr.setEncoding("utf8").on("data", (text) => { problem += text; });
    child.on("error", (error) => reject(new Failure(`cargo could not be started (${error.message}).`)));
    child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Failure(problem.trim()))));
    // A tool that stops early does not read what it is given.
    child.stdin.on("error", () => undefined).end(input);
  });
}
