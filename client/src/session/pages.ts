// The open pages of one browser: which of them speaks, and which is the last one to go.
import type { SessionState } from "./state.ts";

/** What they tell each other. */
export interface Said {
  state?: SessionState;
  signedOut?: true;
  /** A page is there now. */
  came?: true;
  /** The page that goes. */
  left?: string;
}

/** Runs `work` while no other page of the browser does. Where there are no Web Locks, each page speaks for itself. */
export async function alone<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
  if (!("locks" in navigator)) return work();
  try {
    return await navigator.locks.request(name, signal === undefined ? {} : { signal }, work) as T;
  } catch (error) {
    // Given up while another page had the word.
    if (signal?.aborted === true) return undefined;
    throw error;
  }
}

export class OpenPages {
  /** This page, for the others. */
  readonly id = crypto.randomUUID();
  readonly #prefix: string;
  readonly #gone = new AbortController();
  /** Pages that have said that they go; their locks are let go a moment later. */
  readonly #left = new Set<string>();
  readonly #channel: BroadcastChannel;
  #isLast = true;
  #staysUntil = 0;

  /** `heard` is told what another page says, unless that is only that it is there or goes. */
  constructor(name: string, heard: (said: Said) => void) {
    this.#prefix = `${name}:page:`;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Said>) => {
      if (data.came === true || data.left !== undefined) void this.count(data.left);
      else heard(data);
    };
  }

  /** To all others. */
  say(said: Said): void {
    this.#channel.postMessage(said);
  }

  /** Counts this page among the open ones until it goes. */
  async enter(): Promise<void> {
    if (!("locks" in navigator)) {
      // Nothing tells of other pages, so none takes itself for the last one.
      this.#isLast = false;
      return;
    }
    await new Promise<void>((entered) => {
      const open = new Promise<void>((left) => this.#gone.signal.addEventListener("abort", () => left()));
      void navigator.locks.request(this.#prefix + this.id, () => {
        entered();
        return open;
      });
    });
    await this.count();
  }

  leave(): void {
    this.#gone.abort();
    this.#channel.close();
  }

  /** Looks how many pages are open: while a page goes there is no time to. */
  async count(left?: string): Promise<void> {
    if (!("locks" in navigator)) return;
    if (left !== undefined) this.#left.add(this.#prefix + left);
    const { held = [] } = await navigator.locks.query();
    const open = held.filter(({ name = "" }) => name.startsWith(this.#prefix) && !this.#left.has(name));
    this.#isLast = open.length <= 1;
  }

  /** A reload, or a link to another page of the same origin: the browser goes on being here. */
  watchNavigation(signal: AbortSignal): void {
    const { navigation } = globalThis as { navigation?: EventTarget };
    navigation?.addEventListener("navigate", (event) => {
      const { destination, navigationType } = event as Event & { destination?: { url: string; sameDocument: boolean }; navigationType?: string };
      const isHere = navigationType === "reload" || (destination !== undefined && !destination.sameDocument && new URL(destination.url).origin === location.origin);
      if (isHere) this.#staysUntil = Date.now() + 5_000;
    }, { signal });
  }

  /** Whether the browser has no page of the product any more once this one is gone. */
  get isLast(): boolean {
    return this.#isLast && Date.now() > this.#staysUntil;
  }
}
