// A server that could not be reached is asked again by itself, after waits that grow.
import { isUnreachable } from "../refusals.ts";

interface Asked {
  readonly state: { readonly error: unknown; readonly errorUpdateCount: number; readonly dataUpdateCount: number };
}

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;

/** Of each query: how often it had answered and failed when it last answered, and its wait since the last failure. */
const known = new WeakMap<Asked, { answered: number; failedBefore: number; failed: number; wait: number }>();

/** Milliseconds until the query is asked again, as TanStack's `refetchInterval` takes them. It says the same until the next failure. */
export function askedAgainIn(query: Asked, random: () => number = Math.random): number | false {
  const { error, errorUpdateCount, dataUpdateCount } = query.state;
  const before = known.get(query);
  if (!isUnreachable(error)) {
    if (error === null && before !== undefined && before.answered !== dataUpdateCount) known.delete(query);
    return false;
  }
  if (before?.failed === errorUpdateCount && before.answered === dataUpdateCount) return before.wait;
  const failedBefore = before?.answered === dataUpdateCount ? before.failedBefore : errorUpdateCount - 1;
  // Not all pages of a company at once.
  const wait = Math.round(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (errorUpdateCount - failedBefore - 1)) * (0.75 + 0.5 * random()));
  known.set(query, { answered: dataUpdateCount, failedBefore, failed: errorUpdateCount, wait });
  return wait;
}
