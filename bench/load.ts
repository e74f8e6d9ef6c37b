// Many at once, on D1 and on Postgres by both ways in the same run: a burst on one organization, and neighbours who share nothing. And, on
// Postgres, one after another with the database a hop away.
import { Cluster } from "../scripts/local/postgres/cluster.ts";
import { LocalD1 } from "../tests/harness/d1.ts";
import type { Database } from "../tests/harness/database.ts";
import { LocalHyperdrive } from "../tests/harness/hyperdrive.ts";
import { LocalPostgres } from "../tests/harness/postgres.ts";
import { PostgresDatabase } from "../tests/harness/postgres-database.ts";
import { DISTANCE } from "./latency.ts";
import { startSystem, type Reply, type System } from "../tests/harness/system.ts";
import { World, type Person } from "../tests/harness/world.ts";
import { bundled, nameOf } from "./peers/bundle.ts";

export const BURSTS = [50, 200];
export const NEIGHBOURS = 16;
const SUSTAINED_MS = 5_000;
/** How many are sent one after another. */
const IN_TURN = 100;

type Engine = "D1" | "Postgres, HTTP" | "Postgres, Hyperdrive";

const ENGINES: Record<Engine, (cluster: Cluster) => Promise<Database>> = {
  D1: async () => new LocalD1({}),
  "Postgres, HTTP": (cluster) => LocalPostgres.open({}, cluster),
  "Postgres, Hyperdrive": (cluster) => LocalHyperdrive.open({}, cluster),
};

export interface Load {
  engine: Engine;
  fn: string;
  what: string;
  /** Answered with success, a second. */
  rate: number;
  p50: number;
  p99: number;
  requests: number;
  refused: number;
  /** How often a batch was sent more than once. */
  again: number;
}

export async function loads(progress: (line: string) => void): Promise<Load[]> {
  const peer = nameOf("track-upload");
  const guests = { [peer]: await bundled("track-upload") };
  // What a server in production does: nothing is answered before it is on the disk.
  const cluster = await Cluster.start({ fsync: "on", full_page_writes: "on" });
  const results: Load[] = [];
  try {
    for (const engine of Object.keys(ENGINES) as Engine[]) {
      const database = await ENGINES[engine](cluster);
      const system = await startSystem({ database, guests });
      // The usual way speaks HTTP.
      const functions = engine === "Postgres, Hyperdrive" ? ["track-upload"] : ["track-upload", peer];
      try {
        for (const fn of functions) {
          for (const load of await ofEngine(system, database, engine, fn)) {
            results.push(load);
            progress(`${engine} ${fn}: ${load.what}: ${load.rate.toFixed(0)}/s, p99 ${load.p99.toFixed(0)} ms, ${load.refused} of ${load.requests} refused`);
          }
        }
      } finally {
        await system.close();
      }
    }
  } finally {
    await cluster.stop();
  }
  return results;
}

async function ofEngine(system: System, database: Database, engine: Engine, fn: string): Promise<Load[]> {
  const world = new World(system);
  const newcomer = () => world.individual({ plan: "professional", status: "active" });
  const upload = (who: Person): Promise<Timed> => timed(() => system.call(fn, { token: who.token, body: { uploadType: "rate_sheet" } }));
  // Connections are opened and code is compiled before anything is measured.
  const first = await newcomer();
  for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 20 }, () => upload(first)));

  const results: Load[] = [];
  if (database instanceof PostgresDatabase) results.push(await inTurn(database, engine, fn, () => upload(first)));
  for (const burst of BURSTS) {
    const who = await newcomer();
    const started = performance.now();
    const replies = await Promise.all(Array.from({ length: burst }, () => upload(who)));
    results.push(summary(engine, fn, `${burst} at once, one organization`, replies, performance.now() - started));
  }
  const people = await world.individuals(NEIGHBOURS, { plan: "professional", status: "active" });
  const started = performance.now();
  const replies: Timed[] = [];
  await Promise.all(people.map(async (who) => {
    while (performance.now() - started < SUSTAINED_MS) replies.push(await upload(who));
  }));
  results.push(summary(engine, fn, `${NEIGHBOURS} people of ${NEIGHBOURS} organizations`, replies, performance.now() - started));
  return results;
}

/** One after another, with the database a hop away. */
async function inTurn({ between }: PostgresDatabase, engine: Engine, fn: string, upload: () => Promise<Timed>): Promise<Load> {
  between.delay = [DISTANCE, DISTANCE];
  try {
    const started = performance.now();
    const replies: Timed[] = [];
    while (replies.length < IN_TURN) replies.push(await upload());
    return summary(engine, fn, `one after another, ${DISTANCE} ms away`, replies, performance.now() - started);
  } finally {
    between.delay = [0, 0];
  }
}

interface Timed {
  reply: Reply;
  milliseconds: number;
}

async function timed(send: () => Promise<Reply>): Promise<Timed> {
  const started = performance.now();
  const reply = await send();
  return { reply, milliseconds: performance.now() - started };
}

function summary(engine: Engine, fn: string, what: string, replies: Timed[], milliseconds: number): Load {
  const times = replies.map((each) => each.milliseconds).sort((one, two) => one - two);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const answered = replies.filter(({ reply }) => reply.status === 200).length;
  return {
    engine, fn, what, rate: answered / (milliseconds / 1_000), p50: at(0.5), p99: at(0.99), requests: replies.length,
    refused: replies.length - answered, again: replies.filter(({ reply }) => reply.cost?.tries !== undefined).length,
  };
}
