// What the client makes of answers that are not what they should be, and of callers who give it something wrong.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createClient, isRefusal, isUnreachable, type ClientOptions, type Incoming, type Outgoing, type SessionSource } from "../../client/src/index.ts";
import { createServerClient, keptInMemory } from "../../client/src/server/index.ts";

type Answers = (Incoming | Error)[];

const text = (status: number, said: string, headers: Record<string, string> = {}): Incoming => ({ status, body: undefined, text: said, header: (name) => headers[name] ?? null });
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Incoming => ({ ...text(status, JSON.stringify(body), headers), body });
const refusal = (status: number, code: string, more: object = {}): Incoming => json(status, { success: false, code, error: "No.", ...more });
const PAGE = text(200, "<!doctype html>", { "content-type": "text/html" });

/** A transport that gives one answer after the other. */
function answering(answers: Answers, seen: Outgoing[] = []): Pick<ClientOptions, "transport" | "random"> {
  return {
    random: () => 0,
    transport(request) {
      seen.push(request);
      const next = answers.shift();
      return next === undefined || next instanceof Error ? Promise.reject(next ?? new Error("Nothing more was to be asked.")) : Promise.resolve(next);
    },
  };
}

const failure = (call: Promise<unknown>): Promise<unknown> => call.then((reply) => assert.fail(`It was answered: ${JSON.stringify(reply)}`), (error: unknown) => error);
const bodyOf = ({ body = "" }: Outgoing): Record<string, unknown> => JSON.parse(body) as Record<string, unknown>;
const lost = (): Error => new TypeError("The connection was lost.");

it("the gateway is asked at the same address, whichever way that is written", async () => {
  for (const url of ["https://api.northwind.example", "https://api.northwind.example/", "https://api.northwind.example/functions/v1", "https://api.northwind.example/functions/v1/"]) {
    const asked: string[] = [];
    const fetch = (address: unknown): Promise<Response> => {
      asked.push(String(address));
      return Promise.resolve(Response.json({ success: true }));
    };
    await createClient({ url, fetch }).account.me();
    assert.deepEqual(asked, ["https://api.northwind.example/functions/v1/account/me"], url);
  }
});

describe("an answer of 2xx", () => {
  for (const [what, answer] of Object.entries({ "a page": PAGE, nothing: text(200, ""), null: json(200, null), "a list": json(200, []), "somebody else's object": json(200, { ok: 1 }) })) {
    it(`that is ${what} is no answer of Tallygate's`, async () => {
      const error = await failure(createClient(answering([answer])).trackUsage.check({ feature: "uploads" }));
      assert.ok(isRefusal(error) && error.code === "unreadable_answer");
      assert.equal(error.status, 200);
    });
  }

  it("may be a file where a file is asked for, and no page", async () => {
    const client = createClient(answering([text(200, "at,what\n", { "content-type": "text/csv" }), PAGE]));
    assert.equal(await client.webhooks.auditExport(), "at,what\n");
    assert.ok(isRefusal(await failure(client.webhooks.auditExport())));
  });
});

describe("a refusal", () => {
  it("says in seconds when to come again", async () => {
    const error = await failure(createClient(answering([refusal(429, "rate_limited")].map((answer) => ({ ...answer, header: () => "11" })))).account.me());
    assert.ok(isRefusal(error) && error.code === "rate_limited");
    assert.equal(error.retryAfter, 11);
    const other = await failure(createClient(answering([refusal(403, "forbidden")])).account.me());
    assert.ok(isRefusal(other) && other.retryAfter === undefined);
  });

  it("stays one, whatever is in it", async () => {
    const body: unknown = JSON.parse('{"success":false,"code":"forbidden","error":"No.","__proto__":{"polluted":1},"toString":1,"cause":"c","stack":"s","status":200,"retryAfter":9,"remaining":3}');
    const error = await failure(createClient(answering([json(403, body)])).account.me());
    assert.ok(isRefusal(error) && error instanceof Error);
    assert.deepEqual({ ...error }, { name: "RefusalError", status: 403, code: "forbidden", retryAfter: undefined, remaining: 3 });
    assert.equal(String(error), "RefusalError: No.");
    assert.equal(error.cause, undefined);
  });
});

