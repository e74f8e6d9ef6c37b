// What is no request: every function refuses it with the right code, names the field, and changes nothing.
import assert from "node:assert/strict";
import { ReadableStream } from "node:stream/web";
import { after, before, describe, it } from "node:test";
import { CALLS, NAMED_BY_BODY, PLACES, asked, type Call, type Place, type Scene } from "./harness/calls.ts";
import { refuses, type Expected } from "./harness/expect.ts";
import { staffedTeam } from "./harness/staffed-team.ts";
import { startSystem, type Ask, type Reply, type System } from "./harness/system.ts";
import { World } from "./harness/world.ts";

/** What has fields: a delivery is believed or not as a whole, and a query is checked in `billing`'s own tests. */
const WITH_FIELDS = CALLS.filter(({ byPath, isDelivery }) => byPath !== "GET" && !isDelivery);
/** What else than POST a function answers, beside OPTIONS. */
const ANSWERS_GET = new Set(["track-upload", "manage-members"]);
const MOST_BYTES = 64 * 1024;
const LONG = "x".repeat(10_000);
const TOO_LONG_ID = "x".repeat(256);

const NO_TEXT = [1, 1.5, true, false, {}, { value: "x" }, [], ["x"]];
/** Valid in JSON, and invisible or worse in a page, a log or a database. */
const CONTROL = ["a\u0000b", "a\u0007b", "a\nb", "a\r\nb", "a\u001b[31mb", "a\u007fb", "a\u0085b"];
const NO_ID = [...NO_TEXT, ...CONTROL, "", " ", "a b", "é", TOO_LONG_ID, LONG];

interface Field {
  name: string;
  required?: true;
  /** Values that are refused with the field's name. */
  wrong: unknown[];
  /** Values at the edge of what is allowed. */
  right?: unknown[];
}

const SESSION_ID: Field = { name: "sessionId", required: true, wrong: NO_ID, right: ["x", "x".repeat(255), "~!@#$%^&*()"] };
const INVITATION_ID: Field = { name: "invitationId", required: true, wrong: NO_ID };
const MEMBER_ID: Field = { name: "memberId", required: true, wrong: NO_ID };
const TOKEN: Field = { name: "token", required: true, wrong: [...NO_TEXT, ...CONTROL, "", "   ", LONG] };
const ROLE = [...NO_TEXT, ...CONTROL, "", "Owner", "member,owner", " member", "super_admin", LONG];
const EMAIL = [...NO_TEXT, ...CONTROL, "", " ", "nobody", "a@b", "a b@example.com", "a@example.com, b@example.com", `${"a".repeat(65)}@example.com`, `a@${"b.".repeat(130)}com`, LONG];
/** Every action may name its organization. */
const ORGANIZATION_ID: Field = { name: "organizationId", wrong: NO_ID };
const ACTION: Field = { name: "action", wrong: NO_TEXT };
const PLAN: Field = { name: "plan", required: true, wrong: [...NO_ID, "no-such-plan", "starter", "professional", "price_1"], right: ["enterprise"] };
const INTERVAL: Field = { name: "interval", wrong: [...NO_TEXT, ...CONTROL, "", "Month", "week", "monthly", LONG], right: ["month", "year"] };
/** Nobody is sent to another site after paying. */
const PATH = [...NO_TEXT, ...CONTROL, "", " ", "thanks", "https://evil.example", "//evil.example", "/\\evil.example", "/a b", "javascript:alert(1)", LONG];

const NAME = { name: "name", wrong: [...NO_TEXT, ...CONTROL, "", "x", "  x  ", "x".repeat(101), LONG], right: ["xy", "é".repeat(100), "日本", ` ${"x".repeat(100)} `, "Robert'); DROP TABLE users;--"] };
const SLUG = { name: "slug", wrong: [...NO_TEXT, ...CONTROL, "", "ab", "Abc", "a--b", "-ab", "ab-", "a_b", "a b", "äbc", "x".repeat(49), LONG], right: ["a-1", "x".repeat(48)] };
/** What the team will be; its plan is judged once it is known that there is something to convert. */
const CONVERSION: Field[] = [NAME, SLUG, { name: "plan", wrong: NO_ID }, INTERVAL];

