// @ts-check
// Programs of PyPI's, with the Python packages that they need, each in a folder for this user. Nothing of the system's Python is
// changed.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, ask, runStep } from "../run.mjs";
import { aptCommand, aptInstall } from "./apt.mjs";
import { CACHE, installOnce } from "./cache.mjs";
import { alone } from "./lock.mjs";
import { atLeast } from "./prerequisites.mjs";

const PACKAGES = ["python3", "python3-pip"];

/**
 * @typedef {object} Program
 * @property {string} name As PyPI has it.
 * @property {string} version
 * @property {string[]} requirements Itself, and what it needs where that is to be of a certain version.
 * @property {string} oldestPython
 * @property {NodeJS.ProcessEnv} [env] While it is installed.
 */

/**
 * The folder of a program's packages and the environment that Python finds them in; it is installed first where it is missing.
 * @param {Program} program
 * @returns {Promise<{ folder: string, env: NodeJS.ProcessEnv }>}
 */
export async function ensurePython(program) {
  const { name, version, oldestPython } = program;
  if (!suitablePython(oldestPython)) await alone(join(CACHE, "locks", "python"), "Debian's Python", () => installPython(oldestPython));
  const python = suitablePython(oldestPython);
  if (!python) throw new Failure(`${name} needs Python ${oldestPython} or newer: install one and put "python3" on the PATH.`);
  // What is compiled fits one Python only.
  const folder = await installOnce(`${name}-${version}-python-${python}`, (to) => install(program, to));
  return { folder, env: { ...process.env, PYTHONPATH: folder, PYTHONNOUSERSITE: "1" } };
}

/** The version and the machine of the Python on the PATH, where it is new enough. @param {string} oldest */
function suitablePython(oldest) {
  const question = "import sys, platform; print('%d.%d.%d' % sys.version_info[:3], sys.implementation.cache_tag + '-' + platform.machine())";
  const [version = "0", tag] = (ask("python3", ["-c", question]) ?? "").split(" ");
  return tag !== undefined && atLeast(version, oldest) ? tag : undefined;
}

/**
 * @param {Program} program
 * @param {string} folder
 */
async function install({ name, version, requirements, oldestPython, env }, folder) {
  const temporary = await mkdtemp(join(tmpdir(), "tallygate-pip-"));
  try {
    const pip = await somePip(join(temporary, "venv"), oldestPython);
    await runStep(`${name} ${version} (once for this user)`, pip.command,
      [...pip.args, "install", "--target", folder, "--disable-pip-version-check", "--no-warn-conflicts", ...requirements], {
        env: { ...process.env, PIP_USER: "0", PIP_ROOT_USER_ACTION: "ignore", ...env },
        advice: `Run "python3 -m pip download ${requirements[0]}" to see more; it needs a connection to PyPI or a mirror of it.`,
      });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * A pip: Python's own, that of a fresh virtual environment, or Debian's. A Python of Debian may lack all but the last.
 * @param {string} environment Where a virtual environment may be made.
 * @param {string} oldest
 */
async function somePip(environment, oldest) {
  const own = { command: "python3", args: ["-m", "pip"] };
  if (works(own)) return own;
  const fresh = { command: join(environment, "bin/python3"), args: ["-m", "pip"] };
  if (ask("python3", ["-m", "venv", environment]) !== undefined && existsSync(fresh.command) && works(fresh)) return fresh;
  await alone(join(CACHE, "locks", "python"), "Debian's pip", async () => {
    if (!works(own)) await installPackages(oldest);
  });
  if (!works(own)) throw new Failure(`Debian's pip is not that of the "python3" on the PATH: run "python3 -m ensurepip", or put /usr/bin before it.`);
  return own;
}

/** @param {{ command: string, args: string[] }} pip */
const works = (pip) => ask(pip.command, [...pip.args, "--version"]) !== undefined;

/** @param {string} oldest */
async function installPython(oldest) {
  if (!suitablePython(oldest)) await installPackages(oldest);
}

/** @param {string} oldest */
function installPackages(oldest) {
  const advice = `Tallygate's tests need Python ${oldest} or newer with pip: on Debian, run "${aptCommand(PACKAGES)}" as root.`;
  return aptInstall("Debian's Python", PACKAGES, { noDebian: advice, noRoot: advice, advice });
}
