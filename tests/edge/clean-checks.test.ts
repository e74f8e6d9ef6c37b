// A check whose outcome follows from its sources alone runs once for the same ones, and again where it has failed or they are others.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../scripts/workspace.mjs";
import { TemporaryFiles } from "../harness/temporary-files.ts";

const files = new TemporaryFiles();
after(() => files.remove());

test("what was found clean is not looked at again until it changes", () => {
  const seen = files.write("seen", "");
  /** One run; gives the sources of those that were looked at in all runs. */
  const look = (sources: string, code = 0, after = sources): string => {
    const job = {
      step: "check", command: process.execPath, mend: "",
      args: ["-e", `require("node:fs").appendFileSync(${JSON.stringify(seen)}, ${JSON.stringify(sources)}); process.exit(${code})`],
    };
    // Asked before it runs, and after.
    const run = `const sources = ${JSON.stringify([sources, after])};
import { runJobs } from ${JSON.stringify(pathToFileURL(join(ROOT, "scripts/test/jobs.mjs")).href)};
await runJobs([{ ...${JSON.stringify(job)}, follows: () => sources.shift() }], 1).catch(() => {});`;
    execFileSync(process.execPath, ["--input-type=module", "-e", run], { env: { ...process.env, XDG_CACHE_HOME: files.folder } });
    return readFileSync(seen, "utf8");
  };
  assert.equal(look("A"), "A");
  assert.equal(look("A"), "A");
  assert.equal(look("B"), "AB");
  assert.equal(look("A"), "AB");
  assert.equal(look("C", 1), "ABC");
  assert.equal(look("C", 1), "ABCC");
  assert.equal(look("D", 0, "E"), "ABCCD");
  assert.equal(look("D"), "ABCCDD");
});
