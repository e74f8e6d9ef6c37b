// A Postgres for local work, with the endpoint that speaks Neon's protocol in front of it; both end with this process.
// Reads from standard input one line with what to load, and writes one with where it is. It ends when the input ends,
// so that it never outlives whoever started it.
import { createInterface } from "node:readline";
import { Bridge } from "./postgres/bridge.ts";
import { Cluster } from "./postgres/cluster.ts";
import type { Statement } from "./database.mjs";

export interface Wanted {
  catalogSql: string;
  demo: Statement[];
}

export interface Address {
  url: string;
  endpoint: string;
}

/** A parameter with its type, which Postgres cannot always tell. */
const typed = (place: number, value: unknown): string => `$${place}::${typeof value === "number" ? "bigint" : "text"}`;

const input = createInterface(process.stdin);
const ended = new Promise((resolve) => input.once("close", resolve));
const line = await new Promise<string>((resolve) => input.once("line", resolve));
const { catalogSql, demo } = JSON.parse(line) as Wanted;
const cluster = await Cluster.start();
const database = await cluster.createDatabase();
const client = await cluster.connect(database);
await client.query(catalogSql);
await client.query("BEGIN");
for (const { sql, values = [] } of demo) {
  let place = 0;
  const numbered = sql.replace(/\?(\d*)/g, (_, number: string) => {
    place = number === "" ? place + 1 : Number(number);
    return typed(place, values[place - 1]);
  });
  await client.query(numbered, values);
}
await client.query("COMMIT");
await client.end();
const bridge = await Bridge.start({ host: cluster.host, port: cluster.port });
const address: Address = { url: cluster.url(database), endpoint: bridge.endpoint };
console.log(JSON.stringify(address));
await ended;
await bridge.close();
await cluster.stop();
