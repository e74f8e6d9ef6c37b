// The database under the functions. Suites see only this interface, so that every one of them runs on each engine:
// `TALLYGATE_TEST_ENGINE` names it.
import type { Miniflare } from "miniflare";
import type { Worker } from "./built.ts";
import { LocalD1 } from "./d1.ts";
import { LocalPostgres } from "./postgres.ts";

export type Value = string | number | null;
export type Row = Record<string, Value>;
export interface Statement {
  /** In what SQLite and Postgres both accept, with `?` for the values. */
  sql: string;
  values?: Value[];
}

export interface DatabaseOptions {
  /** Milliseconds, at least and at most, that a call of a worker waits before it reaches the database. */
  delay?: [number, number];
  /** Count the calls that the workers make, for `trips()`. */
  counted?: boolean;
  /** D1 alone: let the way to the database break, as `breakWith()` says. */
  breakable?: boolean;
}

export interface Database {
  /** What a worker has to be given to reach the database. */
  readonly access: Pick<Worker, "bindings" | "d1Databases" | "wrappedBindings">;
  /** Workers that have to stand beside the functions. */
  readonly workers: Worker[];
  /** Called when the runtime is up: makes the schema and loads the catalog. */
  prepare(runtime: Miniflare, catalog: string): Promise<void>;
  /** One transaction without any delay; the rows of each statement. */
  batch(statements: Statement[]): Promise<Row[][]>;
  tables(): Promise<string[]>;
  /** How often workers have called the database, however many statements each call had. */
  trips(): Promise<number>;
  close(): Promise<void>;
}

export type Engine = "d1" | "postgres";
export const engine: Engine = readEngine();

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  switch (engine) {
    case "d1":
      return new LocalD1(options);
    case "postgres":
      return LocalPostgres.open(options);
  }
}

function readEngine(): Engine {
  const name = process.env.TALLYGATE_TEST_ENGINE ?? "d1";
  if (name === "d1" || name === "postgres") return name;
  throw new Error(`TALLYGATE_TEST_ENGINE is "${name}"; there are: d1, postgres.`);
}
