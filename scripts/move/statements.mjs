// @ts-check
// What both ways of a move are written in: a page that fails where anything is not as it was read, rows that are changed to what they
// are to be, and what is told of it.
import { expanded } from "../import/catalog.mjs";
import { lists, valueOf } from "../import/write.mjs";
import { idAt } from "../local/identity.mjs";
import { Failure } from "../run.mjs";
import { quoted } from "./survey.mjs";

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {string | number | null} Value
 */

/** What a page changes, or has looked at. */
const TABLES = "org_subscriptions, organization_members, users, organization_invitations, user_packages, user_analytics_sessions, user_analytics_days";

/** Nobody changes what a page was decided by while it is written; on D1 a transaction is alone anyway. @param {ChosenDatabase} database */
export const locked = (database) => (database.kind === "postgres" ? [`LOCK TABLE ${TABLES} IN SHARE ROW EXCLUSIVE MODE`] : []);

/**
 * Fails the page unless each of the rows is there as it was read.
 * @param {ChosenDatabase} database
 * @param {string} anchor An organization of the page.
 * @param {string} table
 * @param {string[]} keys Those that begin with a sign are numbers.
 * @param {string[]} columns
 * @param {Value[][]} rows Each with its key first.
 * @returns {string[]}
 */
export function stillAsRead(database, anchor, table, keys, columns, rows) {
  // Postgres looks nothing up by what may be null.
  const same = [...keys, ...columns].map((column, place) => `now_there.${column.replace("#", "")} ${place < keys.length ? "=" : "IS NOT DISTINCT FROM"} ${valueOf(place, column.startsWith("#"))}`);
  return lists(rows).map((list) => failUnless(anchor, `(SELECT COUNT(*) FROM ${expanded(database, list, false)} AS each JOIN ${table} now_there ON ${same.join(" AND ")}) = ${JSON.parse(list).length}`));
}

/** Fails the page unless a condition holds. @param {string} anchor @param {string} condition */
export const failUnless = (anchor, condition) => `UPDATE moved_organizations SET people = -1 WHERE organization_id = ${quoted(anchor)} AND NOT (${condition})`;

/**
 * Rows that become others.
 * @param {ChosenDatabase} database
 * @param {string} table
 * @param {string[]} keys
 * @param {string[]} columns
 * @param {Value[][]} rows Each with its key first.
 * @returns {string[]}
 */
export function changed(database, table, keys, columns, rows) {
  const name = (/** @type {string} */ column) => column.replace("#", "");
  const value = (/** @type {string} */ column, /** @type {number} */ place) => valueOf(place, column.startsWith("#"));
  return lists(rows).map((list) => `UPDATE ${table} SET ${columns.map((column, place) => `${name(column)} = ${value(column, keys.length + place)}`).join(", ")}
FROM ${expanded(database, list, false)} AS each
WHERE ${keys.map((key, place) => `${table}.${name(key)} = ${value(key, place)}`).join(" AND ")}`);
}

/**
 * @param {ChosenDatabase} database
 * @param {string} table
 * @param {string[]} columns
 * @param {Value[][]} rows
 * @returns {string[]}
 */
export function added(database, table, columns, rows) {
  return lists(rows).map((list) => `INSERT INTO ${table} (${columns.map((column) => column.replace("#", "")).join(", ")})
SELECT ${columns.map((column, place) => valueOf(place, column.startsWith("#"))).join(", ")}
FROM ${expanded(database, list, false)} AS each`);
}

/**
 * @param {ChosenDatabase} database
 * @param {string} table
 * @param {string[]} keys
 * @param {Value[][]} rows
 * @returns {string[]}
 */
export function removed(database, table, keys, rows) {
  return lists(rows).map((list) => `DELETE FROM ${table} WHERE EXISTS (SELECT 1 FROM ${expanded(database, list, false)} AS each
  WHERE ${keys.map((key, place) => `${table}.${key.replace("#", "")} = ${valueOf(place, key.startsWith("#"))}`).join(" AND ")})`);
}

/** Why a page was not written, for people. @param {ChosenDatabase} database @param {unknown} error */
export const notTaken = (database, error) => new Failure(`${database.name} does not take a page: ${error instanceof Error ? error.message : error}\nStart it again to go on behind the pages before.`);

/** @typedef {{ organization: string, action: string, target: string, details: Record<string, Value> }} Told */

/**
 * What stands in organizations' histories.
 * @param {ChosenDatabase} database
 * @param {Told[]} told
 * @param {number} now
 * @param {string} request
 */
export function history(database, told, now, request) {
  return added(database, "audit_events", ["organization_id", "id", "actor_id", "action", "target_id", "details", "request_id", "#created_at"],
    told.map(({ organization, action, target, details }) => [organization, idAt(now, `${action} ${organization} ${target} ${JSON.stringify(details)}`), "operator", action, target, JSON.stringify(details), request, now]));
}

/** @param {string} view @param {string} where */
const object = (view, where) => `COALESCE((SELECT told.object FROM ${view} told WHERE ${where}), 'null')`;
const ORGANIZATION = object("event_organizations", `told.organization_id = ${valueOf(1, false)}`);
const PAYLOADS = {
  "subscription.updated": `'{"subscription":' || ${object("event_subscriptions", `told.organization_id = ${valueOf(1, false)}`)} || ',"organization":' || ${ORGANIZATION} || ',"action":"subscription.moved","by":null}'`,
  "user.updated": `'{"user":' || ${object("event_users", `told.user_id = ${valueOf(2, false)}`)} || ',"organization":' || ${ORGANIZATION} || '}'`,
  "organization.archived": `'{"organization":' || ${ORGANIZATION} || ',"by":null}'`,
};

/**
 * What whoever listens is told, as it is when the page is written.
 * @param {ChosenDatabase} database
 * @param {keyof typeof PAYLOADS} type
 * @param {{ organization: string, target: string }[]} of
 * @param {number} now
 */
export function events(database, type, of, now) {
  return lists(of.map(({ organization, target }) => [idAt(now, `${type} ${organization} ${target}`), organization, target])).map((list) => `INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
SELECT ${valueOf(0, false)}, ${valueOf(1, false)}, '${type}', ${valueOf(2, false)}, ${PAYLOADS[type]}, ${now}
FROM ${expanded(database, list, false)} AS each`);
}
