// What is no request: every function refuses it before it asks a database, with the right code, and changes nothing.
import assert from "node:assert/strict";
import { ReadableStream } from "node:stream/web";
import { after, before, describe, it } from "node:test";
import { brokenOff } from "../harness/broken-off.ts";
import { CALLS, NAMED_BY_BODY, PLACES, type Place } from "../harness/calls.ts";
import { refuses } from "../harness/expect.ts";
import { refusedBy, shown, type RefusedAll } from "../harness/refused-all.ts";
import { fetchOnce } from "../harness/reply.ts";
import { staffedTeam, type StaffedTeam } from "../harness/staffed-team.ts";
import { startSystem, type Ask, type Reply, type System } from "../harness/system.ts";

/** What else than POST a function answers, beside OPTIONS. */
const ANSWERS_GET = new Set(["track-upload", "manage-members"]);

let system: System;
let team: StaffedTeam;
before(async () => {
  system = await startSystem();
  team = await staffedTeam(system);
});
after(() => system.close());

const at = ({ fn, path, method }: Place, request: Ask) => system.call(fn, { token: team.owner.token, path, method, ...request });
const ask = (fn: string, request: Ask) => system.call(fn, { token: team.owner.token, ...request });

const refusedAll: RefusedAll = (...refusals) => refusedBy(system, ...refusals);

describe("an action", () => {
  for (const fn of NAMED_BY_BODY) {
    it(`${fn} does not know is refused, with those it knows`, async () => {
      const actions = CALLS.filter((call) => call.fn === fn).map(({ action }) => action);
      await refusedAll(async function* () {
        for (const action of ["nonsense", "", " ", "constructor", "__proto__", `${actions[0]} `, actions[0]?.toUpperCase() ?? ""]) {
          yield [await ask(fn, { body: { action } }), shown(action)];
        }
      }, 400, "unknown_action", { field: "action", actions });
    });
  }
});

describe("a body", () => {
  const NO_JSON = ["{", "}", "{]", '{"action":}', "{'action': 'list'}", '{"action": "list",}', "nonsense", '{"a": 01}', '{"a": NaN}', "{}{}", '"\\x"', '{"a": "\\ud800"}', '{"a": "tab\there"}'];
  const NO_OBJECT = ["null", "true", "1", '"text"', "[]", '[{"action": "list"}]'];

  for (const place of PLACES) {
    const ask = (request: Ask) => at(place, request);
    const { title, mostKibibytes } = place;
    const most = mostKibibytes * 1024;
    it(`${title} cannot read is refused`, async () => {
      await refusedAll(async function* () {
        for (const rawBody of [...NO_JSON, ...NO_OBJECT]) yield [await ask({ rawBody }), shown(rawBody)];
      }, 400, "invalid_json");
    });

    it(`${title} is sent deeper than a stack is refused`, async () => {
      await refusedAll(async function* () {
        yield [await ask({ rawBody: `{"a":${"[".repeat(30_000)}` }), "open lists"];
        yield [await ask({ rawBody: `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}` }), "nested lists"];
        yield [await ask({ rawBody: `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}` }), "nested objects"];
      }, 400, "invalid_json");
    });

    it(`${title} gets in another encoding than UTF-8 is refused`, async () => {
      const bytes = (...parts: (string | number[])[]) => Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)));
      await refusedAll(async function* () {
        yield [await ask({ rawBody: bytes('{"name":"', [0xff], '"}') }), "0xff"];
        yield [await ask({ rawBody: bytes('{"name":"', [0xc3, 0x28], '"}') }), "half a character"];
        yield [await ask({ rawBody: bytes('{"name":"', [0xed, 0xa0, 0x80], '"}') }), "half a surrogate pair"];
        yield [await ask({ rawBody: bytes('{"name":"', [0xe9], 'cole"}') }), "Latin-1"];
        yield [await ask({ rawBody: Uint8Array.from(Buffer.from('{"name":"école"}', "utf16le")) }), "UTF-16"];
        yield [await ask({ rawBody: bytes([0]) }), "a zero byte"];
      }, 400, "invalid_json");
    });

    it(`${title} gets over ${mostKibibytes} KiB is refused, whatever is in it`, async () => {
      await refusedAll(async function* () {
        yield [await ask({ rawBody: padded(most + 1024) }), "a KiB over"];
        yield [await ask({ rawBody: padded(most + 1) }), "one byte over"];
        yield [await ask({ rawBody: "x".repeat(most + 1) }), "no JSON"];
      }, 413, "body_too_large");
    });

    it(`${title} gets without its length beforehand is measured all the same`, async () => {
      await refusedAll(async function* () {
        yield [await streamed(place, mostKibibytes + 1), "a KiB over, in pieces"];
      }, 413, "body_too_large");
    });

    it(`${title} gets that breaks off is refused`, async () => {
      const sent = (more: Record<string, string>, bytes: string): Promise<Reply> =>
        brokenOff(`${system.url}/functions/v1/${place.fn}${place.path ?? ""}`, place.method, { authorization: `Bearer ${team.owner.token}`, ...more }, bytes);
      await refusedAll(async function* () {
        yield [await sent({ "content-length": "100" }, '{"action":'), "shorter than its length"];
        yield [await sent({ "transfer-encoding": "chunked" }, '5\r\n{"act'), "in the middle of a piece"];
        yield [await sent({ "transfer-encoding": "chunked" }, "5\r\n{    \r\n"), "between two pieces"];
        yield [await sent({ "transfer-encoding": "chunked" }, "x\r\n{}\r\n0\r\n\r\n"), "with a piece of no length"];
      }, 400, "invalid_json");
    });

    it(`${title} gets of exactly ${mostKibibytes} KiB is read`, async () => {
      assertRead(await ask({ rawBody: padded(most, { action: "nonsense" }) }), place);
    });

    it(`${title} gets of another type is refused`, async () => {
      const types = ["text/plain", "text/plain; charset=utf-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", "application/jsonp", "application/json-patch+json", "text/html, application/json"];
      await refusedAll(async function* () {
        for (const type of types) yield [await ask({ body: { action: "nonsense" }, headers: { "content-type": type } }), type];
      }, 415, "unsupported_media_type");
    });

    it(`${title} gets as JSON, by whatever spelling or without saying so, is read`, async () => {
      for (const type of ["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON", undefined]) {
        const reply = await ask({ body: { action: "nonsense" }, headers: { "content-type": type } });
        assertRead(reply, place, String(type));
      }
    });

    it(`${title} does not get counts as an empty one`, async () => {
      const expected = await ask({ body: {} });
      for (const rawBody of ["", " ", "\n"]) {
        for (const type of ["application/json", undefined]) {
          const reply = await ask({ rawBody, headers: { "content-type": type } });
          assert.deepEqual([reply.status, reply.text], [expected.status, expected.text]);
        }
      }
    });
  }

  /** Read, and then found to mean nothing, or something else than this suite is about. */
  function assertRead(reply: Reply, { path }: Place, what?: string): void {
    if (path === undefined) assert.equal(reply.body["code"], "unknown_action", what);
    else assert.ok(![413, 415, 500].includes(reply.status) && reply.body["code"] !== "invalid_json", `${what}: ${reply.text}`);
  }

  /** A JSON object of exactly so many bytes. */
  function padded(bytes: number, members: Record<string, string> = {}): string {
    const around = JSON.stringify({ ...members, padding: "" });
    return JSON.stringify({ ...members, padding: "x".repeat(bytes - around.length) });
  }

  async function streamed({ fn, path = "", method }: Place, kibibytes: number): Promise<Reply> {
    const pieces = async function* () {
      for (let piece = 0; piece < kibibytes; piece += 1) yield new TextEncoder().encode(" ".repeat(1024));
    };
    const response = await fetchOnce(`${system.url}/functions/v1/${fn}${path}`, {
      method,
      headers: { authorization: `Bearer ${team.owner.token}`, "content-type": "application/json" },
      body: ReadableStream.from(pieces()),
      // Needed for a body that is a stream, and unknown to the DOM's types.
      duplex: "half",
    } as unknown as RequestInit);
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) as Reply["body"], headers: response.headers, cost: undefined };
  }
});

