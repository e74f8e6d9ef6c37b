// What every success has in common, and how a test goes on with a part of a reply.
import assert from "node:assert/strict";
import { aSentence, replies, type Expected } from "./expect.ts";
import type { Json, Reply } from "./system.ts";

/** A success: `success`, a message for people and exactly these fields. */
export function succeeds(reply: Reply, status: number, fields: { [name: string]: Expected }): void {
  replies(reply, status, { success: true, message: aSentence, ...fields });
}

/** A part of a reply's body; undefined where there is none. */
export function at(reply: Reply, ...path: string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, name) => (isObject(value) ? value[name] : undefined), reply.body);
}

/** A part of a reply's body that must be a text. */
export function textAt(reply: Reply, ...path: string[]): string {
  const value = at(reply, ...path);
  if (typeof value !== "string") assert.fail(`${path.join(".")} is no text in ${reply.status} ${reply.text}`);
  return value;
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
