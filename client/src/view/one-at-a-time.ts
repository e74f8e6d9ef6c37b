// A button that is pressed again before its answer has come asks nothing a second time.
import { tried } from "./states.ts";
import type { Tools } from "./tools.ts";

/** Runs what may be refused, and nothing else of the same name while that is under way; the refusal is shown by whoever holds it. */
export function oneAtATime(tools: Tools): (work: () => Promise<unknown>, name?: string) => void {
  // The set is the same with each rendering, so that the second of two quick clicks sees the first one.
  const running = tools.state(new Set<string>()).get();
  return (work, name = "") => {
    if (running.has(name)) return;
    running.add(name);
    tried(work().finally(() => running.delete(name)));
  };
}
