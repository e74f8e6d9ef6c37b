// A database that was made anew equals one that was brought up from any earlier version, on both engines; and what is not
// as it was is not touched.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { sharedCluster, type Cluster } from "../../scripts/local/postgres/cluster.ts";
import { splitStatements } from "../../scripts/local/sql.mjs";
import { migrateLocal, type Local } from "../../scripts/migrate/local.mjs";
import { migratePostgres } from "../../scripts/migrate/postgres.mjs";
import { FOLDER, migrations, pending, record, type Engine, type Migration } from "../../scripts/migrations.mjs";
import { ensurePostgres } from "../../scripts/setup/postgres.mjs";
import { ROOT } from "../../scripts/workspace.mjs";
import { Miniflare } from "../harness/miniflare.ts";

let runtime: InstanceType<typeof Miniflare>;
let cluster: Cluster;
let programs: string;
const folders: string[] = [];
before(async () => {
  // One for each version that is brought up, and those of what is to come.
  const names = Array.from({ length: migrations("d1").length + 10 }, (_, place) => `DB${place}`);
  runtime = new Miniflare({ modules: true, script: "", cf: false, d1Databases: Object.fromEntries(names.map((name) => [name, name])) });
  programs = await ensurePostgres();
  cluster = await sharedCluster();
});
after(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  await runtime.dispose();
});

let opened = 0;
const emptyD1 = async (): Promise<Local> => (await runtime.getD1Database(`DB${opened++}`)) as unknown as Local;
const emptyPostgres = async (): Promise<string> => cluster.url(await cluster.createEmptyDatabase(), "postgres");

/** The first migrations alone, as an older version did it. */
async function olderD1(upTo: number): Promise<Local> {
  const database = await emptyD1();
  for (const migration of migrations("d1").slice(0, upTo)) await applyD1(database, migration);
  return database;
}

const applyD1 = (database: Local, migration: Migration) =>
  database.batch([...splitStatements(migration.sql), record(migration)].map((sql) => database.prepare(sql)));

async function olderPostgres(upTo: number): Promise<string> {
  const url = await emptyPostgres();
  const client = await cluster.connect(new URL(url).pathname.slice(1));
  for (const migration of migrations("postgres").slice(0, upTo)) await client.query(`BEGIN; ${migration.sql}; ${record(migration)}; COMMIT`);
  await client.end();
  return url;
}

/** Everything that a D1 has, each thing by its name. Of a table the columns, since they may have come one by one. */
async function describedD1(database: Local): Promise<Record<string, unknown>> {
  const rows = async (sql: string) => (await database.prepare(sql).all()).results as Record<string, unknown>[];
  const found: Record<string, unknown> = {};
  // All tables' at once: a call of Miniflare's proxy stops the whole process.
  const columns = await rows(`SELECT found.name AS "table", col.name, col.type, col."notnull", col.dflt_value, col.pk
FROM sqlite_schema found, pragma_table_info(found.name) col WHERE found.type = 'table' AND found.name NOT LIKE '!_cf%' ESCAPE '!'`);
  const keys = await rows(`SELECT found.name AS owner, key."table", key."from", key."to", key.on_delete
FROM sqlite_schema found, pragma_foreign_key_list(found.name) key WHERE found.type = 'table' AND found.name NOT LIKE '!_cf%' ESCAPE '!' ORDER BY 1, 2, 3`);
  for (const { type, name, sql } of await rows("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY type, name")) {
    const text = String(sql).replace(/--[^\n]*/g, "").replace(/\s+/g, " ");
    found[`${String(type)} ${String(name)}`] = type !== "table" ? text : {
      columns: columns.filter(({ table }) => table === name).sort(byName),
      references: keys.filter(({ owner }) => owner === name),
      checks: [...text.matchAll(/CHECK \(/g)].length,
    };
  }
  found["migrations"] = await rows("SELECT number, name, hash FROM schema_migrations ORDER BY number");
  return found;
}

/** What `pg_dump` says of each thing: tables, columns, indexes, views, triggers, functions, policies, grants. */
async function describedPostgres(url: string): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(join(programs, "pg_dump"), ["--schema-only", "--no-owner", "--dbname", url], { maxBuffer: 64 * 1024 * 1024 });
  const found: Record<string, unknown> = {};
  for (const [, heading, text = ""] of stdout.matchAll(/^-- Name: ([^;]+; Type: [^;]+);[^\n]*\n--\n([^]*?)(?=^--\n-- Name:|^--\n-- PostgreSQL)/gm)) {
    const lines = text.split("\n").map((line) => line.replace(/,$/, "").trim()).filter((line) => line !== "");
    // Columns may have come one by one.
    const said = heading?.endsWith("TABLE") ? lines.sort() : lines;
    found[heading ?? ""] = [...((found[heading ?? ""] as string[] | undefined) ?? []), ...said];
  }
  const client = await cluster.connect(new URL(url).pathname.slice(1));
  found["migrations"] = (await client.query("SELECT number, name, hash FROM schema_migrations ORDER BY number")).rows;
  await client.end();
  return found;
}

