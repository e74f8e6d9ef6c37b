// `npm run copy`: everything that a D1 holds stands in the Postgres afterwards, also after an interruption; and a
// difference is found.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type pg from "pg";
import { catalogSql } from "../../scripts/catalogs.mjs";
import { withSource } from "../../scripts/copy/source.mjs";
import { demoStatements } from "../../scripts/demo.mjs";
import { openD1 } from "../../scripts/local/d1.mjs";
import { LOCAL_NAME } from "../../scripts/local/database.mjs";
import { sharedCluster, type Cluster } from "../../scripts/local/postgres/cluster.ts";
import { splitStatements } from "../../scripts/local/sql.mjs";
import { migrateLocal } from "../../scripts/migrate/local.mjs";
import { migratePostgres } from "../../scripts/migrate/postgres.mjs";
import { npmProgram } from "../../scripts/workspace.mjs";
import { startedScript, type Ended, type Started } from "../import/command.ts";

/** What two engines may store, send or sort differently. */
const ODD = ["é", "e\u0301", "日本 👍🏽", "O'Reilly \"quoted\" \\ back", "{\"json\": [1, null]}", "a,b\tc", "%_", "", " ", "\u2028", "Z", "z", "_", "~"];
const LARGEST = Number.MAX_SAFE_INTEGER;

let cluster: Cluster;
let source: string;
const folders: string[] = [];
before(async () => {
  cluster = await sharedCluster();
  source = folder();
  await filled(source);
});
after(async () => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
  await Promise.all(clients.map((client) => client.end()));
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "tallygate-copy-"));
  folders.push(path);
  return path;
}

const newUrl = async () => cluster.url(await cluster.createEmptyDatabase(), "postgres");
const clients: pg.Client[] = [];
const connected = async (url: string): Promise<pg.Client> => {
  const client = await cluster.connect(new URL(url).pathname.slice(1));
  clients.push(client);
  return client;
};

/** Asks the D1 in a folder. */
async function inD1<T>(path: string, work: (database: D1) => Promise<T>): Promise<T> {
  const database = await openD1({ name: LOCAL_NAME, folder: path });
  try {
    return await work(database);
  } finally {
    await database.dispose();
  }
}
type D1 = Parameters<typeof migrateLocal>[0];

/** The demo's people, and rows with everything that may go wrong on the way. */
function filled(path: string): Promise<void> {
  return inD1(path, async (database) => {
    await migrateLocal(database);
    const run = (sql: string, ...values: unknown[]) => database.prepare(sql).bind(...values);
    const demo = demoStatements(Date.now(), "a secret of thirty-two characters and more", "voip");
    await database.batch([...splitStatements(await catalogSql("voip")).map((sql) => database.prepare(sql)), ...demo.map(({ sql, values }) => run(sql, ...(values ?? [])))]);
    const [{ id, owner } = { id: "", owner: "" }] = (await database.prepare("SELECT organization_id AS id, user_id AS owner FROM organization_members ORDER BY 1 LIMIT 1").all()).results as { id: string; owner: string }[];
    await database.batch(ODD.map((text, place) => run(
      `INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value, period_start, period_total, lifetime_total, request_hash, request_id, created_at)
       VALUES (?, ?, ?, ?, 'x', ?, 1, 'starter', -1, 0, 1, 1, '', '', ?)`, id, `key:${text}`, owner, text, place === 0 ? LARGEST : 1, Date.now() + place)));
    await database.batch(ODD.map((text, place) => run(
      "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, details, request_id, created_at) VALUES (?, ?, ?, 'x', ?, ?, '', 0)", id, text, owner, text, JSON.stringify({ place, text }))));
  });
}

// Pages of a few rows, so that keys of every kind stand at their borders.
const started = (args: string[]): Started => startedScript("copy", args, { TALLYGATE_COPY_PAGE: "3" });

const copied = (from: string, to: string, ...more: string[]): Promise<Ended> => started(["--from", from, "--to", to, ...more]).ended;

/** Every row of every table, as the database itself prints it. */
async function contents(url: string): Promise<Record<string, unknown[]>> {
  const client = await connected(url);
  const { rows } = await client.query("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'");
  const found: Record<string, unknown[]> = {};
  for (const { name } of rows as { name: string }[]) found[name] = (await client.query(`SELECT to_jsonb(t) AS row FROM "${name}" t`)).rows.map(({ row }) => row as unknown);
  return found;
}

/** The same of the source, as D1 answers. */
async function sourceContents(path: string): Promise<Record<string, string[]>> {
  return withSource(path, async ({ tables, page }) => Object.fromEntries(
    await Promise.all(tables.map(async (table) => [table.name, (await page(table, undefined, 10_000)).map(canonical).sort()] as const))));
}

const canonical = (row: unknown): string => JSON.stringify(Object.entries(row as Record<string, unknown>).sort(([one], [two]) => (one < two ? -1 : 1)));
const sorted = (found: Record<string, unknown[]>): Record<string, string[]> => Object.fromEntries(Object.entries(found).map(([name, rows]) => [name, rows.map(canonical).sort()]));

