// npm run bench [-- --postgres | --upload | --distances] [-- --write] [-- --requests N --rounds N]: times, trips and oversells, as tables; or
// only where an upload's time goes, or only what distance costs. It ends with an error when an action takes longer than it may.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { commandLine, whole } from "./command-line.ts";
import { distances, REPLICA_AWAY } from "./distances.ts";
import { latencies } from "./latency.ts";
import { loads } from "./load.ts";
import { oversells } from "./oversell.ts";
import { distanceTable, loadReport, MOST_RATIO, report, table } from "./report.ts";
import { uploadParts } from "./upload.ts";

const { values, requests, rounds } = await commandLine(() => {
  const { values } = parseArgs({
    options: {
      write: { type: "boolean", default: false },
      postgres: { type: "boolean", default: false },
      upload: { type: "boolean", default: false },
      distances: { type: "boolean", default: false },
      requests: { type: "string", default: "60" },
      rounds: { type: "string", default: "20" },
    },
  });
  return { values, requests: whole("requests", values.requests), rounds: whole("rounds", values.rounds) };
});
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

if (values.postgres) {
  const text = loadReport(await loads(progress));
  process.stdout.write(`\n${text}`);
  if (values.write) writeFileSync(new URL("LOAD.md", import.meta.url), text);
  process.exit();
}

if (values.upload) {
  const parts = await uploadParts(requests);
  process.stdout.write(`\n${table(["part", "ms"], parts.map(({ name, milliseconds }) => [name, milliseconds.toFixed(2)]))}\n`);
  process.exit();
}

if (values.distances) {
  const text = distanceTable(await distances(requests, progress));
  process.stdout.write(`\n${text}\n`);
  const told = `p50 in milliseconds of ${requests} requests each, from so far from the database, there and back; a replica is ${REPLICA_AWAY} ms from the worker. Each request is another
person's first one: somebody in a team asks a replica in vain then, and not for the five minutes that follow.`;
  if (values.write) putDistances(`${text}\n\n${told}`);
  process.exit();
}

const { functions, peers } = await latencies(requests, progress);
const results = {
  functions, peers, oversells: await oversells(rounds, progress), parts: await uploadParts(requests), distances: await distances(requests, progress), requests, rounds,
};
const text = report(results);
process.stdout.write(`\n${text}`);
if (values.write) writeFileSync(new URL("RESULTS.md", import.meta.url), text);

const slow = functions.filter(({ ratio }) => ratio > MOST_RATIO);
if (slow.length > 0) {
  progress(`\nSlower than ${MOST_RATIO} times one batch: ${slow.map(({ fn, action }) => `${fn} ${action}`).join(", ")}.`);
  process.exitCode = 1;
}

/** Into the map, in place of those that were measured before. */
function putDistances(text: string): void {
  const map = new URL("../docs/ARCHITECTURE.md", import.meta.url);
  writeFileSync(map, readFileSync(map, "utf8").replace(/(<!-- distances:[^\n]*-->\n)[^]*?(<!-- \/distances -->)/, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`));
}
