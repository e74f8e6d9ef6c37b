// All tables as they were at a moment, to be compared with and to be put back.
import { engine } from "./database.ts";
import type { Row, Statement, System } from "./system.ts";

/** The rows of each table, as texts in order. */
export type Tables = Map<string, string[]>;

const PREFIX = "kept_";
const TABLES = {
  d1: `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '!_cf%' ESCAPE '!' AND name NOT LIKE '${PREFIX}%' ORDER BY name`,
  postgres: `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '${PREFIX}%' ORDER BY tablename`,
};

export class KeptTables {
  readonly #system: System;
  readonly #names: readonly string[];
  /** D1's, with their texts: they would do their work again while rows are put back. */
  readonly #triggers: readonly Row[];
  #kept: Tables = new Map();

  private constructor(system: System, names: readonly string[], triggers: readonly Row[]) {
    this.#system = system;
    this.#names = names;
    this.#triggers = triggers;
  }

  static async of(system: System): Promise<KeptTables> {
    const names = (await system.sql(TABLES[engine])).map(({ name }) => String(name));
    const triggers = engine === "d1" ? await system.sql("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'") : [];
    return new KeptTables(system, names, triggers);
  }

  async read(): Promise<Tables> {
    if (engine === "postgres") return this.#readAtOnce();
    const tables = await this.#system.batch(this.#names.map((name) => ({ sql: `SELECT * FROM ${name}` })));
    return new Map(this.#names.map((name, place) => [name, (tables[place] ?? []).map((row) => JSON.stringify(row)).sort()]));
  }

  /** In one statement, which Postgres is quicker with. */
  async #readAtOnce(): Promise<Tables> {
    const each = this.#names.map((name) => `SELECT '${name}' AS name, CAST(to_jsonb(t) AS text) AS content FROM ${name} t`);
    const tables: Tables = new Map(this.#names.map((name) => [name, []]));
    for (const { name, content } of await this.#system.sql(`${each.join(" UNION ALL ")} ORDER BY 1, 2`)) tables.get(String(name))?.push(String(content));
    return tables;
  }

  /** Keeps everything as it is now. */
  async keep(): Promise<Tables> {
    const now = await this.read();
    const copies = this.#different(now).flatMap((name) => [{ sql: `DROP TABLE IF EXISTS ${PREFIX}${name}` }, { sql: `CREATE TABLE ${PREFIX}${name} AS SELECT * FROM ${name}` }]);
    if (copies.length > 0) await this.#system.batch(copies);
    this.#kept = now;
    return now;
  }

  /** Makes everything as it was kept, where it is like this by now. */
  async putBack(now: Tables): Promise<void> {
    const names = this.#different(now);
    const rows = [
      ...names.map((name) => ({ sql: `DELETE FROM ${name}` })),
      ...names.map((name) => ({ sql: `INSERT INTO ${name} SELECT * FROM ${PREFIX}${name}` })),
    ];
    await this.#system.batch(this.#undisturbed(rows));
  }

  /** Without triggers, and with foreign keys that are looked at when all is done. */
  #undisturbed(statements: Statement[]): Statement[] {
    if (engine === "postgres") return [{ sql: "SET LOCAL session_replication_role = replica" }, ...statements];
    return [
      { sql: "PRAGMA defer_foreign_keys = on" },
      ...this.#triggers.map(({ name }) => ({ sql: `DROP TRIGGER ${String(name)}` })),
      ...statements,
      ...this.#triggers.map(({ sql }) => ({ sql: String(sql) })),
    ];
  }

  #different(now: Tables): string[] {
    return this.#names.filter((name) => JSON.stringify(now.get(name)) !== JSON.stringify(this.#kept.get(name)));
  }
}

/** Ids and what they begin with, moments and Stripe's ids, which are others with every run. */
const CHANGING = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{8}-[0-9a-f]{4}-7\b|\b(?:ii|in|il)_\w+|\b\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d{13}\b/g;

/** What in the tables is an id or a moment. */
export function changingIn(tables: Tables): Set<string> {
  return new Set([...tables.values()].flat().flatMap((row) => row.match(CHANGING) ?? []));
}

/** The tables, with a mark in place of each id and each moment that is not among the known ones. */
export function marked(tables: Tables, known: ReadonlySet<string>): Tables {
  const mark = (row: string): string => row.replace(CHANGING, (found) => (known.has(found) ? found : "(new)"));
  return new Map([...tables].map(([name, rows]) => [name, rows.map(mark).sort()]));
}
