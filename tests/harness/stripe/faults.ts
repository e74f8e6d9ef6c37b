// What a test has go wrong on the way, or be slow.

export interface Fault {
  /** A path, `/v1/customers`, or an endpoint's, `/v1/subscriptions/:id`. */
  path: string | RegExp;
  method?: string;
  /** Answered in place of the endpoint's answer; 429 and 5xx are what Stripe asks to be tried again. */
  status?: number;
  /** Where the answer says that the endpoint is. */
  location?: string;
  /** Never answered. */
  hang?: true;
  /** The connection is broken off. */
  reset?: true;
  /** How many requests meet it; one unless said otherwise. */
  times?: number;
  /** Once the work is done and its answer kept, so that only the answer is lost. */
  after?: true;
}

/** A request that waits for the test before it is answered; its work is done by then. */
export interface Held {
  /** Once the request has come and its work is done. */
  readonly arrived: Promise<void>;
  release(): void;
}

interface Hold {
  path: string | RegExp;
  method: string | undefined;
  come: () => void;
  released: Promise<void>;
}

export class Faults {
  #faults: (Fault & { left: number })[] = [];
  #holds: Hold[] = [];

  failNext(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1 });
  }

  hold(path: string | RegExp, method?: string): Held {
    const come = deferred();
    const released = deferred();
    this.#holds.push({ path, method, come: come.resolve, released: released.promise });
    return { arrived: come.promise, release: released.resolve };
  }

  /** The fault that a request meets now, before its work or after it. */
  take(method: string, path: string, pattern: string | undefined, after: boolean): Fault | undefined {
    const found = this.#faults.find((fault) => (fault.after ?? false) === after && meets(fault, method, path, pattern));
    if (found && (found.left -= 1) === 0) this.#faults = this.#faults.filter((fault) => fault !== found);
    return found;
  }

  async wait(method: string, path: string, pattern: string | undefined): Promise<void> {
    const found = this.#holds.find((hold) => meets(hold, method, path, pattern));
    if (!found) return;
    this.#holds = this.#holds.filter((hold) => hold !== found);
    found.come();
    await found.released;
  }

  clear(): void {
    this.#faults = [];
  }
}

function meets({ path: wanted, method: by }: { path: string | RegExp; method?: string }, method: string, path: string, pattern: string | undefined): boolean {
  if (by !== undefined && by !== method) return false;
  return typeof wanted === "string" ? wanted === path || wanted === pattern : wanted.test(path);
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => { resolve = settle; });
  return { promise, resolve };
}
