export { createClient, type CallOptions, type Client, type ClientOptions, type SessionSource } from "./client.ts";
export { isRefusal, isUnreachable, RefusalError, UnreachableError, type Refusal, type RefusalCode } from "./refusals.ts";
export { fetchTransport, type Incoming, type Outgoing, type Transport } from "./transport.ts";
export { supabaseTransport, type SupabaseFunctions } from "./supabase.ts";
export type { Input, Output, Refusals } from "./types.ts";
export type * from "./named.ts";
export type { components, operations } from "./api.ts";
