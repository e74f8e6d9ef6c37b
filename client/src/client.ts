// The client: one typed function for each action, over one way to ask.
import { ACTIONS, type ActionName, type FunctionName, type Route } from "./actions.ts";
import { BOOKMARK, Bookmarks } from "./bookmark.ts";
import { RefusalError, UnreachableError } from "./refusals.ts";
import { millisecondsOf, orAborted, pause, waitBefore } from "./retries.ts";
import { fetchTransport, type Incoming, type Outgoing, type Transport } from "./transport.ts";
import type { Call, Input, Output } from "./types.ts";

/** What `x-session-id` and `x-session-secret` say. */
export interface Credentials {
  id: string;
  secret: string | undefined;
}

/** The session that requests name, as the session keeper has it. */
export interface SessionSource {
  /** What the session's own requests name. Undefined before there is a session. */
  credentials(): Credentials | undefined;
  /**
   * What all other requests name. While the browser is being registered it is not known yet, and they wait; it rejects with what the
   * registration was refused with, where they would be refused with that, too. Left out, `credentials` says it for them at once.
   */
  registered?(): Promise<Credentials | undefined>;
  /**
   * A request that named `used` was refused because the session has ended. Resolves to whether it lives after all, and the request is
   * worth another try.
   */
  ended(reason: string, used: Credentials | undefined): void | Promise<boolean>;
  /** The client tells how the newest token is had: what is kept in a browser belongs to the one whom it names. */
  asks?(getToken: TokenSource | undefined): void;
}

export type TokenSource = () => string | null | undefined | Promise<string | null | undefined>;

