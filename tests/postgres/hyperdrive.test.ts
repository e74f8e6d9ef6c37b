// Postgres over the runtime's own Hyperdrive binding: the way itself. What else must hold on it, suites that run on every engine say.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { LocalHyperdrive } from "../harness/hyperdrive.ts";
import { LocalPostgres } from "../harness/postgres.ts";
import { startSystem, type Reply, type System } from "../harness/system.ts";
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
});
