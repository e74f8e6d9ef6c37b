// `npm run console` against a real Postgres: the first of the operator's staff, who finds the console at once.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/workspace.mjs";
import { LocalPostgres } from "../harness/postgres.ts";
import { startSystem, type System } from "../harness/system.ts";
import { World } from "../harness/world.ts";

let database: LocalPostgres;
let system: System;
let admin: string;
before(async () => {
  database = await LocalPostgres.open({});
  system = await startSystem({ database });
  admin = database.url("postgres");
});
after(() => system.close());

const run = (...args: string[]) => promisify(execFile)(process.execPath, [join(ROOT, "scripts/console.mjs"), ...args, "--postgres", admin], { cwd: ROOT });
const failure = async (...args: string[]): Promise<string> => {
  const error = await run(...args).then(() => undefined, (failed: { stderr: string }) => failed);
  return error?.stderr ?? assert.fail(`${args.join(" ")} was done`);
};

describe("npm run console", () => {
  it("makes a super_admin, takes none away that is the last, and says what is wrong", async () => {
    const world = new World(system);
    const [ada, bob] = [await world.individual(), await world.individual({ emailVerified: false })];
    const look = () => system.call("console", { path: "/search?in=people&q=a", method: "GET", token: ada.token });
    assert.equal((await look()).status, 404);
    for (const [args, problem] of [
      [[], /Say who is to be what/], [["grant", ada.email, "king"], /There is no account type "king"/], [["grant", "nobody@example.com", "admin"], /Nobody has signed in with/],
      [["grant", bob.email, "admin"], /is not verified/],
    ] as const) assert.match(await failure(...args), problem);
    // when
    assert.match((await run("grant", ada.email.toUpperCase(), "super_admin")).stdout, /is super_admin now, and was user/);
    // then
    assert.equal((await look()).status, 200);
    assert.match((await run("grant", ada.email, "super_admin")).stdout, /is super_admin already/);
    assert.match(await failure("grant", ada.email, "user"), /is the last super_admin/);
    const kept = await system.sql("SELECT target_id, state_before, state_after, is_applied FROM operator_acts");
    assert.deepEqual(kept.map((row) => ({ ...row, is_applied: Number(row["is_applied"]) })),
      [{ target_id: ada.id, state_before: '{"accountType":"user"}', state_after: '{"accountType":"super_admin"}', is_applied: 1 }]);
  });

  it("leaves one, however many are taken out at once", async () => {
    const world = new World(system);
    const staff = await world.individuals(3);
    await system.sql("UPDATE users SET account_type = 'user'");
    const left = async () => (await system.sql("SELECT id FROM users WHERE account_type = 'super_admin'")).length;
    for (let round = 0; round < 3; round += 1) {
      for (const { email } of staff) await run("grant", email, "super_admin").catch(() => undefined);
      assert.equal(await left(), 3);
      const said = await Promise.allSettled(staff.map(({ email }) => run("grant", email, "user")));
      assert.ok(said.some(({ status }) => status === "rejected"));
      assert.ok(await left() >= 1, "none is left");
      const acts = await system.sql("SELECT id FROM operator_acts WHERE is_applied = 1 AND state_after = '{\"accountType\":\"user\"}'");
      assert.ok(acts.length <= 2 * (round + 1));
    }
  });
});
