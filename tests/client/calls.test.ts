// The client's calls against the running system, and what they do where there is none.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createClient as createSupabase } from "@supabase/supabase-js";
import { build } from "esbuild";
import { createClient, fetchTransport, isRefusal, isUnreachable, supabaseTransport, type Client, type Incoming, type Outgoing, type Transport } from "../../client/src/index.ts";
import { waitBefore } from "../../client/src/retries.ts";
import { ACTIONS } from "../../client/src/actions.ts";
import { createServerClient } from "../../client/src/server/index.ts";
import { ROOT } from "../harness/built.ts";
import { CALLS } from "../harness/calls.ts";
import { serviceKey } from "../harness/service-keys.ts";
import { startSystem, type System } from "../harness/system.ts";
import { World, type Person } from "../harness/world.ts";

let system: System;
let world: World;
before(async () => {
  system = await startSystem({ guests: { product: await workerOfAProduct() } });
  world = new World(system);
});
after(() => system.close());

const clientOf = ({ token }: Pick<Person, "token">): Client => createClient({ url: system.url, getToken: () => token });

/** A transport that hands requests to another one, after it has told of them. */
function watched(onto: Transport, seen: Outgoing[]): Transport {
  return (request) => {
    seen.push(request);
    return onto(request);
  };
}

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Incoming => ({ status, body, text: JSON.stringify(body), header: (name) => headers[name] ?? null });

/** Answers one after the other; an error is thrown. */
function scripted(answers: (Incoming | Error)[], seen: Outgoing[] = []): Transport {
  return watched(() => {
    const next = answers.shift() ?? answer(200, { success: true });
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  }, seen);
}

/** A Worker of the product's own that asks by the client. */
async function workerOfAProduct(): Promise<string> {
  const contents = `import { createClient, isRefusal } from "./index.ts";
export default {
  async fetch(request) {
    const { url, token } = await request.json();
    const client = createClient({ url, getToken: () => token });
    const { allowed } = await client.trackUsage.check({ feature: "uploads" });
    const error = await client.trackUpload.count({ uploadType: "rate_sheet", uploadCount: 101 }).catch((error) => error);
    return Response.json({ allowed, refused: isRefusal(error) && error.code, remaining: error.remaining });
  },
};`;
  const { outputFiles } = await build({ stdin: { contents, resolveDir: join(ROOT, "client/src"), loader: "ts" }, bundle: true, format: "esm", target: "es2022", write: false });
  return outputFiles[0]?.text ?? "";
}

async function refused(call: Promise<unknown>): Promise<unknown> {
  return call.then(() => assert.fail("It was not refused."), (error: unknown) => error);
}

