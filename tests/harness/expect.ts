// Whole replies are compared; what differs from run to run, ids and times, is told by a matcher at its place.
import assert from "node:assert/strict";
import type { Json, Reply } from "./reply.ts";

/** Stands in an expected value for something that is known only by its form. */
export class Matcher {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;

  constructor(expected: string, accepts: (value: unknown) => boolean) {
    this.expected = expected;
    this.accepts = accepts;
  }
}

export type Expected = Json | Matcher | undefined | Expected[] | { [name: string]: Expected };

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A session's secret: 16 bytes as base64url. */
export const aSecret = matching(/^[\w-]{22}$/);
/** An id of ours: a UUID. */
export const anId = matching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
/** 32 bytes as base64url. */
export const aToken = matching(/^[\w-]{43}$/);
/** One line for people that shows nothing of the inside. */
export const aSentence = new Matcher("<a sentence>", (value) =>
  typeof value === "string" && /^\S.{3,300}[.!?]$/.test(value) && !/\b(SELECT|INSERT|UPDATE|DELETE|SQLITE|panicked)\b|\.rs:/.test(value));

/** This very millisecond, in ISO 8601 and UTC. */
export function time(milliseconds: number): Matcher {
  return new Matcher(new Date(milliseconds).toISOString(), (value) => isTime(value) && Date.parse(value) === milliseconds);
}

/** A time since `earliest`; up to now unless said otherwise. */
export function timeSince(earliest: number, latest?: number): Matcher {
  return new Matcher(`<a time since ${new Date(earliest).toISOString()}>`,
    (value) => isTime(value) && Date.parse(value) >= earliest && Date.parse(value) <= (latest ?? Date.now()));
}

export function matching(pattern: RegExp): Matcher {
  return new Matcher(`<text like ${pattern}>`, (value) => typeof value === "string" && pattern.test(value));
}

/** The whole of a value, matchers at their places. */
export function same(actual: Json | undefined, expected: Expected, message?: string): void {
  assert.deepStrictEqual(actual, resolved(actual, expected), message);
}

/** Status and whole body at once; the body is shown when the status differs. */
export function replies(reply: Reply, status: number, body: { [name: string]: Expected }, message?: string): void {
  same({ status: reply.status, body: reply.body }, { status, body }, message);
}

/** A refusal in the form that all have, with exactly these details. */
export function refuses(reply: Reply, status: number, code: string, details: { [name: string]: Expected } = {}, message?: string): void {
  replies(reply, status, { success: false, code, error: aSentence, message: reply.body["error"], ...details }, message);
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && ISO.test(value);
}

/** What is expected, with every matcher that accepts replaced by what it accepted. */
function resolved(actual: unknown, expected: Expected): unknown {
  if (expected instanceof Matcher) return expected.accepts(actual) ? actual : expected.expected;
  if (Array.isArray(expected)) return expected.map((item, place) => resolved(Array.isArray(actual) ? actual[place] : undefined, item));
  if (typeof expected !== "object" || expected === null) return expected;
  const from = typeof actual === "object" && actual !== null ? (actual as Record<string, unknown>) : {};
  return Object.fromEntries(Object.entries(expected)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, resolved(from[name], value)]));
}
