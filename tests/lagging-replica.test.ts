// Suites that say who may do what, once more upon read replicas that are two writes behind whoever brings no bookmark: nobody sees less
// than their own writes, and nobody does what was taken from them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { engine } from "./harness/database.ts";

const SUITES = ["access", "sessions", "enforced-sessions", "members", "invitations", "uploads"];

/** Runs a suite in a process of its own, and gives what it wrote where it failed. */
function failureOf(suite: string): Promise<string | undefined> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const file = fileURLToPath(new URL(`${suite}.test.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", "--test", "--test-reporter=dot", file], {
    env: { ...env, TALLYGATE_TEST_FAULTS: "lagging-replica" }, stdio: ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0 ? undefined : Buffer.concat(said).toString()));
  });
}

describe("upon replicas that lag", { skip: engine !== "d1" && "replicas are D1's" }, () => {
  for (const suite of SUITES) {
    it(`${suite} holds`, async () => {
      const failure = await failureOf(suite);
      assert.equal(failure, undefined, failure);
    });
  }
});
