// A mail provider: a stand-in for Resend's API (`POST /emails`), which knows keys as Resend does. A repeated key with the same mail is
// answered as the first time, one with another mail is refused.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { KEPT_OPEN } from "./kept-open.ts";

export interface Mail {
  from: string;
  to: string[];
  subject: string;
  html: string;
  text: string;
  headers?: Record<string, string>;
}

export class MailStandIn {
  /** What was taken, by its key. */
  readonly taken = new Map<string, Mail>();
  /** How often it was asked. */
  asked = 0;
  /** Answers with these in place of taking a mail, one each. */
  troubles: { status: number; headers?: Record<string, string> }[] = [];
  /** Takes the next mail, and hangs up before it has said so. */
  losesAnswer = false;
  readonly #server: Server = createServer(KEPT_OPEN, (request, response) => {
    void text(request).then((body) => {
      this.asked += 1;
      const key = request.headers["idempotency-key"];
      const answer = (status: number, said: object, headers: Record<string, string> = {}) =>
        response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(said));
      if (request.method !== "POST" || request.url !== "/emails") return answer(404, { name: "not_found" });
      if (request.headers.authorization !== "Bearer re_suite") return answer(401, { name: "missing_api_key" });
      if (typeof key !== "string" || key.length < 1 || key.length > 256) return answer(400, { name: "invalid_idempotency_key" });
      const trouble = this.troubles.shift();
      if (trouble !== undefined) return answer(trouble.status, { name: "trouble", message: "not now" }, trouble.headers);
      const mail = JSON.parse(body) as Mail;
      const first = this.taken.get(key);
      if (first !== undefined && JSON.stringify(first) !== JSON.stringify(mail)) return answer(409, { name: "invalid_idempotent_request" });
      this.taken.set(key, mail);
      if (this.losesAnswer) {
        this.losesAnswer = false;
        return response.destroy();
      }
      return answer(200, { id: `mail-of-${key.slice(-8)}` });
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  to(address: string): Mail[] {
    return [...this.taken.values()].filter(({ to }) => to.includes(address));
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
