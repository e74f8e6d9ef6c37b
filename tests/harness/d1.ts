// D1 as Miniflare brings it: real SQLite in the real runtime. Suites reach it through a worker of their own, since
// Miniflare's proxy stops the whole process for every prepared statement.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Miniflare } from "miniflare";
import { splitStatements } from "../../scripts/local/sql.mjs";
import { ROOT, type Worker } from "./built.ts";
import type { Database, DatabaseOptions, Row, Statement } from "./database.ts";


const NAME = "tallygate";
/** D1 takes more in one call, but there is nothing to gain. */
const STATEMENTS_A_CALL = 500;

/** Out of reach; done, but the answer is lost; the statement in the middle fails; no answer for half a minute. */
export type D1Fault = "unreachable" | "answer lost" | "middle fails" | "stalled";

export class LocalD1 implements Database {
  readonly access: Database["access"];
  readonly workers: Worker[];
  #door = "";
  #meter = "";

  constructor({ delay, counted = false, breakable = false, faults = {} }: DatabaseOptions) {
    const wrapped = delay !== undefined || counted || breakable || Object.keys(faults).length > 0;
    this.access = wrapped ? { wrappedBindings: { DB: "distant-d1" } } : { d1Databases: { DB: NAME } };
    this.workers = [
      { ...builtIn("door"), d1Databases: { DB: NAME }, unsafeDirectSockets: [{ port: 0 }] },
      { ...builtIn("meter"), unsafeDirectSockets: [{ port: 0 }] },
    ];
    if (wrapped) {
      this.workers.push({
        ...builtIn("distant-d1"),
        d1Databases: { INNER: NAME },
        bindings: { DELAY: delay ?? [0, 0], COUNTED: counted, BREAKABLE: breakable, FAULTS: JSON.stringify(faults) },
        serviceBindings: { METER: "meter" },
      });
    }
  }

  async prepare(runtime: Miniflare, catalog: string): Promise<void> {
    this.#door = (await runtime.unsafeGetDirectURL("door")).href;
    this.#meter = (await runtime.unsafeGetDirectURL("meter")).href;
    const schema = readFileSync(join(ROOT, "schema.sql"), "utf8");
    await this.batch([...splitStatements(schema), ...splitStatements(catalog)].map((sql) => ({ sql })));
  }

  async batch(statements: Statement[]): Promise<Row[][]> {
    if (statements.length > STATEMENTS_A_CALL) {
      const first = await this.batch(statements.slice(0, STATEMENTS_A_CALL));
      return first.concat(await this.batch(statements.slice(STATEMENTS_A_CALL)));
    }
    const reply = await fetch(this.#door, { method: "POST", body: JSON.stringify(statements) });
    const answer = (await reply.json()) as { error: string } | { results: Row[][] };
    if ("error" in answer) throw new Error(`${answer.error}\n${statements.map(({ sql }) => sql).join(";\n").slice(0, 2_000)}`);
    return answer.results;
  }

  async tables(): Promise<string[]> {
    const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '!_cf%' ESCAPE '!' ORDER BY name";
    const [rows = []] = await this.batch([{ sql }]);
    return rows.map(({ name }) => String(name));
  }

  async trips(): Promise<number> {
    return Number(await (await fetch(this.#meter)).text());
  }

  /** What happens to every batch from now on; `undefined` mends it. */
  async breakWith(fault: D1Fault | undefined): Promise<void> {
    await fetch(this.#meter, { method: "PUT", body: fault ?? "" });
  }

  async close(): Promise<void> {}
}

function builtIn(name: string): { name: string; modules: true; script: string } {
  return { name, modules: true, script: readFileSync(new URL(`workers/${name}.js`, import.meta.url), "utf8") };
}
