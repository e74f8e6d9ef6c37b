// One of the project's commands on a local database of its own with demo data, as a person types it.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/workspace.mjs";

type Row = Record<string, unknown>;
type Local = { prepare: (sql: string) => { all: () => Promise<{ results: Row[] }> } };

export interface LocalCommand {
  /** What it prints; it rejects with `stderr` where it fails. */
  run(...args: string[]): Promise<string>;
  rows(sql: string): Promise<Row[]>;
}

/** For one suite a process: the database lies where the process's environment says. */
export async function localCommand(script: string): Promise<LocalCommand> {
  const folder = mkdtempSync(join(tmpdir(), "tallygate-command-"));
  process.env["TALLYGATE_STATE"] = join(folder, "state");
  // The variable is read with the module.
  const { prepareDatabase, withLocalDatabase } = await import("../../scripts/local/database.mjs");
  const { catalogSql } = await import("../../scripts/catalogs.mjs");
  const { demoStatements } = await import("../../scripts/demo.mjs");
  before(async () => {
    await prepareDatabase({ catalogSql: await catalogSql("voip"), fresh: true, demo: () => demoStatements(Date.now(), "secret", "voip") });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    run: async (...args) => (await promisify(execFile)(process.execPath, [join(ROOT, "scripts", script), ...args], { cwd: ROOT, env: process.env })).stdout,
    rows: (sql) => withLocalDatabase(async (database: Local) => (await database.prepare(sql).all()).results) as Promise<Row[]>,
  };
}
