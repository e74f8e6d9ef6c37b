// An endpoint that speaks Neon's SQL over HTTP in front of a local Postgres: `POST /sql`, one transaction a request.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { Faults, type Fault } from "./fault.ts";
import { inOneFlight, type Pipelined } from "./pipeline.ts";
import {
  askedIn, errorBody, mannerOf, Refused, resultOf, type Asked, type Json, type Manner, type Query, type QueryResult,
} from "./protocol.ts";

/** Connections for each database and user, as many as a proxy would keep. */
const CONNECTIONS = 20;

/** How the request begins that has statements kept (`shared/src/store/postgres/kept.rs`). */
const KEEPING = '{"queries":[{"query":"SELECT tallygate_keep(';

/** An error after which nobody tries again. */
const final = (message: string): string => JSON.stringify({ message, code: "XX000" });

/** Postgres's text of every value, whatever its type. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

export interface BridgeOptions {
  /** Where Postgres is; the connection string of a request names the database and the user only. */
  host: string;
  port: number;
  /** Milliseconds, at least and at most, that each batch waits first: the way to a real database. */
  delay?: [number, number];
}

/** A batch as it came. */
export interface ArrivedBatch {
  connectionString: string;
  /** The statement that opens its transaction. */
  begin: string;
  statements: Pipelined[];
}

/** The caller went away, or a fault made the endpoint die: the connection is of no use any more. */
class Gone extends Error {}

/** Postgres let nobody in. */
class NotConnected extends Error {}

export class Bridge {
  readonly faults = new Faults();
  /** Milliseconds that each batch waits first. */
  delay: [number, number];
  /** Takes batches away instead of running them, where it says yes: their caller gets an error that is final. */
  onArrival: (batch: ArrivedBatch) => boolean = () => false;
  /** Called when a batch is committed, before its answer leaves or is lost. */
  onBatch: (moment: "answered" | "lost") => Promise<void> = async () => undefined;
  readonly #options: BridgeOptions;
  readonly #pools = new Map<string, pg.Pool>();
  readonly #busy = new Set<pg.PoolClient>();
  readonly #server: Server;
  #port = 0;
  #batches = 0;
  #conflicts = 0;

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.delay = options.delay ?? [0, 0];
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  static async start(options: BridgeOptions): Promise<Bridge> {
    const bridge = new Bridge(options);
    await bridge.listen();
    return bridge;
  }

