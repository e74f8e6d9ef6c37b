// Postgres behind an endpoint that speaks Neon's protocol, as the functions reach it; suites reach it directly.
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { Bridge } from "../../scripts/local/postgres/bridge.ts";
import { clusterOfTheRun, type Cluster } from "../../scripts/local/postgres/cluster.ts";
import type { Database, DatabaseOptions, Death, Row, Sleeper, Statement, Value } from "./database.ts";
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

export class LocalPostgres implements Database {
  readonly access: Database["access"];
  readonly workers: Database["workers"] = [];
  readonly cluster: Cluster;
  readonly bridge: Bridge;
  readonly #name: string;
  readonly #pool: pg.Pool;
  #seen: { transactions: string; checksum: string } | undefined;

  private constructor(cluster: Cluster, bridge: Bridge, name: string) {
    this.cluster = cluster;
    this.bridge = bridge;
    this.#name = name;
    this.access = { bindings: { DATABASE: "postgres", POSTGRES_URL: this.url(), CONSOLE_POSTGRES_URL: this.url("tallygate_console"), POSTGRES_HTTP_ENDPOINT: bridge.endpoint } };
    this.#pool = new pg.Pool({ connectionString: this.url("postgres"), max: 4, types: TYPES, allowExitOnIdle: true });
    this.#pool.on("error", () => undefined);
  }

  static async open({ delay, faults }: DatabaseOptions, cluster?: Cluster): Promise<LocalPostgres> {
    cluster ??= await clusterOfTheRun();
    const { host, port } = cluster;
    const bridge = await Bridge.start({ host, port, delay });
    bridge.faults.passing = faults ?? {};
    return new LocalPostgres(cluster, bridge.unref(), await cluster.createDatabase());
  }

  /** Where it is reached directly, as the functions' role or as another one; `postgres` is its administrator. */
  url(role?: string): string {
    return this.cluster.url(this.#name, role);
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
    return this.bridge.batches;
  }

  async tripsNear(): Promise<number> {
    return 0;
  }

  bookmark(): undefined {}

  async dieAfter(death: Death | undefined): Promise<void> {
    this.bridge.faults.death = death;
  }

  async sleepAfter(batches: number): Promise<Sleeper> {
    const { faults } = this.bridge;
    const wake = faults.sleepAfter(batches);
    return {
      fallsAsleep: async () => { while (!faults.isAsleep) await pause(5); },
      wake: async () => wake(),
    };
  }

  async close(): Promise<void> {
    await this.#pool.end();
    await this.bridge.close();
  }
}

/** `?` becomes `$1`, `$2` …, but not within a text. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/'(?:[^']|'')*'|\?/g, (token) => (token === "?" ? `$${++count}` : token));
}
