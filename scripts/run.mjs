// @ts-check
// Running other programs so that a person sees what happens: a live line on a terminal, a line every
// 15 seconds in a log, and on failure the end of the program's own output.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A failure that a person can mend: its message is shown as it is, without a stack. */
export class Failure extends Error {}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [advice] What to do when it fails, one sentence.
 * @property {number} [timeoutMs] After this long the program counts as failed.
 * @property {string} [input] What the program reads on its standard input.
 * @property {Progress} [progress] The step that this run is a part of, instead of one of its own.
 */

const LOG_INTERVAL_MS = 15_000;
const LINES_KEPT = 40;

/**
 * Runs a long step and returns what it wrote on its standard output.
 * @param {string} label
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>}
 */
export function runStep(label, command, args, options = {}) {
  const progress = options.progress ?? new Progress(label);
  const whole = options.progress === undefined;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      // Cargo shows how far it is only when told to: its output is a pipe here.
      env: { ...(options.env ?? process.env), CARGO_TERM_PROGRESS_WHEN: "always", CARGO_TERM_PROGRESS_WIDTH: "80" },
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => { output += text; progress.take(text); });
    child.stderr?.setEncoding("utf8").on("data", (text) => progress.take(text));
    child.stdin?.end(options.input);
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => child.kill(), options.timeoutMs);
    const end = () => { clearTimeout(timer); if (whole) progress.close(); };
    child.on("error", (error) => {
      end();
      reject(new Failure(`${label}: could not start ${command} (${error.message}).`));
    });
    child.on("close", (code) => {
      end();
      if (code === 0) {
        if (whole) progress.done();
        resolve(output);
      } else {
        reject(new Failure([`${label} failed.`, ...progress.tail(), options.advice ?? ""].join("\n").trimEnd()));
      }
    });
  });
}

/**
 * A short question to a program: its trimmed standard output, or undefined when it fails or is missing.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function ask(command, args, env = process.env) {
  const result = spawnSync(command, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** What a program has written for a terminal, as plain text. @param {string} text */
export const withoutColours = (text) => text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");

/**
 * The outermost frame of every script: a Failure is one clear message, and so is an option that it does not know; anything else keeps
 * its stack. `--help` shows what the script says of itself.
 * @param {() => Promise<void>} body
 */
export async function main(body) {
  if (process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h")) {
    console.log(usage(process.argv[1] ?? ""));
    return;
  }
  try {
    await body();
  } catch (error) {
    const ofOptions = error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
    if (!(error instanceof Failure) && !ofOptions) throw error;
    console.error(ofOptions ? `\n${error.message.split(". ")[0]}.\n\n${usage(process.argv[1] ?? "")}` : `\n${error.message}`);
    process.exit(1);
  }
}

/**
 * The comment that a script begins with: how it is called, and what it does.
 * @param {string} script
 */
export function usage(script) {
  const lines = readFileSync(script, "utf8").split("\n").filter((line) => line !== "// @ts-check" && !line.startsWith("#!"));
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines.slice(0, end < 0 ? lines.length : end).map((line) => line.slice(3)).join("\n");
}

/** What a running step shows of itself. */
export class Progress {
  /** @param {string} label */
  constructor(label) {
    this.label = label;
    this.started = Date.now();
    this.live = process.stderr.isTTY === true;
    /** @type {string[]} */
    this.lines = [];
    this.counted = "";
    this.partial = "";
    if (!this.live) console.error(`${label} …`);
    this.timer = setInterval(() => this.show(), this.live ? 500 : LOG_INTERVAL_MS);
  }

  /** @param {string} text */
  take(text) {
    const parts = withoutColours(this.partial + text).split(/[\r\n]+/);
    this.partial = parts.pop() ?? "";
    for (const part of parts) {
      const line = part.trimEnd();
      const bar = /^\s*Building \[.*\]\s*(\d+\/\d+)/.exec(line);
      if (bar?.[1]) this.counted = bar[1];
      else if (line.trim() !== "") this.lines.push(line);
    }
    if (this.lines.length > LINES_KEPT) this.lines.splice(0, this.lines.length - LINES_KEPT);
  }

  show() {
    const last = (this.lines.at(-1) ?? "").trim();
    const line = [`${this.label} …`, this.elapsed(), this.counted, last].filter((part) => part !== "").join(" · ");
    if (this.live) process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    else console.error(`  ${line.slice(0, 160)}`);
  }

  elapsed() {
    return `${Math.round((Date.now() - this.started) / 1000)} s`;
  }

  close() {
    clearInterval(this.timer);
    if (this.partial.trim() !== "") this.lines.push(this.partial);
    if (this.live) process.stderr.write("\r\u001b[K");
  }

  done() {
    console.error(this.live ? `✓ ${this.label} (${this.elapsed()})` : `  done in ${this.elapsed()}`);
  }

  tail() {
    return this.lines.map((line) => `  | ${line}`);
  }
}
