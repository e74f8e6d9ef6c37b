// @ts-check
// Many programs beside each other, as many as the machine has room for: a line for each that has ended, and what failed once more at the
// end, since a log is mostly read from there.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Failure, withoutColours } from "../run.mjs";
import { CACHE, keepText } from "../setup/cache.mjs";
import { ROOT } from "../workspace.mjs";
import { keepClean, wasClean } from "./clean.mjs";
import { Runners } from "./runners.mjs";

/**
 * A program of a run, or a suite of tests.
 * @typedef {object} Job
 * @property {string} step The part of the run that it belongs to.
 * @property {string} [name] Where the step has several.
 * @property {string} [command]
 * @property {string[]} [args]
 * @property {string} [suite] Its file, in place of a program.
 * @property {boolean} [isByItself] The suite has a process that runs no other one.
 * @property {NodeJS.ProcessEnv} [env] More than what this process has.
 * @property {string} [cwd]
 * @property {readonly string[]} [after] The steps that must have ended well before it begins.
 * @property {number} [room] How much of the machine it takes; 1 unless said.
 * @property {boolean} [isGate] Where it fails, nothing more is begun.
 * @property {() => string} [follows] Gives a hash of all that its outcome follows from: it does not run where it has ended well for the same.
 * @property {string} mend What to do when it fails, one sentence.
 */

/**
 * @typedef {object} Ended
 * @property {Job} job
 * @property {number} seconds
 * @property {string | undefined} failure Why it failed, in a few words.
 * @property {string} [clean] What it has ended well for, by `follows`.
 * @property {boolean} [wasClean] It has done so before.
 * @property {string} said What it has written.
 */

/** One that hangs is ended and named, before whoever waits for all of them gives up. */
const LONGEST_MS = 20 * 60_000;
const LOG_INTERVAL_MS = 30_000;
const LOGS = join(ROOT, "target/tmp/test");
const DURATIONS = join(CACHE, "durations.json");
/** Where Node's reporter repeats what failed, and what is shown of the end where nothing does. */
const FAILING = "✖ failing tests:";
const LINES_SHOWN = 120;

export const titleOf = (/** @type {Job} */ { step, name }) => (name === undefined ? step : `${step} ${name}`);

/**
 * Runs them all; ends with a Failure that has the output of those that failed.
 * @param {Job[]} jobs In the order in which they begin where nothing is known of how long they take.
 * @param {number} room How much may run at the same time.
 * @returns {Promise<Ended[]>}
 */
export async function runJobs(jobs, room) {
  const known = durations();
  const took = (/** @type {Job} */ job) => known[titleOf(job)] ?? Infinity;
  // What takes longest begins first, so that nothing is waited for alone at the end.
  const waiting = jobs.filter(({ isGate }) => isGate).concat(jobs.filter(({ isGate }) => !isGate).sort((one, two) => (took(one) === took(two) ? 0 : took(two) - took(one))));
  /** @type {Map<Job, { output: Output, started: number, end: Promise<Ended> }>} */
  const running = new Map();
  /** @type {Ended[]} */
  const ended = [];
  const runners = new Runners();
  const status = new Status(jobs.length, running, ended);
  const isOver = (/** @type {string} */ step) => !waiting.concat([...running.keys()]).some((job) => job.step === step);
  const hasFailed = (/** @type {string} */ step) => ended.some(({ job, failure }) => job.step === step && failure !== undefined);
  const isClosed = () => ended.some(({ job, failure }) => job.isGate && failure !== undefined);
  const roomTaken = () => [...running.keys()].reduce((sum, job) => sum + (job.room ?? 1), 0);
  try {
    for (;;) {
      for (const job of isClosed() ? [] : [...waiting]) {
        if (!(job.after ?? []).every((step) => isOver(step) && !hasFailed(step))) continue;
        if (running.size > 0 && roomTaken() + (job.room ?? 1) > room) continue;
        waiting.splice(waiting.indexOf(job), 1);
        const output = new Output();
        running.set(job, { output, started: Date.now(), end: run(job, output, runners) });
      }
      if (running.size === 0) break;
      const one = await Promise.race([...running.values()].map(({ end }) => end));
      running.delete(one.job);
      ended.push(one);
      status.tell(one);
    }
  } finally {
    status.close();
    runners.close();
  }
  remember(known, ended);
  const failed = ended.filter(({ failure }) => failure !== undefined);
  if (failed.length > 0) throw new Failure(failed.map(inFull).concat(notRun(waiting)).join("\n"));
  return ended;
}

/** @param {Job} job @param {Output} output @param {Runners} runners @returns {Promise<Ended>} */
async function run(job, output, runners) {
  const follows = job.follows?.();
  if (follows !== undefined && wasClean(titleOf(job), follows)) return { job, seconds: 0, failure: undefined, clean: follows, wasClean: true, said: "" };
  const started = Date.now();
  const { suite } = job;
  const { end, stop } = suite === undefined ? spawned(job, output) : runners.run({ ...job, suite }, output);
  let isLate = false;
  const timer = setTimeout(() => { isLate = true; stop(); }, LONGEST_MS);
  const failure = await end;
  clearTimeout(timer);
  const ended = { job, seconds: (Date.now() - started) / 1000, failure: isLate ? `had not ended after ${LONGEST_MS / 60_000} minutes` : failure, said: output.text };
  // Sources that changed meanwhile were looked at or not: nobody knows.
  return ended.failure === undefined && follows !== undefined && job.follows?.() === follows ? { ...ended, clean: follows } : ended;
}

