// Tokens of an issuer that publishes its keys: which keys are believed, for what, and how often they are fetched.
import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID, sign, type JsonWebKey } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { CALLS, asked } from "../harness/calls.ts";
import { refuses } from "../harness/expect.ts";
import { Issuer, signedBy, signingKey, type SigningKey } from "../harness/issuer.ts";
import { staffedTeam } from "../harness/staffed-team.ts";
import { startSystem, type Reply, type System } from "../harness/system.ts";
import { SECRET, hs256, supabase, token, type Claims } from "../harness/tokens.ts";
import { World, type Person } from "../harness/world.ts";

const [RSA, EC, ED] = [signingKey("RS256"), signingKey("ES256"), signingKey("EdDSA")];

/** A system that believes this issuer, with somebody who has a place in it. */
class Believer {
  private constructor(readonly system: System, readonly person: Person, readonly issuer: Issuer) {}

  static async of(issuer: Issuer, bindings: Record<string, string> = {}): Promise<Believer> {
    return Believer.at(await issuer.start(), issuer, bindings);
  }

  static async at(url: string, issuer: Issuer, bindings: Record<string, string> = {}): Promise<Believer> {
    const system = await startSystem({ bindings: { JWT_SECRET: "", JWKS_URL: url, ALLOW_ANY_ISSUER: "yes", ...bindings } });
    return new Believer(system, await new World(system).individual(), issuer);
  }

  /** The claims of the person's session, each time others: a token that was seen may be remembered. */
  claims(more: Claims = {}): Claims {
    return { sub: this.person.id, email: this.person.email, session_id: randomUUID(), ...more };
  }

  signed(key: SigningKey, header: Record<string, unknown> = {}, claims: Claims = {}): string {
    return signedBy(key, this.claims(claims), header);
  }

  call(bearer: string): Promise<Reply> {
    return this.system.call("manage-members", { action: "list", token: bearer });
  }

  async accepts(bearer: string, message?: string): Promise<void> {
    const reply = await this.call(bearer);
    assert.equal(reply.status, 200, `${message ?? ""} ${reply.text}`);
  }

  async refuses(bearer: string, message?: string): Promise<void> {
    refuses(await this.call(bearer), 401, "unauthenticated", {}, message);
  }

  async close(): Promise<void> {
    await this.system.close();
    await this.issuer.close();
  }
}

async function withBeliever(issuer: Issuer, work: (believer: Believer) => Promise<void>, bindings: Record<string, string> = {}): Promise<void> {
  const believer = await Believer.of(issuer, bindings);
  try {
    await work(believer);
  } finally {
    await believer.close();
  }
}

const publicPem = ({ publicKey }: SigningKey) => publicKey.export({ type: "spki", format: "pem" }).toString();
const withoutSignature = (bearer: string) => bearer.split(".").slice(0, 2).join(".");

