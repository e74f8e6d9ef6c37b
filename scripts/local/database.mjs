// @ts-check
// The local D1: made from schema.sql, kept between starts, and brought up to this version by the migrations. It is written by a worker of its own, in the folder
// and under the name that `wrangler dev` reads; one process for everything is seconds faster than one for each file.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { migrateLocal } from "../migrate/local.mjs";
import { Failure } from "../run.mjs";
import { ROOT } from "../workspace.mjs";
import { openD1 } from "./d1.mjs";
import { splitStatements } from "./sql.mjs";

/** Where the local database lies, and what else `wrangler dev` keeps. */
export const STATE = process.env.TALLYGATE_STATE || join(ROOT, ".wrangler/state");
/** The `preview_database_id` of every wrangler.toml. */
export const LOCAL_NAME = "tallygate";
const LOADED = join(STATE, "loaded.json");

/** @typedef {{ sql: string, values?: (string | number | null)[] }} Statement */

/**
 * The catalog that the local database was loaded with, as a hash.
 * @typedef {{ catalog?: string }} Loaded
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
  return withLocalDatabase(async (database) => {
    const { isNew } = await migrateLocal(database);
    const wanted = { catalog: hash(catalogSql) };
    if (!isNew && readLoaded().catalog === wanted.catalog) return false;
    await write(database, [...plain(catalogSql), ...(isNew ? demo() : [])]);
    noteLoaded(catalogSql);
    return isNew;
  });
}

/** Remembers which catalog the local database has, so that the next start does not load it again. @param {string} catalogSql */
export function noteLoaded(catalogSql) {
  writeFileSync(LOADED, JSON.stringify({ catalog: hash(catalogSql) }));
}

/**
 * Opens the database that `wrangler dev` uses.
 * @template T
 * @param {(database: import("../migrate/local.mjs").Local) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLocalDatabase(work) {
  mkdirSync(STATE, { recursive: true });
  const database = await openD1({ name: LOCAL_NAME, folder: join(STATE, "v3/d1") });
  try {
    return await work(database);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`The local database refused its data: ${error instanceof Error ? error.message : error}`);
  } finally {
    await database.dispose();
  }
}

/**
 * All of it or nothing.
 * @param {import("../migrate/local.mjs").Local} database
 * @param {Statement[]} statements
 */
async function write(database, statements) {
  await database.batch(statements.map(({ sql, values }) => database.prepare(sql).bind(...(values ?? []))));
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
