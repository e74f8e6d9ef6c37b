// What Hyperdrive is to a worker: lets it in, takes its transactions one by one, and keeps the connections to Postgres. Nothing
// is passed on, and nothing answered, before a transaction has come from its `BEGIN` to its `COMMIT`: a client that waits for an answer in between
// waits for ever.
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Faults, type Fault } from "./fault.ts";
import { error, isAnswered, Messages, notBegun, query, refusedTransaction, sqlOf, WELCOME, type Message } from "./messages.ts";
import { Pool, type Answered } from "./upstream.ts";

/** How the statement begins that has others kept (`shared/src/store/postgres/kept.rs`). */
const KEEPING = "SELECT tallygate_keep(";

/** After these Postgres closes the connection. */
const FATAL = /^(57P0|53300$)/;

export interface PoolerOptions {
  /** Where Postgres is. It must let the users in without a password. */
  host: string;
  port: number;
  /** Milliseconds, at least and at most, that each transaction waits first: the way to a real database. */
  delay?: [number, number];
}

/** What becomes of a client after an answer. */
interface Reply {
  bytes: Buffer;
  /** The connection ends with it. */
  isLast: boolean;
}

export class Pooler {
  readonly faults = new Faults();
  /** Milliseconds that each transaction waits first. */
  delay: [number, number];
  /** Called when a transaction is committed, before its answer leaves or is lost. */
  onBatch: (moment: "answered" | "lost") => Promise<void> = async () => undefined;
  readonly #options: PoolerOptions;
  readonly #pools = new Map<string, Pool>();
  readonly #clients = new Set<Socket>();
  readonly #server: Server;
  #isAway = false;
  #batches = 0;
  #conflicts = 0;
  #met = 0;

