// Which web pages may call: those on the list, compared as whole origins.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { textAt } from "../harness/answers.ts";
import { PLACES } from "../harness/calls.ts";
import { matching, refuses } from "../harness/expect.ts";
import { fetchOnce } from "../harness/reply.ts";
import { startSystem, type Reply, type System } from "../harness/system.ts";
import { World, type Person } from "../harness/world.ts";

/** By the address behind `/functions/v1/`. */
const FUNCTIONS = PLACES.map(({ title }) => title);
const ALLOWED = ["http://localhost:5173", "http://localhost:8787"];
const FOREIGN = {
  evil: "https://evil.example.com",
  null: "null",
  suffix: "http://localhost:5173.evil.com",
  prefix: "http://evil-localhost:5173",
  "another port": "http://localhost:51730",
  "another scheme": "https://localhost:5173",
  "no port": "http://localhost",
  "capital letters": "HTTP://LOCALHOST:5173",
  "a path": "http://localhost:5173/",
  "the list itself": ALLOWED.join(","),
  "two at once": ALLOWED.join(" "),
  "a star": "*",
};
const HEADERS = "authorization, x-client-info, apikey, content-type, x-requested-with, x-organization-id, x-session-id, x-session-secret, idempotency-key, x-d1-bookmark";

let system: System;
let person: Person;
before(async () => {
  system = await startSystem();
  person = await new World(system).individual();
});
after(() => system.close());

const preflight = (fn: string, origin: string) => system.call(fn, {
  method: "OPTIONS",
  headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization, content-type" },
});

/** The reply's CORS headers; `Vary` is not one of them. */
function corsOf(reply: Reply): Record<string, string> {
  return Object.fromEntries([...reply.headers].filter(([name]) => name.startsWith("access-control-")));
}

function variesByOrigin(reply: Reply): void {
  const names = (reply.headers.get("vary") ?? "").toLowerCase().split(",").map((name) => name.trim());
  assert.ok(names.includes("origin"), `Vary is "${names.join(", ")}" on ${reply.status} ${reply.text}`);
  // And is taken for nothing else, and kept by nobody.
  assert.deepEqual([reply.headers.get("x-content-type-options"), reply.headers.get("cache-control")], ["nosniff", "no-store"], reply.text);
}

/** One reply of every kind that a function gives. */
async function replies(fn: string, headers: Record<string, string>): Promise<Reply[]> {
  const { mostKibibytes, method } = PLACES.find(({ title }) => title === fn) ?? { mostKibibytes: 64, method: "POST" };
  const ask = { token: person.token, headers, method };
  const made = [
    [400, await system.call(fn, { ...ask, rawBody: "{" })],
    [400, await system.call(fn, { ...ask, body: { action: "no-such-action", organizationId: 7 } })],
    [401, await system.call(fn, { headers, method })],
    [404, await system.call(fn, { ...ask, path: "/nowhere" })],
    [405, await system.call(fn, { ...ask, method: "DELETE", rawBody: "" })],
    [413, await system.call(fn, { ...ask, rawBody: " ".repeat((mostKibibytes + 1) * 1024) })],
    [415, await system.call(fn, { method, headers: { ...headers, "content-type": "text/plain" }, rawBody: "x", token: person.token })],
  ] as const;
  for (const [status, reply] of made) assert.equal(reply.status, status, reply.text);
  return made.map(([, reply]) => reply);
}

