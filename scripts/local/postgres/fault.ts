// What can go wrong between a worker and its database, to be done to the next batches that come.

export type Fault =
  /** The endpoint dies after so many statements of a transaction: nothing was committed, the connection breaks. */
  | { kind: "killed"; afterStatements: number }
  /** The transaction is committed and its answer breaks off half-way. */
  | { kind: "cut reply" }
  /** Nothing comes for so long; the transaction happens before or after that, or not at all if the caller is gone. */
  | { kind: "stall"; milliseconds: number; when: "before" | "after commit" }
  /** An answer of a proxy in between; the transaction is not begun. */
  | { kind: "status"; status: number; body?: string }
  /** The transaction is committed and the answer is something else than JSON. */
  | { kind: "malformed"; body: string }
  /** Postgres's own refusal of a transaction, with its code. */
  | { kind: "refused"; code: string };

/** The faults that are still to happen, each to one batch, first come first served. */
export class Faults {
  readonly #waiting: Fault[] = [];
  #happened = 0;

  add(fault: Fault, times = 1): void {
    this.#waiting.push(...Array.from({ length: times }, () => fault));
  }

  next(): Fault | undefined {
    const fault = this.#waiting.shift();
    if (fault !== undefined) this.#happened += 1;
    return fault;
  }

  /** How many have happened: a test of a fault that never came tests nothing. */
  get happened(): number {
    return this.#happened;
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}
