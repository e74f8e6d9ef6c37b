// Somebody who is sent events: a real server, whose paths answer well or badly.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KEPT_OPEN } from "./kept-open.ts";

/** What a receiver's path does. */
export type Manner =
  /** Answers with this status. */
  | number
  /** The same with these headers. */
  | { status: number; headers: Record<string, string> }
  /** Never answers. */
  | "hangs"
  /** Ends the connection without an answer. */
  | "closes"
  /** Sends the head of its answer byte by byte, and never to its end. */
  | "drips its head"
  /** Answers 200, and its body comes byte by byte and never ends. */
  | "drips its body"
  /** Answers with a redirect to the path `/elsewhere`. */
  | "redirects"
  /** Answers with this status, after something else was done. */
  | (() => Promise<number>);

export interface Got {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export class Receiver {
  readonly got: Got[] = [];
  readonly #server: Server;
  readonly #manners = new Map<string, Manner>();
  readonly #dripping = new Set<NodeJS.Timeout>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Receiver> {
    const server = createServer(KEPT_OPEN);
    const receiver = new Receiver(server);
    server.on("request", (request, response) => void receiver.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  /** The address of a path, which answers in that manner from now on. */
  url(path: string, manner: Manner = 200): string {
    this.#manners.set(`/${path}`, manner);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${path}`;
  }

  /** What a path got, in order. */
  at(path: string): Got[] {
    return this.got.filter((request) => request.path === `/${path}`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? "";
    this.got.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
    const manner = this.#manners.get(path) ?? 404;
    if (typeof manner === "number") {
      response.writeHead(manner, { "content-type": "text/plain" }).end(manner < 300 ? "thanks" : "x".repeat(100_000));
      return;
    }
    if (typeof manner === "object") {
      response.writeHead(manner.status, manner.headers).end();
      return;
    }
    if (typeof manner === "function") {
      response.writeHead(await manner()).end();
      return;
    }
    switch (manner) {
      case "hangs": return;
      case "closes": request.socket.destroy(); return;
      case "redirects": response.writeHead(307, { location: "/elsewhere" }).end(); return;
      case "drips its head": this.#drip((byte) => request.socket.write(byte), "HTTP/1.1 200 OK\r\nx: "); return;
      case "drips its body":
        response.writeHead(200);
        this.#drip((byte) => response.write(byte), "");
    }
  }

  #drip(write: (byte: string) => void, start: string): void {
    let place = 0;
    this.#dripping.add(setInterval(() => write(start[place++] ?? "a"), 10));
  }

  async close(): Promise<void> {
    for (const dripping of this.#dripping) clearInterval(dripping);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