describe("a request", () => {
  it("is of its action, whatever it is given", async () => {
    const seen: Outgoing[] = [];
    const given = { limit: 9, action: "remove", memberId: "m" };
    await createClient(answering([json(200, { success: true })], seen)).manageMembers.list(given);
    assert.equal(bodyOf(seen[0] as Outgoing)["action"], "list");
  });

  it("for several events has a key for each, the same in all tries", async () => {
    const seen: Outgoing[] = [];
    const client = createClient(answering([lost(), json(200, { success: true, results: [] }), json(200, { success: true, results: [] })], seen));
    await client.trackUsage.batch({ events: [{ feature: "uploads" }, { feature: "uploads", idempotencyKey: "mine" }] });
    const keys = seen.map((request) => (bodyOf(request)["events"] as { idempotencyKey: string }[]).map(({ idempotencyKey }) => idempotencyKey));
    assert.match(keys[0]?.[0] ?? "", /^[0-9a-f-]{36}$/);
    assert.equal(keys[0]?.[1], "mine");
    assert.deepEqual(keys[0], keys[1]);
    await client.trackUsage.batch({ events: [{ feature: "uploads" }, { feature: "uploads" }] }, { idempotencyKey: "sync" });
    assert.deepEqual((bodyOf(seen[2] as Outgoing)["events"] as { idempotencyKey: string }[]).map(({ idempotencyKey }) => idempotencyKey), ["sync:0", "sync:1"]);
  });

  for (const [what, options] of Object.entries<Partial<ClientOptions>>({
    "a token with a line break": { getToken: () => "bad\ntoken" },
    "an organization with a line break": { organizationId: "a\r\nx: y" },
    "a token that is no text": { getToken: () => ({ token: "t" }) as unknown as string },
    "a token that cannot be had": { getToken: () => Promise.reject(new TypeError("The auth provider is down.")) },
  })) {
    it(`with ${what} is the caller's error, and is not sent`, async () => {
      const seen: Outgoing[] = [];
      const error = await failure(createClient({ ...answering([], seen), ...options }).account.me());
      assert.ok(error instanceof TypeError, String(error));
      assert.equal(seen.length, 0);
    });
  }

  /** Keeps the process here while nothing else does. */
  const waiting = async <T>(work: Promise<T>): Promise<T> => {
    const held = setInterval(() => undefined, 1_000);
    return work.finally(() => clearInterval(held));
  };

  it("ends by its time or its signal, also while the token is waited for", async () => {
    const getToken = (): Promise<string> => new Promise(() => undefined);
    const giveUp = new AbortController();
    const asked = createClient({ ...answering([]), getToken }).account.me({}, { signal: giveUp.signal });
    setImmediate(() => giveUp.abort(new Error("The page was left.")));
    assert.match(String(await waiting(failure(asked))), /The page was left/);
    const error = await waiting(failure(createClient({ ...answering([]), getToken, timeout: 1 }).account.me()));
    assert.ok(isUnreachable(error) && error.code === "timed_out");
  });
});

describe("a request whose session has ended", () => {
  const session = (lives: boolean, told: string[]): SessionSource => ({
    credentials: () => ({ id: "s", secret: undefined }),
    ended(reason) {
      told.push(reason);
      return Promise.resolve(lives);
    },
  });

  it("is sent once more where the session lives after all, also what is never sent twice", async () => {
    const told: string[] = [];
    const seen: Outgoing[] = [];
    const client = createClient({ ...answering([refusal(401, "session_ended", { reason: "expired" }), json(200, { success: true })], seen), session: session(true, told) });
    await client.createOrganization.create({ name: "Northwind" });
    assert.deepEqual([told, seen.length], [["expired"], 2]);
  });

  it("is refused where it does not, or is refused again", async () => {
    for (const [lives, tries] of [[false, 1], [true, 2]] as const) {
      const seen: Outgoing[] = [];
      const ended = refusal(401, "session_ended", { reason: "expired" });
      const error = await failure(createClient({ ...answering([ended, ended, ended], seen), session: session(lives, []) }).account.me());
      assert.ok(isRefusal(error) && error.code === "session_ended");
      assert.equal(seen.length, tries);
    }
  });
});

