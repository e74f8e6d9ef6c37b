import { bannerText } from "../models/trial.ts";
import { entitlementsHook } from "../hooks/usage.ts";
import { h } from "../view/element.ts";
import { button, once } from "../view/states.ts";
import type { Definition } from "../view/tools.ts";

/** The plan's name, and its state where that is not as usual. */
export const planBadge: Definition<object> = {
  name: "PlanBadge",
  props: [],
  setup(tools) {
    const { texts } = tools;
    const standing = entitlementsHook(tools);
    return () => once(standing, texts, "badge", () => {
      const { plan } = standing;
      if (plan === undefined) return undefined;
      return h("span", { class: `tg-badge tg-badge-${plan.status}` }, plan.status === "active" ? plan.name : `${plan.name} · ${texts.statuses[plan.status]}`);
    });
  },
};

export interface TrialBannerProps {
  onUpgrade?: () => void;
}

/** When the trial ends, or that a payment failed; nothing where there is nothing to say. */
export const trialBanner: Definition<TrialBannerProps> = {
  name: "TrialBanner",
  props: ["onUpgrade"],
  setup(tools, props) {
    const { texts } = tools;
    const standing = entitlementsHook(tools);
    return () => {
      // A banner is not waited for.
      const text = standing.plan === undefined ? undefined : bannerText(standing.plan, Date.now(), texts);
      if (text === undefined) return undefined;
      const way = props.onUpgrade === undefined ? undefined : button(texts.upgrade, props.onUpgrade, { class: "tg-primary" });
      return h("div", { class: "tg-banner", role: "status" }, h("p", {}, text), way);
    };
  },
};
