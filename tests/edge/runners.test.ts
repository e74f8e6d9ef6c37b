// The processes that run one suite after the other.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Runners } from "../../scripts/test/runners.mjs";
import { TemporaryFiles } from "../harness/temporary-files.ts";

const files = new TemporaryFiles();
const runners = new Runners();
after(() => {
  runners.close();
  files.remove();
});

/** Runs a suite of one test that writes down its process; gives that, and why it failed. */
async function run(name: string, body = ""): Promise<{ process: number; failure: string | undefined }> {
  const written = files.write(`${name}.txt`, "");
  const suite = files.write(`${name}.test.mjs`, `import { writeFileSync } from "node:fs";
import { test } from "node:test";
test("one", () => { writeFileSync(${JSON.stringify(written)}, String(process.pid)); ${body} });`);
  // It is no part of this suite, as it would be by Node's own variable.
  const env = { NODE_TEST_CONTEXT: undefined };
  const failure = await runners.run({ step: "suites", suite, env, mend: "" }, { take: () => {} }).end;
  return { process: Number(readFileSync(written, "utf8")), failure };
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a process that ends while it waits for a suite is no fault of the next one's", async () => {
  // given: a process runs one suite after the other
  const [first, second] = [await run("first"), await run("second", "setTimeout(() => process.exit(7), 100);")];
  assert.deepEqual([first.failure, second.failure, second.process], [undefined, undefined, first.process]);
  // when
  while (lives(second.process)) await pause(5);
  // then
  const third = await run("third");
  assert.equal(third.failure, undefined);
  assert.notEqual(third.process, second.process);
});
