// @ts-check
// The local D1: made from schema.sql, kept between starts, and brought up to this version by the migrations. It is written by a worker of its own, in the folder
// and under the name that `wrangler dev` reads; one process for everything is seconds faster than one for each file.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { migrateLocal } from "../migrate/local.mjs";
import { Failure } from "../run.mjs";
import { ROOT } from "../workspace.mjs";
import { openD1 } from "./d1.mjs";
import { hashOfCatalog, noteLoaded, readLoaded } from "./loaded.mjs";
import { splitStatements } from "./sql.mjs";

/** Where the local database lies, and what else `wrangler dev` keeps. */
export const STATE = process.env.TALLYGATE_STATE || join(ROOT, ".wrangler/state");
/** The `preview_database_id` of every wrangler.toml. */
export const LOCAL_NAME = "tallygate";
const LOADED = join(STATE, "loaded.json");

/** @typedef {{ sql: string, values?: (string | number | null)[] }} Statement */

/**
 * Brings the local database up to date.
 * @param {object} wanted
 * @param {string} wanted.catalogSql
 * @param {string} [wanted.product] The name of that catalog.
 * @param {boolean} wanted.fresh
 * @param {() => Statement[]} wanted.demo What a new database holds besides its catalog.
 * @returns {Promise<{ isNew: boolean, product: string | undefined }>} Whether it was made anew, and the product that it was begun with.
 */
export async function prepareDatabase({ catalogSql, product, fresh, demo }) {
  if (fresh) rmSync(STATE, { recursive: true, force: true });
  return withLocalDatabase(async (database) => {
    const { isNew } = await migrateLocal(database);
    const before = readLoaded(LOADED);
    if (!isNew && before.catalog === hashOfCatalog(catalogSql)) return { isNew, product: before.product };
    await write(database, [...plain(catalogSql), ...(isNew ? demo() : [])]);
    noteLoaded(LOADED, { catalog: hashOfCatalog(catalogSql), ...(isNew && { product }) });
    return { isNew, product: readLoaded(LOADED).product };
  });
}

/** Remembers which catalog the local database has, so that the next start does not load it again. @param {string} catalogSql */
export function notePushed(catalogSql) {
  noteLoaded(LOADED, { catalog: hashOfCatalog(catalogSql) });
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
