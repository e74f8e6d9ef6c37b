// @ts-check
// What of the scripts is written in Rust, since it asks the functions' own rules: a program that is told something and answers.
import { spawn } from "node:child_process";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { hashOf } from "./build/fingerprint.mjs";
import { Failure, ask, runStep } from "./run.mjs";
import { CACHE, installOnce } from "./setup/cache.mjs";
import { ROOT } from "./workspace.mjs";

/** Programs of so many different sources are kept of each. */
const KEPT_OF_EACH = 8;

/**
 * How to ask such a program: with arguments and what it reads on its standard input, for what it writes on its standard output.
 * It is compiled once for a user and for its sources: another clone of the same ones takes it as it is.
 * @param {string} crate
 * @param {string} folder Where its sources are, beside those of the rules.
 * @param {string} title What a long compilation is called meanwhile.
 * @returns {(args: string[], input?: string) => Promise<string>}
 */
export function rustTool(crate, folder, title) {
  /** @type {Promise<string> | undefined} */
  let program;
  return async (args, input = "") => {
    const path = await (program ??= compiled(crate, folder, title));
    return new Promise((resolve, reject) => {
      const child = spawn(path, args, { cwd: ROOT });
      let [output, problem] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text) => { output += text; });
      child.stderr.setEncoding("utf8").on("data", (text) => { problem += text; });
      child.on("error", (error) => reject(new Failure(`${path} could not be started (${error.message}).`)));
      child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Failure(problem.trim()))));
      // A tool that stops early does not read what it is given.
      child.stdin.on("error", () => undefined).end(input);
    });
  };
}

/**
 * The program, made of the sources as they are.
 * @param {string} crate
 * @param {string} folder
 * @param {string} title
 */
async function compiled(crate, folder, title) {
  const madeOf = hashOf(["Cargo.lock", "Cargo.toml", "mails", "shared", folder], [ask("rustc", ["-vV"]) ?? ""]);
  const shelf = join("tools", crate);
  const kept = await installOnce(join(shelf, madeOf.slice(0, 32)), async (unfinished) => {
    await forgetOldest(join(CACHE, shelf));
    await runStep(title, "cargo", ["install", "--path", folder, "--root", unfinished, "--debug", "--locked", "--no-track", "--force"], { cwd: ROOT });
  });
  return join(kept, "bin", crate);
}

/** @param {string} shelf */
async function forgetOldest(shelf) {
  const paths = (await readdir(shelf)).map((name) => join(shelf, name)).filter((path) => !path.endsWith(".unfinished"));
  const aged = await Promise.all(paths.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })));
  const old = aged.sort((one, other) => other.at - one.at).slice(KEPT_OF_EACH);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}
