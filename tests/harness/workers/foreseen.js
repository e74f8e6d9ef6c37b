// Stands before a worker that has a clock, and draws for it: what is new in an answer follows from the requests before it.
import { chance } from "./chance.js";
import name from "./name.js";

export { default } from "./clocked.js";

const draw = chance(name);

crypto.getRandomValues = (drawn) => {
  const bytes = new Uint8Array(drawn.buffer, drawn.byteOffset, drawn.byteLength);
  for (const place of bytes.keys()) bytes[place] = draw();
  return drawn;
};
