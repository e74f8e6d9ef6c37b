// What a framework gives to hooks and components: data that is fetched and kept, changes, and state.
import type { Client } from "../client.ts";
import type { SessionKeeper } from "../session/index.ts";
import type { Texts } from "../texts/texts.ts";
import type { Child, Slots } from "./element.ts";

/** As TanStack Query takes them, whichever framework it is for. */
export interface QueryOptions<T> {
  queryKey: readonly unknown[];
  queryFn: (context: { signal: AbortSignal }) => Promise<T>;
  /** Asks only then. */
  enabled?: boolean;
  /** Milliseconds for which it is not asked again. */
  staleTime?: number;
}

export interface Query<T> {
  readonly data: T | undefined;
  /** Why there is nothing to show; null where something was fetched before, which stays. */
  readonly error: unknown;
  readonly isPending: boolean;
  /** It waits for the network. */
  readonly isPaused: boolean;
  refetch(): Promise<unknown>;
}

export interface ChangeOptions<I, O> {
  change: (input: I) => Promise<O>;
  /** Queries whose keys begin so are asked anew; `"organization"`: the person is in another one, and nothing of the one before stays. */
  invalidates: readonly (readonly unknown[])[] | "organization";
}

export interface Change<I, O> {
  /** Rejects with what was refused, which `error` has, too. */
  run(input: I): Promise<O>;
  readonly isRunning: boolean;
  readonly error: unknown;
  reset(): void;
}

export interface State<T> {
  get(): T;
  set(value: T): void;
}

/** What components see of the session keeper. */
export type SessionHandle = Pick<SessionKeeper, "state" | "subscribe" | "takeOver" | "signOut">;

export interface Surroundings {
  client: Client;
  session: SessionHandle | undefined;
  texts: Texts;
}

export interface Tools extends Surroundings {
  query<T>(options: () => QueryOptions<T>): Query<T>;
  change<I, O>(options: ChangeOptions<I, O>): Change<I, O>;
  state<T>(initial: T): State<T>;
  /** What changes outside of the framework. */
  observed<T>(get: () => T, subscribe: (changed: () => void) => () => void): () => T;
  /** For labels and what they name; unique on the page, the same on a server. */
  id(): string;
}

/** A component of both frameworks. */
export interface Definition<Props extends object> {
  name: string;
  /** The names of all of its properties. */
  props: readonly (keyof Props & string)[];
  /** Called once by Vue, with each rendering by React; what it returns shows the component. */
  setup(tools: Tools, props: Readonly<Props>): (slots: Slots) => Child;
}
