// @ts-check
// What this workspace's own crates were compiled to, kept for a user beside the crates of others: a fresh clone compiles what has
// another text by now, and no more.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../workspace.mjs";
import { CACHE } from "./cache.mjs";
import { FOLDERS, PROFILES, copy, isAnothers, shelf } from "./dependencies.mjs";
import { alone } from "./lock.mjs";

/** Where what is compiled stands, and what is compiled into it. A file that is elsewhere counts as another one. */
const SOURCES = ["Cargo.lock", "Cargo.toml", "catalogs", "functions", "gateway", "mails", "migrations", "schema.postgres.sql", "schema.sql", "scripts/catalog", "scripts/import-tool", "shared"];
const NOT_SOURCES = new Set(["build", "node_modules", ".wrangler"]);
const LIST = "sources.json";

/** @typedef {Record<string, { hash: string, at: number }>} Texts By their paths; `at`: when it was written, in milliseconds. */

/**
 * Puts them into a target folder that has none, and gives each file of the same text the time that it had: cargo goes by times.
 * @param {string[]} versions As `takeDependencies` has them.
 */
export async function takeOwnCrates(versions) {
  const kept = shelf(versions, "own");
  const known = await undisturbed(async () => {
    const texts = textsIn(kept);
    if (Object.keys(texts).length > 0) {
      for (const profile of PROFILES) if (existsSync(join(kept, profile))) copy(join(kept, profile), join(ROOT, "target", profile));
    }
    return texts;
  });
  for (const [path, { hash }] of Object.entries(textsHere())) {
    const then = known[path];
    if (then?.hash === hash) utimesSync(join(ROOT, path), then.at / 1000, then.at / 1000);
  }
}

/**
 * Keeps them for the next clone, unless they are kept.
 * @param {string[]} versions
 */
export async function keepOwnCrates(versions) {
  const kept = shelf(versions, "own");
  const texts = textsHere();
  await undisturbed(async () => {
    if (isSame(texts, textsIn(kept))) return;
    // One of them for a user, as there is a gigabyte of programs; without its list it is none.
    for (const name of existsSync(dirname(kept)) ? readdirSync(dirname(kept)) : []) rmSync(join(dirname(kept), name), { recursive: true, force: true });
    for (const profile of PROFILES) {
      for (const folder of FOLDERS) {
        const from = join(ROOT, "target", profile, folder);
        if (existsSync(from)) copy(from, join(kept, profile, folder), (name) => !isAnothers(folder, name));
      }
    }
    writeFileSync(join(kept, LIST), JSON.stringify(texts));
  });
}

/** While no other checkout takes or keeps them. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
const undisturbed = (work) => alone(join(CACHE, "locks", "own-crates"), "copying what was compiled", work);

/** @param {Texts} one @param {Texts} other */
function isSame(one, other) {
  const paths = Object.keys(one);
  return paths.length === Object.keys(other).length && paths.every((path) => one[path]?.hash === other[path]?.hash);
}

/** @param {string} kept @returns {Texts} */
function textsIn(kept) {
  try {
    return JSON.parse(readFileSync(join(kept, LIST), "utf8"));
  } catch {
    return {};
  }
}

/** @returns {Texts} */
function textsHere() {
  /** @type {Texts} */
  const texts = {};
  const add = (/** @type {string} */ path) => {
    const full = join(ROOT, path);
    const { mtimeMs, isFolder } = state(full);
    if (!isFolder) texts[path] = { hash: createHash("sha256").update(readFileSync(full)).digest("hex"), at: mtimeMs };
    else for (const name of readdirSync(full)) if (!NOT_SOURCES.has(name)) add(`${path}/${name}`);
  };
  SOURCES.forEach(add);
  return texts;
}

/** @param {string} path */
function state(path) {
  const found = statSync(path);
  return { mtimeMs: Math.floor(found.mtimeMs), isFolder: found.isDirectory() };
}
