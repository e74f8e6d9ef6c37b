// @ts-check
// Built workers, kept for this user by what they were made of: a second clone of the same sources, or the way back
// to an earlier branch, copies them instead of compiling.
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { CACHE } from "../setup/cache.mjs";
import { ROOT } from "../workspace.mjs";
import { forget, remember } from "./fingerprint.mjs";

/** With every engine and with one, of the version before, of some branches: what was taken last stays longest. */
const KEPT_OF_EACH = 16;

/**
 * Puts a kept output into place. Returns false when there is none.
 * @param {import("../workspace.mjs").Worker} worker
 * @param {string} madeOf
 */
export function restore(worker, madeOf) {
  const kept = join(shelf(worker), madeOf);
  if (!existsSync(kept)) return false;
  forget(worker);
  cpSync(kept, join(ROOT, worker.folder, "build"), { recursive: true, filter: (path) => basename(path) !== ".made-of" });
  remember(worker, madeOf);
  const now = new Date();
  utimesSync(kept, now, now);
  return true;
}

/**
 * @param {import("../workspace.mjs").Worker} worker
 * @param {string} madeOf
 */
export function keep(worker, madeOf) {
  const kept = join(shelf(worker), madeOf);
  if (existsSync(kept)) return;
  mkdirSync(shelf(worker), { recursive: true });
  const unfinished = `${kept}.${process.pid}`;
  cpSync(join(ROOT, worker.folder, "build"), unfinished, { recursive: true });
  try {
    renameSync(unfinished, kept);
  } catch {
    // Another checkout kept the same at the same moment.
    rmSync(unfinished, { recursive: true, force: true });
  }
  for (const old of byAge(shelf(worker)).slice(KEPT_OF_EACH)) rmSync(old, { recursive: true, force: true });
}

/** @param {import("../workspace.mjs").Worker} worker */
function shelf(worker) {
  return join(CACHE, "workers", worker.name);
}

/** The newest first. @param {string} folder */
function byAge(folder) {
  const entries = readdirSync(folder).map((name) => join(folder, name));
  return entries.map((path) => ({ path, at: statSync(path).mtimeMs })).sort((one, other) => other.at - one.at).map(({ path }) => path);
}
