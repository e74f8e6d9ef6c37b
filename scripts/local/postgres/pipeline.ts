// Several statements in one flight: all are sent, then all answers are read, as a proxy close to its database does. Nothing
// waits for an answer in between, so a row that the first statement locks is not held for a dozen round trips.
import type { FieldDef, PoolClient } from "pg";

/** A statement's answer, every value as Postgres's text. */
export interface Answered {
  command: string;
  rowCount: number | null;
  fields: FieldDef[];
  rows: (string | null)[][];
}

export interface Pipelined {
  text: string;
  values: (string | null)[];
}

/** What of `pg`'s own connection is used. */
interface Connection {
  stream: { cork?: () => void; uncork?: () => void };
  parse(query: { text: string; name: string; types: number[] }): void;
  bind(config: { portal: string; statement: string; values: (string | null)[]; binary: boolean; valueMapper: (value: string | null) => string | null }): void;
  describe(message: { type: "P"; name: string }): void;
  execute(config: { portal: string; rows: number }): void;
  sync(): void;
}

/** Runs the statements in order within the open or a new transaction; after the first error none of the others runs. */
export function inOneFlight(client: PoolClient, statements: Pipelined[]): Promise<Answered[]> {
  return new Promise((resolve, reject) => {
    (client as unknown as { query(flight: Flight): void }).query(new Flight(statements, resolve, reject));
  });
}

/** A query of `pg`'s own kind: it is handed each message that the server sends. */
class Flight {
  readonly #statements: Pipelined[];
  readonly #resolve: (answers: Answered[]) => void;
  readonly #reject: (error: Error) => void;
  readonly #answers: Answered[] = [];
  #fields: FieldDef[] = [];
  #rows: (string | null)[][] = [];

  constructor(statements: Pipelined[], resolve: (answers: Answered[]) => void, reject: (error: Error) => void) {
    this.#statements = statements;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): null {
    connection.stream.cork?.();
    for (const { text, values } of this.#statements) {
      connection.parse({ text, name: "", types: [] });
      connection.bind({ portal: "", statement: "", values, binary: false, valueMapper: (value) => value });
      connection.describe({ type: "P", name: "" });
      connection.execute({ portal: "", rows: 0 });
    }
    connection.sync();
    connection.stream.uncork?.();
    return null;
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.#fields = fields;
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#rows.push(fields);
  }

  handleCommandComplete({ text }: { text: string }): void {
    const [command = "", ...numbers] = text.split(" ");
    const count = numbers.at(-1);
    this.#answers.push({ command, rowCount: count === undefined ? null : Number(count), fields: this.#fields, rows: this.#rows });
    this.#fields = [];
    this.#rows = [];
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: "" });
  }

  handleError(error: Error): void {
    // The server reads on to the end of the flight by itself, and `pg` waits for it before the next query.
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#answers);
  }

  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
}