describe("a method", () => {
  const places = PLACES.map((place) => ({ ...place, allowed: `${ANSWERS_GET.has(place.fn) ? "GET, " : ""}${place.method}, OPTIONS` }));
  const read = CALLS.filter(({ byPath }) => byPath === "GET");
  // A path may be read and written to; then it takes both.
  const written = new Set([...places.map(({ title }) => title), ...CALLS.filter(({ byPath }) => byPath === "POST").map(({ fn, action }) => `${fn}/${action}`)]);
  const both = new Set(read.map(({ fn, action }) => `${fn}/${action}`).filter((title) => written.has(title)));
  const readOnly = read.filter(({ fn, action }) => !both.has(`${fn}/${action}`));
  const deliveries = new Set(CALLS.filter(({ isDelivery }) => isDelivery).map(({ fn, action }) => `${fn}/${action}`));
  const all = [
    ...places.map((place) => (both.has(place.title) ? { ...place, allowed: `GET, ${place.allowed}` } : place)),
    ...readOnly.map(({ fn, action }) => ({ title: `${fn}/${action}`, fn, path: `/${action}`, method: "POST" as const, mostKibibytes: 64, allowed: "GET, OPTIONS" })),
    ...[...deliveries].map((title) => {
      const [fn = "", action = ""] = title.split("/");
      return { title, fn, path: `/${action}`, method: "POST" as const, mostKibibytes: 64, allowed: both.has(title) ? "GET, POST, OPTIONS" : "POST, OPTIONS" };
    }),
  ];
  for (const place of all) {
    it(`${place.title} does not answer is refused, with those it answers`, async () => {
      const before = await system.snapshot();
      // Without a body: a runtime may hang up on one that nobody reads.
      for (const method of ["PUT", "PATCH", "DELETE", "GET", "POST"].filter((method) => !place.allowed.includes(method))) {
        const reply = await at(place, { method, rawBody: method === "GET" ? undefined : "" });
        refuses(reply, 405, "method_not_allowed", {}, method);
        assert.equal(reply.headers.get("allow"), place.allowed, method);
      }
      assert.equal((await at(place, { method: "HEAD" })).status, 405);
      assert.equal(await system.snapshot(), before);
    });
  }

  it("of reading ignores a body's action in the address", async () => {
    const reply = await ask("manage-members", { method: "GET", path: `?action=leave&memberId=${team.member.id}` });
    assert.equal(reply.status, 200);
    assert.ok("members" in reply.body);
  });
});

describe("an address", () => {
  for (const fn of new Set(CALLS.map((call) => call.fn))) {
    it(`${fn} has none below its own`, async () => {
      // `webhooks` has a list of its own.
      for (const path of ["/nonsense", "/..%2f", fn === "webhooks" ? "/validate" : "/list"]) refuses(await ask(fn, { path, action: "list" }), 404, "not_found", {}, path);
    });
  }
});
