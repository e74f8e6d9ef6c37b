// What somebody may not see shows nowhere else either: not in a cursor, and not in what a service key is told of a browser.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { serviceKey } from "./harness/service-keys.ts";
import { refuses } from "./harness/expect.ts";
import { startSystem, type System } from "./harness/system.ts";
import { DAY, World, type Person } from "./harness/world.ts";

/** More than a page looks at. */
const OTHERS = 620;

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

describe("a member's list of what others have too", () => {
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${OTHERS})`;

  /** All pages, with every cursor that came between. */
  async function pages(who: Person, organizationId: string, list: string, name: string): Promise<{ ids: string[]; cursors: string[] }> {
    const [ids, cursors]: [string[], string[]] = [[], []];
    for (let cursor = ""; ;) {
      const reply = await system.call("track-usage", { path: `/${list}?limit=2${cursor}`, method: "GET", token: who.token, headers: { "x-organization-id": organizationId } });
      assert.equal(reply.status, 200, `${cursor} ${reply.text}`);
      ids.push(...(reply.body[name] as { id: string }[]).map(({ id }) => id));
      const next = reply.body["nextCursor"];
      if (typeof next !== "string") return { ids, cursors };
      cursors.push(next);
      assert.ok(cursors.length < 20, "the pages end");
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
  }

  it("goes past them, and its cursor tells nothing of them", async () => {
    const team = await world.team({ members: { member: 1 } });
    const [member] = team.members;
    assert.ok(member);
    const now = Date.now();
    const reservation = (from: string, id: string, user: string, expires: string) => `INSERT INTO usage_reservations
  (organization_id, id, user_id, feature, event_type, weight, quantity, created_at, expires_at, request_id)
${from} SELECT '${team.id}', ${id}, '${user}', 'uploads', 'uploads', 1, 77, ${now}, ${expires}, 'r'`;
    const call = (from: string, id: string, user: string) => `INSERT INTO call_logs
  (organization_id, id, user_id, call_type, feature, status, started_at, deadline_at, request_id)
${from} SELECT '${team.id}', ${id}, '${user}', 'talk', 'uploads', 'in_progress', ${now}, ${now + DAY}, 'r'`;
    const others = `${numbers}`;
    await system.batch([
      { sql: `${reservation(others, "'secret-' || n", team.owner.id, `${now + DAY} + n`)} FROM numbers` },
      { sql: `${call(others, "'m-secret-' || n", team.owner.id)} FROM numbers` },
      ...["first", "second", "third"].flatMap((id, place) => [
        { sql: reservation("", `'${id}'`, member.id, String(now + DAY + (place === 0 ? 0 : OTHERS + place))) },
        { sql: call("", `'${["z", "b", "a"][place]}-${id}'`, member.id) },
      ]),
    ]);
    for (const [list, name, own] of [["reservations", "reservations", ["first", "second", "third"]], ["list-calls", "calls", ["z-first", "b-second", "a-third"]]] as const) {
      const { ids, cursors } = await pages(member, team.id, list, name);
      assert.deepEqual(ids, own, list);
      assert.deepEqual(cursors.filter((cursor) => /secret|77 s/.test(cursor)), [], list);
      assert.equal((await pages(team.owner, team.id, list, name).catch(() => undefined))?.ids.length, undefined, "there are many more, for whoever sees them");
    }
  });
});

describe("an export by somebody who was in an organization", () => {
  it("has what they counted there, and no cursor of it tells under which keys others count", async () => {
    const team = await world.team({ members: { member: 1 } });
    const [member] = team.members;
    assert.ok(member);
    // More than two pages look at, the member's own in between.
    const many = 10_500;
    await system.sql(`INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value, period_start,
  period_total, lifetime_total, request_hash, request_id, created_at, keyed_at, key_of_day)
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${many})
SELECT '${team.id}', CASE WHEN n IN (1, 5000, 5001, ${many}) THEN 'key:own-' ELSE 'key:secret-' END || CAST(n AS TEXT),
  CASE WHEN n IN (1, 5000, 5001, ${many}) THEN '${member.id}' ELSE '${team.owner.id}' END,
  'uploads', 'uploads', 1, 1, 'enterprise', -1, 0, n, n, 'hash', 'r', n, n, n FROM numbers`);
    const removed = await system.call("manage-members", { action: "remove", body: { memberId: member.id }, token: team.owner.token, headers: { "x-organization-id": team.id } });
    assert.equal(removed.status, 200, removed.text);
    const [ids, cursors]: [string[], string[]] = [[], []];
    for (let cursor = ""; ;) {
      const reply = await system.call("account", { path: `/export?list=events${cursor}`, method: "GET", token: member.token });
      assert.deepEqual([reply.status, reply.cost?.batches], [200, 1], reply.text);
      ids.push(...reply.text.split("\n").filter((line) => line !== "").map((line) => String((JSON.parse(line) as { id: string }).id)));
      const next = reply.headers.get("x-next-cursor");
      if (next === null) break;
      cursors.push(next);
      assert.ok(cursors.length < 20, "the pages end");
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
    assert.ok(cursors.length >= 2);
    assert.deepEqual(cursors.filter((cursor) => cursor.includes("secret")), []);
    assert.deepEqual(ids, [1, 5_000, 5_001, many].map((n) => `key:own-${n}`));
    for (const place of ["key:secret-1", "key:", "key:x", "key:99999999999999999999"]) {
      refuses(await system.call("account", { path: `/export?list=events&cursor=${encodeURIComponent(`events:${team.id}:${place}`)}`, method: "GET", token: member.token }), 400, "invalid_field", { field: "cursor" });
    }
  });
});

describe("the browser of somebody who is banned", () => {
  it("is not live for a service key", async () => {
    const team = await world.team({ members: { member: 1 } });
    const [member] = team.members;
    assert.ok(member);
    const secret = "a secret";
    await world.session({ user: member, id: "desk", lastHeartbeatAt: Date.now() });
    await system.sql("UPDATE active_sessions SET secret_hash = ? WHERE user_id = ?", createHash("sha256").update(secret).digest("hex"), member.id);
    const key = await serviceKey(system, { organizationId: team.id });
    const track = () => system.call("track-usage", {
      path: "/track", token: key, body: { feature: "uploads", userId: member.id }, headers: { "x-session-id": "desk", "x-session-secret": secret },
    });
    assert.equal((await track()).status, 200);
    for (const column of ["banned_at", "deleted_at"]) {
      await system.sql("UPDATE users SET banned_at = NULL, deleted_at = NULL WHERE id = ?", member.id);
      await system.sql(`UPDATE users SET ${column} = 1 WHERE id = ?`, member.id);
      refuses(await system.unchanged(track), 401, "session_ended", { reason: "unknown" });
    }
  });
});
