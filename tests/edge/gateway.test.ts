// One host in front of all functions: `/functions/v1/<name>` is the function, and nothing else is.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { at, textAt } from "../harness/answers.ts";
import { CALLS } from "../harness/calls.ts";
import { refuses, replies } from "../harness/expect.ts";
import { fetchOnce } from "../harness/reply.ts";
import { startSystem, type System } from "../harness/system.ts";
import { World, type Person, type Team } from "../harness/world.ts";

const NAMES = [...new Set(CALLS.map(({ fn }) => fn)), "manage-organization-members"].sort();

let system: System;
let team: Team;
let owner: Person;
before(async () => {
  system = await startSystem();
  team = await new World(system).team();
  owner = team.owner;
});
after(() => system.close());

/** The gateway at any path, with nothing tidied up on the way. */
async function visit(path: string, init: RequestInit = {}): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetchOnce(`${system.url}${path}`, { redirect: "manual", ...init });
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Not every path answers with JSON; the status says enough.
  }
  return { status: response.status, body, headers: response.headers };
}

describe("the list of functions", () => {
  it("names what is served, and nothing of what else is bound", async () => {
    for (const path of ["/functions/v1", "/functions/v1/", "/functions/v1?a=b"]) {
      const { status, body, headers } = await visit(path);
      assert.deepEqual({ status, body }, { status: 200, body: { success: true, functions: NAMES } }, path);
      assert.match(headers.get("content-type") ?? "", /^application\/json/);
    }
  });
});

describe("a function", () => {
  it("answers at its own host as it does behind the gateway", async () => {
    for (const name of NAMES) {
      for (const ask of [{ action: "no-such-action", token: owner.token }, { rawBody: "{", token: owner.token }, {}, { method: "DELETE", rawBody: "" }]) {
        const [behind, own] = [await system.call(name, ask), await system.direct(name, ask)];
        assert.deepEqual([own.status, own.text], [behind.status, behind.text], name);
      }
    }
    const [behind, own] = [await system.call("manage-members", { token: owner.token }), await system.direct("manage-members", { token: owner.token })];
    assert.equal(own.status, 200);
    assert.equal(own.text, behind.text);
  });

  it("is the same with a slash or a query behind its name", async () => {
    const plain = await system.call("manage-members", { action: "list", token: owner.token });
    for (const path of ["/", "?forceFunctionRegion=eu-west-1", "/?a=b#c"]) {
      const reply = await system.call("manage-members", { action: "list", token: owner.token, path });
      assert.deepEqual([reply.status, reply.text], [200, plain.text], path);
    }
  });

  it("gets method, headers, body and the rest of the path as they were sent", async () => {
    assert.equal((await system.call("manage-members", { method: "GET", token: owner.token })).status, 200);
    const other = await new World(system).team({ owner, current: false });
    const reply = await system.call("manage-members", { action: "list", token: owner.token, headers: { "x-organization-id": other.id } });
    assert.equal(textAt(reply, "organization", "id"), other.id);
    refuses(await system.call("manage-members", { token: owner.token, path: "/deeper" }), 404, "not_found");
    refuses(await system.direct("manage-members", { token: owner.token, path: "/deeper" }), 404, "not_found");
    refuses(await system.call("track-upload", { token: owner.token, rawBody: " ".repeat(65 * 1024) }), 413, "body_too_large");
  });

  it("hands its own headers through", async () => {
    const origin = "http://localhost:5173";
    const reply = await system.call("manage-members", { action: "list", token: owner.token, headers: { origin } });
    assert.equal(reply.headers.get("access-control-allow-origin"), origin);
    assert.equal(reply.headers.get("cache-control"), "no-store");
    assert.match(reply.headers.get("content-type") ?? "", /^application\/json/);
    assert.ok(reply.cost, "Server-Timing");
    refuses(await system.call("manage-members"), 401, "unauthenticated");
  });

  it("answers a hundred requests at once, each its own", async () => {
    const people = await new World(system).individuals(10);
    const answers = await Promise.all(Array.from({ length: 100 }, async (_, place) => {
      const person = people[place % people.length];
      assert.ok(person);
      const reply = await system.call("manage-members", { action: "list", token: person.token });
      return [at(reply, "organization", "id"), person.organizationId];
    }));
    for (const [got, expected] of answers) assert.equal(got, expected);
  });
});

describe("a user's own paths", () => {
  it("are the actions of `account` with their names, method, query and body included", async () => {
    const headers = { authorization: `Bearer ${owner.token}`, "content-type": "application/json" };
    for (const action of ["subscription", "packages", "analytics", "preferences"]) {
      const { status, body } = await visit(`/api/v1/user/${action}`, { headers });
      const own = await system.call("account", { path: `/${action}`, method: "GET", token: owner.token });
      assert.deepEqual([status, body], [200, own.body], action);
    }
    assert.deepEqual((await visit("/api/v1/user/analytics?span=month", { headers })).body["span"], "month");
    const changed = await visit("/api/v1/user/preferences", { method: "PATCH", headers, body: JSON.stringify({ preferences: { sessionMinutes: 30 } }) });
    assert.equal(changed.status, 200);
    for (const path of ["/api/v1/user", "/api/v1/user/me", "/api/v1/user/packages/", "/api/v2/user/packages"]) assert.equal((await visit(path, { headers })).status, 404, path);
  });
});

describe("a name that no function has", () => {
  it("is a 404 that says so", async () => {
    const reply = await system.call("no-such-function", { token: owner.token, rawBody: "" });
    replies(reply, 404, {
      success: false, code: "unknown_function",
      error: 'There is no function "no-such-function".', message: 'There is no function "no-such-function".',
    });
  });

  it("is a 404 for every method, signed in or not", async () => {
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      const rawBody = method === "GET" ? undefined : "";
      assert.equal((await system.call("no-such-function", { method, rawBody })).status, 404, method);
    }
  });

  it("is one that is spelled otherwise, or that is bound for other ends", async () => {
    const names = [
      "Manage-Session", "MANAGE_SESSION", "manage_session", "manage-session%20", "%6danage-session%00", "tallygate-manage-session",
      "__proto__", "constructor", "toString", "assets", "ASSETS", "db", "jwt-secret", "-", "a".repeat(5_000),
    ];
    for (const name of names) {
      const reply = await system.call(name, { token: owner.token, rawBody: "" });
      assert.deepEqual([reply.status, reply.body["success"]], [404, false], name.slice(0, 40));
    }
  });

  it("shows nothing in the page that reads it but text", async () => {
    const reply = await system.call(encodeURIComponent("<script>alert(1)</script>"), { rawBody: "" });
    assert.equal(reply.status, 404);
    assert.match(reply.headers.get("content-type") ?? "", /^application\/json/);
  });
});

describe("a path elsewhere", () => {
  it("is no function", async () => {
    for (const path of ["/functions", "/functions/", "/functions/v2/manage-session", "/functions/v12", "/functions//v1/manage-session", "/Functions/v1/manage-session", "/functions/v1//manage-session"]) {
      const { status, body } = await visit(path, { method: "POST", headers: { authorization: `Bearer ${owner.token}` } });
      assert.equal(status, 404, path);
      assert.notEqual(body["success"], true, path);
    }
  });
});
