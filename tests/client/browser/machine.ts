// One browser of a person, with its tabs: each is a page that keeps a session and shows nothing.
import { afterEach, before } from "node:test";
import type { BrowserContext, Page, Request, Response, Route } from "playwright-core";
import type { SessionKeeperOptions, SessionState } from "../../../client/src/session/index.ts";
import type { Person } from "../../harness/world.ts";
import type {} from "./pages/session.ts";
import { until, type Scene } from "./scene.ts";

interface Pages {
  /** Of the page that keeps a session. */
  address: string;
  gateway: string;
}

export const isHeartbeat = (request: Request): boolean => actionOf(request) === "heartbeat";

/** One browser of a person: its tabs, what it sent and how that was answered. */
export class Machine {
  readonly sent: { action: string; headers: Record<string, string>; url: string }[] = [];
  /** By their status, as `200 validate`. */
  readonly answered: string[] = [];
  readonly printed: string[] = [];
  readonly tabs: Page[] = [];
  readonly context: BrowserContext;
  readonly #person: Person;
  readonly #pages: Pages;

  constructor(context: BrowserContext, person: Person, pages: Pages) {
    this.context = context;
    this.#person = person;
    this.#pages = pages;
    context.on("request", (request) => this.#note(request));
    context.on("response", (response) => this.#noteAnswer(response));
    context.on("console", (message) => this.printed.push(message.text()));
  }

  async tab(options: SessionKeeperOptions = {}): Promise<Page> {
    const tab = await this.open();
    await this.start(tab, options);
    return tab;
  }

  /** A tab that has not begun to keep the session. */
  async open(): Promise<Page> {
    const tab = await this.context.newPage();
    this.tabs.push(tab);
    await tab.goto(this.#pages.address);
    return tab;
  }

  start(tab: Page, options: SessionKeeperOptions = {}, by = this.#person.token): Promise<void> {
    return tab.evaluate(([url, token, given]) => window.startPage(url, token, given), [this.#pages.gateway, by, options] as const);
  }

  /** So often was an action asked for. */
  count(action: string): number {
    return this.sent.filter((request) => request.action === action).length;
  }

  /** The next heartbeat, when it has been answered. */
  beaten(): Promise<Request> {
    return this.context.waitForEvent("requestfinished", isHeartbeat);
  }

  /** Registrations go on as `how` says, which is told of each; all others at once. */
  async whenItRegisters(how: (route: Route) => Promise<void>): Promise<void> {
    await this.context.route("**/manage-session", (route) => (actionOf(route.request()) === "validate" ? how(route) : route.continue()));
  }

  #note(request: Request): void {
    this.sent.push({ action: actionOf(request), headers: request.headers(), url: request.url() });
  }

  #noteAnswer(response: Response): void {
    const action = actionOf(response.request());
    if (action !== "") this.answered.push(`${response.status()} ${action}`);
  }
}

/** What a request to a function is for: the action of its body, or the last part of its path. Empty for a file of the page, or a question of the browser's own. */
function actionOf(request: Request): string {
  const { pathname } = new URL(request.url());
  if (!pathname.startsWith("/functions/v1/") || request.method() === "OPTIONS") return "";
  const { action } = (request.method() === "POST" ? request.postDataJSON() : null) as { action?: string } ?? {};
  return action ?? pathname.slice(pathname.lastIndexOf("/") + 1);
}

/** How to open browsers in a suite, which closes them after each test. */
export function machines(scene: () => Scene): (person: Person) => Promise<Machine> {
  let address: string;
  before(async () => {
    address = await scene().site.page("session", "tests/client/browser/pages/session.ts");
  });
  const opened: BrowserContext[] = [];
  afterEach(async () => {
    // What a page says when it goes is nobody's to hold.
    await Promise.all(opened.map((context) => context.unrouteAll({ behavior: "ignoreErrors" })));
    await Promise.all(opened.splice(0).map((context) => context.close()));
  });
  return async (person) => {
    const context = await scene().context();
    opened.push(context);
    // One clock for all tabs, which goes on only when it is told to.
    await context.clock.install();
    return new Machine(context, person, { address, gateway: scene().system.url });
  };
}

export const stateOf = (tab: Page): Promise<SessionState> => tab.evaluate(() => window.page.state());
export const idOf = (tab: Page): Promise<string | undefined> => tab.evaluate(() => window.page.id());

/** Resolves as soon as the tab's state is of this kind. */
export async function becomes(tab: Page, wanted: Partial<Record<"status" | "reason" | "offline", unknown>>): Promise<SessionState> {
  let state = await stateOf(tab);
  await until(JSON.stringify(wanted), async () => {
    state = await stateOf(tab);
    return Object.entries(wanted).every(([name, value]) => (state as unknown as Record<string, unknown>)[name] === value);
  });
  return state;
}

/** What becomes of a request about usage: `true`, or the code that it was refused with. */
export const ask = (tab: Page): Promise<string> => tab.evaluate(() => window.page.ask());

export async function liveSessions({ system }: Scene, { id }: Person): Promise<number> {
  const [row] = await system.sql("SELECT count(*) AS n FROM active_sessions WHERE user_id = ? AND ended_at IS NULL", id);
  return Number(row?.["n"]);
}
