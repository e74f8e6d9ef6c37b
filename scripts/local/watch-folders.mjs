// @ts-check
import { existsSync, readdirSync, watch } from "node:fs";
import { join } from "node:path";

/**
 * Tells of whatever changes in a folder and in those within it. Each is watched by itself: an editor puts another file in the place of
 * the one that it saves, which whoever watches the file would not see again.
 * @param {string} root
 * @param {() => void} tell
 */
export function watchFolders(root, tell) {
  /** @type {Map<string, import("node:fs").FSWatcher>} */
  const watched = new Map();
  const look = () => {
    for (const [folder, watcher] of watched) {
      if (existsSync(folder)) continue;
      watcher.close();
      watched.delete(folder);
    }
    for (const folder of [root, ...foldersIn(root)]) {
      if (!watched.has(folder)) watched.set(folder, watch(folder, { persistent: false }, changed));
    }
  };
  const changed = () => {
    try {
      look();
    } catch {
      // One that went at this moment is told of once more.
    }
    tell();
  };
  look();
}

/** @param {string} folder @returns {string[]} */
function foldersIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => join(folder, name)).flatMap((inner) => [inner, ...foldersIn(inner)]);
}
