// How the console's pages ask: as the client does, at addresses that only the staff has.
import { RefusalError, UnreachableError, fetchTransport } from "@tallygate/client";
import { signIn } from "../sign-in/person.ts";
import type { components } from "./api.ts";

type Schemas = components["schemas"];

interface Replies {
  search: Schemas["ConsoleSearchReply"];
  person: Schemas["ConsolePersonReply"];
  organization: Schemas["ConsoleOrganizationReply"];
  figures: Schemas["ConsoleFiguresReply"];
  inbox: Schemas["ConsoleInboxReply"];
  feature: Schemas["ConsoleFeatureReply"];
}

const send = fetchTransport("");

/** Looks something up. */
export function look<A extends keyof Replies>(action: A, fields: Record<string, string | undefined>, signal?: AbortSignal): Promise<Replies[A]> {
  const said = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  return ask("GET", `${action}?${new URLSearchParams(said).toString()}`, undefined, signal) as Promise<Replies[A]>;
}

/** Changes what a plan gives, or says what that would do. */
export function editFeature(change: Schemas["ConsoleEditFeatureRequest"]): Promise<Schemas["ConsoleEditFeatureReply"]> {
  return ask("POST", "edit-feature", change) as Promise<Schemas["ConsoleEditFeatureReply"]>;
}

async function ask(method: "GET" | "POST", path: string, body?: object, signal?: AbortSignal): Promise<unknown> {
  const headers = { authorization: `Bearer ${signIn.token ?? ""}`, ...(body !== undefined && { "content-type": "application/json" }) };
  const reply = await send({ method, path: `console/${path}`, headers, body: body && JSON.stringify(body), signal, keepalive: false }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new UnreachableError("unreachable", cause);
  });
  if (reply.status !== 200) throw new RefusalError(reply.status, (reply.body ?? {}) as object);
  return reply.body;
}