describe("a copy", () => {
  it("says what it would do, and does nothing", async () => {
    const url = await newUrl();
    const { code, said } = await copied(source, url, "--dry-run");
    assert.equal(code, 0, said);
    assert.match(said, /usage_events +\d+ rows/);
    const client = await connected(url);
    assert.equal((await client.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).rows[0].count, "0");
  });

  it("holds every row of every table, and nothing else", async () => {
    const url = await newUrl();
    const { code, said } = await copied(source, url);
    assert.equal(code, 0, said);
    assert.match(said, /rows in \d+ tables are the same in both/);
    assert.deepEqual(sorted(await contents(url)), await sourceContents(source));
    assert.equal((await copied(source, url, "--verify")).code, 0);
    const again = await copied(source, url);
    assert.equal(again.code, 1);
    assert.match(again.said, /holds rows already/);
  });

  it("goes on where it was killed", async () => {
    const url = await newUrl();
    await migratePostgres(url);
    const [blocker, watcher] = [await connected(url), await connected(url)];
    await blocker.query("BEGIN; LOCK TABLE usage_events IN SHARE MODE");
    const { child, kill } = started(["--from", source, "--to", url]);
    while (!(await watcher.query("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'usage_events'::regclass) AS waits")).rows[0].waits) {
      assert.equal(child.exitCode, null, "the copy ended before it came to usage_events");
      await pause(20);
    }
    await kill();
    await blocker.query("ROLLBACK");
    const { rows: [begun] } = await watcher.query("SELECT rows FROM tallygate_copy WHERE step = 'users'");
    assert.ok(Number(begun.rows) > 0);
    const other = folder();
    await inD1(other, (database) => migrateLocal(database));
    const foreign = await copied(other, url);
    assert.match(foreign.said, /the beginning of a copy of another database/);
    const { code, said } = await copied(source, url);
    assert.equal(code, 0, said);
    assert.ok(!said.includes("Copying users …"), "what was copied is not copied again");
    assert.deepEqual(sorted(await contents(url)), await sourceContents(source));
  });

  it("is refused by a database that holds anything, and by one of another version", async () => {
    const url = await newUrl();
    await migratePostgres(url);
    const client = await connected(url);
    await client.query("INSERT INTO event_types (event_type, feature) VALUES ('x', 'y')");
    assert.match((await copied(source, url)).said, /holds rows already \(event_types\)/);
    await client.query("DELETE FROM event_types; INSERT INTO schema_migrations VALUES (99, 'next', '', 0)");
    assert.match((await copied(source, url)).said, /belongs to a newer version/);
  });

  it("finds a row that differs, one that is missing and one too many", async () => {
    const url = await newUrl();
    assert.equal((await copied(source, url)).code, 0);
    const client = await connected(url);
    await client.query("UPDATE usage_events SET quantity = quantity - 1 WHERE quantity = $1", [LARGEST]);
    await client.query("DELETE FROM audit_events WHERE id = '~'");
    await client.query("INSERT INTO event_types (event_type, feature) VALUES ('one', 'too many')");
    const { code, said } = await copied(source, url, "--verify");
    assert.equal(code, 1);
    assert.match(said, /usage_events .*, quantity: 9007199254740991 in the source, "9007199254740990" in the target/);
    assert.match(said, /audit_events \[[^\]]*"~"\]: is not in the target/);
    assert.match(said, /event_types: \d+ rows in the source, \d+ in the target/);
  });

  it("tells what Postgres cannot hold, and goes on once it is corrected", async () => {
    const path = folder();
    cpSync(source, path, { recursive: true });
    await inD1(path, (database) => database.batch([database.prepare("UPDATE users SET name = 'a' || char(0) || 'b' WHERE id = (SELECT min(id) FROM users)").bind()]));
    const url = await newUrl();
    const { code, said } = await copied(path, url);
    assert.equal(code, 1);
    assert.match(said, /users \[".*"\]: name holds a zero byte/);
    await inD1(path, (database) => database.batch([database.prepare("UPDATE users SET name = 'ab' WHERE id = (SELECT min(id) FROM users)").bind()]));
    assert.equal((await copied(path, url)).code, 0);
  });

  it("reads what `wrangler d1 export` writes", async () => {
    const url = await newUrl();
    const { code, said } = await copied(await exported(source), url);
    assert.equal(code, 0, said);
    assert.deepEqual(sorted(await contents(url)), await sourceContents(source));
  });
});

/** By the very tool that exports a deployed D1; returns the file. */
async function exported(database: string): Promise<string> {
  const path = folder();
  cpSync(database, join(path, ".wrangler/state/v3/d1"), { recursive: true });
  writeFileSync(join(path, "wrangler.toml"), `name = "export"\ncompatibility_date = "2026-04-01"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "${LOCAL_NAME}"\ndatabase_id = "${LOCAL_NAME}"\n`);
  await promisify(execFile)(npmProgram("wrangler"), ["d1", "export", LOCAL_NAME, "--local", "--output", "export.sql"], {
    cwd: path, env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
  });
  return join(path, "export.sql");
}