describe("usage on a server", () => {
  const EVENT = { feature: "uploads", quantity: 1 };
  const serverWith = (answers: Answers, seen: Outgoing[] = []) => {
    const kept = keptInMemory();
    return { server: createServerClient({ ...answering(answers, seen), serviceKey: "tg_key", kept }), kept };
  };
  const counted = json(200, { success: true, results: [{ index: 0, success: true, replayed: false }] });

  it("is not begun without a key", () => {
    for (const serviceKey of [undefined, ""]) assert.throws(() => createServerClient({ url: "http://localhost", serviceKey }), /needs a serviceKey/);
  });

  const open = { "a page of 200": PAGE, "401": refusal(401, "unauthenticated"), "403 of a firewall": text(403, "blocked"), "404": refusal(404, "organization_not_found"), "a redirect": text(302, "") };
  for (const [what, answer] of Object.entries(open)) {
    it(`is kept where the answer is ${what}, and is counted later`, async () => {
      const { server, kept } = serverWith([answer, answer, counted]);
      const outcome = await server.usage.track(EVENT, { organizationId: "o" });
      assert.ok(!outcome.counted && outcome.code !== undefined);
      assert.deepEqual(await server.usage.flush(), { sent: 0, refused: [], waits: true, code: outcome.code });
      assert.equal((await kept.oldest(9)).length, 1);
      assert.deepEqual(await server.usage.flush(), { sent: 1, refused: [], waits: false });
      assert.equal((await kept.oldest(9)).length, 0);
    });
  }

  it("goes where Tallygate has decided, and stays where it has not", async () => {
    const results = [{ index: 0, success: false, code: "limit_reached" }, { index: 1, success: false, code: "database_busy" }, { index: 2, success: true }];
    const { server, kept } = serverWith([PAGE, PAGE, PAGE, PAGE, json(200, { success: true, results })]);
    for (const idempotencyKey of ["full", "busy", "fits", "unsaid"]) await server.usage.track({ ...EVENT, idempotencyKey }, { organizationId: "o" });
    assert.deepEqual(await server.usage.flush(), { sent: 1, refused: [{ idempotencyKey: "full", code: "limit_reached" }], waits: true });
    assert.deepEqual((await kept.oldest(9)).map(({ event }) => event.idempotencyKey), ["busy", "unsaid"]);
  });

  it("of one organization hinders no other's", async () => {
    const { server, kept } = serverWith([PAGE, PAGE, refusal(404, "organization_not_found"), counted]);
    await server.usage.track(EVENT, { organizationId: "gone" });
    await server.usage.track(EVENT, { organizationId: "there" });
    assert.deepEqual(await server.usage.flush(), { sent: 1, refused: [], waits: true, code: "organization_not_found" });
    assert.deepEqual((await kept.oldest(9)).map(({ organizationId }) => organizationId), ["gone"]);
  });

  it("goes one by one where one event makes all of them wrong", async () => {
    const wrong = refusal(400, "invalid_field", { field: "quantity" });
    const { server, kept } = serverWith([PAGE, PAGE, wrong, wrong, counted]);
    for (const idempotencyKey of ["wrong", "right"]) await server.usage.track({ ...EVENT, idempotencyKey }, { organizationId: "o" });
    assert.deepEqual(await server.usage.flush(), { sent: 1, refused: [{ idempotencyKey: "wrong", code: "invalid_field" }], waits: false });
    assert.equal((await kept.oldest(9)).length, 0);
  });
});
