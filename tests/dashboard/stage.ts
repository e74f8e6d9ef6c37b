// One running system with its pages, and browsers that look at them as somebody.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

import { openBrowser } from "../client/browser/chromium.ts";
import { startSystem, type System, type SystemOptions } from "../harness/system.ts";
import { World, type Person, type PersonOptions, type Role } from "../harness/world.ts";
import { noteWhatIsAsked } from "./looked-at.ts";

/** A browser of somebody, with what it asked for and what went wrong in it. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Requests to functions, by their path. */
  asked: string[];
  /** Those that were refused, by their status and path. */
  refused: string[];
  /** Errors of the page and of its console. */
  faults: string[];
  /** All that its console says, and every address that it asks. */
  traces: string[];
  /** Origins that anything came from. */
  origins: Set<string>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** Where it begins; the overview unless said otherwise. */
  at?: string;
  language?: "en" | "de";
  /** With a clock that goes on when it is told to. */
  hasClock?: boolean;
}

export class Stage {
  readonly browser: Browser;
  readonly system: System;
  readonly world: World;
  readonly #opened: BrowserContext[] = [];

  private constructor(browser: Browser, system: System) {
    this.browser = browser;
    this.system = system;
    this.world = new World(system);
  }

  static async open(product: string, options: SystemOptions = {}): Promise<Stage> {
    const [browser, system] = await Promise.all([openBrowser(), startSystem({ catalog: product, pages: product, ...options })]);
    return new Stage(browser, system);
  }

  /** On a system that runs already, with its pages. */
  static async on(system: System): Promise<Stage> {
    return new Stage(await openBrowser(), system);
  }

  /** Opens the pages in a browser of its own, signed in by the local demo's way; as nobody without a person. */
  async visit(person: Pick<Person, "email" | "token"> | undefined, { at = "/overview", language = "en", hasClock = false, ...options }: VisitOptions = {}): Promise<Visit> {
    const context = await this.browser.newContext({ locale: language, viewport: { width: 1280, height: 900 }, ...options });
    this.#opened.push(context);
    await context.addInitScript("globalThis.__name ??= (named) => named");
    await context.addInitScript(noteWhatIsAsked);
    await context.addCookies([{ name: "language", value: language, url: this.system.url }]);
    const people = person === undefined ? [] : [{ email: person.email, is: "of the suite", token: person.token }];
    await context.addInitScript(answerLocalDemo, people);
    const page = await context.newPage();
    if (hasClock) await page.clock.install();
    const visit: Visit = { page, context, asked: [], refused: [], faults: [], traces: [], origins: new Set() };
    context.on("request", (request) => {
      const { origin, pathname } = new URL(request.url());
      visit.origins.add(origin);
      visit.traces.push(request.url());
      if (pathname.startsWith("/functions/v1/")) visit.asked.push(pathname.slice("/functions/v1/".length));
    });
    context.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith("/functions/v1/") && response.status() >= 400) visit.refused.push(`${response.status()} ${pathname.slice("/functions/v1/".length)}`);
    });
    page.on("pageerror", (error) => visit.faults.push(String(error)));
    page.on("console", (message) => visit.traces.push(message.text()));
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && visit.faults.push(message.text()));
    await page.goto(this.system.url + at);
    return visit;
  }

  /** Somebody on a plan of this catalog. */
  person(plan: string, options: PersonOptions = {}): Promise<Person> {
    return this.world.individual({ plan, status: "active", ...options });
  }

  /** A team on a plan of this catalog, with its people in the order of their roles, the owner first. */
  async team(plan: string, ownPlan: string, roles: Role[], named: { team?: string; people?: string[] } = {}): Promise<{ id: string; name: string; people: Person[] }> {
    const made: Person[] = [];
    for (const place of [-1, ...roles.keys()]) {
      const full = named.people?.[place + 1];
      made.push(await this.person(ownPlan, full === undefined ? {} : { name: full, email: `${full.split(" ")[0]?.toLowerCase()}@northwind.example` }));
    }
    const [owner, ...others] = made as [Person, ...Person[]];
    const { id, name } = await this.world.team({ owner, plan, status: "active", name: named.team });
    for (const [place, person] of others.entries()) await this.world.join(id, person, roles[place] ?? "member");
    return { id, name, people: [owner, ...others] };
  }

  async closeVisits(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((context) => context.close()));
  }

  async close(): Promise<void> {
    await this.closeVisits();
    await Promise.all([this.browser.close(), this.system.close()]);
  }
}

/**
 * Runs in a page before anything of its own: whom one can be, as the local demo's worker tells it. Answered out here, every file of
 * every page would have to come by.
 */
function answerLocalDemo(people: { email: string; is: string; token: string }[]): void {
  const send = window.fetch;
  window.fetch = (...request) => (request[0] === "/functions/v1/local-demo" ? Promise.resolve(Response.json({ people })) : send(...request));
}
