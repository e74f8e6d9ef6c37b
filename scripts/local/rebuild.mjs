// @ts-check
// Builds again what changes while it is served; wrangler serves what is new in a worker's `build/`. Wrangler's own build commands
// would do the same, but it begins with each of them twice, which takes longer than the rest of a start.
import { join } from "node:path";
import { build } from "../build.mjs";
import { ENGINES } from "../build/engines.mjs";
import { Failure } from "../run.mjs";
import { ROOT, functions, workers } from "../workspace.mjs";
import { watchFolders } from "./watch-folders.mjs";

/** @typedef {import("../workspace.mjs").Worker} Worker */

/**
 * From now on, for as long as the process has something else to do.
 * @param {import("../setup.mjs").Setup} setup
 */
export function rebuildWhatChanges(setup) {
  /** @type {Set<Worker>} */
  const changed = new Set();
  let isBuilding = false;
  const rebuild = async () => {
    if (isBuilding) return;
    isBuilding = true;
    while (changed.size > 0) {
      const wanted = [...changed];
      changed.clear();
      // What does not compile is told, and built again with the next change.
      await build(wanted, setup, ENGINES).catch((error) => console.error(error instanceof Failure ? error.message : error));
    }
    isBuilding = false;
  };
  const follow = (/** @type {string} */ folder, /** @type {Worker[]} */ made) => watchFolders(join(ROOT, folder), () => {
    for (const worker of made) changed.add(worker);
    void rebuild();
  });
  const [all, ofShared] = [workers(), functions()];
  for (const worker of all) follow(`${worker.folder}/src`, [worker]);
  follow("shared/src", ofShared);
  // What has changed since they were built for this start.
  for (const worker of all) changed.add(worker);
  void rebuild();
}