const byName = (one: Record<string, unknown>, two: Record<string, unknown>): number => (String(one["name"]) < String(two["name"]) ? -1 : 1);

/** The migrations of this version and one of a version to come, which replaces a view and a trigger. */
function nextVersion(broken = false): string {
  const folder = mkdtempSync(join(tmpdir(), "tallygate-migrations-"));
  folders.push(folder);
  cpSync(FOLDER, folder, { recursive: true });
  const number = String(migrations("d1").length + 1).padStart(4, "0");
  const next = join(folder, `${number}_next`);
  mkdirSync(next);
  writeFileSync(join(next, "d1.sql"), `ALTER TABLE organizations ADD COLUMN motto TEXT;
DROP VIEW memberships;
DROP VIEW entitlements;
CREATE VIEW entitlements AS SELECT id AS organization_id, motto FROM organizations;
CREATE VIEW memberships AS SELECT m.user_id, e.* FROM organization_members m JOIN entitlements e ON e.organization_id = m.organization_id;
${broken ? "INSERT INTO nowhere VALUES (1);" : ""}`);
  writeFileSync(join(next, "postgres.sql"), `ALTER TABLE organizations ADD COLUMN motto text;
CREATE OR REPLACE FUNCTION tallygate_now() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 1::bigint';
${broken ? "INSERT INTO nowhere VALUES (1);" : ""}`);
  return folder;
}

describe("a database made anew equals one brought up", () => {
  const last = migrations("d1").length;
  /** The first, the newest, and some between: from each on the same texts follow each other, so that all would take the square of their number. */
  const versions = [1, ...Array.from({ length: last }, (_, place) => place + 2).filter((version) => version % 8 === 0 || version > last - 3)].filter((version) => version <= last);
  let onD1: Record<string, unknown>;
  let onPostgres: Record<string, unknown>;
  before(async () => {
    const [d1, url] = [await emptyD1(), await emptyPostgres()];
    assert.equal((await migrateLocal(d1)).isNew, true);
    assert.equal((await migratePostgres(url)).isNew, true);
    [onD1, onPostgres] = [await describedD1(d1), await describedPostgres(url)];
    assert.ok(Object.keys(onPostgres).length > 100, "the dump was taken apart");
  });

  for (const version of versions) {
    it(`from version ${version} on D1`, async () => {
      const older = await olderD1(version);
      assert.deepEqual((await migrateLocal(older)).applied, migrations("d1").slice(version));
      assert.deepEqual(await describedD1(older), onD1);
    });

    it(`from version ${version} on Postgres`, async () => {
      const older = await olderPostgres(version);
      assert.deepEqual((await migratePostgres(older)).applied, migrations("postgres").slice(version));
      assert.deepEqual(await describedPostgres(older), onPostgres);
    });
  }

  it("which both schema files say themselves", () => {
    for (const [engine, file] of [["d1", "schema.sql"], ["postgres", "schema.postgres.sql"]] as [Engine, string][]) {
      const text = readFileSync(join(ROOT, file), "utf8");
      for (const { number, name, hash } of migrations(engine)) {
        assert.ok(text.includes(`(${number}, '${name}', '${hash}')`), `${file} must record migration ${number} ${name} with the hash ${hash}`);
      }
    }
  });
});

