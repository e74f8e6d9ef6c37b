// Statements that Postgres keeps planned as functions: what they answer is the same, they may vanish at any moment, and whoever
// may have them made can do no more by it than before.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import pg from "pg";
import { LocalPostgres } from "../harness/postgres.ts";
import { startSystem, type Reply, type System } from "../harness/system.ts";
import { World, type Person } from "../harness/world.ts";

let database: LocalPostgres;
let system: System;
let world: World;
let admin: pg.Client;
let functions: pg.Client;
before(async () => {
  database = await LocalPostgres.open({});
  system = await startSystem({ database });
  world = new World(system);
  admin = new pg.Client({ connectionString: database.url("postgres") });
  functions = new pg.Client({ connectionString: database.url() });
  await Promise.all([admin.connect(), functions.connect()]);
});
after(async () => {
  await Promise.all([admin.end(), functions.end()]);
  await system.close();
});

const customer = () => world.individual({ plan: "professional", status: "active" });
const upload = (who: Person, key: string): Promise<Reply> =>
  system.call("track-upload", { token: who.token, body: { uploadType: "rate_sheet" }, headers: { "idempotency-key": key } });
const status = (who: Person): Promise<Reply> => system.call("track-upload", { token: who.token, body: { action: "status" } });

async function kept(): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>("SELECT CAST(CAST(oid AS regprocedure) AS text) AS name FROM pg_proc WHERE proname LIKE 'tallygate\\_kept\\_%' ORDER BY 1");
  return rows.map(({ name }) => name);
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) if (await holds()) return;
  assert.fail(`It never came to be: ${what}.`);
}

/** How many kept statements the next upload calls. */
async function called(): Promise<number> {
  let calls = 0;
  database.bridge.onArrival = ({ statements }) => {
    calls = statements.filter(({ text }) => text.startsWith("SELECT tallygate_kept_")).length;
    return false;
  };
  try {
    assert.equal((await upload(await customer(), "counted")).status, 200);
  } finally {
    database.bridge.onArrival = () => false;
  }
  return calls;
}

const comparable = ({ status: code, body }: Reply) => ({ code, body: { ...body, requestId: undefined, event: undefined } });

describe("what is kept", () => {
  it("answers as the statement does that is sent as it is", async () => {
    // given
    const [first, later] = [await customer(), await customer()];
    const asText = [await upload(first, "a"), await status(first), await upload(first, "a")];
    // when
    await until(async () => await called() > 4, "an upload's statements are kept");
    const asFunctions = [await upload(later, "a"), await status(later), await upload(later, "a")];
    // then
    assert.deepEqual(asFunctions.map(comparable), asText.map(comparable));
    assert.equal(asFunctions[2]?.body["replayed"], true);
    assert.deepEqual(asFunctions.map(({ cost }) => [cost?.batches, cost?.tries]), [[1, undefined], [1, undefined], [1, undefined]]);
  });

  it("may be taken away at any moment: who still calls it asks once more, and it is made again", async () => {
    await until(async () => await called() > 4, "an upload's statements are kept");
    const who = await customer();
    // when
    for (const name of await kept()) await admin.query(`DROP FUNCTION ${name}`);
    const reply = await upload(who, "b");
    // then
    assert.deepEqual([reply.status, reply.body["totalUploads"]], [200, 1], reply.text);
    assert.deepEqual([reply.cost?.batches, reply.cost?.tries], [1, 2]);
    await until(async () => await called() > 4, "they are kept again");
  });

  it("and fifty at once, while it is taken away, are each counted once", async () => {
    await until(async () => await called() > 4, "an upload's statements are kept");
    const who = await customer();
    // when
    const uploads = Array.from({ length: 50 }, (_, number) => upload(who, `c${number}`));
    for (const name of await kept()) await admin.query(`DROP FUNCTION IF EXISTS ${name}`);
    const replies = await Promise.all(uploads);
    // then
    assert.deepEqual(replies.map((reply) => reply.status), replies.map(() => 200));
    assert.equal((await status(who)).body["totalUploads"], 50);
  });

  it("is nobody's need: where it can't be made, statements go as they are", async () => {
    // given
    await admin.query("REVOKE EXECUTE ON FUNCTION tallygate_keep(text, text, bigint) FROM tallygate");
    for (const name of await kept()) await admin.query(`DROP FUNCTION ${name}`);
    // when
    const who = await customer();
    const replies: Reply[] = [];
    for (const key of ["d", "e", "f", "g", "h"]) replies.push(await upload(who, key));
    // then
    assert.deepEqual(replies.map((reply) => [reply.status, reply.body["totalUploads"]]), [1, 2, 3, 4, 5].map((total) => [200, total]));
    assert.deepEqual(await kept(), []);
    assert.equal(await called(), 0);
    await admin.query("GRANT EXECUTE ON FUNCTION tallygate_keep(text, text, bigint) TO tallygate");
  });
});

describe("who may have statements kept", () => {
  const keep = (statement: string, types = "", rows = 1) => functions.query("SELECT tallygate_keep($1, $2, $3)", [statement, types, rows]);
  const refused = (work: Promise<unknown>) => work.then(() => "nothing", (error: unknown) => (error as pg.DatabaseError).code);
  const callOf = async (statement: string) => {
    const { rows: [row] } = await admin.query<{ name: string }>("SELECT 'tallygate_kept_' || left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 32) AS name", [statement]);
    return functions.query(`SELECT ${row?.name}()`);
  };

  it("runs them with its own rights alone", async () => {
    for (const statement of ["UPDATE plans SET seats = 99", "DELETE FROM audit_events", "SELECT 1 LOOP END LOOP; DROP TABLE users; FOR tallygate_row IN SELECT 1"]) {
      await keep(statement, "", statement.startsWith("SELECT") ? 1 : 0);
      assert.equal(await refused(callOf(statement)), "42501", statement);
    }
  });

  it("can name no types but the two there are", async () => {
    for (const types of ["text) RETURNS void LANGUAGE sql AS 'SELECT 1'; --", "integer", "text,bigint", " text", "text, "]) {
      assert.equal(await refused(keep("SELECT 1", types)), "22023", types);
    }
  });

  it("is the functions' role and nobody else, for them and for what they have made", async () => {
    await keep("SELECT 'mine' AS whose");
    for (const role of ["anon", "authenticated"]) {
      await admin.query(`SET ROLE ${role}`);
      assert.equal(await refused(admin.query("SELECT tallygate_keep('SELECT 1', '', 1)")), "42501");
      await admin.query("RESET ROLE");
    }
    const { rows } = await admin.query<{ open: boolean }>(`SELECT bool_or(has_function_privilege('anon', oid, 'EXECUTE')) AS open
      FROM pg_proc WHERE proname LIKE 'tallygate\\_kept\\_%'`);
    assert.deepEqual(rows, [{ open: false }]);
  });

  it("fills no house", async () => {
    const { rows: [row] } = await admin.query<{ most: string }>("SELECT 1000 - count(*) AS most FROM pg_proc WHERE proname LIKE 'tallygate\\_kept\\_%'");
    await functions.query("SELECT tallygate_keep('SELECT ' || number, '', 1) FROM generate_series(1, $1) AS number", [row?.most]);
    assert.equal(await refused(keep("SELECT 'one more'")), "54000");
  });
});
