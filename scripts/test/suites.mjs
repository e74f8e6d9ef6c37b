// @ts-check
// Runs suites of tests one after the other, as `runners.mjs` names them: what they all load is loaded once, and compiled by the time
// that it counts.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** @typedef {{ suite: string, isByItself: boolean }} Named */

process.on("message", (/** @type {Named} */ { suite, isByItself }) => {
  // What a suite has around all of its tests is around those of this file alone.
  describe(suite, async () => {
    const environment = { ...process.env };
    try {
      await import(pathToFileURL(resolve(suite)).href);
    } catch (error) {
      // Node takes a group that cannot be read for one without tests.
      it("can be read", () => { throw error; });
    }
    if (!isByItself) after(() => assert.deepEqual({ ...process.env }, environment, "A suite that changes the environment runs by itself (BY_THEMSELVES in scripts/test.mjs): others have read it, or will."));
  });
});
// Nobody will name another one. What a suite has forgotten to end ends here.
process.on("disconnect", () => process.exit());
