// The auth provider that the pages ask, where one is configured (`dashboard/sign-in.example.toml`).
import { factOf } from "../page-facts.ts";

/** What the pages need of an auth provider: somebody with an e-mail address, and a token of theirs that holds now. */
export interface SignInProvider {
  /** Resolves when it is known whether somebody is signed in already. */
  start(): Promise<void>;
  /** Renewed where it must be; undefined where nobody is signed in. */
  getToken(): Promise<string | undefined>;
  /** Mails a code to the address; somebody new signs up by it. */
  sendCode(email: string): Promise<void>;
  enterCode(email: string, code: string): Promise<void>;
  enterPassword(email: string, password: string): Promise<void>;
  signOut(): Promise<void>;
}

export interface SupabaseSettings {
  provider: "supabase";
  url: string;
  key: string;
}

export interface ClerkSettings {
  provider: "clerk";
  key: string;
}

/** The provider's own script is in a chunk that only the pages of its customers load. */
export async function configuredProvider(): Promise<SignInProvider | undefined> {
  const settings = factOf<SupabaseSettings | ClerkSettings>("sign-in");
  switch (settings?.provider) {
    case "supabase": return (await import("./supabase.ts")).supabase(settings);
    case "clerk": return (await import("./clerk.ts")).clerk(settings);
    default: return undefined;
  }
}
