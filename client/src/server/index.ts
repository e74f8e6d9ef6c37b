// For a product's own servers: the same calls by a service key, and usage that waits while Tallygate cannot be reached.
import { createClient, type Client, type ClientOptions } from "../client.ts";
import type { KeptEvents } from "./kept-events.ts";
import { Usage } from "./usage.ts";

export interface ServerClientOptions extends Omit<ClientOptions, "getToken" | "session"> {
  /** `tg_…`, as `npm run key` shows it once. It belongs on a server: whoever has it counts for any organization it is good for. */
  serviceKey: string | undefined;
  /** Where usage waits; in this process's memory unless given. */
  kept?: KeptEvents;
}

export type ServerClient = Client & { readonly usage: Usage };

export function createServerClient({ serviceKey, kept, ...options }: ServerClientOptions): ServerClient {
  // An environment without it would else be told by each request that nobody is signed in.
  if (serviceKey === undefined || serviceKey === "") throw new TypeError("createServerClient needs a serviceKey: the one that was given is missing or empty.");
  const client = createClient({ ...options, getToken: () => serviceKey });
  return { ...client, usage: new Usage(client, kept) };
}

export { keptInMemory, type KeptEvent, type KeptEvents } from "./kept-events.ts";
export { Usage, type Flushed, type Outcome } from "./usage.ts";
export { isRefusal, isUnreachable, type Refusal, type RefusalCode } from "../refusals.ts";
