// @ts-check
// The local D1: made from schema.sql once, kept between starts. It is written through Miniflare, in the folder
// and under the name that `wrangler dev` reads; one process for everything is seconds faster than one for each file.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../run.mjs";
import { ROOT } from "../workspace.mjs";
import { splitStatements } from "./sql.mjs";

export const STATE = join(ROOT, ".wrangler/state");
/** The `preview_database_id` of every wrangler.toml. */
const LOCAL_NAME = "tallygate";
const LOADED = join(STATE, "loaded.json");

/** @typedef {{ sql: string, values?: (string | number | null)[] }} Statement */

/**
 * What the local database was loaded with, as hashes.
 * @typedef {{ schema?: string, catalog?: string }} Loaded
 */

/**
 * Brings the local database up to date. Returns true when it was made anew.
 * @param {object} wanted
 * @param {string} wanted.catalogSql
 * @param {boolean} wanted.fresh
 * @param {() => Statement[]} wanted.demo What a new database holds besides its catalog.
 */
export async function prepareDatabase({ catalogSql, fresh, demo }) {
  if (fresh) rmSync(STATE, { recursive: true, force: true });
  const schemaSql = readFileSync(join(ROOT, "schema.sql"), "utf8");
  const wanted = { schema: hash(schemaSql), catalog: hash(catalogSql) };
  const loaded = readLoaded();
  const isNew = loaded.schema === undefined;
  if (!isNew && loaded.schema !== wanted.schema) {
    throw new Failure("schema.sql has changed since the local database was made. Start with a new one (what is in the old one is lost): npm start -- --fresh");
  }
  if (!isNew && loaded.catalog === wanted.catalog) return false;
  await write([
    ...(isNew ? plain(schemaSql) : []),
    ...plain(catalogSql),
    ...(isNew ? demo() : []),
  ]);
  mkdirSync(STATE, { recursive: true });
  writeFileSync(LOADED, JSON.stringify(wanted));
  return isNew;
}

/** Puts another catalog into the local database. @param {string} catalogSql */
export async function loadCatalogLocally(catalogSql) {
  const loaded = readLoaded();
  if (loaded.schema === undefined) throw new Failure("There is no local database yet: \"npm start\" makes it.");
  await write(plain(catalogSql));
  writeFileSync(LOADED, JSON.stringify({ ...loaded, catalog: hash(catalogSql) }));
}

/** All of it or nothing. @param {Statement[]} statements */
async function write(statements) {
  const { Miniflare } = await import("miniflare");
  const miniflare = new Miniflare({ modules: true, script: "", cf: false, d1Persist: join(STATE, "v3/d1"), d1Databases: { DB: LOCAL_NAME } });
  try {
    const database = await miniflare.getD1Database("DB");
    await database.batch(statements.map(({ sql, values }) => database.prepare(sql).bind(...(values ?? []))));
  } catch (error) {
    throw new Failure(`The local database refused its data: ${error instanceof Error ? error.message : error}`);
  } finally {
    await miniflare.dispose();
  }
}

/** @param {string} text @returns {Statement[]} */
const plain = (text) => splitStatements(text).map((sql) => ({ sql }));

/** @returns {Loaded} */
function readLoaded() {
  try {
    return JSON.parse(readFileSync(LOADED, "utf8"));
  } catch {
    return {};
  }
}

/** @param {string} text */
const hash = (text) => createHash("sha256").update(text).digest("hex");
