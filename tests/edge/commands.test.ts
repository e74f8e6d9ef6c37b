// Every command says what it is for, and an option that it does not know is a sentence, not a stack.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../harness/built.ts";

const text = (script: string): string => readFileSync(join(ROOT, "scripts", script), "utf8");
const COMMANDS = readdirSync(join(ROOT, "scripts")).filter((name) => name.endsWith(".mjs") && text(name).includes("await main("));

const BENCHMARKS = ["run.ts", "simulate.ts", "planning.ts"];

interface Ended {
  code: number | null;
  out: string;
  error: string;
}

const run = (script: string, ...args: string[]): Ended => ended([join("scripts", script), ...args]);
const runBenchmark = (file: string, ...args: string[]): Ended => ended(["--import", "tsx", join("bench", file), ...args]);

function ended(args: string[], cwd = ROOT): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  return { code: status, out: stdout, error: stderr };
}

describe("a command", () => {
  it("tells with --help how it is called, and does nothing, also where no package is installed yet, as in a fresh clone", () => {
    const clone = mkdtempSync(join(tmpdir(), "tallygate-clone-"));
    try {
      cpSync(join(ROOT, "scripts"), join(clone, "scripts"), { recursive: true });
      const isSource = (path: string): boolean => !/\/(build|target|node_modules)(\/|$)/.test(path.slice(ROOT.length + "/functions".length));
      for (const name of ["package.json", "wrangler.toml", "functions"]) cpSync(join(ROOT, name), join(clone, name), { recursive: true, filter: isSource });
      assert.ok(COMMANDS.length > 15, COMMANDS.join());
      for (const script of COMMANDS) {
        const { code, out, error } = ended([join("scripts", script), "--help"], clone);
        assert.deepEqual([code, out.split("\n")[0]], [0, text(script).split("\n")[1]?.slice(3)], `${script}: ${error}`);
      }
    } finally {
      rmSync(clone, { recursive: true, force: true });
    }
  });

  it("refuses an option that it does not know with a sentence and its usage", () => {
    for (const script of COMMANDS.filter((name) => text(name).includes("parseArgs("))) {
      const { code, out, error } = run(script, "--no-such-option");
      assert.deepEqual([code, out], [1, ""], script);
      assert.match(error, /^\nUnknown option '--no-such-option'\.\n\nnpm (run|start|test)/, script);
      assert.doesNotMatch(error, /\n\s+at /, script);
    }
  });
});

describe("a benchmark", () => {
  it("tells with --help how it is called, and does nothing", () => {
    for (const file of BENCHMARKS) {
      const { code, out } = runBenchmark(file, "--help");
      const [first = ""] = readFileSync(join(ROOT, "bench", file), "utf8").split("\n");
      assert.deepEqual([code, out.split("\n")[0]], [0, first.slice(3)], file);
    }
  });

  it("refuses an option that it does not know, and a number that is none, with a sentence", () => {
    for (const file of BENCHMARKS) {
      const { code, out, error } = runBenchmark(file, "--no-such-option");
      assert.deepEqual([code, out], [1, ""], file);
      assert.match(error, /^\nUnknown option '--no-such-option'\.\n\n(npm run|node) /, file);
      assert.doesNotMatch(error, /\n\s+at /, file);
    }
    for (const [file, least] of [["run.ts", 1], ["simulate.ts", 100]] as const) {
      const { code, error } = runBenchmark(file, "--requests", "few");
      assert.deepEqual([code, error], [1, `\n--requests must be a whole number from ${least}, not "few".\n`], file);
    }
  });
});
