// Many at once, on D1 and on Postgres in the same run: a burst on one organization, and neighbours who share nothing.
import { Cluster } from "../scripts/local/postgres/cluster.ts";
import { LocalD1 } from "../tests/harness/d1.ts";
import { LocalPostgres } from "../tests/harness/postgres.ts";
import { startSystem, type Reply, type System } from "../tests/harness/system.ts";
import { World, type Person } from "../tests/harness/world.ts";
import { bundled, nameOf } from "./peers/bundle.ts";

export const BURSTS = [50, 200];
export const NEIGHBOURS = 16;
const SUSTAINED_MS = 5_000;

export interface Load {
  engine: "D1" | "Postgres";
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
    for (const engine of ["D1", "Postgres"] as const) {
      const database = engine === "D1" ? new LocalD1({}) : await LocalPostgres.open({}, cluster);
      const system = await startSystem({ database, guests });
      try {
        for (const fn of ["track-upload", peer]) {
          for (const load of await ofEngine(system, engine, fn)) {
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

async function ofEngine(system: System, engine: Load["engine"], fn: string): Promise<Load[]> {
  const world = new World(system);
  const newcomer = () => world.individual({ plan: "professional", status: "active" });
  const upload = (who: Person): Promise<Timed> => timed(() => system.call(fn, { token: who.token, body: { uploadType: "rate_sheet" } }));
  // Connections are opened and code is compiled before anything is measured.
  const first = await newcomer();
  for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 20 }, () => upload(first)));

  const results: Load[] = [];
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

interface Timed {
  reply: Reply;
  milliseconds: number;
}

async function timed(send: () => Promise<Reply>): Promise<Timed> {
  const started = performance.now();
  const reply = await send();
  return { reply, milliseconds: performance.now() - started };
}

function summary(engine: Load["engine"], fn: string, what: string, replies: Timed[], milliseconds: number): Load {
  const times = replies.map((each) => each.milliseconds).sort((one, two) => one - two);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const answered = replies.filter(({ reply }) => reply.status === 200).length;
  return {
    engine, fn, what, rate: answered / (milliseconds / 1_000), p50: at(0.5), p99: at(0.99), requests: replies.length,
    refused: replies.length - answered, again: replies.filter(({ reply }) => reply.cost?.tries !== undefined).length,
  };
}
