// @ts-check
// npm run key -- create --name N [--scope usage:write,usage:read | webhooks:manage] [--organization ID] [--ends 2027-01-31] | list | revoke ID
//   [--remote | --postgres URL]: the service keys that a product's own servers ask with.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { withChosenDatabase } from "./chosen-database.mjs";
import { Failure, main } from "./run.mjs";
import { setUpPackages } from "./setup.mjs";

/** Of each scope the column that says so. The operator's own endpoints are no part of what a key is good for unless that is said. */
const SCOPES = { "usage:write": "can_write_usage", "usage:read": "can_read_usage", "webhooks:manage": "can_manage_webhooks" };
const USUAL = "usage:write,usage:read";
const USAGE = `Say what to do: "npm run key -- create --name billing-worker", "npm run key -- list", "npm run key -- revoke <id>".`;

/** @typedef {import("./chosen-database.mjs").ChosenDatabase} Database */

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: "string" }, scope: { type: "string" }, organization: { type: "string" }, ends: { type: "string" },
      remote: { type: "boolean", default: false }, postgres: { type: "string" },
    },
  });
  const [what, id] = positionals;
  if (!["create", "list", "revoke"].includes(what ?? "")) throw new Failure(USAGE);
  await setUpPackages();
  await withChosenDatabase(values, async (database) => {
    if (what === "create") return create(database, values);
    if (what === "list") return list(database);
    if (id === undefined) throw new Failure("Name the key: npm run key -- revoke <id>; \"npm run key -- list\" shows the ids.");
    return revoke(database, id);
  });
});

/**
 * @param {Database} database
 * @param {{ name?: string, scope?: string, organization?: string, ends?: string }} wanted
 */
async function create(database, { name, scope, organization, ends }) {
  if (name === undefined || name.trim() === "" || name.length > 100) throw new Failure("Give the key a name of 1 to 100 characters: --name billing-worker.");
  const scopes = (scope ?? USUAL).split(",");
  const unknown = scopes.find((one) => !(one in SCOPES));
  if (unknown !== undefined) throw new Failure(`There is no scope "${unknown}". There are: ${Object.keys(SCOPES).join(", ")}.`);
  if (scopes.includes("webhooks:manage") && organization !== undefined) throw new Failure("The scope webhooks:manage is for the operator's own endpoints, which are of no organization.");
  const endsAt = ends === undefined ? null : Date.parse(ends);
  if (endsAt !== null && !(endsAt > Date.now())) throw new Failure(`"${ends}" is no day to come, as 2027-01-31.`);
  if (organization !== undefined) {
    const [found = []] = await database.ask([`SELECT id FROM organizations WHERE id = ${text(organization)} AND archived_at IS NULL`]);
    if (found.length === 0) throw new Failure(`There is no organization "${organization}".`);
  }
  const key = `tg_${randomBytes(32).toString("base64url")}`;
  const id = `key_${randomUUID().replaceAll("-", "").slice(0, 16)}`;
  const hash = createHash("sha256").update(key).digest("hex");
  await database.write(`INSERT INTO service_keys (id, name, key_hash, ${Object.values(SCOPES).join(", ")}, organization_id, ends_at, created_at)
VALUES (${text(id)}, ${text(name.trim())}, '${hash}', ${Object.keys(SCOPES).map((one) => Number(scopes.includes(one))).join(", ")},
  ${organization === undefined ? "NULL" : text(organization)}, ${endsAt ?? "NULL"}, ${Date.now()})`);
  console.log(`The key ${id} (${scopes.join(", ")}), shown this once:\n\n  ${key}\n\nIt goes into the header: Authorization: Bearer ${key.slice(0, 7)}…`);
}

/** @param {Database} database */
async function list(database) {
  const [keys = []] = await database.ask([`SELECT id, name, ${Object.values(SCOPES).join(", ")}, organization_id, ends_at, revoked_at, last_used_day FROM service_keys ORDER BY created_at`]);
  if (keys.length === 0) return console.log("There is no service key yet.");
  const day = (/** @type {unknown} */ moment) => (moment === null ? "" : new Date(Number(moment)).toISOString().slice(0, 10));
  console.table(keys.map((key) => ({
    id: key["id"], name: key["name"],
    scopes: Object.entries(SCOPES).flatMap(([scope, column]) => (Number(key[column]) === 1 ? [scope] : [])).join(" "),
    organization: key["organization_id"] ?? "all", ends: day(key["ends_at"]), "last used": day(key["last_used_day"]), revoked: day(key["revoked_at"]),
  })));
}

/** @param {Database} database @param {string} id */
async function revoke(database, id) {
  const [[found] = []] = await database.ask([`SELECT revoked_at FROM service_keys WHERE id = ${text(id)}`]);
  if (!found) throw new Failure(`There is no key "${id}"; "npm run key -- list" shows the ids.`);
  await database.write(`UPDATE service_keys SET revoked_at = ${Date.now()} WHERE id = ${text(id)} AND revoked_at IS NULL`);
  console.log(`The key ${id} is revoked: its next request is refused.`);
}

/** A literal that nothing can break out of. @param {string} value */
function text(value) {
  return `'${value.replaceAll("'", "''")}'`;
}
