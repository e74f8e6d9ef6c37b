// Vue's nodes of what a component shows.
import { h, type VNode, type VNodeChild } from "vue";
import type { Attributes, Child, ViewElement } from "../view/element.ts";

export function toVue(child: Child): VNodeChild {
  if (Array.isArray(child)) return (child as readonly Child[]).map(toVue);
  if (typeof child !== "object" || child === null) return child === false ? undefined : (child as string | number | null | undefined);
  if ("foreign" in child) return child.foreign as VNodeChild;
  const element = child as ViewElement;
  return h(element.tag, properties(element), element.children.map(toVue));
}

function properties({ attributes, key }: ViewElement): Record<string, unknown> {
  const { onClick, onInput, onChoose, onSubmit, onCancel, onMount, ...html } = attributes as Attributes;
  return {
    ...html,
    ...(key === undefined ? {} : { key }),
    ...(onClick && { onClick: () => onClick() }),
    ...(onInput && { onInput: (event: Event) => onInput((event.target as HTMLInputElement).value) }),
    ...(onChoose && { onChange: (event: Event) => onChoose((event.target as HTMLInputElement).value) }),
    ...(onSubmit && { onSubmit: (event: Event) => prevented(event, onSubmit) }),
    ...(onCancel && { onCancel: (event: Event) => prevented(event, onCancel) }),
    ...(onMount && { onVnodeMounted: ({ el }: VNode) => onMount(el as HTMLElement) }),
  };
}

function prevented(event: Event, then: () => void): void {
  event.preventDefault();
  then();
}
