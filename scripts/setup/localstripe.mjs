// @ts-check
// PyPI's localstripe: a Stripe server of its own to test on.
import { ensurePython } from "./python.mjs";

const VERSION = "1.15.10";
/** Those that localstripe names itself, at the newest versions that run on the oldest Python. */
const REQUIREMENTS = [`localstripe==${VERSION}`, "aiohttp==3.13.5", "python-dateutil==2.9.0.post0"];

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
  const { env } = await ensurePython({
    name: "localstripe",
    version: VERSION,
    requirements: REQUIREMENTS,
    oldestPython: "3.9.0",
    // Where there is no wheel for this Python, aiohttp and its companions do without their compiled parts.
    env: { AIOHTTP_NO_EXTENSIONS: "1", MULTIDICT_NO_EXTENSIONS: "1", YARL_NO_EXTENSIONS: "1", FROZENLIST_NO_EXTENSIONS: "1", PROPCACHE_NO_EXTENSIONS: "1" },
  });
  return { command: "python3", args: ["-u", "-c", SERVER], env };
}
