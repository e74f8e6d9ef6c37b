// Sign-in by an auth provider: Supabase's own package in the pages, against a server that answers as Supabase Auth does.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { originOf, policyOf, signInSettings } from "../../scripts/build/page-facts.mjs";
import type { Person } from "../harness/world.ts";
import { settled } from "./looked-at.ts";
import { Stage, type Visit } from "./stage.ts";

const CODE = "123456";
const PASSWORD = "a password that is long enough";

let auth: Server;
let stage: Stage;
let mia: Person;
/** What was asked of the provider, by path. */
const asked: string[] = [];
before(async () => {
  auth = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { pathname } = new URL(request.url ?? "/", "http://auth");
      if (request.method !== "OPTIONS") asked.push(pathname);
      const [status, reply] = answer(request.method ?? "", pathname, body);
      response.writeHead(status, { "content-type": "application/json", "access-control-allow-origin": "*", "access-control-allow-headers": "*" }).end(JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => auth.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(auth.address() as AddressInfo).port}`;
  stage = await Stage.open("voice-training", { signIn: { provider: "supabase", url, key: "sb_publishable_of_the_suite" } });
  mia = await stage.person("individual_free", { email: "mia@training.example", name: "Mia Marsh" });
});
after(async () => {
  await stage.close();
  auth.closeAllConnections();
  auth.close();
});
afterEach(() => stage.closeVisits());

describe("Supabase", () => {
  it("signs in by a code that is mailed, and out again", async () => {
    const visit = await stage.visit(undefined, { at: "/usage" });
    const { page } = visit;
    await page.getByLabel("E-mail address").fill(mia.email);
    await page.getByRole("button", { name: "Send me a code" }).click();
    await page.getByText(`The code is on its way to ${mia.email}.`).waitFor();
    await page.getByLabel("Code", { exact: true }).fill(CODE);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    // Where they were going.
    await page.getByRole("heading", { name: "Usage", exact: true }).waitFor();
    await settled(page);
    assert.equal(new URL(page.url()).pathname, "/usage");
    await isNowhere(visit);
    await page.getByRole("button", { name: /account, colors, language/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.waitForURL("**/sign-in");
    assert.ok(asked.includes("/auth/v1/logout"));
  });

  it("signs in by a password, and says what Supabase says of a wrong one", async () => {
    const visit = await stage.visit(undefined, { at: "/sign-in" });
    const { page } = visit;
    await page.getByLabel("E-mail address").fill(mia.email);
    await page.getByRole("button", { name: "With a password" }).click();
    await page.getByLabel("Password").fill("a wrong one");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").getByText("Invalid login credentials").waitFor();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { name: "Good to see you, Mia" }).waitFor();
    await isNowhere(visit);
  });

  it("is the only other origin that the pages' policy lets be asked", async () => {
    const { headers } = await fetch(`${stage.system.url}/overview`);
    const { port } = auth.address() as AddressInfo;
    assert.match(headers.get("content-security-policy") ?? "", new RegExp(`^default-src 'self'; connect-src 'self' http://127\\.0\\.0\\.1:${port};`));
  });
});

describe("the settings of the sign-in", () => {
  const settings = (text: string) => {
    const file = join(mkdtempSync(join(tmpdir(), "tallygate-sign-in-")), "sign-in.toml");
    writeFileSync(file, text);
    return signInSettings(file);
  };

  it("may be left out, and then nothing of a provider is loaded", () => assert.equal(signInSettings("/there/is/no/such/file"), undefined));

  it("name Supabase's project and its publishable key", () => {
    const read = settings('provider = "supabase"\nurl = "https://x.supabase.co"\nkey = "sb_publishable_1"\n');
    assert.deepEqual(read, { provider: "supabase", url: "https://x.supabase.co", key: "sb_publishable_1" });
    assert.ok(read && originOf(read) === "https://x.supabase.co");
  });

  it("are refused with a secret key, without an address, of another provider, and of Clerk without its package", () => {
    const serviceRole = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"role":"service_role"}').toString("base64url")}.x`;
    const url = 'url = "https://x.supabase.co"\n';
    for (const [text, why] of [
      [`provider = "supabase"\n${url}key = "sb_secret_1"\n`, /is secret/], [`provider = "supabase"\n${url}key = "${serviceRole}"\n`, /is secret/], ['provider = "supabase"\nkey = "k"\n', /"url"/],
      ['provider = "supabase"\n', /"key" is missing/], ['provider = "auth0"\nkey = "k"\n', /"supabase" or "clerk"/], ['provider = "clerk"\nkey = "pk_live_x"\n', /npm install --save-dev @clerk\/clerk-js/],
    ] as const) assert.throws(() => settings(text), why);
  });

  it("have Clerk's host in its key", () => {
    const key = `pk_live_${Buffer.from("clerk.northwind.example$").toString("base64")}`;
    assert.equal(originOf({ provider: "clerk", key }), "https://clerk.northwind.example");
    assert.equal(policyOf({ provider: "clerk", key }), "connect-src 'self' https://clerk.northwind.example; worker-src 'self' blob:;");
    assert.throws(() => originOf({ provider: "clerk", key: "sk_live_x" }), /publishable key/);
  });
});

/** The token is in the page's memory alone. */
async function isNowhere({ page, origins, faults }: Visit): Promise<void> {
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
  assert.ok(!kept.includes(mia.token) && !kept.includes("refresh"), kept);
  const { port } = auth.address() as AddressInfo;
  assert.deepEqual([...origins].sort(), [stage.system.url, `http://127.0.0.1:${port}`].sort());
  assert.deepEqual(faults.filter((fault) => !fault.includes("400")), []);
}

/** Supabase Auth's replies (supabase.com/docs/reference/self-hosting-auth). */
function answer(method: string, path: string, body: Record<string, unknown>): [number, object] {
  if (method === "OPTIONS" || path === "/auth/v1/otp") return [200, {}];
  if (path === "/auth/v1/logout") return [200, {}];
  if (path === "/auth/v1/verify" && body["token"] === CODE) return [200, signedIn()];
  if (path === "/auth/v1/token" && body["password"] === PASSWORD) return [200, signedIn()];
  return [400, { code: 400, error_code: "invalid_credentials", msg: "Invalid login credentials" }];
}

const signedIn = (): object => ({
  access_token: mia.token, refresh_token: "refresh-of-mia", token_type: "bearer", expires_in: 3_600, expires_at: Math.floor(Date.now() / 1_000) + 3_600,
  user: { id: mia.id, aud: "authenticated", email: mia.email, app_metadata: {}, user_metadata: {}, created_at: "2026-01-01T00:00:00Z" },
});

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const part of request) text += String(part);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}
