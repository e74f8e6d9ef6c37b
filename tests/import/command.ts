// `npm run import` as a person types it, and as an operating system ends it.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { ROOT } from "../../scripts/workspace.mjs";

export interface Ended {
  code: number | null;
  said: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Ends it and everything that it has started, at once. */
  kill: () => Promise<Ended>;
}

/** `page`: how many people a transaction makes. */
export const started = (args: string[], env: NodeJS.ProcessEnv = {}, page = 5): Started => startedScript("import", args, { TALLYGATE_IMPORT_PAGE: String(page), ...env });

/** One of `scripts/`, as a person starts it. */
export function startedScript(name: string, args: string[], env: NodeJS.ProcessEnv): Started {
  const child = spawn(process.execPath, [`scripts/${name}.mjs`, ...args], { cwd: ROOT, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => { said += text; });
  const ended = once(child, "close").then(([code]): Ended => ({ code: code as number | null, said }));
  const kill = (): Promise<Ended> => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    return ended;
  };
  return { child, ended, kill };
}

/** Kills it as soon as `isTime`, which is asked every millisecond, unless it ends by itself before that. */
export async function killedWhen(run: Started, isTime: () => Promise<boolean>): Promise<Ended> {
  let hasEnded = false;
  void run.ended.then(() => { hasEnded = true; });
  while (!hasEnded && !(await isTime())) await pause(1);
  return run.kill();
}

/** A table's rows in an order of their own, with "the import" for moments since `began`: two imports are not made at the same one. */
export function comparable(rows: Record<string, unknown>[], began: number): string[] {
  const isOfImport = (name: string, value: unknown): boolean => name.endsWith("_at") && value !== null && Number(value) >= began && Number(value) <= Date.now();
  return rows.map((row) => JSON.stringify(Object.entries(row).sort(([one], [two]) => (one < two ? -1 : 1)).map(([name, value]) => [name, isOfImport(name, value) ? "the import" : value]))).sort();
}
