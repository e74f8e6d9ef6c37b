// A Postgres for local work, with the endpoint that speaks Neon's protocol in front of it where one is wanted; both end with this
// process, and what is in it is kept for the next start. Reads from standard input one line with what to load, and writes one with
// where it is. It ends when the input ends, so that it never outlives whoever started it.
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { migratePostgres } from "../migrate/postgres.mjs";
import { ROOT } from "../workspace.mjs";
import { Bridge } from "./postgres/bridge.ts";
import { Cluster } from "./postgres/cluster.ts";
import { writeDemo } from "./postgres/demo.ts";
import { hashOfCatalog, noteLoaded, readLoaded } from "./loaded.mjs";
import type { Statement } from "./database.mjs";

export interface Wanted {
  catalogSql: string;
  /** The name of that catalog. */
  product: string;
  demo: Statement[];
  fresh: boolean;
  /** With the endpoint. */
  overHttp: boolean;
}

export interface Address {
  url: string;
  /** As the administrator, whom tables and roles belong to. */
  adminUrl: string;
  endpoint: string | undefined;
  /** It was made anew. */
  isNew: boolean;
  /** The one that it was begun with. */
  product: string | undefined;
}

const DATABASE = "tallygate_local";
/** In the checkout; but Postgres does not run as root, and its own account may not look into root's folders. */
const FOLDER = process.getuid?.() === 0 ? join("/var/tmp", `tallygate-${createHash("sha256").update(ROOT).digest("hex").slice(0, 12)}`) : join(ROOT, ".wrangler/postgres");
const LOADED = join(FOLDER, "loaded");

const input = createInterface(process.stdin);
const ended = new Promise((resolve) => input.once("close", resolve));
const line = await new Promise<string>((resolve) => input.once("line", resolve));
const { catalogSql, product, demo, fresh, overHttp } = JSON.parse(line) as Wanted;
if (fresh) rmSync(FOLDER, { recursive: true, force: true });
const cluster = await Cluster.start({ fsync: "on" }, FOLDER);
const admin = await cluster.connect("postgres");
const { rowCount } = await admin.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
if (rowCount === 0) await admin.query(`CREATE DATABASE ${DATABASE}`);
await admin.end();
const { isNew } = await migratePostgres(cluster.url(DATABASE, "postgres"));
const catalog = hashOfCatalog(catalogSql);
if (isNew || readLoaded(LOADED).catalog !== catalog) {
  const client = await cluster.connect(DATABASE);
  await client.query(catalogSql);
  await writeDemo(client, isNew ? demo : []);
  await client.end();
  noteLoaded(LOADED, { catalog, ...(isNew && { product }) });
}
const bridge = overHttp ? await Bridge.start({ host: cluster.host, port: cluster.port }) : undefined;
const address: Address = { url: cluster.url(DATABASE), adminUrl: cluster.url(DATABASE, "postgres"), endpoint: bridge?.endpoint, isNew, product: readLoaded(LOADED).product };
console.log(JSON.stringify(address));
await ended;
await bridge?.close();
await cluster.stop();
