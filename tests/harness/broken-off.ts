// A request whose body does not come to its end.
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { parsed, type Reply } from "./reply.ts";

/** Sends these bytes as a body and says that there are no more, and then only listens. */
export async function brokenOff(url: string, method: string, headers: Record<string, string>, bytes: string): Promise<Reply> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const lines = Object.entries({ host: hostname, "content-type": "application/json", ...headers }).map((header) => header.join(": "));
  socket.end([`${method} ${pathname} HTTP/1.1`, ...lines, "", bytes].join("\r\n"));
  const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
  const [status = "", ...answered] = head.split("\r\n");
  const entries = answered.map((line) => line.split(": ")).map(([name = "", value = ""]): [string, string] => [name, value]);
  return { status: Number(status.split(" ")[1]), text: body, body: parsed(body), headers: new Headers(entries), cost: undefined };
}
