import { meterModel, type Metered } from "../models/meter.ts";
import type { Texts } from "../texts/texts.ts";
import { usageHook } from "../hooks/usage.ts";
import { h, type Child, type ViewElement } from "../view/element.ts";
import { once } from "../view/states.ts";
import type { Definition } from "../view/tools.ts";

export interface UsageMeterProps {
  /** One meter; all of them where it is left out. */
  feature?: string;
  /** Of overage; ISO 4217. */
  currency?: string;
}

/** How much of a meter is used: a bar that warns from 80 %, and what goes on beyond the limit. */
export const usageMeter: Definition<UsageMeterProps> = {
  name: "UsageMeter",
  props: ["feature", "currency"],
  setup(tools, props) {
    const usage = usageHook(tools, () => props.feature);
    const { texts } = tools;
    return () => once(usage, texts, "meter", () => {
      if (usage.meters.length === 0) return h("p", { class: "tg-empty" }, texts.nothing);
      return usage.meters.map((meter) => bar(meter, texts, props.currency));
    });
  },
};

function bar(meter: Metered, texts: Texts, currency: string | undefined): ViewElement {
  const { label, level, percent, text, notes } = meterModel(meter, texts, currency);
  const measure: Child = level === "unlimited" ? undefined : h("div", {
    class: "tg-meter-bar", role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": percent, "aria-valuetext": [text, ...notes].join(", "),
  }, h("div", { class: "tg-meter-fill", style: `inline-size: ${percent}%` }));
  return h("div", { key: meter.feature, class: `tg-meter tg-meter-${level}`, "data-level": level },
    h("p", { class: "tg-meter-label" }, h("span", {}, label), " ", h("span", { class: "tg-meter-text" }, text)),
    measure,
    notes.length === 0 ? undefined : h("p", { class: "tg-meter-notes" }, notes.join(" · ")));
}
