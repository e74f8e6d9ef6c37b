// @ts-check
// What Clerk's Backend API answers (clerk.com/docs, "Backend API": User, Organization, OrganizationMembership), with the names that
// its CSV has for the same.
import { Failure } from "../run.mjs";

/** Which table an object belongs to, by Clerk's own word for it. */
const TABLES = /** @type {Record<string, string>} */ ({ user: "users", organization: "organizations", organization_membership: "organization_memberships" });

/**
 * @param {string} text A list of objects, or an answer with one in `data`, or several of either, one a line.
 * @param {string} file For messages.
 * @returns {import("./files.mjs").Tables}
 */
export function tablesOfClerk(text, file) {
  /** @type {import("./files.mjs").Tables} */
  const tables = new Map();
  for (const [place, value] of objectsOf(text, file).entries()) {
    const where = `${file}, entry ${place + 1}`;
    const kind = value["object"] ?? ("email_addresses" in value ? "user" : undefined);
    const table = TABLES[String(kind)];
    if (table === undefined) throw new Failure(`${where}: it is no user, organization or membership of Clerk's API.`);
    const rows = tables.get(table) ?? [];
    rows.push({ where, values: table === "users" ? user(value) : value });
    tables.set(table, rows);
  }
  return tables;
}

/** @param {string} text @param {string} file @returns {Record<string, unknown>[]} */
function objectsOf(text, file) {
  const parsed = (/** @type {string} */ json) => {
    const value = JSON.parse(json);
    if (Array.isArray(value)) return value;
    return Array.isArray(value?.data) ? value.data : [value];
  };
  try {
    return parsed(text);
  } catch {
    try {
      return text.split("\n").filter((line) => line.trim() !== "").flatMap(parsed);
    } catch (error) {
      throw new Failure(`${file} is no JSON: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** @param {Record<string, unknown>} given */
function user(given) {
  const addresses = /** @type {{ id?: string, email_address?: string, verification?: { status?: string } | null }[]} */ (given["email_addresses"] ?? []);
  const primary = addresses.find(({ id }) => id === given["primary_email_address_id"]) ?? addresses[0];
  const ofStatus = (/** @type {boolean} */ isVerified) => addresses.filter(({ verification }) => (verification?.status === "verified") === isVerified).map(({ email_address }) => email_address).join("|");
  return {
    ...given,
    primary_email_address: primary?.email_address ?? null,
    verified_email_addresses: ofStatus(true),
    unverified_email_addresses: ofStatus(false),
  };
}
