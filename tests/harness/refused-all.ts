// Many refusals of one kind, none of which changes anything.
import assert from "node:assert/strict";
import { refuses, type Expected } from "./expect.ts";
import type { Reply, System } from "./system.ts";

/** Replies, each with words for what was sent. */
type Refused = () => AsyncIterable<[Reply, string]>;

export type RefusedAll = (work: Refused, status: number, code: string, details?: Record<string, Expected>) => Promise<void>;

/** Every reply is this refusal, and the database is as before. */
export async function refusedBy(system: System, work: Refused, status: number, code: string, details: Record<string, Expected> = {}): Promise<void> {
  const before = await system.snapshot();
  for await (const [reply, what] of work()) refuses(reply, status, code, details, what);
  assert.equal(await system.snapshot(), before, "a refusal changed something");
}

/** A value as a test's message names it. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text;
}
