// How the console's pages ask: as the client does, at addresses that only the staff has.
import { RefusalError, UnreachableError, fetchTransport } from "@tallygate/client";
import { currentToken } from "../sign-in/person.ts";
import type { ActName } from "./acts.ts";
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

/** What came of an act; the fields beside the message are those of some acts. */
export interface ActReply {
  message: string;
  inviteUrl?: string;
  key?: Schemas["ConsoleNewKey"];
  token?: string;
  /** There is more to deliver again. */
  nextCursor?: string | null;
  /** What a deletion would do. */
  organizations?: Schemas["OrganizationOutlook"][];
  subscriptionsCancelled?: number;
}

interface Asked {
  method: "GET" | "POST";
  path: string;
  body?: object;
  key?: string;
  signal?: AbortSignal;
}

const send = fetchTransport("");

/** Looks something up. */
export function look<A extends keyof Replies>(action: A, fields: Record<string, string | undefined>, signal?: AbortSignal): Promise<Replies[A]> {
  const said = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  return ask({ method: "GET", path: `${action}?${new URLSearchParams(said).toString()}`, signal }) as Promise<Replies[A]>;
}

/** Does something. The same key does it once. */
export function act(action: ActName, body: object, key?: string): Promise<ActReply> {
  return ask({ method: "POST", path: action, body, key }) as Promise<ActReply>;
}

/** Changes what a plan gives, or says what that would do. */
export function editFeature(change: Schemas["ConsoleEditFeatureRequest"]): Promise<Schemas["ConsoleEditFeatureReply"]> {
  return ask({ method: "POST", path: "edit-feature", body: change }) as Promise<Schemas["ConsoleEditFeatureReply"]>;
}

async function ask({ method, path, body, key, signal }: Asked): Promise<unknown> {
  const headers = {
    authorization: `Bearer ${(await currentToken()) ?? ""}`,
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(key !== undefined && { "idempotency-key": key }),
  };
  const reply = await send({ method, path: `console/${path}`, headers, body: body && JSON.stringify(body), signal, keepalive: false }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new UnreachableError("unreachable", cause);
  });
  if (reply.status >= 300) throw new RefusalError(reply.status, (reply.body ?? {}) as object);
  return reply.body;
}
