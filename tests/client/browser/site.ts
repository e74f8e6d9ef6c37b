// The pages that the browser is sent to: bundles of the sources, served from an origin of their own.
import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../../harness/built.ts";

export interface Site {
  /** `http://127.0.0.1:…`; an origin that a browser trusts, so that it has Web Locks. */
  readonly origin: string;
  /** Makes a page of a source file, and gives its address. */
  page(name: string, source: string, options?: PageOptions): Promise<string>;
  close(): Promise<void>;
}

export interface PageOptions {
  title?: string;
  /** Style sheets, by their path in the repository. */
  styles?: string[];
  language?: string;
}

export async function openSite(): Promise<Site> {
  const files = new Map<string, { type: string; text: string }>();
  const server = createServer((request, response) => answer(files.get(new URL(request.url ?? "/", "http://site").pathname), response));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    async page(name, source, { title = name, styles = [], language = "en" } = {}) {
      const css = styles.map((path) => readFileSync(join(ROOT, path), "utf8")).join("\n");
      files.set(`/${name}.js`, { type: "text/javascript", text: await bundle(source) });
      files.set(`/${name}.css`, { type: "text/css", text: css });
      files.set(`/${name}`, {
        type: "text/html",
        text: `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/${name}.css"></head><body><main id="app"></main><script type="module" src="/${name}.js"></script></body></html>`,
      });
      return `${origin}/${name}`;
    },
    close: () => closed(server),
  };
}

export async function bundle(source: string, minify = false): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, source)],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    minify,
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

function answer(file: { type: string; text: string } | undefined, response: ServerResponse): void {
  if (file === undefined) response.writeHead(404).end();
  else response.writeHead(200, { "content-type": `${file.type}; charset=utf-8`, "cache-control": "no-store" }).end(file.text);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
