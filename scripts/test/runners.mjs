// @ts-check
// Processes that run one suite after the other. A suite's start is a second of a processor's time, most of it for what every suite
// loads, and there are two hundred.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../workspace.mjs";
import { ENDED, WELL } from "./suite-reporter.mjs";

/** @typedef {import("./jobs.mjs").Job} Job */
/** @typedef {{ take(text: string): void }} Output */
/** @typedef {{ end: Promise<string | undefined>, stop: () => void }} Running `end`: why it failed, in a few words; `stop` ends it early. */

const PROGRAM = join(ROOT, "scripts/test/suites.mjs");
const REPORTER = join(ROOT, "scripts/test/suite-reporter.mjs");
/** What a process has come to hold goes with it. */
const SUITES_OF_EACH = 16;

export class Runners {
  /** Those that wait for a suite, by what they were started with. @type {Map<string, Runner[]>} */
  #idle = new Map();

  /**
   * Runs the suite in a process that has its environment.
   * @param {Job & { suite: string }} job
   * @param {Output} output
   * @returns {Running}
   */
  run({ suite, isByItself = false, cwd = ROOT, env }, output) {
    const kind = JSON.stringify([cwd, env]);
    const runner = (isByItself ? undefined : this.#waiting(kind)) ?? new Runner(cwd, env);
    const end = runner.run({ suite, isByItself }, output).then((failure) => {
      // Whatever a suite that failed has left behind is nobody else's.
      if (failure === undefined && !isByItself && runner.count < SUITES_OF_EACH) this.#idle.set(kind, [...(this.#idle.get(kind) ?? []), runner]);
      else runner.close();
      return failure;
    });
    return { end, stop: () => runner.kill() };
  }

  /** One that still lives: what has ended while it waited is no fault of the next suite's. @param {string} kind */
  #waiting(kind) {
    const living = (this.#idle.get(kind) ?? []).filter(({ isAlive }) => isAlive);
    this.#idle.set(kind, living);
    return living.pop();
  }

  close() {
    for (const runner of [...this.#idle.values()].flat()) runner.close();
    this.#idle.clear();
  }
}

class Runner {
  /** How many suites it has run. */
  count = 0;
  #child;
  /** What it has written of a line that has not ended. */
  #line = "";
  /** @type {Output | undefined} */
  #output;
  /** @type {(failure: string | undefined) => void} */
  #end = () => {};

  /** @param {string} cwd @param {NodeJS.ProcessEnv | undefined} env */
  constructor(cwd, env) {
    this.#child = spawn(process.execPath, ["--import", "tsx", `--test-reporter=${REPORTER}`, PROGRAM], {
      cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text) => this.#take(text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text) => this.#output?.take(text));
    this.#child.on("error", (error) => this.#ended(`could not be started: ${error.message}`));
    this.#child.on("close", (code, signal) => this.#ended(`ended with ${code ?? signal}`));
  }

  get isAlive() {
    return this.#child.connected && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @param {import("./suites.mjs").Named} named @param {Output} output @returns {Promise<string | undefined>} */
  run(named, output) {
    this.count += 1;
    this.#output = output;
    return new Promise((resolve) => {
      this.#end = resolve;
      this.#child.send(named);
    });
  }

  /** @param {string} text */
  #take(text) {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) {
      const [said = "", end] = line.split(ENDED);
      if (said !== "" || end === undefined) this.#output?.take(`${said}\n`);
      if (end !== undefined) this.#ended(end === WELL ? undefined : "failed");
    }
  }

  /** @param {string | undefined} failure */
  #ended(failure) {
    if (this.#line !== "") this.#output?.take(this.#line);
    this.#line = "";
    this.#output = undefined;
    this.#end(failure);
  }

  /** It ends by itself when nobody speaks to it any more. */
  close() {
    if (this.#child.connected) this.#child.disconnect();
  }

  kill() {
    this.#child.kill("SIGKILL");
  }
}
