// The official driver talks to the bridge: what the other suites run on is the protocol and not our idea of it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { neon, neonConfig, NeonDbError, type FullQueryResults, type NeonQueryFunction } from "@neondatabase/serverless";
import { Bridge } from "../../scripts/local/postgres/bridge.ts";
import { sharedCluster } from "../../scripts/local/postgres/cluster.ts";
import { fetchOnce } from "../harness/reply.ts";

let bridge: Bridge;
let url: string;
let sql: NeonQueryFunction<false, false>;

before(async () => {
  const cluster = await sharedCluster();
  const database = await cluster.createEmptyDatabase();
  bridge = await Bridge.start(cluster);
  // The endpoint comes from the configuration, the database from the connection string.
  neonConfig.fetchEndpoint = bridge.endpoint;
  url = `postgresql://postgres@db.example.com/${database}`;
  sql = neon(url);
  await sql`CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL CONSTRAINT body_is_short CHECK (length(body) < 10))`;
});
after(() => bridge.close());

async function failureOf(query: PromiseLike<unknown>): Promise<NeonDbError> {
  try {
    await query;
  } catch (error) {
    assert.ok(error instanceof NeonDbError, `not the driver's error: ${String(error)}`);
    return error;
  }
  throw new Error("The query should have failed.");
}

describe("values", () => {
  it("come as JavaScript's own types", async () => {
    const rows = await sql`SELECT
      1::int AS small, 9007199254740993::bigint AS big, 1.5::float8 AS float, 'x'::text AS text, true AS yes, false AS no,
      NULL::text AS nothing, '{"a": [1, null, "b"]}'::jsonb AS document, '[1]'::json AS list,
      ARRAY['a', NULL, 'b "c"'] AS texts, 12.340::numeric AS exact,
      timestamptz '2026-03-10 12:00:00.123+00' AS moment, '\\x00ff'::bytea AS bytes`;
    assert.deepEqual(rows, [{
      small: 1, big: "9007199254740993", float: 1.5, text: "x", yes: true, no: false, nothing: null,
      document: { a: [1, null, "b"] }, list: [1], texts: ["a", null, 'b "c"'], exact: "12.340",
      moment: new Date("2026-03-10T12:00:00.123Z"), bytes: Buffer.from([0, 255]),
    }]);
  });

  it("go as parameters, of every type and as nothing", async () => {
    const moment = new Date("2026-03-10T12:00:00.123Z");
    const rows = await sql`SELECT
      ${7}::int AS small, ${"9007199254740993"}::bigint AS big, ${"it's; \"x\" — ✓"}::text AS text, ${true}::boolean AS yes,
      ${null}::text AS nothing, ${{ a: [1] }}::jsonb AS document, ${["a", null, 'b "c"']}::text[] AS texts,
      ${[[1, 2], [3, 4]]}::int[] AS grid, ${moment}::timestamptz AS moment, ${Buffer.from([0, 255])}::bytea AS bytes`;
    assert.deepEqual(rows, [{
      small: 7, big: "9007199254740993", text: "it's; \"x\" — ✓", yes: true, nothing: null, document: { a: [1] },
      texts: ["a", null, 'b "c"'], grid: [[1, 2], [3, 4]], moment, bytes: Buffer.from([0, 255]),
    }]);
  });

  it("come as lists with arrayMode, also under the same column name", async () => {
    assert.deepEqual(await sql.query("SELECT 1 AS a, 2 AS a", [], { arrayMode: true }), [[1, 2]]);
  });
});

describe("full results", () => {
  it("name the fields, the command and the number of rows", async () => {
    const result = (await sql.query("SELECT 1 AS n, 'x'::text AS t", [], { fullResults: true })) as FullQueryResults<false>;
    const { command, rowCount, rows, rowAsArray } = result;
    assert.deepEqual({ command, rowCount, rows, rowAsArray }, { command: "SELECT", rowCount: 1, rows: [{ n: 1, t: "x" }], rowAsArray: false });
    assert.deepEqual(result.fields.map(({ name, dataTypeID }) => [name, dataTypeID]), [["n", 23], ["t", 25]]);
  });

  it("count what a change has touched", async () => {
    const full = { fullResults: true } as const;
    const inserted = await sql.query("INSERT INTO notes VALUES (1, 'one'), (2, 'two')", [], full);
    assert.deepEqual([inserted.command, inserted.rowCount, inserted.rows], ["INSERT", 2, []]);
    const deleted = await sql.query("DELETE FROM notes RETURNING id", [], full);
    assert.deepEqual([deleted.command, deleted.rowCount, deleted.rows], ["DELETE", 2, [{ id: "1" }, { id: "2" }]]);
  });
});

