// The whole system as it is deployed: the gateway, every function and one database, in one real runtime.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import type { Miniflare as Runtime } from "miniflare";
import { catalogSql } from "../../scripts/catalogs.mjs";
import { builtWorker, clocked, foreseen, servedFunctions, suiteWorker, type Served, type Worker } from "./built.ts";
import { Log, LogLevel, Miniflare } from "./miniflare.ts";
import { pagesOf } from "./pages.ts";
import type { SignInSettings } from "../../scripts/build/page-facts.mjs";
import { openDatabase, type Database, type DatabaseOptions, type Row, type Statement, type Value } from "./database.ts";
import { described } from "./description.ts";
import { PROVIDERS } from "./provider-messages.ts";
import { fetchOnce, leftTooLate, send, type Ask, type Json, type Reply } from "./reply.ts";
import { SECRET } from "./tokens.ts";
import { PRODUCT, consumer } from "./usage-queue.ts";

export type { Ask, Cost, Json, Reply } from "./reply.ts";
export type { Row, Statement, Value } from "./database.ts";

/** The settings of local work. */
const SETTINGS: Record<string, string> = {
  JWT_SECRET: SECRET,
  ALLOWED_ORIGINS: "http://localhost:5173,http://localhost:8787",
  EMAIL_CONFIRMATION: "required",
  SERVER_TIMING: "rows",
  APP_URL: "http://localhost:8787",
  STRIPE_WEBHOOK_SECRET: "whsec_of_the_suites",
  WEBHOOKS_ALLOW_LOCAL: "1",
  // What comes twice is kept, so that every suite on Postgres meets statements as text and as functions.
  POSTGRES_KEEP_AFTER: "2",
  ...PROVIDERS,
};

/** Log lines kept of a run. */
const LINES_KEPT = 5_000;

export interface SystemOptions extends DatabaseOptions {
  /** More settings of the functions, or others; an empty one is as good as none. */
  bindings?: Record<string, string>;
  /** Further workers that the gateway serves and that get the same database: their names and module scripts. */
  guests?: Record<string, string>;
  /** How often a minute, by the binding's name; nothing is limited otherwise. */
  rateLimits?: Record<string, number>;
  /** Whose plans are loaded: the VoIP catalog's unless said otherwise. */
  catalog?: string;
  /** With the queue for usage, which the scheduler consumes with this service key; `send()` sends to it. */
  queueKey?: string;
  /** With the scheduler, for `tick()`. */
  scheduled?: boolean;
  /** With a clock that `setClock()` sets, for all workers. */
  hasClock?: boolean;
  /** With such a clock, and with nothing left to chance: the same requests have the same answers in each run. */
  isForeseen?: boolean;
  /** One that the suite has opened itself, in place of the engine that is named by the environment. */
  database?: Database;
  /** With the gateway's pages, as a product of this catalog has them. */
  pages?: string;
  /** How people sign in there; by a token unless given. */
  signIn?: SignInSettings;
}

export class System {
  /** The gateway, as browsers reach it; without a slash at the end. */
  readonly url: string;
  /** The names of the functions that the gateway serves. */
  readonly functions: readonly string[];
  /** The gateway's own socket: what Miniflare has before it costs an eighth of a request. With pages `url`, since it is part of how they are served. */
  readonly #gateway: string;
  readonly #runtime: Runtime;
  readonly #database: Database;
  readonly #served: Served[];
  readonly #log: string[];
  /** The newest state that each has met, by their tokens: as the client package keeps it. */
  readonly #bookmarks = new Map<string, string>();

  constructor(runtime: Runtime, database: Database, served: Served[], url: string, gateway: string, log: string[]) {
    this.#gateway = gateway;
    this.#runtime = runtime;
    this.#database = database;
    this.#served = served;
    this.#log = log;
    this.url = url;
    this.functions = served.map(({ name }) => name);
  }

