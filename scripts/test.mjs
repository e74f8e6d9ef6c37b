// @ts-check
// npm test [-- --only step,step]: everything that must hold, from formatting to the workers in the real runtime.
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { ENGINES, featuresOf } from "./build/engines.mjs";
import { withPostgresForAllSuites } from "./local/postgres.mjs";
import { testPrevious } from "./previous.mjs";
import { Failure, main, runHere } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { keepDependencies, takeDependencies } from "./setup/dependencies.mjs";
import { ensureLocalstripe } from "./setup/localstripe.mjs";
import { ensurePostgres } from "./setup/postgres.mjs";
import { TARGET } from "./setup/wasm.mjs";
import { GATEWAY, ROOT, functions, npmProgram, workers } from "./workspace.mjs";

const FUNCTION_CRATES = functions().flatMap(({ crate }) => ["-p", crate]);

const ACCESS = "tests/access.test.ts";
/** What a socket to Postgres could do otherwise than HTTP: the way itself, what two requests race for, what breaks, trips, and who may what. */
const ON_HYPERDRIVE = [
  "tests/postgres/hyperdrive.test.ts", "tests/postgres/faults.test.ts", ACCESS,
  ...["lost-answers", "races", "trips"].map((name) => `tests/${name}.test.ts`),
];

/** One that hangs is ended and named, before whoever waits for all of them gives up. */
const LONGEST_SUITE_MS = 20 * 60_000;

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} mend
 * @property {(setup: import("./setup.mjs").Setup, isChosen: boolean) => Promise<unknown>} run `isChosen`: the step was asked for by its name.
 */

