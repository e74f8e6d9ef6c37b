// A page with a few components on it, whose answers and session the suite changes while they are there.
import type { Client } from "../../../../client/src/index.ts";
import { createClient, type Transport } from "../../../../client/src/index.ts";
import type { SessionState } from "../../../../client/src/session/index.ts";
import type { SessionHandle } from "../../../../client/src/view/tools.ts";
import * as data from "../../../../client/stories/replies.ts";
import { answerOf, refuses, replies, type Script } from "../../../../client/stories/scripted.ts";

/** What the suite may write down as answers. */
export const answers = { ...data, refuses, replies };

export interface MountedPage {
  /** Adds to the answers, in place of those before. */
  answer(script: Script): void;
  /** Nobody answers until it is false again. */
  down(isDown: boolean): void;
  /** What is asked from now on is answered when it is false again, as it was to be answered when it was asked. */
  slow(isSlow: boolean): void;
  become(state: SessionState): void;
  /** Shows components by their names with their properties, in place of those before. */
  show(components: readonly (readonly [name: string, props: Record<string, unknown>])[]): void;
  /** What was asked, as `POST /path action`. */
  asked: string[];
  answers: typeof answers;
}

declare global {
  interface Window {
    mounted: MountedPage;
  }
}

export interface Shown {
  name: string;
  props: Record<string, unknown>;
}

/** `mount` puts components on the page and gives how to change them. */
export function offer(mount: (client: Client, session: SessionHandle, element: HTMLElement) => (shown: readonly Shown[]) => void): void {
  const script: Script = {};
  const asked: string[] = [];
  let isDown = false;
  let held: (() => void)[] | undefined;
  const transport: Transport = (request) => {
    const { key, answer } = answerOf(script, request);
    asked.push(key);
    if (isDown) return Promise.reject(new TypeError("Failed to fetch"));
    if (answer === null || answer === undefined) return new Promise(() => undefined);
    const incoming = { status: answer.status, body: answer.body, text: "", header: () => null };
    return held === undefined ? Promise.resolve(incoming) : new Promise((resolve) => held?.push(() => resolve(incoming)));
  };
  const listeners = new Set<(state: SessionState) => void>();
  let state: SessionState = { status: "live", offline: false };
  const become = (next: SessionState): void => {
    state = next;
    for (const listener of listeners) listener(next);
  };
  const session: SessionHandle = {
    get state() { return state; },
    subscribe: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    takeOver: () => Promise.resolve(),
    signOut: () => Promise.resolve(),
  };
  const change = mount(createClient({ transport, getToken: () => "a-token" }), session, document.getElementById("app") as HTMLElement);
  window.mounted = {
    answer: (more) => void Object.assign(script, more),
    down: (now) => void (isDown = now),
    slow(isSlow) {
      held?.forEach((answer) => answer());
      held = isSlow ? [] : undefined;
    },
    become,
    show: (components) => change(components.map(([name, props]) => ({ name, props }))),
    asked,
    answers,
  };
}
