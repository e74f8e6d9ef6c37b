// The description of the API (`openapi.json`), and what of a reply it does not know.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { ROOT } from "../../scripts/workspace.mjs";
import type { Ask, Reply } from "./reply.ts";

type Schema = { [keyword: string]: unknown };

export interface Operation {
  operationId: string;
  /** As a test names it: `manage-session.validate`. */
  name: string;
  method: string;
  /** With the action behind a `#` where the body names it. */
  path: string;
  responses: Record<string, Response>;
  /** Which describes it: a schema of the same name in the other one is another. */
  document: Document;
}

interface Response {
  $ref?: string;
  content?: Record<string, { schema: Schema }>;
}

export interface Document {
  /** Of its file. */
  name: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Response> }>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Response> };
}

/** What is read of either document: the one for everybody, and the one for the operator's staff. */
function read(name: string): Document {
  return { ...(JSON.parse(readFileSync(join(ROOT, name), "utf8")) as Omit<Document, "name">), name };
}

export const DOCUMENTS: readonly Document[] = ["openapi.json", "openapi.console.json"].map(read);

/** The operations of a document. */
export function operationsOf(document: Document): Operation[] {
  const { paths, components } = document;
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { operationId, responses }]) => {
    const resolved = Object.entries(responses).map(([status, response]) => [status, response.$ref === undefined ? response : components.responses[response.$ref.split("/").at(-1) ?? ""]] as const);
    const named = Object.fromEntries(resolved.map(([status, response]) => [status, response ?? {}]));
    return { operationId, name: path.slice(1).replace(/[/#]/, "."), method, path, responses: named, document };
  }));
}

/** All operations, by their method and path. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(DOCUMENTS.flatMap(operationsOf).map((operation) => [`${operation.method} ${operation.path}`, operation]));

/** The functions that have operations. */
const FUNCTIONS: ReadonlySet<string> = new Set([...OPERATIONS.values()].map(({ path }) => path.split(/[/#]/)[1] ?? ""));

/** Every code that some refusal has. */
export const CODES: ReadonlySet<string> = new Set(DOCUMENTS.flatMap(({ components }) =>
  ((components.schemas["Refusal"]?.["properties"] as { code: { enum: string[] } } | undefined)?.code.enum ?? [])));

/**
 * The document lets a reply have members that it does not name, as whoever reads one should: another version may have more. A
 * test lets it not: wherever an object stands, what is not named is refused.
 */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [
    keyword,
    // The members of `properties` are schemas, whatever they are called.
    keyword === "properties" ? Object.fromEntries(Object.entries(value as Schema).map(([name, of]) => [name, closed(of)])) : ["enum", "const", "required", "type"].includes(keyword) ? value : closed(value),
  ]));
  const isOpen = "properties" in inner && !("additionalProperties" in inner);
  return isOpen ? { ...inner, unevaluatedProperties: false } : inner;
}

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** The schemas of each document, under its name. */
const schemas = new Ajv2020({
  strict: false,
  // To compile them costs more than a suite's replies could win by it.
  code: { optimize: false },
  inlineRefs: false,
  formats: { int64: true, "date-time": moment, date: /^\d{4}-\d\d-\d\d$/, email: /@/, uri: /^https?:/ },
});
/** By what they are of: most refusals are those of many operations. */
const validators = new Map<Schema, ValidateFunction>();

function validator(operation: Operation, status: number): ValidateFunction | undefined {
  const schema = operation.responses[status]?.content?.["application/json"]?.schema;
  if (schema === undefined) return undefined;
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const { name, components } = operation.document;
  if (!(name in schemas.schemas)) schemas.addSchema({ components: closed({ schemas: components.schemas }) as Schema }, name);
  const pointed = JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/components/', `"${name}#/components/`)) as Schema;
  const made = schemas.compile(pointed);
  validators.set(schema, made);
  return made;
}

/** Names that a function is also called by. */
const ALSO: Record<string, string> = { "manage-organization-members": "manage-members" };

/** The action that a body names. */
function actionOf({ action, body, rawBody }: Ask): unknown {
  if (typeof rawBody !== "string") return action ?? body?.["action"];
  try {
    return (JSON.parse(rawBody) as { action?: unknown } | null)?.action;
  } catch {
    return undefined;
  }
}

/** The operation that a request means; undefined where the document has none. */
export function operationOf(name: string, ask: Ask): Operation | undefined {
  const path = new URL(ask.path ?? "", "http://any/").pathname;
  const fn = ALSO[name] ?? name;
  const method = (ask.method ?? "POST").toLowerCase();
  const byPath = OPERATIONS.get(`${method} /${fn}${path === "/" ? "" : path}`);
  if (byPath !== undefined || path !== "/") return byPath;
  const action = actionOf(ask) ?? DEFAULTS.get(fn);
  return typeof action === "string" ? OPERATIONS.get(`${method} /${fn}#${action}`) : undefined;
}

/** The action that is meant where the body names none: the one whose request need not. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([...OPERATIONS.values()].filter(({ path }) => path.includes("#")).flatMap(({ operationId, path, document }) => {
  const name = operationId.replace("_", ".").split(".").map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("");
  const request = document.components.schemas[`${name}Request`];
  const required = (request?.["required"] as string[] | undefined) ?? [];
  const [fn = "", action = ""] = path.slice(1).split("#");
  return request === undefined || required.includes("action") ? [] : [[fn, action] as const];
}));

/**
 * Gives a function's reply back as it is, if it is as the document says. Whoever asks for what the document does not have is
 * refused with one of its codes.
 */
export function described(name: string, ask: Ask, reply: Reply): Reply {
  if (!FUNCTIONS.has(ALSO[name] ?? name) || ["OPTIONS", "HEAD"].includes(ask.method ?? "POST")) return reply;
  const operation = operationOf(name, ask);
  if (operation === undefined) {
    assert.ok(CODES.has(String(reply.body["code"])), `${name} has answered what nobody has described: ${reply.status} ${reply.text}`);
  } else {
    assert.equal(undescribed(operation, reply), undefined);
  }
  return reply;
}

/** What is wrong with a reply by the document; undefined where nothing is. */
export function undescribed(operation: Operation, reply: { status: number; text: string; headers: Headers }): string | undefined {
  const response = operation.responses[reply.status];
  if (response === undefined) return `${operation.operationId} may not answer ${reply.status}: ${reply.text}`;
  // Without a body there is nothing to describe.
  if (reply.text === "" && Object.keys(response.content ?? {}).length === 0) return undefined;
  const media = reply.headers.get("content-type")?.split(";")[0] ?? "application/json";
  if (media !== "application/json") return response.content?.[media] === undefined ? `${operation.operationId} may not answer ${reply.status} as ${media}` : undefined;
  const validate = validator(operation, reply.status);
  if (validate === undefined) return `${operation.operationId} may not answer ${reply.status} as JSON`;
  if (validate(JSON.parse(reply.text))) return undefined;
  const problems = (validate.errors ?? []).slice(0, 6).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  return `${operation.operationId} answers ${reply.status} otherwise than described: ${problems.join("; ")}: ${reply.text}`;
}
