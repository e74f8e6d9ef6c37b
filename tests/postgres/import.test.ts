// `npm run import -- --postgres`: a run that the system ends again and again makes what one does that nobody ends; and better-auth's
// tables are read from a Postgres.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type pg from "pg";
import { catalogSql } from "../../scripts/catalogs.mjs";
import { sharedCluster, type Cluster } from "../../scripts/local/postgres/cluster.ts";
import { comparable, killedWhen, started } from "../import/command.ts";
import { Files } from "../import/brought.ts";
import { product } from "../import/sources.ts";

let cluster: Cluster;
const files = new Files();
const clients: pg.Client[] = [];
before(async () => { cluster = await sharedCluster(); });
after(async () => {
  files.remove();
  await Promise.all(clients.map((client) => client.end()));
});

interface Opened {
  url: string;
  client: pg.Client;
}

async function opened(name: string): Promise<Opened> {
  const client = await cluster.connect(name);
  clients.push(client);
  return { url: cluster.url(name, "postgres"), client };
}

/** A database of its own, with the plans and nobody. */
async function database(): Promise<Opened> {
  const made = await opened(await cluster.createDatabase());
  await made.client.query(await catalogSql("voip"));
  return made;
}

/** Every row of every table. */
async function contents({ client }: Opened, began: number): Promise<Record<string, string[]>> {
  const { rows } = await client.query<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'");
  const found: Record<string, string[]> = {};
  for (const { name } of rows) found[name] = comparable((await client.query<{ row: Record<string, unknown> }>(`SELECT to_jsonb(t) AS row FROM "${name}" t`)).rows.map(({ row }) => row), began);
  return found;
}

describe("npm run import -- --postgres", () => {
  it("makes the same although it is killed again and again", async () => {
    const args = ["run", "--mapping", "supabase", ...files.supabaseDump(product(200, { seed: 22, name: "killed" }))];
    const began = Date.now();
    const [whole, pieces] = [await database(), await database()];
    const done = await started([...args, "--postgres", whole.url]).ended;
    assert.equal(done.code, 0, done.said);
    for (const people of [1, 40, 90, 150]) {
      const { code } = await killedWhen(started([...args, "--postgres", pieces.url]), async () => Number((await pieces.client.query("SELECT count(*) AS people FROM users")).rows[0].people) >= people);
      assert.equal(code, null, "it was not killed");
    }
    const rest = await started([...args, "--postgres", pieces.url]).ended;
    assert.equal(rest.code, 0, rest.said);
    assert.match(rest.said, /There already: \d{3} people/);
    assert.deepEqual(await contents(pieces, began), await contents(whole, began));
    const before = await contents(whole, 0);
    const again = await started([...args, "--postgres", whole.url]).ended;
    assert.equal(again.code, 0, again.said);
    assert.deepEqual(await contents(whole, 0), before);
  });

  it("reads better-auth's tables from a Postgres", async () => {
    const [source, target] = [await opened(await cluster.createEmptyDatabase()), await database()];
    for (const statement of files.betterAuthStatements(product(200, { seed: 23, name: "auth" }))) await source.client.query(statement);
    const { code, said } = await started(["run", "--mapping", "better-auth", source.url, "--postgres", target.url]).ended;
    assert.equal(code, 0, said);
    assert.match(said, /public\.user, row \d+/);
    assert.ok(Number((await target.client.query("SELECT count(*) AS people FROM users WHERE email LIKE '%.auth@%'")).rows[0].people) > 150, said);
  });
});