describe("published keys", () => {
  let believer: Believer;
  before(async () => {
    believer = await Believer.of(new Issuer(RSA, EC, ED));
  });
  after(() => believer.close());

  for (const key of [RSA, EC, ED]) {
    it(`are believed for ${key.algorithm}`, async () => believer.accepts(believer.signed(key)));

    it(`are not believed for another's signature: ${key.algorithm}`, async () => {
      const evil = signingKey(key.algorithm, key.kid);
      await believer.refuses(believer.signed(evil));
    });

    it(`are not believed for a signature that was cut, emptied or zeroed: ${key.algorithm}`, async () => {
      const bearer = believer.signed(key);
      const [, , signature = ""] = bearer.split(".");
      const bytes = Buffer.from(signature, "base64url");
      for (const forged of [Buffer.alloc(0), bytes.subarray(1), Buffer.alloc(bytes.length), Buffer.concat([bytes, bytes]), Buffer.alloc(bytes.length, 0xff)]) {
        await believer.refuses(`${withoutSignature(bearer)}.${forged.toString("base64url")}`);
      }
    });

    it(`are not believed for other claims than the signed ones: ${key.algorithm}`, async () => {
      const [header = "", , signature = ""] = believer.signed(key).split(".");
      const [, payload = ""] = believer.signed(key, {}, { role: "authenticated", sub: "somebody-else" }).split(".");
      await believer.refuses(`${header}.${payload}.${signature}`);
    });

    it(`do not make an expired or premature token good: ${key.algorithm}`, async () => {
      const now = Math.floor(Date.now() / 1000);
      for (const claims of [{ exp: now - 60 }, { exp: undefined }, { exp: String(now + 60) }, { nbf: now + 60 }, { role: "anon" }, { role: "service_role" }, { sub: undefined }]) {
        await believer.refuses(believer.signed(key, {}, claims), JSON.stringify(claims));
      }
    });
  }

  it("are fetched once, however many tokens come", async () => {
    assert.equal(believer.issuer.asked, 1);
    await Promise.all([RSA, EC, ED, RSA, EC, ED].map((key) => believer.accepts(believer.signed(key))));
    assert.equal(believer.issuer.asked, 1);
  });

  it("are used with their own algorithm, whatever the token says", async () => {
    const others = ["RS384", "RS512", "PS256", "ES384", "HS256", "none", "None", "rs256", "", undefined, 1, ["RS256"], null];
    for (const key of [RSA, EC, ED]) {
      for (const alg of [...others, "RS256", "ES256", "EdDSA"].filter((name) => name !== key.algorithm)) {
        await believer.refuses(believer.signed(key, { alg }), `${key.algorithm} said to be ${JSON.stringify(alg)}`);
      }
      for (const { kid } of [RSA, EC, ED].filter((other) => other !== key)) {
        await believer.refuses(believer.signed(key, { kid }), `${key.algorithm} said to be by ${kid}`);
      }
    }
  });

  it("are no secrets: HS256 with what everybody can read is refused, by every function", async () => {
    const readable = [RSA, EC, ED].flatMap((key) => [
      publicPem(key), publicPem(key).trim(), publicPem(key).split("\n").slice(1, -2).join(""),
      JSON.stringify(key.jwk), JSON.stringify({ keys: [key.jwk] }), String(key.jwk.n ?? key.jwk.x), key.kid, believer.issuer.keys.length.toString(),
      key.publicKey.export({ type: "spki", format: "der" }).toString("latin1"),
    ]);
    for (const secret of [...readable, "", "secret"]) {
      for (const kid of [RSA.kid, undefined]) await believer.refuses(hs256(supabase(believer.claims()), secret, { alg: "HS256", typ: "JWT", kid }), secret.slice(0, 40));
    }
    const team = await staffedTeam(believer.system);
    const invitation = await new World(believer.system).invitation({ organizationId: team.id, invitedBy: team.owner });
    for (const call of CALLS.filter(({ isPublic, isDelivery }) => !isPublic && !isDelivery)) {
      const bearer = hs256(supabase({ sub: team.owner.id, email: team.owner.email }), publicPem(RSA), { alg: "HS256", typ: "JWT", kid: RSA.kid });
      refuses(await believer.system.call(call.fn, { ...asked(call, call.body({ team, invitation })), token: bearer }), 401, "unauthenticated", {}, `${call.fn} ${call.action}`);
    }
  });

  it("are never taken from the token", async () => {
    const evil = signingKey("RS256", "evil");
    const evils = new Issuer(evil);
    const url = await evils.start();
    try {
      const pem = publicPem(evil).split("\n").slice(1, -2).join("");
      for (const header of [{ jwk: evil.jwk }, { jku: url }, { x5u: url }, { x5c: [pem] }, { jwk: evil.jwk, kid: undefined }, { jku: url, kid: RSA.kid }, { kid: url }]) {
        await believer.refuses(believer.signed(evil, header), JSON.stringify(header).slice(0, 40));
      }
      assert.equal(evils.asked, 0, "an address in a token was visited");
    } finally {
      await evils.close();
    }
  });

  it("are not found by a kid that is no text, or no kid of theirs", async () => {
    for (const kid of [1, true, {}, { kid: RSA.kid }, [RSA.kid], 0.5, "", " ", `${RSA.kid} `, RSA.kid.toUpperCase(), "../../etc/passwd", "' OR '1'='1", "x".repeat(8_000), "__proto__"]) {
      await believer.refuses(believer.signed(RSA, { kid }), JSON.stringify(kid).slice(0, 40));
    }
  });

  it("are found without a kid where there is one of that algorithm", async () => {
    for (const key of [RSA, EC, ED]) await believer.accepts(believer.signed(key, { kid: undefined }), key.algorithm);
  });

  it("are not believed for a signature in ASN.1, as OpenSSL makes it", async () => {
    const bearer = believer.signed(EC);
    const der = sign("sha256", Buffer.from(withoutSignature(bearer)), EC.privateKey).toString("base64url");
    await believer.refuses(`${withoutSignature(bearer)}.${der}`);
  });

  it("are not believed for a token that demands an extension", async () => {
    await believer.refuses(believer.signed(RSA, { crit: ["b64"], b64: false }));
    await believer.refuses(believer.signed(RSA, { crit: [] }));
  });

  it("are not believed for a token of another type than a session's", async () => {
    for (const typ of ["JWT", "jwt", "at+jwt", undefined]) await believer.accepts(believer.signed(RSA, { typ }), String(typ));
    for (const typ of ["logout+jwt", "dpop+jwt", "JWE", "", "JWT "]) await believer.refuses(believer.signed(RSA, { typ }), typ);
  });
});

