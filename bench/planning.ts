// node --import tsx bench/planning.ts ["track-upload: count" …] [--write]: what Postgres needs to plan and to run each statement of a request.
// The statements are those that the built functions send, run again and again in transactions that are rolled back.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import pg from "pg";
import type { ArrivedBatch } from "../scripts/local/postgres/bridge.ts";
import { inOneFlight } from "../scripts/local/postgres/pipeline.ts";
import { ACTIONS, type Action } from "../tests/harness/actions.ts";
import { LocalPostgres } from "../tests/harness/postgres.ts";
import { startSystem, type System } from "../tests/harness/system.ts";
import { World } from "../tests/harness/world.ts";
import { commandLine } from "./command-line.ts";

/** The first ones fill the caches of a connection: of its catalog, and of the plans of its functions. */
const WARM_UP = 20;
const RUNS = 40;
/** What is longer is kept. */
const LONGEST_AS_TEXT = 60;
const USUAL = ["track-upload: count", "track-usage: track", "manage-session: heartbeat"];

interface Cost {
  planning: number;
  execution: number;
}

/** What EXPLAIN says of a statement, in milliseconds. */
interface Explained {
  "Planning Time": number;
  "Execution Time": number;
}

const { values: { write }, positionals } = await commandLine(() => parseArgs({ allowPositionals: true, options: { write: { type: "boolean", default: false } } }));
const names = positionals.length > 0 ? positionals : USUAL;
const database = await LocalPostgres.open({});
const system = await startSystem({ database });
const client = new pg.Client({ connectionString: database.url() });
try {
  await client.connect();
  const { rows: [server] } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const world = new World(system);
  const sections: string[] = [];
  for (const name of names) {
    const action = actionNamed(name);
    const asText = await sent(system, world, action);
    const kept = await keptOf(system, world, action);
    sections.push(section(name, asText, await explained(kept), [await whole(asText, server?.pid), await whole(kept, server?.pid)]));
  }
  const text = report(sections);
  process.stdout.write(text);
  if (write) writeFileSync(new URL("PLANNING.md", import.meta.url), text);
} finally {
  await client.end();
  await system.close();
}

function actionNamed(name: string): Action {
  const action = ACTIONS.find(({ fn, name: own }) => `${fn}: ${own}` === name);
  if (action === undefined) throw new Error(`There is no action "${name}"; there are: ${ACTIONS.map(({ fn, name: own }) => `${fn}: ${own}`).join(", ")}.`);
  return action;
}

/** The batch of a request, which is taken away on its way: what it changes is never there. */
async function sent(system: System, world: World, { fn, ask }: Action): Promise<ArrivedBatch> {
  const prepared = await ask(world);
  const batches: ArrivedBatch[] = [];
  database.bridge.onArrival = (batch) => batches.push(batch) > 0;
  try {
    await system.call(fn, prepared);
  } finally {
    database.bridge.onArrival = () => false;
  }
  const [batch] = batches;
  if (batch === undefined) throw new Error(`${fn} has sent no batch.`);
  return batch;
}

/** The same once its statements are kept, which happens while nobody waits. */
async function keptOf(system: System, world: World, action: Action): Promise<ArrivedBatch> {
  for (let tries = 0; tries < 100; tries += 1) {
    await system.call(action.fn, await action.ask(world));
    const batch = await sent(system, world, action);
    if (batch.statements.every(({ text }) => text.startsWith("SELECT tallygate_") || text.length <= LONGEST_AS_TEXT)) return batch;
  }
  throw new Error(`The statements of ${action.name} are not kept.`);
}

/** Of each statement the medians over all runs. */
async function explained({ begin, statements }: ArrivedBatch): Promise<Cost[]> {
  const runs: Explained[][] = [];
  for (let run = -WARM_UP; run < RUNS; run += 1) {
    const costs: Explained[] = [];
    await client.query(begin);
    for (const { text, values } of statements) {
      // Looking at the clock at each row would be a good part of what is measured.
      const { rows: [row] } = await client.query<{ "QUERY PLAN": [Explained] }>(`EXPLAIN (ANALYZE, SUMMARY, TIMING OFF, FORMAT JSON) ${text}`, values);
      if (row !== undefined) costs.push(row["QUERY PLAN"][0]);
    }
    await client.query("ROLLBACK");
    if (run >= 0) runs.push(costs);
  }
  return statements.map((_, place) => ({
    planning: median(runs.map((costs) => costs[place]?.["Planning Time"] ?? NaN)),
    execution: median(runs.map((costs) => costs[place]?.["Execution Time"] ?? NaN)),
  }));
}

/**
 * What the whole batch takes the server, parsing and all: of its process's own time, which a busy machine changes least; on the
 * clock where the system does not tell.
 */
async function whole({ begin, statements }: ArrivedBatch, pid = 0): Promise<number> {
  const times: number[] = [];
  const flight = [{ text: begin, values: [] }, ...statements, { text: "ROLLBACK", values: [] }];
  for (let run = -WARM_UP; run < RUNS; run += 1) {
    const started = spent(pid);
    await inOneFlight(client as unknown as pg.PoolClient, flight);
    if (run >= 0) times.push(spent(pid) - started);
  }
  return median(times);
}

/** Milliseconds that a process has run so far, by Linux's count. */
function spent(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** What a statement is about, for who reads the table. */
function nameOf(sql: string): string {
  if (sql.includes("FOR NO KEY UPDATE")) return `locks ${/FROM (\w+)/.exec(sql)?.[1]}`;
  const written = /^(INSERT INTO|UPDATE|DELETE FROM) (\w+)/m.exec(sql);
  if (written !== null) return `${written[1]} ${written[2]}`;
  const called = /^SELECT (tallygate_\w+)\(/.exec(sql);
  if (called !== null) return `${called[1]}()`;
  const steps = new Set([...sql.matchAll(/(\w+) AS (?:MATERIALIZED )?\(/g)].map(([, step]) => step));
  const tables = [...sql.matchAll(/(?:FROM|JOIN) (\w+)/g)].map(([, table]) => table).filter((table) => !steps.has(table));
  return `reads ${[...new Set(tables)].join(", ") || "what is kept"}`;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function section(name: string, { statements }: ArrivedBatch, costs: Cost[], [asText, kept]: [number, number]): string {
  const planning = costs.reduce((sum, cost) => sum + cost.planning, 0);
  const execution = costs.reduce((sum, cost) => sum + cost.execution, 0);
  const named = costs.map((cost, place) => ({ name: nameOf(statements[place]?.text ?? ""), ...cost }));
  const rows = [...named, { name: "**together**", planning, execution }];
  const lines = rows.map((cost) => `| ${cost.name} | ${cost.planning.toFixed(3)} | ${cost.execution.toFixed(3)} | ${(cost.planning + cost.execution).toFixed(3)} |`);
  return `## ${name}

| statement | planning ms | execution ms | both |
|---|---:|---:|---:|
${lines.join("\n")}

The whole batch, sent at once: ${kept.toFixed(2)} ms of the server's own time, parsing and what EXPLAIN leaves out included; ${asText.toFixed(2)} ms where nothing is kept.
`;
}

function report(sections: string[]): string {
  return `# Planning on Postgres

Made by \`node --import tsx bench/planning.ts --write\`: the statements that the built functions send, in transactions that are rolled
back, by EXPLAIN (ANALYZE, SUMMARY, TIMING OFF) on a connection whose caches are warm. Medians of ${RUNS} runs, in milliseconds. Longer
statements are kept by Postgres as functions (\`shared/src/store/postgres/kept.rs\`).

${sections.join("\n")}`;
}
