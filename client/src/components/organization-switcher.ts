import { organizationsHook } from "../hooks/organizations.ts";
import { h } from "../view/element.ts";
import { oneAtATime } from "../view/one-at-a-time.ts";
import { once, refusal } from "../view/states.ts";
import type { Definition } from "../view/tools.ts";

export interface OrganizationSwitcherProps {
  onSwitched?: (organizationId: string) => void;
}

/** Where the person works: a list, since that is what every keyboard and every phone knows. */
export const organizationSwitcher: Definition<OrganizationSwitcherProps> = {
  name: "OrganizationSwitcher",
  props: ["onSwitched"],
  setup(tools, props) {
    const { texts } = tools;
    const all = organizationsHook(tools);
    const id = tools.id();
    const alone = oneAtATime(tools);
    const choose = (organizationId: string): void => alone(() => all.switchTo(organizationId).then(() => props.onSwitched?.(organizationId)));
    return () => once(all, texts, "switcher", () => all.organizations.length === 0 ? h("p", { class: "tg-empty" }, texts.nothing) : h("div", { class: "tg-switcher tg-field" },
      h("label", { for: id }, texts.switchOrganization),
      h("select", { id, class: "tg-input", value: all.current?.id ?? "", disabled: all.isSwitching, onChoose: choose },
        all.organizations.map(({ id: value, name, kind, planName }) =>
          h("option", { key: value, value }, `${name} (${kind === "personal" ? `${texts.personal}, ` : ""}${planName})`))),
      refusal(all.refusal, texts)));
  },
};