describe("keys that are not for this", () => {
  const second = signingKey("RS256", "second");
  const weak = signingKey("RS256", "weak", 1024);
  const forEncryption = signingKey("RS256", "for-encryption");
  const forAnother = signingKey("RS256", "for-another-algorithm");
  const secret = "a secret that somebody published by mistake";
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
  let believer: Believer;
  before(async () => {
    const issuer = new Issuer(RSA, second, weak);
    issuer.keys.push(
      { ...forEncryption.jwk, use: "enc", alg: "RSA-OAEP" },
      { ...forAnother.jwk, alg: "RS512" },
      { kty: "oct", kid: "oct", k: Buffer.from(secret).toString("base64url"), alg: "HS256", use: "sig" },
      { ...p384.publicKey.export({ format: "jwk" }), kid: "p384" },
      { kty: "RSA", kid: "broken", n: "!", e: "AQAB" },
      { kty: "EC", crv: "P-256", kid: "off-the-curve", x: "AAAA", y: "AAAA" },
      ...([null, 1, "key", [], {}] as unknown as JsonWebKey[]),
    );
    believer = await Believer.of(issuer);
  });
  after(() => believer.close());

  it("do not keep the others from being believed", async () => {
    await believer.accepts(believer.signed(RSA));
    await believer.accepts(believer.signed(second));
  });

  it("are not believed: too short, for encryption, for another algorithm", async () => {
    for (const key of [weak, forEncryption, forAnother]) await believer.refuses(believer.signed(key), key.kid);
  });

  it("are not believed: symmetric", async () => {
    await believer.refuses(hs256(supabase(believer.claims()), secret, { alg: "HS256", typ: "JWT", kid: "oct" }));
  });

  it("are not believed: broken", async () => {
    for (const kid of ["broken", "p384"]) await believer.refuses(believer.signed(RSA, { kid }), kid);
    await believer.refuses(believer.signed(EC, { kid: "off-the-curve" }));
  });

  it("are not chosen among where the token has no kid", async () => {
    await believer.refuses(believer.signed(RSA, { kid: undefined }));
  });
});

describe("a key that is new", () => {
  it("is fetched when its first token comes, and further unknown ones make no one ask for a minute", async () => {
    const [old, next, third] = [signingKey("ES256", "old"), signingKey("ES256", "next"), signingKey("ES256", "third")];
    await withBeliever(new Issuer(old), async (believer) => {
      await believer.accepts(believer.signed(old));
      assert.equal(believer.issuer.asked, 1);

      believer.issuer.keys = [next.jwk];
      await believer.accepts(believer.signed(next), "the first token after a rotation");
      assert.equal(believer.issuer.asked, 2);
      await believer.refuses(believer.signed(old), "a key that was withdrawn");

      believer.issuer.keys = [next.jwk, third.jwk];
      const unknown = Array.from({ length: 20 }, (_, place) => believer.signed(third, { kid: `unknown-${place}` }));
      await Promise.all(unknown.map((bearer) => believer.refuses(bearer)));
      await believer.refuses(believer.signed(third), "within the minute");
      assert.equal(believer.issuer.asked, 2, "at most once a minute");
      await believer.accepts(believer.signed(next));
    });
  });

  it("under unknown names at once is asked for once", async () => {
    const key = signingKey("ES256", "known");
    await withBeliever(new Issuer(key), async (believer) => {
      await believer.accepts(believer.signed(key));
      const unknown = Array.from({ length: 20 }, (_, place) => believer.signed(key, { kid: `unknown-${place}` }));
      await Promise.all(unknown.map((bearer) => believer.refuses(bearer)));
      assert.ok(believer.issuer.asked <= 2, `${believer.issuer.asked} times`);
    });
  });
});

