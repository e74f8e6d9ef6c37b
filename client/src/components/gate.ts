import type { Texts } from "../texts/texts.ts";
import { featureName } from "../models/format.ts";
import { featureHook } from "../hooks/usage.ts";
import { h, type Child } from "../view/element.ts";
import { button, once, skeleton } from "../view/states.ts";
import type { Definition } from "../view/tools.ts";

export interface GateProps {
  feature: string;
  onUpgrade?: (plan: string | undefined) => void;
}

type Known = ReturnType<typeof featureHook>;

/** Its content, where the plan opens it; else a lock with the plan that does; a skeleton before that is known. Slots: `locked`, `loading`. */
export const gate: Definition<GateProps> = {
  name: "Gate",
  props: ["feature", "onUpgrade"],
  setup(tools, props) {
    const { texts } = tools;
    const feature = featureHook(tools, () => props.feature);
    return (slots) => {
      if (feature.isPending && !feature.isPaused) return slots["loading"]?.() ?? skeleton(texts, "gate");
      return once(feature, texts, "gate", () => (feature.allowed ? slots["default"]?.() : slots["locked"]?.() ?? lock(feature, props, texts)));
    };
  },
};

export interface UpgradePromptProps extends GateProps {}

/** The lock by itself: why a feature is closed and what opens it. Nothing where it is open. */
export const upgradePrompt: Definition<UpgradePromptProps> = {
  name: "UpgradePrompt",
  props: ["feature", "onUpgrade"],
  setup(tools, props) {
    const { texts } = tools;
    const feature = featureHook(tools, () => props.feature);
    return () => once(feature, texts, "upgrade", () => (feature.allowed ? undefined : lock(feature, props, texts)));
  },
};

function lock({ reason, upgrade }: Known, { feature, onUpgrade }: GateProps, texts: Texts): Child {
  const [plan] = upgrade;
  const label = plan === undefined ? texts.upgrade : texts.upgradeTo(plan.name);
  return h("div", { class: "tg-lock" },
    h("h3", {}, texts.lockedTitle(featureName(feature, texts.features))),
    h("p", {}, reason === undefined ? texts.lockedReasons.feature_not_in_plan : texts.lockedReasons[reason]),
    plan === undefined ? undefined : h("p", {}, texts.lockedBy(plan.name)),
    // A viewer gets no further by paying.
    onUpgrade === undefined || reason === "viewer" ? undefined : button(label, () => onUpgrade(plan?.plan), { class: "tg-primary" }));
}