const FIELDS: Record<string, Field[]> = {
  "manage-session validate": [
    SESSION_ID,
    { name: "userAgent", wrong: [...NO_TEXT, ...CONTROL, LONG], right: ["", "Mozilla/5.0 (é) 日本"] },
    {
      name: "browserInfo",
      wrong: [LONG, { name: LONG }, { name: "a\u0007b" }, { "a\u0000b": 1 }, ["a\u0000b"], "a\u0000b", Array.from({ length: 10_000 }, () => 1)],
      right: [{ name: "Firefox", version: 128, mobile: false, extra: null, languages: ["de", "日本"] }],
    },
    { name: "onConflict", wrong: [...NO_TEXT, ...CONTROL, "", "Terminate", "ignore", LONG], right: ["terminate", "reject"] },
  ],
  "manage-session check": [SESSION_ID],
  "manage-session heartbeat": [SESSION_ID],
  "manage-session terminate": [SESSION_ID],
  "manage-session list": [{ name: "sessionId", wrong: NO_ID }],
  "track-upload count": [
    { name: "uploadType", required: true, wrong: [...NO_TEXT, ...CONTROL, "", "Rate_Sheet", "rate_sheets", "rate_sheet,comparison", LONG], right: ["rate_sheet", "comparison", "rate_deck", "bulk_adjustment"] },
    { name: "uploadCount", wrong: [0, -1, 1.5, 10_001, 1e300, -1e300, "1", "", true, {}, [1], 2 ** 53], right: [1, 10_000, 2.0] },
    { name: "idempotencyKey", wrong: [...NO_TEXT, ...CONTROL, "", "é", TOO_LONG_ID, LONG], right: ["x", "k".repeat(255), "with spaces in it"] },
  ],
  "track-upload status": [],
  "create-organization create": [
    { ...NAME, required: true },
    SLUG,
    { name: "orgType", wrong: [...NO_TEXT, ...CONTROL, "", "personal", "Business", "company", LONG], right: ["business", "family", "education", "other"] },
    { name: "billingEmail", wrong: EMAIL, right: ["Billing@Example.com"] },
    { name: "plan", wrong: [...NO_ID, "no-such-plan", "starter", "professional"], right: ["enterprise"] },
  ],
  "invite-user invite": [
    { name: "email", required: true, wrong: EMAIL, right: ["a+b@sub.example.co.uk", " Trimmed@Example.com "] },
    { name: "role", wrong: ROLE, right: ["viewer", "member", "admin", "owner"] },
  ],
  "invite-user resend": [INVITATION_ID],
  "invite-user revoke": [INVITATION_ID],
  "invite-user list": [],
  "accept-invitation accept": [TOKEN],
  "accept-invitation decline": [TOKEN],
  "accept-invitation preview": [TOKEN],
  "manage-members list": [],
  "manage-members remove": [MEMBER_ID],
  "manage-members change_role": [MEMBER_ID, { name: "newRole", required: true, wrong: ROLE }],
  "manage-members transfer_ownership": [MEMBER_ID],
  "manage-members leave": [],
  "billing checkout": [PLAN, INTERVAL, { name: "successPath", wrong: PATH, right: ["/", "/thanks?plan=1#top"] }, { name: "cancelPath", wrong: PATH, right: ["/"] },
    { name: "idempotencyKey", wrong: [...NO_TEXT, ...CONTROL, "", "é", TOO_LONG_ID, LONG], right: ["x", "k".repeat(255)] }],
  "billing portal": [{ name: "returnPath", wrong: PATH, right: ["/"] }],
  "billing preview": [PLAN, INTERVAL],
  "billing change-plan": [PLAN, INTERVAL, { name: "prorationDate", wrong: [-1, 1.5, "1", "", true, {}, [1], 1, 2 ** 53, 99_999_999_999], right: [Math.floor(Date.now() / 1_000)] }],
  "billing cancel": [],
  "billing resume": [],
  "identity personal-organization": [],
  "identity convert-preview": CONVERSION,
  "identity convert": [...CONVERSION, { name: "prorationDate", wrong: [-1, 1.5, "1", "", true, {}, [1], 2 ** 53], right: [0] }],
};

