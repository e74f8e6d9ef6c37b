// The built workers, as their wrangler.toml describes them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/workspace.mjs";

export { ROOT };

/** What the suites use of Miniflare's options for a worker. */
export interface Worker {
  name: string;
  compatibilityDate?: string;
  modules: true | { type: "ESModule" | "CompiledWasm"; path: string; contents?: string }[];
  modulesRoot?: string;
  script?: string;
  bindings?: Record<string, string | boolean | number[]>;
  d1Databases?: Record<string, string>;
  hyperdrives?: Record<string, string>;
  ratelimits?: Record<string, { simple: { limit: number; period: 10 | 60 } }>;
  serviceBindings?: Record<string, string>;
  durableObjects?: Record<string, string>;
  queueConsumers?: Record<string, { maxBatchSize: number; maxBatchTimeout: number; maxRetries?: number; deadLetterQueue?: string }>;
  queueProducers?: Record<string, string>;
  wrappedBindings?: Record<string, string>;
  unsafeDirectSockets?: { port: number }[];
  assets?: { workerName: string; directory: string; routerConfig: object; assetConfig?: object };
}

/** A function as the gateway serves it. */
export interface Served {
  /** The name in the address: `manage-session`. */
  name: string;
  /** The gateway's binding: `MANAGE_SESSION`. */
  binding: string;
  /** The worker behind it; two names may have the same one. */
  worker: string;
}

/** What the gateway's configuration binds. */
export function servedFunctions(): Served[] {
  const text = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
  return [...text.matchAll(/binding = "([^"]+)"\nservice = "tallygate-([^"]+)"/g)].map(([, binding = "", worker = ""]) => ({
    name: binding.toLowerCase().replaceAll("_", "-"),
    binding,
    worker,
  }));
}

/** A built worker: `gateway`, or a function by its folder. */
export function builtWorker(name: string): Worker {
  const config = name === "gateway" ? join(ROOT, "wrangler.toml") : join(ROOT, "functions", name, "wrangler.toml");
  const build = name === "gateway" ? join(ROOT, "gateway/build") : join(ROOT, "functions", name, "build");
  if (!existsSync(join(build, "index.js"))) throw new Error(`The worker ${name} is not built: npm run build -- ${name}`);
  return {
    name,
    compatibilityDate: /^compatibility_date = "([^"]+)"/m.exec(readFileSync(config, "utf8"))?.[1],
    modulesRoot: build,
    modules: [
      { type: "ESModule", path: join(build, "index.js") },
      { type: "CompiledWasm", path: join(build, "index_bg.wasm") },
    ],
  };
}

/** The same worker, at the moment that its binding `CLOCK` says. */
export function clocked(worker: Worker): Worker {
  return { ...behind(worker, { "clocked.js": ownFile("clocked") }), serviceBindings: { ...worker.serviceBindings, CLOCK: "clock" } };
}

/** The same; and what it draws follows from its name and from how often it has drawn. */
export function foreseen(worker: Worker): Worker {
  return behind(clocked(worker), { "foreseen.js": ownFile("foreseen"), "chance.js": ownFile("chance"), "name.js": `export default ${JSON.stringify(worker.name)};` });
}

/** A built worker behind modules of the suites' own, of which the first one is what the runtime calls. */
function behind(worker: Worker, files: Record<string, string>): Worker {
  const { modules, modulesRoot } = worker;
  if (modules === true || modulesRoot === undefined) throw new Error(`${worker.name} is no built worker`);
  const before = Object.entries(files).map(([name, contents]) => ({ type: "ESModule" as const, path: join(modulesRoot, name), contents }));
  return { ...worker, modules: [...before, ...modules] };
}

/** A worker of the suites' own, which stands in a file here. */
export function suiteWorker(name: string): Worker & { modules: true; script: string } {
  return { name, modules: true, script: ownFile(name) };
}

function ownFile(name: string): string {
  return readFileSync(new URL(`workers/${name}.js`, import.meta.url), "utf8");
}
