// The way in: who asks, in which version, under which idempotency key; and what a test lets go wrong on it.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { Stripe } from "stripe";
import { KEPT_OPEN } from "../kept-open.ts";
import type { Account } from "./account.ts";
import { answerOf, checkRequest, endpointFor } from "./endpoints.ts";
import { StripeFailure, invalid } from "./failure.ts";
import { Faults, type Fault } from "./faults.ts";
import { formOf, type Form } from "./form.ts";
import { Idempotency, type Answer } from "./idempotency.ts";
import { newId } from "./objects.ts";

/** A request as it came. */
export interface LoggedRequest {
  method: string;
  /** Without the query. */
  path: string;
  /** The fields of the body and of the query as they were sent: `items[0][price]`. */
  fields: Record<string, string>;
  /** The same as a tree. */
  form: { [name: string]: Form };
  headers: IncomingHttpHeaders;
  /** What was answered; undefined as long as nothing is, or where the answer was lost. */
  status: number | undefined;
}

export class StripeServer {
  readonly faults = new Faults();
  readonly requests: LoggedRequest[] = [];
  /** How long each answer takes, in milliseconds. */
  delay = 0;
  readonly #account: Account;
  readonly #key: string;
  readonly #idempotency = new Idempotency();
  readonly #server: Server;

  constructor(account: Account, key: string) {
    this.#account = account;
    this.#key = key;
    this.#server = createServer(KEPT_OPEN, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        // A mistake in here must not look like one of Stripe's refusals.
        respond(response, { status: 500, body: { error: { type: "api_error", message: `The stand-in failed: ${String((error as Error).stack)}` } } });
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => this.#server.once("error", reject).listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** As `Idempotency.keepAll()`. */
  keepKeys(): () => void {
    return this.#idempotency.keepAll();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const url = new URL(incoming.url ?? "/", "http://stripe");
    const fields = [...url.searchParams, ...new URLSearchParams(body)];
    const { method = "GET", headers } = incoming;
    const request: LoggedRequest = { method, path: url.pathname, fields: Object.fromEntries(fields), form: formOf(fields), headers, status: undefined };
    this.requests.push(request);
    const pattern = endpointFor(method, request.path)?.endpoint.path;
    response.setHeader("request-id", newId("req"));

    const before = this.faults.take(method, request.path, pattern, false);
    if (before) return this.#fail(before, request, response);
    const { answer, replayed } = await this.#answer(request, pattern);
    const after = this.faults.take(method, request.path, pattern, true);
    if (after) return this.#fail(after, request, response);
    request.status = answer.status;
    if (replayed) response.setHeader("idempotent-replayed", "true");
    const key = headers["idempotency-key"];
    if (key !== undefined) response.setHeader("idempotency-key", key);
    respond(response, answer);
  }

  async #answer(request: LoggedRequest, pattern: string | undefined): Promise<{ answer: Answer; replayed: boolean }> {
    const { method, path } = request;
    const key = method === "POST" ? String(request.headers["idempotency-key"] ?? "") : "";
    const fingerprint = JSON.stringify([path, Object.entries(request.fields).sort()]);
    try {
      const found = this.#admit(request, key);
      const earlier = key === "" ? undefined : this.#idempotency.earlier(key, fingerprint);
      if (earlier) return { answer: earlier, replayed: true };
      checkRequest(found.endpoint, request.form);
      if (key !== "") this.#idempotency.begin(key, fingerprint);
      this.#account.cause = { id: newId("req"), idempotency_key: key === "" ? null : key };
      const answer = refusalOr(() => answerOf(this.#account, { ...found, form: request.form }));
      this.#account.cause = { id: null, idempotency_key: null };
      await this.faults.wait(method, path, pattern);
      if (this.delay > 0) await pause(this.delay);
      if (key !== "") this.#idempotency.keep(key, fingerprint, answer);
      return { answer, replayed: false };
    } catch (error) {
      return { answer: refusal(error), replayed: false };
    }
  }

  #admit({ method, path, headers }: LoggedRequest, key: string): NonNullable<ReturnType<typeof endpointFor>> {
    const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1];
    const message = bearer === undefined
      ? "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
      : `Invalid API Key provided: ${bearer.slice(0, 8)}${"*".repeat(8)}${bearer.slice(-4)}`;
    if (bearer !== this.#key) throw new StripeFailure(401, { type: "invalid_request_error", message });
    // Stripe itself takes any version of its own, and the account's where none is named: a worker must pin one.
    const version = headers["stripe-version"];
    if (version !== Stripe.API_VERSION) throw invalid(`Invalid Stripe API version: ${version ?? "none"}. This stand-in speaks ${Stripe.API_VERSION} only.`);
    const found = endpointFor(method, path);
    if (!found) throw new StripeFailure(404, { type: "invalid_request_error", message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.` });
    if (method !== "POST") return found;
    if (!(headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")) {
      throw invalid("Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.");
    }
    // Stripe takes a POST without a key as well; a worker that sends one cannot try it again safely.
    if (key === "") throw invalid("This stand-in wants an Idempotency-Key with every POST.");
    if (key.length > 255) throw invalid("Idempotency keys cannot be longer than 255 characters.");
    return found;
  }

  #fail(fault: Fault, request: LoggedRequest, response: ServerResponse): void {
    if (fault.hang) return;
    if (fault.reset || fault.status === undefined) {
      response.destroy();
      return;
    }
    request.status = fault.status;
    if (fault.location !== undefined) response.setHeader("location", fault.location);
    const limited = fault.status === 429;
    response.setHeader("stripe-should-retry", String(limited || fault.status >= 500));
    respond(response, {
      status: fault.status,
      body: { error: limited
        ? { type: "invalid_request_error", code: "rate_limit", message: "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits." }
        : { type: "api_error", message: "An unknown error occurred" } },
    });
  }
}

function refusalOr(work: () => object): Answer {
  try {
    return { status: 200, body: work() };
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): Answer {
  if (!(error instanceof StripeFailure)) throw error;
  return { status: error.status, body: { error: error.error } };
}

function respond(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", "stripe-version": Stripe.API_VERSION }).end(JSON.stringify(body, null, 2));
}
