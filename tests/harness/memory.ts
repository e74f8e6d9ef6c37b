// Where the suites' databases are in memory: each process has a folder there, which goes with it. Of a process that was killed it
// stays, and takes memory until the next one removes it.
import { mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const MEMORY = "/dev/shm";
/** Bytes; the databases of a few suites beside each other. */
const ROOM = 2 ** 30;
const OWNED = /^tallygate-(?<namespace>\d+)-(?<pid>\d+)-(?<started>\d+)$/;

/** This process's folder, where the machine has room in memory; else the one for all that is temporary. */
export function folderOfDatabases(): string {
  try {
    removeLeft();
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < ROOM) return tmpdir();
    const folder = join(MEMORY, `tallygate-${namespace()}-${process.pid}-${startOf(process.pid) ?? 0}`);
    mkdirSync(folder, { recursive: true });
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  } catch {
    return tmpdir();
  }
}

/** Removes the folders of processes that live no more. Whether one of another container lives, which may share the memory, nobody can say here. */
function removeLeft(): void {
  for (const name of readdirSync(MEMORY)) {
    const { namespace: whose, pid, started } = OWNED.exec(name)?.groups ?? {};
    if (whose !== namespace() || startOf(Number(pid)) === started) continue;
    try {
      rmSync(join(MEMORY, name), { recursive: true, force: true });
    } catch {
      // Another user's; or another process removes it at the same moment.
    }
  }
}

/** Process ids are told apart by it. */
const namespace = (): string | undefined => /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0];

/** When a process began, in the kernel's ticks: its id alone is given to another one later. Undefined where it lives no more. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Behind the command's name, which may have anything in it (proc(5): the state is field 3, and the start field 22).
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