  /** Through the gateway, as clients do it. */
  async call(name: string, ask: Ask = {}): Promise<Reply> {
    // What Cloudflare tells of the client, and Miniflare before that socket.
    const headers = { "cf-connecting-ip": "127.0.0.1", ...ask.headers };
    return described(name, ask, await this.#sent(`${this.#gateway}/functions/v1/${name}`, { ...ask, headers }));
  }

  /** On a database that names its states: at the one that whoever asks has met, and at the one that the suite has made. */
  async #sent(url: string, ask: Ask): Promise<Reply> {
    const known = [this.#database.bookmark(), ask.token === undefined ? undefined : this.#bookmarks.get(ask.token)];
    const newest = known.filter((bookmark) => bookmark !== undefined).sort().at(-1);
    const reply = await send(url, newest === undefined ? ask : { ...ask, headers: { "x-d1-bookmark": newest, ...ask.headers } });
    const met = reply.headers.get("x-d1-bookmark");
    if (met !== null && ask.token !== undefined && met > (this.#bookmarks.get(ask.token) ?? "")) this.#bookmarks.set(ask.token, met);
    return reply;
  }

  /** To the function's own host. */
  async direct(name: string, ask: Ask = {}): Promise<Reply> {
    const worker = this.#served.find((served) => served.name === name)?.worker ?? name;
    const host = (await this.#runtime.unsafeGetDirectURL(worker)).href;
    return described(name, ask, await this.#sent(ask.path?.startsWith("/") ? host.slice(0, -1) : host, ask));
  }

  /** To the function itself, at the path that a route gives it on a zone of one's own. */
  async routed(name: string, ask: Ask = {}): Promise<Reply> {
    const worker = this.#served.find((served) => served.name === name)?.worker ?? name;
    const host = await this.#runtime.unsafeGetDirectURL(worker);
    return described(name, ask, await this.#sent(`${host.origin}/functions/v1/${name}`, ask));
  }

  /** The rows of one statement, with `?` for the values. */
  async sql(query: string, ...values: Value[]): Promise<Row[]> {
    const [rows = []] = await this.#database.batch([{ sql: query, values }]);
    return rows;
  }

  /** Several statements as one transaction. */
  batch(statements: Statement[]): Promise<Row[][]> {
    return this.#database.batch(statements);
  }

  /**
   * The same for the same rows: a request that changed nothing leaves it as it was. Less the times at which users' addresses
   * were told: a token tells of an address also where its request is refused.
   */
  async snapshot(): Promise<string> {
    return this.#database.state();
  }

  /** Makes a call that must leave every row as it is. */
  async unchanged(call: () => Promise<Reply>): Promise<Reply> {
    const before = await this.snapshot();
    const reply = await call();
    assert.equal(await this.snapshot(), before, `a ${reply.status} has changed the database: ${reply.text}`);
    return reply;
  }

  /** The moment at which all workers are from now on, as ISO 8601 or milliseconds; without one the time goes on. Only for a system with a clock. */
  async setClock(moment?: string | number): Promise<void> {
    await this.#tellClock(moment === undefined ? "" : String(new Date(moment).getTime()));
  }

  /** Lets the time of all workers go on so many milliseconds ahead of the real one. Only for a system with a clock. */
  setClockAhead(milliseconds: number): Promise<void> {
    return this.#tellClock(`+${milliseconds}`);
  }

  async #tellClock(text: string): Promise<void> {
    await fetchOnce(await this.#runtime.unsafeGetDirectURL("clock"), { method: "PUT", body: text });
  }

  /** How often workers have called the database; only for a system started with `counted`. */
  trips(): Promise<number> {
    return this.#database.trips();
  }

  /** How often a replica has answered them. */
  tripsNear(): Promise<number> {
    return this.#database.tripsNear();
  }

  /** What the workers have logged, the newest last. */
  log(): readonly string[] {
    return this.#log;
  }

  /** Runs what a cron trigger does, or `job:<name>`, and gives the log line of each job. */
  async tick(cron: string): Promise<Json[]> {
    const before = this.#log.length;
    const end = randomUUID();
    await this.#scheduled(cron);
    // Lines come through a pipe of their own: what is asked for last is written last.
    await this.#scheduled(end);
    for (;;) {
      const lines = this.#log.slice(before).filter((line) => line.startsWith("{") && line.includes('"job":'));
      const last = lines.findIndex((line) => line.includes(end));
      // Another tick at the same time has an end of its own.
      const ours = (line: string) => !line.includes('"cron":') || line.includes(`"cron":${JSON.stringify(cron)}`);
      if (last >= 0) return lines.slice(0, last).filter(ours).map((line) => JSON.parse(line) as Json);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #scheduled(cron: string): Promise<void> {
    const scheduler = (await this.#runtime.getWorker("scheduler")) as unknown as { scheduled(event: { cron: string }): Promise<unknown> };
    try {
      await scheduler.scheduled({ cron });
    } catch (error) {
      if (!leftTooLate(error)) throw error;
      await scheduler.scheduled({ cron });
    }
  }

  /** Sends messages to the queue, as a worker of the product's would. */
  async send(messages: Json[]): Promise<void> {
    const product = await this.#product();
    await product.fetch("http://product/", { method: "POST", body: JSON.stringify(messages) });
  }

  async #product(): Promise<{ fetch(url: string, init?: { method: string; body: string }): Promise<{ json(): Promise<unknown> }> }> {
    return (await this.#runtime.getWorker("product")) as never;
  }

  /** What nobody could write, as soon as there are so many. */
  async dead(count: number): Promise<Json[]> {
    const product = await this.#product();
    for (;;) {
      const found = (await (await product.fetch("http://product/")).json()) as Json[];
      if (found.length >= count) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async close(): Promise<void> {
    await this.#runtime.dispose();
    await this.#database.close();
  }
}

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const database = options.database ?? (await openDatabase(options));
  const served = servedFunctions();
  const guests = Object.entries(options.guests ?? {});
  const settings = { ...SETTINGS, ...options.bindings };
  const ratelimits = Object.fromEntries(Object.entries(options.rateLimits ?? {}).map(([name, limit]) => [name, { simple: { limit, period: 60 as const } }]));
  const allowed = (way: Database["access"]) => ({ ...way, ratelimits, bindings: { ...settings, ...way.bindings } });
  const access = allowed(database.access);
  const accessOfConsole = allowed(database.accessOfConsole ?? database.access);
  const log: string[] = [];
  const hasClock = options.hasClock === true || options.isForeseen === true;
  const withClock = options.isForeseen === true ? foreseen : clocked;
  const built = (name: string): Worker => (hasClock ? withClock(builtWorker(name)) : builtWorker(name));
  const gateway: Worker = { ...built("gateway"), ...(options.pages !== undefined && { assets: await pagesOf(options.pages, options.signIn) }) };
  const runtime = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new Log(LogLevel.NONE),
    handleRuntimeStdio: (...streams: NodeJS.ReadableStream[]) => streams.forEach((stream) => keepLines(stream, log)),
    workers: [
      { ...gateway, unsafeDirectSockets: [{ port: 0 }], serviceBindings: { ...gateway.serviceBindings, ...servicesOf(served, guests.map(([name]) => name)) } },
      ...[...new Set(served.map(({ worker }) => worker))].map((worker): Worker => ({
        ...built(worker),
        ...(worker === "console" ? accessOfConsole : access),
        unsafeDirectSockets: [{ port: 0 }],
      })),
      ...(options.scheduled === true || options.queueKey !== undefined ? [{ ...built("scheduler"), ...access, ...consumer(options.queueKey, access.bindings) }] : []),
      ...(options.queueKey === undefined ? [] : [PRODUCT]),
      ...guests.map(([name, script]): Worker => ({ name, modules: true, script, compatibilityDate: "2026-04-01", unsafeDirectSockets: [{ port: 0 }], ...access })),
      ...(hasClock ? [{ ...suiteWorker("clock"), unsafeDirectSockets: [{ port: 0 }] }] : []),
      ...database.workers,
    ],
  });
  try {
    const url = (await runtime.ready).origin;
    await database.prepare(runtime, await catalogSql(options.catalog ?? "voip"));
    const gatewayUrl = options.pages === undefined ? (await runtime.unsafeGetDirectURL("gateway")).origin : url;
    return new System(runtime, database, served, url, gatewayUrl, log);
  } catch (error) {
    await Promise.allSettled([runtime.dispose(), database.close()]);
    throw error;
  }
}

function servicesOf(served: Served[], guests: string[]): Record<string, string> {
  return Object.fromEntries([
    ...served.map(({ binding, worker }) => [binding, worker]),
    ...guests.map((name) => [name.toUpperCase().replaceAll("-", "_"), name]),
  ]);
}

function keepLines(stream: NodeJS.ReadableStream, log: string[]): void {
  createInterface(stream).on("line", (line) => {
    if (line !== "") log.push(line);
    if (log.length > LINES_KEPT) log.splice(0, log.length - LINES_KEPT);
  });
}
