// Postgres over the runtime's own Hyperdrive binding: the way itself. What else must hold on it, the suites of every engine say.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import pg from "pg";
import { Cluster } from "../../scripts/local/postgres/cluster.ts";
import { LocalHyperdrive } from "../harness/hyperdrive.ts";
import { LocalPostgres } from "../harness/postgres.ts";
import { startSystem, type Ask, type Reply, type System } from "../harness/system.ts";
import { World, type Person } from "../harness/world.ts";

let database: LocalHyperdrive;
let system: System;
let world: World;
before(async () => {
  database = await LocalHyperdrive.open({});
  system = await startSystem({ database });
  world = new World(system);
});
after(() => system.close());

const customer = (where = world) => where.individual({ plan: "professional", status: "active" });
const upload = (who: Person, key: string = randomUUID(), where = system): Promise<Reply> =>
  where.call("track-upload", { token: who.token, body: { uploadType: "rate_sheet" }, headers: { "idempotency-key": key } });

describe("a request", () => {
  it("is one flight, from BEGIN to COMMIT, and says which engine took it", async () => {
    const who = await customer();
    const before = await system.trips();
    const reply = await upload(who);
    assert.deepEqual([reply.status, reply.body["totalUploads"]], [200, 1], reply.text);
    // The pooler passes nothing on before the COMMIT has come, and counts what comes outside of a transaction, too.
    assert.equal(await system.trips(), before + 1);
    assert.match(reply.headers.get("server-timing") ?? "", /batches=1 .*engine=hyperdrive"$/);
  });

  it("of somebody new is three, on one connection, which is closed when the reply has left", async () => {
    const before = { trips: await system.trips(), met: database.between.met };
    const reply = await system.call("manage-members", { action: "list", token: world.stranger().token });
    assert.deepEqual([reply.status, reply.cost?.batches], [200, 3], reply.text);
    assert.deepEqual([await system.trips(), database.between.met], [before.trips + 3, before.met + 1]);
    await database.between.isAlone();
  });

  it("that is refused before the database is asked opens none", async () => {
    const { met } = database.between;
    assert.equal((await system.call("track-upload", { body: { uploadType: "rate_sheet" } })).status, 401);
    assert.equal(database.between.met, met);
  });
});

describe("what it answers", () => {
  it("is what the engine over HTTP answers, as text and as what is kept", async () => {
    const overHttp = await startSystem({ database: await LocalPostgres.open({}) });
    try {
      const said = await Promise.all([system, overHttp].map(answers));
      assert.deepEqual(said[0], said[1]);
      assert.ok((said[0]?.length ?? 0) > 20);
    } finally {
      await overHttp.close();
    }
  });

  /** The same questions of the same people three times, by which time statements are kept; ids and moments aside. */
  async function answers(where: System): Promise<unknown[]> {
    const people = new World(where);
    const [owner, team] = [await customer(people), await people.team({ members: { admin: 1, member: 2 } })];
    await people.uploads(owner.organizationId, 7, 40);
    const key = `key-${team.name}`;
    const asks: [string, Ask][] = [
      ["track-upload", { token: owner.token, body: { action: "status" } }],
      ["track-upload", { token: owner.token, body: { uploadType: "rate_sheet", idempotencyKey: key } }],
      ["track-usage", { path: "/check", token: owner.token, body: { feature: "uploads" } }],
      ["manage-members", { action: "list", token: team.owner.token }],
      ["invite-user", { action: "list", token: team.owner.token }],
      ["manage-session", { action: "list", token: owner.token }],
      ["account", { path: "/profile", method: "GET", token: owner.token }],
    ];
    const replies: unknown[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (const [fn, ask] of asks) {
        const { status, text } = await where.call(fn, ask);
        replies.push([fn, status, shape(JSON.parse(text))]);
      }
    }
    return replies;
  }

  /** Numbers and words of ours as they are; of other texts (made names may be without a digit), and of moments, that they are there. Lists go by ids, which are others each time. */
  function shape(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(shape).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
    if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shape(member)]));
    if (typeof value === "number") return value > 1_000_000_000 ? "a moment" : value;
    return typeof value === "string" && /[-0-9@]|^(Person|Team) /.test(value) ? "a text" : value;
  }
});

describe("statements that Postgres keeps", () => {
  it("may be taken away at any moment: who still calls one asks once more", async () => {
    const who = await customer();
    const admin = new pg.Client({ connectionString: database.url("postgres") });
    await admin.connect();
    try {
      const kept = async () => (await admin.query<{ name: string }>(
        "SELECT CAST(CAST(oid AS regprocedure) AS text) AS name FROM pg_proc WHERE proname LIKE 'tallygate\\_kept\\_%'")).rows.map(({ name }) => name);
      while ((await kept()).length < 5) assert.equal((await upload(who)).status, 200);
      // What was kept last is called from the next upload on.
      await upload(who);
      for (const name of await kept()) await admin.query(`DROP FUNCTION ${name}`);
      const reply = await upload(who);
      assert.deepEqual([reply.status, reply.cost?.batches, reply.cost?.tries], [200, 1, 2], reply.text);
    } finally {
      await admin.end();
    }
  });
});

