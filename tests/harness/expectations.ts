// Whole replies, compared field by field: what differs from run to run (ids, times, sentences) is described by a shape.
import assert from "node:assert/strict";
import type { Reply } from "./system.ts";

/** Stands in an expected value for something that is known only by its form. */
export class Shape {
  constructor(readonly name: string, readonly fits: (value: unknown) => boolean) {}
}

const text = (name: string, pattern: RegExp) => new Shape(name, (value) => typeof value === "string" && pattern.test(value));

export const anId = text("an id", /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
export const aTime = text("a time in ISO 8601, UTC", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** 32 bytes in base64url without padding. */
export const aToken = text("an invitation's token", /^[A-Za-z0-9_-]{43}$/);
export const aSlug = text("a slug", /^(?=.{3,48}$)[a-z0-9]+(-[a-z0-9]+)*$/);
/** For people: one line that says something and shows nothing of the inside. */
export const aSentence = new Shape("a sentence for people", (value) =>
  typeof value === "string" && /^\S.{3,300}[.!?]$/.test(value) && !/\b(SELECT|INSERT|UPDATE|SQLITE|panicked)\b|\.rs:/.test(value));

export const anInteger = new Shape("a whole number", Number.isSafeInteger);

/** A text with a part in it. */
export const containing = (part: string) => new Shape(`a text with "${part}"`, (value) => typeof value === "string" && value.includes(part));

/** A moment within the minute around `milliseconds`: requests take time. */
export const about = (milliseconds: number) =>
  new Shape(`a time near ${new Date(milliseconds).toISOString()}`, (value) => aTime.fits(value) && Math.abs(Date.parse(String(value)) - milliseconds) < 60_000);

/** Compares whole values; shapes fit or are shown as what they ask for. */
export function assertMatches(actual: unknown, expected: unknown, message?: string): void {
  assert.deepEqual(actual, filledIn(expected, actual), message);
}

/** What a success says: `success`, a message for people and exactly these fields. */
export function assertDone(reply: Reply, status: number, fields: Record<string, unknown>, message?: string): void {
  const expected = { success: true, message: aSentence, ...fields };
  assertMatches({ status: reply.status, body: reply.body }, { status, body: expected }, message);
}

/** What a refusal says: its code, one sentence under both names, and exactly these details. */
export function assertRefused(reply: Reply, status: number, code: string, details: Record<string, unknown> = {}, message?: string): void {
  const expected = { success: false, error: aSentence, message: fieldOf(reply.body, "error"), code, ...details };
  assertMatches({ status: reply.status, body: reply.body }, { status, body: expected }, message);
}

/** A field of something that may be anything. */
export function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

/** A field that must be a text, to go on with. */
export function textOf(value: unknown, ...path: string[]): string {
  const found = path.reduce(fieldOf, value);
  assert.equal(typeof found, "string", `${path.join(".")} is no text in ${JSON.stringify(value)}`);
  return String(found);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function filledIn(expected: unknown, actual: unknown): unknown {
  if (expected instanceof Shape) return expected.fits(actual) ? actual : `<${expected.name}>`;
  if (Array.isArray(expected)) {
    const entries: unknown[] = Array.isArray(actual) ? actual : [];
    return expected.map((entry, index) => filledIn(entry, entries[index]));
  }
  if (!isRecord(expected)) return expected;
  return Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, filledIn(value, fieldOf(actual, name))]));
}
