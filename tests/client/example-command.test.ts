// "npm run example": a page, its script, and somebody who is signed in on it.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ROOT } from "../harness/built.ts";
import { freePort } from "../harness/free-port.ts";

const started: ChildProcess[] = [];
after(() => started.forEach((child) => child.kill()));

/** Runs the command; resolves to what it has said, once it has said something. */
async function example(...words: string[]): Promise<{ said: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [join(ROOT, "scripts/example.mjs"), ...words], { cwd: ROOT });
  started.push(child);
  const said = await Promise.race([child.stdout, child.stderr].map((stream) => once(stream.setEncoding("utf8"), "data").then(([text]) => String(text))));
  return { said, child };
}

describe("npm run example", () => {
  for (const name of ["vue", "react"]) {
    it(`${name}: serves the product, and signs in whoever says who they are`, async () => {
      const port = await freePort();
      const { said } = await example(name, "--port", String(port), "--gateway", "http://localhost:9");
      const origin = `http://localhost:${port}`;
      assert.ok(said.startsWith(`${origin} shows the example in ${name}`), said);
      const page = await (await fetch(origin)).text();
      assert.match(page, /data-gateway="http:\/\/localhost:9"/);
      for (const [, path = ""] of page.matchAll(/(?:src|href)="(\/[^"]+)"/g)) assert.equal((await fetch(origin + path)).status, 200, path);
      assert.equal((await fetch(`${origin}/auth/token`)).status, 401);
      const signedIn = await fetch(`${origin}/auth/sign-in`, { method: "POST", body: "eli@solo.example" });
      const cookie = signedIn.headers.get("set-cookie") ?? "";
      assert.match(cookie, /HttpOnly; SameSite=Strict/);
      const { token } = (await (await fetch(`${origin}/auth/token`, { headers: { cookie: cookie.split(";")[0] ?? "" } })).json()) as { token: string };
      const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { email: string };
      assert.equal(claims.email, "eli@solo.example");
    });
  }

  it("says which ones there are", async () => {
    const { said, child } = await example("svelte");
    assert.match(said, /npm run example -- vue, or: npm run example -- react/);
    const [code] = child.exitCode === null ? await once(child, "exit") as [number] : [child.exitCode];
    assert.notEqual(code, 0);
  });
});
