// Tokens of every kind: as Supabase and Clerk issue them, and as an attacker would try them.
import { createHmac, generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";

/** This run's secret, shared by the functions and the tokens. */
export const SECRET = randomBytes(48).toString("base64url");
export const ISSUER = "https://auth.tallygate.example/auth/v1";
export const AUDIENCE = "authenticated";

/** Claims of a token; `undefined` leaves out what would be there otherwise. */
export interface Claims {
  sub?: string;
  email?: string;
  [claim: string]: unknown;
}

/** Of a token that is good for as long as clocks are set to. */
export const LASTING = { iat: 1_767_225_600, exp: 2_082_758_400 } as const;

const HOUR = 3_600;
const nowInSeconds = (): number => Math.floor(Date.now() / 1_000);

/** A signed-in user's token as Supabase issues it, signed with this run's secret unless another one is given. */
export function token(claims: Claims, { secret = SECRET }: { secret?: string } = {}): string {
  return hs256(supabase(claims), secret);
}

/** The claims of somebody's session. */
export function claimsOf(person: { id: string; email: string }, more: Claims = {}): Claims {
  return supabase({ sub: person.id, email: person.email, ...more });
}

/** The claims of Supabase's access tokens. */
export function supabase(claims: Claims): Claims {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    role: "authenticated",
    iat: nowInSeconds(),
    exp: nowInSeconds() + HOUR,
    aal: "aal1",
    is_anonymous: false,
    app_metadata: { provider: "email", providers: ["email"] },
    user_metadata: {},
    ...claims,
  };
}

/** The claims of Clerk's session tokens, version 1: the organization in claims of its own. */
export function clerkV1(claims: Claims, organization?: string): Claims {
  return {
    ...clerk(claims),
    ...(organization === undefined ? {} : { org_id: organization, org_role: "org:admin", org_slug: "acme" }),
    ...claims,
  };
}

/** Version 2: the organization in the claim `o`. */
export function clerkV2(claims: Claims, organization?: string): Claims {
  return {
    ...clerk(claims),
    v: 2,
    ...(organization === undefined ? {} : { o: { id: organization, rol: "admin", slg: "acme" } }),
    ...claims,
  };
}

function clerk(claims: Claims): Claims {
  return {
    iss: "https://clerk.tallygate.example",
    azp: "http://localhost:5173",
    sid: `sess_${randomBytes(12).toString("hex")}`,
    iat: nowInSeconds(),
    nbf: nowInSeconds() - 10,
    exp: nowInSeconds() + 60,
    ...(claims.email === undefined ? {} : { email_verified: true }),
  };
}

/** `alg: none`, as the oldest attack on JWTs has it. */
export function unsigned(claims: Claims): string {
  return `${signingInput({ alg: "none", typ: "JWT" }, supabase(claims))}.`;
}

/** Signed properly, and then made somebody else's. */
export function tampered(claims: Claims): string {
  const [header = "", , signature = ""] = token(claims).split(".");
  const [, payload = ""] = token({ ...claims, sub: "00000000-0000-4000-8000-000000000000" }).split(".");
  return `${header}.${payload}.${signature}`;
}

/** Signed properly, with two users: readers differ over which of them counts. */
export function ofTwoUsers(claims: Claims): string {
  return signed(signingInput({ alg: "HS256", typ: "JWT" }, supabase(claims), (text) => text.replace("{", '{"sub":"00000000-0000-4000-8000-000000000000",')), SECRET);
}

/** HS256 with an RSA public key as the secret: what is accepted where the token chooses its algorithm. A short one, which is made ten times as fast. */
export function signedWithPublicKey(claims: Claims): string {
  publicKey ??= generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  return hs256(supabase(claims), publicKey.export({ type: "spki", format: "pem" }).toString());
}
let publicKey: KeyObject | undefined;

/**
 * Every kind of token that must be refused, made from the claims of one that would be accepted. The issuer and the
 * audience count only where the functions are told which to expect: `JWT_ISSUER` = ISSUER, `JWT_AUDIENCE` = AUDIENCE.
 */
export const forgeries = {
  garbage: () => "not.a.token",
  wrongSignature: (claims) => token(claims, { secret: "another secret that is long enough to be one" }),
  tampered,
  ofTwoUsers,
  algNone: unsigned,
  signedWithPublicKey,
  expired: (claims) => token({ ...claims, iat: nowInSeconds() - 2 * HOUR, exp: nowInSeconds() - HOUR }),
  notYetValid: (claims) => token({ ...claims, nbf: nowInSeconds() + 600 }),
  wrongIssuer: (claims) => token({ ...claims, iss: "https://evil.example/auth/v1" }),
  wrongAudience: (claims) => token({ ...claims, aud: "another-application" }),
  stringTypedExpiry: (claims) => token({ ...claims, exp: String(nowInSeconds() + HOUR) }),
  expiryBeyondTheCalendar: (claims) => token({ ...claims, exp: 9e12 }),
  noExpiry: (claims) => token({ ...claims, exp: undefined }),
  supabaseAnon: (claims) => token({ ...claims, role: "anon" }),
  supabaseServiceRole: (claims) => token({ ...claims, role: "service_role" }),
} satisfies Record<string, (claims: Claims) => string>;

/** A JWT by HS256, with whatever header and key is asked for. */
export function hs256(claims: Claims, key: string, header: Record<string, unknown> = { alg: "HS256", typ: "JWT" }): string {
  return signed(signingInput(header, claims), key);
}

function signed(input: string, key: string): string {
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
}

/** `written` may change how the claims are written. */
function signingInput(header: Record<string, unknown>, claims: Claims, written = (text: string) => text): string {
  return [JSON.stringify(header), written(JSON.stringify(claims))].map((part) => Buffer.from(part).toString("base64url")).join(".");
}
