// What a page of stories offers to whoever looks at them: which there are, and each on its own.
import { english, german, type Texts } from "../src/vue/index.ts";
import type { Client } from "../src/index.ts";
import type { SessionState } from "../src/session/index.ts";
import type { SessionHandle } from "../src/view/tools.ts";
import { scriptedClient } from "./scripted.ts";
import { STORIES, type Story } from "./stories.ts";

export interface StoryPage {
  names: string[];
  /** Shows one, in place of the one before. */
  show(name: string, language?: "en" | "de"): void;
}

declare global {
  interface Window {
    stories: StoryPage;
  }
}

export interface Shown {
  story: Story;
  client: Client;
  session: SessionHandle;
  texts: Texts;
}

const nameOf = ({ component, state }: Story): string => `${component}: ${state}`;

/** Offers the stories; `mount` shows one in an element, and gives how to take it away. */
export function offer(mount: (shown: Shown, element: HTMLElement) => () => void, setOnline: (online: boolean) => void): void {
  const app = document.getElementById("app") as HTMLElement;
  let takeAway: (() => void) | undefined;
  const show = (name: string, language: "en" | "de" = "en"): void => {
    const story = STORIES.find((each) => nameOf(each) === name);
    if (story === undefined) throw new Error(`There is no story "${name}".`);
    takeAway?.();
    document.documentElement.lang = language;
    document.title = name;
    const title = document.createElement("h1");
    title.textContent = story.component;
    const state = document.createElement("h2");
    state.textContent = story.state;
    const place = document.createElement("div");
    app.replaceChildren(title, state, place);
    setOnline(story.isOffline !== true);
    const { written } = story;
    if (written !== undefined) whenThere(place, "input", (field) => write(field, written));
    takeAway = mount({ story, client: scriptedClient(story.script), session: standIn(story.session ?? { status: "live", offline: false }), texts: language === "de" ? german : english }, place);
  };
  window.stories = { names: STORIES.map(nameOf), show };
  const list = listOf(window.stories.names);
  app.before(list.element);
  // `#de:UsageMeter: over` in the address shows that one, in German.
  const open = (): void => {
    const [, language, wanted = ""] = /^(?:(en|de):)?(.*)$/.exec(decodeURIComponent(location.hash.slice(1))) ?? [];
    const tongue = language === "de" ? "de" : "en";
    list.mark(wanted, tongue);
    if (window.stories.names.includes(wanted)) return show(wanted, tongue);
    const hint = document.createElement("h1");
    hint.textContent = "Choose a story from the list.";
    app.replaceChildren(hint);
  };
  addEventListener("hashchange", open);
  open();
}

/** As soon as there is one; frameworks render when they like. */
function whenThere(place: HTMLElement, selector: "input", found: (element: HTMLInputElement) => void): void {
  const look = (): boolean => {
    const element = place.querySelector(selector);
    if (element !== null) found(element);
    return element !== null;
  };
  const watch = new MutationObserver(() => look() && watch.disconnect());
  watch.observe(place, { childList: true, subtree: true });
}

/** As a person would: React hears of a value alone that was not set by itself. */
function write(field: HTMLInputElement, text: string): void {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** All stories as links, by component. The list is open until one is chosen, so that a phone shows that one. */
function listOf(names: readonly string[]): { element: HTMLElement; mark(shown: string, language: "en" | "de"): void } {
  const make = <Tag extends keyof HTMLElementTagNameMap>(tag: Tag, text = ""): HTMLElementTagNameMap[Tag] => Object.assign(document.createElement(tag), { textContent: text });
  const element = make("nav");
  element.setAttribute("aria-label", "Stories");
  const details = make("details");
  const language = make("a");
  const links = new Map<string, HTMLAnchorElement>();
  details.append(make("summary", `All ${names.length} stories`));
  for (const component of new Set(STORIES.map((story) => story.component))) {
    const states = make("ul");
    for (const story of STORIES.filter((each) => each.component === component)) {
      const link = make("a", story.state);
      links.set(nameOf(story), link);
      const item = make("li");
      item.append(link);
      states.append(item);
    }
    details.append(make("p", component), states);
  }
  element.append(details, language);
  return {
    element,
    mark(shown, tongue) {
      const other = tongue === "de" ? "en" : "de";
      for (const [name, link] of links) {
        link.href = `#${tongue}:${encodeURIComponent(name)}`;
        if (name === shown) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      details.open = !links.has(shown);
      Object.assign(language, { href: `#${other}:${encodeURIComponent(shown)}`, textContent: other === "de" ? "Auf Deutsch" : "In English", lang: other });
    },
  };
}

/** A keeper that is in one state until somebody presses a button. */
function standIn(state: SessionState): SessionHandle {
  let now = state;
  const listeners = new Set<(state: SessionState) => void>();
  const become = (next: SessionState): Promise<void> => {
    now = next;
    for (const listener of listeners) listener(next);
    return Promise.resolve();
  };
  return {
    get state() { return now; },
    subscribe: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    takeOver: () => become({ status: "live", offline: false }),
    signOut: () => become({ status: "signed_out" }),
  };
}
