// D1 as Miniflare brings it: real SQLite in the real runtime. Suites reach it through a worker of their own, since
// Miniflare's proxy stops the whole process for every prepared statement.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Miniflare } from "miniflare";
import { splitStatements } from "../../scripts/local/sql.mjs";
import { ROOT, suiteWorker, type Worker } from "./built.ts";
import type { Database, DatabaseOptions, Death, Row, Sleeper, Statement } from "./database.ts";
import { exchange, fetchOnce } from "./reply.ts";
import { WHEN_TOLD } from "./when-told.ts";

const NAME = "tallygate";
/** D1 takes more in one call, but there is nothing to gain. */
const STATEMENTS_A_CALL = 500;

/** Out of reach; done, but the answer is lost; the statement in the middle fails; no answer for half a minute. */
export type D1Fault = "unreachable" | "answer lost" | "middle fails" | "stalled";

export class LocalD1 implements Database {
  readonly access: Database["access"];
  readonly workers: Worker[];
  #door = new URL("http://door.invalid");
  #meter = "";
  #counts = false;

  constructor({ delay, counted = false, breakable = false, faults = {} }: DatabaseOptions) {
    const wrapped = delay !== undefined || counted || breakable || Object.keys(faults).length > 0;
    this.access = wrapped ? { wrappedBindings: { DB: "distant-d1" } } : { d1Databases: { DB: NAME } };
    this.workers = [
      { ...suiteWorker("door"), d1Databases: { DB: NAME }, unsafeDirectSockets: [{ port: 0 }] },
      { ...suiteWorker("meter"), unsafeDirectSockets: [{ port: 0 }] },
    ];
    if (wrapped) {
      this.workers.push({
        ...suiteWorker("distant-d1"),
        d1Databases: { INNER: NAME },
        bindings: { DELAY: delay ?? [0, 0], COUNTED: counted, BREAKABLE: breakable, FAULTS: JSON.stringify(faults) },
        serviceBindings: { METER: "meter" },
      });
    }
  }

  async prepare(runtime: Miniflare, catalog: string): Promise<void> {
    this.#door = await runtime.unsafeGetDirectURL("door");
    this.#meter = (await runtime.unsafeGetDirectURL("meter")).href;
    const schema = readFileSync(join(ROOT, "schema.sql"), "utf8");
    await this.batch([...splitStatements(schema), ...splitStatements(catalog)].map((sql) => ({ sql })));
  }

  async batch(statements: Statement[]): Promise<Row[][]> {
    if (statements.length > STATEMENTS_A_CALL) {
      const first = await this.batch(statements.slice(0, STATEMENTS_A_CALL));
      return first.concat(await this.batch(statements.slice(STATEMENTS_A_CALL)));
    }
    const body = Buffer.from(JSON.stringify(statements));
    const { text } = await exchange(this.#door, "POST", new Headers({ "content-length": String(body.length) }), body);
    const answer = JSON.parse(text) as { error: string } | { results: Row[][] };
    if ("error" in answer) throw new Error(`${answer.error}\n${statements.map(({ sql }) => sql).join(";\n").slice(0, 2_000)}`);
    return answer.results;
  }

  /**
   * SQLite's own count grows with every call of D1, whether it writes or not, and to read all rows takes longer with each that a
   * suite makes: so triggers count, from the first time on that somebody asks.
   */
  async state(): Promise<string> {
    if (!this.#counts) await this.#countChanges();
    const [rows = []] = await this.batch([{ sql: "SELECT changes FROM suite_changes" }]);
    return String(rows[0]?.["changes"]);
  }

  /** From now on each row that is added, removed or becomes another is counted, and undone with its transaction. */
  async #countChanges(): Promise<void> {
    this.#counts = true;
    const [tables = []] = await this.batch([{
      sql: `SELECT found.name, group_concat('OLD."' || col.name || '"') AS former, group_concat('NEW."' || col.name || '"') AS latter
FROM sqlite_schema found, pragma_table_info(found.name) col
WHERE found.type = 'table' AND found.name NOT LIKE 'sqlite%' AND found.name NOT LIKE '!_cf%' ESCAPE '!'
  AND NOT (found.name = 'users' AND col.name IN (${WHEN_TOLD.map((column) => `'${column}'`).join(", ")})) GROUP BY found.name`,
    }]);
    const each = tables.flatMap(({ name, former, latter }) => [["INSERT", ""], ["DELETE", ""], ["UPDATE", `WHEN (${former}) IS NOT (${latter})`]].map(([event, when]) => ({
      sql: `CREATE TRIGGER suite_sees_${name}_${event} AFTER ${event} ON "${name}" ${when} BEGIN UPDATE suite_changes SET changes = changes + 1; END`,
    })));
    await this.batch([{ sql: "CREATE TABLE suite_changes (changes INTEGER NOT NULL)" }, { sql: "INSERT INTO suite_changes VALUES (0)" }, ...each]);
  }

  async trips(): Promise<number> {
    return Number(await (await fetchOnce(this.#meter)).text());
  }

  /** What happens to every batch from now on; `undefined` mends it. */
  async breakWith(fault: D1Fault | undefined): Promise<void> {
    await fetchOnce(this.#meter, { method: "PUT", body: fault ?? "" });
  }

  async dieAfter(death: Death | undefined): Promise<void> {
    await fetchOnce(this.#meter, { method: "PUT", body: death === undefined ? "" : JSON.stringify(death) });
  }

  async sleepAfter(batches: number): Promise<Sleeper> {
    await fetchOnce(this.#meter, { method: "PUT", body: JSON.stringify({ sleepsAfter: batches }) });
    return {
      fallsAsleep: async () => { while ((await (await fetchOnce(`${this.#meter}asleep`)).text()) !== "asleep") await pause(5); },
      wake: () => this.dieAfter(undefined),
    };
  }

  async close(): Promise<void> {}
}