/** @type {Step[]} */
const STEPS = [
  {
    name: "format",
    mend: "\"npm run fmt\" formats the code.",
    run: () => succeed("cargo", ["fmt", "--all", "--check"]),
  },
  {
    name: "clippy",
    mend: "Clippy's warnings are errors here.",
    run: () => succeed("cargo", ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
  },
  {
    name: "clippy-wasm",
    mend: "Clippy's warnings are errors here, also in the code that only the workers have.",
    // In the release profile, so that macros and build scripts are compiled once for this and for the build.
    run: async ({ wasmEnv }) => {
      const clippy = (/** @type {string[]} */ ...of) => succeed("cargo", ["clippy", "--release", "--lib", "--target", TARGET, ...of, "--", "-D", "warnings"], wasmEnv);
      await clippy("-p", GATEWAY.crate);
      await clippy(...featuresOf(ENGINES), ...FUNCTION_CRATES);
      // With one engine it is another text of the shared crate, and the same of the functions.
      for (const engine of ENGINES) await clippy("-p", "tallygate-shared", "--features", engine);
    },
  },
  {
    name: "native",
    mend: "One test alone: cargo test -p <crate> <name>",
    run: () => succeed("cargo", ["test", "--workspace"]),
  },
  {
    name: "build",
    mend: "One worker alone: npm run build -- <function>",
    // With every engine: a build for each would take three times as long, and is made only to be weighed (`sizes`).
    run: (setup) => build(workers(), setup, ENGINES),
  },
  {
    name: "types",
    mend: "TypeScript's type check covers the tests, the dashboard and, by their JSDoc, the scripts.",
    run: async () => {
      await succeed(npmProgram("tsc"), ["--noEmit"]);
      await succeed(npmProgram("vue-tsc"), ["--noEmit", "-p", "dashboard"]);
    },
  },
  {
    name: "black-box",
    mend: "One suite alone: node --import tsx --test tests/<suite>.test.ts",
    // Once with D1; what is decided before a database is asked (tests/edge), and the package for pages (tests/client) and the
    // pages (tests/dashboard), is the same on every engine.
    run: async () => {
      await ensureLocalstripe();
      await blackBox([...suites("tests/edge", true), ...suites("tests/client", true), ...suites("tests/dashboard", true), ...suites("tests", false)]);
    },
  },
  {
    name: "postgres",
    mend: "One suite alone: TALLYGATE_TEST_ENGINE=postgres node --import tsx --test tests/<suite>.test.ts",
    // What is Postgres's own, and then every suite a second time, unchanged. In a whole run the longest one goes over Hyperdrive alone:
    // who may what is decided by the same statements, whichever way they come.
    run: async (_, isChosen) => {
      await ensurePostgres();
      await ensureLocalstripe();
      const again = suites("tests", false).filter((file) => isChosen || file !== ACCESS);
      await withPostgresForAllSuites((port) =>
        blackBox([...suites("tests/postgres", true), ...again], "postgres", { TALLYGATE_TEST_POSTGRES_PORT: port }));
    },
  },
  {
    name: "hyperdrive",
    mend: "One suite alone: TALLYGATE_TEST_ENGINE=hyperdrive node --import tsx --test tests/<suite>.test.ts",
    // In a whole run what the way makes a difference to; asked for by its name, every suite.
    run: async (_, isChosen) => {
      await ensurePostgres();
      await ensureLocalstripe();
      await withPostgresForAllSuites((port) =>
        blackBox(isChosen ? [...new Set([...ON_HYPERDRIVE, ...suites("tests", false)])] : ON_HYPERDRIVE, "hyperdrive", { TALLYGATE_TEST_POSTGRES_PORT: port }));
    },
  },
  {
    name: "previous",
    mend: "A migration adds first; what the version before still reads or writes goes with a later one (docs/OPERATIONS.md).",
    run: testPrevious,
  },
  {
    name: "sizes",
    mend: "A worker has grown over its limit.",
    run: () => succeed(process.execPath, ["scripts/sizes.mjs", "--check"]),
  },
];

await main(async () => {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const steps = chosen(values.only);
  /** @type {{ name: string, seconds: number }[]} */
  const done = [];
  const setup = await timed({ name: "setup", mend: "", run: setUp }, done, undefined, false);
  takeDependencies(setup.versions);
  for (const step of steps) await timed(step, done, setup, values.only !== undefined);
  // Of a whole run: each step compiles them for a purpose of its own.
  if (steps === STEPS) keepDependencies(setup.versions);
  console.log(table(done));
});

/** @param {string | undefined} only */
function chosen(only) {
  if (only === undefined) return STEPS;
  return only.split(",").map((name) => {
    const step = STEPS.find((candidate) => candidate.name === name);
    if (!step) throw new Failure(`There is no step "${name}". There are: ${STEPS.map((candidate) => candidate.name).join(", ")}.`);
    return step;
  });
}

/**
 * Runs one step under its heading and notes its time.
 * @template T
 * @param {{ name: string, mend: string, run: (setup: any, isChosen: boolean) => Promise<T> }} step
 * @param {{ name: string, seconds: number }[]} done
 * @param {import("./setup.mjs").Setup | undefined} setup
 * @param {boolean} isChosen
 * @returns {Promise<T>}
 */
async function timed(step, done, setup, isChosen) {
  console.log(`\n══ ${step.name}`);
  const started = Date.now();
  try {
    const result = await step.run(setup, isChosen);
    done.push({ name: step.name, seconds: (Date.now() - started) / 1000 });
    return result;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(`${table(done)}\n"${step.name}" failed, and nothing after it was run. ${step.mend}\n${error.message}`);
  }
}

/**
 * The suites of a folder; Node 20 expands no patterns itself.
 * @param {string} folder
 * @param {boolean} recursive
 */
function suites(folder, recursive) {
  const found = readdirSync(join(ROOT, folder), { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
  if (found.length === 0) throw new Failure(`There is no suite in ${folder}/.`);
  return found;
}

/**
 * Runs suites against the built workers on one engine.
 * @param {string[]} files
 * @param {import("./build/engines.mjs").Engine} engine
 * @param {NodeJS.ProcessEnv} env
 */
async function blackBox(files, engine = "d1", env = {}) {
  // Each suite starts a runtime of its own and waits for its database a third of the time: three keep two cores busy.
  // What failed is told once more at the end, wherever the output goes: a log of it is mostly read from its end.
  const args = ["--import", "tsx", "--test", "--test-concurrency=3", `--test-timeout=${LONGEST_SUITE_MS}`, "--test-reporter=spec", ...files];
  await succeed(process.execPath, args, { ...process.env, ...env, TALLYGATE_TEST_ENGINE: engine });
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
async function succeed(command, args, env) {
  const code = await runHere(command, args, { cwd: ROOT, env });
  if (code !== 0) throw new Failure(`(${[command.split("/").at(-1), ...args.slice(0, 3)].join(" ")} … ended with ${code}.)`);
}

/** @param {{ name: string, seconds: number }[]} done */
function table(done) {
  const total = done.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = [...done, { name: "together", seconds: total }];
  return `\n${rows.map(({ name, seconds }) => `${name.padEnd(12)} ${seconds.toFixed(1).padStart(7)} s`).join("\n")}\n`;
}
