// One browser, one site and one system for all that is looked at in a browser.
import type { Browser, BrowserContext, BrowserContextOptions, Clock } from "playwright-core";
import { startSystem, type System } from "../../harness/system.ts";
import { World } from "../../harness/world.ts";
import { openBrowser } from "./chromium.ts";
import { openSite, type Site } from "./site.ts";

export class Scene {
  readonly browser: Browser;
  readonly site: Site;
  readonly system: System;
  readonly world: World;

  private constructor(browser: Browser, site: Site, system: System) {
    this.browser = browser;
    this.site = site;
    this.system = system;
    this.world = new World(system);
  }

  static async open(): Promise<Scene> {
    const site = await openSite();
    const [browser, system] = await Promise.all([openBrowser(), startSystem({ bindings: { ALLOWED_ORIGINS: site.origin } })]);
    return new Scene(browser, site, system);
  }

  /** A browser of its own, as another machine would be. */
  async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext(options);
    // tsx names functions by a helper that a page does not have.
    await context.addInitScript("globalThis.__name ??= (named) => named");
    return context;
  }

  async close(): Promise<void> {
    await Promise.all([this.browser.close(), this.system.close(), this.site.close()]);
  }
}

/** Looks until it is so. A page's own clock may stand still, so nothing of the page's is waited for. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const started = Date.now(); !(await isSo()); ) {
    if (Date.now() - started > 15_000) throw new Error(`It did not come to it: ${what}`);
  }
}

/**
 * Lets a page's clock, which otherwise stands still, go on step by step (milliseconds) until something has come. To let it go on by so much at once would not do: a page
 * that is slow sets its timer afterwards, and how long it waits is a matter of chance.
 */
export async function asTimeGoesOn<T>(clock: Clock, awaited: Promise<T>, step = 1_000): Promise<T> {
  let isOver = false;
  const over = awaited.finally(() => { isOver = true; });
  over.catch(() => undefined);
  while (!isOver) await clock.runFor(step);
  return over;
}
