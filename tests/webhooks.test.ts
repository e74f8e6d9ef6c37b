// Events out: real receivers, signatures that the official packages verify, and hours that pass by moving what is written.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { textAt } from "./harness/answers.ts";
import { engine } from "./harness/database.ts";
import { refuses } from "./harness/expect.ts";
import { idPrefix } from "./harness/moments.ts";
import { Receiver, type Got, type Manner } from "./harness/receiver.ts";
import { serviceKey } from "./harness/service-keys.ts";
import { startSystem, type Reply, type System } from "./harness/system.ts";
import { DAY, HOUR, MINUTE, World, type Person, type Team } from "./harness/world.ts";

/** What a log line says of a job. */
interface Line {
  job: string;
  outcome: string;
  changed: number;
  cause: string | null;
  rowsRead: number | null;
  rowsWritten: number | null;
}

let system: System;
let world: World;
let receiver: Receiver;
let team: Team;
before(async () => {
  // Nobody waits ten seconds for a receiver that hangs.
  system = await startSystem({ scheduled: true, bindings: { WEBHOOKS_TIMEOUT_MS: "1000" } });
  world = new World(system);
  receiver = await Receiver.open();
});
after(async () => {
  await system.close();
  await receiver.close();
});
beforeEach(async () => {
  for (const table of ["webhook_deliveries", "webhook_endpoints", "webhook_progress", "outbox", "operator_events", "scheduled_jobs"]) await system.sql(`DELETE FROM ${table}`);
  receiver.got.length = 0;
  team = await world.team({ members: { admin: 1 } });
  // The plan has them.
  await world.endpoint({ organizationId: team.id });
  await system.sql("DELETE FROM webhook_endpoints");
});

const post = (who: Pick<Person, "token">, action: string, body: Record<string, unknown>): Promise<Reply> =>
  system.call("webhooks", { path: `/${action}`, body, token: who.token });
const get = (who: Pick<Person, "token">, path: string): Promise<Reply> => system.call("webhooks", { path: `/${path}`, method: "GET", token: who.token });

/** An endpoint of the team's, as its owner makes it, that is answered in that manner. */
async function endpoint(path: string, manner: Manner = 200, more: Record<string, unknown> = {}): Promise<{ id: string; secret: string }> {
  const reply = await post(team.owner, "create", { url: receiver.url(path, manner), ...more });
  assert.equal(reply.status, 201, reply.text);
  return { id: textAt(reply, "endpoint", "id"), secret: textAt(reply, "secret") };
}

/** As if all endpoints had answered well before: what goes to others stands in line until they have. */
const allAreKnown = (): Promise<unknown> => system.sql("UPDATE webhook_endpoints SET answered_at = created_at");

let made = 0;
/** Events of the team's, as a function writes them. Returns their ids. */
async function events(count: number, organizationId = team.id): Promise<string[]> {
  const now = Date.now();
  const ids = Array.from({ length: count }, () => `${idPrefix(now)}-7${String(made++).padStart(8, "0")}`);
  for (let from = 0; from < count; from += 500) {
    await system.batch(ids.slice(from, from + 500).map((id) => ({
      sql: "INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at) VALUES (?, ?, 'member.removed', 'somebody', ?, ?)",
      values: [id, organizationId, JSON.stringify({ memberId: id }), now],
    })));
  }
  return ids;
}

/** One run of a job. */
async function run(job: string): Promise<Line> {
  const [line] = (await system.tick(`job:${job}`)) as unknown as Line[];
  assert.ok(line !== undefined);
  assert.equal(line.cause, null, JSON.stringify(line));
  return line;
}

/** A minute of the scheduler's, as far as it is about events. */
async function minute(): Promise<Line[]> {
  return [await run("deliver_outbox"), await run("retry_deliveries"), await run("probe_endpoints")];
}

/** As if all that is written had been so much earlier. */
async function later(milliseconds: number): Promise<void> {
  await system.batch([
    { sql: "UPDATE webhook_deliveries SET next_attempt_at = next_attempt_at - ? WHERE next_attempt_at IS NOT NULL", values: [milliseconds] },
    { sql: "UPDATE webhook_endpoints SET failing_since = failing_since - ?, deferred_until = deferred_until - ?", values: [milliseconds, milliseconds] },
  ]);
}

