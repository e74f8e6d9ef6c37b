// @ts-check
// The version before the last migration, on this version's tables: while a deployment is under way its functions go on
// running, so a migration may add, and must not take away what they read or write. Its own suites say whether they do.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FOLDER, migrations } from "./migrations.mjs";
import { Failure, ask, runHere } from "./run.mjs";
import { ROOT } from "./workspace.mjs";

/**
 * What the functions do, each in both engines; not what is measured, not what is decided before a database is asked, and not
 * what compares whole rows, which have more columns by now.
 */
const SUITES = ["billing", "identity", "invitations", "members", "organizations", "sessions", "uploads"];
const SCHEMAS = ["schema.sql", "schema.postgres.sql"];

/** Runs the suites of the version before; says why where there is none. */
export async function testPrevious() {
  const all = migrations("d1");
  const last = all.at(-1);
  if (!last || all.length < 2) return console.log("There is no version before the first migration.");
  const commit = versionBefore(`${FOLDER}/${String(last.number).padStart(4, "0")}_${last.name}/d1.sql`);
  if (commit === undefined) return console.log("Left out: this checkout has no history (no git, or a shallow clone), so the version before is not known.");
  console.log(`The functions of ${commit.slice(0, 10)}, before migration ${last.number} (${last.name.replaceAll("_", " ")}), on the tables of today`);

  const folder = join(ROOT, "target/previous", commit);
  if (!existsSync(folder)) checkOut(commit, folder);
  // Its builds are kept for the user by what they were made of; that it compiles was seen in its own time. A target folder
  // of its own: cargo takes two checkouts of one workspace for the same packages, and one's output for the other's.
  const env = { ...process.env, CARGO_TARGET_DIR: join(ROOT, "target/previous/cargo"), CI: "" };
  await succeed(folder, ["scripts/build.mjs"], env);
  for (const schema of SCHEMAS) cpSync(join(ROOT, schema), join(folder, schema));
  const suites = SUITES.map((name) => `tests/${name}.test.ts`).filter((file) => existsSync(join(folder, file)));
  for (const engine of ["d1", "postgres"]) {
    await succeed(folder, ["--import", "tsx", "--test", "--test-concurrency=3", ...suites], { ...env, TALLYGATE_TEST_ENGINE: engine });
  }
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

/** @param {string} folder @param {string[]} args @param {NodeJS.ProcessEnv} env */
async function succeed(folder, args, env) {
  const code = await runHere(process.execPath, args, { cwd: folder, env });
  if (code !== 0) throw new Failure("(The version before does not work on the tables of this one.)");
}
