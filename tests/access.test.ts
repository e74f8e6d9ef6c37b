// Who may do what: every function with every action, for every kind of caller and every kind of wrong token.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { CALLS, type Call, type Caller, type Outcome } from "./harness/calls.ts";
import { aSentence, assertMatches, assertRefused, fieldOf } from "./harness/expectations.ts";
import { type StaffedTeam, staffedTeam } from "./harness/staffed-team.ts";
import { type Reply, startSystem, type System } from "./harness/system.ts";
import * as tokens from "./harness/tokens.ts";
import { type Person, individual, team as foundTeam } from "./harness/world.ts";

const ISSUER = "https://issuer.example.com/auth/v1";
const AUDIENCE = "authenticated";

/** Claims of a session that everything is right with. */
const sessionOf = (person: Person) => tokens.claimsOf(person, { iss: ISSUER, aud: AUDIENCE });

/** What may be wrong with a token, each made from the claims of one that would be accepted. */
const NO_SESSIONS: Record<string, (claims: tokens.Claims) => string | null> = {
  "no token": () => null,
  "garbage": () => "garbage",
  "a token of two parts": (claims) => tokens.token(claims).split(".").slice(0, 2).join("."),
  "a wrong signature": (claims) => tokens.token(claims, { secret: "another secret that is long enough to be one" }),
  "a changed claim": (claims) => tokens.tampered(claims),
  "alg none": (claims) => tokens.unsigned(claims),
  "HS256 signed with an RS256 public key": (claims) => tokens.signedWithPublicKey(claims),
  "expired": (claims) => tokens.token({ ...claims, exp: seconds() - 60 }),
  "not yet valid": (claims) => tokens.token({ ...claims, nbf: seconds() + 60 }),
  "a wrong issuer": (claims) => tokens.token({ ...claims, iss: "https://evil.example.com" }),
  "no issuer": (claims) => tokens.token({ ...claims, iss: undefined }),
  "a wrong audience": (claims) => tokens.token({ ...claims, aud: "another-product" }),
  "no audience": (claims) => tokens.token({ ...claims, aud: undefined }),
  "a string-typed exp": (claims) => tokens.token({ ...claims, exp: String(claims.exp) }),
  "no exp": (claims) => tokens.token({ ...claims, exp: undefined }),
  "no subject": (claims) => tokens.token({ ...claims, sub: undefined }),
  "Supabase's anon key": (claims) => tokens.token({ ...claims, role: "anon" }),
  "Supabase's service_role key": (claims) => tokens.token({ ...claims, role: "service_role" }),
};

const CALLERS: readonly Caller[] = ["viewer", "member", "admin", "owner", "stranger naming the team", "stranger at home"];

const seconds = () => Math.floor(Date.now() / 1000);
const outcomeOf = (reply: Reply): Outcome => (reply.status < 400 ? `${reply.status}` : `${reply.status} ${String(fieldOf(reply.body, "code"))}`);
