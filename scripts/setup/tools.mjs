// @ts-check
// The two programs that come from crates.io: worker-build, and wasm-bindgen in the very version that the
// workspace's Cargo.lock pins (they exchange a format that changes with every version).
import { join } from "node:path";
import { Failure, runStep } from "../run.mjs";
import { lockedVersion, npmProgram } from "../workspace.mjs";
import { installOnce } from "./cache.mjs";

/** They run for a tenth of a second a worker, so what counts is how long they take to compile. */
const QUICKLY = { CARGO_PROFILE_RELEASE_OPT_LEVEL: "1", CARGO_PROFILE_RELEASE_DEBUG: "0", CARGO_PROFILE_RELEASE_LTO: "off", CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16" };

/** Of the same release as the `worker` crate. */
const workerBuildVersion = () => lockedVersion("worker");

/**
 * The environment in which worker-build finds its tools instead of downloading others.
 * @returns {Promise<{ workerBuild: string, env: Record<string, string>, versions: string[] }>}
 */
export async function buildTools() {
  const workerBuild = await cargoTool("worker-build", "worker-build", workerBuildVersion());
  const wasmBindgen = await cargoTool("wasm-bindgen-cli", "wasm-bindgen", lockedVersion("wasm-bindgen"));
  return {
    workerBuild,
    env: { WASM_BINDGEN_BIN: wasmBindgen, WASM_OPT_BIN: npmProgram("wasm-opt"), ESBUILD_BIN: npmProgram("esbuild") },
    versions: [`worker-build ${workerBuildVersion()}`, `wasm-bindgen ${lockedVersion("wasm-bindgen")}`],
  };
}

/**
 * @param {string} crate
 * @param {string} program
 * @param {string} version
 */
async function cargoTool(crate, program, version) {
  const folder = await installOnce(`${crate}-${version}`, async (unfinished) => {
    /** @param {string[]} locked */
    const install = (...locked) => runStep(`${crate} ${version} (once for this user, some minutes)`, "cargo",
      ["install", ...locked, "--root", unfinished, "--version", version, "--bin", program, crate],
      { env: { ...process.env, ...QUICKLY }, advice: `Run "cargo install --version ${version} ${crate}" to see more; it needs crates.io and a C compiler (on Debian: apt-get install build-essential pkg-config libssl-dev).` });
    try {
      await install("--locked");
    } catch (error) {
      if (!(error instanceof Failure) || !error.message.includes("failed to select a version")) throw error;
      // A mirror of crates.io may lack the very newest versions, which the crate's own lock file can name.
      console.error(`The versions that ${crate} was released with cannot be had here; taking the newest that fit.`);
      await install();
    }
  });
  return join(folder, "bin", program);
}
