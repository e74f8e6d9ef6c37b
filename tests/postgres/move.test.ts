// `npm run move-to-b2c -- --postgres`: the command itself, which the system ends again and again, and its way back.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type pg from "pg";
import { catalogSql } from "../../scripts/catalogs.mjs";
import { withChosenDatabase } from "../../scripts/chosen-database.mjs";
import { sharedCluster, type Cluster } from "../../scripts/local/postgres/cluster.ts";
import { TemporaryFiles } from "../harness/temporary-files.ts";
import { killedWhen, startedScript, type Ended, type Started } from "../import/command.ts";
import { ADDED_TO, fill, TABLES } from "../move/moving.ts";
import { organizationsBefore } from "../move/organizations.ts";

let cluster: Cluster;
let client: pg.Client;
let url: string;
const files = new TemporaryFiles();
before(async () => {
  cluster = await sharedCluster();
  const name = await cluster.createDatabase();
  client = await cluster.connect(name);
  url = cluster.url(name, "postgres");
  await client.query(await catalogSql("wellness-organizations"));
});
after(async () => {
  files.remove();
  await client.end();
});

const started = (...args: string[]): Started => startedScript("move-to-b2c", [...args, "--postgres", url], { TALLYGATE_MOVE_PAGE: "10", STRIPE_SECRET_KEY: "" });
async function done(run: Started): Promise<Ended> {
  const ended = await run.ended;
  assert.equal(ended.code, 0, ended.said);
  return ended;
}

/** Every row of every table. */
async function contents(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of TABLES) found[table] = (await client.query<{ row: string }>(`SELECT CAST(to_jsonb(t) AS text) AS row FROM ${table} t`)).rows.map(({ row }) => row).sort();
  return found;
}

describe("npm run move-to-b2c -- --postgres", () => {
  it("moves everybody although it is killed again and again, verifies clean and goes all the way back", async () => {
    const made = organizationsBefore(60, { seed: 9, now: Date.now(), stripe: () => null });
    await withChosenDatabase({ remote: false, postgres: url }, (database) => fill(database, made));
    const untouched = await contents();
    const [template, csv] = [files.write("decisions.csv", ""), files.write("plan.csv", "")];
    const planned = await done(started("plan", "--template", template, "--csv", csv));
    assert.match(planned.said, /decide: two_organizations/);
    assert.deepEqual(await contents(), untouched);

    const args = ["run", "--packages", files.write("packages.csv", made.packagesCsv), "--analytics", files.write("analytics.csv", made.analyticsCsv)];
    const moved = async (): Promise<number> => Number((await client.query("SELECT count(*) AS moved FROM moved_organizations")).rows[0].moved);
    for (const organizations of [1, 10, 25]) {
      const { code } = await killedWhen(started(...args), async () => (await moved()) >= organizations);
      assert.equal(code, null, "it was not killed");
    }
    assert.match((await done(started(...args))).said, /wait for a decision/);
    assert.match((await done(started(...args))).said, /^0 organizations moved/m);
    assert.match((await done(started("verify"))).said, /Everything holds/);

    assert.match((await done(started("roll-back"))).said, /what they were before/);
    const now = await contents();
    for (const table of TABLES) {
      if (ADDED_TO.includes(table)) assert.deepEqual(untouched[table]?.filter((row) => !now[table]?.includes(row)), [], table);
      else assert.deepEqual(now[table], untouched[table], table);
    }
  });
});
