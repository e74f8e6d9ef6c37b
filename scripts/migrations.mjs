// @ts-check
// The migrations of `migrations/`, and which of them a database still needs.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./run.mjs";
import { ROOT } from "./workspace.mjs";

export const FOLDER = join(ROOT, "migrations");

/**
 * @typedef {"d1" | "postgres"} Engine
 * @typedef {{ number: number, name: string, sql: string, hash: string }} Migration
 * @typedef {{ number: number, name: string, hash: string }} Applied What a database says of a migration that it has had.
 */

/**
 * All migrations for an engine, in their order.
 * @param {Engine} engine
 * @param {string} folder
 * @returns {Migration[]}
 */
export function migrations(engine, folder = FOLDER) {
  const names = readdirSync(folder).filter((name) => /^\d{4}_[a-z0-9_]+$/.test(name)).sort();
  return names.map((name, place) => {
    const number = Number(name.slice(0, 4));
    if (number !== place + 1) throw new Failure(`migrations/${name}: the migration before it has another number than ${number - 1}.`);
    const file = join(folder, name, `${engine}.sql`);
    if (!existsSync(file)) throw new Failure(`migrations/${name} has no ${engine}.sql; what one engine does not need is a file with a comment.`);
    const sql = readFileSync(file, "utf8");
    return { number, name: name.slice(5), sql, hash: createHash("sha256").update(sql).digest("hex") };
  });
}

/**
 * What a database still needs, in order.
 * @param {Migration[]} all
 * @param {Applied[]} applied
 * @returns {Migration[]}
 */
export function pending(all, applied) {
  for (const had of applied) {
    const known = all.find(({ number }) => number === had.number);
    if (!known) throw new Failure(`The database has had migration ${had.number} (${had.name}), which this checkout does not know: it belongs to a newer version. Deploy that one.`);
    if (known.hash !== had.hash) {
      throw new Failure(`Migration ${had.number} (${had.name}) is not the one that the database has had: its file was changed afterwards. Restore the file, and put the change into a migration of its own.`);
    }
  }
  const last = Math.max(0, ...applied.map(({ number }) => number));
  if (applied.length !== last) throw new Failure("The database has had a later migration without an earlier one. Nothing was changed.");
  return all.filter(({ number }) => number > last);
}

/** The statement by which a database remembers a migration, in both engines' words. @param {Migration} migration */
export function record({ number, name, hash }) {
  return `INSERT INTO schema_migrations (number, name, hash, applied_at) VALUES (${number}, '${name}', '${hash}', ${Date.now()})`;
}

/** What will be done, for people. @param {Migration[]} needed */
export function plan(needed) {
  if (needed.length === 0) return "The database is up to date.";
  return [`${needed.length === 1 ? "1 migration is" : `${needed.length} migrations are`} to be applied:`,
    ...needed.map(({ number, name }) => `  ${String(number).padStart(4, "0")} ${name.replaceAll("_", " ")}`)].join("\n");
}

export const MADE_BEFORE = "This database was made before there were migrations, and how it differs cannot be told. Make a new one and copy what is in it.";