const idsOf = (got: Got[]): string[] => got.map(({ headers }) => String(headers["webhook-id"]));
const headersOf = ({ headers }: Got): Record<string, string> =>
  Object.fromEntries(["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, String(headers[name])]));
const stateOf = async (id: string): Promise<unknown[]> =>
  (await system.sql("SELECT state, attempts, response_status AS status FROM webhook_deliveries WHERE endpoint_id = ? ORDER BY event_id", id))
    .map(({ state, attempts, status }) => [state, Number(attempts), status === null ? null : Number(status)]);

describe("a list", () => {
  it("has at most a hundred rows a page, and its pages have each row once", async () => {
    // given: 230 of each
    const { id } = await endpoint("in");
    const now = Date.now();
    const numbers = "WITH RECURSIVE numbers (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < 230)";
    await system.sql(`INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, created_at, request_id)
${numbers} SELECT ?, '${idPrefix(now)}-' || n, 'delivered', 1, CAST(? AS BIGINT), 'r' FROM numbers`, id, now);
    await system.sql(`INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
${numbers} SELECT ?, '${idPrefix(now)}-' || n, 'somebody', 'x', 't', 'r', CAST(? AS BIGINT) FROM numbers`, team.id, now);
    for (const [path, list, key] of [[`deliveries?endpoint=${id}`, "deliveries", "event"], ["audit?actor=somebody", "events", "id"]] as const) {
      // when
      const sizes: number[] = [];
      const seen = new Set<unknown>();
      for (let cursor: string | null = ""; cursor !== null;) {
        const reply = await get(team.owner, `${path}&limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
        assert.equal(reply.status, 200, reply.text);
        const rows = reply.body[list] as Record<string, unknown>[];
        for (const row of rows) seen.add(row[key]);
        sizes.push(rows.length);
        cursor = reply.body["nextCursor"] as string | null;
      }
      // then
      assert.deepEqual([sizes, seen.size], [[100, 100, 30], 230], path);
      assert.equal(((await get(team.owner, path)).body[list] as unknown[]).length, 50, path);
      for (const limit of ["101", "0", "-1", "1.5", "1e2", "all"]) {
        refuses(await get(team.owner, `${path}&limit=${limit}`), 400, "invalid_field", { field: "limit" }, `${path} ${limit}`);
      }
      refuses(await get(team.owner, `${path}&cursor=x`), 400, "invalid_field", { field: "cursor" }, path);
    }
  });

  it("of endpoints is as long as there may be endpoints", async () => {
    const made = await Promise.all(Array.from({ length: 25 }, () => post(team.owner, "create", { url: receiver.url("in") })));
    assert.equal(made.filter(({ status }) => status === 201).length, 20);
    const refused = made.find(({ status }) => status !== 201);
    assert.ok(refused !== undefined);
    refuses(refused, 429, "too_many_endpoints", { most: 20 });
    assert.equal(((await get(team.owner, "list")).body["endpoints"] as unknown[]).length, 20);
  });
});

describe("an event", () => {
  it("is signed so that the official packages believe it, and nobody else's secret does", async () => {
    const { secret } = await endpoint("in");
    const invited = await system.call("invite-user", { action: "invite", body: { email: "new@example.com" }, token: team.owner.token });
    assert.equal(invited.status, 201, invited.text);
    await minute();
    const [got, ...others] = receiver.at("in");
    assert.ok(got !== undefined && others.length === 0);
    for (const Webhook of [StandardWebhook, SvixWebhook]) {
      const verified = new Webhook(secret).verify(got.body, headersOf(got)) as Record<string, unknown>;
      assert.deepEqual([verified["type"], verified["organizationId"], verified["targetId"], verified["sequence"]], ["invitation.created", team.id, textAt(invited, "invitation", "id"), 1]);
      assert.ok(Math.abs(Date.parse(String(verified["timestamp"])) - Date.now()) < MINUTE);
      assert.throws(() => new Webhook("whsec_plJ3nmyCDGBKInavdOK15jsl").verify(got.body, headersOf(got)));
      assert.throws(() => new Webhook(secret).verify(`${got.body} `, headersOf(got)));
    }
    assert.equal(got.headers["content-type"], "application/json");
  });

  it("is signed with both secrets while one is changed for another", async () => {
    const { id, secret } = await endpoint("in");
    const rotated = await post(team.owner, "rotate", { endpoint: id });
    const [event] = await events(1);
    await minute();
    const [got] = receiver.at("in");
    assert.ok(got !== undefined);
    for (const one of [secret, textAt(rotated, "secret")]) {
      assert.equal((new StandardWebhook(one).verify(got.body, headersOf(got)) as { data: { memberId: string } }).data.memberId, event);
    }
    await system.sql("UPDATE webhook_endpoints SET former_secret_ends_at = ?", Date.now() - 1);
    await events(1);
    await minute();
    const next = receiver.at("in")[1];
    assert.ok(next !== undefined);
    assert.throws(() => new StandardWebhook(secret).verify(next.body, headersOf(next)));
  });

  it("goes to the operator's endpoints, too, whoever's it is", async () => {
    const token = await serviceKey(system, { scopes: ["webhooks:manage"] });
    const made = await post({ token }, "create", { url: receiver.url("operator"), eventTypes: ["member.removed"] });
    assert.equal(made.status, 201, made.text);
    await endpoint("own");
    const other = await world.team();
    const theirs = await events(1, other.id);
    const ours = await events(1);
    await minute();
    assert.deepEqual([idsOf(receiver.at("operator")).sort(), idsOf(receiver.at("own")).sort()], [[...theirs, ...ours], ours]);
    const shown = await get({ token }, `deliveries?endpoint=${textAt(made, "endpoint", "id")}`);
    assert.equal(shown.status, 200, shown.text);
  });

  it("may be sent once more, under the same id", async () => {
    const { id } = await endpoint("in");
    const [first = "", second = ""] = await events(2);
    await minute();
    const shown = await get(team.owner, `deliveries?endpoint=${id}`);
    assert.deepEqual((shown.body["deliveries"] as { event: string; responseStatus: number; response: string }[]).map(({ event, responseStatus, response }) => [event, responseStatus, response]),
      [[second, 200, "thanks"], [first, 200, "thanks"]]);
    assert.equal((await post(team.owner, "redeliver", { endpoint: id, event: first })).status, 200);
    await minute();
    assert.equal((await post(team.owner, "redeliver", { endpoint: id, since: new Date(Date.now() - HOUR).toISOString() })).body["redelivered"], 2);
    await minute();
    assert.deepEqual(idsOf(receiver.at("in")).sort(), [first, first, first, second, second].sort());
  });

  it("that is asked for while it is under way is sent once more", async () => {
    const { id } = await endpoint("in");
    const [event] = await events(1);
    const asked: number[] = [];
    receiver.url("in", async () => {
      if (asked.length === 0) asked.push((await post(team.owner, "redeliver", { endpoint: id, event })).status);
      return 200;
    });
    await minute();
    await minute();
    assert.deepEqual([asked, idsOf(receiver.at("in"))], [[200], [event, event]]);
    assert.deepEqual(await stateOf(id), [["delivered", 1, 200]]);
  });

  it("of the operator's endpoints reaches their other ones, is listed, and is sent once more", async () => {
    // given
    const token = await serviceKey(system, { scopes: ["webhooks:manage"] });
    const made = await Promise.all([["gone", 410], ["other", 200], ["picky", 200]].map(async ([path, manner]) => {
      const eventTypes = path === "picky" ? { eventTypes: ["member.removed"] } : {};
      const reply = await post({ token }, "create", { url: receiver.url(String(path), manner as Manner), ...eventTypes });
      assert.equal(reply.status, 201, reply.text);
      return { id: textAt(reply, "endpoint", "id"), secret: textAt(reply, "secret") };
    }));
    const [gone, other] = made;
    assert.ok(gone !== undefined && other !== undefined);
    const own = await endpoint("own");
    // when
    const [event] = await events(1);
    await minute();
    await minute();
    // then
    const got = receiver.at("other").find(({ headers }) => headers["webhook-id"] !== event);
    assert.ok(got !== undefined);
    const told = new StandardWebhook(other.secret).verify(got.body, headersOf(got)) as Record<string, unknown>;
    assert.deepEqual(told, {
      type: "webhook.endpoint_disabled", timestamp: told["timestamp"], sequence: 2, targetId: gone.id,
      data: { endpoint: { id: gone.id, url: receiver.url("gone", 410), reason: "gone" }, organization: null },
    });
    assert.deepEqual(["own", "picky", "gone"].map((path) => idsOf(receiver.at(path))), [[event], [event], [event]]);
    const id = String(got.headers["webhook-id"]);
    const [newest] = (await get({ token }, `deliveries?endpoint=${other.id}`)).body["deliveries"] as Record<string, unknown>[];
    assert.deepEqual([newest?.["event"], newest?.["eventType"], newest?.["organizationId"], newest?.["sequence"], newest?.["state"]],
      [id, "webhook.endpoint_disabled", null, 2, "delivered"]);
    const since = new Date(Date.now() - HOUR).toISOString();
    assert.equal((await post({ token }, "redeliver", { endpoint: other.id, event: id })).body["redelivered"], 1);
    await minute();
    assert.equal(idsOf(receiver.at("other")).filter((one) => one === id).length, 2);
    assert.equal((await post({ token }, "redeliver", { endpoint: other.id, since })).body["redelivered"], 2);
    // and no organization can have it
    refuses(await post(team.owner, "redeliver", { endpoint: own.id, event: id }), 400, "invalid_field", { field: "event" });
    assert.equal((await post(team.owner, "redeliver", { endpoint: own.id, since })).body["redelivered"], 1);
  });

  it("that an organization is archived is the last that its endpoint hears of, also where it has to be tried again", async () => {
    const { id } = await endpoint("in");
    const failing = await endpoint("failing", 500);
    await allAreKnown();
    const [before] = await events(1);
    const archived = await system.call("account", { path: "/archive-organization", body: { organizationId: team.id }, token: team.owner.token });
    assert.equal(archived.status, 200, archived.text);
    const [told] = await system.sql("SELECT id FROM outbox WHERE event_type = 'organization.archived' AND organization_id = ?", team.id);
    const after = await system.sql("SELECT archived_at AS at FROM organizations WHERE id = ?", team.id);
    await system.sql("INSERT INTO outbox (id, organization_id, event_type, target_id, created_at) VALUES (?, ?, 'member.removed', 'x', ?)",
      `${idPrefix(Date.now())}-7zzzzzzzz`, team.id, Number(after[0]?.["at"]) + 1);
    await minute();
    // Both leave in one run, and which comes first is not promised.
    assert.deepEqual(idsOf(receiver.at("in")).sort(), [before, told?.["id"]].sort());
    assert.deepEqual((await stateOf(id)).length, 2);
    receiver.url("failing");
    for (let time = 0; time < 3; time += 1) {
      await later(10 * MINUTE);
      await minute();
    }
    assert.deepEqual((await stateOf(failing.id)).map((state) => (state as unknown[])[0]), ["delivered", "delivered"]);
  });

  it("is signed with what a receiver has, however many ask for another secret at once", async () => {
    const token = await serviceKey(system, { scopes: ["webhooks:manage"] });
    const operator = await post({ token }, "create", { url: receiver.url("operator") });
    const own = await endpoint("in");
    for (const [who, id, secret, path] of [[team.owner, own.id, own.secret, "in"], [{ token }, textAt(operator, "endpoint", "id"), textAt(operator, "secret"), "operator"]] as const) {
      const rotated = await Promise.all(Array.from({ length: 20 }, () => post(who, "rotate", { endpoint: id })));
      const made = rotated.filter(({ status }) => status === 200);
      assert.equal(made.length, 1);
      for (const reply of rotated.filter((reply) => !made.includes(reply))) {
        refuses(reply, 409, "secret_rotated_lately", { formerSecretEndsAt: textAt(one(made), "endpoint", "formerSecretEndsAt") }, path);
      }
      await events(1);
      await minute();
      const got = one(receiver.at(path).slice(-1));
      for (const known of [secret, textAt(one(made), "secret")]) new StandardWebhook(known).verify(got.body, headersOf(got));
      const compromised = await post(who, "rotate", { endpoint: id, compromised: true });
      assert.equal(compromised.status, 200, compromised.text);
      await events(1);
      await minute();
      const last = one(receiver.at(path).slice(-1));
      new StandardWebhook(textAt(compromised, "secret")).verify(last.body, headersOf(last));
      for (const known of [secret, textAt(one(made), "secret")]) assert.throws(() => new StandardWebhook(known).verify(last.body, headersOf(last)));
    }
  });

  it("goes to no endpoint that was removed, of which nothing is left a day later", async () => {
    const { id } = await endpoint("in");
    await events(1);
    await minute();
    assert.equal((await post(team.owner, "remove", { endpoint: id })).status, 200);
    refuses(await post(team.owner, "resume", { endpoint: id }), 404, "endpoint_not_found", {}, "resume");
    await events(1);
    await minute();
    assert.equal(receiver.at("in").length, 1);
    await system.sql("UPDATE webhook_endpoints SET removed_at = removed_at - ?", 2 * HOUR);
    for (const job of ["clear_deliveries", "clear_endpoints"]) await run(job);
    for (const table of ["webhook_deliveries", "webhook_endpoints"]) assert.deepEqual(await system.sql(`SELECT * FROM ${table}`), [], table);
  });

  it("of a test is sent at once", async () => {
    const { id, secret } = await endpoint("in");
    const reply = await post(team.owner, "test", { endpoint: id });
    assert.deepEqual([reply.status, reply.body["delivered"], reply.body["responseStatus"]], [200, true, 200]);
    const [got] = receiver.at("in");
    assert.ok(got !== undefined);
    assert.equal((new StandardWebhook(secret).verify(got.body, headersOf(got)) as { type: string }).type, "ping");
  });
});

describe("receivers that do not answer well", () => {
  const BAD: Record<string, Manner> = { failing: 500, hanging: "hangs", closing: "closes", "dripping-head": "drips its head", redirecting: "redirects" };

  /** An address where nobody listens. */
  async function nowhere(): Promise<string> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return `http://127.0.0.1:${port}/`;
  }

  it("get everything when they answer well again, after an hour and a day, and nothing twice after that; the others are on time", async () => {
    const bad = new Map<string, string>();
    for (const [path, manner] of Object.entries(BAD)) bad.set(path, (await endpoint(path, manner)).id);
    const away = await world.endpoint({ organizationId: team.id, url: await nowhere() });
    const fine = await endpoint("fine");
    const sent: string[] = [];
    // An hour, in which each fails again and again.
    for (let part = 0; part < 6; part += 1) {
      sent.push(...await events(2));
      await minute();
      assert.deepEqual(idsOf(receiver.at("fine")).sort(), sent, "the other one hears of each at once");
      await later(10 * MINUTE);
    }
    for (const [path, id] of bad) {
      const states = (await stateOf(id)) as [string, number, number | null][];
      assert.equal(states.length, sent.length, path);
      assert.ok(states.every(([state]) => state === "pending") && states.some(([, attempts]) => attempts > 1), `${path}: ${JSON.stringify(states)}`);
      const [{ failure, status } = {}] = await system.sql("SELECT failure, response_status AS status FROM webhook_deliveries WHERE endpoint_id = ? AND attempts > 0 ORDER BY event_id", id);
      const answered = { failing: 500, redirecting: 307 }[path];
      assert.equal(status === null ? undefined : Number(status), answered, path);
      assert.equal(failure === null, answered !== undefined, `${path}: ${String(failure)}`);
    }
    assert.deepEqual((await stateOf(away)).length, sent.length);
    assert.deepEqual(receiver.at("elsewhere"), [], "no redirect is followed");
    const [{ kept } = {}] = await system.sql("SELECT MAX(LENGTH(response)) AS kept FROM webhook_deliveries");
    assert.equal(Number(kept), 1_000);
    // They answer well again.
    for (const path of bad.keys()) receiver.url(path, 200);
    receiver.got.length = 0;
    for (let part = 0; part < 4; part += 1) {
      await later(6 * HOUR);
      await minute();
    }
    for (const path of bad.keys()) assert.deepEqual(idsOf(receiver.at(path)).sort(), sent, path);
    assert.deepEqual(receiver.at("fine"), []);
    assert.equal((await stateOf(fine.id)).length, sent.length);
  });

  it("are heard where their head comes in time, whatever becomes of the body", async () => {
    const { id } = await endpoint("dripping", "drips its body");
    await events(1);
    await minute();
    await later(DAY);
    await minute();
    assert.deepEqual([await stateOf(id), receiver.at("dripping").length], [[["delivered", 1, 200]], 1]);
  });

  it("hold up nobody: of many events the others get all in the same run", async () => {
    const hanging = await endpoint("hanging", "hangs");
    const slow = await endpoint("dripping-head", "drips its head");
    for (const path of ["one", "two"]) await endpoint(path);
    await allAreKnown();
    const sent = await events(150);
    await run("deliver_outbox");
    for (const path of ["one", "two"]) assert.deepEqual(idsOf(receiver.at(path)).sort(), sent, path);
    for (const { id } of [hanging, slow]) assert.equal((await stateOf(id)).length, sent.length, "nothing is lost: the rest stands in line");
    assert.ok(receiver.at("hanging").length <= 2 && receiver.at("dripping-head").length <= 2);
  });

  it("and say that they are gone are disabled, until they are resumed", async () => {
    const { id } = await endpoint("gone", 410);
    await events(1);
    await minute();
    const listed = async () => (await get(team.owner, "list")).body["endpoints"] as { state: string; disabledReason: string | null }[];
    assert.deepEqual((await listed()).map(({ state, disabledReason }) => [state, disabledReason]), [["disabled", "gone"]]);
    const [told] = await system.sql("SELECT target_id AS target, payload FROM outbox WHERE event_type = 'webhook.endpoint_disabled'");
    assert.deepEqual([told?.["target"], JSON.parse(String(told?.["payload"]))["endpoint"]["reason"]], [id, "gone"]);
    receiver.url("gone", 200);
    await events(1);
    await later(HOUR);
    await minute();
    assert.equal(receiver.at("gone").length, 1, "it gets nothing more");
    assert.equal((await post(team.owner, "resume", { endpoint: id })).status, 200);
    await minute();
    assert.deepEqual(await stateOf(id), [["delivered", 2, 200]], "what stood in line is sent, what happened meanwhile is not");
  });

  it("for five days are disabled, and that is told", async () => {
    await endpoint("failing", 503);
    await events(1);
    await minute();
    for (let day = 0; day < 5; day += 1) {
      await later(DAY + MINUTE);
      await minute();
    }
    const listed = (await get(team.owner, "list")).body["endpoints"] as { state: string; disabledReason: string | null }[];
    assert.deepEqual(listed.map(({ state, disabledReason }) => [state, disabledReason]), [["disabled", "failing"]]);
    assert.equal((await system.sql("SELECT id FROM outbox WHERE event_type = 'webhook.endpoint_disabled'")).length, 1);
    assert.equal((await system.sql("SELECT id FROM audit_events WHERE action = 'webhook.endpoint_disabled' AND organization_id = ?", team.id)).length, 1);
  });
});

describe("many events", () => {
  const count = Number(process.env["TALLYGATE_EVENTS"] ?? 200);

  it(`${count} to three endpoints are delivered once each within the ticks that the pages allow, three rows written an event and endpoint at most`, async () => {
    const paths = ["one", "two", "three"];
    for (const path of paths) await endpoint(path);
    await allAreKnown();
    const sent = await events(count);
    let [written, ticks] = [0, 0];
    for (;;) {
      const line = await run("deliver_outbox");
      written += line.rowsWritten ?? 0;
      ticks += 1;
      if (line.outcome === "done") break;
    }
    // On a busy machine a receiver may have answered too late: its deliveries stand in line, and one of them comes again.
    const inLine = async () => Number((await system.sql("SELECT COUNT(*) AS waiting FROM webhook_deliveries WHERE state = 'pending'"))[0]?.["waiting"]);
    while (await inLine() > 0) {
      await later(10 * MINUTE);
      await run("probe_endpoints");
      await run("retry_deliveries");
    }
    for (const path of paths) assert.deepEqual([...new Set(idsOf(receiver.at(path)))].sort(), sent, path);
    // 40 steps of 100 deliveries a run, or as many as it gets through in 20 seconds.
    assert.ok(ticks <= Math.max(1, Math.ceil(count * 3 / 1_000)), `${ticks} ticks`);
    if (engine === "d1") assert.ok(written <= 3 * 3 * count, `${written} rows`);
  });

  it("are delivered once by two schedulers at once", async () => {
    await endpoint("in");
    await allAreKnown();
    const sent = await events(100);
    await Promise.all([run("deliver_outbox"), run("deliver_outbox")]);
    assert.deepEqual(idsOf(receiver.at("in")).sort(), sent);
  });

  it("that were given out before are not looked through again", { skip: engine !== "d1" && "Postgres reports no rows" }, async () => {
    await endpoint("in");
    await allAreKnown();
    const reads = async (given: number, arriving: number): Promise<number | null> => {
      for (const table of ["webhook_deliveries", "outbox", "scheduled_jobs"]) await system.sql(`DELETE FROM ${table}`);
      await system.sql(`INSERT INTO outbox (id, organization_id, event_type, target_id, created_at, sequence)
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${given})
SELECT '00000000-' || n, ?, 'member.removed', 'somebody', 1, n FROM numbers`, team.id);
      await system.sql("UPDATE webhook_progress SET last_sequence = ?, delivered_sequence = ?, settled_to = '00000001'", given, given);
      await events(arriving);
      const line = await run("deliver_outbox");
      assert.equal(line.changed, arriving);
      return line.rowsRead;
    };
    assert.deepEqual([await reads(5_000, 1), await reads(5_000, 0)], [await reads(50, 1), await reads(50, 0)]);
  });
});

describe("the history", () => {
  it("is read and exported by those who run the organization, and filtered", async () => {
    const { id } = await endpoint("in");
    await post(team.owner, "pause", { endpoint: id });
    const read = await get(one(team.admins), `audit?target=${id}`);
    assert.deepEqual((read.body["events"] as { action: string; actorId: string }[]).map(({ action, actorId }) => [action, actorId]),
      [["webhook.endpoint_paused", team.owner.id], ["webhook.endpoint_created", team.owner.id]]);
    const admin = one(team.admins);
    await post(admin, "resume", { endpoint: id });
    const found = async (filter: string) => ((await get(admin, `audit?target=${id}&${filter}`)).body["events"] as { action: string }[]).map(({ action }) => action);
    const [hourAgo, inAnHour] = [-HOUR, HOUR].map((away) => new Date(Date.now() + away).toISOString());
    assert.deepEqual(await found(`actor=${admin.id}`), ["webhook.endpoint_resumed"]);
    assert.deepEqual([(await found(`since=${hourAgo}&until=${inAnHour}`)).length, await found(`since=${inAnHour}`), await found(`until=${hourAgo}`)], [3, [], []]);
    const csv = await get(team.owner, `audit-export?format=csv&action=webhook.endpoint_paused`);
    assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8");
    assert.match(csv.text, new RegExp(`^id,createdAt,actorId,action,targetId,details\r\n"[^"]+","[^"]+","${team.owner.id}","webhook.endpoint_paused","${id}","\\{\\}"\r\n$`));
    const lines = await get(team.owner, `audit-export?format=ndjson&target=${id}`);
    assert.deepEqual(lines.text.trim().split("\n").map((line) => (JSON.parse(line) as { action: string }).action), ["webhook.endpoint_resumed", "webhook.endpoint_paused", "webhook.endpoint_created"]);
  });

  it("is changed by nobody on D1, whoever asks the database", { skip: engine !== "d1" && "there a role has no right to: row-level-security.test.ts" }, async () => {
    for (const sql of ["UPDATE audit_events SET actor_id = 'nobody'", "DELETE FROM audit_events"]) await assert.rejects(system.sql(sql), /history_is_append_only/);
  });
});

function one<T>(list: readonly T[]): T {
  const [first] = list;
  assert.ok(first !== undefined);
  return first;
}

// Last: from the first snapshot on, what is written on D1 is counted by triggers, which are rows of their own.
describe("an address", () => {
  it("of one's own network is refused, and where it is kept already nothing is sent to it", async () => {
    for (const url of ["https://10.0.0.1/", "https://0x7f.1/", "https://[::ffff:169.254.169.254]/", "https://metadata.google.internal/"]) {
      refuses(await system.unchanged(() => post(team.owner, "create", { url })), 400, "invalid_field", { field: "url" }, url);
    }
    const id = await world.endpoint({ organizationId: team.id, url: `http://127.0.0.2:${new URL(receiver.url("x")).port}/x` });
    await events(1);
    await minute();
    assert.deepEqual([receiver.got.length, await stateOf(id)], [0, [["pending", 1, null]]]);
  });
});
