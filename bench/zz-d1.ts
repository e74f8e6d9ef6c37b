import { readFileSync } from "node:fs";
import { inTurns, quantile, withSystem } from "./measure.ts";
import { script } from "./captured.ts";
import { World } from "../tests/harness/world.ts";
const b = JSON.parse(readFileSync("/tmp/upload-batch.json","utf8"));
const sub = (pick: number[], f = (s: string) => s) => pick.map((i) => ({ sql: f(b[i].sql), values: b[i].values }));
const all = [0,1,2,3,4,5,6,7,8,9];
const variants: Record<string, any[]> = {
  one: [{ sql: "SELECT 1", values: [] }], ten: all.map(() => ({ sql: "SELECT 1", values: [] })),
  all: sub(all), allBut4: sub([0,1,2,4,5,6,7,8,9]), only4: sub([3]), only9: sub([8]), only3: sub([2]), reads: sub([2,8,9]), first2: sub([0,1]), effects: sub([4,5,6,7]),
  padded: [{ sql: "SELECT 1 /*" + "x ".repeat(11000) + "*/", values: [] }],
};
const names = Object.keys(variants);
await withSystem({ guests: { nothing: script("nothing"), ...Object.fromEntries(names.map((n) => ["replay-" + n, script("replay")])) } }, async (system: any) => {
  const world = new World(system);
  await world.individual({ plan: "professional", status: "active" });
  for (const n of names) await system.direct("replay-" + n, { method: "PUT", body: { statements: variants[n], requestId: "zzzzzz" } });
  const times = await inTurns(250, async () => ({ body: {} }), [{ send: (a: any) => system.direct("nothing", a) }, ...names.map((n) => ({ send: (a: any) => system.direct("replay-" + n, a) }))]);
  const base = quantile(times[0]!, 0.5);
  console.log("nothing", base.toFixed(2));
  names.forEach((n, i) => console.log(n.padEnd(10), (quantile(times[i + 1]!, 0.5) - base).toFixed(2), (quantile(times[i + 1]!, 0.05) - quantile(times[0]!, 0.05)).toFixed(2)));
});
