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

/** The local database, as workers of a suite bind it. */
export const NAME = "tallygate";
/** D1 takes more in one call, but there is nothing to gain. */
const STATEMENTS_A_CALL = 500;

/** Out of reach, with an error or with what is none; done, but the answer is lost; the statement in the middle fails; no answer for half a minute. */
export type D1Fault = "unreachable" | "unreachable without a message" | "unreachable without a word" | "answer lost" | "middle fails" | "stalled";

/** What a primary with replicas answers. */
interface Replicated {
  results: { results: Row[]; meta: { changed_db: boolean } }[];
  bookmark: string;
}

/** A primary, its replicas, and what counts the calls. Delays: of a call to the primary, and to a replica. */
function replicated(lag: number, delays: [number, number]): Worker[] {
  return [
    {
      ...suiteWorker("replication"),
      compatibilityDate: "2026-04-01",
      d1Databases: { PRIMARY: NAME, LATE: `${NAME}-late`, ASKED: `${NAME}-asked` },
      durableObjects: { REPLICATION: "Replication" },
      bindings: { LAG: String(lag) },
      unsafeDirectSockets: [{ port: 0 }],
    },
    { ...suiteWorker("meter"), unsafeDirectSockets: [{ port: 0 }] },
    { ...suiteWorker("replicated-d1"), bindings: { DELAYS: delays }, serviceBindings: { METER: "meter", REPLICATION: "replication" } },
  ];
}

export class LocalD1 implements Database {
  readonly access: Database["access"];
  readonly workers: Worker[];
  #door = new URL("http://door.invalid");
  #meter = "";
  #counts = false;
  #isReplicated = false;
  #bookmark: string | undefined;

  constructor({ delay, counted = false, breakable = false, faults = {}, replicaLag, replicaDelay = 0 }: DatabaseOptions) {
    if (replicaLag !== undefined) {
      this.access = { wrappedBindings: { DB: "replicated-d1" }, bindings: { D1_REPLICAS: "on" } };
      this.workers = replicated(replicaLag, [delay?.[0] ?? 0, replicaDelay]);
      this.#isReplicated = true;
      return;
    }
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
    this.#door = await runtime.unsafeGetDirectURL(this.#isReplicated ? "replication" : "door");
    this.#meter = (await runtime.unsafeGetDirectURL("meter")).href;
    const schema = readFileSync(join(ROOT, "schema.sql"), "utf8");
    await this.#send([...splitStatements(schema), ...splitStatements(catalog)].map((sql) => ({ sql })), true);
  }

  batch(statements: Statement[]): Promise<Row[][]> {
    return this.#send(statements, false);
  }

  async #send(statements: Statement[], isEverywhere: boolean): Promise<Row[][]> {
    if (statements.length > STATEMENTS_A_CALL) {
      const first = await this.#send(statements.slice(0, STATEMENTS_A_CALL), isEverywhere);
      return first.concat(await this.#send(statements.slice(STATEMENTS_A_CALL), isEverywhere));
    }
    const body = Buffer.from(JSON.stringify(this.#isReplicated ? { statements, isEverywhere } : statements));
    const { text } = await exchange(this.#door, "POST", new Headers({ "content-length": String(body.length) }), body);
    const answer = JSON.parse(text) as { error: string } | { results: Row[][] } | Replicated;
    if ("error" in answer) throw new Error(`${answer.error}\n${statements.map(({ sql }) => sql).join(";\n").slice(0, 2_000)}`);
    if (!("bookmark" in answer)) return answer.results;
    // Of what a suite has only looked at nobody needs to know.
    if (answer.results.some(({ meta }) => meta.changed_db)) this.#bookmark = answer.bookmark;
    return answer.results.map(({ results }) => results);
  }

  bookmark(): string | undefined {
    return this.#bookmark;
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

  async tripsNear(): Promise<number> {
    return Number(await (await fetchOnce(`${this.#meter}near`)).text());
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
