// Fields that are none: every function refuses them with the right code, names the field, and changes nothing.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CALLS, asked, type Call, type Scene } from "./harness/calls.ts";
import { refuses } from "./harness/expect.ts";
import { refusedBy, shown, type RefusedAll } from "./harness/refused-all.ts";
import { sceneOf } from "./harness/staffed-team.ts";
import { startSystem, type Ask, type Reply, type System } from "./harness/system.ts";

/** What has fields: a delivery is believed or not as a whole, and a query is checked in `billing`'s own tests. */
const WITH_FIELDS = CALLS.filter(({ byPath, isDelivery }) => byPath !== "GET" && !isDelivery);
const LONG = "x".repeat(10_000);
const TOO_LONG_ID = "x".repeat(256);

const NO_TEXT = [1, 1.5, true, false, {}, { value: "x" }, [], ["x"]];
/** Valid in JSON, and invisible or worse in a page, a log or a database. */
const CONTROL = ["a\u0000b", "a\u0007b", "a\nb", "a\r\nb", "a\u001b[31mb", "a\u007fb", "a\u0085b"];
const NO_ID = [...NO_TEXT, ...CONTROL, "", " ", "a b", "é", TOO_LONG_ID, LONG];

interface Field {
  name: string;
  required?: true;
  /** It may be left out, and not be `null`. */
  neverNull?: true;
  /** Values that are refused with the field's name. */
  wrong: unknown[];
  /** Values at the edge of what is allowed. */
  right?: unknown[];
}

const SESSION_ID: Field = { name: "sessionId", required: true, wrong: NO_ID, right: ["x", "x".repeat(255), "~!@#$%^&*()"] };
const INVITATION_ID: Field = { name: "invitationId", required: true, wrong: NO_ID };
/** An id of the auth provider's, which may have spaces and other letters. */
const MEMBER_ID: Field = { name: "memberId", required: true, wrong: [...NO_TEXT, ...CONTROL, "", " ", TOO_LONG_ID, "é".repeat(256), LONG] };
const TOKEN: Field = { name: "token", required: true, wrong: [...NO_TEXT, ...CONTROL, "", "   ", LONG] };
const ROLE = [...NO_TEXT, ...CONTROL, "", "Owner", "member,owner", " member", "super_admin", LONG];
const EMAIL = [...NO_TEXT, ...CONTROL, "", " ", "nobody", "a@b", "a b@example.com", "a@example.com, b@example.com", `${"a".repeat(65)}@example.com`, `a@${"b.".repeat(130)}com`, LONG];
/** Every action may name its organization. */
const ORGANIZATION_ID: Field = { name: "organizationId", wrong: NO_ID };
/** And its browser's session, except where that is what it is about. */
const BROWSER: Field = { name: "sessionId", wrong: NO_ID };
/** A page of a list. */
const PAGE: Field[] = [
  { name: "limit", wrong: [0, 101, -1, 1.5, "1", true, {}, [1]], right: [1, 100] },
  { name: "cursor", wrong: [...NO_TEXT, ...CONTROL, "", "x", ":", "1:", "-1:a", "a:b", LONG], right: ["1:a", "1:a:b"] },
];
const ACTION: Field = { name: "action", wrong: NO_TEXT };
const PLAN: Field = { name: "plan", required: true, wrong: [...NO_ID, "no-such-plan", "starter", "professional", "price_1"], right: ["enterprise"] };
const INTERVAL: Field = { name: "interval", wrong: [...NO_TEXT, ...CONTROL, "", "Month", "week", "monthly", LONG], right: ["month", "year"] };
/** Nobody is sent to another site after paying. */
const PATH = [...NO_TEXT, ...CONTROL, "", " ", "thanks", "https://evil.example", "//evil.example", "/\\evil.example", "/a b", "javascript:alert(1)", LONG];

