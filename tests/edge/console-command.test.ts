// `npm run console` on the local database, as a person types it. (tests/postgres/staff.test.ts has it on a Postgres, two at once.)
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { localCommand } from "../harness/local-command.ts";

const { run, rows } = await localCommand("console.mjs");

const typeOf = async (email: string): Promise<unknown> => (await rows(`SELECT account_type FROM users WHERE email = '${email}'`))[0]?.["account_type"];

describe("npm run console", () => {
  it("makes the first super_admin, with an act, and lets the last one be", async () => {
    // The demo has somebody of the staff already.
    await rows("UPDATE users SET account_type = 'user' WHERE account_type <> 'user'");
    const [ada = "", ben = ""] = (await rows("SELECT email FROM users WHERE email_verified = 1 AND account_type = 'user' ORDER BY email LIMIT 2")).map(({ email }) => String(email));
    // when, then
    assert.match(await run("grant", ` ${ada.toUpperCase()} `, "super_admin"), /is super_admin now, and was user/);
    assert.match(await run("grant", ada, "super_admin"), /is super_admin already/);
    await assert.rejects(run("grant", ada, "user"), ({ stderr }: { stderr: string }) => /is the last super_admin/.test(stderr));
    await run("grant", ben, "super_admin");
    await run("grant", ada, "user");
    assert.deepEqual([await typeOf(ada), await typeOf(ben)], ["user", "super_admin"]);
    const acts = await rows("SELECT state_before, state_after FROM operator_acts WHERE action = 'user.account_type_changed' ORDER BY created_at");
    assert.deepEqual(acts.map(({ state_before, state_after }) => `${String(state_before)} ${String(state_after)}`), [
      '{"accountType":"user"} {"accountType":"super_admin"}',
      '{"accountType":"user"} {"accountType":"super_admin"}',
      '{"accountType":"super_admin"} {"accountType":"user"}',
    ]);
  });

  it("says what is wrong, and changes nobody", async () => {
    const before = await rows("SELECT id, account_type FROM users ORDER BY id");
    for (const [args, problem] of [
      [["grant", "nobody@example.com", "admin"], /Nobody has signed in with nobody@example.com yet/],
      [["grant", "ada@example.com", "owner"], /There is no account type "owner"/],
      [["grant"], /Say who is to be what/],
    ] as const) await assert.rejects(run(...args), ({ stderr }: { stderr: string }) => problem.test(stderr));
    assert.deepEqual(await rows("SELECT id, account_type FROM users ORDER BY id"), before);
  });
});
