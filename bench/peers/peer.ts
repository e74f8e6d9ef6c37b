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
        return Response.json({ success: true, ...(await handle(userId, body, env)) });
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
