// Two checkouts on one machine, each with its own `npm start`: neither notices the other.
import assert from "node:assert/strict";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ROOT } from "../harness/built.ts";
import { freePort } from "../harness/free-port.ts";
import { send } from "../harness/reply.ts";
import { hs256, supabase } from "../harness/tokens.ts";

const LEFT_OUT = [".git", ".wrangler", "backups", "node_modules", "target"];

const folders: string[] = [];
const running: ChildProcess[] = [];
after(async () => {
  await Promise.all(running.map(stop));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Another checkout of the same version, with nothing started in it yet. */
function checkout(): string {
  // On the disk of this one, so that the packages can be links to the same files.
  const within = join(ROOT, "target/checkouts");
  mkdirSync(within, { recursive: true });
  const folder = mkdtempSync(join(within, "checkout-"));
  folders.push(folder);
  for (const name of readdirSync(ROOT).filter((name) => !LEFT_OUT.includes(name))) {
    cpSync(join(ROOT, name), join(folder, name), {
      recursive: true, preserveTimestamps: true, filter: (path) => !path.endsWith(".dev.vars") && !path.endsWith("wrangler.local.toml"),
    });
  }
  execFileSync("cp", ["-al", join(ROOT, "node_modules"), join(folder, "node_modules")]);
  return folder;
}

interface Started {
  url: string;
  process: ChildProcess;
}

/** `npm start` in a checkout, once it has said what to try. */
async function start(folder: string): Promise<Started> {
  const port = await freePort();
  const child = spawn(process.execPath, ["scripts/start.mjs", "--port", String(port)], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  let said = "";
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (said.includes("Ctrl-C stops it")) resolve();
      });
    }
    child.on("close", () => reject(new Error(`npm start ended: ${said}`)));
  });
  return { url: `http://localhost:${port}/functions/v1`, process: child };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}

describe("two checkouts", () => {
  it("answer every request while the other is started and stopped, and keep their customers apart", async () => {
    const [one, two] = [checkout(), checkout()];
    const first = await start(one);
    const secret = await secretOf(one);
    const bearer = hs256(supabase({ sub: "side-by-side", email: "side@example.com" }), secret);
    const ask = () => send(`${first.url}/manage-session`, { action: "list", token: bearer });
    assert.equal((await ask()).status, 200);

    let isOver = false;
    const answered = new Map<number, number>();
    const asking = (async () => {
      while (!isOver) {
        const { status } = await ask();
        answered.set(status, (answered.get(status) ?? 0) + 1);
        // No faster than one person may ask.
        await pause(60);
      }
    })();
    const second = await start(two);
    // The first one's people are strangers to the second: each has a secret and a database of its own.
    assert.equal((await send(`${second.url}/manage-session`, { action: "list", token: bearer })).status, 401);
    // Workers find each other by name in a registry: a common one is what disturbs, now and then.
    const [ours, theirs] = [registered(one), registered(two)];
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort());
    assert.ok(Object.keys(ours).includes("tallygate-manage-session"), Object.keys(ours).join());
    for (const [name, entry] of Object.entries(ours)) assert.notEqual(entry, theirs[name], name);
    await stop(second.process);
    isOver = true;
    await asking;
    assert.deepEqual([...answered.keys()], [200], JSON.stringify([...answered]));
    assert.ok((answered.get(200) ?? 0) > 20, "they were asked all the while");
  });
});

/** What a checkout's registry says of each worker. */
function registered(folder: string): Record<string, string> {
  const registry = join(folder, ".wrangler/state/registry");
  return Object.fromEntries(readdirSync(registry).map((name) => [name, readFileSync(join(registry, name), "utf8")]));
}

/** The secret that a checkout signs its demo people's tokens with. */
async function secretOf(folder: string): Promise<string> {
  const { localSecret } = (await import(join(folder, "scripts/local/settings.mjs"))) as { localSecret: () => string };
  return localSecret();
}
