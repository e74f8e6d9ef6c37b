// @ts-check
// Checks whose outcome follows from the sources alone: what one of them has found clean, in whichever clone of this user's, it need not
// look at again. No test is such a check: what it runs may race.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "../build/fingerprint.mjs";
import { ask } from "../run.mjs";
import { CACHE, keepText } from "../setup/cache.mjs";
import { ROOT } from "../workspace.mjs";

const FILE = join(CACHE, "clean.json");
/** Of each check: some branches, and the way back to an earlier state. */
const KEPT_OF_EACH = 16;
const NOT_SOURCES = new Set([".git", ".wrangler", "build", "node_modules", "target"]);
/** What no code in Rust reads. */
const OF_PAGES = ["bench", "client", "dashboard", "examples", "tests"];

/** All sources, and what checks them. @param {string[]} tools */
export const ofAll = (tools) => hashOf(sources(), tools, NOT_SOURCES);

/** The same of Rust. @param {string[]} tools */
export const ofRust = (tools) => hashOf(sources().filter((name) => !OF_PAGES.includes(name)), [ask("rustc", ["-vV"]) ?? "", ...tools], NOT_SOURCES);

const sources = () => readdirSync(ROOT).filter((name) => !NOT_SOURCES.has(name)).sort();

/** @param {string} check @param {string} sources */
export function wasClean(check, sources) {
  return (known()[check] ?? []).includes(sources);
}

/** @param {Map<string, string>} found The sources of each check. */
export function keepClean(found) {
  const kept = known();
  for (const [check, sources] of found) kept[check] = [sources, ...(kept[check] ?? []).filter((other) => other !== sources)].slice(0, KEPT_OF_EACH);
  keepText(FILE, JSON.stringify(kept));
}

/** @returns {Record<string, string[]>} */
function known() {
  try {
    return JSON.parse(readFileSync(FILE, "utf8"));
  } catch {
    return {};
  }
}