const NAME = { name: "name", wrong: [...NO_TEXT, ...CONTROL, "", "x", "  x  ", "x".repeat(101), LONG], right: ["xy", "é".repeat(100), "日本", ` ${"x".repeat(100)} `, "Robert'); DROP TABLE users;--"] };
const SLUG = { name: "slug", wrong: [...NO_TEXT, ...CONTROL, "", "ab", "Abc", "a--b", "-ab", "ab-", "a_b", "a b", "äbc", "x".repeat(49), LONG], right: ["a-1", "x".repeat(48)] };
const FEATURE: Field = { name: "feature", required: true, wrong: [...NO_ID, "no-such-feature"], right: ["uploads"] };
/** The catalog of these suites has none. */
const GAUGE: Field = { name: "feature", required: true, wrong: [...NO_ID, "no-such-feature"] };
const QUANTITY: Field = { name: "quantity", wrong: [0, -1, 1.5, "1", "", true, {}, [1], 2 ** 53, 1e300, 1_000_000_001], right: [1, 1_000_000_000] };
/** A person as the product calls them. */
const SUBJECT: Field = { name: "userId", wrong: NO_ID };
const KEY: Field = { name: "idempotencyKey", wrong: [...NO_TEXT, ...CONTROL, "", "é", TOO_LONG_ID, LONG] };
const MODE: Field = { name: "mode", wrong: [...NO_TEXT, ...CONTROL, "", "Cap", "half", LONG], right: ["reject", "cap"] };
const SECONDS_HELD: Field = { name: "expiresIn", wrong: [0, -1, 1.5, "1", "", true, {}, [1], 86_401, 2 ** 53], right: [1, 86_400] };
/** The catalog of these suites has none. */
const CALL_TYPE: Field = { name: "type", required: true, wrong: [...NO_ID, "rate_sheet", "no-such-type"] };
const CALL_SECONDS: Field = { name: "seconds", wrong: [-1, 1.5, "1", "", true, {}, [1], 86_401, 2 ** 53] };
const CALL_STATUS: Field = { name: "status", wrong: [...NO_TEXT, ...CONTROL, "", "in_progress", "Completed", LONG] };
/** What the team will be; its plan is judged once it is known that there is something to convert. */
const CONVERSION: Field[] = [NAME, SLUG, { name: "plan", wrong: NO_ID }, INTERVAL];

const ENDPOINT_ID: Field = { name: "endpoint", required: true, wrong: NO_ID };
/** Where events may not be sent to, in a few of its notations; `shared/src/webhooks/address.rs` has the long list. */
const ENDPOINT_URL: Field = {
  name: "url",
  wrong: [...NO_TEXT, ...CONTROL, "", "hooks.example.com", "http://hooks.example.com/", "https://10.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::ffff:127.0.0.1]/",
    "https://metadata.google.internal/", "https://ada:secret@example.com/", "https://example.com:22/", "https://xn--a.com/", "https://example.com/#a", LONG],
  right: ["https://hooks.example.com:8443/in?a=b"],
};
const EVENT_TYPES: Field = { name: "eventTypes", wrong: ["member.removed", 1, true, {}, [], [1], ["*"], ["member"], ["Member.Removed"], ["a.b "], ["member.remove"], ["member.removed", "no.such"], Array.from({ length: 51 }, () => "member.removed")] };

const LINE = (name: string, most: number): Field => ({ name, wrong: [...NO_TEXT, ...CONTROL, "a\u202eb", "x".repeat(most + 1), LONG], right: ["x", "é".repeat(most), "", `  ${"x".repeat(most)}  `] });
const COUNTRY = [...NO_TEXT, ...CONTROL, "XX", "DEU", "Germany", "D", "D E", LONG];
const WEB = [...NO_TEXT, ...CONTROL, "example.com", "https://", "https://localhost/", "javascript:alert(1)", "data:image/png,x", "https://ada:secret@example.com/",
  "https://example.com/a b", "https://example.com/\"x", `https://example.com/${"x".repeat(500)}`];
const ENTRIES = ["x", 1, true, {}, ["x"], [[]], Array.from({ length: 21 }, () => ({ institution: "x", company: "x" })), [{}], [{ institution: 1, company: 1 }],
  [{ institution: "a\u0007b", company: "a\u0007b" }], [{ institution: LONG, company: LONG }], [{ institution: "x", company: "x", start: "yesterday" }],
  [{ institution: "x", company: "x", start: "2024-09", end: "2024-08" }]];
const USERNAME = [...NO_TEXT, ...CONTROL, "", "ab", "a b c", "a-b-c", "äbc", "admin", "_ADMIN_", "support", "x".repeat(31), LONG];

