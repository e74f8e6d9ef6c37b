// What must hold when something breaks between a function and Postgres: the answer comes in bounded time and says so,
// nothing that was acknowledged is lost, nothing is counted twice, and the next request works.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { isHyperdrive, openPostgres } from "../harness/database.ts";
import type { PostgresDatabase } from "../harness/postgres-database.ts";
import { startSystem, type Reply, type System } from "../harness/system.ts";
import { World, type Person } from "../harness/world.ts";
import { sharedCluster } from "../../scripts/local/postgres/cluster.ts";
import type { Fault } from "../../scripts/local/postgres/fault.ts";

const TIMEOUT_MS = 1_500;
/** What stalls does so for 30 s. Whoever is answered within this was not kept waiting by it, however busy the machine is. */
const BOUND_MS = 20_000;

let database: PostgresDatabase;
let system: System;
let world: World;
before(async () => {
  // Restarted here, so it is nobody else's.
  database = await openPostgres({}, await sharedCluster());
  system = await startSystem({ database, bindings: { POSTGRES_TIMEOUT_MS: String(TIMEOUT_MS) } });
  world = new World(system);
});
after(() => system.close());
afterEach(() => database.between.faults.clear());

const newcomer = () => world.individual({ plan: "professional", status: "active" });
const upload = (who: Person, key: string = randomUUID(), where = system): Promise<Reply> =>
  where.call("track-upload", { token: who.token, body: { uploadType: "rate_sheet" }, headers: { "idempotency-key": key } });

/** Both totals and the ledger's own sum, which always agree. */
async function counted(who: Person, where = system): Promise<number> {
  const [row = {}] = await where.sql(`SELECT
    (SELECT COALESCE(SUM(quantity), 0) FROM usage_events WHERE organization_id = ? AND accepted = 1) AS ledger,
    (SELECT COALESCE(SUM(quantity), 0) FROM usage_counters WHERE organization_id = ?) AS lifetime,
    (SELECT COALESCE(SUM(quantity), 0) FROM usage_counters WHERE organization_id = ? AND period_start > 0) AS month`,
    who.organizationId, who.organizationId, who.organizationId);
  assert.deepEqual([row["lifetime"], row["month"]], [row["ledger"], row["ledger"]]);
  return Number(row["ledger"]);
}

function assertUnavailable(reply: Reply, code = "database_unavailable"): void {
  assert.deepEqual([reply.status, reply.body["code"], reply.body["success"]], [503, code, false], reply.text);
  assert.doesNotMatch(reply.text, /postgres|127\.0\.0\.1|SELECT|timeout|HTTP/i, "the inside stays inside");
}

async function timed<T>(work: Promise<T>): Promise<{ result: T; milliseconds: number }> {
  const started = Date.now();
  return { result: await work, milliseconds: Date.now() - started };
}

/** No transaction was left open by whoever went away. */
async function assertNothingIsOpen(): Promise<void> {
  const open = "SELECT count(*) AS open FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
  for (let attempt = 0; attempt < 50; attempt += 1) {
    // The question itself runs in a transaction, but is not idle.
    const [row = {}] = await system.sql(open);
    if (row["open"] === 0) return;
    await pause(100);
  }
  assert.fail("a transaction is still open");
}

/** A batch is sent so often before somebody is told that the database is away. */
const TRIES = 3;

/** Of a proxy that speaks HTTP; of one that passes a socket on, the connection breaks. */
const PROXY: [string, Fault][] = isHyperdrive ? [
  ["the pooler hangs up", { kind: "status", status: 503 }],
  ["the transaction alone is not begun", { kind: "not begun", code: "57014" }],
  ["the transaction alone is not begun, for a reason of the pooler's own", { kind: "not begun", code: "XX000" }],
  ["somebody else's transaction was left open", { kind: "left open", did: "SELECT 1" }],
] : [
  ["a proxy says 500", { kind: "status", status: 500 }],
  ["a proxy says 502 with a page", { kind: "status", status: 502, body: "<html><h1>Bad Gateway</h1></html>" }],
  ["a proxy says 503", { kind: "status", status: 503, body: "" }],
  ["a proxy says 429", { kind: "status", status: 429, body: "{\"message\":\"slow down\"}" }],
  ["a proxy says 400 with a page", { kind: "status", status: 400, body: "<html>" }],
];

const NOT_COMMITTED: [string, Fault][] = [
  ["the connection breaks before the first statement", { kind: "killed", afterStatements: 0 }],
  ["the connection breaks in the middle of the batch", { kind: "killed", afterStatements: 3 }],
  ["the connection breaks after the upload was written", { kind: "killed", afterStatements: 5 }],
  ...PROXY,
  ["Postgres is shutting down", { kind: "refused", code: "57P01" }],
  ["Postgres is starting up", { kind: "refused", code: "57P03" }],
  ["Postgres has no connection left", { kind: "refused", code: "53300" }],
  ["Postgres has run out of disk", { kind: "refused", code: "53100" }],
  ["Postgres gave up a statement", { kind: "refused", code: "57014" }],
  ["nothing answers for 30 s", { kind: "stall", milliseconds: 30_000, when: "before" }],
];

