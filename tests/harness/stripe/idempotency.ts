// Idempotency keys as Stripe documents them (docs.stripe.com/api/idempotent_requests): one answer a key, kept for a day,
// refused for other parameters and while the first request is still at work. What failed its checks is not kept.
import { StripeFailure } from "./failure.ts";

export interface Answer {
  status: number;
  body: object;
}

export class Idempotency {
  readonly #kept = new Map<string, { request: string; answer: Answer | undefined }>();

  /** The answer that a key already has; undefined where this request is its first. */
  earlier(key: string, request: string): Answer | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    if (kept.request !== request) {
      throw new StripeFailure(400, {
        type: "idempotency_error",
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    }
    if (!kept.answer) {
      throw new StripeFailure(409, {
        type: "idempotency_error", code: "idempotency_key_in_use",
        message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      });
    }
    return kept.answer;
  }

  /** From now on the key is in use. */
  begin(key: string, request: string): void {
    this.#kept.set(key, { request, answer: undefined });
  }

  /** Notes the keys that are known; what is given back forgets all others. */
  keepAll(): () => void {
    const kept = new Map(this.#kept);
    return () => {
      this.#kept.clear();
      for (const [key, answer] of kept) this.#kept.set(key, answer);
    };
  }

  keep(key: string, request: string, answer: Answer): void {
    this.#kept.set(key, { request, answer });
  }
}
