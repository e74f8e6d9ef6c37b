// @ts-check
// Brings a Postgres up to date, as its administrator: each migration as one transaction, one at a time.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { postgres } from "../needed.mjs";
import { MADE_BEFORE, migrations, pending, record } from "../migrations.mjs";
import { Failure } from "../run.mjs";
import { ROOT } from "../workspace.mjs";

/** Two at once wait for each other. Any number that nobody else uses. */
const LOCK = 7_226_411;

/**
 * @param {string} url The connection string of a role that may change the schema.
 * @param {{ folder?: string, dryRun?: boolean }} options
 * @returns {Promise<{ isNew: boolean, applied: import("../migrations.mjs").Migration[] }>}
 */
export async function migratePostgres(url, { folder, dryRun = false } = {}) {
  const client = new (postgres().Client)({ connectionString: url });
  await client.connect().catch((error) => {
    throw new Failure(`The database cannot be reached: ${error.message}`);
  });
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    const has = async (/** @type {string} */ table) => (await client.query("SELECT to_regclass($1) IS NOT NULL AS is", [`public.${table}`])).rows[0].is;
    if (!(await has("users"))) {
      if (!dryRun) await transaction(client, readFileSync(join(ROOT, "schema.postgres.sql"), "utf8"));
      return { isNew: true, applied: [] };
    }
    if (!(await has("schema_migrations"))) throw new Failure(MADE_BEFORE);
    const { rows } = await client.query("SELECT number::integer, name, hash FROM schema_migrations ORDER BY number");
    const needed = pending(migrations("postgres", folder), rows);
    if (!dryRun) for (const migration of needed) await transaction(client, `${migration.sql}\n;${record(migration)}`);
    if (!dryRun) await transaction(client, FORGET_KEPT);
    return { isNew: false, applied: needed };
  } finally {
    await client.end();
  }
}

/** The statements that versions before this one had kept. Whoever still calls one has it made again. */
const FORGET_KEPT = `DO $$
DECLARE kept text;
BEGIN
  FOR kept IN SELECT CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc WHERE proname >= 'tallygate_kept_' AND proname < 'tallygate_kept\`' LOOP
    EXECUTE format('DROP FUNCTION %s', kept);
  END LOOP;
END $$`;

/** @param {import("pg").Client} client @param {string} sql */
async function transaction(client, sql) {
  try {
    // Waiting for a long query would make everybody else wait behind this: then it is better tried again later.
    await client.query(`BEGIN; SET LOCAL lock_timeout = '5s'; ${sql}; COMMIT`);
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Failure(`A migration was refused, and nothing of it was done: ${error instanceof Error ? error.message : error}`);
  }
}