/** What its person writes of a profile; a telephone number's two fields go together. */
const PROFILE: Field[] = [
  ...(["fullName", "businessCompany", "personalStreetAddress1", "personalStreetAddress2", "businessStreetAddress1", "businessStreetAddress2"].map((name) => LINE(name, 200))),
  ...(["firstName", "middleName", "lastName", "personalCity", "personalState", "businessCity", "businessState", "businessPosition"].map((name) => LINE(name, 100))),
  ...(["displayName", "personalAptSuite", "businessAptSuite"].map((name) => LINE(name, 60))),
  LINE("personalTitle", 40), LINE("personalPostalCode", 20), LINE("businessPostalCode", 20),
  { name: "bio", wrong: [...NO_TEXT, "a\u0000b", "a\u0007b", "a\u202eb", "x".repeat(2_001), LONG], right: ["a\nb\r\nc", "x".repeat(2_000)] },
  { name: "avatarUrl", wrong: [...WEB, "http://example.com/a.png"], right: ["https://cdn.example.com/a.png?b=c"] },
  { name: "companyWebsite", wrong: WEB, right: ["http://example.com", "https://example.com:8443/a#b"] },
  { name: "personalCountry", wrong: COUNTRY, right: ["DE", "us"] },
  { name: "businessCountry", wrong: COUNTRY, right: ["DE", "us"] },
  { name: "phoneCountryCode", wrong: [...NO_TEXT, ...CONTROL, "49", "+0", "+1234", "+", "+4x", LONG], right: ["+1", "+358"] },
  { name: "phoneNumber", wrong: [...NO_TEXT, ...CONTROL, "123", "1".repeat(15), "+4930123", "12a45", LONG], right: ["(030) 123-45", "1234"] },
  { name: "education", wrong: ENTRIES, right: [[], [{ institution: "x", start: "2020", end: "2024-06", unknown: 1 }]] },
  { name: "workExperience", wrong: ENTRIES, right: [[], [{ company: "x", description: "a\nb" }]] },
  { name: "billingAddress", wrong: ["x", 1, true, [], { line1: 1 }, { country: "XX" }, { city: LONG }], right: [{}, { line1: "Main Street 1", country: "de" }] },
  { name: "timeZone", wrong: [...NO_TEXT, ...CONTROL, "Berlin", "../etc/passwd", "a/b/c/d", LONG], right: ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"] },
  { name: "language", wrong: [...NO_TEXT, ...CONTROL, "german", "d", "de_AT", LONG], right: ["de", "de-AT", "zh-Hant-TW"] },
  { name: "updatedAt", wrong: [...NO_TEXT, ...CONTROL, "", "yesterday", "2026-02-30T00:00:00Z", LONG] },
];

const FIELDS: Record<string, Field[]> = {
  "manage-session validate": [
    SESSION_ID,
    { name: "userAgent", wrong: [...NO_TEXT, ...CONTROL, "x".repeat(513), LONG], right: ["", "x".repeat(512), "Mozilla/5.0 (é) 日本"] },
    {
      name: "browserInfo",
      wrong: [LONG, "x".repeat(999), { name: LONG }, { name: "a\u0007b" }, { "a\u0000b": 1 }, ["a\u0000b"], "a\u0000b", Array.from({ length: 10_000 }, () => 1)],
      right: [{ name: "Firefox", version: 128, mobile: false, extra: null, languages: ["de", "日本"] }],
    },
    { name: "onConflict", wrong: [...NO_TEXT, ...CONTROL, "", "Terminate", "ignore", LONG], right: ["terminate", "reject"] },
  ],
  "manage-session check": [SESSION_ID],
  "manage-session heartbeat": [SESSION_ID],
  "manage-session terminate": [SESSION_ID],
  "manage-session list": [{ name: "sessionId", wrong: NO_ID }, ...PAGE],
  "track-upload count": [
    { name: "uploadType", required: true, wrong: [...NO_TEXT, ...CONTROL, "", "Rate_Sheet", "rate_sheets", "rate_sheet,comparison", LONG], right: ["rate_sheet", "comparison", "rate_deck", "bulk_adjustment"] },
    { name: "uploadCount", wrong: [0, -1, 1.5, 10_001, 1e300, -1e300, "1", "", true, {}, [1], 2 ** 53], right: [1, 10_000, 2.0] },
    { name: "idempotencyKey", wrong: [...NO_TEXT, ...CONTROL, "", "é", TOO_LONG_ID, LONG], right: ["x", "k".repeat(255), "with spaces in it"] },
  ],
  "track-upload status": [],
  "track-usage check": [FEATURE, QUANTITY, { name: "features", wrong: ["uploads", [], [1], [""], {}, Array.from({ length: 51 }, () => "uploads")], right: [["uploads", "nothing"]] }],
  "track-usage track": [FEATURE, QUANTITY, SUBJECT, KEY,
    MODE,
    { name: "occurredAt", wrong: [...NO_TEXT, ...CONTROL, "", "yesterday", "2026-02-30T00:00:00Z", "2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z", LONG], right: [new Date().toISOString()] },
    { name: "attributes", wrong: [1, "x", true, [1], { a: { b: 1 } }, { a: [1] }, { a: "x".repeat(2_001) }, { a: "b\u0007" }], right: [{}, { score: 87, note: "ok", none: null }] },
  ],
  "track-usage set": [GAUGE, { name: "value", required: true, wrong: [-1, 1.5, "1", "", true, {}, [1], 2 ** 53] }, SUBJECT, KEY],
  "track-usage release": [GAUGE, { name: QUANTITY.name, wrong: QUANTITY.wrong }, SUBJECT, KEY],
  "track-usage reserve": [FEATURE, QUANTITY, SUBJECT, KEY, SECONDS_HELD, MODE],
  "track-usage confirm": [{ name: "reservation", required: true, wrong: NO_ID }, { name: "quantity", wrong: [-1, 1.5, "1", true, {}, 2 ** 53] }, SUBJECT, KEY, MODE],
  "track-usage batch": [{ name: "events", required: true, wrong: ["x", 1, true, {}, [], Array.from({ length: 501 }, () => ({ feature: "uploads" }))] }],
  "track-usage start-call": [CALL_TYPE, { name: "seconds", wrong: [0, -1, 1.5, "1", true, 86_401] }, SUBJECT, KEY],
  "track-usage end-call": [{ name: "call", required: true, wrong: NO_ID }, CALL_SECONDS, CALL_STATUS, SUBJECT, KEY],
  "track-usage log-call": [CALL_TYPE, { ...CALL_SECONDS, required: true }, CALL_STATUS, { name: MODE.name, wrong: MODE.wrong }, SUBJECT, KEY, { name: "startedAt", wrong: ["yesterday", 5, true, {}, "2026-13-01T00:00:00Z"] }],
  "track-usage acknowledge": [{ name: "feature", required: true, wrong: NO_ID }, { name: "alert", required: true, wrong: [...NO_ID] }],
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
  "invite-user list": PAGE,
  "accept-invitation accept": [TOKEN],
  "accept-invitation decline": [TOKEN],
  "accept-invitation preview": [TOKEN],
  "manage-members list": PAGE,
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
  "webhooks create": [{ ...ENDPOINT_URL, required: true }, EVENT_TYPES],
  "webhooks update": [ENDPOINT_ID, { ...ENDPOINT_URL, required: true }, EVENT_TYPES, { name: "allEventTypes", wrong: [1, "true", {}, [true]] }],
  "webhooks rotate": [ENDPOINT_ID, { name: "compromised", wrong: [1, "true", {}, [true]], right: [true, false] }],
  "webhooks pause": [ENDPOINT_ID],
  "webhooks resume": [ENDPOINT_ID],
  "webhooks remove": [ENDPOINT_ID],
  "webhooks test": [ENDPOINT_ID],
  "webhooks redeliver": [ENDPOINT_ID, { name: "since", required: true, wrong: [...NO_TEXT, ...CONTROL, "", "yesterday", "2026-02-30T00:00:00Z", LONG] }, { name: "cursor", wrong: NO_ID }],
  "mails preferences": [
    { name: "language", wrong: [...NO_TEXT, ...CONTROL, "", "EN", "fr", LONG], right: ["en", "de"] },
    ...["limitWarning", "limitReached", "trialEnding", "endpointDisabled"].map((name): Field => ({ name, wrong: [0, 1, "true", "", {}, [true]], right: [true, false] })),
  ],
  "account profile": PROFILE,
  "account username": [{ name: "username", required: true, wrong: USERNAME, right: ["abc", "_A1", "x".repeat(30)] }],
  "account onboarding": [{ name: "step", required: true, wrong: [...NO_TEXT, ...CONTROL, "", "Company", "a b", "é", "x".repeat(61), LONG], right: ["x".repeat(60)] },
    { name: "answers", wrong: [LONG, { a: LONG }, { a: "b\u0007" }, "a\u0000b"], right: [{}, [1], "text", 5, { deeply: { nested: true } }] }],
  "account complete-onboarding": [],
  "account end-session": [{ name: "session", required: true, wrong: NO_ID, right: ["x", "x".repeat(255)] }],
  "account end-other-sessions": [],
  "account switch-organization": [{ name: "organizationId", required: true, wrong: [] }],
  "account update-organization": [
    { ...NAME, wrong: [...NAME.wrong, null], neverNull: true }, { ...SLUG, wrong: [...SLUG.wrong, null], neverNull: true },
    { name: "description", wrong: [...NO_TEXT, "a\u0000b", "a\u0007b", "x".repeat(1_001), LONG], right: ["", "a\nb", "x".repeat(1_000)] },
    { name: "avatarUrl", wrong: [...WEB, "http://example.com/a.png"], right: ["https://cdn.example.com/a.png"] },
    { name: "billingEmail", wrong: EMAIL, right: ["Billing@Example.com"] },
    { name: "settings", wrong: ["x", 1, true, [], { a: LONG }, { a: "b\u0007" }], right: [{}, { theme: { dark: true } }] },
  ],
  "account open-package": [{ name: "package", required: true, wrong: NO_ID }],
  "account preferences": [{
    name: "preferences", required: true, right: [{ audio: null }, { privacy: { profile: "public" } }, { sessionMinutes: 240, theme: { accent: "#FFffff" } }],
    wrong: ["x", 1, true, [], {}, { nothing: 1 }, { audio: 5 }, { audio: [] }, { audio: {} }, { audio: { nothing: null } }, { sessionMinutes: 0 }, { sessionMinutes: "20" },
      { theme: { accent: "red" } }, { audio: { volume: 101 } }, { constructor: 1 }, { "a\u0007b": 1 }, { [LONG]: 1 }, { notification: { reminderTime: "24:00" } }],
  }],
  "account analytics": [
    { name: "seconds", required: true, wrong: [-1, 1.5, "1", "", true, {}, [1], 86_401, 2 ** 53], right: [0, 86_400] },
    { name: "item", wrong: NO_ID, right: ["waves"] }, { name: "completed", wrong: [1, "true", {}, [true]], right: [true, false] },
    ...["stressBefore", "stressAfter"].map((name) => ({ name, wrong: [0, 11, 1.5, "1", true, {}, [1]], right: [1, 10] })),
    { name: "moodImprovement", wrong: [-11, 11, 1.5, "1", true, {}, [1]], right: [-10, 10] },
    { name: "occurredAt", wrong: [...NO_TEXT, ...CONTROL, "", "yesterday", "2026-02-30T00:00:00Z", "2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z", LONG], right: [new Date().toISOString()] },
    KEY,
  ],
  "account delete": [{ name: "confirm", required: true, wrong: [...NO_TEXT, ...CONTROL, "", " ", "é", "%", LONG] }],
  "account archive-organization": [{ name: "organizationId", required: true, wrong: [] }],
  "account restore-organization": [{ name: "organizationId", required: true, wrong: [] }],
  "identity convert-preview": CONVERSION,
  "identity convert-back-preview": [],
  "identity convert-back": [],
  "identity convert": [...CONVERSION, { name: "prorationDate", wrong: [-1, 1.5, "1", "", true, {}, [1], 2 ** 53], right: [0] }],
};

let system: System;
let about: Scene;
before(async () => {
  system = await startSystem();
  about = await scene();
});
after(() => system.close());

const scene = () => sceneOf(system);

const title = ({ fn, action }: Call) => `${fn} ${action}`;
const ask = (fn: string, request: Ask) => system.call(fn, { token: about.team.owner.token, ...request });
/** A body's `action` may be one of the fields that are tried. */
const make = (call: Call, more: Record<string, unknown>) => {
  const body = { ...call.body(about), ...more };
  return ask(call.fn, call.byPath === undefined ? { body: { action: call.action, ...body } } : asked(call, body));
};
const refusedAll: RefusedAll = (...refusals) => refusedBy(system, ...refusals);

describe("fields", () => {
  it("are listed for every action", () => {
    assert.deepEqual(Object.keys(FIELDS).sort(), WITH_FIELDS.map(title).sort());
  });

  for (const call of WITH_FIELDS) {
    for (const field of [...(FIELDS[title(call)] ?? []), ORGANIZATION_ID, ...(call.fn === "manage-session" || call.isPublic ? [] : [BROWSER]), ...(call.byPath === undefined ? [ACTION] : [])]) {
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
      const optional = (FIELDS[title(call)] ?? []).filter(({ required, neverNull }) => !required && !neverNull);
      const body = {
        ...(call.byPath === undefined ? { action: call.action } : {}), ...call.body(fresh), ...Object.fromEntries(optional.map(({ name }) => [name, null])),
        ...("organizationId" in call.body(fresh) ? {} : { organizationId: null }),
        unknown: { deeply: ["nested", { and: "long" }] }, "": 1, constructor: "x", role_rank: 4, now: 0,
        ...(optional.some(({ name }) => name === "userId") ? {} : { userId: "somebody-else" }),
      };
      const reply = await system.call(call.fn, { ...asked(call, body), token: fresh.team.owner.token });
      assert.equal(`${reply.status}`, call.expected.owner.split(" ")[0], reply.text);
    });
  }
});