const COMMITTED: [string, Fault][] = [
  ["the answer breaks off half-way", { kind: "cut reply" }],
  ["the answer is no JSON", { kind: "malformed", body: "<html>It works!</html>" }],
  ["the answer is JSON of another kind", { kind: "malformed", body: "{\"results\":[]}" }],
  ["the answer is cut-off JSON", { kind: "malformed", body: "{\"results\":[{\"rows\":[{\"id\":\"1" }],
  ["the answer is empty", { kind: "malformed", body: "" }],
  ["the answer comes after 30 s", { kind: "stall", milliseconds: 30_000, when: "after commit" }],
];

describe("nobody is told that once", () => {
  for (const [what, fault] of [...NOT_COMMITTED, ...COMMITTED]) {
    it(what, async () => {
      const who = await newcomer();
      const { happened } = database.between.faults;
      database.between.faults.add(fault);
      const reply = await upload(who);
      assert.equal(database.between.faults.happened, happened + 1);
      assert.deepEqual([reply.status, reply.body["totalUploads"], reply.body["replayed"]], [200, 1, undefined], reply.text);
      assert.deepEqual([reply.cost?.batches, reply.cost?.tries], [1, 2]);
      assert.equal(await counted(who), 1);
      await assertNothingIsOpen();
    });
  }
});

describe("nothing was changed when again and again", () => {
  for (const [what, fault] of NOT_COMMITTED) {
    it(what, async () => {
      const [who, key] = [await newcomer(), randomUUID()];
      assert.equal((await upload(who)).status, 200);
      const { happened } = database.between.faults;
      database.between.faults.add(fault, TRIES);
      const { result, milliseconds } = await timed(upload(who, key));
      assert.ok(database.between.faults.happened > happened);
      assertUnavailable(result);
      assert.ok(milliseconds < BOUND_MS, `${milliseconds} ms`);
      database.between.faults.clear();
      assert.equal(await counted(who), 1);

      const again = await upload(who, key);
      assert.deepEqual([again.status, again.body["totalUploads"], again.body["replayed"]], [200, 2, undefined]);
      assert.equal(await counted(who), 2);
      await assertNothingIsOpen();
    });
  }
});

describe("what happened is counted once, and the same key tells of it, when again and again", () => {
  for (const [what, fault] of COMMITTED) {
    it(what, async () => {
      const [who, key] = [await newcomer(), randomUUID()];
      database.between.faults.add(fault, TRIES);
      const { result, milliseconds } = await timed(upload(who, key));
      assertUnavailable(result);
      assert.ok(milliseconds < BOUND_MS, `${milliseconds} ms`);
      database.between.faults.clear();
      assert.equal(await counted(who), 1);

      const again = await upload(who, key);
      assert.deepEqual([again.status, again.body["totalUploads"], again.body["replayed"]], [200, 1, true]);
      assert.equal(await counted(who), 1);
      assert.equal((await upload(who)).body["totalUploads"], 2);
    });
  }
});

describe("the first request of somebody new", () => {
  it("breaks off during their sign-up and leaves nothing of it; the next one makes everything", async () => {
    const { id, token } = world.stranger();
    const list = () => system.call("manage-members", { action: "list", token });
    const made = async () => (await system.sql(`SELECT (SELECT count(*) FROM users WHERE id = ?) AS users,
      (SELECT count(*) FROM organizations WHERE founded_by = ?) AS organizations`, id, id))[0];
    // The first batch finds nobody and is let through; the second one signs up.
    database.between.faults.add({ kind: "killed", afterStatements: 99 });
    database.between.faults.add({ kind: "killed", afterStatements: 3 }, TRIES);
    assertUnavailable(await list());
    assert.deepEqual(await made(), { users: 0, organizations: 0 });
    assert.equal((await list()).status, 200);
    assert.deepEqual(await made(), { users: 1, organizations: 1 });
  });
});

describe("a redirect", { skip: isHyperdrive && "there is none without HTTP" }, () => {
  it("is not followed: nobody else gets the connection string", async () => {
    const who = await newcomer();
    const elsewhere: string[] = [];
    const server = createServer((request, response) => {
      elsewhere.push(String(request.headers["neon-connection-string"]));
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        database.between.faults.add({ kind: "status", status, location: `http://127.0.0.1:${port}/sql` }, TRIES);
        assertUnavailable(await upload(who));
        database.between.faults.clear();
      }
      assert.deepEqual(elsewhere, []);
    } finally {
      server.close();
    }
  });
});

