// What a benchmark is asked for, read as every command reads it: `--help` tells and ends, and what cannot be meant is a sentence.
import { Failure, main } from "../scripts/run.mjs";

/** What `read` makes of the options; the process ends where it can make nothing of them. */
export async function commandLine<Asked>(read: () => Asked): Promise<Asked> {
  const asked: Asked[] = [];
  await main(() => Promise.resolve().then(() => { asked.push(read()); }));
  const [one] = asked;
  return one ?? process.exit();
}

/** A whole number of an option. */
export function whole(name: string, text: string, least = 1): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least) throw new Failure(`--${name} must be a whole number from ${least}, not "${text}".`);
  return number;
}
