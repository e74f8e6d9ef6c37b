// An issuer of tokens with keys of its own: what it publishes, and how it is doing, is up to the test.
import { generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from "node:crypto";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KEPT_OPEN } from "./kept-open.ts";
import { supabase, type Claims } from "./tokens.ts";

export type Algorithm = "RS256" | "ES256" | "EdDSA";

export interface SigningKey {
  algorithm: Algorithm;
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** What an issuer publishes of it. */
  jwk: JsonWebKey;
}

export function signingKey(algorithm: Algorithm, kid: string = `${algorithm}-key`, modulusLength = 2048): SigningKey {
  const { privateKey, publicKey } = pairOf(algorithm, modulusLength);
  return { algorithm, kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, alg: algorithm, use: "sig" } };
}

/** A session's token, signed with this key; a member of `header` that is undefined is left out. */
export function signedBy(key: SigningKey, claims: Claims, header: Record<string, unknown> = {}): string {
  const input = [{ alg: key.algorithm, typ: "JWT", kid: key.kid, ...header }, supabase(claims)]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${input}.${signatureOf(key, input).toString("base64url")}`;
}

export class Issuer {
  /** What it publishes. */
  keys: JsonWebKey[];
  /** What it answers in place of its keys. */
  answer: { status: number; body: string; location?: string; isEndless?: true } | undefined;
  /** How often it was asked. */
  asked = 0;
  /** How often it has sent the body of an endless answer. */
  repeated = 0;
  readonly #server: Server = createServer(KEPT_OPEN, (_request, response) => {
    this.asked += 1;
    const { status, body, location, isEndless } = this.answer ?? { status: 200, body: JSON.stringify({ keys: this.keys }) };
    response.writeHead(status, { "content-type": "application/json", ...(location === undefined ? {} : { location }) });
    if (isEndless === true) this.#repeat(response, body);
    else response.end(body);
  });

  /** Sends it as long as somebody takes it. */
  #repeat(response: ServerResponse, body: string): void {
    const more = () => {
      do this.repeated += 1;
      while (response.write(body));
    };
    response.on("drain", more);
    more();
  }

  constructor(...keys: SigningKey[]) {
    this.keys = keys.map(({ jwk }) => jwk);
  }

  /** Starts listening and returns where the keys are; at a port that it had before, if one is named. */
  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve, reject) => this.#server.once("error", reject).listen(port, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/.well-known/jwks.json`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

function pairOf(algorithm: Algorithm, modulusLength: number): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (algorithm) {
    case "RS256":
      return generateKeyPairSync("rsa", { modulusLength });
    case "ES256":
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case "EdDSA":
      return generateKeyPairSync("ed25519");
  }
}

function signatureOf({ algorithm, privateKey }: SigningKey, input: string): Buffer {
  const bytes = Buffer.from(input);
  switch (algorithm) {
    case "RS256":
      return sign("sha256", bytes, privateKey);
    case "ES256":
      return sign("sha256", bytes, { key: privateKey, dsaEncoding: "ieee-p1363" });
    case "EdDSA":
      return sign(null, bytes, privateKey);
  }
}
