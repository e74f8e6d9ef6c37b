// @ts-check
// What of the scripts is written in Rust, since it asks the functions' own rules: a program that is told something and answers.
import { spawn } from "node:child_process";
import { Failure, runStep } from "./run.mjs";
import { ROOT } from "./workspace.mjs";

/**
 * How to ask such a program: with arguments and what it reads on its standard input, for what it writes on its standard output.
 * It is compiled first where its sources have changed.
 * @param {string} crate
 * @param {string} title What a long compilation is called meanwhile.
 * @returns {(args: string[], input?: string) => Promise<string>}
 */
export function rustTool(crate, title) {
  /** @type {Promise<unknown> | undefined} */
  let compiled;
  return async (args, input = "") => {
    compiled ??= runStep(title, "cargo", ["build", "-p", crate], { cwd: ROOT });
    await compiled;
    return new Promise((resolve, reject) => {
      const child = spawn("cargo", ["run", "-q", "-p", crate, "--", ...args], { cwd: ROOT });
      let [output, problem] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text) => { output += text; });
      child.stderr.setEncoding("utf8").on("data", (text) => { problem += text; });
      child.on("error", (error) => reject(new Failure(`cargo could not be started (${error.message}).`)));
      child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Failure(problem.trim()))));
      // A tool that stops early does not read what it is given.
      child.stdin.on("error", () => undefined).end(input);
    });
  };
}
