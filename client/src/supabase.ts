// Over supabase-js's `functions.invoke`, for pages that have that client already: its address, its keys and its token are used.
import { incoming, type Incoming, type Transport } from "./transport.ts";

/** What is used of `supabase.functions`. */
export interface SupabaseFunctions {
  invoke(
    name: string,
    options: { method: "GET" | "POST" | "PATCH"; headers: Record<string, string>; body?: string; signal?: AbortSignal },
  ): Promise<{ data: unknown; error: unknown; response?: Response }>;
}

export function supabaseTransport(functions: SupabaseFunctions): Transport {
  return async ({ path, method, headers, body, signal }) => {
    const { data, error, response } = await functions.invoke(path, { method, headers, ...(body === undefined ? {} : { body }), ...(signal === undefined ? {} : { signal }) });
    if (error === null || error === undefined) return answered(data, response);
    // A refusal: supabase-js hands the unread answer over in the error's context.
    const refused = (error as { context?: unknown }).context;
    if (refused instanceof Response) return incoming(refused);
    throw error;
  };
}

function answered(data: unknown, response: Response | undefined): Incoming {
  return {
    status: response?.status ?? 200,
    body: typeof data === "string" ? undefined : data,
    text: typeof data === "string" ? data : JSON.stringify(data),
    header: (name) => response?.headers.get(name) ?? null,
  };
}
