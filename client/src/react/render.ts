// React's nodes of what a component shows.
import { Fragment, createElement, type ChangeEvent, type CSSProperties, type ReactNode, type SyntheticEvent } from "react";
import type { Attributes, Child, ViewElement } from "../view/element.ts";

/** Attributes that React spells otherwise than HTML. */
const NAMES: Record<string, string> = { class: "className", for: "htmlFor", tabindex: "tabIndex", readonly: "readOnly", autocomplete: "autoComplete" };

export function toReact(child: Child): ReactNode {
  if (Array.isArray(child)) return createElement(Fragment, null, ...(child as readonly Child[]).map(toReact));
  if (typeof child !== "object" || child === null) return child as ReactNode;
  if ("foreign" in child) return child.foreign as ReactNode;
  const element = child as ViewElement;
  return createElement(element.tag, properties(element), ...element.children.map(toReact));
}

function properties({ attributes, key }: ViewElement): Record<string, unknown> {
  const { onClick, onInput, onChoose, onSubmit, onCancel, onMount, style, ...html } = attributes as Attributes;
  const change = onInput ?? onChoose;
  return {
    ...Object.fromEntries(Object.entries(html).map(([name, value]) => [NAMES[name] ?? name, value])),
    ...(key === undefined ? {} : { key }),
    ...(typeof style === "string" && { style: styleOf(style) }),
    ...(onClick && { onClick: () => onClick() }),
    ...(change && { onChange: ({ target }: ChangeEvent<HTMLInputElement>) => change(target.value) }),
    ...(onSubmit && { onSubmit: (event: SyntheticEvent) => prevented(event, onSubmit) }),
    ...(onCancel && { onCancel: (event: SyntheticEvent) => prevented(event, onCancel) }),
    ...(onMount && { ref: (element: HTMLElement | null) => void (element !== null && onMount(element)) }),
  };
}

/** `inline-size: 80%` */
function styleOf(text: string): CSSProperties {
  const said = text.split(";").map((each) => each.split(":").map((part) => part.trim()));
  return Object.fromEntries(said.map(([name = "", value]) => [name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()), value]));
}

function prevented(event: SyntheticEvent, then: () => void): void {
  event.preventDefault();
  then();
}