export interface ClientOptions {
  /** The gateway's address, with `/functions/v1` or without. */
  url?: string;
  /** In place of `url`: another way for requests, as `supabaseTransport(supabase.functions)`. */
  transport?: Transport;
  /** Asked before each try of a request: the auth provider knows the newest token. Null asks without one. */
  getToken?: TokenSource;
  /** The organization that requests are about; the caller's current one unless it is given. */
  organizationId?: string | (() => string | undefined);
  session?: SessionSource;
  /** Milliseconds for one try, `getToken` included; 15 000 unless given. */
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

/** A request and all of its tries. */
interface Asked {
  route: Route;
  /** Less what each try asks for anew. */
  request: Outgoing;
  more: CallOptions;
  /** The session that the newest try named. */
  named: Credentials | undefined;
}

function asker(options: ClientOptions): Asker {
  const { getToken, session, timeout = 15_000, random = Math.random } = options;
  const transport = options.transport ?? fetchTransport(options.url ?? "", options.fetch);
  const bookmarks = new Bookmarks(options.url ?? "");
  session?.asks?.(getToken);
  let lastToken: string | null | undefined;

  /** The session to name, which is known when no registration is under way. */
  const known = async ({ route, request }: Asked, signal: AbortSignal | undefined): Promise<Credentials | undefined> => {
    if (session?.registered === undefined || !route.waits || request.keepalive) return session?.credentials();
    return orAborted(session.registered.bind(session), signal);
  };

  /** What a try says of who asks. A token or an organization that fits into no header is the caller's error, and is thrown. */
  const ready = async (asked: Asked, signal: AbortSignal): Promise<Outgoing> => {
    const { request, more } = asked;
    if (!request.keepalive || lastToken === undefined) lastToken = await orAborted(async () => getToken?.(), signal);
    asked.named = await known(asked, signal);
    const { newest } = bookmarks;
    const state: Record<string, string> = newest === undefined ? {} : { [BOOKMARK]: newest };
    const headers = { ...request.headers, ...standing(lastToken, organization(options, more), asked.named), ...state };
    new Headers(headers);
    return { ...request, headers, signal: request.keepalive ? undefined : signal };
  };

  /** One try: the answer, or why there was none. It throws where the caller gave up. */
  const attempt = async (asked: Asked): Promise<Incoming | UnreachableError> => {
    const { signal } = asked.more;
    const late = AbortSignal.timeout(timeout);
    let isSent = false;
    try {
      const leaving = await ready(asked, either(late, signal));
      isSent = true;
      const answer = await transport(leaving);
      bookmarks.meet(leaving.headers[BOOKMARK], answer.header(BOOKMARK));
      return answer;
    } catch (cause) {
      signal?.throwIfAborted();
      if (!isSent && !late.aborted) throw cause;
      return new UnreachableError(late.aborted ? "timed_out" : "unreachable", cause);
    }
  };

  /** Tells the session's keeper of its end, and whether it lives after all. What the keeper itself asks is its way to find out. */
  const revives = async (error: Error, { route, more: { signal }, named }: Asked): Promise<boolean> => {
    const { code, reason } = error as { code?: string; reason?: unknown };
    const ended = code === "session_ended" && route.waits ? session?.ended(String(reason), named) : undefined;
    if (ended === undefined) return false;
    return orAborted(() => ended, either(AbortSignal.timeout(timeout), signal)).catch(() => {
      signal?.throwIfAborted();
      // A keeper that fails, or that finds nothing out in time, has not brought it back: the caller is told what was refused.
      return false;
    });
  };

  return async (path, route, input, more) => {
    more.signal?.throwIfAborted();
    const asked: Asked = { route, request: written(path, route, input, more), more, named: undefined };
    let isRevived = false;
    // A registration under way takes nothing off the time of a try.
    await known(asked, more.signal);
    for (let tries = 1; ; tries += 1) {
      const answer = await attempt(asked);
      if (!(answer instanceof Error) && isReply(answer, route)) return answer.body ?? answer.text;
      const error = answer instanceof Error ? answer : refusal(answer);
      const failed = answer instanceof Error
        ? { status: undefined, code: undefined, retryAfter: null }
        : { status: answer.status, code: error.code, retryAfter: answer.header("retry-after") };
      const wait = more.keepalive === true ? undefined : waitBefore(tries, failed, route.repeatable, random, Date.now());
      if (wait === undefined) {
        // What was refused so has done nothing, whatever it is: once the session lives again it is sent once more.
        if (isRevived || !(await revives(error, asked))) throw error;
        isRevived = true;
      } else {
        await pause(wait, more.signal);
      }
    }
  };
}

/** Aborts with the first of the two. */
function either(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other]);
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
  if (route.keyed === "request" && !("idempotencyKey" in input && input.idempotencyKey !== undefined)) headers["idempotency-key"] = more.idempotencyKey ?? crypto.randomUUID();
  return { ...base, path: to, body: JSON.stringify({ ...input, ...(route.keyed === "events" && eachKeyed(input, more)), ...constants }) };
}

/** Several events, each under a key of its own. */
function eachKeyed(input: { events?: { idempotencyKey?: string | null }[] }, { idempotencyKey }: CallOptions): object {
  const key = (index: number): string => (idempotencyKey === undefined ? crypto.randomUUID() : `${idempotencyKey}:${index}`);
  return { events: input.events?.map((event, index) => ({ ...event, idempotencyKey: event.idempotencyKey ?? key(index) })) };
}

function query(input: object): string {
  const said = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

/** Who asks, about which organization, from which browser. */
function standing(token: string | null | undefined, organizationId: string | undefined, credentials: Credentials | undefined): Record<string, string> {
  if (typeof (token ?? "") !== "string") throw new TypeError("getToken gave something that is no text.");
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

/** Whether it is Tallygate's own yes: a page in its place, or a proxy's, may well answer with 200. */
function isReply({ status, body, header }: Incoming, { isText }: Route): boolean {
  if (status < 200 || status >= 300) return false;
  return isText ? !/html/i.test(header("content-type") ?? "") : (body as { success?: unknown } | null | undefined)?.success === true;
}

function refusal({ status, body, header }: Incoming): RefusalError {
  const wait = millisecondsOf(header("retry-after"), Date.now());
  const isReadable = status >= 300 && typeof body === "object" && body !== null;
  return new RefusalError(status, isReadable ? body : {}, wait === undefined ? undefined : Math.ceil(wait / 1_000));
}

export type { Input, Output };
