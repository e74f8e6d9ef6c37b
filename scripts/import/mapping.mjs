// @ts-check
// The mapping file: which column is what, which tier is which plan, what a missing name becomes.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toml } from "../needed.mjs";
import { Failure } from "../run.mjs";
import { ROOT } from "../workspace.mjs";

/** What each part of a mapping may say. Fields in capitals are needed. */
const PARTS = /** @type {const} */ ({
  users: ["ID", "email", "email_verified", "name", "first_name", "last_name", "username", "created_at", "updated_at", "deleted_at", "banned", "left_out", "tier", "organization", "role", "customer"],
  profiles: ["USER", "name", "first_name", "last_name", "username", "tier", "organization", "role", "customer", "deleted_at"],
  organizations: ["ID", "name", "slug", "created_at", "owner", "tier", "customer", "deleted_at"],
  members: ["ORGANIZATION", "USER", "role", "joined_at"],
  subscriptions: ["OF", "tier", "status", "customer", "created_at"],
});

/**
 * A column, or several of which the first with something in it counts; `a.b` is the field `b` of JSON in the column `a`.
 * @typedef {string[]} Columns
 * @typedef {{ tables: string[], columns: Record<string, Columns> }} Part
 * @typedef {{ column: string, feature: string, times: number, month?: string }} Counter
 */

/**
 * @typedef {object} Mapping
 * @property {string} source
 * @property {string} zone
 * @property {boolean} createdOfKsuid Where no sign-up date is told, the user's id has it.
 * @property {boolean} externalIds The organizations' ids are also the provider's own, which its tokens name.
 * @property {Record<keyof typeof PARTS, Part | undefined>} parts
 * @property {Counter[]} counters
 * @property {{ individual: Record<string, string>, team: Record<string, string> }} plans
 * @property {Record<string, string>} roles
 * @property {{ name?: string, organization: string }} missing
 */

/** @param {string} given A file, or the name of one of ours. @returns {Mapping} */
export function readMapping(given) {
  const file = existsSync(given) ? given : join(ROOT, "imports", `${given}.toml`);
  if (!existsSync(file)) throw new Failure(`There is no mapping "${given}". Ready ones: --mapping supabase, clerk, better-auth; or the path of your own.`);
  try {
    return mappingOf(toml().parse(readFileSync(file, "utf8")), file);
  } catch (error) {
    if (error instanceof toml().TomlError) throw new Failure(`${file}, line ${error.line}: ${error.message.split("\n")[0]}`);
    throw error;
  }
}

/** @typedef {Record<string, unknown>} Table */

/** @param {Table} given @param {string} file @returns {Mapping} */
function mappingOf(given, file) {
  const wrong = (/** @type {string} */ what) => new Failure(`${file}: ${what}`);
  const table = (/** @type {Table} */ from, /** @type {string} */ name) => {
    const value = from[name] ?? {};
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(`[${name}] is a table.`);
    return /** @type {Table} */ (value);
  };
  const onlyKnown = (/** @type {Table} */ from, /** @type {readonly string[]} */ known, /** @type {string} */ of) => {
    const unknown = Object.keys(from).find((name) => !known.includes(name));
    if (unknown !== undefined) throw wrong(`${of} has no "${unknown}". There are: ${known.join(", ")}.`);
  };
  const texts = (/** @type {Table} */ from, /** @type {string} */ of) => {
    for (const [name, value] of Object.entries(from)) if (typeof value !== "string") throw wrong(`${of}.${name} is a text.`);
    return /** @type {Record<string, string>} */ (from);
  };
  onlyKnown(given, ["source", "time_zone", "created_at_from_id", "external_ids", ...Object.keys(PARTS), "counters", "plans", "roles", "missing"], "A mapping");
  const part = (/** @type {keyof typeof PARTS} */ name) => {
    if (given[name] === undefined) return undefined;
    const of = table(given, name);
    const fields = PARTS[name].map((field) => field.toLowerCase());
    onlyKnown(of, ["tables", ...fields], `[${name}]`);
    const missing = PARTS[name].find((field) => field === field.toUpperCase() && of[field.toLowerCase()] === undefined);
    if (missing !== undefined) throw wrong(`[${name}] does not say which column is "${missing.toLowerCase()}".`);
    const tables = list(of["tables"]);
    if (!tables?.length) throw wrong(`[${name}] does not name its tables.`);
    const columns = Object.fromEntries(fields.filter((field) => of[field] !== undefined).map((field) => {
      const named = list(of[field]);
      if (!named) throw wrong(`[${name}] ${field} is a column's name, or a list of them.`);
      return [field, named];
    }));
    return { tables: tables.map((table) => table.toLowerCase()), columns };
  };
  if (given["users"] === undefined) throw wrong("there is no [users].");
  const zone = String(given["time_zone"] ?? "UTC");
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    throw wrong(`"${zone}" is no time zone, as Europe/Berlin.`);
  }
  const counters = /** @type {Table[]} */ (given["counters"] ?? []).map((counter) => {
    onlyKnown(counter, ["column", "feature", "times", "month"], "[[counters]]");
    const { column, feature, times = 1, month } = counter;
    if (typeof column !== "string" || typeof feature !== "string") throw wrong("[[counters]] names a column and a feature.");
    if (typeof times !== "number" || !Number.isInteger(times) || times < 1) throw wrong(`[[counters]] of ${feature}: times is a whole number from 1.`);
    return { column, feature, times, ...(typeof month === "string" ? { month } : {}) };
  });
  const plans = table(given, "plans");
  onlyKnown(plans, ["individual", "team"], "[plans]");
  const missing = texts(table(given, "missing"), "[missing]");
  onlyKnown(missing, ["name", "organization"], "[missing]");
  return {
    source: String(given["source"] ?? "import"), zone, createdOfKsuid: given["created_at_from_id"] === "ksuid", externalIds: given["external_ids"] === true,
    parts: { users: part("users"), profiles: part("profiles"), organizations: part("organizations"), members: part("members"), subscriptions: part("subscriptions") },
    counters,
    plans: { individual: texts(table(plans, "individual"), "[plans.individual]"), team: texts(table(plans, "team"), "[plans.team]") },
    roles: texts(table(given, "roles"), "[roles]"),
    missing: { ...(missing["name"] === undefined ? {} : { name: missing["name"] }), organization: missing["organization"] ?? "{owner}'s Team" },
  };
}

/** @param {unknown} value @returns {string[] | undefined} */
function list(value) {
  const all = Array.isArray(value) ? value : [value];
  return all.every((one) => typeof one === "string" && one !== "") ? all : undefined;
}

/** The tables that a mapping reads. @param {Mapping} mapping */
export const tablesRead = (mapping) => new Set(Object.values(mapping.parts).flatMap((part) => part?.tables ?? []));