// Each waits until a failure is forgotten, so they wait together.
describe("keys that cannot be fetched", { concurrency: true }, () => {
  /** The next request works once the failure is forgotten, ten seconds later, and until then nobody asks again. */
  const comesBack = async (believer: Believer) => {
    const asked = believer.issuer.asked;
    for (;;) {
      const reply = await believer.call(believer.signed(RSA));
      if (reply.status === 200) break;
      refuses(reply, 503, "keys_unavailable");
      assert.equal(believer.issuer.asked, asked, "a failure is remembered");
      await pause(100);
    }
    assert.equal(believer.issuer.asked, asked + 1);
  };

  it("are a 503 that a client may retry, and requests work again when they are there again", async () => {
    // A port that was free a moment ago.
    const probe = new Issuer(RSA);
    const url = await probe.start();
    await probe.close();
    const issuer = new Issuer(RSA);
    const believer = await Believer.at(url, issuer);
    try {
      const before = await believer.system.snapshot();
      const reply = await believer.call(believer.signed(RSA));
      refuses(reply, 503, "keys_unavailable");
      assert.ok(Number(reply.headers.get("retry-after")) >= 1);
      assert.ok(!reply.text.includes("127.0.0.1"));
      assert.equal(await believer.system.snapshot(), before);
      await issuer.start(Number(new URL(url).port));
      await comesBack(believer);
    } finally {
      await believer.close();
    }
  });

  it("from where they are said to be are not asked for elsewhere", async () => {
    const elsewhere = new Issuer(RSA);
    const location = await elsewhere.start();
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        await withBeliever(new Issuer(RSA), async (believer) => {
          believer.issuer.answer = { status, body: "", location };
          refuses(await believer.call(believer.signed(RSA)), 503, "keys_unavailable");
          assert.equal(believer.issuer.asked, 1);
        });
      }
      assert.equal(elsewhere.asked, 0);
    } finally {
      await elsewhere.close();
    }
  });

  for (const [kind, answer] of Object.entries({
    "an error": { status: 500, body: "{}" },
    "a page": { status: 200, body: "<!doctype html><title>Sign in</title>" },
    "something else": { status: 200, body: JSON.stringify({ error: "moved" }) },
    "nothing": { status: 200, body: "" },
    "a book": { status: 200, body: JSON.stringify({ keys: [RSA.jwk], padding: "x".repeat(1024 * 1024) }) },
  })) {
    it(`(${kind} comes instead) are a 503, and requests work again afterwards`, async () => {
      await withBeliever(new Issuer(RSA), async (believer) => {
        believer.issuer.answer = answer;
        refuses(await believer.call(believer.signed(RSA)), 503, "keys_unavailable");
        believer.issuer.answer = undefined;
        await comesBack(believer);
      });
    });
  }

  it("that never end are read no further than a set may be long, and are a 503", async () => {
    await withBeliever(new Issuer(RSA), async (believer) => {
      believer.issuer.answer = { status: 200, body: " ".repeat(1024 * 1024), isEndless: true };
      refuses(await believer.call(believer.signed(RSA)), 503, "keys_unavailable");
      // What the system's buffers hold is sent, too.
      assert.ok(believer.issuer.repeated < 40, `${believer.issuer.repeated} MiB were taken`);
    });
  });

  it("are asked for once by 30 forged tokens at once, and never for an algorithm that no key has", async () => {
    await withBeliever(new Issuer(RSA), async (believer) => {
      for (const alg of ["HS256", "RS512", "PS256", "none", "ES384"]) await believer.refuses(believer.signed(RSA, { alg }), alg);
      assert.equal(believer.issuer.asked, 0);
      believer.issuer.answer = { status: 500, body: "{}" };
      const forged = Array.from({ length: 30 }, (_, place) => believer.signed(RSA, { kid: `forged-${place}` }));
      for (const reply of await Promise.all(forged.map((bearer) => believer.call(bearer)))) refuses(reply, 503, "keys_unavailable");
      assert.equal(believer.issuer.asked, 1);
    });
  });

  it("are waited for by all who come while they are fetched", async () => {
    await withBeliever(new Issuer(RSA), async (believer) => {
      await Promise.all(Array.from({ length: 30 }, () => believer.accepts(believer.signed(RSA))));
      assert.equal(believer.issuer.asked, 1);
    });
  });

  it("do not sign anybody out whose key was fetched before", async () => {
    await withBeliever(new Issuer(RSA), async (believer) => {
      await believer.accepts(believer.signed(RSA));
      believer.issuer.answer = { status: 500, body: "" };
      await believer.call(believer.signed(RSA, { kid: "unknown" }));
      await believer.accepts(believer.signed(RSA));
    });
  });

  it("leave what needs no sign-in alone", async () => {
    await withBeliever(new Issuer(), async (believer) => {
      believer.issuer.answer = { status: 500, body: "" };
      const reply = await believer.system.call("accept-invitation", { action: "preview", body: { token: "A".repeat(43) } });
      refuses(reply, 404, "invitation_not_found");
    });
  });

  it("are not asked for without a token, or with what is none", async () => {
    await withBeliever(new Issuer(RSA), async (believer) => {
      for (const bearer of ["garbage", "a.b.c", ""]) await believer.refuses(bearer);
      assert.equal(believer.issuer.asked, 0);
    });
  });
});

