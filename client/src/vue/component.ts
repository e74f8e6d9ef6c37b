// A Vue component of a definition.
import { defineComponent, type VNodeChild } from "vue";
import type { Slots } from "../view/element.ts";
import type { Definition } from "../view/tools.ts";
import { toVue } from "./render.ts";
import { vueTools } from "./tools.ts";

/** A component with these properties; `onChosen` is what `@chosen` listens to. */
export type VueComponent<Props extends object> = new () => { $props: Props; $slots: Record<string, (() => VNodeChild) | undefined> };

export function vueComponent<Props extends object>(definition: Definition<Props>): VueComponent<Props> {
  const component = defineComponent({
    name: definition.name,
    props: Object.fromEntries(definition.props.map((name) => [name, { type: null, required: false, default: undefined }])),
    setup(props, { slots }) {
      const show = definition.setup(vueTools(), props as Readonly<Props>);
      const given: Slots = new Proxy({}, { get: (_, name: string) => slots[name] && (() => ({ foreign: slots[name]?.() })) });
      return () => toVue(show(given));
    },
  });
  return component as unknown as VueComponent<Props>;
}