/**
 * @param {Job} job
 * @param {Output} output
 * @returns {import("./runners.mjs").Running}
 */
function spawned({ command = "", args = [], cwd = ROOT, env }, output) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => output.take(text));
  /** @type {Promise<string | undefined>} */
  const end = new Promise((resolve) => {
    child.on("error", (error) => resolve(`could not be started: ${error.message}`));
    child.on("close", (code, signal) => resolve(code === 0 ? undefined : `ended with ${code ?? signal}`));
  });
  return { end, stop: () => child.kill("SIGKILL") };
}

/** What a job has written so far. */
class Output {
  text = "";

  /** @param {string} text */
  take(text) {
    this.text += text;
  }

  /** Its newest line that says something. */
  newest() {
    return withoutColours(this.text.slice(-2_000)).split(/[\r\n]+/).findLast((line) => line.trim() !== "")?.trim() ?? "";
  }
}

/** What stands on the screen while they run. */
class Status {
  /**
   * @param {number} count
   * @param {Map<Job, { output: Output, started: number }>} running
   * @param {Ended[]} ended
   */
  constructor(count, running, ended) {
    this.count = count;
    this.running = running;
    this.ended = ended;
    this.isLive = process.stderr.isTTY === true;
    this.timer = setInterval(() => this.show(), this.isLive ? 500 : LOG_INTERVAL_MS);
  }

  show() {
    const now = [...this.running].map(([job, { output, started }]) => {
      const lasts = Math.round((Date.now() - started) / 1000);
      return this.running.size <= 2 ? `${titleOf(job)} ${lasts} s · ${output.newest()}` : `${titleOf(job)} ${lasts} s`;
    });
    const line = `${this.ended.length}/${this.count} · ${now.join(", ")}`;
    if (this.isLive) process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    else console.error(`  ${line.slice(0, 200)}`);
  }

  /** @param {Ended} one */
  tell(one) {
    if (this.isLive) process.stderr.write("\r\u001b[K");
    const { passed, skipped } = counts(one.said);
    if (one.wasClean === true) return console.log(`✓ ${titleOf(one.job)} · unchanged since it was found clean`);
    const told = [titleOf(one.job), passed > 0 ? `${passed} tests` : "", skipped > 0 ? `${skipped} skipped` : "", `${one.seconds.toFixed(0)} s`, one.failure ?? ""];
    console.log(`${one.failure === undefined ? "✓" : "✖"} ${told.filter((part) => part !== "").join(" · ")}`);
  }

  close() {
    clearInterval(this.timer);
    if (this.isLive) process.stderr.write("\r\u001b[K");
  }
}

/** How many tests a program has told of: Node's reporter or cargo. @param {string} said */
export function counts(said) {
  const plain = withoutColours(said);
  const sum = (/** @type {RegExp} */ pattern) => [...plain.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);
  return { passed: sum(/^ℹ pass (\d+)$/gm) + sum(/^test result: \w+\. (\d+) passed/gm), skipped: sum(/^ℹ skipped (\d+)$/gm) };
}

/** What a failed one has said, as far as it tells why, and where the rest is. @param {Ended} one */
function inFull({ job, failure, said }) {
  const log = join(LOGS, `${titleOf(job).replace(/[^\w.-]+/g, "-")}.log`);
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, withoutColours(said));
  const from = said.lastIndexOf(FAILING);
  const told = from >= 0 ? said.slice(from) : said.trimEnd().split("\n").slice(-LINES_SHOWN).join("\n");
  return `\n══ ${titleOf(job)} ${failure} (all that it said: ${relative(ROOT, log)})\n${told.trimEnd()}\n${job.mend}`;
}

/** @param {Job[]} left */
function notRun(left) {
  if (left.length === 0) return [];
  return [`\nNot run: ${[...new Set(left.map(({ step }) => step))].join(", ")}.`];
}

/** How long each took the last time, in seconds, by its title. @returns {Record<string, number>} */
function durations() {
  try {
    return JSON.parse(readFileSync(DURATIONS, "utf8"));
  } catch {
    return {};
  }
}

/** @param {Record<string, number>} known @param {Ended[]} ended */
function remember(known, ended) {
  const now = Object.fromEntries(ended.filter(({ failure, wasClean }) => failure === undefined && wasClean !== true).map(({ job, seconds }) => [titleOf(job), Math.round(seconds)]));
  keepText(DURATIONS, JSON.stringify({ ...known, ...now }));
  keepClean(new Map(ended.flatMap(({ job, clean }) => (clean === undefined ? [] : [[titleOf(job), clean]]))));
}