describe("a secret beside published keys", () => {
  it("is for HS256 alone, and they for the rest", async () => {
    await withBeliever(new Issuer(RSA, ED), async (believer) => {
      await believer.accepts(token(believer.claims()));
      await believer.accepts(believer.signed(RSA));
      await believer.accepts(believer.signed(ED));
      await believer.refuses(hs256(supabase(believer.claims()), publicPem(RSA), { alg: "HS256", typ: "JWT", kid: RSA.kid }));
      await believer.refuses(believer.signed(RSA, { alg: "HS256" }));
      await believer.refuses(hs256(supabase(believer.claims()), SECRET, { alg: "RS256", typ: "JWT", kid: RSA.kid }));
      await believer.refuses(hs256(supabase(believer.claims()), SECRET, { alg: "none", typ: "JWT" }));
    }, { JWT_SECRET: SECRET });
  });

  it("alone believes nothing else", async () => {
    await withBeliever(new Issuer(RSA), async (believer) => {
      await believer.accepts(token(believer.claims()));
      for (const key of [RSA, EC, ED]) await believer.refuses(believer.signed(key));
      for (const alg of ["HS384", "HS512", "hs256", "none"]) await believer.refuses(hs256(supabase(believer.claims()), SECRET, { alg, typ: "JWT" }), alg);
    }, { JWT_SECRET: SECRET, JWKS_URL: "" });
  });

  it("that is missing, with no keys either, believes nobody: an empty secret is none", async () => {
    await withBeliever(new Issuer(RSA), async (believer) => {
      for (const secret of ["", " ", "undefined", "null", SECRET]) await believer.refuses(hs256(supabase(believer.claims()), secret), JSON.stringify(secret));
      await believer.refuses(believer.signed(RSA));
    }, { JWKS_URL: "" });
  });
});

describe("settings that are not safe", () => {
  for (const [kind, bindings] of Object.entries<Record<string, string>>({
    "a secret of 31 bytes": { JWT_SECRET: "x".repeat(31), JWKS_URL: "" },
    "keys without an issuer": { ALLOW_ANY_ISSUER: "" },
    "keys of any issuer, by another word": { ALLOW_ANY_ISSUER: "true" },
  })) {
    it(`(${kind}) let nobody in, and the log says why`, async () => {
      await withBeliever(new Issuer(RSA), async (believer) => {
        for (const bearer of [believer.signed(RSA), hs256(supabase(believer.claims()), "x".repeat(31))]) refuses(await believer.call(bearer), 503, "not_configured");
        assert.match(believer.system.log().join("\n"), /JWT_SECRET must have at least 32 bytes|JWKS_URL needs JWT_ISSUER/);
        assert.equal(believer.issuer.asked, 0);
      }, bindings);
    });
  }
});

describe("an issuer with keys", () => {
  it("is held to its name, audience and parties as well", async () => {
    await withBeliever(new Issuer(ED), async (believer) => {
      const good = { iss: "https://clerk.example.com", aud: "tallygate", azp: "https://app.example.com" };
      await believer.accepts(believer.signed(ED, {}, good));
      for (const name of Object.keys(good)) {
        await believer.refuses(believer.signed(ED, {}, { ...good, [name]: undefined }), `no ${name}`);
        await believer.refuses(believer.signed(ED, {}, { ...good, [name]: "https://evil.example.com" }), `another ${name}`);
      }
    }, { JWT_ISSUER: "https://clerk.example.com", JWT_AUDIENCE: "tallygate", JWT_AUTHORIZED_PARTIES: "https://app.example.com" });
  });
});