  private constructor(options: PoolerOptions) {
    this.#options = options;
    this.delay = options.delay ?? [0, 0];
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  static async start(options: PoolerOptions): Promise<Pooler> {
    const pooler = new Pooler(options);
    await new Promise<void>((resolve, reject) => {
      pooler.#server.once("error", reject);
      pooler.#server.listen(0, "127.0.0.1", resolve);
    });
    return pooler;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How often clients have asked for something: transactions, and whatever else they have sent. */
  get batches(): number {
    return this.#batches;
  }

  /** How many clients have come. */
  get met(): number {
    return this.#met;
  }

  /** Until no client is there any more. */
  async isAlone(): Promise<void> {
    while (this.#clients.size > 0) await pause(5);
  }

  /** How many transactions Postgres has refused because they met others. */
  get conflicts(): number {
    return this.#conflicts;
  }

  /** From now on it does not keep its process alive. */
  unref(): this {
    this.#server.on("connection", (socket) => socket.unref());
    this.#server.unref();
    return this;
  }

  /** Breaks every connection on both sides, and lets nobody in any more. */
  async kill(): Promise<void> {
    this.#isAway = true;
    for (const socket of this.#clients) socket.end();
    for (const pool of this.#pools.values()) pool.end();
    this.#pools.clear();
  }

  /** Lets clients in again. */
  async listen(): Promise<void> {
    this.#isAway = false;
  }

  async close(): Promise<void> {
    this.faults.clear();
    await this.kill();
    for (const socket of this.#clients) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #welcome(socket: Socket): void {
    this.#met += 1;
    this.#clients.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#clients.delete(socket));
    if (this.#isAway) {
      socket.end();
      return;
    }
    const messages = new Messages(true);
    let pool: Pool | undefined;
    let flight: Message[] = [];
    // One after another, as a server reads them.
    let last = Promise.resolve();
    socket.on("data", (chunk) => {
      for (const message of messages.read(chunk)) {
        if (pool === undefined) {
          pool = this.#pool(message.bytes);
          socket.write(WELCOME);
        } else if (message.tag === "X") {
          socket.end();
        } else {
          flight.push(message);
          if (!isWhole(flight)) continue;
          const [whole, of] = [flight, pool];
          flight = [];
          last = last.then(() => this.#take(whole, of, socket));
        }
      }
    });
  }

  #pool(startUp: Buffer): Pool {
    const key = startUp.toString("latin1");
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new Pool(this.#options.host, this.#options.port, startUp);
      this.#pools.set(key, pool);
    }
    return pool;
  }

  async #take(flight: Message[], pool: Pool, client: Socket): Promise<void> {
    const { bytes, isLast } = await this.#reply(flight, pool, client).catch((cause: unknown) => refused(flight, "XX000", String(cause)));
    if (client.destroyed || client.writableEnded) return;
    if (isLast) client.end(bytes);
    else client.write(bytes);
  }

  async #reply(flight: Message[], pool: Pool, client: Socket): Promise<Reply> {
    // Nobody waits for what has statements kept: it is none of the transactions that are counted and disturbed.
    if (flight.some((message) => message.tag === "P" && sqlOf(message).startsWith(KEEPING))) return whole(await run(flight, pool));
    this.#batches += 1;
    await this.faults.sleep();
    const dying = this.faults.dying();
    if (dying === "dead") return refused(flight, "XX000", "the caller is dead");
    const fault = this.faults.next() ?? this.faults.byChance(Buffer.concat(flight.map(({ bytes }) => bytes)).toString("latin1"));
    const [least, most] = this.delay;
    if (most > 0) await pause(least + Math.random() * (most - least));
    if (fault?.kind === "stall" && fault.when === "before") await pause(fault.milliseconds, undefined, { ref: false });
    if (fault?.kind === "status") return CUT;
    if (fault?.kind === "refused") return refused(flight, fault.code, "made up by a test");
    if (client.destroyed) return CUT;
    if (fault?.kind === "killed") {
      await run(firstOf(flight, 1 + fault.afterStatements), pool);
      return CUT;
    }
    if (fault?.kind === "not begun") {
      const answered = whole(await run(flight.slice(1), pool));
      return { ...answered, bytes: Buffer.concat([notBegun(fault.code, "made up by a test"), answered.bytes]) };
    }
    if (fault?.kind === "left open") return whole(await runBehind(`BEGIN; ${fault.did}`, flight, pool));
    const answered = whole(await run(flight, pool));
    if (hasMetAnother(answered.bytes)) this.#conflicts += 1;
    if (fault?.kind === "stall") await pause(fault.milliseconds, undefined, { ref: false });
    await this.onBatch(fault?.kind === "cut reply" || dying === "done unheard" ? "lost" : "answered");
    if (dying === "done unheard") return refused(flight, "XX000", "the caller died before it heard");
    return afterCommit(answered, fault);
  }
}

const CUT: Reply = { bytes: Buffer.alloc(0), isLast: true };

/** A transaction that ends, or a question outside of one. */
function isWhole(flight: Message[]): boolean {
  const [first, last] = [flight[0], flight.at(-1)];
  if (first === undefined || last === undefined || !isAnswered(last)) return false;
  return !(first.tag === "Q" && sqlOf(first).startsWith("BEGIN")) || (last.tag === "Q" && sqlOf(last) === "COMMIT");
}

/** As much of a transaction as is answered so often. */
function firstOf(flight: Message[], answers: number): Message[] {
  let left = answers;
  const end = flight.findIndex((message) => isAnswered(message) && (left -= 1) === 0);
  return end < 0 ? flight.slice(0, -1) : flight.slice(0, end + 1);
}

const run = (flight: Message[], pool: Pool): Promise<Answered> =>
  pool.with((exchange) => exchange(Buffer.concat(flight.map(({ bytes }) => bytes)), flight.filter(isAnswered).length));

/** On a connection on which somebody else has asked for something before. */
const runBehind = (other: string, flight: Message[], pool: Pool): Promise<Answered> =>
  pool.with(async (exchange) => {
    await exchange(query(other), 1);
    return exchange(Buffer.concat(flight.map(({ bytes }) => bytes)), flight.filter(isAnswered).length);
  });

/** Where Postgres has ended the connection, the client's ends with what was said of it. */
const whole = ({ bytes, isWell }: Answered): Reply => ({ bytes, isLast: !isWell });

const hasMetAnother = (bytes: Buffer): boolean =>
  new Messages(false).read(bytes).some((message) => message.tag === "E" && /\0C(?:40001|40P01)\0/.test(message.bytes.toString("latin1")));

function refused(flight: Message[], code: string, text: string): Reply {
  if (FATAL.test(code)) return { bytes: error("FATAL", code, text), isLast: true };
  return { bytes: refusedTransaction(code, text, flight.filter(isAnswered).length), isLast: false };
}

function afterCommit(answered: Reply, fault: Fault | undefined): Reply {
  if (fault?.kind === "cut reply") return { bytes: answered.bytes.subarray(0, answered.bytes.length / 2), isLast: true };
  if (fault?.kind === "malformed") return { bytes: Buffer.from(fault.body), isLast: true };
  return answered;
}