/** What is counted; JSON has a second way to write such a number, which a JavaScript client never uses. */
const COUNTED = ["quantity", "value", "seconds", "expiresIn"];
/** A thousand and one, each as a calculation with fractions leaves them. */
const CALCULATED = ["1e3", "1E3", "1000.0", "1.0", "1e0", "0.1e1"];

/** A call whose field stands in the body's text as it is given here. */
const makeWritten = (call: Call, field: string, text: string): Promise<Reply> => {
  const mark = "the number goes here";
  const { body, ...request } = asked(call, { ...call.body(about), [field]: mark });
  return ask(call.fn, { ...request, rawBody: JSON.stringify(body).replace(JSON.stringify(mark), text) });
};

describe("a number that is counted", () => {
  const calls = WITH_FIELDS.filter(({ fn }) => fn === "track-usage").flatMap((call) => (FIELDS[title(call)] ?? []).filter(({ name }) => COUNTED.includes(name)).map(({ name }) => ({ call, name })));
  for (const { call, name } of calls) {
    it(`${title(call)}: ${name} is written as a whole number and no other way`, async () => {
      await refusedAll(async function* () {
        for (const text of CALCULATED) yield [await makeWritten(call, name, text), text];
      }, 400, "invalid_field", { field: name });
    });
  }

  it("is held to that in a batch, event by event", async () => {
    const call = WITH_FIELDS.find((each) => title(each) === "track-usage batch");
    assert.ok(call !== undefined);
    for (const text of CALCULATED) {
      const reply = await makeWritten(call, "events", `[{"feature":"uploads","quantity":${text}},{"feature":"uploads"}]`);
      const [written, plain] = reply.body["results"] as { code?: string; field?: string; success: boolean }[];
      assert.deepEqual([reply.status, written?.code, written?.field, plain?.success], [200, "invalid_field", "quantity", true], `${text}: ${reply.text}`);
    }
  });

  it("is any whole number, however it is written, where uploads are counted", async () => {
    const call = WITH_FIELDS.find((each) => title(each) === "track-upload count");
    assert.ok(call !== undefined);
    for (const text of ["1.0", "0.1e1", "1E0"]) {
      const reply = await ask(call.fn, { rawBody: `{"uploadType":"rate_sheet","uploadCount":${text}}` });
      assert.equal(reply.status, 200, `${text}: ${reply.text}`);
    }
    await refusedAll(async function* () {
      for (const text of ["1.5", "15e-1", "1e5", "1e-1"]) yield [await ask(call.fn, { rawBody: `{"uploadType":"rate_sheet","uploadCount":${text}}` }), text];
    }, 400, "invalid_field", { field: "uploadCount" });
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
