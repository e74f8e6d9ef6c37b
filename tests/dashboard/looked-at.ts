// What must hold of every page that is shown, whichever it is.
import type { Page } from "playwright-core";
import { inaccessible } from "../client/browser/axe.ts";

declare global {
  interface Window {
    asked: string[];
    askedUntilUseful: string[] | undefined;
  }
}

/** Runs in a page before anything of its own: notes what it asked functions for until it showed what it is there for. */
export function noteWhatIsAsked(): void {
  window.asked = [];
  const send = window.fetch;
  window.fetch = (...request) => {
    const address = String(request[0] instanceof Request ? request[0].url : request[0]);
    if (address.includes("/functions/v1/") && !address.endsWith("local-demo")) window.asked.push(address);
    return send(...request);
  };
  new MutationObserver(() => {
    if (window.askedUntilUseful === undefined && document.querySelector("[data-useful], .tg-members, .tg-pricing, .tg-form, .ways") !== null) window.askedUntilUseful = [...window.asked];
  }).observe(document, { subtree: true, childList: true });
}

export async function askedUntilUseful(page: Page): Promise<string[]> {
  const found = await page.waitForFunction(() => window.askedUntilUseful);
  return (await found.jsonValue()) ?? [];
}

/** Goes to another page as a link does: the dashboard shows it, and nothing is loaded anew. */
export async function go(page: Page, to: string): Promise<void> {
  await page.evaluate((path) => {
    history.pushState(null, "", path);
    dispatchEvent(new PopStateEvent("popstate", { state: null }));
  }, to);
}

/** Resolves when nothing is on its way and nothing is still to come. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => document.querySelector("h1") !== null && document.querySelector(".skeleton, .tg-skeleton") === null);
}

/** What axe finds, and a page that is wider than its window. */
export async function wrongWith(page: Page): Promise<string[]> {
  const found = await inaccessible(page);
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
  return [...found, ...(wide > room ? [`it is ${wide} wide in a window of ${room}`] : [])];
}

/** First contentful paint in milliseconds, and the shift of what was there already. */
export function paints(page: Page): Promise<{ painted: number; shift: number }> {
  return page.evaluate(() => new Promise((resolve) => {
    let shift = 0;
    const seen = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) shift += entry.value;
    });
    seen.observe({ type: "layout-shift", buffered: true });
    // Buffered entries are told in a task of their own.
    setTimeout(() => resolve({ painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1, shift }));
  }));
}
