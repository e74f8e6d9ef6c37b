// A local D1 that keeps what a worker has sent.
import { readFileSync } from "node:fs";
import type { Miniflare } from "miniflare";
import { LocalD1, NAME } from "../tests/harness/d1.ts";
import { fetchOnce } from "../tests/harness/reply.ts";

/** A module script of the bench's own. */
export const script = (name: string): string => readFileSync(new URL(`workers/${name}.js`, import.meta.url), "utf8");

export interface Sent {
  sql: string;
  values: (string | number | null)[];
}

export class CapturedD1 extends LocalD1 {
  override readonly access: LocalD1["access"] = { wrappedBindings: { DB: "capturing-d1" } };
  #keeper = "";

  constructor() {
    super({});
    this.workers.push(
      { name: "keeper", modules: true, script: script("keeper"), unsafeDirectSockets: [{ port: 0 }] },
      { name: "capturing-d1", modules: true, script: script("capturing-d1"), d1Databases: { INNER: NAME }, serviceBindings: { KEEPER: "keeper" } },
    );
  }

  override async prepare(runtime: Miniflare, catalog: string): Promise<void> {
    this.#keeper = (await runtime.unsafeGetDirectURL("keeper")).href;
    await super.prepare(runtime, catalog);
  }

  /** The last batch that a worker has sent. */
  async sent(): Promise<Sent[]> {
    return (await (await fetchOnce(this.#keeper)).json()) as Sent[];
  }
}
