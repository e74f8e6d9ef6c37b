// The people of each product's demo, as "npm start -- --postgres" writes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogSql } from "../../scripts/catalogs.mjs";
import { demoScene, demoStatements } from "../../scripts/demo.mjs";
import { clusterOfTheRun } from "../../scripts/local/postgres/cluster.ts";
import { writeDemo } from "../../scripts/local/postgres/demo.ts";

test("whom one can be in each product is there", async () => {
  const cluster = await clusterOfTheRun();
  for (const product of ["coaching", "starter-kit", "voice-training", "voip", "wellness"]) {
    const database = await cluster.createDatabase();
    const client = await cluster.connect(database);
    try {
      await client.query(await catalogSql(product));
      await writeDemo(client, demoStatements(Date.now(), "secret", product));
      const { rows } = await client.query<{ email: string; plan_id: string }>(
        "SELECT u.email, s.plan_id FROM users u JOIN organizations o ON o.personal_user_id = u.id JOIN org_subscriptions s ON s.organization_id = o.id ORDER BY 1");
      const people = (demoScene(product) as { people: { email: string; plan?: string }[] }).people.toSorted((one, other) => (one.email < other.email ? -1 : 1));
      assert.deepEqual(rows.map(({ email }) => email), people.map(({ email }) => email), product);
      for (const [place, { email, plan }] of people.entries()) if (plan !== undefined) assert.equal(rows[place]?.plan_id, plan, email);
    } finally {
      await client.end();
      await cluster.administer(`DROP DATABASE ${database}`);
    }
  }
});