  /** Accepts requests, at the same address as before if it has been closed. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", () => {
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** From now on the endpoint does not keep its process alive. */
  unref(): this {
    this.#server.on("connection", (socket) => socket.unref());
    this.#server.unref();
    return this;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}/sql`;
  }

  /** How many requests have come. */
  get batches(): number {
    return this.#batches;
  }

  /** How many transactions Postgres has refused because they met others. */
  get conflicts(): number {
    return this.#conflicts;
  }

  /** Dies as a process does: every connection breaks on both sides, and nobody answers any more. */
  async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    // A client that is asked to end in the middle of a query breaks its connection.
    for (const client of this.#busy) void (client as unknown as pg.Client).end();
    await this.#endPools();
    await closed;
  }

  async close(): Promise<void> {
    this.faults.clear();
    if (this.#server.listening) await this.kill();
    else await this.#endPools();
  }

  async #endPools(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.end()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const caller = { gone: false };
    response.once("close", () => (caller.gone = !response.writableFinished));
    try {
      const body = await textOf(request);
      // Nobody waits for what has statements kept: it is none of the batches that are counted and disturbed.
      if (body.startsWith(KEEPING)) return reply(response, 200, JSON.stringify(await this.#run(askedIn(body), mannerOf(request.headers), undefined, caller)));
      this.#batches += 1;
      await this.faults.sleep();
      const dying = this.faults.dying();
      if (dying === "dead") return reply(response, 400, final("the caller is dead"));
      const fault = this.faults.next() ?? this.faults.byChance(body);
      if (request.method !== "POST" || request.url !== "/sql") throw new Refused(404, "there is only POST /sql");
      const [least, most] = this.delay;
      if (most > 0) await pause(least + Math.random() * (most - least));
      if (fault?.kind === "status") {
        if (fault.location !== undefined) response.setHeader("location", fault.location);
        return reply(response, fault.status, fault.body ?? "upstream is out of order");
      }
      if (fault?.kind === "stall" && fault.when === "before") await pause(fault.milliseconds, undefined, { ref: false });
      if (fault?.kind === "refused") return reply(response, 400, JSON.stringify({ message: "made up by a test", code: fault.code }));

      const { connectionString, begin } = mannerOf(request.headers);
      const statements = askedIn(body).queries.map(({ query: text, params: values }) => ({ text, values }));
      if (this.onArrival({ connectionString, begin, statements })) return reply(response, 400, final("taken away"));
      const answer = JSON.stringify(await this.#run(askedIn(body), mannerOf(request.headers), fault, caller));
      if (fault?.kind === "stall" && fault.when === "after commit") await pause(fault.milliseconds, undefined, { ref: false });
      await this.onBatch(fault?.kind === "cut reply" || dying === "done unheard" ? "lost" : "answered");
      if (dying === "done unheard") return reply(response, 400, final("the caller died before it heard"));
      if (fault?.kind === "cut reply") return cutReply(response, answer);
      reply(response, 200, fault?.kind === "malformed" ? fault.body : answer);
    } catch (error) {
      if (error instanceof Error && error.name === "AssertionError") return reply(response, 400, final(error.message));
      this.#replyError(response, error);
    }
  }

  async #run(asked: Asked, manner: Manner, fault: Fault | undefined, caller: { gone: boolean }): Promise<Json> {
    const client = await this.#connect(manner.connectionString);
    let usable = true;
    try {
      const [single] = asked.queries;
      if (!asked.batch && single !== undefined) return { ...(await query(client, single, manner)) };
      if (caller.gone) throw new Gone("the caller has gone away");
      const statements = asked.queries.map(({ query: text, params }) => ({ text, values: params }));
      if (fault?.kind === "killed") {
        await inOneFlight(client, [{ text: manner.begin, values: [] }, ...statements.slice(0, fault.afterStatements)]);
        throw new Gone("the endpoint dies");
      }
      const [, ...answers] = await inOneFlight(client, [
        { text: manner.begin, values: [] }, ...statements, { text: "COMMIT", values: [] },
      ]);
      const results = asked.queries.map(({ arrayMode }, place) =>
        resultOf(answers[place] ?? nothing(), manner, arrayMode ?? manner.arrayMode));
      return { results: results.map((result) => ({ ...result })) };
    } catch (error) {
      if (error instanceof pg.DatabaseError && ["40001", "40P01"].includes(error.code ?? "")) this.#conflicts += 1;
      usable = error instanceof pg.DatabaseError && asked.batch && (await rolledBack(client));
      throw error;
    } finally {
      client.off("error", ignore);
      this.#busy.delete(client);
      client.release(!usable);
    }
  }

  async #connect(connectionString: string): Promise<pg.PoolClient> {
    const pool = this.#pool(connectionString);
    try {
      const client = await pool.connect();
      // A connection that breaks while it is used says so to whoever uses it.
      client.on("error", ignore);
      this.#busy.add(client);
      return client;
    } catch (cause) {
      throw new NotConnected("could not connect to the database", { cause });
    }
  }

  #pool(connectionString: string): pg.Pool {
    const asked = new URL(connectionString.replace(/^postgres(ql)?:/, "http:"));
    const database = decodeURIComponent(asked.pathname.slice(1));
    const user = decodeURIComponent(asked.username);
    if (user === "" || database === "") throw new Refused(400, "the connection string names no user or no database");
    const key = `${user} ${database}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      const { host, port } = this.#options;
      const password = decodeURIComponent(asked.password);
      pool = new pg.Pool({ host, port, user, database, password, max: CONNECTIONS, types: AS_TEXT, allowExitOnIdle: true });
      pool.on("error", ignore);
      this.#pools.set(key, pool);
    }
    return pool;
  }

  #replyError(response: ServerResponse, error: unknown): void {
    if (error instanceof Gone) response.destroy();
    else if (error instanceof Refused) reply(response, error.status, withoutCode(error));
    // A wrong name or password is the caller's mistake, everything else that keeps one out is not.
    else if (error instanceof NotConnected) reply(response, isMistake(error.cause) ? 400 : 500, described(error.cause));
    else reply(response, 400, described(error));
  }
}

const isMistake = (error: unknown): boolean => error instanceof pg.DatabaseError && /^(28|3D)/.test(error.code ?? "");
const described = (error: unknown): string =>
  error instanceof pg.DatabaseError ? JSON.stringify(errorBody(error)) : withoutCode(error);
const withoutCode = (error: unknown): string =>
  JSON.stringify({ message: error instanceof Error ? error.message : String(error), code: null });

async function query(client: pg.PoolClient, { query: text, params, arrayMode }: Query, manner: Manner): Promise<QueryResult> {
  // Always with the extended protocol, which takes one statement and no more.
  const config = { text, values: params, rowMode: "array" as const, queryMode: "extended", types: AS_TEXT };
  const found = await client.query<(string | null)[]>(config);
  return resultOf(found, manner, arrayMode ?? manner.arrayMode);
}

const nothing = () => ({ command: "", rowCount: null, fields: [], rows: [] });

async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query("ROLLBACK");
    return true;
  } catch {
    return false;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function cutReply(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.write(body.slice(0, Math.floor(body.length / 2)), () => response.destroy());
}

function ignore(): void {}
