// @ts-check
// The configurations that one start serves, in files that git ignores.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { stamp } from "../build/fingerprint.mjs";
import { ROOT } from "../workspace.mjs";

/** A configuration's part that says how the worker is built, and when again. */
const BUILD = /^\[build\]\n(?:.+\n)*/m;

/**
 * Writes a worker's configuration as the local runtime gets it: what is built is taken as it is and taken anew when another build has
 * ended (`rebuild.mjs`), and there is what is said besides.
 * @param {import("../workspace.mjs").Worker} worker
 * @param {string} [more] TOML.
 * @returns {string} Its path, relative to the root.
 */
export function writeLocalConfig(worker, more = "") {
  const folder = join(ROOT, dirname(worker.config));
  // Without a command, wrangler looks at every file of every worker several times a second.
  const build = `[build]\ncommand = "exit 0"\nwatch_dir = ${JSON.stringify(relative(folder, stamp(worker)))}\n`;
  // Beside the deployed one, so that the paths in it hold.
  const file = join(folder, "wrangler.local.toml");
  writeFileSync(file, readFileSync(join(ROOT, worker.config), "utf8").replace(BUILD, build) + more);
  return relative(ROOT, file);
}
