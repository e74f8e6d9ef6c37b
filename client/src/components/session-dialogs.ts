// What a browser says that is one too many, or was one too many.
import { ago } from "../models/format.ts";
import { browserName } from "../models/browser-name.ts";
import { sessionHook } from "../hooks/session.ts";
import { h, type Child, type ViewElement } from "../view/element.ts";
import { oneAtATime } from "../view/one-at-a-time.ts";
import { button } from "../view/states.ts";
import type { Definition } from "../view/tools.ts";

export interface SessionConflictDialogProps {
  /** Nobody was signed out; the product signs out here. */
  onStaySignedOut?: () => void;
}

/** "You are signed in on Firefox on Linux, last seen 2 minutes ago. Sign out there?" For keepers with `onConflict: "reject"`. */
export const sessionConflictDialog: Definition<SessionConflictDialogProps> = {
  name: "SessionConflictDialog",
  props: ["onStaySignedOut"],
  setup(tools, props) {
    const { texts } = tools;
    const session = sessionHook(tools);
    const title = tools.id();
    const alone = oneAtATime(tools);
    const stay = (): void => alone(() => {
      const ended = session.signOut();
      props.onStaySignedOut?.();
      return ended;
    });
    return () => {
      if (session.state.status !== "conflict") return undefined;
      const { sessions } = session.state;
      return modal(title, texts.conflictTitle, stay,
        h("ul", { class: "tg-sessions" }, sessions.map(({ userAgent, lastSeen, createdAt }) =>
          h("li", { key: createdAt }, texts.conflictSession(browserName(userAgent, texts), ago(lastSeen, Date.now(), texts.locale))))),
        h("p", {}, texts.conflictQuestion),
        h("div", { class: "tg-actions" }, button(texts.signOutThere, () => alone(() => session.takeOver()), { class: "tg-primary" }), button(texts.staySignedOut, stay)));
    };
  },
};

export interface SignedOutElsewhereProps {
  /** The product's own way to sign in again; "Use it here" takes the place back. */
  onSignIn?: () => void;
}

/** Why this browser was put out, over everything else. */
export const signedOutElsewhere: Definition<SignedOutElsewhereProps> = {
  name: "SignedOutElsewhere",
  props: ["onSignIn"],
  setup(tools, props) {
    const { texts } = tools;
    const session = sessionHook(tools);
    const title = tools.id();
    const alone = oneAtATime(tools);
    return () => {
      if (session.state.status !== "ended") return undefined;
      const { reason } = session.state;
      // The product's own way to sign in begins with nothing: what is kept of the end would put out whoever comes back by it.
      const again = (): void => alone(() => props.onSignIn === undefined ? session.takeOver() : session.signOut().then(props.onSignIn));
      return modal(title, texts.endedTitle, undefined, h("p", {}, texts.ended[reason]), h("div", { class: "tg-actions" }, button(texts.signInHere, again, { class: "tg-primary" })));
    };
  },
};

/** A dialog that holds the keyboard, as the browser's own does. */
function modal(id: string, title: string, leave: (() => void) | undefined, ...content: Child[]): ViewElement {
  return h("dialog", { class: "tg-dialog", "aria-labelledby": id, onMount: show, onCancel: () => leave?.() }, h("h2", { id }, title), ...content);
}

function show(element: HTMLElement): void {
  if (element instanceof HTMLDialogElement && !element.open) element.showModal();
}
