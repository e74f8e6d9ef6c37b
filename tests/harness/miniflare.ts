// Miniflare, started with a third of the work.
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { dirname } from "node:path";
import { folderOfDatabases } from "./memory.ts";

/** Words of its own, and what stands in their place. A version that has other words is taken as it is. */
const CHANGES: readonly (readonly [own: string, ours: string])[] = [
  // It writes its configuration, with the code of every worker, into a buffer that is copied whole for each 4 KiB that it grows by.
  // Fifteen workers are fifteen megabytes, copied hundreds of times.
  ["var MIN_SINGLE_SEGMENT_GROWTH = 4096;", "var MIN_SINGLE_SEGMENT_GROWTH = 1 << 25;"],
  // Where a binding is wrapped it looks for circles in the configuration, byte by byte also in the code.
  ["function _isCyclic(value, seen = /* @__PURE__ */ new Set()) {", "$& if (ArrayBuffer.isView(value)) return false;"],
  // To each worker it adds two, each an isolate: one that takes the client's address from what the worker sends, and one that leads to a
  // cache. No function sends that header or has a use for a cache.
  ["stripCfConnectingIp: external_exports.boolean().default(true)", "stripCfConnectingIp: external_exports.boolean().default(false)"],
  ["`${CACHE_PLUGIN_NAME}:${workerIndex}`", "`${CACHE_PLUGIN_NAME}:0`"],
  // Where the databases are: to write through to a disk with each transaction takes a third of the processor's time.
  ["import_node_os10.default.tmpdir()", JSON.stringify(folderOfDatabases())],
  // It does not wait until they are removed, and what a process that ends leaves there is kept in memory.
  ["removeDir(this.#tmpPath, { fireAndForget: true })", "removeDirSync(this.#tmpPath)"],
];

/** What Node's loader does for a file, which its types do not tell of. */
interface Loaded extends NodeJS.Module {
  _compile(text: string, file: string): void;
}
const { _nodeModulePaths: foldersFrom } = Module as unknown as { _nodeModulePaths(folder: string): string[] };

/** As the CommonJS that it is: an `import` first reads all four megabytes for names, a third of what a suite's start costs. */
function loaded(): typeof import("miniflare") {
  const file = createRequire(import.meta.url).resolve("miniflare");
  const own = new Module(file) as Loaded;
  own.filename = file;
  own.paths = foldersFrom(dirname(file));
  own._compile(CHANGES.reduce((text, [words, ours]) => text.replace(words, ours), readFileSync(file, "utf8")), file);
  return own.exports as typeof import("miniflare");
}

export const { Log, LogLevel, Miniflare } = loaded();
