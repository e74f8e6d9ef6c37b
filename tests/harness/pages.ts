// The gateway's pages, served as `wrangler.toml` says.
import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import type { SignInSettings } from "../../scripts/build/page-facts.mjs";
import { PAGES, makePages, writeDashboard } from "../../scripts/build/pages.mjs";
import { ROOT, type Worker } from "./built.ts";

interface Assets {
  run_worker_first: string[];
  not_found_handling: string;
}

/** A copy of their own, since another suite's may be another product's. */
export async function pagesOf(product: string, signIn?: SignInSettings): Promise<NonNullable<Worker["assets"]>> {
  await makePages();
  const directory = mkdtempSync(join(tmpdir(), "tallygate-pages-"));
  cpSync(PAGES, directory, { recursive: true });
  writeDashboard(directory, product, signIn);
  return { directory, ...servedAs() };
}

/** How the gateway's configuration has them served. */
export function servedAs(): Omit<NonNullable<Worker["assets"]>, "directory"> {
  const { assets } = parse(readFileSync(join(ROOT, "wrangler.toml"), "utf8")) as unknown as { assets: Assets };
  const [worker, files] = [assets.run_worker_first.filter((rule) => !rule.startsWith("!")), assets.run_worker_first.filter((rule) => rule.startsWith("!")).map((rule) => rule.slice(1))];
  return {
    workerName: "gateway",
    routerConfig: { has_user_worker: true, static_routing: { user_worker: worker, asset_worker: files } },
    assetConfig: { not_found_handling: assets.not_found_handling },
  };
}