describe("a page on the list", () => {
  for (const fn of FUNCTIONS) {
    it(`may ask ${fn} beforehand`, async () => {
      for (const origin of ALLOWED) {
        const before = await system.snapshot();
        const reply = await preflight(fn, origin);
        assert.equal(reply.status, 204);
        assert.equal(reply.text, "");
        const { "access-control-allow-headers": headers = "", "access-control-expose-headers": _, ...others } = corsOf(reply);
        assert.deepEqual(others, {
          "access-control-allow-origin": origin,
          "access-control-allow-methods": "GET, POST, PATCH, OPTIONS",
          "access-control-max-age": "86400",
        });
        assert.deepEqual(headers.toLowerCase().split(", ").sort(), HEADERS.split(", ").sort());
        variesByOrigin(reply);
        assert.equal(await system.snapshot(), before);
      }
    });

    it(`may read what ${fn} says, whatever it is`, async () => {
      for (const origin of ALLOWED) {
        for (const reply of await replies(fn, { origin })) {
          assert.equal(reply.headers.get("access-control-allow-origin"), origin);
          assert.equal(reply.headers.get("access-control-allow-credentials"), null);
          variesByOrigin(reply);
        }
      }
    });
  }

  it("may read a success, and what it cost", async () => {
    const [origin = ""] = ALLOWED;
    const reply = await system.call("manage-members", { action: "list", token: person.token, headers: { origin } });
    assert.equal(reply.status, 200);
    assert.equal(reply.headers.get("access-control-allow-origin"), origin);
    // What it cost, when to come again, where the next page begins, and which state it was read from.
    assert.equal(reply.headers.get("access-control-expose-headers"), "retry-after, server-timing, x-next-cursor, x-d1-bookmark");
    assert.ok(reply.cost);
    variesByOrigin(reply);
  });

  it("is answered by the function's own host alike", async () => {
    const [origin = ""] = ALLOWED;
    for (const fn of FUNCTIONS) {
      const [name = "", action = ""] = fn.split("/");
      const reply = await system.direct(name, { path: `/${action}`, method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
      assert.deepEqual([reply.status, reply.headers.get("access-control-allow-origin")], [204, origin], fn);
    }
  });
});

describe("a page that is not on the list", () => {
  for (const [kind, origin] of Object.entries(FOREIGN)) {
    it(`(${kind}) is refused beforehand and learns nothing`, async () => {
      for (const fn of FUNCTIONS) {
        const reply = await preflight(fn, origin);
        assert.deepEqual([reply.status, corsOf(reply)], [403, {}], fn);
        variesByOrigin(reply);
      }
    });

    it(`(${kind}) is served without being allowed to read it`, async () => {
      const reply = await system.call("manage-members", { action: "list", token: person.token, headers: { origin } });
      assert.deepEqual([reply.status, corsOf(reply)], [200, {}]);
      variesByOrigin(reply);
      for (const refusal of await replies("manage-session", { origin })) {
        assert.deepEqual(corsOf(refusal), {});
        variesByOrigin(refusal);
      }
    });
  }
});

describe("no page at all", () => {
  it("is served like any client, and every reply says that it varies", async () => {
    const reply = await system.call("manage-members", { action: "list", token: person.token });
    assert.deepEqual([reply.status, corsOf(reply)], [200, {}]);
    variesByOrigin(reply);
    for (const fn of FUNCTIONS) for (const refusal of await replies(fn, {})) variesByOrigin(refusal);
  });

  it("is told the same by the gateway where no function answers", async () => {
    for (const path of ["/functions/v1/no-such-function", "/functions/v1", "/functions/v1/", "/functions/nowhere"]) {
      const response = await fetchOnce(`${system.url}${path}`, { method: "POST" });
      assert.match(response.headers.get("vary") ?? "", /\borigin\b/i, path);
      const [sniffed, kept, read] = ["x-content-type-options", "cache-control", "access-control-allow-origin"].map((name) => response.headers.get(name));
      assert.deepEqual([sniffed, kept, read], ["nosniff", "no-store", "*"], path);
    }
  });
});

describe("a system whose list is empty", () => {
  for (const list of ["", " , "]) {
    it(`allows nobody ("${list}")`, async () => {
      const closed = await startSystem({ bindings: { ALLOWED_ORIGINS: list } });
      try {
        const { token } = await new World(closed).individual();
        for (const origin of [...ALLOWED, "null", "*", ""]) {
          const beforehand = await closed.call("manage-members", { method: "OPTIONS", headers: { origin } });
          assert.deepEqual([beforehand.status, corsOf(beforehand)], [403, {}], origin);
          const reply = await closed.call("manage-members", { action: "list", token, headers: { origin } });
          assert.deepEqual([reply.status, corsOf(reply)], [200, {}], origin);
          variesByOrigin(reply);
        }
      } finally {
        await closed.close();
      }
    });
  }

  it("never means all: a star on it is nobody", async () => {
    const starred = await startSystem({ bindings: { ALLOWED_ORIGINS: "*,null" } });
    try {
      for (const origin of ["https://evil.example.com", "null", "*"]) {
        const reply = await starred.call("manage-members", { method: "OPTIONS", headers: { origin } });
        assert.deepEqual([reply.status, corsOf(reply)], [403, {}], origin);
      }
    } finally {
      await starred.close();
    }
  });
});

describe("a fault on our side", () => {
  /** The log names the request, a moment after the reply. */
  async function logged(broken: System, requestId: string): Promise<void> {
    const found = () => broken.log().some((line) => line.includes(requestId));
    for (let look = 0; look < 500 && !found(); look += 1) await wait(10);
    assert.ok(found(), requestId);
  }

  it("is a 500 that a page may read, with an id to quote and nothing of the cause", async () => {
    const broken = await startSystem();
    try {
      const { token } = await new World(broken).individual();
      await broken.sql("DROP VIEW memberships");
      const [origin = ""] = ALLOWED;
      for (const { fn, action } of [{ fn: "manage-members", action: "list" }, { fn: "track-upload", action: "status" }]) {
        const reply = await broken.call(fn, { action, token, headers: { origin } });
        refuses(reply, 500, "internal", { requestId: matching(/^[0-9a-f-]{36}$/) });
        assert.ok(!/memberships|view|table|sql|d1/i.test(textAt(reply, "error")), reply.text);
        assert.equal(reply.headers.get("access-control-allow-origin"), origin);
        variesByOrigin(reply);
        await logged(broken, textAt(reply, "requestId"));
      }
    } finally {
      await broken.close();
    }
  });
});
