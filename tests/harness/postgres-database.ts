// A real Postgres under the functions, whichever way they reach it; suites reach it directly.
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Cluster } from "../../scripts/local/postgres/cluster.ts";
import type { Faults } from "../../scripts/local/postgres/fault.ts";
import type { Database, Death, Row, Sleeper, Statement, Value } from "./database.ts";
import { WHEN_TOLD } from "./when-told.ts";

/** Suites see what D1 gives: numbers, texts and null. */
const BOOLEAN = 16;
const NUMBERS = [20, 21, 23, 700, 701, 1700];
const TYPES = {
  getTypeParser: (type: number) => (text: string): Value => {
    if (type === BOOLEAN) return text === "t" ? 1 : 0;
    return NUMBERS.includes(type) ? Number(text) : text;
  },
} as unknown as pg.CustomTypesConfig;

/** What stands between the functions and Postgres: it counts what they ask, delays it, and lets things go wrong. */
export interface Between {
  readonly faults: Faults;
  /** How often they have asked. */
  readonly batches: number;
  /** How many transactions Postgres has refused because they met others. */
  readonly conflicts: number;
  /** Milliseconds, at least and at most, that each batch waits first. */
  delay: [number, number];
  /** Called when a batch is committed, before its answer leaves or is lost. */
  onBatch: (moment: "answered" | "lost") => Promise<void>;
  /** Breaks every connection, and lets nobody in any more. */
  kill(): Promise<void>;
  /** Lets them in again. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

export abstract class PostgresDatabase implements Database {
  abstract readonly access: Database["access"];
  readonly workers: Database["workers"] = [];
  abstract readonly between: Between;
  readonly cluster: Cluster;
  protected readonly name: string;
  readonly #pool: pg.Pool;
  #seen: { transactions: string; checksum: string } | undefined;

  protected constructor(cluster: Cluster, name: string) {
    this.cluster = cluster;
    this.name = name;
    this.#pool = new pg.Pool({ connectionString: this.url("postgres"), max: 4, types: TYPES, allowExitOnIdle: true });
    this.#pool.on("error", () => undefined);
  }

  /** Where it is reached directly, as the functions' role or as another one; `postgres` is its administrator. */
  url(role?: string): string {
    return this.cluster.url(this.name, role);
  }

  async prepare(_runtime: unknown, catalog: string): Promise<void> {
    await this.#pool.query(catalog);
  }

  async batch(statements: Statement[]): Promise<Row[][]> {
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      const results: Row[][] = [];
      for (const { sql, values = [] } of statements) results.push((await client.query<Row>(numbered(sql), values)).rows);
      await client.query("COMMIT");
      return results;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** As long as the same transactions are seen to have ended, the rows are the same, and are not read again: who only reads is none. */
  async state(): Promise<string> {
    // Asked for before the rows are read: whoever writes meanwhile makes the next one read them again.
    const [rows = []] = await this.batch([{ sql: "SELECT CAST(pg_current_snapshot() AS text) AS transactions" }]);
    const transactions = String(rows[0]?.["transactions"]);
    if (this.#seen?.transactions !== transactions) this.#seen = { transactions, checksum: await this.#checksum() };
    return this.#seen.checksum;
  }

  /** Made where the rows are: of each table their number and the sum of their hashes. */
  async #checksum(): Promise<string> {
    const { rows: tables } = await this.#pool.query<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename");
    const text = (name: string) => (name === "users" ? `CAST(to_jsonb(t)${WHEN_TOLD.map((column) => ` - '${column}'`).join("")} AS text)` : "CAST(t AS text)");
    const each = tables.map(({ name }) =>
      `SELECT '${name}' AS name, CAST(count(*) AS text) AS amount, CAST(sum(hashtextextended(${text(name)}, 0)) AS text) AS hashes FROM public.${name} t`);
    const { rows } = await this.#pool.query<{ name: string; amount: string; hashes: string }>(each.join(" UNION ALL "));
    return JSON.stringify(rows.map(({ name, amount, hashes }) => [name, amount, hashes]).sort());
  }

  async trips(): Promise<number> {
    return this.between.batches;
  }

  async tripsNear(): Promise<number> {
    return 0;
  }

  bookmark(): undefined {}

  async dieAfter(death: Death | undefined): Promise<void> {
    this.between.faults.death = death;
  }

  async sleepAfter(batches: number): Promise<Sleeper> {
    const { faults } = this.between;
    const wake = faults.sleepAfter(batches);
    return {
      fallsAsleep: async () => { while (!faults.isAsleep) await pause(5); },
      wake: async () => wake(),
    };
  }

  async close(): Promise<void> {
    await this.#pool.end();
    await this.between.close();
  }
}

/** `?` becomes `$1`, `$2` …, but not within a text. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/'(?:[^']|'')*'|\?/g, (token) => (token === "?" ? `$${++count}` : token));
}
