// @ts-check
// PyPI's localstripe: a Stripe server of its own to test on, with the Python packages that it needs, in a folder for this
// user. Nothing of the system's Python is changed.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, ask, runStep } from "../run.mjs";
import { aptCommand, aptInstall } from "./apt.mjs";
import { CACHE, installOnce } from "./cache.mjs";
import { alone } from "./lock.mjs";
import { atLeast } from "./prerequisites.mjs";

const VERSION = "1.15.10";
/** Those that localstripe names itself, at the newest versions that run on the oldest Python. */
const REQUIREMENTS = [`localstripe==${VERSION}`, "aiohttp==3.13.5", "python-dateutil==2.9.0.post0"];
const OLDEST_PYTHON = "3.9.0";
const PACKAGES = ["python3", "python3-pip"];

/**
 * localstripe's own server, with three things changed from outside: it chooses a free port and says which; it keeps its
 * objects in memory, where left to itself it writes them to one file under /tmp that every run on a machine would share; and its
 * invoice items take `discountable` and `period`, which Stripe has published since and it refuses.
 */
const SERVER = `
import asyncio
import sys
from aiohttp import web
from localstripe import resources
from localstripe.server import app

resources.Store.dump_to_disk = lambda self: None
new_item = resources.InvoiceItem.__init__

def new_item_of_today(self, discountable=None, period=None, **fields):
    if period is not None:
        fields.update(period_start=period["start"], period_end=period["end"])
    new_item(self, **fields)

resources.InvoiceItem.__init__ = new_item_of_today

async def serve():
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print("listening on %d" % runner.addresses[0][1], flush=True)
    # Whoever started it holds the other end of its input: it ends when they do, however they do.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()

asyncio.run(serve())
`;

/**
 * How localstripe is started; it is installed first where it is missing.
 * @returns {Promise<{ command: string, args: string[], env: NodeJS.ProcessEnv }>}
 */
export async function ensureLocalstripe() {
  if (!suitablePython()) await alone(join(CACHE, "locks", "python"), "Debian's Python", () => installPython());
  const python = suitablePython();
  if (!python) throw new Failure(`localstripe needs Python ${OLDEST_PYTHON} or newer: install one and put "python3" on the PATH.`);
  // What is compiled fits one Python only.
  const folder = await installOnce(`localstripe-${VERSION}-python-${python}`, install);
  return {
    command: "python3",
    args: ["-u", "-c", SERVER],
    env: { ...process.env, PYTHONPATH: folder, PYTHONNOUSERSITE: "1" },
  };
}

/** The version and the machine of the Python on the PATH, where it is new enough. */
function suitablePython() {
  const question = "import sys, platform; print('%d.%d.%d' % sys.version_info[:3], sys.implementation.cache_tag + '-' + platform.machine())";
  const [version = "0", tag] = (ask("python3", ["-c", question]) ?? "").split(" ");
  return tag !== undefined && atLeast(version, OLDEST_PYTHON) ? tag : undefined;
}

/** @param {string} folder */
async function install(folder) {
  const temporary = await mkdtemp(join(tmpdir(), "tallygate-pip-"));
  try {
    const pip = await somePip(join(temporary, "venv"));
    await runStep(`localstripe ${VERSION} (once for this user)`, pip.command,
      [...pip.args, "install", "--target", folder, "--disable-pip-version-check", "--no-warn-conflicts", ...REQUIREMENTS], {
        // Where there is no wheel for this Python, aiohttp and its companions do without their compiled parts.
        env: {
          ...process.env, PIP_USER: "0", PIP_ROOT_USER_ACTION: "ignore",
          AIOHTTP_NO_EXTENSIONS: "1", MULTIDICT_NO_EXTENSIONS: "1", YARL_NO_EXTENSIONS: "1", FROZENLIST_NO_EXTENSIONS: "1", PROPCACHE_NO_EXTENSIONS: "1",
        },
        advice: `Run "python3 -m pip download ${REQUIREMENTS[0]}" to see more; it needs a connection to PyPI or a mirror of it.`,
      });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * A pip: Python's own, that of a fresh virtual environment, or Debian's. A Python of Debian may lack all but the last.
 * @param {string} environment Where a virtual environment may be made.
 */
async function somePip(environment) {
  const own = { command: "python3", args: ["-m", "pip"] };
  if (works(own)) return own;
  const fresh = { command: join(environment, "bin/python3"), args: ["-m", "pip"] };
  if (ask("python3", ["-m", "venv", environment]) !== undefined && existsSync(fresh.command) && works(fresh)) return fresh;
  await alone(join(CACHE, "locks", "python"), "Debian's pip", async () => {
    if (!works(own)) await installPackages();
  });
  if (!works(own)) throw new Failure(`Debian's pip is not that of the "python3" on the PATH: run "python3 -m ensurepip", or put /usr/bin before it.`);
  return own;
}

/** @param {{ command: string, args: string[] }} pip */
const works = (pip) => ask(pip.command, [...pip.args, "--version"]) !== undefined;

async function installPython() {
  if (!suitablePython()) await installPackages();
}

function installPackages() {
  const advice = `Tallygate's tests need Python ${OLDEST_PYTHON} or newer with pip: on Debian, run "${aptCommand(PACKAGES)}" as root.`;
  return aptInstall("Debian's Python", PACKAGES, { noDebian: advice, noRoot: advice, advice });
}
