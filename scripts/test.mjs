// @ts-check
// npm test [-- --only step,step]: everything that must hold, from formatting to the workers in the real runtime. What does not wait for
// something else runs beside it; the output of what failed stands at the end.
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { ENGINES, featuresOf } from "./build/engines.mjs";
import { withPostgresForAllSuites } from "./local/postgres.mjs";
import { previous } from "./previous.mjs";
import { Failure, main } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { keepDependencies, takeDependencies } from "./setup/dependencies.mjs";
import { ensureLocalstripe } from "./setup/localstripe.mjs";
import { ensurePostgres } from "./setup/postgres.mjs";
import { TARGET } from "./setup/wasm.mjs";
import { ofAll, ofRust } from "./test/clean.mjs";
import { counts, runJobs } from "./test/jobs.mjs";
import { GATEWAY, ROOT, functions, npmProgram } from "./workspace.mjs";

/** @typedef {import("./test/jobs.mjs").Job} Job */
/** @typedef {import("./build/engines.mjs").Engine} Engine */

/** A suite waits half of its time: for its database, a browser, a moment. */
const ROOM = 2 * availableParallelism();
/** What keeps every core busy takes so much of it. */
const ALL_CORES = ROOM / 2;

const FUNCTION_CRATES = functions().flatMap(({ crate }) => ["-p", crate]);
const LINT = ["--", "-D", "warnings"];

const ACCESS = "tests/access.test.ts";
/** What a socket to Postgres could do otherwise than HTTP: the way itself, what two requests race for, what breaks, trips, and who may what. */
const ON_HYPERDRIVE = [
  "tests/postgres/hyperdrive.test.ts", "tests/postgres/faults.test.ts", ACCESS,
  ...["lost-answers", "races", "trips"].map((name) => `tests/${name}.test.ts`),
];
/** Which are decided before a database is asked, or are about D1 alone. */
const ON_D1_ALONE = ["documentation", "faults", "history-growth", "input", "plans-kept", "replicas", "schemathesis"].map((name) => `tests/${name}.test.ts`);

/**
 * Which say who may do what, run once more upon read replicas that are two writes behind whoever brings no bookmark: nobody sees less than
 * their own writes, and nobody does what was taken from them.
 */
const UPON_LAGGING_REPLICAS = ["access", "sessions", "enforced-sessions", "members", "invitations", "uploads"].map((name) => `tests/${name}.test.ts`);

/** Suites that change the environment before they load what reads it. */
const BY_THEMSELVES = ["edge/catalog", "edge/console-command", "edge/import", "edge/service-keys", "import", "move", "postgres/import", "postgres/move"].map((name) => `tests/${name}.test.ts`);

/** What a suite needs: the workers, and the tools in Rust, whose compilation would be waited for. */
const BUILT = ["build", "compile"];
const SUITES = /** @type {const} */ (["black-box", "postgres", "hyperdrive", "previous"]);

/** @typedef {{ setup: import("./setup.mjs").Setup, isChosen: boolean }} Asked `isChosen`: the step was asked for by its name. */

/**
 * The steps, each with its jobs.
 * @type {Record<string, (asked: Asked) => Job[] | Promise<Job[]>>}
 */
const STEPS = {
  format: () => [{ command: "cargo", args: ["fmt", "--all", "--check"], isGate: true, mend: "\"npm run fmt\" formats the code.", step: "format" }],
  types: () => [
    { name: "of tests and scripts", command: npmProgram("tsc"), args: ["--noEmit"] },
    { name: "of the dashboard", command: npmProgram("vue-tsc"), args: ["--noEmit", "-p", "dashboard"] },
  ].map((job) => ({ ...job, step: "types", follows: () => ofAll([process.version]), isGate: true, mend: "TypeScript's type check covers the tests, the dashboard and, by their JSDoc, the scripts." })),
  clippy: ({ setup }) => [{
    step: "clippy", follows: () => ofRust(setup.versions), command: "cargo", args: ["clippy", "--workspace", "--all-targets", ...LINT], room: ALL_CORES, isGate: true, mend: "Clippy's warnings are errors here.",
  }],
  "clippy-wasm": ({ setup }) => {
    // In the release profile, so that macros and build scripts are compiled once for this and for the build.
    const clippy = (/** @type {string[]} */ ...of) => ["cargo", "clippy", "--release", "--lib", "--target", TARGET, ...of, ...LINT];
    return [{
      step: "clippy-wasm", follows: () => ofRust(setup.versions),
      ...inTurn([
        clippy("-p", GATEWAY.crate),
        clippy(...featuresOf(ENGINES), ...FUNCTION_CRATES),
        // With one engine it is another text of the shared crate, and the same of the functions.
        ...ENGINES.map((engine) => clippy("-p", "tallygate-shared", "--features", engine)),
      ]),
      env: setup.wasmEnv, room: ALL_CORES, isGate: true, mend: "Clippy's warnings are errors here, also in the code that only the workers have.",
    }];
  },
  // Before the suites, which have programs of their own compiled in the same folder.
  compile: () => [{ step: "compile", command: "cargo", args: ["test", "--workspace", "--no-run"], after: ["clippy"], room: ALL_CORES, isGate: true, mend: "The native tests do not compile." }],
  native: () => [{ step: "native", command: "cargo", args: ["test", "--workspace"], after: ["compile"], room: ALL_CORES, mend: "One test alone: cargo test -p <crate> <name>" }],
  // With every engine: a build for each would take three times as long, and is made only to be weighed (`sizes`).
  build: () => [{
    step: "build", command: process.execPath, args: ["scripts/build.mjs"], env: { DATABASE: "" }, after: ["clippy-wasm"], room: ALL_CORES, isGate: true, mend: "One worker alone: npm run build -- <function>",
  }],
  // With D1; what is decided before a database is asked (tests/edge), and the package for pages (tests/client) and the pages
  // (tests/dashboard), is the same on every engine.
  "black-box": () => [
    ...blackBox("black-box", "d1", [
      ...suites("tests/dashboard", true), ...suites("tests/client", true), ...suites("tests/edge", true), ...suites("tests", false),
    ]),
    ...blackBox("black-box", "d1", UPON_LAGGING_REPLICAS, "lagging-replica"),
  ],
  // What is Postgres's own, and then every suite a second time, unchanged. In a whole run the longest one goes over Hyperdrive alone:
  // who may what is decided by the same statements, whichever way they come.
  postgres: ({ isChosen }) => blackBox("postgres", "postgres", [
    ...suites("tests/postgres", true), ...suites("tests", false).filter((file) => isChosen || file !== ACCESS && !ON_D1_ALONE.includes(file)),
  ]),
  // In a whole run what the way makes a difference to; asked for by its name, every suite.
  hyperdrive: ({ isChosen }) => blackBox("hyperdrive", "hyperdrive", isChosen ? [...new Set([...ON_HYPERDRIVE, ...suites("tests", false)])] : ON_HYPERDRIVE),
  previous,
  sizes: () => [{ step: "sizes", command: process.execPath, args: ["scripts/sizes.mjs", "--check"], after: SUITES, room: ALL_CORES, mend: "A worker has grown over its limit." }],
};

