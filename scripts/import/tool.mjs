// @ts-check
// `tallygate-import` (scripts/import-tool), which has the functions' own rules; it is compiled first where its sources have changed.
import { spawn } from "node:child_process";
import { Failure, runStep } from "../run.mjs";
import { ROOT } from "../workspace.mjs";

/** @type {Promise<unknown> | undefined} */
let compiled;

/**
 * What it writes on its standard output.
 * @param {string[]} args
 * @param {string} [input]
 * @returns {Promise<string>}
 */
export async function importTool(args, input = "") {
  compiled ??= runStep("Import tool", "cargo", ["build", "-p", "tallygate-import"], { cwd: ROOT });
  await compiled;
  return new Promise((resolve, reject) => {
    const child = spawn("cargo", ["run", "-q", "-p", "tallygate-import", "--", ...args], { cwd: ROOT });
    /** @type {Buffer[]} */
    const output = [];
    let problem = "";
    child.stdout.on("data", (bytes) => { output.push(bytes); });
    child.stderr.setEncoding("utf8").on("data", (text) => { problem += text; });
    child.on("error", (error) => reject(new Failure(`cargo could not be started (${error.message}).`)));
    child.on("close", (code) => (code === 0 ? resolve(Buffer.concat(output).toString("utf8")) : reject(new Failure(problem.trim()))));
    // A tool that stops early does not read what it is given.
    child.stdin.on("error", () => undefined).end(input);
  });
}

/**
 * @typedef {{ kind: "person", id: string, email: string | null, name: string | null, username: string | null, organization: string }} AskedPerson
 * @typedef {{ kind: "team", id: string, name: string | null, slug: string | null }} AskedTeam
 * @typedef {{ kind: "address", email: string }} AskedAddress
 * @typedef {{ email: string | null, name: string, username: string | null, organizationName: string, slug: string, uniqueSlug: string }} PersonForms
 * @typedef {{ name: string | null, slug: string, uniqueSlug: string }} TeamForms
 */

/**
 * The forms in which the functions keep what is asked about, in the same order. What is `null` cannot be kept.
 * @template Forms
 * @param {(AskedPerson | AskedTeam | AskedAddress)[]} asked
 * @returns {Promise<Forms[]>}
 */
export async function formsOf(asked) {
  if (asked.length === 0) return [];
  const answers = await importTool(["forms"], asked.map((one) => JSON.stringify(one)).join("\n"));
  return answers.trimEnd().split("\n").map((line) => JSON.parse(line));
}
