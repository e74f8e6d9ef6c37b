// What Tallygate says no with, and what it is when nothing was said.
import type { Refusals } from "./types.ts";

export type RefusalCode = keyof Refusals;

/** What every refusal has. */
export interface RefusalBase extends Error {
  /** The answer's status. */
  readonly status: number;
  /** Seconds to wait before it is worth asking again (`Retry-After`); undefined where nothing was said of it. */
  readonly retryAfter: number | undefined;
}

/** A refusal by its code, with the details of that code: `if (error.code === "upload_limit_exceeded") error.remaining`. */
export type Refusal = { [Code in RefusalCode]: RefusalBase & { readonly code: Code } & Refusals[Code] }[RefusalCode];

/** The class behind every refusal. Catch it by `isRefusal`, which tells codes apart. */
export class RefusalError extends Error {
  override readonly name = "RefusalError";
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | undefined;

  constructor(status: number, body: { error?: unknown; code?: unknown }, retryAfter?: number) {
    super(typeof body.error === "string" ? body.error : `Tallygate answered with status ${status}.`);
    this.status = status;
    this.code = typeof body.code === "string" ? body.code : "unreadable_answer";
    this.retryAfter = retryAfter;
    for (const [name, value] of Object.entries(body)) {
      // What an error has already (`message`, `toString`, a prototype), or would be taken for its own, is not taken over.
      if (name in this || ["error", "success", "cause"].includes(name)) continue;
      Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true });
    }
  }
}

/** Tallygate answered, and said no. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof RefusalError;
}

/** No answer came: the network is gone, or it took too long. Nothing is known of what the request did. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
  readonly code: "unreachable" | "timed_out";

  constructor(code: "unreachable" | "timed_out", cause: unknown) {
    super(code === "timed_out" ? "Tallygate took too long to answer." : "Tallygate could not be reached.", { cause });
    this.code = code;
  }
}

export function isUnreachable(error: unknown): error is UnreachableError {
  return error instanceof UnreachableError;
}
