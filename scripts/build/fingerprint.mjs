// @ts-check
// What a worker's output was made of, as one hash: when it is the same as last time, nothing is built.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../workspace.mjs";

const NOT_SOURCES = new Set([
  "build", "target", "tests", "node_modules", ".wrangler", ".dev.vars", "wrangler.toml", "wrangler.local.toml", "wrangler.hyperdrive.toml",
]);
const SHARED_INPUTS = ["Cargo.lock", "Cargo.toml", "mails", "package-lock.json", "scripts/build.mjs", "scripts/build/engines.mjs", "shared"];

/**
 * @param {import("../workspace.mjs").Worker} worker
 * @param {string[]} versions
 */
export function fingerprint(worker, versions) {
  return hashOf([...SHARED_INPUTS, worker.folder], versions);
}

/**
 * One hash of files and folders, and of what else the output depends on.
 * @param {string[]} paths
 * @param {string[]} others
 * @param {ReadonlySet<string>} leftOut What is left out, in whichever folder.
 */
export function hashOf(paths, others = [], leftOut = NOT_SOURCES) {
  const hash = createHash("sha256").update(others.join("\n"));
  for (const path of paths) addPath(hash, path, leftOut);
  return hash.digest("hex");
}

/** @param {import("../workspace.mjs").Worker} worker @param {string} current */
export function isUpToDate(worker, current) {
  try {
    statSync(join(ROOT, worker.folder, "build/index.js"));
    return readFileSync(stamp(worker), "utf8") === current;
  } catch {
    return false;
  }
}

/** @param {import("../workspace.mjs").Worker} worker @param {string} built */
export function remember(worker, built) {
  writeFileSync(stamp(worker), built);
}

/** @param {import("../workspace.mjs").Worker} worker */
export function forget(worker) {
  rmSync(stamp(worker), { force: true });
}

/**
 * The file that says what a worker's output was made of: the last one that a build writes, and not there while one is under way.
 * @param {import("../workspace.mjs").Worker} worker
 */
export const stamp = (worker) => join(ROOT, worker.folder, "build/.made-of");

/** @param {import("node:crypto").Hash} hash @param {string} path @param {ReadonlySet<string>} leftOut */
function addPath(hash, path, leftOut) {
  const full = join(ROOT, path);
  if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) {
      if (!leftOut.has(name)) addPath(hash, `${path}/${name}`, leftOut);
    }
  } else {
    const content = readFileSync(full);
    hash.update(`${path} ${content.length}\n`).update(content);
  }
}
