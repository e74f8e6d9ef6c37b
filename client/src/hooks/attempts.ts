// What one hook does, of several kinds: one refusal is shown, the newest, and it goes with the next attempt of any kind.
import { SignedOutMeanwhile } from "../view/session-queries.ts";
import type { Change, ChangeOptions, Tools } from "../view/tools.ts";

export interface Attempts {
  readonly refusal: unknown;
  change<I, O>(options: ChangeOptions<I, O>): Change<I, O>;
}

export function attempts(tools: Tools): Attempts {
  const refused = tools.state<unknown>(null);
  return {
    get refusal() { return refused.get(); },
    change<I, O>(options: ChangeOptions<I, O>): Change<I, O> {
      const change = tools.change(options);
      const run = (input: I): Promise<O> => {
        refused.set(null);
        return change.run(input).catch((error: unknown) => {
          // The next person is told nothing of it.
          if (!(error instanceof SignedOutMeanwhile)) refused.set(error);
          throw error;
        });
      };
      return {
        run,
        get isRunning() { return change.isRunning; },
        get error() { return change.error; },
        reset: () => change.reset(),
      };
    },
  };
}
