// What `npm pack` makes is a package: modules and types for all who use it, without a dependency.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { ROOT } from "../harness/built.ts";

const ENTRIES = ["@tallygate/client", "@tallygate/client/server", "@tallygate/client/session", "@tallygate/client/vue", "@tallygate/client/react"];
const TYPESCRIPT = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { name, version, ...manifest } = JSON.parse(readFileSync(join(ROOT, "client/package.json"), "utf8")) as { name: string; version: string } & Record<string, unknown>;

describe("the package", () => {
  /** A product's folder, with the package in it as npm unpacks it. */
  const product = mkdtempSync(join(tmpdir(), "tallygate-product-"));
  const installed = join(product, "node_modules", name);
  let tarball: string;
  before(() => {
    execFileSync("npm", ["pack", "--pack-destination", product], { cwd: join(ROOT, "client"), stdio: "pipe" });
    tarball = join(product, readdirSync(product).find((file) => file.endsWith(".tgz")) ?? "");
    mkdirSync(installed, { recursive: true });
    execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
    writeFileSync(join(product, "package.json"), JSON.stringify({ name: "product", type: "module" }));
  });
  after(() => rmSync(product, { recursive: true }));

  it("has what it needs and nothing of the repository's", () => {
    assert.deepEqual(readdirSync(installed).sort(), ["LICENSE", "README.md", "dist", "package.json", "theme.css"]);
    assert.equal(version, (JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as { version: string }).version);
  });

  it("depends on nothing; what it works with is optional", () => {
    assert.equal(manifest["dependencies"], undefined);
    const peers = Object.keys(manifest["peerDependencies"] as object);
    // With a version of Vue Query's npm would hold its own peers, of Vue 2 among them, against a React product's, and install nothing.
    assert.deepEqual(peers.sort(), ["@tanstack/react-query", "react", "vue"]);
    assert.deepEqual(manifest["peerDependenciesMeta"], Object.fromEntries([...peers, "@tanstack/vue-query"].map((peer) => [peer, { optional: true }])));
  });

  for (const [framework, peers] of [["Vue", ["vue", "@tanstack/vue-query"]], ["React", ["react", "react-dom", "@tanstack/react-query"]]] as const) {
    it(`is installed beside ${framework}, and brings no other framework along`, (t) => {
      const folder = mkdtempSync(join(tmpdir(), "tallygate-install-"));
      writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "product", private: true }));
      const versions = peers.map((peer) => `${peer}@${(JSON.parse(readFileSync(join(ROOT, "node_modules", peer, "package.json"), "utf8")) as { version: string }).version}`);
      const { status, stderr } = spawnSync("npm", ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0", ...versions, tarball], { cwd: folder, encoding: "utf8" });
      if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ENOTCACHED|ETIMEDOUT/.test(stderr)) return t.skip("The registry cannot be reached.");
      assert.equal(status, 0, stderr);
      const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as { packages: Record<string, unknown> };
      rmSync(folder, { recursive: true });
      const frameworks = ["vue", "react"].filter((name) => `node_modules/${name}` in packages);
      assert.deepEqual(frameworks, [framework.toLowerCase()]);
    });
  }

  it("is found well by publint", async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, strict: true, pack: false });
    assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
  });

  it("has types that resolve, as attw finds", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [
      join(ROOT, "node_modules/@arethetypeswrong/cli/dist/index.js"), tarball, "--profile", "esm-only", "--no-emoji", "--exclude-entrypoints", "./theme.css",
    ], { encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
  });

  it("works where neither framework is", () => {
    const code = `import { createClient } from "@tallygate/client"; import { SessionKeeper } from "@tallygate/client/session"; import { createServerClient } from "@tallygate/client/server";
const client = createClient({ url: "http://127.0.0.1:1", session: new SessionKeeper() });
console.log(typeof client.trackUsage.check, typeof createServerClient({ url: "", serviceKey: "tg_key" }).usage.flush);`;
    assert.equal(execFileSync(process.execPath, ["--input-type=module", "--eval", code], { cwd: product, encoding: "utf8" }), "function function\n");
  });

  it("may be imported by what Next.js renders on its server", () => {
    assert.match(readFileSync(join(installed, "dist/react/index.js"), "utf8"), /^"use client";/);
  });

  it("has types that a product compiles with, its own checked, too, as its README's examples do", () => {
    for (const peer of ["vue", "react", "@tanstack", "@vue", "@types", "csstype"]) symlinkSync(join(ROOT, "node_modules", peer), join(product, "node_modules", peer));
    writeFileSync(join(product, "page.ts"), `${ENTRIES.map((entry, place) => `import * as entry${place} from "${entry}";`).join("\n")}
import { createElement } from "react";
import { h } from "vue";
const client = entry0.createClient({ url: "" });
const allowed: boolean = (await client.trackUsage.check({ feature: "uploads" })).allowed;
h(entry3.Gate, { feature: "uploads", onUpgrade: (plan) => plan?.length }, { default: () => "open" });
// @ts-expect-error: a feature is named by a text.
h(entry3.Gate, { feature: 3 });
createElement(entry4.Gate, { feature: "uploads", onUpgrade: (plan) => plan?.length }, "open");
// @ts-expect-error: a feature is named by a text.
createElement(entry4.Gate, { feature: 3 });
export { allowed, entry1, entry2 };
`);
    // What the examples leave to the product.
    writeFileSync(join(product, "product.d.ts"), `declare const supabase: { auth: { getSession(): Promise<{ data: { session: { access_token: string } | null } }> } };
declare const process: { env: Record<string, string | undefined> };
declare const url: string;
declare const organizationId: string;
declare const tallygate: import("@tallygate/client").Client;
declare const session: import("@tallygate/client/session").SessionKeeper;
declare const getToken: () => Promise<string | undefined>;
declare function show(text: string): void;
declare function showSignedOut(reason: string): void;
declare function buy(plan: string | undefined): void;
declare const App: import("vue").Component;
declare const createApp: typeof import("vue").createApp;
declare const UploadButton: () => import("react").ReactNode;
`);
    const blocks = [...readFileSync(join(installed, "README.md"), "utf8").matchAll(/```(tsx?|vue)\n([\s\S]*?)```/g)];
    const examples = blocks.map(([, kind = "", code = ""], place) => {
      const name = `readme-${place}.${kind === "vue" ? "ts" : kind}`;
      const script = kind === "vue" ? (/<script[^>]*>([\s\S]*?)<\/script>/.exec(code)?.[1] ?? "") : code;
      writeFileSync(join(product, name), `${script}\nexport {};\n`);
      return name;
    });
    assert.ok(examples.length >= 6);
    const compilerOptions = { noEmit: true, strict: true, target: "es2023", module: "nodenext", jsx: "react-jsx", types: [], skipLibCheck: false };
    writeFileSync(join(product, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["page.ts", "product.d.ts", ...examples] }));
    const { status, stdout } = spawnSync(process.execPath, [TYPESCRIPT], { cwd: product, encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });
});
