// Sign-in by Supabase Auth, through its own package. The session is in this page's memory alone: a reload asks for a sign-in again.
import { createClient } from "@supabase/supabase-js";
import type { SignInProvider, SupabaseSettings } from "./provider.ts";

export function supabase({ url, key }: SupabaseSettings): SignInProvider {
  const { auth } = createClient(url, key, { auth: { persistSession: false, autoRefreshToken: true, detectSessionInUrl: false } });
  return {
    start: () => Promise.resolve(),
    getToken: async () => (await auth.getSession()).data.session?.access_token,
    sendCode: async (email) => done(await auth.signInWithOtp({ email })),
    enterCode: async (email, token) => done(await auth.verifyOtp({ email, token, type: "email" })),
    enterPassword: async (email, password) => done(await auth.signInWithPassword({ email, password })),
    // Other browsers are Tallygate's own to end.
    signOut: async () => done(await auth.signOut({ scope: "local" })),
  };
}

/** The package answers with what went wrong instead of failing. */
function done({ error }: { error: Error | null }): void {
  if (error !== null) throw error;
}
