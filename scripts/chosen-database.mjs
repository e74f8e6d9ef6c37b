// @ts-check
// The database that an operator's command is about: the local D1, the deployed one (`--remote`), or a Postgres (`--postgres URL`).
import { executeRemotely, queriesRemotely } from "./deploy/database.mjs";
import { withLocalDatabase } from "./local/database.mjs";
import { splitStatements } from "./local/sql.mjs";
import { postgres } from "./needed.mjs";
import { Failure } from "./run.mjs";

/** @typedef {Record<string, unknown>} Row */

/**
 * @typedef {object} ChosenDatabase
 * @property {string} name For people: "the local database".
 * @property {"d1" | "remote" | "postgres"} kind The engine, and how it is reached.
 * @property {(queries: string[]) => Promise<Row[][]>} ask The rows of each question, all of one moment.
 * @property {(sql: string | string[]) => Promise<void>} write Statements as one transaction: a text of several, or one by one.
 */

/**
 * @param {{ remote: boolean, postgres?: string }} where
 * @param {(database: ChosenDatabase) => Promise<unknown>} work
 */
export async function withChosenDatabase({ remote, postgres }, work) {
  if (remote && postgres !== undefined) throw new Failure("Choose one: --remote (the deployed D1) or --postgres URL.");
  if (postgres !== undefined) return withPostgres(postgres, work);
  if (remote) {
    await work({
      name: "the deployed database",
      kind: "remote",
      ask: (queries) => queriesRemotely("Asking the deployed database", queries),
      write: (sql) => executeRemotely("Writing to the deployed database", typeof sql === "string" ? sql : `${sql.join(";\n")};\n`),
    });
    return;
  }
  await withLocalDatabase(async (database) => {
    const run = async (/** @type {string[]} */ statements) => {
      const answers = await database.batch(statements.map((sql) => database.prepare(sql)));
      return /** @type {{ results?: Row[] }[]} */ (answers).map(({ results }) => results ?? []);
    };
    await work({ name: "the local database", kind: "d1", ask: run, write: async (sql) => { await run(typeof sql === "string" ? splitStatements(sql) : sql); } });
  });
}

/**
 * @param {string} url
 * @param {(database: ChosenDatabase) => Promise<unknown>} work
 */
async function withPostgres(url, work) {
  const client = new (postgres().Client)({ connectionString: url });
  await client.connect().catch((error) => { throw new Failure(`Postgres cannot be reached: ${error.message}`); });
  const inTransaction = async (/** @type {string} */ begin, /** @type {() => Promise<Row[][]>} */ body) => {
    try {
      await client.query(begin);
      const done = await body();
      await client.query("COMMIT");
      return done;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined);
      throw error;
    }
  };
  try {
    await work({
      name: "the Postgres database",
      kind: "postgres",
      ask: (queries) => inTransaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", async () => {
        const answers = [];
        for (const query of queries) answers.push((await client.query(query)).rows);
        return answers;
      }),
      // Who subscribes or is moved meanwhile waits for the end; waiting for a long query is given up.
      write: async (sql) => {
        await inTransaction("BEGIN; SET LOCAL lock_timeout = '5s'; LOCK TABLE org_subscriptions IN SHARE ROW EXCLUSIVE MODE", async () => {
          for (const statements of [sql].flat()) await client.query(statements);
          return [];
        });
      },
    });
  } finally {
    await client.end();
  }
}
