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
    assert.deepEqual(peers.sort(), ["@tanstack/react-query", "@tanstack/vue-query", "react", "vue"]);
    assert.deepEqual(manifest["peerDependenciesMeta"], Object.fromEntries(peers.map((peer) => [peer, { optional: true }])));
  });

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
console.log(typeof client.trackUsage.check, typeof createServerClient({ url: "", serviceKey: "" }).usage.flush);`;
    assert.equal(execFileSync(process.execPath, ["--input-type=module", "--eval", code], { cwd: product, encoding: "utf8" }), "function function\n");
  });

  it("has types that a product compiles with, its own checked, too", () => {
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
    const compilerOptions = { noEmit: true, strict: true, target: "es2023", module: "nodenext", types: [], skipLibCheck: false };
    writeFileSync(join(product, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["page.ts"] }));
    const { status, stdout } = spawnSync(process.execPath, [TYPESCRIPT], { cwd: product, encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });
});
