// Chance that can be had again: the same numbers for the same seed.

/** A whole number from 0 up to, and not including, `below`. */
export type Random = (below: number) => number;

/** Mulberry32, by Tommy Ettinger: 32 bits of state, good enough to shuffle. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The same in another order (Fisher and Yates). */
export function shuffled<T>(random: Random, all: readonly T[]): T[] {
  const list = [...all];
  for (let last = list.length - 1; last > 0; last -= 1) {
    const place = random(last + 1);
    [list[last], list[place]] = [list[place] as T, list[last] as T];
  }
  return list;
}
