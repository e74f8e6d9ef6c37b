// @ts-check
// The crates of others, compiled once for a user and not once for a checkout: a fresh clone begins with what an earlier one
// has compiled, and compiles its own code alone.
import { constants, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { hashOf } from "../build/fingerprint.mjs";
import { ask } from "../run.mjs";
import { ROOT } from "../workspace.mjs";
import { CACHE } from "./cache.mjs";
import { TARGET } from "./wasm.mjs";

/** What workers are compiled with: for themselves, and for the programs that run meanwhile. */
export const OF_WORKERS = ["release", `${TARGET}/release`];
const PROFILES = ["debug", ...OF_WORKERS];
/** What cargo keeps of a crate: the state it was compiled in, what its build script made, and its outputs. */
const FOLDERS = [".fingerprint", "build", "deps"];
const OUTPUT = /\.(rlib|rmeta|so|dylib|dll|d)$/;
/** Of so many different lock files and compilers. */
const KEPT = 3;

/**
 * Puts the compiled crates into a target folder that has none.
 * @param {string[]} versions Of the compiler for the workers, and of what bundles them.
 * @param {string} target
 * @param {readonly string[]} profiles
 */
export function takeDependencies(versions, target = join(ROOT, "target"), profiles = PROFILES) {
  const kept = shelf(versions);
  if (!existsSync(kept)) return;
  for (const profile of profiles) {
    const into = join(target, profile);
    if (!existsSync(join(into, ".fingerprint")) && existsSync(join(kept, profile))) copy(join(kept, profile), into);
  }
}

/**
 * Keeps them for the next clone, unless that was done.
 * @param {string[]} versions
 */
export function keepDependencies(versions) {
  const kept = shelf(versions);
  if (existsSync(kept)) return;
  const unfinished = `${kept}.${process.pid}`;
  for (const profile of PROFILES) {
    for (const folder of FOLDERS) {
      const from = join(ROOT, "target", profile, folder);
      if (existsSync(from)) copy(from, join(unfinished, profile, folder), (name) => isAnothers(folder, name));
    }
  }
  try {
    renameSync(unfinished, kept);
  } catch {
    // Another checkout kept the same at the same moment.
    rmSync(unfinished, { recursive: true, force: true });
  }
  for (const old of oldest(dirname(kept))) rmSync(old, { recursive: true, force: true });
}

/** @param {string[]} versions */
const shelf = (versions) => join(CACHE, "dependencies", hashOf(["Cargo.lock", "Cargo.toml"], [ask("rustc", ["-vV"]) ?? "", ...versions]).slice(0, 32));

/**
 * With the times of its files: cargo compiles a crate anew that is older than what it depends on.
 * @param {string} from
 * @param {string} to
 * @param {(name: string) => boolean} [wanted] Of what lies in the folder itself.
 */
function copy(from, to, wanted = () => true) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter(wanted)) cpSync(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE });
}

/** Whether it is of a crate that is not in this workspace. @param {string} folder @param {string} name */
function isAnothers(folder, name) {
  return !basename(name).replace(/^lib/, "").startsWith("tallygate") && (folder !== "deps" || OUTPUT.test(name));
}

/** @param {string} folder */
function oldest(folder) {
  const paths = readdirSync(folder).map((name) => join(folder, name));
  const aged = paths.map((path) => ({ path, at: statSync(path).mtimeMs })).sort((one, other) => other.at - one.at);
  return aged.slice(KEPT).map(({ path }) => path);
}
