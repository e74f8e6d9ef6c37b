// @ts-check
// npm run sizes [-- --check]: what each worker weighs. A Worker's start-up time grows with it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Failure, main } from "./run.mjs";
import { ROOT, workers } from "./workspace.mjs";

const MOST = { bytes: 555_000, gzipped: 224_000 };
/** Those that speak to other companies, with Stripe's objects and their own actions; and those that count. */
const LARGER = new Map([
  ["billing", { bytes: 738_000, gzipped: 297_000 }],
  ["identity", { bytes: 729_000, gzipped: 281_000 }],
  ["scheduler", { bytes: 755_000, gzipped: 272_000 }],
  ["track-upload", { bytes: 585_000, gzipped: 224_000 }],
  // Signs and sends what it tries out.
  ["webhooks", { bytes: 626_000, gzipped: 248_000 }],
  // Many actions, each with its own forms.
  ["account", { bytes: 810_000, gzipped: 310_000 }],
  // Deletes people as `account` does, and takes messages in as `billing` does.
  ["console", { bytes: 969_000, gzipped: 328_000 }],
  ["track-usage", { bytes: 797_000, gzipped: 292_000 }],
]);

await main(async () => {
  const sizes = workers().map((worker) => ({ name: worker.name, ...measure(worker) }));
  const width = Math.max(...sizes.map(({ name }) => name.length));
  console.log(`${"worker".padEnd(width)}  ${"wasm".padStart(8)}  ${"gzipped".padStart(8)}  at most`);
  for (const { name, bytes, gzipped } of sizes) {
    const most = LARGER.get(name) ?? MOST;
    console.log(`${name.padEnd(width)}  ${kilobytes(bytes)}  ${kilobytes(gzipped)}  ${kilobytes(most.bytes).trim()}, ${kilobytes(most.gzipped).trim()}`);
  }
  const over = sizes.filter(({ name, bytes, gzipped }) => {
    const most = LARGER.get(name) ?? MOST;
    return bytes > most.bytes || gzipped > most.gzipped;
  });
  if (process.argv.includes("--check") && over.length > 0) {
    throw new Failure(`Over the limit: ${over.map(({ name }) => name).join(", ")}.`);
  }
});

/** @param {import("./workspace.mjs").Worker} worker */
function measure(worker) {
  try {
    const wasm = readFileSync(join(ROOT, worker.folder, "build/index_bg.wasm"));
    return { bytes: wasm.length, gzipped: gzipSync(wasm, { level: 9 }).length };
  } catch {
    throw new Failure(`${worker.name} is not built yet: run "npm run build".`);
  }
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(8);
}
