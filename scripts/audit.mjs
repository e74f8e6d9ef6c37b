// @ts-check
// npm run audit: known advisories for both lock files, by the ecosystems' own tools. What cannot be asked is said, and counts
// as not audited.
import { spawnSync } from "node:child_process";
import { Failure, main } from "./run.mjs";
import { ROOT } from "./workspace.mjs";

await main(async () => {
  const answers = [
    audited("package-lock.json", "npm", ["audit", "--audit-level=low"], /found 0 vulnerabilities/, /vulnerabilit/,
      "npm's registry of advisories could not be asked: it needs registry.npmjs.org itself, not a mirror."),
    audited("Cargo.lock", "cargo", ["audit"], /./, /error: \d+ vulnerabilit/,
      "cargo-audit could not be run: \"cargo install --locked cargo-audit\" gets it, and it fetches github.com/RustSec/advisory-db."),
  ];
  if (answers.includes("vulnerable")) throw new Failure("There are advisories; see above.");
  if (answers.includes("not asked")) throw new Failure("Not everything could be audited; see above.");
});

/**
 * @param {string} what
 * @param {string} command
 * @param {string[]} args
 * @param {RegExp} clean What it says with exit code 0 where there is nothing.
 * @param {RegExp} vulnerable What it says where there is something.
 * @param {string} otherwise
 * @returns {"clean" | "vulnerable" | "not asked"}
 */
function audited(what, command, args, clean, vulnerable, otherwise) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8" });
  const said = `${stdout ?? ""}${stderr ?? ""}`;
  if (status === 0 && clean.test(said)) {
    console.log(`${what}: no known advisory.`);
    return "clean";
  }
  if (status !== 0 && vulnerable.test(said)) {
    console.log(`${what}:\n${said}`);
    return "vulnerable";
  }
  console.log(`${what}: not audited. ${otherwise}`);
  return "not asked";
}
