// @ts-check
// In place of chance: bytes that follow from a name and from how many were drawn for it before.

/**
 * Draws one byte at a time, and the same ones in each run.
 * @param {string} name
 * @returns {() => number}
 */
export function chance(name) {
  // FNV-1a of the name is where mulberry32 begins.
  let state = 0x811c9dc5;
  for (const letter of name) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) & 0xff;
  };
}
