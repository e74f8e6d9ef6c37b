// Heartbeats: of a browser's visible pages one beats for all, and another one takes over when that one is hidden or goes.
import { alone } from "./pages.ts";
import { backoff } from "./sleep.ts";

/** What is beaten for. */
export interface Beaten {
  isLive(): boolean;
  /** When the session was last beaten, by whichever page, in milliseconds. */
  at(): Promise<number>;
  /** Beats once; false where no answer came. */
  beat(): Promise<boolean>;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Pace {
  name: string;
  /** Milliseconds between two heartbeats. */
  interval: number;
  /** The most milliseconds that the first one after a sleep waits. */
  spread: number;
  random: () => number;
}

export class Turn {
  readonly #session: Beaten;
  readonly #pace: Pace;
  /** Ends with this page's turn to beat, or its wait for one. */
  #under: AbortController | undefined;

  constructor(session: Beaten, pace: Pace) {
    this.#session = session;
    this.#pace = pace;
  }

  /** Beats while this page is visible and has the word. */
  take(): void {
    if (document.visibilityState !== "visible") return this.end();
    if (!this.#session.isLive() || this.#under !== undefined) return;
    const under = (this.#under = new AbortController());
    void alone(`${this.#pace.name}:beat`, () => this.#beatWhile(under.signal), under.signal).finally(() => {
      if (this.#under === under) this.#under = undefined;
    });
  }

  end(): void {
    this.#under?.abort();
    this.#under = undefined;
  }

  async #beatWhile(signal: AbortSignal): Promise<void> {
    const { interval, spread, random } = this.#pace;
    for (let failures = 0; !signal.aborted && this.#session.isLive(); ) {
      // Another page may have beaten a moment ago.
      const beatenAt = await this.#session.at();
      const due = beatenAt + interval * (0.9 + 0.2 * random());
      const isLate = Date.now() > due + interval / 2;
      await this.#session.sleep(failures > 0 ? backoff(failures, random) : isLate ? spread * random() : untilThen(due, interval), signal);
      // A timer that comes late has slept with its laptop, and so have others'.
      if (failures === 0 && !isLate && Date.now() > due + interval / 2) continue;
      if (signal.aborted) return;
      // A request that was refused meanwhile has beaten already.
      if ((await this.#session.at()) > beatenAt) failures = 0;
      else failures = (await this.#session.beat()) ? 0 : failures + 1;
    }
  }
}

/** Milliseconds, and never more than a clock that was set back would make of it. */
function untilThen(due: number, interval: number): number {
  return Math.min(Math.max(0, due - Date.now()), interval * 1.1);
}
