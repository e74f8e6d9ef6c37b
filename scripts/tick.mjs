// @ts-check
// npm run tick -- <job>: runs one job of the scheduler now, on the local database, and prints what it did.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { build } from "./build.mjs";
import { LOCAL_NAME, STATE } from "./local/database.mjs";
import { jobs } from "./local/scheduler.mjs";
import { Failure, main } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { ROOT, workerNamed } from "./workspace.mjs";

await main(async () => {
  const [job, ...more] = process.argv.slice(2);
  if (job === undefined || more.length > 0 || !jobs().includes(job)) {
    throw new Failure(`Name one job: npm run tick -- <job>. There are: ${jobs().join(", ")}.`);
  }
  const worker = workerNamed("scheduler");
  await build([worker], await setUp());
  const lines = await run(join(ROOT, worker.folder), job);
  for (const line of lines) console.log(line);
  const reports = lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  if (reports.some(({ outcome }) => outcome === "failed")) throw new Failure(`${job} failed; what it says stands above.`);
  if (reports.some(({ outcome }) => outcome === "goes_on")) console.log(`There is more: the next minute goes on with it, or the same command.`);
});

/**
 * What the worker writes while it runs the job.
 * @param {string} folder
 * @param {string} job
 * @returns {Promise<string[]>}
 */
async function run(folder, job) {
  if (!existsSync(join(STATE, "v3/d1"))) throw new Failure("There is no local database yet: \"npm start\" makes it.");
  const { Log, LogLevel, Miniflare } = await import("miniflare");
  /** @type {string[]} */
  const lines = [];
  // Lines come through a pipe of their own: what is asked for last is written last.
  const end = randomUUID();
  /** @type {(value?: unknown) => void} */
  let heard = () => undefined;
  const isHeard = new Promise((resolve) => { heard = resolve; });
  const runtime = new Miniflare({
    name: "scheduler", cf: false, log: new Log(LogLevel.NONE), compatibilityDate: "2026-04-01",
    modulesRoot: join(folder, "build"),
    modules: [
      { type: "ESModule", path: join(folder, "build/index.js") },
      { type: "CompiledWasm", path: join(folder, "build/index_bg.wasm") },
    ],
    bindings: settings(join(folder, ".dev.vars")),
    d1Persist: join(STATE, "v3/d1"), d1Databases: { DB: LOCAL_NAME },
    handleRuntimeStdio: (/** @type {import("node:stream").Readable[]} */ ...streams) => {
      for (const stream of streams) {
        createInterface(stream).on("line", (line) => {
          if (line.includes(end)) heard();
          else if (line !== "") lines.push(line);
        });
      }
    },
  });
  try {
    const scheduler = /** @type {{ scheduled(event: { cron: string }): Promise<unknown> }} */ (/** @type {unknown} */ (await runtime.getWorker("scheduler")));
    await scheduler.scheduled({ cron: `job:${job}` });
    await scheduler.scheduled({ cron: end });
    await isHeard;
  } finally {
    await runtime.dispose();
  }
  return lines;
}

/** The settings of local work, where there are any. @param {string} file @returns {Record<string, string>} */
function settings(file) {
  if (!existsSync(file)) return {};
  return Object.fromEntries([...readFileSync(file, "utf8").matchAll(/^([A-Z0-9_]+)="([^"]*)"$/gm)].map(([, name = "", value = ""]) => [name, value]));
}
