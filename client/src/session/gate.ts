// Where requests wait while the browser is being registered: what they would name before that is refused, and has to be sent twice.
import { isRefusal, type RefusalCode } from "../refusals.ts";

/** Milliseconds for which one registration holds them up. After that they are sent, whatever becomes of it. */
const PATIENCE = 5_000;

/** What refuses a registration and every other request, too. */
const FOR_ALL: readonly string[] = ["unauthenticated", "account_disabled", "session_conflict"] satisfies RefusalCode[];

/** What ends the wait. */
interface Held {
  open(): void;
  refuse(reason: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

export class Gate {
  #passage: Promise<void> = Promise.resolve();
  /** Undefined while nobody is held. */
  #held: Held | undefined;

  /** Resolves when the gate is open, for one after the other; rejects where the registration was refused. */
  get passage(): Promise<void> {
    return this.#passage;
  }

  /** A registration begins. Where one is under way already, its patience counts. */
  close(): void {
    if (this.#held !== undefined) return;
    this.#passage = new Promise((open, refuse) => {
      this.#held = { open, refuse, timer: setTimeout(() => this.open(), PATIENCE) };
    });
  }

  /** Whoever waits goes on, and so do all after them. */
  open(): void {
    const held = this.#noLonger();
    if (held === undefined) this.#passage = Promise.resolve();
    else held.open();
  }

  /**
   * The registration was refused. Where that refuses every other request, too, whoever waits is told so, and so are all after them until
   * the gate is closed or opened.
   */
  refuse(reason: unknown): void {
    if (!isRefusal(reason) || !FOR_ALL.includes(reason.code)) return;
    const held = this.#noLonger();
    if (held === undefined) this.#passage = Promise.reject(reason);
    else held.refuse(reason);
    // It may be that nobody waits.
    this.#passage.catch(() => undefined);
  }

  #noLonger(): Held | undefined {
    const held = this.#held;
    clearTimeout(held?.timer);
    this.#held = undefined;
    return held;
  }
}