describe("a call", () => {
  it("answers what the function does", async () => {
    const person = await world.individual();
    const reply = await clientOf(person).trackUsage.check({ feature: "uploads", quantity: 2 });
    assert.deepEqual({ feature: reply.feature, allowed: reply.allowed, limit: reply.limit, used: reply.used, remaining: reply.remaining }, { feature: "uploads", allowed: true, limit: 100, used: 0, remaining: 100 });
  });

  it("names every action that is served, and none that is not", () => {
    const named = Object.values(ACTIONS).flatMap(({ path, actions }) =>
      Object.values(actions).map(({ method, segment, constants }) => (segment === undefined ? `${path} ${constants["action"]}` : `${path} ${method} ${segment}`)));
    // Other companies' messages are not asked for, and the console is the operator's own.
    const served = CALLS.filter(({ fn, isDelivery }) => !["console", "manage-organization-members"].includes(fn) && isDelivery !== true)
      .map(({ fn, action, byPath }) => (byPath === undefined ? `${fn} ${action}` : `${fn} ${byPath} ${action}`));
    assert.deepEqual([...new Set(named)].sort(), [...new Set(served)].sort());
  });

  it("is about the organization that is named", async () => {
    const team = await world.team({ name: "Northwind" });
    const theirs = await clientOf(team.owner).trackUsage.entitlements({}, { organizationId: team.owner.organizationId });
    assert.equal(theirs.organization.id, team.owner.organizationId);
    assert.equal((await clientOf(team.owner).trackUsage.entitlements()).organization.id, team.id);
  });

  it("tells refusals apart by their code, with their details", async () => {
    const person = await world.individual();
    const error = await refused(clientOf(person).trackUpload.count({ uploadType: "rate_sheet", uploadCount: 101 }));
    assert.ok(isRefusal(error) && error.code === "upload_limit_exceeded");
    assert.equal(error.status, 429);
    assert.equal(error.remaining, 100);
    assert.equal(error.uploadLimit, 100);
    assert.match(error.message, /do not fit/);
  });

  it("gets the same data as the official Supabase client, and over it", async () => {
    const { token } = await world.individual();
    class NoSocket {}
    const supabase = createSupabase(system.url, "anon-key", { accessToken: () => Promise.resolve(token), realtime: { transport: NoSocket as unknown as typeof WebSocket } });
    const over = createClient({ transport: supabaseTransport(supabase.functions) });
    const official = await supabase.functions.invoke("track-usage/entitlements", { method: "GET" });
    assert.deepEqual(await clientOf({ token }).trackUsage.entitlements(), official.data);
    assert.deepEqual(await over.trackUsage.entitlements(), official.data);
    assert.equal((await over.trackUsage.summary({ days: 7 })).meters[0]?.used, 0);
    const posted = await supabase.functions.invoke("manage-members", { body: { action: "list" } });
    assert.deepEqual(await clientOf({ token }).manageMembers.list(), posted.data);
    assert.deepEqual(await over.manageMembers.list(), posted.data);
    const error = await refused(over.trackUpload.count({ uploadType: "rate_sheet", uploadCount: 101 }));
    assert.ok(isRefusal(error) && error.code === "upload_limit_exceeded" && error.remaining === 100);
  });

  it("works in a Worker", async () => {
    const person = await world.individual();
    const { body } = await system.call("product", { body: { url: system.url, token: person.token } });
    assert.deepEqual(body, { allowed: true, refused: "upload_limit_exceeded", remaining: 100 });
  });

  it("works in Deno", async (t) => {
    const person = await world.individual();
    const { url } = system;
    const code = `import { createClient, isRefusal } from ${JSON.stringify(pathToFileURL(join(ROOT, "client/src/index.ts")).href)};
const client = createClient({ url: ${JSON.stringify(url)}, getToken: () => ${JSON.stringify(person.token)} });
const { allowed } = await client.trackUsage.check({ feature: "uploads" });
const error = await client.trackUpload.count({ uploadType: "rate_sheet", uploadCount: 101 }).catch((error) => error);
console.log(JSON.stringify({ allowed, refused: isRefusal(error) && error.code, remaining: error.remaining }));`;
    const ran = await promisify(execFile)("deno", ["eval", "--no-lock", "--no-config", "--ext=ts", code]).catch((error: NodeJS.ErrnoException) => error);
    if (ran instanceof Error && ran.code === "ENOENT") return t.skip("There is no Deno on the PATH.");
    assert.ok(!(ran instanceof Error), String(ran));
    assert.deepEqual(JSON.parse(ran.stdout), { allowed: true, refused: "upload_limit_exceeded", remaining: 100 });
  });

  it("follows no redirect", async () => {
    const elsewhere = createServer((_, response) => response.writeHead(307, { location: `${system.url}/functions/v1/account/me` }).end());
    await new Promise<void>((ready) => elsewhere.listen(0, "127.0.0.1", ready));
    const person = await world.individual();
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const error = await refused(createClient({ url, getToken: () => person.token }).account.me());
    elsewhere.close();
    assert.ok(isRefusal(error) && error.code === "unreadable_answer");
  });

  it("has the token in the header alone, and asks for it each time", async () => {
    const seen: Outgoing[] = [];
    const tokens = ["first", "second"];
    const client = createClient({ transport: scripted([new TypeError("lost")], seen), getToken: () => tokens.shift(), random: () => 0 });
    await client.trackUsage.summary({ days: 7 });
    assert.deepEqual(seen.map(({ path, headers, body }) => ({ path, authorization: headers["authorization"], body })), [
      { path: "track-usage/summary?days=7", authorization: "Bearer first", body: undefined },
      { path: "track-usage/summary?days=7", authorization: "Bearer second", body: undefined },
    ]);
  });
});

