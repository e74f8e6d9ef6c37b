// @ts-check
// npm run build [-- function …]: compiles workers to WebAssembly, each into its `build/` folder. Also the build
// command of every wrangler.toml, so several may run at once. `DATABASE` names the one engine that they are built with; without
// it they have all (`build/engines.mjs`).
import { renameSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chosenEngines, featuresOf } from "./build/engines.mjs";
import { fingerprint, forget, isUpToDate, remember } from "./build/fingerprint.mjs";
import { keep, restore } from "./build/kept.mjs";
import { makePages } from "./build/pages.mjs";
import { chosenCatalog } from "./catalogs.mjs";
import { Progress, main, runStep } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { checkoutLock } from "./setup/cache.mjs";
import { alone } from "./setup/lock.mjs";
import { TARGET } from "./setup/wasm.mjs";
import { GATEWAY, ROOT, npmProgram, workerNamed, workers } from "./workspace.mjs";

/** wasm-opt and wasm-bindgen use one core each. */
const AT_ONCE = 2;

// For size, and without the names of functions (a fifth of the file; a panic's message has file and line
// anyway), which is why worker-build's own call of wasm-opt is not used: it keeps them. The features are the
// ones that it names: what rustc emits for this target, and the exceptions of wasm-bindgen's `catch`.
const WASM_OPT = [
  "-Oz", "--strip-debug", "--strip-producers",
  ...["mutable-globals", "sign-ext", "nontrapping-float-to-int", "bulk-memory", "multivalue", "reference-types", "exception-handling"]
    .map((feature) => `--enable-${feature}`),
];

/** @typedef {{ setup: import("./setup.mjs").Setup, engines: readonly import("./build/engines.mjs").Engine[] }} Manner */

/**
 * Builds those of the workers that are not up to date and returns how many that were.
 * @param {import("./workspace.mjs").Worker[]} wanted
 * @param {import("./setup.mjs").Setup} setup
 * @param {readonly import("./build/engines.mjs").Engine[]} engines
 */
export async function build(wanted, setup, engines = chosenEngines()) {
  if (wanted.some(({ name }) => name === GATEWAY.name)) await makePages(chosenCatalog());
  const manner = { setup, engines };
  const outdated = () => wanted.filter((worker) => !isUpToDate(worker, madeOf(worker, manner)));
  if (outdated().length === 0) return 0;
  return alone(checkoutLock("build"), "building the workers", async () => {
    // Asked again: another process may have built them while this one waited.
    const stale = outdated().filter((worker) => !restore(worker, madeOf(worker, manner)));
    if (stale.length === 0) return 0;
    // One cargo call for all that ask a database, so that what they share is compiled once and both cores have work.
    const asking = stale.filter(hasEngine);
    if (asking.length > 0) {
      await runStep(`Compiling ${inWords(asking)}`, "cargo",
        ["build", "--release", "--lib", "--target", TARGET, ...featuresOf(engines), ...asking.flatMap((worker) => ["-p", worker.crate])],
        { cwd: ROOT, env: setup.wasmEnv });
    }
    const progress = new Progress(`Bundling ${inWords(stale)}`);
    let bundled = 0;
    try {
      await eachOf(stale, AT_ONCE, async (worker) => {
        await bundle(worker, manner, progress);
        progress.counted = `${++bundled}/${stale.length}`;
      });
    } finally {
      progress.close();
    }
    progress.done();
    return stale.length;
  });
}

/**
 * From cargo's .wasm to what the runtime loads: bindings, one JavaScript file, a smaller .wasm.
 * @param {import("./workspace.mjs").Worker} worker
 * @param {Manner} manner
 * @param {Progress} progress
 */
async function bundle(worker, manner, progress) {
  const { setup, engines } = manner;
  const before = madeOf(worker, manner);
  const folder = join(ROOT, worker.folder);
  const output = join(folder, "build");
  // Half a build must not look like a whole one.
  forget(worker);
  const features = hasEngine(worker) ? featuresOf(engines) : [];
  await runStep(`Bundling ${worker.name}`, setup.workerBuild, ["--release", "--no-opt", ".", ...features], { cwd: folder, env: setup.wasmEnv, progress });
  await runStep(`Optimizing ${worker.name}`, npmProgram("wasm-opt"),
    [...WASM_OPT, "index_bg.wasm", "-o", "smaller.wasm"], { cwd: output, progress });
  // At once, as worker-build puts the rest in place: `wrangler dev` may be watching.
  renameSync(join(output, "smaller.wasm"), join(output, "index_bg.wasm"));
  // Sources that changed meanwhile are in the output or not: nobody knows, so it counts as outdated.
  if (madeOf(worker, manner) !== before) return;
  remember(worker, before);
  keep(worker, before);
}

/** Everything that a worker's output follows from, as one hash. @param {import("./workspace.mjs").Worker} worker @param {Manner} manner */
const madeOf = (worker, { setup, engines }) => fingerprint(worker, [...setup.versions, ...(hasEngine(worker) ? engines : [])]);

/** The gateway asks no database. @param {import("./workspace.mjs").Worker} worker */
const hasEngine = (worker) => worker.name !== GATEWAY.name;

/** @param {import("./workspace.mjs").Worker[]} list */
const inWords = (list) => (list.length === 1 ? list.map((worker) => worker.name).join() : `${list.length} workers`);

/**
 * @template T
 * @param {T[]} items
 * @param {number} atOnce
 * @param {(item: T) => Promise<void>} action
 */
async function eachOf(items, atOnce, action) {
  const waiting = [...items];
  const line = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await action(item);
  };
  await Promise.all(Array.from({ length: atOnce }, line));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    const names = process.argv.slice(2);
    const wanted = names.length === 0 ? workers() : names.map(workerNamed);
    const built = await build(wanted, await setUp());
    console.log(built === 0 ? `Up to date: ${wanted.map((worker) => worker.name).join(", ")}.` : `Built ${built} of ${wanted.length}.`);
  });
}
