// Fifty requests at once for what is left: how often it is sold, by the functions and by their peers.
import { startSystem, type Reply, type System } from "../tests/harness/system.ts";
import { World, type Person } from "../tests/harness/world.ts";
import { bundled, nameOf } from "./peers/bundle.ts";

export const AT_ONCE = 50;
export const DISTANCES: [number, number] = [5, 15];

export interface Oversell {
  race: string;
  who: string;
  /** What there was for all of a round's requests. */
  left: number;
  /** What was given away, a number for each round. */
  sold: number[];
}

export async function oversells(rounds: number, progress: (line: string) => void): Promise<Oversell[]> {
  const system = await startSystem({
    delay: DISTANCES,
    guests: { [nameOf("accept-invitation")]: await bundled("accept-invitation"), [nameOf("track-upload")]: await bundled("track-upload") },
  });
  try {
    const results: Oversell[] = [];
    for (const host of ["accept-invitation", nameOf("accept-invitation")]) {
      results.push({ race: "the last seat", who: host, left: 1, sold: await repeated(rounds, () => lastSeat(system, host)) });
      progress(summary(results.at(-1)));
    }
    for (const host of ["track-upload", nameOf("track-upload")]) {
      results.push({ race: "uploads at 90 of 100", who: host, left: 10, sold: await repeated(rounds, () => lastUploads(system, host)) });
      progress(summary(results.at(-1)));
    }
    return results;
  } finally {
    await system.close();
  }
}

/** How many members more there are than there were, when there was one seat. */
export async function lastSeat(system: System, host: string): Promise<number> {
  const world = new World(system);
  const guests = await world.individuals(AT_ONCE);
  const team = await world.team({ members: { member: 8 } });
  const sent = await world.invitations(guests.map(({ email }) => ({ organizationId: team.id, invitedBy: team.owner, email })));
  await atOnce((place) => system.call(host, { body: { token: sent[place]?.token }, token: guests[place]?.token }));
  const [row] = await system.sql("SELECT COUNT(*) AS amount FROM organization_members WHERE organization_id = ?", team.id);
  return Number(row?.["amount"]) - 9;
}

/** How many uploads were counted, when there were ten. */
async function lastUploads(system: System, host: string): Promise<number> {
  const world = new World(system);
  const person: Person = await world.individual();
  await world.uploads(person.organizationId, 90);
  await atOnce(() => system.call(host, { body: { uploadType: "rate_sheet" }, token: person.token }));
  const [row] = await system.sql("SELECT quantity FROM usage_counters WHERE organization_id = ? AND period_start <> 0", person.organizationId);
  return Number(row?.["quantity"]) - 90;
}

async function repeated(rounds: number, round: () => Promise<number>): Promise<number[]> {
  const results: number[] = [];
  while (results.length < rounds) results.push(await round());
  return results;
}

const atOnce = (request: (place: number) => Promise<Reply>): Promise<Reply[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, place) => request(place)));

function summary(result: Oversell | undefined): string {
  return result === undefined ? "" : `${result.who}, ${result.race}: ${Math.min(...result.sold)} to ${Math.max(...result.sold)} of ${result.left}`;
}
