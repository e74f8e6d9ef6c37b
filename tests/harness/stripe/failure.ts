// Stripe's refusals in the form that its API gives them (https://docs.stripe.com/api/errors, /error-codes).

export interface StripeError {
  type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  doc_url?: string;
  charge?: string;
}

export class StripeFailure extends Error {
  readonly status: number;
  readonly error: StripeError;

  constructor(status: number, error: StripeError) {
    super(error.message);
    this.status = status;
    this.error = error.code === undefined ? error : { ...error, doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll("_", "-")}` };
  }
}

export function invalid(message: string, param?: string, code?: string): StripeFailure {
  return new StripeFailure(400, { type: "invalid_request_error", message, param, code });
}

/** 404 where the path names it, 400 where a field does. */
export function missing(what: string, id: string, param = "id"): StripeFailure {
  return new StripeFailure(param === "id" ? 404 : 400, { type: "invalid_request_error", code: "resource_missing", message: `No such ${what}: '${id}'`, param });
}

export function declined(charge?: string): StripeFailure {
  return new StripeFailure(402, { type: "card_error", code: "card_declined", decline_code: "generic_decline", message: "Your card was declined.", charge });
}

/** What Stripe would do and the stand-in does not: it says so, since silence would be taken for consent. */
export function notModelled(what: string): StripeFailure {
  return new StripeFailure(501, { type: "api_error", message: `This stand-in for Stripe does not do what ${what} asks for; see tests/harness/stripe/stand-in.ts.` });
}
