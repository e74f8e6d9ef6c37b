// The description of the API where it is served, and what it describes held against what there is.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { DESCRIPTION, PAGES, makePages } from "../../scripts/build/pages.mjs";
import { ensureOpenapiPythonClient } from "../../scripts/setup/openapi-python-client.mjs";
import { ROOT } from "../../scripts/workspace.mjs";
import { builtWorker } from "../harness/built.ts";
import { CALLS } from "../harness/calls.ts";
import { CONSOLE_CALLS } from "../harness/console-calls.ts";
import { CODES, DOCUMENTS, OPERATIONS, operationOf, operationsOf, undescribed, type Document } from "../harness/description.ts";
import { Log, LogLevel, Miniflare } from "../harness/miniflare.ts";
import { servedAs } from "../harness/pages.ts";
import { fetchOnce, type Ask, type Reply } from "../harness/reply.ts";

describe("the description", () => {
  it("has every action that there is, and no other", () => {
    const served = [
      ...CALLS.map(({ fn, action, byPath }) => (byPath === undefined ? `post /${fn}#${action}` : `${byPath.toLowerCase()} /${fn}/${action}`)),
      ...CONSOLE_CALLS.map(({ action, method }) => `${method.toLowerCase()} /console/${action}`),
    ];
    // Two lists are also read by `GET`, at the function's own address.
    const alsoByGet = ["get /track-upload", "get /manage-members"];
    assert.deepEqual([...OPERATIONS.keys()].sort(), [...new Set([...served, ...alsoByGet])].sort());
  });

  it("keeps what is the staff's in a document of its own", () => {
    const [everybodys] = DOCUMENTS;
    assert.doesNotMatch(JSON.stringify(everybodys?.paths), /console/i);
    const staffs = ["Console", "RefusedKeyNotFound", "RefusedMessageNotFound", "RefusedPersonNotFound"];
    assert.deepEqual(Object.keys(everybodys?.components.schemas ?? {}).filter((name) => staffs.some((of) => name.startsWith(of))), []);
  });

  it("has every code of docs/API.md", () => {
    const page = readFileSync(join(ROOT, "docs/API.md"), "utf8");
    const codes = [...page.matchAll(/^\| (?:\d{3}(?:, \d{3})*) \|([^|]*)\|/gm)].flatMap(([, cell = ""]) => [...cell.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = ""]) => code));
    assert.ok(codes.length > 60, `${codes.length} codes`);
    // The gateway's own, and what a function says of fields and modes beside its code.
    assert.deepEqual([...new Set(codes)].filter((code) => !CODES.has(code)).sort(), []);
  });
});

describe("a request that the description shows", () => {
  interface Body { content: { "application/json": { schema: { $ref?: string }; example?: unknown } } }
  const { paths, components } = JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8")) as { paths: Record<string, Record<string, { operationId: string; requestBody?: Body }>>; components: object };
  const bodies = Object.values(paths).flatMap((methods) => Object.values(methods)).flatMap(({ operationId, requestBody }) => {
    const { schema, example } = requestBody?.content["application/json"] ?? {};
    // Other companies' messages have no form of ours.
    return schema?.$ref === undefined ? [] : [{ operationId, reference: schema.$ref, example }];
  });

  it("is there for each action that reads a body, and is as it is described", () => {
    const schemas = new Ajv2020({ strict: false, validateFormats: false, schemas: [{ $id: "document", components }] });
    const wrong = bodies.filter(({ reference, example }) => example === undefined || !schemas.validate({ $ref: `document${reference}` }, example));
    assert.deepEqual(wrong, []);
    assert.ok(bodies.length > 60, `${bodies.length} bodies`);
  });

  it("is the same, whenever the pages are written anew", () => {
    const ids = JSON.stringify(bodies.map(({ example }) => example)).match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? [];
    assert.deepEqual([...new Set(ids)].length, 1);
  });
});

