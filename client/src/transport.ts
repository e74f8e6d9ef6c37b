// One exchange with Tallygate: how a request leaves and what comes back, before anybody judges it.

/** A request as it leaves. */
export interface Outgoing {
  method: "GET" | "POST" | "PATCH";
  /** Behind `/functions/v1/`: `track-usage/summary?days=7`. */
  path: string;
  headers: Record<string, string>;
  /** JSON text; undefined for a GET. */
  body: string | undefined;
  signal: AbortSignal | undefined;
  /** The request outlives the page that sends it. */
  keepalive: boolean;
}

/** What came back. */
export interface Incoming {
  status: number;
  /** The parsed body; undefined where it is no JSON. */
  body: unknown;
  text: string;
  header(name: string): string | null;
}

/** Sends one request once. It rejects where no answer came. */
export type Transport = (request: Outgoing) => Promise<Incoming>;

/** Straight to the gateway, at `https://api.example.com` or wherever it is; the address of its functions (`…/functions/v1`) is the same. */
export function fetchTransport(url: string, send: typeof fetch = (...request) => fetch(...request)): Transport {
  const base = `${url.replace(/\/+$/, "").replace(/\/functions\/v1$/, "")}/functions/v1/`;
  return async ({ path, method, headers, body, signal, keepalive }) => {
    // Redirects are not followed: a token goes to the gateway and nowhere else. No cookie is needed; Workers have none to leave out.
    const cookies = "credentials" in Request.prototype ? { credentials: "omit" as const } : {};
    return incoming(await send(base + path, { method, headers, body, signal, redirect: "manual", ...cookies, ...(keepalive && { keepalive }) }));
  };
}

/** Reads an answer to its end. */
export async function incoming(response: Response): Promise<Incoming> {
  const text = await response.text();
  return { status: response.status, text, body: parsed(text), header: (name) => response.headers.get(name) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
