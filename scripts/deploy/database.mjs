// @ts-check
// The deployed D1, by its name. wrangler is run from a folder without a configuration, because with one it wants
// the database's id written down, which no file of this repository holds.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStep } from "../run.mjs";
import { npmProgram } from "../workspace.mjs";

export const DATABASE = "tallygate";

/** Makes the database unless the account has it. Returns true when it was made. */
export async function ensureDatabase() {
  const listed = await wrangler("Looking for the database", ["d1", "list", "--json"]);
  /** @type {{ name: string }[]} */
  const databases = JSON.parse(listed.slice(listed.indexOf("[")));
  if (databases.some(({ name }) => name === DATABASE)) return false;
  await wrangler(`Making the database ${DATABASE}`, ["d1", "create", DATABASE]);
  return true;
}

/**
 * @param {string} label
 * @param {string} sql
 */
export async function executeRemotely(label, sql) {
  const folder = mkdtempSync(join(tmpdir(), "tallygate-"));
  try {
    writeFileSync(join(folder, "file.sql"), sql);
    await wrangler(label, ["d1", "execute", DATABASE, "--remote", "--yes", "--file", join(folder, "file.sql")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** True when no plan was ever loaded. */
export async function hasNoPlans() {
  const answer = await wrangler("Looking for plans", ["d1", "execute", DATABASE, "--remote", "--json", "--command", "SELECT count(*) AS plans FROM plans"]);
  /** @type {{ results: { plans: number }[] }[]} */
  const [{ results } = { results: [] }] = JSON.parse(answer.slice(answer.indexOf("[")));
  return results[0]?.plans === 0;
}

/**
 * @param {string} label
 * @param {string[]} args
 */
function wrangler(label, args) {
  return runStep(label, npmProgram("wrangler"), args, {
    cwd: tmpdir(),
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
    advice: "If you are not signed in to Cloudflare, run \"npx wrangler login\" first.",
  });
}