describe("what is made of the description", () => {
  it("is a client in Python, without a warning", async (t) => {
    let missing = "";
    const program = await ensureOpenapiPythonClient().catch((error: Error) => void (missing = error.message));
    if (program === undefined) return t.skip(`openapi-python-client cannot be installed here: ${missing}`);
    const folder = mkdtempSync(join(tmpdir(), "tallygate-python-client-"));
    // What it would format its own files with.
    writeFileSync(join(folder, "config.json"), '{"post_hooks":[]}');
    const { status, stdout, stderr } = spawnSync(program.command, [...program.args, "generate", "--path", join(ROOT, "openapi.json"), "--config", "config.json", "--fail-on-warning", "--output-path", "client"], { cwd: folder, env: program.env, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
    assert.ok(existsSync(join(folder, "client/tallygate_client/api/track_usage/track_usage_check.py")));
    rmSync(folder, { recursive: true });
  });
});

describe("a reply of the suites", () => {
  const reply = (status: number, body: Reply["body"]): Reply => ({ status, body, text: JSON.stringify(body), headers: new Headers(), cost: undefined });
  const list = { success: true, message: "No browser is signed in.", sessions: [] };

  it("must be as it is described", () => {
    const described = operationOf("manage-session", { action: "list" });
    const whole = operationOf("account", { path: "/me?limit=1", method: "GET" });
    assert.ok(described !== undefined && whole !== undefined);
    assert.equal(undescribed(described, reply(200, list)), undefined);
    for (const [operation, other, problem] of [
      [described, reply(200, { ...list, sessions: [{}] }), /^manageSession_list answers 200 otherwise than described: \/sessions\/0 must have required property/],
      [described, reply(200, { ...list, more: 1 }), /must NOT have unevaluated properties/],
      [described, reply(418, list), /^manageSession_list may not answer 418/],
      [described, reply(409, { success: false, error: "x", message: "x", code: "last_owner" }), /^manageSession_list may not answer 409/],
      [described, reply(404, { success: false, error: "x", message: "x", code: "no_such_code" }), /must be equal to constant/],
      [whole, reply(200, { success: true }), /must have required property/],
    ] as const) assert.match(undescribed(operation, other) ?? "", problem);
  });

  it("is held against its own document, whatever another one has under the same name", () => {
    const documentOf = (type: "string" | "number"): Document => ({
      name: `${type}.json`,
      paths: { "/function/thing": { get: { operationId: `${type}_thing`, responses: { 200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } } } } } },
      components: { schemas: { Thing: { type: "object", required: ["thing"], properties: { thing: { type } } } }, responses: {} },
    });
    const operations = (["string", "number"] as const).flatMap((type) => operationsOf(documentOf(type)));
    const problems = operations.flatMap((operation) => ["a word", 7].map((thing) => undescribed(operation, reply(200, { thing }))?.replace(/ \{.*/, "")));
    assert.deepEqual(problems, [
      undefined, "string_thing answers 200 otherwise than described: /thing must be string",
      "number_thing answers 200 otherwise than described: /thing must be number", undefined,
    ]);
  });

  it("is of the action that the body names, of the first one where it names none, and of none where there is no such action", () => {
    const named = (ask: Ask) => operationOf("manage-members", ask)?.operationId;
    assert.deepEqual(
      [named({ body: { action: "leave" } }), named({}), named({ rawBody: "{" }), named({ method: "GET" }), named({ action: "fly" }), named({ path: "/leave" })],
      ["manageMembers_leave", "manageMembers_list", "manageMembers_list", "manageMembers_listGet", undefined, undefined],
    );
  });
});

describe("the gateway", () => {
  let gateway: InstanceType<typeof Miniflare>;
  let url: URL;
  before(async () => {
    await makePages();
    gateway = new Miniflare({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      workers: [{
        ...builtWorker("gateway"),
        assets: { directory: PAGES, ...servedAs() },
      }],
    });
    url = await gateway.ready;
  });
  after(() => gateway.dispose());

  it("serves the description to any page, with a tag by which it is kept", async () => {
    const first = await fetchOnce(new URL(`/${DESCRIPTION}`, url), { headers: { origin: "https://anywhere.example" } });
    assert.equal(first.status, 200);
    assert.match(first.headers.get("content-type") ?? "", /^application\/json/);
    assert.equal(first.headers.get("access-control-allow-origin"), "*");
    assert.deepEqual(await first.json(), JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8")));
    const tag = first.headers.get("etag") ?? "";
    const second = await fetchOnce(new URL(`/${DESCRIPTION}`, url), { headers: { "if-none-match": tag } });
    assert.deepEqual([tag !== "", second.status], [true, 304]);
  });

  it("does not serve the staff's", async () => {
    for (const path of ["/openapi.console.json", "/functions/v1/openapi.console.json"]) {
      assert.equal((await fetchOnce(new URL(path, url))).status, 404, path);
    }
  });

  it("shows it as a page that loads nothing from anywhere else", async () => {
    const page = await fetchOnce(new URL("/docs/", url));
    const html = await page.text();
    assert.equal(page.status, 200);
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;/);
    // One policy: a second one would hold beside it.
    assert.doesNotMatch(policy, /,/);
    const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
    assert.ok(loaded.length >= 4);
    assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)/, "no script stands in the page");
    for (const path of loaded) {
      assert.doesNotMatch(path, /^\w+:|^\/\//, "nothing is of another host");
      assert.equal((await fetchOnce(new URL(path, new URL("/docs/", url)))).status, 200, path);
    }
  });

  it("goes on to answer calls of functions itself", async () => {
    const reply = await fetchOnce(new URL("/functions/v1", url));
    assert.deepEqual([reply.status, ((await reply.json()) as { success: boolean }).success], [200, true]);
    assert.equal(existsSync(join(PAGES, DESCRIPTION)), true);
  });
});
