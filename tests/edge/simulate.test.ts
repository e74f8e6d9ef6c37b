// `npm run simulate`, small: the ledger that it writes is one that the functions go on with, and the figures add up.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "../harness/built.ts";

const run = (...args: string[]) => promisify(execFile)(process.execPath, ["--import", "tsx", join(ROOT, "bench/simulate.ts"), ...args], { cwd: ROOT, env: { ...process.env, TALLYGATE_TEST_ENGINE: "d1" } });

describe("npm run simulate", () => {
  it("counts what requests read and write upon a ledger of its own, and prices it", async () => {
    // It fails by itself where the ledger and its counters disagree, before the requests or after them.
    const { stdout } = await run("--organizations", "100", "--events", "2000", "--requests", "100");
    assert.match(stdout, /^\n100 organizations and 2,000 events/);
    const rows = [...stdout.matchAll(/^\| (.+?) +\| +(\d+) % +\| +([\d.]+) \| +([\d.]+) \| +([\d.]+) \|$/gm)].map((row) => row.slice(1));
    assert.deepEqual(rows.map(([name, , , written]) => [name, written]), [
      ["`track`", "2.00"], ["`track` under a key", "3.00"], ["`check`", "0.00"], ["`entitlements`", "0.00"], ["`summary`", "0.00"],
      ["`events`, a page of 20", "0.00"], ["**this mix**", "1.45"],
    ]);
    // Of a million: a dollar for each row written, a tenth of a cent for each row read, 0.30 for the requests.
    for (const [name, , read, written, price] of rows) {
      const expected = Number(written) + Number(read) / 1_000 + 0.3;
      assert.ok(Math.abs(Number(price) - expected) <= 0.011, `${name}: ${price} instead of ${expected}`);
    }
  });

  it("says what is no number of anything", async () => {
    const error = await run("--organizations", "many").then(() => undefined, (failed: { stderr: string }) => failed);
    assert.match(error?.stderr ?? "", /--organizations must be a whole number from 100, not "many"/);
  });
});
