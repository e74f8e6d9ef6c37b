// The client: one typed function for each action, over one way to ask.
import { ACTIONS, type ActionName, type FunctionName, type Route } from "./actions.ts";
import { RefusalError, UnreachableError } from "./refusals.ts";
import { pause, waitBefore } from "./retries.ts";
import { fetchTransport, type Incoming, type Outgoing, type Transport } from "./transport.ts";
import type { Call, Input, Output } from "./types.ts";

/** The session that requests name, as the session keeper has it. */
export interface SessionSource {
  /** What `x-session-id` and `x-session-secret` say; undefined before there is a session. */
  credentials(): { id: string; secret: string | undefined } | undefined;
  /** Somebody was told that the session has ended. */
  ended(reason: string): void;
}

export interface ClientOptions {
  /** The gateway's address, without `/functions/v1`. */
  url?: string;
  /** In place of `url`: another way for requests, as `supabaseTransport(supabase.functions)`. */
  transport?: Transport;
  /** Asked before each try of a request: the auth provider knows the newest token. Null asks without one. */
  getToken?: () => string | null | undefined | Promise<string | null | undefined>;
  /** The organization that requests are about; the caller's current one unless it is given. */
  organizationId?: string | (() => string | undefined);
  session?: SessionSource;
  /** Milliseconds for one try; 15 000 unless given. */
  timeout?: number;
  fetch?: typeof fetch;
  /** Between 0 and 1, as `Math.random`. */
  random?: () => number;
}

export interface CallOptions {
  signal?: AbortSignal;
  organizationId?: string;
  /** Of a request that takes one (`Idempotency-Key`): the same key counts once. Made where it is left out. */
  idempotencyKey?: string;
  /** The request outlives the page: for what is said when it goes. Such a request is sent once and its token is the one used last. */
  keepalive?: boolean;
}

/** The calls of one function: `client.trackUsage.check({ feature: "uploads" })`. */
export type Client = { readonly [F in FunctionName]: { readonly [A in ActionName<F>]: Call<F, A> } };

export function createClient(options: ClientOptions): Client {
  const ask = asker(options);
  const functions = Object.entries(ACTIONS).map(([name, { path, actions }]) => [
    name,
    Object.fromEntries(
      Object.entries<Route>(actions).map(([action, route]) => [action, (input?: object, more?: CallOptions) => ask(path, route, input ?? {}, more ?? {})]),
    ),
  ]);
  return Object.fromEntries(functions) as Client;
}

type Asker = (path: string, route: Route, input: object, more: CallOptions) => Promise<unknown>;

function asker(options: ClientOptions): Asker {
  const { getToken, session, timeout = 15_000, random = Math.random } = options;
  const transport = options.transport ?? fetchTransport(options.url ?? "", options.fetch);
  let lastToken: string | null | undefined;

  return async (path, route, input, more) => {
    more.signal?.throwIfAborted();
    const request = written(path, route, input, more);
    for (let tries = 1; ; tries += 1) {
      if (!request.keepalive || lastToken === undefined) lastToken = await getToken?.();
      const headers = { ...request.headers, ...standing(lastToken, organization(options, more), session) };
      const answer = await attempt(transport, { ...request, headers }, timeout, more.signal);
      if (!(answer instanceof Error) && answer.status >= 200 && answer.status < 300) return answer.body ?? answer.text;
      const error = answer instanceof Error ? answer : refusal(answer);
      const failed = answer instanceof Error
        ? { status: undefined, code: undefined, retryAfter: null }
        : { status: answer.status, code: error.code, retryAfter: answer.header("retry-after") };
      const wait = request.keepalive ? undefined : waitBefore(tries, failed, route.repeatable, random, Date.now());
      if (wait === undefined) {
        if (error.code === "session_ended") session?.ended(String((error as { reason?: unknown }).reason));
        throw error;
      }
      await pause(wait, more.signal);
    }
  };
}

/** The request, less what each try asks for anew. */
function written(path: string, route: Route, input: object, more: CallOptions): Outgoing {
  const { method, segment, constants } = route;
  const headers: Record<string, string> = {};
  const to = segment === undefined ? path : `${path}/${segment}`;
  const base = { method, headers, signal: undefined, keepalive: more.keepalive ?? false };
  if (method === "GET") return { ...base, path: to + query(input), body: undefined };
  headers["content-type"] = "application/json";
  // One key for all tries of a request: it is what makes the second one safe.
  if (route.keyed && !("idempotencyKey" in input && input.idempotencyKey !== undefined)) headers["idempotency-key"] = more.idempotencyKey ?? crypto.randomUUID();
  return { ...base, path: to, body: JSON.stringify({ ...constants, ...input }) };
}

function query(input: object): string {
  const said = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

/** Who asks, about which organization, from which browser. */
function standing(token: string | null | undefined, organizationId: string | undefined, session: SessionSource | undefined): Record<string, string> {
  const credentials = session?.credentials();
  return {
    ...(token === null || token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(organizationId === undefined ? {} : { "x-organization-id": organizationId }),
    ...(credentials === undefined ? {} : { "x-session-id": credentials.id }),
    ...(credentials?.secret === undefined ? {} : { "x-session-secret": credentials.secret }),
  };
}

function organization({ organizationId }: ClientOptions, more: CallOptions): string | undefined {
  return more.organizationId ?? (typeof organizationId === "function" ? organizationId() : organizationId);
}

/** One try: the answer, or why there was none. It throws where the caller gave up. */
async function attempt(transport: Transport, request: Outgoing, timeout: number, given: AbortSignal | undefined): Promise<Incoming | UnreachableError> {
  const late = AbortSignal.timeout(timeout);
  try {
    return await transport({ ...request, signal: request.keepalive ? undefined : given === undefined ? late : AbortSignal.any([given, late]) });
  } catch (cause) {
    given?.throwIfAborted();
    return new UnreachableError(late.aborted ? "timed_out" : "unreachable", cause);
  }
}

function refusal({ status, body }: Incoming): RefusalError {
  return new RefusalError(status, typeof body === "object" && body !== null ? body : {});
}

export type { Input, Output };
