// The results as tables, for the terminal and for RESULTS.md alike.
import { AWAY, REPLICA_AWAY, type Distant } from "./distances.ts";
import { AT_ONCE, DISTANCES, type Oversell } from "./oversell.ts";
import { DISTANCE, type Timing } from "./latency.ts";
import type { Load } from "./load.ts";
import type { Part } from "./upload.ts";

/** What the times of every action must stay within. */
export const MOST_RATIO = 1.3;

export interface Results {
  functions: Timing[];
  peers: Timing[];
  oversells: Oversell[];
  parts: Part[];
  distances: Distant[];
  requests: number;
  rounds: number;
}

export function report({ functions, peers, oversells, parts, distances, requests, rounds }: Results): string {
  return `# Results

Made by \`npm run bench -- --write\`. Every call of the database waits before it is passed on, as if the database were a
network hop away. Figures of one machine: compare them with each other, not with those of another one.

## Time a request

${DISTANCE} ms in front of every call of the database, ${requests} requests of each action one after another, in turns with a worker that
does nothing but one batch with \`SELECT 1\` behind the same gateway. Ratio: p50 as a multiple of that worker's; the limit is ${MOST_RATIO}. Bare: p50
where nothing is delayed; direct: the same without the gateway, as on a zone of one's own.

${table(TIMINGS, functions.map(timingRow))}

## Where an upload's time goes

Nothing delayed, no gateway: the worker, the local D1 and whoever asks share one machine. A part is the difference of the p50 of requests that
end at different places, measured in turns.

${table(["part", "ms"], parts.map(({ name, milliseconds }) => [name, milliseconds.toFixed(2)]))}

## From ${AWAY.join(", ")} milliseconds away

p50 in milliseconds of what somebody waits who is so far from the database, there and back, without the gateway. A replica is ${REPLICA_AWAY} ms
from the worker. Smart placement puts the worker near the database: then the request itself makes the way.

${distanceTable(distances)}

## The same, written the usual way

Straightforward TypeScript functions for the same two requests, in \`bench/peers/\`: they read, decide in code, and write, one
query after another.

${table(TIMINGS, peers.map(timingRow))}

## What is sold when ${AT_ONCE} ask at once

${rounds} rounds of ${AT_ONCE} requests at once, ${DISTANCES.join("–")} ms of random delay in front of every call of the database. Sold: the least and the most of
all rounds. Oversold: the rounds in which more was given away than there was.

${table(["what is left", "function", "left", "sold", "oversold"], oversells.map(oversellRow))}
`;
}

export function loadReport(loads: Load[]): string {
  const row = ({ engine, fn, what, rate, p50, p99, requests, refused, again }: Load): string[] => [
    engine, fn.startsWith("usual-") ? `\`${fn.slice("usual-".length)}\`, the usual way` : `\`${fn}\``, what, rate.toFixed(0), p50.toFixed(0),
    p99.toFixed(0), `${refused} of ${requests}`, String(again),
  ];
  return `# Under load

Made by \`npm run bench -- --postgres --write\`: uploads over HTTP through the gateway, nothing delayed but where it says so. Postgres writes to the disk before
it answers (fsync on); the local D1 does not. Both ways to Postgres lead to the same server, through 20 connections each. Client, workers and database share one machine's cores, so compare the lines
with each other. Again: requests whose batch was sent more than once.

${table(["engine", "function", "what", "a second", "p50 ms", "p99 ms", "refused", "again"], loads.map(row))}
`;
}

const TIMINGS = ["function", "action", "trips", "p50 ms", "p95 ms", "ratio", "bare ms", "direct ms"];

function timingRow({ fn, action, trips, p50, p95, ratio, bare, direct }: Timing): string[] {
  return [`\`${fn}\``, action, String(trips), p50.toFixed(1), p95.toFixed(1), ratio.toFixed(2), bare.toFixed(2), direct.toFixed(2)];
}

export function distanceTable(distances: Distant[]): string {
  const rows = distances.map(({ what, way, times }) => [what, way, ...times.map((time) => time.toFixed(0))]);
  return table(["request", "way", ...AWAY.map((away) => `${away} ms`)], rows);
}

function oversellRow({ race, who, left, sold }: Oversell): string[] {
  const [least, most] = [Math.min(...sold), Math.max(...sold)];
  const peer = who.startsWith("usual-");
  return [
    race,
    peer ? `\`${who.slice("usual-".length)}\`, the usual way` : `\`${who}\``,
    String(left),
    least === most ? String(least) : `${least}–${most}`,
    `${sold.filter((amount) => amount > left).length} of ${sold.length}`,
  ];
}

export function table(head: string[], rows: string[][]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map((_, column) => rows.every((row) => /^[\d.–]+$/.test(row[column] ?? "")));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (isNumber[column] ? `${"-".repeat(width + 1)}:` : "-".repeat(width + 2))).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
