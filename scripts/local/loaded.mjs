// @ts-check
// What a local database was loaded with, noted beside it, whichever its engine.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/**
 * @typedef {object} Loaded
 * @property {string} [catalog] The newest one, as a hash of its SQL.
 * @property {string} [product] The name of the catalog that the database was begun with: the people of its demo are in it.
 */

/** @param {string} file @returns {Loaded} Empty where nothing was noted. */
export function readLoaded(file) {
  try {
    const { catalog, product } = JSON.parse(readFileSync(file, "utf8"));
    return { catalog, product };
  } catch {
    return {};
  }
}

/** @param {string} file @param {Loaded} loaded */
export function noteLoaded(file, loaded) {
  writeFileSync(file, JSON.stringify({ ...readLoaded(file), ...loaded }));
}

/** @param {string} sql Of a catalog. */
export const hashOfCatalog = (sql) => createHash("sha256").update(sql).digest("hex");
