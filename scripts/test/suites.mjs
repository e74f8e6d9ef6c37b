// @ts-check
// Runs suites of tests one after the other, as `runners.mjs` names them: what they all load is loaded once, and compiled by the time
// that it counts.
import { describe, it } from "node:test";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

process.on("message", (file) => {
  // What a suite has around all of its tests is around those of this file alone.
  describe(String(file), async () => {
    try {
      await import(pathToFileURL(resolve(String(file))).href);
    } catch (error) {
      // Node takes a group that cannot be read for one without tests.
      it("can be read", () => { throw error; });
    }
  });
});
// Nobody will name another one. What a suite has forgotten to end ends here.
process.on("disconnect", () => process.exit());
