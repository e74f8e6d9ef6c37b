// Both engines with their schemas: D1's SQLite in the real runtime, and a real Postgres.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { openD1 } from "../../../scripts/local/d1.mjs";
import { splitStatements } from "../../../scripts/local/sql.mjs";
import { ROOT } from "../../../scripts/workspace.mjs";
import { sharedCluster } from "../../../scripts/local/postgres/cluster.ts";
import type { Engine } from "./schema.ts";

export interface Engines {
  sqlite: Engine;
  postgres: Engine;
  close(): Promise<void>;
}

export async function openEngines(): Promise<Engines> {
  const d1 = await openD1({ name: "schemas" });
  const sqlite: Engine = {
    rows: async (sql) => (await d1.prepare(sql).all()).results,
    run: async (statements) => void (await d1.batch(statements.map((sql) => d1.prepare(sql)))),
    refusal: (statements) => refusal(() => sqlite.run(statements), (error) => String(error)),
  };
  await sqlite.run(splitStatements(readFileSync(join(ROOT, "schema.sql"), "utf8")));

  const cluster = await sharedCluster();
  const client = await cluster.connect(await cluster.createDatabase());
  return {
    sqlite,
    postgres: postgresEngine(client),
    async close() {
      await client.end();
      await d1.dispose();
    },
  };
}

function postgresEngine(client: pg.Client): Engine {
  const engine: Engine = {
    rows: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    // Sent together, they are one transaction.
    run: async (statements) => void (await client.query(statements.join(";\n"))),
    refusal: (statements) => refusal(() => engine.run(statements), inSqlitesWords),
  };
  return engine;
}

async function refusal(run: () => Promise<void>, inWords: (error: unknown) => string): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return inWords(error);
  }
}

/** The kind of a refusal as SQLite names it; the name of a rule of ours is the message in both. */
function inSqlitesWords(error: unknown): string {
  if (!(error instanceof pg.DatabaseError)) throw error;
  const { code, constraint, message } = error;
  const kinds: Record<string, string> = { "23502": "NOT NULL", "23503": "FOREIGN KEY", "23505": "UNIQUE", "23514": "CHECK" };
  const kind = kinds[code ?? ""];
  return kind === undefined || message === constraint ? message : `${kind} constraint failed: ${message}`;
}
