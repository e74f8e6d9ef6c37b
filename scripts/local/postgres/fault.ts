// What can go wrong between a worker and its database, to be done to the next batches that come.

export type Fault =
  /** The endpoint dies after so many statements of a transaction: nothing was committed, the connection breaks. */
  | { kind: "killed"; afterStatements: number }
  /** The transaction is committed and its answer breaks off half-way. */
  | { kind: "cut reply" }
  /** Nothing comes for so long; the transaction happens before or after that, or not at all if the caller is gone. */
  | { kind: "stall"; milliseconds: number; when: "before" | "after commit" }
  /** An answer of a proxy in between; the transaction is not begun. */
  | { kind: "status"; status: number; body?: string; location?: string }
  /** The transaction is committed and the answer is something else than JSON. */
  | { kind: "malformed"; body: string }
  /** Postgres's own refusal of a transaction, with its code. */
  | { kind: "refused"; code: string }
  /** Of a transaction whose statements come one by one, the `BEGIN` alone fails, with this code: those behind it run each by itself. */
  | { kind: "not begun"; code: string }
  /** A connection on which somebody else has begun a transaction, done this in it, and left it open. */
  | { kind: "left open"; did: string };

/** Faults that pass by themselves, as shares of all tries; of one batch never more than two tries in a row. */
export interface PassingFaults {
  seed?: number;
  errors?: number;
  lost?: number;
  stalls?: number;
  stallMs?: number;
  losesFirst?: boolean;
}

/** Committed, and the answer breaks off. */
const LOST: Fault = { kind: "cut reply" };

/** What Postgres and a proxy before it say when they are out of order for a moment. */
const PASSING: readonly Fault[] = [
  { kind: "refused", code: "57P01" },
  { kind: "refused", code: "57P03" },
  { kind: "refused", code: "53300" },
  { kind: "status", status: 503 },
  { kind: "killed", afterStatements: 2 },
];

/** The faults that are still to happen, each to one batch, first come first served. */
export class Faults {
  readonly #waiting: Fault[] = [];
  #happened = 0;
  #sleep: { left: number; isAsleep: boolean; untilWoken: Promise<void> } | undefined;
  /** What goes wrong by chance. */
  passing: PassingFaults = {};
  /** After so many batches whoever sends them is dead: none is done any more, and where it is unheard the last one's answer is lost. */
  death: { left: number; isUnheard: boolean } | undefined;
  #state = 0;
  readonly #failed = new Map<string, number>();

  add(fault: Fault, times = 1): void {
    this.#waiting.push(...Array.from({ length: times }, () => fault));
  }

  next(): Fault | undefined {
    const fault = this.#waiting.shift();
    if (fault !== undefined) this.#happened += 1;
    return fault;
  }

  /** What becomes of the next batch of one that dies. */
  dying(): "lives" | "dead" | "done unheard" {
    const { death } = this;
    if (death === undefined) return "lives";
    if (death.left === 0) return "dead";
    this.death = { ...death, left: death.left - 1 };
    return death.left === 1 && death.isUnheard ? "done unheard" : "lives";
  }

  /** After so many batches one waits until it is woken, and others go on. Gives what wakes it. */
  sleepAfter(left: number): () => void {
    let wake = (): void => undefined;
    this.#sleep = { left, isAsleep: false, untilWoken: new Promise<void>((resolve) => { wake = resolve; }) };
    return wake;
  }

  get isAsleep(): boolean {
    return this.#sleep?.isAsleep === true;
  }

  /** Until the batch that has just come goes on. */
  async sleep(): Promise<void> {
    const sleep = this.#sleep;
    if (sleep === undefined || sleep.isAsleep) return;
    sleep.left -= 1;
    if (sleep.left >= 0) return;
    sleep.isAsleep = true;
    await sleep.untilWoken;
    this.#sleep = undefined;
  }

  /** What chance has for a try of the batch with this body; a third try always goes well. */
  byChance(body: string): Fault | undefined {
    const { seed, errors = 0, lost = 0, stalls = 0, stallMs = 0, losesFirst = false } = this.passing;
    const failed = this.#failed.get(body) ?? 0;
    const fault = losesFirst ? (failed === 0 ? LOST : undefined) : seed === undefined || failed >= 2 ? undefined
      : [...PASSING.map((each) => [errors, each] as const), [lost, LOST] as const,
        [stalls, { kind: "stall", milliseconds: stallMs, when: "before" }] as const].find(this.#drawn(seed))?.[1];
    if (fault !== undefined) {
      this.#failed.set(body, failed + 1);
      this.#happened += 1;
    }
    return fault;
  }

  /** Whether the one number that is drawn falls into a share; shares are laid side by side. */
  #drawn(seed: number): (share: readonly [number, Fault]) => boolean {
    this.#state = ((this.#state || seed) + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    let left = ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    return ([share]) => {
      const hit = left < share;
      left -= share;
      return hit;
    };
  }

  /** How many have happened: a test of a fault that never came tests nothing. */
  get happened(): number {
    return this.#happened;
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}