describe("transactions that meet", () => {
  for (const code of ["40001", "40P01"]) {
    it(`are run again after ${code}, and counted once`, async () => {
      const who = await newcomer();
      database.between.faults.add({ kind: "refused", code }, 3);
      const reply = await upload(who);
      assert.deepEqual([reply.status, reply.body["totalUploads"]], [200, 1]);
      assert.deepEqual([reply.cost?.batches, reply.cost?.tries], [1, 4]);
      assert.equal(await counted(who), 1);
    });
  }

  it("are given up after a while, with a code of their own", async () => {
    const who = await newcomer();
    database.between.faults.add({ kind: "refused", code: "40001" }, 1_000);
    const { result, milliseconds } = await timed(upload(who));
    database.between.faults.clear();
    assertUnavailable(result, "database_busy");
    assert.ok(milliseconds < BOUND_MS, `${milliseconds} ms`);
    assert.equal(await counted(who), 0);
    assert.equal((await upload(who)).status, 200);
  });
});

describe("under load", () => {
  /** By its key. */
  type Sent = Map<string, { who: Person; acknowledged: boolean }>;

  /** Everybody keeps uploading with keys of their own while something breaks. */
  async function whileUploading(people: Person[], breaking: () => Promise<void>): Promise<Sent> {
    const keys: Sent = new Map();
    let going = true;
    const lines = people.map(async (who) => {
      while (going) {
        const key = randomUUID();
        const sent = { who, acknowledged: false };
        keys.set(key, sent);
        const { result, milliseconds } = await timed(upload(who, key));
        assert.ok(milliseconds < BOUND_MS, `${milliseconds} ms`);
        if (result.status !== 200) assertUnavailable(result);
        sent.acknowledged = result.status === 200;
      }
    });
    try {
      await pause(500);
      await breaking();
      await pause(500);
    } finally {
      going = false;
      await Promise.all(lines);
    }
    return keys;
  }

  const BREAKING: [string, () => Promise<void>][] = [
    ["the endpoint dies and comes back", async () => {
      await database.between.kill();
      await pause(400);
      await database.between.listen();
    }],
    ["Postgres is restarted", () => database.cluster.restart("fast")],
    ["Postgres crashes and recovers", () => database.cluster.restart("immediate")],
  ];
  for (const [what, breaking] of BREAKING) {
    it(`${what}: what was acknowledged is there, and what was not is counted once when it is sent again`, async () => {
      const people = await Promise.all(Array.from({ length: 8 }, newcomer));
      const logged = system.log().length;
      const keys = await whileUploading(people, breaking);
      const acknowledged = (who: Person) => [...keys.values()].filter((sent) => sent.who === who && sent.acknowledged).length;
      const noticed = system.log().slice(logged).some((line) => !line.includes('"retried":[]'));
      assert.ok(noticed || [...keys.values()].some((sent) => !sent.acknowledged), "nothing was broken while requests ran");
      for (const who of people) assert.ok((await counted(who)) >= acknowledged(who));

      for (const [key, { who }] of keys) assert.equal((await upload(who, key)).status, 200);
      for (const who of people) assert.equal(await counted(who), [...keys.values()].filter((sent) => sent.who === who).length);
      await assertNothingIsOpen();
    });
  }

  it("refuses while the endpoint is away, and works when it is back", async () => {
    const who = await newcomer();
    await database.between.kill();
    try {
      const { result, milliseconds } = await timed(upload(who));
      assertUnavailable(result);
      assert.ok(milliseconds < BOUND_MS, `${milliseconds} ms`);
    } finally {
      await database.between.listen();
    }
    assert.equal((await upload(who)).body["totalUploads"], 1);
  });
});

describe("without a timeout of one's own", () => {
  let patient: PostgresDatabase;
  let other: System;
  let who: Person;
  before(async () => {
    patient = await openPostgres({});
    other = await startSystem({ database: patient });
    who = await new World(other).individual({ plan: "professional", status: "active" });
  });
  after(() => other.close());

  it("fifty at once on one row all count, each once", async () => {
    patient.between.delay = [5, 15];
    const conflicts = patient.between.conflicts;
    const replies = await Promise.all(Array.from({ length: 50 }, () => upload(who, randomUUID(), other)));
    patient.between.delay = [0, 0];
    assert.deepEqual(replies.map(({ status, text }) => (status === 200 ? status : text)), replies.map(() => 200));
    // Each of them was told another total.
    const totals = replies.map(({ body }) => Number(body["totalUploads"])).sort((one, two) => one - two);
    assert.deepEqual(totals, Array.from({ length: 50 }, (_, place) => place + 1));
    assert.equal(await counted(who, other), 50);
    // They wait in line for the organization's row: none of them met another.
    assert.equal(patient.between.conflicts, conflicts);
  });

  it("a request is answered after ten seconds", async () => {
    patient.between.faults.add({ kind: "stall", milliseconds: 30_000, when: "before" }, TRIES);
    const { result, milliseconds } = await timed(upload(who, randomUUID(), other));
    assertUnavailable(result);
    assert.ok(milliseconds > 9_000 && milliseconds < BOUND_MS, `${milliseconds} ms`);
    patient.between.faults.clear();
    assert.equal((await upload(who, randomUUID(), other)).status, 200);
  });
});
