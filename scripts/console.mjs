// @ts-check
// npm run console -- grant <email> super_admin | admin | user  [--remote | --postgres URL]: who is of the operator's staff. The first
// super_admin is made here; after that the function `console` does it, with a reason.
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { withChosenDatabase } from "./chosen-database.mjs";
import { Failure, main } from "./run.mjs";
import { setUpPackages } from "./setup.mjs";

const TYPES = ["super_admin", "admin", "user"];
const USAGE = `Say who is to be what: "npm run console -- grant ada@example.com super_admin".`;

/** Of a row `other`: one who can act as such. */
const SUPER_ADMIN = "other.account_type = 'super_admin' AND other.banned_at IS NULL AND other.deleted_at IS NULL";

/** @typedef {import("./chosen-database.mjs").ChosenDatabase} Database */

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { remote: { type: "boolean", default: false }, postgres: { type: "string" } },
  });
  const [what, email, type] = positionals;
  if (what !== "grant" || email === undefined || type === undefined) throw new Failure(USAGE);
  if (!TYPES.includes(type)) throw new Failure(`There is no account type "${type}". There are: ${TYPES.join(", ")}.`);
  await setUpPackages();
  await withChosenDatabase(values, (database) => grant(database, email.trim().toLowerCase(), type));
});

/**
 * @param {Database} database
 * @param {string} email
 * @param {string} type
 */
async function grant(database, email, type) {
  const [found = [], staff = []] = await database.ask([
    `SELECT id, account_type, email_verified FROM users WHERE email = ${text(email)} AND deleted_at IS NULL`,
    `SELECT other.id FROM users other WHERE ${SUPER_ADMIN}`,
  ]);
  // An address that nobody has confirmed may be anybody's.
  const confirmed = found.filter((user) => Number(user["email_verified"]) === 1);
  const [user] = confirmed;
  if (user === undefined) {
    throw new Failure(found.length > 0
      ? `The address ${email} is not verified: whoever has it confirms it first.`
      : `Nobody has signed in with ${email} yet: whoever is meant signs in once, and then this is run again.`);
  }
  if (confirmed.length > 1) throw new Failure(`${confirmed.length} accounts have the address ${email}: ${confirmed.map(({ id }) => String(id)).join(", ")}.`);
  const [id, before] = [String(user["id"]), String(user["account_type"])];
  if (before === type) return console.log(`${email} is ${type} already.`);
  if (before === "super_admin" && staff.every((one) => one["id"] === id)) throw new Failure(`${email} is the last super_admin: make somebody else one first.`);
  const act = randomUUID();
  const now = Date.now();
  await database.write([
    ...(database.kind === "postgres" ? ["LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"] : []),
    // Decides: they are what they were, and a super_admin stays; somebody else may have changed either meanwhile.
    `INSERT INTO operator_acts
  (id, actor_id, action, target_kind, target_id, organization_id, reason, state_before, state_after, is_applied, request_id, created_at)
SELECT ${text(act)}, target.id, 'user.account_type_changed', 'user', target.id, NULL, 'npm run console -- grant',
  ${text(JSON.stringify({ accountType: before }))}, ${text(JSON.stringify({ accountType: type }))}, 1, ${text(act)}, ${now}
FROM users target WHERE target.id = ${text(id)} AND target.email = ${text(email)} AND target.email_verified = 1 AND target.deleted_at IS NULL
  AND target.account_type = ${text(before)} AND (target.account_type <> 'super_admin' OR EXISTS (
    SELECT 1 FROM users other WHERE ${SUPER_ADMIN} AND other.id <> target.id))`,
    `UPDATE users SET account_type = ${text(type)}, request_id = ${text(act)} WHERE id = ${text(id)} AND EXISTS (SELECT 1 FROM operator_acts decided WHERE decided.id = ${text(act)})`,
  ]);
  const [[done] = []] = await database.ask([`SELECT id FROM operator_acts WHERE id = ${text(act)}`]);
  if (done === undefined) throw new Failure(`Somebody else has changed who is of the staff meanwhile: nothing was done for ${email}. Run it again.`);
  console.log(`${email} (${id}) is ${type} now, and was ${before}.`);
}

/** A literal that nothing can break out of. @param {string} value */
function text(value) {
  return `'${value.replaceAll("'", "''")}'`;
}
