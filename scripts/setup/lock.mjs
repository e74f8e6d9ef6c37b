// @ts-check
// One at a time: a folder that exists while somebody works, since making a folder either succeeds or not.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const LOOK_AGAIN_MS = 250;
const SAY_SO_AFTER_MS = 5_000;

/**
 * Runs `body` while no other process of this machine runs one under the same path.
 * @template T
 * @param {string} path
 * @param {string} what Who is waited for, in words.
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function alone(path, what, body) {
  await mkdir(dirname(path), { recursive: true });
  const started = Date.now();
  let told = false;
  while (!(await take(path))) {
    if (!told && Date.now() - started > SAY_SO_AFTER_MS) {
      console.error(`Waiting for another process that does the same: ${what} …`);
      told = true;
    }
    await pause(LOOK_AGAIN_MS);
  }
  try {
    return await body();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

/** @param {string} path */
async function take(path) {
  try {
    await mkdir(path);
    await writeFile(join(path, "pid"), String(process.pid));
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    if (await abandoned(path)) {
      // Renaming is won by one process only, so two that find the same dead holder cannot both clear it away.
      const away = `${path}.${process.pid}.stale`;
      await rename(path, away).then(() => rm(away, { recursive: true, force: true }), () => undefined);
    }
    return false;
  }
}

/** True when the process that holds the folder is gone. @param {string} path */
async function abandoned(path) {
  const holder = await readHolder(path) ?? (await pause(LOOK_AGAIN_MS), await readHolder(path));
  // A holder without a number was ended between its two steps.
  if (holder === undefined) return true;
  try {
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH";
  }
}

/** @param {string} path */
async function readHolder(path) {
  const text = await readFile(join(path, "pid"), "utf8").catch(() => "");
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
