// Postgres's wire protocol, as far as one has to know it who stands in between ("Message Formats" of its manual).

/** A message: its letter, and all of its bytes. The first one of a client has no letter. */
export interface Message {
  tag: string;
  bytes: Buffer;
}

/** Where a length stands in a message, behind its letter, and how long it is. */
const LENGTH = 4;

/** Takes a stream apart into messages. */
export class Messages {
  #rest: Buffer = Buffer.alloc(0);
  #isFirst: boolean;

  /** @param fromClient Whether the stream begins with a client's first message. */
  constructor(fromClient: boolean) {
    this.#isFirst = fromClient;
  }

  /** The messages that are whole with this piece of the stream. */
  read(chunk: Buffer): Message[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const found: Message[] = [];
    for (let message = this.#next(); message !== undefined; message = this.#next()) found.push(message);
    return found;
  }

  #next(): Message | undefined {
    const letter = this.#isFirst ? 0 : 1;
    if (this.#rest.length < letter + LENGTH) return undefined;
    const length = letter + this.#rest.readInt32BE(letter);
    if (this.#rest.length < length) return undefined;
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#isFirst = false;
    return { tag: letter === 0 ? "" : String.fromCharCode(bytes[0] ?? 0), bytes };
  }
}

/** The SQL of a query (`Q`), or of a statement that is parsed (`P`). */
export function sqlOf({ tag, bytes }: Message): string {
  const from = 1 + LENGTH;
  const begin = tag === "P" ? bytes.indexOf(0, from) + 1 : from;
  return bytes.toString("utf8", begin, bytes.indexOf(0, begin));
}

/** Whether Postgres answers a client's message with `ReadyForQuery`. */
export const isAnswered = ({ tag }: Message): boolean => tag === "Q" || tag === "S";

function message(tag: string, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(`${part}\0`) : part)));
  const head = Buffer.alloc(1 + LENGTH);
  head.write(tag);
  head.writeInt32BE(LENGTH + body.length, 1);
  return Buffer.concat([head, body]);
}

/** A client's query. */
export const query = (sql: string): Buffer => message("Q", sql);

/** Where a transaction is: none, one, one that has failed. */
type State = "I" | "T" | "E";

const ready = (state: State): Buffer => message("Z", Buffer.from(state));
const done = (command: string): Buffer => message("C", command);

/** An error that Postgres says. */
export const error = (severity: "ERROR" | "FATAL", code: string, text: string): Buffer =>
  message("E", `S${severity}`, `V${severity}`, `C${code}`, `M${text}`, "");

/** Lets a client in without asking for a password: AuthenticationOk, BackendKeyData, ReadyForQuery. */
export const WELCOME = Buffer.concat([message("R", Buffer.alloc(4)), message("S", "client_encoding", "UTF8"), message("K", Buffer.alloc(8)), ready("I")]);

/** What Postgres answers to a `BEGIN` that fails. */
export const notBegun = (code: string, text: string): Buffer => Buffer.concat([error("ERROR", code, text), ready("I")]);

/** What Postgres answers to a transaction whose first statement after `BEGIN` it refuses; `answers`: of `BEGIN` and `COMMIT`, too. */
export function refusedTransaction(code: string, text: string, answers: number): Buffer {
  const behind = Array.from({ length: Math.max(answers - 3, 0) }, () => [error("ERROR", "25P02", "current transaction is aborted"), ready("E")]);
  return Buffer.concat([done("BEGIN"), ready("T"), error("ERROR", code, text), ready("E"), ...behind.flat(), done("ROLLBACK"), ready("I")]);
}