describe("what is tried again", () => {
  const failed = (status: number | undefined, code?: string, retryAfter: string | null = null) => ({ status, code, retryAfter });

  it("is what may be sent twice, three times at most", () => {
    assert.equal(waitBefore(1, failed(undefined), true, () => 0.5, 0), 300);
    assert.equal(waitBefore(2, failed(503, "database_busy"), true, () => 0.5, 0), 600);
    assert.equal(waitBefore(3, failed(503, "database_busy"), true, () => 0.5, 0), undefined);
    assert.equal(waitBefore(1, failed(undefined), false, () => 0.5, 0), undefined);
    assert.equal(waitBefore(1, failed(503, "not_configured"), true, () => 0.5, 0), undefined);
    assert.equal(waitBefore(1, failed(500, "internal"), true, () => 0.5, 0), undefined);
  });

  it("waits as long as Retry-After says, and tells the caller where that is long", () => {
    assert.equal(waitBefore(1, failed(429, "rate_limited", "2"), false, () => 0.5, 0), 2_300);
    assert.equal(waitBefore(1, failed(503, "database_busy", new Date(4_000).toUTCString()), true, () => 0.5, 1_000), 3_300);
    assert.equal(waitBefore(1, failed(429, "rate_limited", "60"), true, () => 0.5, 0), undefined);
    assert.equal(waitBefore(1, failed(429, "limit_reached", "1"), true, () => 0.5, 0), undefined);
  });

  it("counts once: all tries have one key", async () => {
    const { token } = await world.individual();
    const seen: Outgoing[] = [];
    const real = fetchTransport(system.url);
    let lost = 1;
    // The request arrives and its answer does not.
    const lossy: Transport = async (request) => {
      const came = await real(request);
      if (lost-- > 0) throw new TypeError("The connection was lost.");
      return came;
    };
    const client = createClient({ transport: watched(lossy, seen), getToken: () => token, random: () => 0 });
    const tracked = await client.trackUsage.track({ feature: "uploads", quantity: 3 });
    assert.equal(tracked.replayed, true);
    assert.equal(tracked.used, 3);
    assert.equal(seen.length, 2);
    assert.equal(seen[0]?.headers["idempotency-key"], seen[1]?.headers["idempotency-key"]);
    assert.equal((await client.trackUsage.check({ feature: "uploads" })).used, 3);
  });

  it("is never what may have been done already", async () => {
    const seen: Outgoing[] = [];
    const client = createClient({ transport: scripted([new TypeError("lost")], seen), random: () => 0 });
    const error = await refused(client.createOrganization.create({ name: "Northwind" }));
    assert.ok(isUnreachable(error) && error.code === "unreachable");
    assert.equal(seen.length, 1);
  });

  it("ends when the caller gives up, also between two tries", async () => {
    const seen: Outgoing[] = [];
    const giveUp = new AbortController();
    const client = createClient({ transport: scripted([answer(503, { code: "database_busy" }, { "retry-after": "9" })], seen), random: () => 0 });
    const asked = client.account.me({}, { signal: giveUp.signal });
    setImmediate(() => giveUp.abort(new Error("The page was left.")));
    assert.match(String(await refused(asked)), /The page was left/);
    assert.equal(seen.length, 1);
  });
});

describe("a server", () => {
  it("counts by its key, for the organization that it names", async () => {
    const person = await world.individual();
    const server = createServerClient({ url: system.url, serviceKey: await serviceKey(system) });
    const outcome = await server.usage.track({ feature: "uploads", quantity: 4 }, { organizationId: person.organizationId });
    assert.ok(outcome.counted);
    assert.equal(outcome.answer.used, 4);
  });

  it("keeps what cannot be counted, and counts it once later: also what had arrived", async () => {
    const person = await world.individual();
    const real = fetchTransport(system.url);
    let network: "gone" | "loses answers" | "there" = "gone";
    const transport: Transport = async (request) => {
      if (network === "gone") throw new TypeError("There is no network.");
      const came = await real(request);
      if (network === "loses answers") throw new TypeError("The connection was lost.");
      return came;
    };
    const server = createServerClient({ transport, serviceKey: await serviceKey(system), random: () => 0 });
    const { organizationId } = person;
    const never = await server.usage.track({ feature: "uploads", quantity: 2 }, { organizationId });
    network = "loses answers";
    const arrived = await server.usage.track({ feature: "uploads", quantity: 5 }, { organizationId });
    assert.deepEqual([never.counted, arrived.counted], [false, false]);
    assert.deepEqual(await server.usage.flush(), { sent: 0, refused: [], waits: true });
    network = "there";
    assert.deepEqual(await server.usage.flush(), { sent: 2, refused: [], waits: false });
    assert.deepEqual(await server.usage.flush(), { sent: 0, refused: [], waits: false });
    assert.equal((await server.trackUsage.check({ feature: "uploads" }, { organizationId })).used, 7);
  });

  it("hears what is refused for good, and keeps nothing of it", async () => {
    const { organizationId } = await world.individual();
    let isGone = true;
    const real = fetchTransport(system.url);
    const transport: Transport = (request) => (isGone ? Promise.reject(new TypeError("There is no network.")) : real(request));
    const server = createServerClient({ transport, serviceKey: await serviceKey(system), random: () => 0 });
    const kept = await server.usage.track({ feature: "uploads", quantity: 101 }, { organizationId });
    assert.ok(!kept.counted);
    isGone = false;
    assert.deepEqual(await server.usage.flush(), { sent: 0, refused: [{ idempotencyKey: kept.idempotencyKey, code: "limit_reached" }], waits: false });
    await assert.rejects(server.usage.track({ feature: "uploads", quantity: 101 }, { organizationId }), { code: "limit_reached" });
  });
});
