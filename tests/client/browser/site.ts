// The pages that the browser is sent to: bundles of the sources, served from an origin of their own.
import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { bundlePage, pageAround } from "../../../scripts/client/bundle.mjs";
import { ROOT } from "../../harness/built.ts";

export interface Site {
  /** `http://127.0.0.1:…`; an origin that a browser trusts, so that it has Web Locks. */
  readonly origin: string;
  /** Makes a page of a source file, and gives its address. */
  page(name: string, source: string, options?: PageOptions): Promise<string>;
  close(): Promise<void>;
}

export interface PageOptions {
  /** Style sheets, by their path in the repository. */
  styles?: string[];
  /** What the page asks. */
  gateway?: string;
}

export async function openSite(): Promise<Site> {
  const files = new Map<string, { type: string; text: string }>();
  const server = createServer((request, response) => answer(files.get(new URL(request.url ?? "/", "http://site").pathname), response));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    async page(name, source, { styles = [], gateway } = {}) {
      const css = styles.map((path) => readFileSync(join(ROOT, path), "utf8")).join("\n");
      files.set(`/${name}.js`, { type: "text/javascript", text: await bundlePage(source) });
      files.set(`/${name}.css`, { type: "text/css", text: css });
      files.set(`/${name}`, { type: "text/html", text: pageAround({ title: name, script: `/${name}.js`, style: `/${name}.css`, gateway }) });
      return `${origin}/${name}`;
    },
    close: () => closed(server),
  };
}

function answer(file: { type: string; text: string } | undefined, response: ServerResponse): void {
  if (file === undefined) response.writeHead(404).end();
  else response.writeHead(200, { "content-type": `${file.type}; charset=utf-8`, "cache-control": "no-store" }).end(file.text);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
