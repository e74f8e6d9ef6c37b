// A React component of a definition.
import type { ReactNode } from "react";
import type { Slots } from "../view/element.ts";
import type { Definition } from "../view/tools.ts";
import { toReact } from "./render.ts";
import { useTools } from "./tools.ts";

export type ReactComponent<Props extends object> = ((props: Props) => ReactNode) & { displayName: string };

/** What may stand inside, by its place. */
export interface Places {
  children?: ReactNode;
  locked?: ReactNode;
  loading?: ReactNode;
}

export function reactComponent<Props extends object>(definition: Definition<Props>): ReactComponent<Props & Places> {
  const component = (props: Props & Places): ReactNode => {
    const show = definition.setup(useTools(), props);
    const place = (node: ReactNode) => (node === undefined ? undefined : () => ({ foreign: node }));
    const slots: Slots = { default: place(props.children), locked: place(props.locked), loading: place(props.loading) };
    return toReact(show(slots));
  };
  return Object.assign(component, { displayName: definition.name });
}
