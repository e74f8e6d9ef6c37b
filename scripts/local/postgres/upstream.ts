// Connections to Postgres that many clients share, one transaction after another.
import { connect, type Socket } from "node:net";
import { Messages } from "./messages.ts";

/** As many for each database and user as a pooler would keep. */
const CONNECTIONS = 20;

export interface Answered {
  bytes: Buffer;
  /** Everything was answered, and no transaction is left open. */
  isWell: boolean;
}

/** One connection, for one client at a time. */
class Upstream {
  readonly #socket: Socket;
  readonly #messages = new Messages(false);
  #left = 0;
  #received: Buffer[] = [];
  #state = "";
  #answered: (answered: Answered) => void = () => undefined;

  constructor(host: string, port: number) {
    this.#socket = connect({ host, port });
    this.#socket.unref();
    this.#socket.on("data", (chunk) => this.#read(chunk));
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => this.#answer(false));
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  onClose(forget: () => void): void {
    this.#socket.on("close", forget);
  }

  /** Sends something, and gives what comes until so many questions are answered, or the connection ends. */
  exchange(bytes: Buffer, answers: number): Promise<Answered> {
    return new Promise((resolve) => {
      this.#left = answers;
      this.#answered = resolve;
      if (this.#socket.destroyed) this.#answer(false);
      else this.#socket.write(bytes);
    });
  }

  /** In the middle of whatever it does. */
  end(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received.push(chunk);
    for (const { tag, bytes } of this.#messages.read(chunk)) {
      if (tag !== "Z") continue;
      this.#state = bytes.toString("latin1", 5);
      this.#left -= 1;
      if (this.#left === 0) this.#answer(this.#state === "I");
    }
  }

  #answer(isWell: boolean): void {
    const bytes = Buffer.concat(this.#received);
    this.#received = [];
    this.#answered({ bytes, isWell });
  }
}

/** The connections for one database and user. */
export class Pool {
  readonly #host: string;
  readonly #port: number;
  /** A client's first message, which each connection begins with. */
  readonly #startUp: Buffer;
  readonly #idle: Upstream[] = [];
  readonly #all = new Set<Upstream>();
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(host: string, port: number, startUp: Buffer) {
    this.#host = host;
    this.#port = port;
    this.#startUp = startUp;
  }

  /** Does something on one of the connections, which is kept unless it is left in the middle of something. Where Postgres lets nobody in it gives what Postgres says. */
  async with(work: (exchange: Upstream["exchange"]) => Promise<Answered>): Promise<Answered> {
    while (this.#taken === CONNECTIONS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#taken += 1;
    try {
      const idle = this.#idle.pop();
      const upstream = idle ?? this.#open();
      const welcome = idle === undefined ? await upstream.exchange(this.#startUp, 1) : undefined;
      const answered = welcome?.isWell === false ? { ...welcome, isWell: false } : await work((bytes, answers) => upstream.exchange(bytes, answers));
      if (answered.isWell && upstream.isOpen) this.#idle.push(upstream);
      else upstream.end();
      return answered;
    } finally {
      this.#taken -= 1;
      this.#waiting.shift()?.();
    }
  }

  end(): void {
    for (const upstream of this.#all) upstream.end();
  }

  #open(): Upstream {
    const upstream = new Upstream(this.#host, this.#port);
    this.#all.add(upstream);
    upstream.onClose(() => {
      this.#all.delete(upstream);
      const place = this.#idle.indexOf(upstream);
      if (place >= 0) this.#idle.splice(place, 1);
    });
    return upstream;
  }
}
