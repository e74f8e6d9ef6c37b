// Requests as a client sends them, and what came back.
import { Agent, request, type IncomingMessage } from "node:http";

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** What `Server-Timing` says a request cost. */
export interface Cost {
  batches: number;
  statements: number;
  /** How often the batches were sent; undefined where each was sent once. */
  tries: number | undefined;
  /** Rows; undefined on an engine that does not tell. */
  read: number | undefined;
  written: number | undefined;
}

export interface Reply {
  status: number;
  /** The parsed body; an empty object where there is none or it is not JSON. */
  body: { [name: string]: Json };
  text: string;
  headers: Headers;
  cost: Cost | undefined;
}

export interface Ask {
  /** Put into the body as `action`. */
  action?: string;
  body?: { [name: string]: unknown };
  token?: string;
  /** POST unless said otherwise. */
  method?: string;
  /** `undefined` leaves a header off that would be sent otherwise. */
  headers?: Record<string, string | undefined>;
  /** Sent as it is, in place of `body` and `action`. */
  rawBody?: string | Uint8Array<ArrayBuffer>;
  /** Behind the function's name, beginning with a slash or a question mark. */
  path?: string;
}

/**
 * Kept connections, as a browser has them; as many as a suite fires requests at once. The runtime closes one that had nothing
 * to do for five seconds, and a request that leaves at that moment is lost: ours are closed before.
 */
const agent = new Agent({ keepAlive: true, timeout: 3_000 });

/** Sends one request. Not by `fetch`, whose every reply is compressed and opened again: that is three times the work. */
export async function send(url: string, ask: Ask): Promise<Reply> {
  const method = ask.method ?? "POST";
  const body = bodyOf(ask, method);
  const wanted = {
    "content-type": body === undefined ? undefined : "application/json",
    authorization: ask.token === undefined ? undefined : `Bearer ${ask.token}`,
    // Where a body is refused unread the runtime drops the connection, and whoever is next on it would see that.
    connection: mayStayUnread(method, body) ? "close" : undefined,
    ...lowerCased(ask.headers ?? {}),
  };
  // Headers refuses what no client may send, and writes values as bytes.
  const headers = new Headers();
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined) headers.set(name, value);
  }
  if (body !== undefined) headers.set("content-length", String(body.length));
  const response = await exchange(new URL(url + (ask.path ?? "")), method, headers, body);
  return { ...response, body: parsed(response.text), cost: costOf(response.headers) };
}

interface Exchanged {
  status: number;
  headers: Headers;
  text: string;
}

/**
 * One request without anything of a client's. Where the machine is so busy that we close an idle connection later than the runtime
 * does, a request may be sent on one that is closed already: it was not read, and goes on a new one.
 */
export function exchange(url: URL, method: string, headers: Headers, body: Uint8Array | undefined): Promise<Exchanged> {
  return exchangeOn(agent, url, method, headers, body);
}

/**
 * `fetch` on a connection of its own. It keeps connections too, and tells nobody whether a request was lost on one that the runtime
 * had closed.
 */
export function fetchOnce(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("connection", "close");
  return fetch(url, { ...init, headers });
}

/** Whether a request was lost so, on a connection that others keep for us: one on which something was read before. */
export function leftTooLate(error: unknown): boolean {
  const { code, socket } = ((error as Error).cause ?? {}) as { code?: string; socket?: { bytesRead?: number } };
  return code === "UND_ERR_SOCKET" && (socket?.bytesRead ?? 0) > 0;
}

function exchangeOn(connections: Agent | false, url: URL, method: string, headers: Headers, body: Uint8Array | undefined): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: Object.fromEntries(headers), agent: connections }, (message) => {
      const chunks: Buffer[] = [];
      message.on("data", (chunk: Buffer) => chunks.push(chunk));
      message.on("error", reject);
      message.on("end", () => resolve({ status: message.statusCode ?? 0, headers: headersOf(message), text: Buffer.concat(chunks).toString() }));
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      if (sent.reusedSocket && error.code === "ECONNRESET") resolve(exchangeOn(false, url, method, headers, body));
      else reject(error);
    });
    sent.end(body);
  });
}

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers();
  for (let place = 0; place + 1 < message.rawHeaders.length; place += 2) headers.append(message.rawHeaders[place] ?? "", message.rawHeaders[place + 1] ?? "");
  return headers;
}

function bodyOf(ask: Ask, method: string): Uint8Array<ArrayBuffer> | undefined {
  if (typeof ask.rawBody === "string") return new TextEncoder().encode(ask.rawBody);
  if (ask.rawBody !== undefined) return ask.rawBody;
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return undefined;
  return new TextEncoder().encode(JSON.stringify({ ...(ask.action === undefined ? {} : { action: ask.action }), ...ask.body }));
}

function mayStayUnread(method: string, body: Uint8Array | undefined): boolean {
  return body !== undefined && (!["POST", "PATCH"].includes(method) || body.length > 60_000);
}

export function parsed(text: string): Reply["body"] {
  try {
    return JSON.parse(text) as Reply["body"];
  } catch {
    return {};
  }
}

/** `db;dur=3;desc="batches=1 statements=3 read=4 written=2"` */
function costOf(headers: Headers): Cost | undefined {
  const description = /\bdb;[^,]*desc="([^"]*)"/.exec(headers.get("server-timing") ?? "")?.[1];
  if (description === undefined) return undefined;
  const figure = (name: string): number | undefined => {
    const found = new RegExp(`\\b${name}=(\\d+)`).exec(description)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return { batches: figure("batches") ?? NaN, statements: figure("statements") ?? NaN, tries: figure("tries"), read: figure("read"), written: figure("written") };
}

function lowerCased(headers: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
