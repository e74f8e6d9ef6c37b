// Waiting in a page that may sleep, lose its network, or go.

/** Until the time is over, or it is given up; with `spread`, also a random part of that after the network is back. */
export function sleep(ms: number, signal: AbortSignal, spread?: () => number): Promise<void> {
  return new Promise((resolve) => {
    const awake = (): void => {
      clearTimeout(timer);
      removeEventListener("online", soon);
      signal.removeEventListener("abort", awake);
      resolve();
    };
    const soon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(awake, spread?.());
    };
    let timer = setTimeout(awake, ms);
    if (spread !== undefined) addEventListener("online", soon, { once: true });
    signal.addEventListener("abort", awake, { once: true });
    if (signal.aborted) awake();
  });
}

const LONGEST_BACKOFF = 60_000;

/** Milliseconds to wait after so many tries that failed, not all browsers the same. */
export function backoff(failures: number, random: () => number): number {
  return Math.min(LONGEST_BACKOFF, 1_000 * 2 ** failures) * (0.5 + random());
}
