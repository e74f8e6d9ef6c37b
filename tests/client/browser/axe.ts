// What axe finds on a page.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

declare global {
  interface Window {
    axe: { run(options: { resultTypes: string[] }): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
  }
}

/** A line for each element that is inaccessible: the rule, its tag, and how it would be well. */
export async function inaccessible(page: Page): Promise<string[]> {
  // By the debugger's way, which no policy of the page's forbids.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  // Put into words in the page: axe also tells of all that is well, which takes longer to bring here than to find.
  return page.evaluate(async () => {
    const { violations } = await window.axe.run({ resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`));
  });
}
