// What a page pays for the client: no more than 6 KB of the core, compressed.
import assert from "node:assert/strict";
import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ROOT } from "../harness/built.ts";

const MOST = 6 * 1024;

it("the core weighs at most 6 KB, gzipped", async () => {
  const source = join(mkdtempSync(join(tmpdir(), "tallygate-size-")), "page.ts");
  writeFileSync(source, `import { createClient, isRefusal } from ${JSON.stringify(join(ROOT, "client/src/index.ts"))};
export const client = createClient({ url: "https://api.example.com" });
export { isRefusal };`);
  const { outputFiles } = await build({ entryPoints: [source], bundle: true, minify: true, format: "esm", target: "es2022", write: false });
  const bytes = gzipSync(outputFiles[0]?.contents ?? "").length;
  assert.ok(bytes > 1_000 && bytes <= MOST, `${bytes} bytes`);
});