describe("a transaction that could not be begun", () => {
  /** A sign-up is a batch of its own, which joins nobody's membership; the batch before it finds that nobody is there. */
  async function signUp(where: System): Promise<{ id: string; reply: Reply }> {
    const { id, token } = new World(where).stranger();
    return { id, reply: await where.call("track-upload", { token, body: { action: "status" } }) };
  }

  const isThere = async (where: System, id: string): Promise<boolean> => (await where.sql("SELECT id FROM users WHERE id = ?", id)).length === 1;

  for (const [how, keepAfter] of [["statement by statement", "0"], ["by what Postgres keeps", "1"]] as const) {
    it(`writes nothing, ${how}`, async () => {
      const own = await LocalHyperdrive.open({});
      const where = await startSystem({ database: own, bindings: { POSTGRES_KEEP_AFTER: keepAfter } });
      try {
        if (keepAfter !== "0") await isCalled(own, where);
        own.between.faults.add({ kind: "stall", when: "before", milliseconds: 0 });
        own.between.faults.add({ kind: "not begun", code: "53200" }, 3);
        const refused = await signUp(where);
        assert.deepEqual([refused.reply.status, refused.reply.body["code"], refused.reply.cost?.tries], [503, "database_unavailable", 4], refused.reply.text);
        assert.equal(await isThere(where, refused.id), false);
        const next = await signUp(where);
        assert.deepEqual([next.reply.status, await isThere(where, next.id)], [200, true], next.reply.text);
      } finally {
        await where.close();
      }
    });
  }

  /** Until a sign-up calls what Postgres keeps of it. */
  async function isCalled(own: LocalHyperdrive, where: System): Promise<void> {
    const admin = await sharedOf(own);
    const kept = "SELECT FROM pg_proc WHERE proname LIKE 'tallygate\\_kept\\_%' AND prosrc ~ 'INSERT INTO users\\s'";
    const isKept = async () => (await admin.query(kept)).rowCount === 1;
    for (let times = 0; times < 20 && !(await isKept()); times += 1) assert.equal((await signUp(where)).reply.status, 200);
    assert.ok(await isKept());
    await own.between.isAlone();
    // What was kept last is called from the next sign-up on.
    await signUp(where);
  }

  it("commits nothing that somebody else has left undone on the same connection", async () => {
    const who = await customer();
    database.between.faults.add({ kind: "left open", did: `UPDATE users SET name = 'half done' WHERE id = '${who.id}'` });
    const reply = await upload(who);
    assert.deepEqual([reply.status, reply.body["totalUploads"], reply.cost?.tries], [200, 1, 2], reply.text);
    const [{ name } = {}] = await system.sql("SELECT name FROM users WHERE id = ?", who.id);
    assert.notEqual(name, "half done");
  });
});

describe("without a pooler", () => {
  it("signs in to Postgres itself, with a password by SCRAM, and is refused with another one", async () => {
    const cluster = await Cluster.start();
    try {
      const name = await cluster.createDatabase();
      await cluster.administer("ALTER ROLE tallygate PASSWORD 'correct horse'");
      const folder = await cluster.connect("postgres");
      const { rows: [at] } = await folder.query<{ hba_file: string }>("SHOW hba_file");
      await folder.query(`COPY (VALUES ('host all postgres 127.0.0.1/32 trust'), ('host all all 127.0.0.1/32 scram-sha-256')) TO '${at?.hba_file}'`);
      await folder.query("SELECT pg_reload_conf()");
      await folder.end();
      for (const [password, status] of [["correct horse", 200], ["another", 500]] as const) {
        const direct = await LocalHyperdrive.direct(cluster, name, password);
        const one = await startSystem({ database: direct });
        try {
          const reply = await upload(await customer(new World(one)), randomUUID(), one);
          assert.equal(reply.status, status, reply.text);
          assert.doesNotMatch(reply.text, /password|tallygate|28P01/);
        } finally {
          await one.close();
        }
      }
    } finally {
      await cluster.stop();
    }
  });
});

describe("two roles", () => {
  it("the console has the one that is bound to it, and the functions the other", async () => {
    const staff = await world.staff("super_admin");
    assert.equal((await system.call("console", { path: "/search?in=people&q=a", method: "GET", token: staff.token })).status, 200);
    const { rows } = await (await sharedOf(database)).query<{ usename: string }>("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE 'tallygate%' ORDER BY 1");
    assert.deepEqual(rows.map(({ usename }) => usename), ["tallygate", "tallygate_console"]);
  });
});

/** A connection of the administrator's to the suite's database. */
async function sharedOf(of: LocalHyperdrive): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: of.url("postgres") });
  await client.connect();
  after(() => client.end());
  return client;
}
