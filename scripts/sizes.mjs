// @ts-check
// npm run sizes [-- --check]: what each worker weighs, built for D1 and for Hyperdrive. A Worker's start-up time grows with it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "./build.mjs";
import { ENGINES } from "./build/engines.mjs";
import { Failure, main } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { ROOT, functions, workerNamed } from "./workspace.mjs";

/** @typedef {{ bytes: number, gzipped: number }} Size */

/** The functions that every product calls all the time, and what each may weigh in a deployment on D1, gzipped as wrangler does it (150 KiB). */
const FIRST_SIX = ["manage-session", "track-upload", "create-organization", "invite-user", "accept-invitation", "manage-members"];
const MOST_ON_D1 = 150 * 1024;

/** What a worker may weigh that is built with every engine, as the suites run it. */
const MOST = { bytes: 810_000, gzipped: 346_000 };
/** Those that speak to other companies, with Stripe's objects and their own actions; and those that count. */
const LARGER = new Map([
  ["billing", { bytes: 1_000_000, gzipped: 423_000 }],
  ["identity", { bytes: 992_000, gzipped: 406_000 }],
  ["scheduler", { bytes: 1_115_000, gzipped: 433_000 }],
  ["track-upload", { bytes: 840_000, gzipped: 346_000 }],
  // Signs and sends what it tries out.
  ["webhooks", { bytes: 883_000, gzipped: 370_000 }],
  // Many actions, each with its own forms.
  ["account", { bytes: 1_092_000, gzipped: 442_000 }],
  // Deletes people as `account` does, and takes messages in as `billing` does.
  ["console", { bytes: 1_266_000, gzipped: 465_000 }],
  ["track-usage", { bytes: 1_075_000, gzipped: 420_000 }],
]);

await main(async () => {
  const setup = await setUp();
  const isCheck = process.argv.includes("--check");
  try {
    if (isCheck) await check(setup);
    else await list(setup);
  } finally {
    // What the suites and local work run; it was kept.
    await build(functions(), setup, ENGINES);
  }
});

/** As a step of `npm test`, for which there is no time to build everything twice. @param {import("./setup.mjs").Setup} setup */
async function check(setup) {
  await build(functions(), setup, ENGINES);
  const withAll = functions().map(({ name }) => ({ name, size: measure(name), most: LARGER.get(name) ?? MOST }));
  print(["worker, with every engine", "wasm", "gzipped", "at most"], withAll.map(({ name, size, most }) =>
    [name, kilobytes(size.bytes), kilobytes(size.gzipped), `${kilobytes(most.bytes)}, ${kilobytes(most.gzipped)}`]));
  await build(FIRST_SIX.map(workerNamed), setup, ["d1"]);
  const onD1 = FIRST_SIX.map((name) => ({ name, size: measure(name) }));
  print(["worker, on D1", "gzipped", "at most"], onD1.map(({ name, size }) => [name, kilobytes(size.gzipped), kilobytes(MOST_ON_D1)]));
  const over = [
    ...withAll.filter(({ size, most }) => size.bytes > most.bytes || size.gzipped > most.gzipped).map(({ name }) => name),
    ...onD1.filter(({ size }) => size.gzipped > MOST_ON_D1).map(({ name }) => `${name} on D1`),
  ];
  if (over.length > 0) throw new Failure(`Over the limit: ${over.join(", ")}.`);
}

/** What is deployed, of each. @param {import("./setup.mjs").Setup} setup */
async function list(setup) {
  await build(functions(), setup, ["d1"]);
  const onD1 = new Map(functions().map(({ name }) => [name, measure(name)]));
  await build(functions(), setup, ["hyperdrive"]);
  const rows = functions().map(({ name }) => {
    const [before, size] = [onD1.get(name) ?? { bytes: 0, gzipped: 0 }, measure(name)];
    return [name, kilobytes(before.bytes), kilobytes(before.gzipped), kilobytes(size.bytes), kilobytes(size.gzipped), kilobytes(size.gzipped - before.gzipped)];
  });
  print(["worker", "D1: wasm", "gzipped", "Hyperdrive: wasm", "gzipped", "more for its client, gzipped"], rows);
}

/** @param {string} name Of a worker that is built. @returns {Size} */
function measure(name) {
  const wasm = readFileSync(join(ROOT, workerNamed(name).folder, "build/index_bg.wasm"));
  return { bytes: wasm.length, gzipped: gzipSync(wasm, { level: 9 }).length };
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** @param {string[]} head @param {string[][]} rows */
function print(head, rows) {
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {string[]} */ cells) => cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  console.log(`\n${[head, ...rows].map(line).join("\n")}`);
}
