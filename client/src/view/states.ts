// What every component has beside its content: it loads, the network is away, it was refused.
import { isUnreachable } from "../refusals.ts";
import { errorText } from "../models/refusal-text.ts";
import type { Texts } from "../texts/texts.ts";
import { h, type Child, type ViewElement } from "./element.ts";

interface Fetched {
  readonly isPending: boolean;
  readonly isPaused: boolean;
  readonly error: unknown;
}

/** Its content as soon as there is any; what was fetched stays while the network is away. */
export function once(fetched: Fetched, texts: Texts, name: string, content: () => Child): Child {
  if (fetched.error !== null && fetched.error !== undefined && fetched.isPending === false) return failed(fetched.error, texts);
  if (!fetched.isPending) return content();
  return fetched.isPaused ? h("p", { class: "tg-offline", role: "status" }, texts.offline) : skeleton(texts, name);
}

/** Nothing could be fetched; where no answer came it is asked for again by itself. */
function failed(error: unknown, texts: Texts): Child {
  if (!isUnreachable(error)) return refusal(error, texts);
  return h("p", { class: "tg-refusal", role: "status" }, errorText(error, texts) === texts.offline ? texts.offline : `${texts.unreachable} ${texts.askedAgain}`);
}

export function skeleton(texts: Texts, name: string): ViewElement {
  return h("div", { class: `tg-skeleton tg-skeleton-${name}`, role: "status" }, h("span", { class: "tg-unseen" }, texts.loading));
}

export function refusal(error: unknown, texts: Texts): Child {
  if (error === null || error === undefined) return undefined;
  return h("p", { class: "tg-refusal", role: "alert" }, errorText(error, texts));
}

/** What went well. It is on the page before it has anything to say, so that screen readers hear it. */
export function notice(text: string | undefined): ViewElement {
  return h("p", { class: "tg-notice", role: "status" }, text);
}

export function button(label: string, onClick: () => void, more: { class?: string; disabled?: boolean; "aria-label"?: string } = {}): ViewElement {
  const { class: extra = "", ...rest } = more;
  return h("button", { type: "button", class: `tg-button ${extra}`.trim(), onClick, ...rest }, label);
}

interface FieldForm {
  type?: string;
  hint?: string;
  required?: boolean;
  autocomplete?: string;
  /** Of a text of several lines. */
  rows?: number;
}

/** A field with its label, and what there is to say of it. */
export function field(id: string, label: string, value: string, onInput: (value: string) => void, more: FieldForm = {}): ViewElement {
  const { hint, rows, ...rest } = more;
  const attributes = { id, class: "tg-input", value, onInput, ...(hint === undefined ? {} : { "aria-describedby": `${id}-hint` }), ...rest };
  return h("div", { class: "tg-field" },
    h("label", { for: id }, label),
    rows === undefined ? h("input", { type: "text", ...attributes }) : h("textarea", { ...attributes, rows }),
    hint === undefined ? undefined : h("p", { id: `${id}-hint`, class: "tg-hint" }, hint));
}

/** Runs what may be refused; the refusal is shown by whoever holds it. */
export function tried(work: Promise<unknown>): void {
  work.catch(() => undefined);
}
