// `npm run key` against a real Postgres: a key that it makes is good at once, and refused at once when it is revoked.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/workspace.mjs";
import { refuses } from "../harness/expect.ts";
import { LocalPostgres } from "../harness/postgres.ts";
import { startSystem, type System } from "../harness/system.ts";
import { World } from "../harness/world.ts";

let database: LocalPostgres;
let system: System;
let admin: string;
before(async () => {
  database = await LocalPostgres.open({});
  system = await startSystem({ database });
  const { POSTGRES_URL: url } = database.access.bindings as { POSTGRES_URL: string };
  admin = database.cluster.url(new URL(url.replace(/^postgres(ql)?:/, "http:")).pathname.slice(1), "postgres");
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
