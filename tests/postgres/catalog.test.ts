// `npm run catalog` against a real Postgres, beside the functions that read it: they see a push with their next request, and
// who is moved is moved for them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import pg from "pg";
import { ROOT } from "../../scripts/workspace.mjs";
import { LocalPostgres } from "../harness/postgres.ts";
import { startSystem, type System } from "../harness/system.ts";
import { World } from "../harness/world.ts";

const VOIP = readFileSync(join(ROOT, "catalogs/voip.toml"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "tallygate-catalog-"));

let database: LocalPostgres;
let system: System;
let world: World;
let admin: string;
before(async () => {
  database = await LocalPostgres.open({});
  system = await startSystem({ database });
  world = new World(system);
  admin = database.url("postgres");
});
after(async () => {
  await system.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [join(ROOT, "scripts/catalog.mjs"), ...args, "--postgres", admin], { cwd: ROOT })).stdout;
const failure = async (...args: string[]): Promise<string> => {
  const error = await run(...args).then(() => undefined, (failed: { stderr: string }) => failed);
  return error?.stderr ?? assert.fail(`${args.join(" ")} was done`);
};
const written = (name: string, text: string): string => {
  writeFileSync(join(folder, `${name}.toml`), text);
  return join(folder, `${name}.toml`);
};
const limitOf = async (token: string): Promise<unknown> => (await system.call("track-upload", { method: "GET", token })).body["uploadLimit"];

describe("npm run catalog on Postgres", () => {
  it("needs consent for what it takes from who pays, and the functions see a push at once", async () => {
    const person = await world.individual({ plan: "professional", status: "active" });
    const lower = written("lower", VOIP.replace("limit = -1", "limit = 900"));
    assert.match(await run("diff"), /Nothing changes/);
    assert.match(await failure("push", lower), /takes something away from organizations that pay: nothing was pushed/);
    assert.equal(await limitOf(person.token), -1);
    assert.match(await run("push", lower, "--yes"), /professional: uploads +unlimited a calendar month +900 a calendar month +1 +1 +yes/);
    assert.equal(await limitOf(person.token), 900);
    await run("push", "voip");
    assert.equal(await limitOf(person.token), -1);
  });

  it("gives a new version to new customers, and to existing ones once they are moved", async () => {
    const before = await world.individual();
    const second = written("second", VOIP.replace("id = \"starter\"", "id = \"starter@2\"").replace("limit = 100", "limit = 40"));
    await run("push", second);
    const plans = (await system.call("billing", { path: "/plans", method: "GET" })).body["plans"] as { id: string }[];
    assert.deepEqual(plans.map(({ id }) => id), ["starter@2", "professional", "enterprise"]);
    const status = await system.call("track-upload", { method: "GET", token: before.token });
    assert.deepEqual([status.body["tier"], status.body["uploadLimit"]], ["starter", 100]);
    await run("move", "starter", "starter@2", "--organizations", before.organizationId);
    const after = await system.call("track-upload", { method: "GET", token: before.token });
    assert.deepEqual([after.body["tier"], after.body["uploadLimit"]], ["starter", 40]);
    const audit = await system.sql("SELECT actor_id, action, target_id, details FROM audit_events WHERE organization_id = ? AND action = 'subscription.moved'", before.organizationId);
    assert.deepEqual(audit, [{ actor_id: "operator", action: "subscription.moved", target_id: "starter@2", details: "{\"from\":\"starter\"}" }]);
    await run("push", "voip");
  });

  it("waits for what is being written, and is not done where another push was faster", async () => {
    const changed = written("changed", VOIP.replace("limit = 100", "limit = 200"));
    const client = new pg.Client({ connectionString: admin });
    await client.connect();
    // given: somebody subscribes, and this push has looked and waits for it
    await client.query("BEGIN; LOCK TABLE org_subscriptions IN ROW EXCLUSIVE MODE");
    const pushed = failure("push", changed);
    let waits = false;
    while (!waits) {
      const [row] = await system.sql("SELECT COUNT(*) AS waiting FROM pg_locks WHERE NOT granted AND relation = 'org_subscriptions'::regclass");
      waits = Number(row?.["waiting"]) === 1;
    }
    // when: another push is done in between
    await client.query("UPDATE catalog_settings SET revision = revision + 1; COMMIT");
    await client.end();
    // then
    assert.match(await pushed, /changed in the meantime: nothing was pushed/);
    assert.match(await run("diff", changed), /starter: uploads +100 a calendar month +200 a calendar month/);
  });
});
