// What goes in and comes out of each action, read off the types of the API's description.
import type { ActionName, FunctionName } from "./actions.ts";
import type { CallOptions } from "./client.ts";
import type { operations, refusals } from "./api.ts";

/** By code, what a refusal has beside its sentence. */
export type Refusals = refusals;

type Operation<F extends FunctionName, A extends ActionName<F>> = `${F}_${A}` extends keyof operations ? operations[`${F}_${A}`] : never;

type JsonOf<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
/** What there is of a thing that may be absent, or may never be there. */
type Given<T> = [NonNullable<T>] extends [never] ? unknown : NonNullable<T>;
type BodyOf<O> = O extends { requestBody?: infer Body } ? Given<JsonOf<NonNullable<Body>>> : unknown;
type QueryOf<O> = O extends { parameters: { query?: infer Query } } ? Given<Query> : unknown;
/** `Omit` for each of several forms. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Success<O> = O extends { responses: infer Responses } ? JsonOf<Responses[keyof Responses & (200 | 201)]> : never;

/** What an action takes. The body's `action` is said by the function's name here. */
export type Input<F extends FunctionName, A extends ActionName<F>> = Without<BodyOf<Operation<F, A>> & QueryOf<Operation<F, A>>, "action">;
/** What an action answers. */
export type Output<F extends FunctionName, A extends ActionName<F>> = Success<Operation<F, A>>;

/** A call: what it takes may be left out where nothing of it is required. */
export type Call<F extends FunctionName, A extends ActionName<F>> = Record<never, never> extends Input<F, A>
  ? (input?: Input<F, A>, options?: CallOptions) => Promise<Output<F, A>>
  : (input: Input<F, A>, options?: CallOptions) => Promise<Output<F, A>>;
