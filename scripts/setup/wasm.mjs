// @ts-check
// A Rust compiler with the standard library for wasm32. On most machines rustup adds it to the one that is
// there; where rustup's servers cannot be reached, Debian's newer compiler takes its place for wasm only.
import { existsSync } from "node:fs";
import { Failure, ask, runStep } from "../run.mjs";
import { debianToolchain, installedDebianToolchain } from "./debian.mjs";

export const TARGET = "wasm32-unknown-unknown";

/**
 * @typedef {object} WasmToolchain
 * @property {string} version The compiler that it is, for keys of what it built.
 * @property {Record<string, string>} env What cargo needs in its environment to build for wasm with it.
 */

/** @returns {Promise<WasmToolchain>} */
export async function wasmToolchain() {
  if (hasTarget()) return defaultToolchain();
  const kept = installedDebianToolchain();
  if (kept) return kept;
  try {
    if (ask("rustup", ["--version"]) === undefined) throw new Failure("rustup was not found.");
    await runStep(`Rust's standard library for ${TARGET}`, "rustup", ["target", "add", TARGET], { timeoutMs: 300_000 });
    if (!hasTarget()) throw new Failure(`rustup added ${TARGET} to another toolchain than the active one.`);
    return defaultToolchain();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return debianToolchain(error.message);
  }
}

function hasTarget() {
  const folder = ask("rustc", ["--print", "target-libdir", "--target", TARGET]);
  return folder !== undefined && existsSync(folder);
}

function defaultToolchain() {
  return { version: ask("rustc", ["--version"]) ?? "", env: {} };
}
