// A client whose every answer is written down: what a story shows is the same each time.
import { ACTIONS, type ActionName, type FunctionName, type Route } from "../src/actions.ts";
import { createClient, type Client, type Output, type RefusalCode, type Refusals, type Transport } from "../src/index.ts";

/** By what it is asked for: an answer, or null for one that never comes. */
export type Script = Record<string, { status: number; body: object } | null>;

type Body<F extends FunctionName, A extends ActionName<F>> = Output<F, A> extends infer Reply ? (Reply extends unknown ? Omit<Reply, "success" | "message"> : never) : never;

export function replies<F extends FunctionName, A extends ActionName<F>>(fn: F, action: A, body: Body<F, A>): Script {
  return { [address(fn, action)]: { status: 200, body: { success: true, message: "…", ...(body as object) } } };
}

export function refuses<F extends FunctionName, Code extends RefusalCode>(fn: F, action: ActionName<F>, status: number, code: Code, error: string, details: Partial<Refusals[Code]> = {}): Script {
  return { [address(fn, action)]: { status, body: { success: false, error, message: error, code, ...details } } };
}

/** It is asked for, and the answer is long in coming. */
export const waits = <F extends FunctionName>(fn: F, action: ActionName<F>): Script => ({ [address(fn, action)]: null });

export function scriptedClient(script: Script): Client {
  const transport: Transport = (request) => {
    const { key, answer } = answerOf(script, request);
    if (answer === undefined) return Promise.reject(new Error(`The story has no answer for ${key}`));
    if (answer === null) return new Promise(() => undefined);
    return Promise.resolve({ status: answer.status, body: answer.body, text: "", header: () => null });
  };
  return createClient({ transport, getToken: () => "a-token" });
}

/** What is asked for, and its answer where the script has one. */
export function answerOf(script: Script, { method, path, body }: Pick<Parameters<Transport>[0], "method" | "path" | "body">): { key: string; answer: Script[string] | undefined } {
  const { action } = (body === undefined ? {} : JSON.parse(body)) as { action?: string };
  const key = keyOf(method, path.replace(/\?.*/, ""), action);
  return { key, answer: script[key] };
}

function address<F extends FunctionName>(fn: F, action: ActionName<F>): string {
  const { path, actions } = ACTIONS[fn];
  const route = (actions as Record<string, Route>)[action] as Route;
  return keyOf(route.method, route.segment === undefined ? path : `${path}/${route.segment}`, route.constants["action"]);
}

const keyOf = (method: string, path: string, action: string | undefined): string => `${method} ${path}${action === undefined ? "" : ` ${action}`}`;
