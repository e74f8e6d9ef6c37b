import pg from "pg";
import { LocalPostgres } from "./harness/postgres.ts";
import { startSystem } from "./harness/system.ts";
import { World } from "./harness/world.ts";
const database = await LocalPostgres.open({});
const system = await startSystem({ database });
const world = new World(system);
const who = await world.individual();
const { POSTGRES_URL: url } = database.access.bindings as { POSTGRES_URL: string };
const client = new pg.Client({ connectionString: url });
await client.connect();
for (const [fn, ask] of [["track-upload", { action: "count", body: { uploadType: "rate_sheet" } }], ["track-usage", { path: "/track", body: { feature: "uploads" } }], ["track-usage", { path: "/check", body: { feature: "uploads" } }], ["track-usage", { path: "/reserve", body: { feature: "uploads" } }], ["track-usage", { path: "/batch", body: { events: [{ feature: "uploads" }, { feature: "uploads" }] } }]] as const) {
  let batch: any;
  database.bridge.onArrival = (arrived: any) => { batch ??= arrived; return true; };
  await system.call(fn, { ...ask, token: who.token } as any);
  database.bridge.onArrival = () => false;
  const best = new Map<string, [number, number]>();
  for (let round = 0; round < 40; round += 1) {
    await client.query("BEGIN");
    for (const [place, { text, values }] of batch.statements.entries()) {
      const { rows } = await client.query(`EXPLAIN (ANALYZE, SUMMARY, FORMAT JSON) ${text}`, values);
      const plan = rows[0]["QUERY PLAN"][0];
      const key = `${place} ${text.slice(0, 40).replace(/\s+/g, " ")}`;
      const had = best.get(key) ?? [1e9, 1e9];
      best.set(key, [Math.min(had[0], plan["Planning Time"]), Math.min(had[1], plan["Execution Time"])]);
    }
    await client.query("ROLLBACK");
  }
  const total = [...best.values()].reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
  console.log(fn, JSON.stringify(ask), "planning", total[0].toFixed(2), "execution", total[1].toFixed(2));
  for (const [key, [plan, run]] of best) if (plan > 0.15) console.log("   ", key, plan.toFixed(2), run.toFixed(2));
}
await client.end();
await system.close();