await main(async () => {
  const started = Date.now();
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const steps = chosen(values.only);
  const setup = await setUp();
  takeDependencies(setup.versions);
  /** @type {Job[]} */
  const jobs = [];
  for (const step of steps) jobs.push(...await (STEPS[step]?.({ setup, isChosen: values.only !== undefined }) ?? []));
  // What is asked for by its name runs.
  const asked = values.only === undefined ? {} : { follows: undefined };
  const ended = await withServers(jobs, (env) => runJobs(jobs.map((job) => ({ ...job, ...asked, env: { ...env, ...job.env } })), ROOM));
  // Of a whole run: each step compiles them for a purpose of its own.
  if (values.only === undefined) keepDependencies(setup.versions);
  const rows = steps.map((step) => {
    const own = ended.filter(({ job }) => job.step === step);
    const tests = own.reduce((sum, { said }) => sum + counts(said).passed, 0);
    return [step, tests === 0 ? "" : `${tests} tests`, `${own.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(0)} s`];
  });
  rows.push(["together", "", `${((Date.now() - started) / 1000).toFixed(0)} s, several at a time`]);
  console.log(`\n${rows.map(([name = "", tests = "", time = ""]) => `${name.padEnd(12)} ${tests.padStart(11)} ${time.padStart(7)}`).join("\n")}\n`);
});

/** @param {string | undefined} only */
function chosen(only) {
  const names = Object.keys(STEPS);
  if (only === undefined) return names;
  const asked = only.split(",");
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Failure(`There is no step "${unknown}". There are: ${names.join(", ")}.`);
  // A suite runs what is built of these sources, also where nobody has built it yet.
  const needed = asked.some((name) => SUITES.some((suites) => suites === name)) ? ["build"] : [];
  return names.filter((name) => asked.includes(name) || needed.includes(name));
}

/**
 * With what several suites share: one Postgres, the stand-in of Stripe's.
 * @template T
 * @param {Job[]} jobs
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withServers(jobs, work) {
  if (!jobs.some(({ step }) => SUITES.some((suites) => suites === step))) return work({});
  await ensureLocalstripe();
  if (!jobs.some(({ step }) => step !== "black-box" && SUITES.some((suites) => suites === step))) return work({});
  await ensurePostgres();
  return withPostgresForAllSuites((port) => work({ TALLYGATE_TEST_POSTGRES_PORT: port }));
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
 * Suites against the built workers on one engine.
 * @param {string} step
 * @param {Engine} engine
 * @param {string[]} files
 * @param {string} [faults] What is wrong with the database, as tests/harness/database.ts names it.
 * @returns {Job[]}
 */
function blackBox(step, engine, files, faults) {
  /** @type {Record<string, string>} */
  const env = { TALLYGATE_TEST_ENGINE: engine, ...(faults !== undefined && { TALLYGATE_TEST_FAULTS: faults }) };
  const named = Object.entries(env).map(([name, value]) => `${name}=${value} `).join("");
  return files.map((file) => ({
    step, name: file.slice("tests/".length, -".test.ts".length) + (faults === undefined ? "" : `, ${faults}`), suite: file, isByItself: BY_THEMSELVES.includes(file),
    env, after: BUILT, mend: `Alone: ${named}node --import tsx --test ${file}`,
  }));
}

/** One command after the other, as long as they succeed. @param {string[][]} commands */
function inTurn(commands) {
  return { command: "sh", args: ["-c", commands.map((words) => words.map((word) => `'${word}'`).join(" ")).join(" && ")] };
}
