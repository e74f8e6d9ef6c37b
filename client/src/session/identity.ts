// Whose a browser's session is, as the token says it: what is kept of that tells two people apart, and names nobody.
import type { TokenSource } from "../client.ts";
import type { KeptSession } from "./store.ts";

export interface Identity {
  /** SHA-256 of the token's `sub`; undefined where no token can be read. */
  person: string | undefined;
  /** SHA-256 of what the provider names a sign-in by; undefined where it names none. A token that is renewed keeps it. */
  signIn: string | undefined;
}

export const NOBODY: Identity = { person: undefined, signIn: undefined };

/** `session_id` is Supabase's, `sid` is Clerk's and OpenID Connect's, `auth_time` is OpenID Connect's and Firebase's. */
const SIGN_INS = ["session_id", "sid", "auth_time"];

export async function identityOf(getToken: TokenSource | undefined): Promise<Identity> {
  try {
    const [, payload = ""] = ((await getToken?.()) ?? "").split(".");
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as Record<string, unknown>;
    const signIn = SIGN_INS.map((claim) => claims[claim]).find((said) => said !== undefined && said !== null);
    return { person: await hashed(claims["sub"]), signIn: await hashed(signIn) };
  } catch {
    // There is no token, or none that tells anything: the server decides whose the session is.
    return NOBODY;
  }
}

/** Nothing says that it is somebody else's. */
export function mayBeOf({ person }: Identity, kept: KeptSession): boolean {
  return person === undefined || kept.person === undefined || person === kept.person;
}

/** The browser was put out, and the person has signed in here again since: it is their wish to be here. */
export function isLifted({ signIn }: Identity, kept: KeptSession): boolean {
  return kept.endedBy !== undefined && signIn !== undefined && signIn !== kept.signIn;
}

async function hashed(said: unknown): Promise<string | undefined> {
  if (typeof said !== "string" && typeof said !== "number") return undefined;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(String(said)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