let system: System;
let about: Scene;
before(async () => {
  system = await startSystem();
  about = await scene();
});
after(() => system.close());

async function scene(): Promise<Scene> {
  const team = await staffedTeam(system);
  const invitation = await new World(system).invitation({ organizationId: team.id, invitedBy: team.owner });
  return { team, invitation };
}

const title = ({ fn, action }: Call) => `${fn} ${action}`;
const at = ({ fn, path }: Place, request: Ask) => system.call(fn, { token: about.team.owner.token, path, ...request });
const ask = (fn: string, request: Ask) => system.call(fn, { token: about.team.owner.token, ...request });
/** A body's `action` may be one of the fields that are tried. */
const make = (call: Call, more: Record<string, unknown>) => {
  const body = { ...call.body(about), ...more };
  return ask(call.fn, call.byPath === undefined ? { body: { action: call.action, ...body } } : asked(call, body));
};

/** Refusals of a kind, none of which changes anything. */
async function refusedAll(work: () => AsyncIterable<[Reply, string]>, status: number, code: string, details: Record<string, Expected> = {}): Promise<void> {
  const before = await system.snapshot();
  for await (const [reply, what] of work()) refuses(reply, status, code, details, what);
  assert.equal(await system.snapshot(), before, "a refusal changed something");
}

const shown = (value: unknown) => {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text;
};

describe("fields", () => {
  it("are listed for every action", () => {
    assert.deepEqual(Object.keys(FIELDS).sort(), WITH_FIELDS.map(title).sort());
  });

  for (const call of WITH_FIELDS) {
    for (const field of [...(FIELDS[title(call)] ?? []), ORGANIZATION_ID, ...(call.byPath === undefined ? [ACTION] : [])]) {
      it(`${title(call)}: ${field.name} that is none is refused`, async () => {
        await refusedAll(async function* () {
          for (const value of field.wrong) yield [await make(call, { [field.name]: value }), shown(value)];
        }, 400, "invalid_field", { field: field.name });
      });

      if (field.required) {
        it(`${title(call)}: ${field.name} may not be missing`, async () => {
          await refusedAll(async function* () {
            for (const value of [undefined, null]) yield [await make(call, { [field.name]: value }), shown(value)];
          }, 400, "invalid_field", { field: field.name });
        });
      }

      if (field.right) {
        it(`${title(call)}: ${field.name} goes to the edge of what is allowed`, async () => {
          for (const value of field.right ?? []) {
            const reply = await make(call, { [field.name]: value });
            // What else may stand in the way is not the field's fault: a limit, a slug that is taken.
            assert.ok(![400, 500].includes(reply.status), `${shown(value)}: ${reply.status} ${reply.text}`);
          }
        });
      }
    }

    it(`${title(call)}: an optional field may be null, an unknown one anything`, async () => {
      const fresh = await scene();
      const optional = (FIELDS[title(call)] ?? []).filter(({ required }) => !required);
      const body = {
        ...(call.byPath === undefined ? { action: call.action } : {}), ...call.body(fresh), ...Object.fromEntries(optional.map(({ name }) => [name, null])), organizationId: null,
        unknown: { deeply: ["nested", { and: "long" }] }, "": 1, userId: "somebody-else", constructor: "x", role_rank: 4, now: 0,
      };
      const reply = await system.call(call.fn, { ...asked(call, body), token: fresh.team.owner.token });
      assert.equal(`${reply.status}`, call.expected.owner.split(" ")[0], reply.text);
    });
  }
});

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
    const { title } = place;
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

    it(`${title} gets over 64 KiB is refused, whatever is in it`, async () => {
      await refusedAll(async function* () {
        yield [await ask({ rawBody: padded(65 * 1024) }), "65 KiB"];
        yield [await ask({ rawBody: padded(MOST_BYTES + 1) }), "one byte over"];
        yield [await ask({ rawBody: "x".repeat(MOST_BYTES + 1) }), "no JSON"];
      }, 413, "body_too_large");
    });

    it(`${title} gets without its length beforehand is measured all the same`, async () => {
      await refusedAll(async function* () {
        yield [await streamed(place, 65), "65 KiB in pieces"];
      }, 413, "body_too_large");
    });

    it(`${title} gets of exactly 64 KiB is read`, async () => {
      assertRead(await ask({ rawBody: padded(MOST_BYTES, { action: "nonsense" }) }), place);
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

  async function streamed({ fn, path = "" }: Place, kibibytes: number): Promise<Reply> {
    const pieces = async function* () {
      for (let piece = 0; piece < kibibytes; piece += 1) yield new TextEncoder().encode(" ".repeat(1024));
    };
    const response = await fetch(`${system.url}/functions/v1/${fn}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${about.team.owner.token}`, "content-type": "application/json" },
      body: ReadableStream.from(pieces()),
      // Needed for a body that is a stream, and unknown to the DOM's types.
      duplex: "half",
    } as unknown as RequestInit);
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) as Reply["body"], headers: response.headers, cost: undefined };
  }
});

