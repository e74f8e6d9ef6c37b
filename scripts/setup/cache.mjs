// @ts-check
// What is built once for a person, not once for a checkout: kept by name and version under the user's cache folder.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../workspace.mjs";
import { alone } from "./lock.mjs";

export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "tallygate");

/**
 * The folder `name` of the cache, filled by `fill` if it is not there yet. It is filled under another name and
 * then renamed, so that it is either whole or missing, however the set-up ends.
 * @param {string} name
 * @param {(folder: string) => Promise<void>} fill
 */
export async function installOnce(name, fill) {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  return alone(join(CACHE, "locks", name), name, async () => {
    if (existsSync(folder)) return folder;
    const unfinished = `${folder}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await fill(unfinished);
    await rename(unfinished, folder);
    return folder;
  });
}

/** Writes a file of the cache, whole or not at all: other checkouts read it meanwhile. @param {string} file @param {string} text */
export function keepText(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

/** A lock that only this checkout's processes share. @param {string} name */
export function checkoutLock(name) {
  return join(CACHE, "locks", `${createHash("sha256").update(ROOT).digest("hex").slice(0, 12)}-${name}`);
}
