// When a request that failed is sent once more, and how long after.

/** Tries of one request, the first one included. */
export const MOST_TRIES = 3;
/** Somebody waits for the answer: what `Retry-After` asks beyond this is handed on to the caller. */
export const LONGEST_WAIT = 10_000;
const FIRST_WAIT = 300;

export interface Failed {
  /** The answer's status; undefined where none came. */
  status: number | undefined;
  code: string | undefined;
  retryAfter: string | null;
}

/**
 * Milliseconds until the next try, or undefined where there is none.
 * `repeatable`: sending it twice has the effect of once. What is refused by the rate limit did nothing, whatever it is.
 */
export function waitBefore(tries: number, failed: Failed, repeatable: boolean, random: () => number, now: number): number | undefined {
  const limited = failed.code === "rate_limited";
  const passing = failed.status === undefined || failed.status === 503 || failed.status === 502 || failed.status === 504;
  if (tries >= MOST_TRIES || !(limited || (passing && repeatable))) return undefined;
  if (failed.code === "not_configured") return undefined;
  // A page of another origin may be unable to read the header; the gateway counts by the minute.
  const asked = millisecondsOf(failed.retryAfter, now) ?? (limited ? 60_000 : 0);
  if (asked > LONGEST_WAIT) return undefined;
  return asked + FIRST_WAIT * 2 ** (tries - 1) * (0.5 + random());
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110, 10.2.3). */
export function millisecondsOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Resolves after `ms`, or rejects as soon as `signal` aborts. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const aborted = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, ms);
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

/** What `work` comes to, or a rejection as soon as `signal` aborts. */
export function orAborted<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) return aborted();
    signal?.addEventListener("abort", aborted, { once: true });
    work().then(resolve, reject).finally(() => signal?.removeEventListener("abort", aborted));
  });
}