describe("what was there before is brought along", () => {
  const before = migrations("d1").findIndex(({ name }) => name === "kept_of_a_person");
  const rows = [
    "INSERT INTO users (id, email_updated_at, name, created_at, request_id) VALUES ('ada', 0, 'Ada', 0, 'r'), ('bob', 0, 'Bob', 0, 'r')",
    "INSERT INTO organizations (id, kind, org_type, name, slug, founded_by, created_at) VALUES ('o', 'team', 'business', 'O', 'o', 'ada', 0)",
    "INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id) VALUES ('o', 'bob', 'owner', 0, 'r')",
    // Both have left, and one is back.
    ...["ada", "bob"].map((id) => `INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at) VALUES ('o', '${id}', '${id}', 'member.left', '${id}', 'r', 0)`),
    `INSERT INTO user_analytics_sessions (user_id, id, day, seconds, item, completed, stress_before, stress_after, mood, occurred_at, request_id) VALUES
      ('ada', 'a', 0, 60, 'waves,1', 1, 7, 3, NULL, 1, 'r'), ('ada', 'b', 0, 30, 'waves,1', 0, 5, NULL, -2, 2, 'r'), ('ada', 'c', 0, 10, NULL, 0, NULL, NULL, NULL, 3, 'r'),
      ('ada', 'd', 86400000, 5, NULL, 0, NULL, NULL, NULL, 86400001, 'r')`,
  ];
  // The trigger counts one that comes afterwards to it.
  const later = `INSERT INTO user_analytics_sessions (user_id, id, day, seconds, item, completed, occurred_at, request_id) VALUES ('ada', 'e', 0, 20, 'rain', 1, 4, 'r')`;
  const days = "SELECT day, sessions, seconds, completed, items, distinct_items, stress_before, told_before, stress_after, told_after, mood, told_mood FROM user_analytics_days ORDER BY day";
  const expected = [
    { day: 0, sessions: 4, seconds: 120, completed: 2, items: " waves,1 rain ", distinct_items: 2, stress_before: 12, told_before: 2, stress_after: 3, told_after: 1, mood: -2, told_mood: 1 },
    { day: 86_400_000, sessions: 1, seconds: 5, completed: 0, items: " ", distinct_items: 0, stress_before: 0, told_before: 0, stress_after: 0, told_after: 0, mood: 0, told_mood: 0 },
  ];
  const left = [{ user_id: "ada", organization_id: "o" }];

  it("on D1", async () => {
    const database = await olderD1(before);
    await database.batch(rows.map((sql) => database.prepare(sql)));
    await migrateLocal(database);
    await database.batch([database.prepare(later)]);
    assert.deepEqual((await database.prepare(days).all()).results, expected);
    assert.deepEqual((await database.prepare("SELECT user_id, organization_id FROM former_members").all()).results, left);
  });

  it("on Postgres", async () => {
    const url = await olderPostgres(before);
    const client = await cluster.connect(new URL(url).pathname.slice(1));
    for (const sql of rows) await client.query(sql);
    await migratePostgres(url);
    await client.query(later);
    const numbers = (row: Record<string, unknown>) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, name === "items" ? value : Number(value)]));
    assert.deepEqual((await client.query(days)).rows.map(numbers), expected);
    assert.deepEqual((await client.query("SELECT user_id, organization_id FROM former_members")).rows, left);
    await client.end();
  });
});

describe("a version to come", () => {
  it("is applied to D1 once, keeps what is there, and replaces views", async () => {
    const database = await emptyD1();
    await migrateLocal(database);
    await database.batch([database.prepare("INSERT INTO users (id, email_updated_at, name, created_at, request_id) VALUES ('ada', 0, 'Ada', 0, 'r')"),
      database.prepare("INSERT INTO organizations (id, kind, org_type, name, slug, founded_by, created_at) VALUES ('o', 'team', 'business', 'O', 'o', 'ada', 0)")]);
    const folder = nextVersion();
    const wanted = await migrateLocal(database, { folder, dryRun: true });
    assert.deepEqual(wanted.applied.map(({ name }) => name), ["next"]);
    assert.deepEqual((await migrateLocal(database, { folder })).applied, wanted.applied);
    assert.deepEqual((await migrateLocal(database, { folder })).applied, []);
    const { results } = await database.prepare("SELECT organization_id, motto FROM entitlements").all();
    assert.deepEqual(results, [{ organization_id: "o", motto: null }]);
  });

  it("is applied to Postgres once, also by two at once, and replaces functions", async () => {
    const url = await emptyPostgres();
    await migratePostgres(url);
    const folder = nextVersion();
    const both = await Promise.all([migratePostgres(url, { folder }), migratePostgres(url, { folder })]);
    assert.deepEqual(both.map(({ applied }) => applied.length).sort(), [0, 1]);
    const client = await cluster.connect(new URL(url).pathname.slice(1));
    assert.equal((await client.query("SELECT tallygate_now() AS now")).rows[0].now, "1");
    await client.end();
  });

  it("that is refused leaves nothing of it", async () => {
    const folder = nextVersion(true);
    const [d1, url] = [await emptyD1(), await emptyPostgres()];
    await migrateLocal(d1);
    await migratePostgres(url);
    const [one, two] = [await describedD1(d1), await describedPostgres(url)];
    await assert.rejects(migrateLocal(d1, { folder }), /nowhere/);
    await assert.rejects(migratePostgres(url, { folder }), /nothing of it was done/);
    assert.deepEqual([await describedD1(d1), await describedPostgres(url)], [one, two]);
  });
});

describe("a database is left alone", () => {
  const all = migrations("d1");
  it("that has had another text of a migration", () => {
    assert.throws(() => pending(all, [{ number: 1, name: "baseline", hash: "0" }]), /its file was changed afterwards/);
  });
  it("that belongs to a newer version", () => {
    const newer = { number: all.length + 1, name: "newer", hash: "0" };
    assert.throws(() => pending(all, [...all.map(({ number, name, hash }) => ({ number, name, hash })), newer]), /belongs to a newer version/);
  });
  it("that was made before there were migrations", async () => {
    const [d1, url] = [await emptyD1(), await emptyPostgres()];
    await d1.batch([d1.prepare("CREATE TABLE users (id TEXT)")]);
    await assert.rejects(migrateLocal(d1), /made before there were migrations/);
    const client = await cluster.connect(new URL(url).pathname.slice(1));
    await client.query("CREATE TABLE users (id text)");
    await client.end();
    await assert.rejects(migratePostgres(url), /made before there were migrations/);
  });
});
