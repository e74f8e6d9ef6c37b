// @ts-check
// The file of a move (`moves/<name>.toml`): which plan becomes which, and what is done where somebody has to decide.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toml } from "../needed.mjs";
import { Failure } from "../run.mjs";
import { ROOT } from "../workspace.mjs";

/** What may need somebody's decision. */
export const QUESTIONS = /** @type {const} */ (["one_payer", "custom_plan", "unknown_plan", "two_organizations", "own_plan"]);

/** @typedef {(typeof QUESTIONS)[number]} Question */

/**
 * @typedef {object} Rules
 * @property {number} noticeDays
 * @property {number} manyPeople
 * @property {Set<string>} customPlans
 * @property {Map<string, string>} plans
 * @property {Record<Question, string>} undecided
 */

/** @param {string} given A file, or the name of one of ours. @returns {Rules} */
export function readRules(given) {
  const file = existsSync(given) ? given : join(ROOT, "moves", `${given}.toml`);
  if (!existsSync(file)) throw new Failure(`There is no move "${given}". Ready: --rules wellness, or the path of your own.`);
  try {
    return rulesOf(toml().parse(readFileSync(file, "utf8")), file);
  } catch (error) {
    if (error instanceof toml().TomlError) throw new Failure(`${file}, line ${error.line}: ${error.message.split("\n")[0]}`);
    throw error;
  }
}

/** @param {Record<string, unknown>} given @param {string} file @returns {Rules} */
function rulesOf(given, file) {
  const wrong = (/** @type {string} */ what) => new Failure(`${file}: ${what}`);
  const texts = (/** @type {string} */ name) => {
    const table = given[name] ?? {};
    if (typeof table !== "object" || table === null || Array.isArray(table) || Object.values(table).some((value) => typeof value !== "string")) throw wrong(`[${name}] is a table of texts.`);
    return /** @type {Record<string, string>} */ (table);
  };
  const whole = (/** @type {string} */ name, /** @type {number} */ least) => {
    const value = given[name];
    if (typeof value !== "number" || !Number.isInteger(value) || value < least) throw wrong(`${name} is a whole number from ${least}.`);
    return value;
  };
  const known = ["notice_days", "many_people", "custom_plans", "plans", "undecided"];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw wrong(`there is no "${unknown}". There are: ${known.join(", ")}.`);
  const custom = given["custom_plans"] ?? [];
  if (!Array.isArray(custom) || custom.some((plan) => typeof plan !== "string")) throw wrong("custom_plans is a list of plans.");
  const undecided = texts("undecided");
  const stranger = Object.keys(undecided).find((name) => !QUESTIONS.some((question) => question === name));
  if (stranger !== undefined) throw wrong(`[undecided] has no "${stranger}". There are: ${QUESTIONS.join(", ")}.`);
  return {
    noticeDays: whole("notice_days", 0), manyPeople: whole("many_people", 1), customPlans: new Set(custom), plans: new Map(Object.entries(texts("plans"))),
    undecided: /** @type {Record<Question, string>} */ (Object.fromEntries(QUESTIONS.map((question) => [question, undecided[question] ?? "ask"]))),
  };
}
