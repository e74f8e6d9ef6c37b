// `npm run key` against a real Postgres: a key that it makes is good at once, and refused at once when it is revoked.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import pg from "pg";
import type { ArrivedBatch } from "../../scripts/local/postgres/bridge.ts";
import { ROOT } from "../../scripts/workspace.mjs";
import { refuses } from "../harness/expect.ts";
import { LocalPostgres } from "../harness/postgres.ts";
import { serviceKey } from "../harness/service-keys.ts";
import { startSystem, type System } from "../harness/system.ts";
import { World } from "../harness/world.ts";

let database: LocalPostgres;
let system: System;
let admin: string;
before(async () => {
  database = await LocalPostgres.open({});
  // Statements are looked at as they are written.
  system = await startSystem({ database, bindings: { POSTGRES_KEEP_AFTER: "0" } });
  admin = database.url("postgres");
});
after(() => system.close());

const run = (...args: string[]) => promisify(execFile)(process.execPath, [join(ROOT, "scripts/key.mjs"), ...args, "--postgres", admin], { cwd: ROOT });
const failure = async (...args: string[]): Promise<string> => {
  const error = await run(...args).then(() => undefined, (failed: { stderr: string }) => failed);
  return error?.stderr ?? assert.fail(`${args.join(" ")} was done`);
};

describe("npm run key", () => {
  it("makes a key that is shown once, lists it without it, and revokes it", async () => {
    const person = await new World(system).individual();
    const { stdout } = await run("create", "--name", "it's a worker", "--scope", "usage:read", "--organization", person.organizationId);
    const [key = ""] = /tg_[\w-]{43}/.exec(stdout) ?? [];
    const [id = ""] = /key_[0-9a-f]{16}/.exec(stdout) ?? [];
    const ask = (path: string, body?: Record<string, unknown>) => system.call("track-usage", { path, method: body ? "POST" : "GET", body, token: key });
    assert.equal((await ask("/entitlements")).status, 200);
    refuses(await ask("/track", { feature: "uploads" }), 403, "scope_missing", { scope: "usage:write" });
    const listed = (await run("list")).stdout;
    assert.match(listed, new RegExp(`${id}.*it's a worker.*usage:read.*${person.organizationId}`));
    assert.match(listed, new RegExp(new Date().toISOString().slice(0, 10)), "it was used today");
    assert.equal(listed.includes(key), false);
    await run("revoke", id);
    refuses(await ask("/entitlements"), 401, "unauthenticated");
  });

  it("says what is wrong, and makes nothing", async () => {
    for (const [args, problem] of [
      [[], /Say what to do/], [["create"], /Give the key a name/], [["create", "--name", "x", "--scope", "root"], /There is no scope "root"/],
      [["create", "--name", "x", "--organization", "nowhere"], /There is no organization "nowhere"/], [["create", "--name", "x", "--ends", "2001-01-01"], /is no day to come/],
      [["revoke"], /Name the key/], [["revoke", "nothing"], /There is no key "nothing"/],
    ] as const) assert.match(await failure(...args), problem);
    const [row] = await system.sql("SELECT COUNT(*) AS keys FROM service_keys WHERE name = 'x'");
    assert.equal(Number(row?.["keys"]), 0);
  });
});

describe("a key that is revoked while its request is in the database", () => {
  const REVOKED = ["revoked_at = 1", "ends_at = 2", "can_write_usage = 0"];

  /** The batch that a request would run, taken away from it. */
  async function taken(token: string): Promise<ArrivedBatch> {
    let batch: ArrivedBatch | undefined;
    database.bridge.onArrival = (arrived) => {
      batch ??= arrived;
      return true;
    };
    try {
      await system.call("track-usage", { path: "/track", body: { feature: "uploads" }, token });
    } finally {
      database.bridge.onArrival = () => false;
    }
    assert.ok(batch);
    return batch;
  }

  it("is either good and counted, or neither", async () => {
    const [functions, operator] = [new pg.Client({ connectionString: database.url() }), new pg.Client({ connectionString: admin })];
    await Promise.all([functions.connect(), operator.connect()]);
    // What waits for the request comes behind it.
    await operator.query("SET lock_timeout = '50ms'");
    try {
      let disturbed = 0;
      for (const change of REVOKED) {
        for (let place = 0, length = 1; place < length; place += 1) {
          const { organizationId } = await new World(system).individual();
          const { statements, begin } = await taken(await serviceKey(system, { organizationId }));
          length = statements.length;
          await functions.query(begin);
          let caller: Record<string, unknown> | undefined;
          for (const [number, { text, values }] of statements.entries()) {
            const { rows } = await functions.query<Record<string, unknown>>(text, values);
            caller ??= rows.find((row) => "is_revoked" in row);
            if (number !== place) continue;
            await operator.query(`UPDATE service_keys SET ${change} WHERE organization_id = $1`, [organizationId]).then(() => (disturbed += 1), () => undefined);
          }
          await functions.query("COMMIT");
          assert.ok(caller);
          const isGood = Number(caller["is_revoked"]) === 0 && Number(caller["is_over"]) === 0 && Number(caller["can_write_usage"]) === 1;
          const [row] = await system.sql("SELECT COUNT(*) AS events FROM usage_events WHERE organization_id = ? AND accepted = 1", organizationId);
          assert.equal(Number(row?.["events"]), Number(isGood), `${change} behind statement ${place}: ${statements[place]?.text.slice(0, 80)}`);
        }
      }
      assert.ok(disturbed > 3, `${disturbed} were disturbed`);
    } finally {
      await Promise.all([functions.end(), operator.end()]);
    }
  });

  it("does not come between the parts of what manages the operator's endpoints", async () => {
    const key = await serviceKey(system, { scopes: ["webhooks:manage"] });
    const hash = createHash("sha256").update(key).digest("hex");
    const [functions, operator] = [new pg.Client({ connectionString: database.url() }), new pg.Client({ connectionString: admin })];
    await Promise.all([functions.connect(), operator.connect()]);
    try {
      await functions.query("BEGIN");
      await functions.query("SELECT tallygate_open_key_request($1, 'webhooks:manage', NULL, 1, 2, 'r')", [hash]);
      await operator.query("SET lock_timeout = '50ms'");
      await assert.rejects(operator.query("UPDATE service_keys SET revoked_at = 1 WHERE key_hash = $1", [hash]), { code: "55P03" });
      await functions.query("COMMIT");
      await operator.query("UPDATE service_keys SET revoked_at = 1 WHERE key_hash = $1", [hash]);
    } finally {
      await Promise.all([functions.end(), operator.end()]);
    }
    refuses(await system.call("webhooks", { path: "/list", method: "GET", token: key }), 401, "unauthenticated");
  });
});
