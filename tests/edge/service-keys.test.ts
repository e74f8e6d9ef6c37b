// `npm run key` on the local database, as a person types it. (tests/postgres/keys.test.ts has it on a Postgres, with requests.)
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { localCommand } from "../harness/local-command.ts";

const { run, rows } = await localCommand("key.mjs");

describe("npm run key", () => {
  it("makes a key for one organization, of which only the hash is kept, lists it and revokes it", async () => {
    const [organization] = await rows("SELECT id FROM organizations WHERE archived_at IS NULL ORDER BY id LIMIT 1");
    const { id: organizationId } = organization as { id: string };
    // when
    const made = await run("create", "--name", "it's a worker", "--scope", "usage:read", "--organization", organizationId, "--ends", "2100-01-31");
    // then
    const [key = ""] = /tg_[\w-]{43}/.exec(made) ?? [];
    const [id = ""] = /key_[0-9a-f]{16}/.exec(made) ?? [];
    const kept = `SELECT name, key_hash, can_write_usage, can_read_usage, can_manage_webhooks, organization_id, ends_at, revoked_at FROM service_keys WHERE id = '${id}'`;
    const row = {
      name: "it's a worker", key_hash: createHash("sha256").update(key).digest("hex"), can_write_usage: 0, can_read_usage: 1, can_manage_webhooks: 0,
      organization_id: organizationId, ends_at: Date.parse("2100-01-31"), revoked_at: null,
    };
    assert.deepEqual(await rows(kept), [row]);
    const listed = await run("list");
    assert.match(listed, new RegExp(`${id}.*it's a worker.*usage:read.*${organizationId}.*2100-01-31`));
    assert.equal(listed.includes(key), false);
    const asked = Date.now();
    await run("revoke", id);
    const [{ revoked_at: revokedAt, ...others } = {}] = await rows(kept);
    assert.deepEqual({ ...others, revoked_at: null }, row);
    assert.ok(Number(revokedAt) >= asked && Number(revokedAt) <= Date.now(), String(revokedAt));
  });

  it("says what is wrong, and makes nothing", async () => {
    const before = await rows("SELECT * FROM service_keys ORDER BY id");
    for (const [args, problem] of [
      [["create", "--name", "x", "--organization", "nowhere"], /There is no organization "nowhere"/],
      [["create", "--name", "x", "--scope", "usage:all"], /There is no scope "usage:all"/],
      [["revoke", "nothing"], /There is no key "nothing"/],
    ] as const) await assert.rejects(run(...args), ({ stderr }: { stderr: string }) => problem.test(stderr));
    assert.deepEqual(await rows("SELECT * FROM service_keys ORDER BY id"), before);
  });
});
