// @ts-check
// Gets what is missing, in this order: what the machine must bring, npm packages, a compiler for wasm, the
// build tools. Where everything is there it takes a tenth of a second, so every script begins with it.
import { pathToFileURL } from "node:url";
import { main } from "./run.mjs";
import { installPackages } from "./setup/packages.mjs";
import { checkNode, checkRust } from "./setup/prerequisites.mjs";
import { buildTools } from "./setup/tools.mjs";
import { wasmToolchain } from "./setup/wasm.mjs";

/**
 * @typedef {object} Setup
 * @property {NodeJS.ProcessEnv} wasmEnv The environment for cargo and worker-build when they build for wasm.
 * @property {string} workerBuild
 * @property {string[]} versions What the output depends on besides its sources.
 */

/** @returns {Promise<Setup>} */
export async function setUp() {
  checkNode();
  checkRust();
  await installPackages();
  const toolchain = await wasmToolchain();
  const tools = await buildTools();
  return {
    // worker-build sets the last one itself; cargo must see the same when it is called without it, since
    // wasm-bindgen's macros read it while they expand.
    wasmEnv: { ...process.env, ...toolchain.env, ...tools.env, WASM_BINDGEN_USE_JS_SYS: "1" },
    workerBuild: tools.workerBuild,
    versions: [toolchain.version, ...tools.versions],
  };
}

/** For scripts that build nothing, which need no compiler either. */
export async function setUpPackages() {
  checkNode();
  await installPackages();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    await setUp();
    console.log("Everything is there. \"npm start\" runs it, \"npm test\" tests it.");
  });
}
