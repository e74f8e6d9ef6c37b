// What the peers share: edge functions as they are usually written in TypeScript, one query after another.
import { jwtVerify } from "jose";

/** What the peers use of D1. */
export interface Database {
  prepare(sql: string): Prepared;
}

interface Prepared {
  bind(...values: (string | number | null)[]): Prepared;
  first<T>(): Promise<T | null>;
  run(): Promise<unknown>;
}

export interface Environment {
  DB: Database;
  JWT_SECRET: string;
  /** Where there is no D1: Postgres over HTTP. */
  POSTGRES_URL?: string;
  POSTGRES_HTTP_ENDPOINT?: string;
}

/** The same over Neon's protocol, a request for each query. */
class OverHttp implements Database {
  readonly #url: string;
  readonly #endpoint: string;

  constructor(url: string, endpoint: string) {
    this.#url = url;
    this.#endpoint = endpoint;
  }

  prepare(sql: string, values: (string | number | null)[] = []): Prepared {
    let count = 0;
    const query = sql.replace(/\?/g, () => `$${++count}`);
    const send = async (): Promise<Record<string, string | null>[]> => {
      const headers = { "neon-connection-string": this.#url, "neon-raw-text-output": "true", "content-type": "application/json" };
      const body = JSON.stringify({ query, params: values.map((value) => (value === null ? null : String(value))) });
      const reply = await fetch(this.#endpoint, { method: "POST", headers, body });
      if (!reply.ok) throw new Error(await reply.text());
      return ((await reply.json()) as { rows: Record<string, string | null>[] }).rows;
    };
    // Whole numbers come as text.
    const parsed = (value: string | null) => (value !== null && /^-?\d+$/.test(value) ? Number(value) : value);
    return {
      bind: (...bound) => this.prepare(sql, bound),
      first: async <T>() => {
        const [row] = await send();
        return row === undefined ? null : (Object.fromEntries(Object.entries(row).map(([name, value]) => [name, parsed(value)])) as T);
      },
      run: send,
    };
  }
}

/** An answer that ends the request early. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A function from its handler: signs the caller in, reads the body, turns errors into replies. */
export function serve(handle: (userId: string, body: Record<string, unknown>, env: Environment) => Promise<object>): {
  fetch(request: Request, env: Environment): Promise<Response>;
} {
  return {
    async fetch(request, env) {
      try {
        const userId = await signedIn(request, env);
        const body = (await request.json()) as Record<string, unknown>;
        const { POSTGRES_URL: url, POSTGRES_HTTP_ENDPOINT: endpoint } = env;
        const database = url !== undefined && endpoint !== undefined ? { ...env, DB: new OverHttp(url, endpoint) } : env;
        return Response.json({ success: true, ...(await handle(userId, body, database)) });
      } catch (error) {
        if (error instanceof HttpError) return Response.json({ success: false, error: error.message }, { status: error.status });
        return Response.json({ success: false, error: "Internal server error" }, { status: 500 });
      }
    },
  };
}

async function signedIn(request: Request, env: Environment): Promise<string> {
  const token = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined) throw new HttpError(401, "Unauthorized");
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(env.JWT_SECRET), { algorithms: ["HS256"] });
    if (payload.sub !== undefined) return payload.sub;
  } catch {
    // A wrong token and a token of nobody get the same answer.
  }
  throw new HttpError(401, "Unauthorized");
}
