// Whether a session lives after all that a request was refused for. It is counted in the page's own time, which no clock that is set
// changes.

/** Milliseconds in which requests that were sent before the session was heard of have been refused. */
const SAME_REFUSAL = 2_000;
/** Milliseconds in which what a page says when it goes has arrived. */
export const LATE_END = 15_000;

export class Revival {
  /** Under way while a request's refusal is looked into. */
  #looked: Promise<boolean> | undefined;
  /** When this page last heard that the session lives. */
  #heardAt = Number.NEGATIVE_INFINITY;
  /** Since then an end may be the one that this browser itself asked for when its page went. */
  #ownEndSince = Number.NEGATIVE_INFINITY;

  /** The server says that it lives: an end that had not arrived by the time in which it must have will not come any more. */
  lives(): void {
    this.#heardAt = performance.now();
    if (this.#heardAt - this.#ownEndSince >= LATE_END) this.#ownEndSince = Number.NEGATIVE_INFINITY;
  }

  /** Requests that left together are refused together, and one answer is for all: `isLive` where there is one, or what `look` finds. */
  answer(isLive: boolean, look: () => Promise<boolean>): boolean | Promise<boolean> {
    if (performance.now() - this.#heardAt < SAME_REFUSAL) return isLive;
    return (this.#looked ??= look().finally(() => (this.#looked = undefined)));
  }

  /** The page loaded again, and its own end may be on its way still. */
  expectOwnEnd(): void {
    this.#ownEndSince = performance.now();
  }

  /** Whether it may be on its way, or has arrived and nobody has met it yet. */
  get expectsOwnEnd(): boolean {
    return performance.now() < this.#ownEndSince + 2 * LATE_END;
  }

  /** Whether an end is that one; told once. */
  isOwnEnd(): boolean {
    const isOwn = this.expectsOwnEnd;
    this.#ownEndSince = Number.NEGATIVE_INFINITY;
    return isOwn;
  }
}
