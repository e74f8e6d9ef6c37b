// What a suite's process has in memory goes with it, also where it is killed.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, it } from "node:test";
import { ROOT } from "../harness/built.ts";
import { folderOfDatabases, MEMORY } from "../harness/memory.ts";

/** Starts a runtime with a database, tells that it is there, and ends with its input. */
const STARTS = `
import { Miniflare } from "./tests/harness/miniflare.ts";
const script = 'export default { async fetch(_, { DB }) { await DB.exec("CREATE TABLE kept (id INTEGER)"); return new Response(); } }';
const runtime = new Miniflare({ modules: true, script, d1Databases: { DB: "db" } });
await runtime.dispatchFetch("http://any/");
process.stdin.on("end", () => process.exit()).resume();
console.log("ready");
`;

const running = new Set<ChildProcess>();
after(() => running.forEach((child) => child.kill("SIGKILL")));

async function started(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", STARTS], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  assert.equal(said.toString().trim(), "ready");
  return child;
}

async function ends(child: ChildProcess, how: () => unknown): Promise<void> {
  const ended = once(child, "exit");
  how();
  await ended;
}

/** The folders of a process in memory, where it has any. */
const foldersOf = ({ pid }: ChildProcess): string[] => readdirSync(MEMORY).filter((name) => name.startsWith("tallygate-") && name.split("-")[2] === String(pid)).map((name) => join(MEMORY, name));

it("what a killed process has left in memory is removed by the next one, and nothing of one that lives", async (t) => {
  if (!folderOfDatabases().startsWith(MEMORY)) return t.skip("There is no memory that has folders and room.");
  const [killed, lives] = await Promise.all([started(), started()]);
  const [left, kept] = [foldersOf(killed), foldersOf(lives)];
  assert.deepEqual([left.length, kept.length], [1, 1]);
  await ends(killed, () => killed.kill("SIGKILL"));
  assert.deepEqual(left.filter(existsSync), left);
  const next = await started();
  assert.deepEqual([left, kept, foldersOf(next)].map((folders) => folders.filter(existsSync).length), [0, 1, 1]);
  for (const child of [lives, next]) await ends(child, () => child.stdin?.end());
  assert.deepEqual([...foldersOf(lives), ...foldersOf(next)], []);
});
