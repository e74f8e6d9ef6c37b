// @ts-check
// What the scripts know about the checkout: where it is, which workers it has, which versions it is pinned to.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "./run.mjs";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @typedef {object} Worker
 * @property {string} name The function's name, or "gateway".
 * @property {string} crate Its cargo package.
 * @property {string} folder Its crate, relative to the root.
 * @property {string} config Its wrangler configuration, relative to the root.
 */

/** The functions: every folder of `functions/` that holds a worker. @returns {Worker[]} */
export function functions() {
  return readdirSync(join(ROOT, "functions")).sort()
    .map((name) => ({ name, crate: `tallygate-${name}`, folder: `functions/${name}`, config: `functions/${name}/wrangler.toml` }))
    .filter((worker) => existsSync(join(ROOT, worker.config)));
}

/** @type {Worker} */
export const GATEWAY = { name: "gateway", crate: "tallygate-gateway", folder: "gateway", config: "wrangler.toml" };

/** Every worker: the gateway first, since wrangler serves the first one to the outside. */
export const workers = () => [GATEWAY, ...functions()];

/** @param {string} name */
export function workerNamed(name) {
  const found = workers().find((worker) => worker.name === name);
  if (!found) throw new Failure(`There is no function "${name}". There are: ${workers().map((worker) => worker.name).join(", ")}.`);
  return found;
}

/** The version of a crate that Cargo.lock pins. @param {string} crate */
export function lockedVersion(crate) {
  const lock = readFileSync(join(ROOT, "Cargo.lock"), "utf8");
  const version = new RegExp(`\\[\\[package\\]\\]\\nname = "${crate}"\\nversion = "([^"]+)"`).exec(lock)?.[1];
  if (!version) throw new Failure(`Cargo.lock does not pin ${crate}: run "cargo generate-lockfile".`);
  return version;
}

/** The oldest Rust that the workspace compiles with. */
export function oldestRust() {
  const version = /^rust-version = "([\d.]+)"/m.exec(readFileSync(join(ROOT, "Cargo.toml"), "utf8"))?.[1];
  if (!version) throw new Failure("Cargo.toml names no rust-version.");
  return version;
}

/** A program that an npm package brings. @param {string} name */
export const npmProgram = (name) => join(ROOT, "node_modules", ".bin", name);