describe("a method", () => {
  const places = PLACES.map((place) => ({ ...place, allowed: ANSWERS_GET.has(place.fn) ? "GET, POST, OPTIONS" : "POST, OPTIONS" }));
  const read = CALLS.filter(({ byPath }) => byPath === "GET");
  // A path may be read and written to; then it takes both.
  const both = new Set(read.map(({ fn, action }) => `${fn}/${action}`).filter((title) => places.some((place) => place.title === title)));
  const readOnly = read.filter(({ fn, action }) => !both.has(`${fn}/${action}`));
  const all = [
    ...places.map((place) => (both.has(place.title) ? { ...place, allowed: "GET, POST, OPTIONS" } : place)),
    ...readOnly.map(({ fn, action }) => ({ title: `${fn}/${action}`, fn, path: `/${action}`, allowed: "GET, OPTIONS" })),
    ...CALLS.filter(({ isDelivery }) => isDelivery).map(({ fn, action }) => ({ title: `${fn}/${action}`, fn, path: `/${action}`, allowed: "POST, OPTIONS" })),
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
    const reply = await ask("manage-members", { method: "GET", path: `?action=leave&memberId=${about.team.member.id}` });
    assert.equal(reply.status, 200);
    assert.ok("members" in reply.body);
  });
});

describe("a header", () => {
  it("x-organization-id that cannot be an id names no organization", async () => {
    for (const id of ["a b", TOO_LONG_ID, "caf\u00e9"]) {
      refuses(await ask("manage-members", { action: "list", headers: { "x-organization-id": id } }), 404, "organization_not_found", {}, shown(id));
    }
  });

  it("Idempotency-Key is held to the same rules as the field", async () => {
    await refusedAll(async function* () {
      for (const key of [TOO_LONG_ID, "a\u00e9b"]) {
        yield [await ask("track-upload", { body: { uploadType: "rate_sheet" }, headers: { "idempotency-key": key } }), shown(key)];
      }
    }, 400, "invalid_field", { field: "idempotencyKey" });
  });
});

describe("an address", () => {
  for (const fn of new Set(CALLS.map((call) => call.fn))) {
    it(`${fn} has none below its own`, async () => {
      for (const path of ["/nonsense", "/..%2f", "/list"]) refuses(await ask(fn, { path, action: "list" }), 404, "not_found", {}, path);
    });
  }
});