describe("a transaction", () => {
  it("answers each query in order and sees its own changes", async () => {
    const results = await sql.transaction([
      sql`INSERT INTO notes VALUES (10, 'ten')`,
      sql`SELECT body FROM notes WHERE id = ${10}`,
      sql`DELETE FROM notes WHERE id = 10 RETURNING id`,
    ]);
    assert.deepEqual(results, [[], [{ body: "ten" }], [{ id: "10" }]]);
  });

  it("happens whole or not at all", async () => {
    const error = await failureOf(sql.transaction([
      sql`INSERT INTO notes VALUES (20, 'kept?')`,
      sql`INSERT INTO notes VALUES (20, 'twice')`,
    ]));
    assert.equal(error.code, "23505");
    assert.deepEqual(await sql`SELECT * FROM notes WHERE id = 20`, []);
  });

  it("that fails only when it is committed has not happened either", async () => {
    await sql`CREATE TABLE kept (id bigint PRIMARY KEY, note_id bigint REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)`;
    const error = await failureOf(sql.transaction([sql`INSERT INTO kept VALUES (1, 404)`, sql`SELECT 1`]));
    assert.equal(error.code, "23503");
    assert.deepEqual(await sql`SELECT * FROM kept`, []);
  });

  it("runs at the isolation level that is asked for", async () => {
    const shown: unknown[] = [];
    for (const isolationLevel of ["ReadUncommitted", "ReadCommitted", "RepeatableRead", "Serializable"] as const) {
      const [rows] = await sql.transaction([sql`SHOW transaction_isolation`], { isolationLevel });
      shown.push(rows?.[0]?.["transaction_isolation"]);
    }
    assert.deepEqual(shown, ["read uncommitted", "read committed", "repeatable read", "serializable"]);
  });

  it("that is serializable really is: of two that build upon each other's reads, one is refused", async () => {
    await sql`CREATE TABLE tallies (id bigint PRIMARY KEY, amount bigint NOT NULL)`;
    // Each of them adds a row for as long as there are none; the pause makes them overlap.
    const attempt = (id: number) => sql.transaction([
      sql`SELECT count(*) FROM tallies`,
      sql`SELECT pg_sleep(0.2)`,
      sql`INSERT INTO tallies SELECT ${id}::bigint, count(*) FROM tallies`,
    ], { isolationLevel: "Serializable" });
    const [one, two] = await Promise.allSettled([attempt(1), attempt(2)]);
    const refused = [one, two].filter((outcome) => outcome?.status === "rejected");
    assert.equal(refused.length, 1);
    assert.equal((refused[0] as PromiseRejectedResult).reason.code, "40001");
    assert.deepEqual(await sql`SELECT amount FROM tallies`, [{ amount: "0" }]);
  });

  it("that is read-only refuses to write", async () => {
    const error = await failureOf(sql.transaction([sql`INSERT INTO notes VALUES (30, 'no')`], { readOnly: true }));
    assert.equal(error.code, "25006");
  });

  it("that is deferrable says so to Postgres", async () => {
    const options = { isolationLevel: "Serializable", readOnly: true, deferrable: true } as const;
    const [rows] = await sql.transaction([sql`SHOW transaction_deferrable`], options);
    assert.deepEqual(rows, [{ transaction_deferrable: "on" }]);
  });

  it("leaves nothing behind in the connection that the next one uses", async () => {
    await sql.transaction([sql`SELECT 1`], { isolationLevel: "Serializable", readOnly: true });
    assert.deepEqual(await sql`SHOW transaction_isolation`, [{ transaction_isolation: "read committed" }]);
    assert.deepEqual(await sql`SHOW transaction_read_only`, [{ transaction_read_only: "off" }]);
  });
});

describe("an error", () => {
  it("has all the fields that Postgres gives it", async () => {
    const error = await failureOf(sql`INSERT INTO notes VALUES (40, 'much longer than that')`);
    const { message, code, severity, schema, table, constraint, routine, detail } = error;
    assert.deepEqual({ message, code, severity, schema, table, constraint, routine, detail }, {
      message: 'new row for relation "notes" violates check constraint "body_is_short"',
      code: "23514", severity: "ERROR", schema: "public", table: "notes", constraint: "body_is_short",
      routine: "ExecConstraints", detail: "Failing row contains (40, much longer than that).",
    });
    assert.match(String(error.file), /\.c$/);
    assert.match(String(error.line), /^\d+$/);
  });

  it("says where in the statement it is", async () => {
    const error = await failureOf(sql`SELECT nothing_such`);
    assert.deepEqual([error.code, error.position], ["42703", "8"]);
  });

  it("of plpgsql carries its message, hint and place", async () => {
    const error = await failureOf(sql`DO $$ BEGIN RAISE EXCEPTION 'a_name' USING HINT = 'a hint', ERRCODE = 'P0001'; END $$`);
    assert.deepEqual([error.message, error.code, error.hint], ["a_name", "P0001", "a hint"]);
    assert.match(String(error.where), /PL\/pgSQL function inline_code_block line 1/);
  });

  it("meets a second statement in one query", async () => {
    assert.equal((await failureOf(sql`SELECT 1; SELECT 2`)).code, "42601");
  });

  it("meets an unknown database and an unknown user, by Postgres's codes", async () => {
    assert.equal((await failureOf(neon("postgresql://postgres@db.example.com/nowhere")`SELECT 1`)).code, "3D000");
    assert.equal((await failureOf(neon(url.replace("postgres@", "nobody@"))`SELECT 1`)).code, "28000");
  });
});

describe("without the driver", () => {
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const response = await fetchOnce(bridge.endpoint, { method: "POST", body, headers: { "neon-connection-string": url, ...headers } });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it("raw text is Postgres's own, and JSON's types are used otherwise", async () => {
    const query = JSON.stringify({ query: "SELECT true AS yes, 1 AS n, 2::bigint AS big, NULL AS nothing, '{\"a\":1}'::jsonb AS document" });
    const raw = await post(query, { "neon-raw-text-output": "true" });
    assert.deepEqual(raw.body["rows"], [{ yes: "t", n: "1", big: "2", nothing: null, document: '{"a": 1}' }]);
    const typed = await post(query, { "neon-array-mode": "true" });
    assert.deepEqual([typed.body["rows"], typed.body["rowAsArray"]], [[[true, 1, "2", null, { a: 1 }]], true]);
  });

  it("what is no request is refused", async () => {
    assert.equal((await post("{")).status, 400);
    assert.equal((await post(JSON.stringify({ queries: [{}] }))).status, 400);
    assert.equal((await post(JSON.stringify({ queries: [] }), { "neon-batch-isolation-level": "Chaos" })).status, 400);
    assert.equal((await fetchOnce(bridge.endpoint, { method: "POST", body: "{}" })).status, 400);
  });
});
