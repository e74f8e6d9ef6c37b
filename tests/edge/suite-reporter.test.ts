// What `npm test` takes for a suite that is well.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, it } from "node:test";
import { ENDED, WELL } from "../../scripts/test/suite-reporter.mjs";
import { ROOT } from "../../scripts/workspace.mjs";
import { TemporaryFiles } from "../harness/temporary-files.ts";

const files = new TemporaryFiles();
after(() => files.remove());

/** How a suite of this ends, as its process says. */
function ended(name: string, body: string): Promise<string> {
  const suite = files.write(`${name}.test.mjs`, `import { describe, it } from "node:test";\ndescribe("a suite", () => { ${body} });\n`);
  const reporter = join(ROOT, "scripts/test/suite-reporter.mjs");
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, [`--test-reporter=${reporter}`, suite], { env }, (_error, output) => resolve(output.split(ENDED)[1]?.split("\n")[0] ?? output));
  });
}

it("a suite is well whose tests pass, or that is skipped on this engine as a whole", async () => {
  assert.equal(await ended("passes", "it('passes', () => undefined);"), WELL);
  assert.equal(await ended("skipped", "describe('all', { skip: 'of another engine' }, () => { it('never runs', () => undefined); });"), WELL);
});

it("a suite is not well in which a test fails", async () => {
  assert.equal(await ended("fails", "it('passes', () => undefined); it('fails', () => { throw new Error(); });"), "not well");
});
