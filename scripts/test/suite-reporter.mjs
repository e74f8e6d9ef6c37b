// @ts-check
// Node's own report, of each suite by itself, and a line after it by which `runners.mjs` knows that the suite has ended.
import { spec } from "node:test/reporters";

/** Begins the line that ends a suite; no program writes it by chance. */
export const ENDED = "\u001e ended ";
/** Follows it where the suite's tests have passed, and it has some. */
export const WELL = "well";

/** @typedef {{ type: string, data: { name: string, nesting: number, skip?: boolean | string, details: { type?: string } } }} Event */

/** @param {AsyncIterable<any>} source */
export default async function* report(source) {
  let suite = new Suite();
  for await (const event of source) {
    yield suite.take(event);
    if (!suite.hasEnded) continue;
    yield* suite.rest();
    suite = new Suite();
  }
}

class Suite {
  hasEnded = false;
  #spec = new spec();
  #passed = 0;
  #skipped = 0;
  #failed = 0;

  /** @param {Event} event */
  take(event) {
    this.#spec.write(event);
    if (event.type === "test:pass" || event.type === "test:fail") this.#count(event);
    return String(this.#spec.read() ?? "");
  }

  /** @param {Event} event */
  #count({ type, data }) {
    // Of a group that is skipped nothing else is told.
    const isSkipped = data.skip !== undefined && data.skip !== false;
    if (type === "test:fail") this.#failed += 1;
    else if (isSkipped) this.#skipped += 1;
    else if (data.details.type !== "suite") this.#passed += 1;
    this.hasEnded = data.nesting === 0;
  }

  /** What failed, once more, the numbers as Node has them, and that it has ended. */
  async *rest() {
    this.#spec.end();
    for await (const text of this.#spec) yield String(text);
    const isWell = this.#failed === 0 && this.#passed + this.#skipped > 0;
    yield `ℹ pass ${this.#passed}\nℹ fail ${this.#failed}\nℹ skipped ${this.#skipped}\n${ENDED}${isWell ? WELL : "not well"}\n`;
  }
}
