// @ts-check
// The version before the last migration, on this version's tables: while a deployment is under way its functions go on
// running, so a migration may add, and must not take away what they read or write. Its own suites say whether they do.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FOLDER, migrations } from "./migrations.mjs";
import { ask } from "./run.mjs";
import { OF_WORKERS, takeDependencies } from "./setup/dependencies.mjs";
import { ROOT } from "./workspace.mjs";

/**
 * What the functions do, each in both engines; not what is measured, not what is decided before a database is asked, and not
 * what compares whole rows, which have more columns by now.
 */
const SUITES = ["billing", "identity", "invitations", "members", "organizations", "sessions", "uploads"];
const SCHEMAS = ["schema.sql", "schema.postgres.sql"];

const MEND = "A migration adds first; what the version before still reads or writes goes with a later one (docs/OPERATIONS.md).";

/**
 * The suites of the version before, and its build; says why where there is none.
 * @param {{ setup: import("./setup.mjs").Setup }} asked
 * @returns {import("./test/jobs.mjs").Job[]}
 */
export function previous({ setup }) {
  const all = migrations("d1");
  const last = all.at(-1);
  const none = (/** @type {string} */ why) => { console.log(`The version before is left out: ${why}`); return []; };
  if (!last || all.length < 2) return none("there is none before the first migration.");
  const commit = versionBefore(`${FOLDER}/${String(last.number).padStart(4, "0")}_${last.name}/d1.sql`);
  if (commit === undefined) return none("this checkout has no history (no git, or a shallow clone).");
  console.log(`The version before is ${commit.slice(0, 10)}, before migration ${last.number} (${last.name.replaceAll("_", " ")}); its functions run on the tables of today.`);

  const cwd = join(ROOT, "target/previous", commit);
  if (!existsSync(cwd)) checkOut(commit, cwd);
  for (const schema of SCHEMAS) cpSync(join(ROOT, schema), join(cwd, schema));
  const suites = SUITES.map((name) => `tests/${name}.test.ts`).filter((file) => existsSync(join(cwd, file)));
  // Its builds are kept for the user by what they were made of; that it compiles was seen in its own time. A target folder
  // of its own: cargo takes two checkouts of one workspace for the same packages, and one's output for the other's.
  const target = join(ROOT, "target/previous/cargo");
  takeDependencies(setup.versions, target, OF_WORKERS);
  const env = { CARGO_TARGET_DIR: target, CI: "", DATABASE: "" };
  return [
    { step: "previous-build", command: process.execPath, args: ["scripts/build.mjs"], cwd, env, after: ["build"], room: 2, mend: MEND },
    ...["d1", "postgres"].flatMap((engine) => suites.map((file) => ({
      step: "previous", name: `${engine} ${file.slice("tests/".length, -".test.ts".length)}`, suite: file,
      cwd, env: { ...env, TALLYGATE_TEST_ENGINE: engine }, after: ["previous-build"], mend: MEND,
    }))),
  ];
}

/**
 * The commit before the one that brought the file; HEAD where no commit has it yet.
 * @param {string} file
 */
function versionBefore(file) {
  const git = (/** @type {string[]} */ ...args) => ask("git", ["-C", ROOT, ...args]);
  if (git("rev-parse", "--is-shallow-repository") !== "false") return undefined;
  // Along the main line: a migration that a merge brought was not there in the version before the merge.
  const brought = git("log", "--first-parent", "-m", "--diff-filter=A", "--format=%H", "-1", "--", file);
  return git("rev-parse", "--verify", "--quiet", brought ? `${brought}^` : "HEAD");
}

/**
 * @param {string} commit
 * @param {string} folder
 */
function checkOut(commit, folder) {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  execFileSync("tar", ["-x", "-C", unfinished], { input: execFileSync("git", ["-C", ROOT, "archive", commit], { maxBuffer: 1 << 30 }) });
  // The same packages, as links to the same files, unless its own set-up finds that it needs others.
  execFileSync("cp", ["-al", join(ROOT, "node_modules"), join(unfinished, "node_modules")]);
  renameSync(unfinished, folder);
}
