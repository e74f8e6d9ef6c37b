// The database under the functions. Suites see only this interface, so that every one of them runs on each engine:
// `TALLYGATE_TEST_ENGINE` names it, and for Postgres the way to it, too.
import type { Miniflare } from "miniflare";
import type { Cluster } from "../../scripts/local/postgres/cluster.ts";
import type { Worker } from "./built.ts";
import { LocalD1 } from "./d1.ts";
import { LocalHyperdrive } from "./hyperdrive.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { LocalPostgres } from "./postgres.ts";

export type Value = string | number | null;
export type Row = Record<string, Value>;
export interface Statement {
  /** In what SQLite and Postgres both accept, with `?` for the values. */
  sql: string;
  values?: Value[];
}

/** How often what goes wrong, each a share of all tries; of one batch never more than two tries in a row. */
export interface PassingFaults {
  /** Where the random faults begin; without it there are none. */
  seed?: number;
  /** Of each kind of error that the engine is known for. */
  errors?: number;
  /** Committed, but the answer does not come back. */
  lost?: number;
  stalls?: number;
  stallMs?: number;
  /** Every first answer is lost; sending the batch again must not change a row. For one request after another. */
  losesFirst?: boolean;
}

export interface DatabaseOptions {
  /** Milliseconds, at least and at most, that a call of a worker waits before it reaches the database. */
  delay?: [number, number];
  /** Count the calls that the workers make, for `trips()`. */
  counted?: boolean;
  /** Faults that pass by themselves. */
  faults?: PassingFaults;
  /** D1 alone, with read replicas (`D1_REPLICAS`): how many writes they are behind whoever brings no bookmark. */
  replicaLag?: number;
  /** Milliseconds that a call waits before it reaches a replica. */
  replicaDelay?: number;
  /** D1 alone: let the way to the database break, as `breakWith()` and `dieAfter()` say. */
  breakable?: boolean;
}

/** Of whoever calls the database: so many batches are done, and none after them, as if the caller were gone. */
export interface Death {
  left: number;
  /** The last batch that is done is not heard of. */
  isUnheard: boolean;
}

/** A batch that is held up. */
export interface Sleeper {
  /** Until it has come and sleeps. */
  fallsAsleep(): Promise<void>;
  wake(): Promise<void>;
}

export interface Database {
  /** What a worker has to be given to reach the database. */
  readonly access: Pick<Worker, "bindings" | "d1Databases" | "hyperdrives" | "wrappedBindings">;
  /** What the console is given in its place, where it has a role of its own by another way than settings. */
  readonly accessOfConsole?: Database["access"];
  /** Workers that have to stand beside the functions. */
  readonly workers: Worker[];
  /** Called when the runtime is up: makes the schema and loads the catalog. */
  prepare(runtime: Miniflare, catalog: string): Promise<void>;
  /** One transaction without any delay; the rows of each statement. */
  batch(statements: Statement[]): Promise<Row[][]>;
  /** The same as long as no row is added, removed or becomes another. */
  state(): Promise<string>;
  /** How often workers have called the database, however many statements each call had. */
  trips(): Promise<number>;
  /** How many of these a replica has answered. */
  tripsNear(): Promise<number>;
  /** The state that the suite's own statements have left behind, where the engine names states: it is nobody's but is for all. */
  bookmark(): string | undefined;
  /** How the workers die from now on; `undefined` brings them back. D1 has to be opened as `breakable`. */
  dieAfter(death: Death | undefined): Promise<void>;
  /** After so many batches one sleeps while those of others are done; opened as for `dieAfter()`. */
  sleepAfter(batches: number): Promise<Sleeper>;
  close(): Promise<void>;
}

/** Whose SQL it is. */
export type Engine = "d1" | "postgres";
const named = readName();
export const engine: Engine = named === "d1" ? "d1" : "postgres";

/** What a database is known for: each kind of error and lost answers at 5 % of all calls, and stalls. */
export const PASSING: PassingFaults = { seed: 20_261_127, errors: 0.05, lost: 0.05, stalls: 0.02, stallMs: 300 };

/**
 * By `TALLYGATE_TEST_FAULTS`, what any suite can be run with; budgets of trips and rows aside. With replicas that lag a suite must not
 * look for what somebody else has done in what may be older.
 */
const FAULTS: Record<string, DatabaseOptions> = {
  passing: { faults: PASSING },
  "lost-answers": { faults: { losesFirst: true } },
  "lagging-replica": { replicaLag: 2 },
};

/** Every read goes to a replica that is some writes old, unless it says what it has seen. */
export const replicasLag: boolean = process.env["TALLYGATE_TEST_FAULTS"] === "lagging-replica";

/** The most batches of a request that a replica would refuse: then the primary is asked, too. */
export const MOST_BATCHES_REFUSED = replicasLag ? 2 : 1;

export async function openDatabase(given: DatabaseOptions): Promise<Database> {
  const options = { ...given, ...FAULTS[process.env["TALLYGATE_TEST_FAULTS"] ?? ""] };
  switch (engine) {
    case "d1":
      return new LocalD1(options);
    case "postgres":
      return openPostgres(options);
  }
}

/** Whether Postgres is reached by a socket. */
export const isHyperdrive = named === "hyperdrive";

/** Postgres by the way that is named, over HTTP where none is. */
export function openPostgres(options: DatabaseOptions, cluster?: Cluster): Promise<PostgresDatabase> {
  return isHyperdrive ? LocalHyperdrive.open(options, cluster) : LocalPostgres.open(options, cluster);
}

function readName(): "d1" | "postgres" | "hyperdrive" {
  const name = process.env.TALLYGATE_TEST_ENGINE ?? "d1";
  if (name === "d1" || name === "postgres" || name === "hyperdrive") return name;
  throw new Error(`TALLYGATE_TEST_ENGINE is "${name}"; there are: d1, postgres, hyperdrive.`);
}
