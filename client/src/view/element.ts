// What a component shows, before any framework: Vue and React each make their own nodes of it.

import { linkAddress } from "../models/address.ts";

/** What happens to an element, by what people do; the handlers get values and no events. */
export interface Handlers {
  onClick?: () => void;
  /** The text of a field, with each key. */
  onInput?: (value: string) => void;
  /** The choice in a list, or whether a box is ticked (`"true"`, `"false"`). */
  onChoose?: (value: string) => void;
  /** A form; nothing is sent by the browser itself. */
  onSubmit?: () => void;
  /** A dialog that is left by the key Escape. */
  onCancel?: () => void;
  /** The element is on the page. It may be told several times. */
  onMount?: (element: HTMLElement) => void;
}

/** HTML's own attributes, as HTML spells them. */
export type Attributes = Handlers & { [name: string]: string | number | boolean | undefined | Handlers[keyof Handlers] };

export interface ViewElement {
  tag: string;
  key: string | undefined;
  attributes: Attributes;
  children: Child[];
}

/** What the product itself puts into a component: its framework's own nodes. */
export interface Foreign {
  foreign: unknown;
}

export type Child = ViewElement | Foreign | string | number | false | null | undefined | readonly Child[];

export function h(tag: string, attributes: Attributes & { key?: string } = {}, ...children: Child[]): ViewElement {
  const { key, ...rest } = attributes;
  // No component leads anywhere else, whatever a reply says.
  if (typeof rest["href"] === "string") rest["href"] = linkAddress(rest["href"]);
  return { tag, key, attributes: rest, children };
}

/** What is given to a component from outside, by its place: `default`, `locked`, … */
export type Slots = Partial<Record<string, () => Foreign | undefined>>;
