import type { Interval } from "../named.ts";
import { plansHook } from "../hooks/billing.ts";
import { entitlementsHook } from "../hooks/usage.ts";
import { audiences, intervals, pricingColumns, type PlanColumn, type PricingChoice } from "../models/pricing.ts";
import { h, type Child, type ViewElement } from "../view/element.ts";
import { button, once } from "../view/states.ts";
import type { Definition } from "../view/tools.ts";

export interface PricingTableProps {
  audience?: PricingChoice["audience"];
  interval?: Interval;
  /** False where nobody is signed in yet, as on a product's front page. */
  signedIn?: boolean;
  onChoose?: (plan: string, interval: Interval) => void;
}

/** The plans beside each other, for individuals or teams, by the month or the year. */
export const pricingTable: Definition<PricingTableProps> = {
  name: "PricingTable",
  props: ["audience", "interval", "signedIn", "onChoose"],
  setup(tools, props) {
    const { texts } = tools;
    const catalog = plansHook(tools);
    const standing = props.signedIn === false ? undefined : entitlementsHook(tools);
    const audience = tools.state<PricingChoice["audience"] | undefined>(undefined);
    const interval = tools.state<Interval | undefined>(undefined);
    const name = tools.id();
    return () => once(catalog, texts, "pricing", () => {
      const offered = audiences(catalog.plans);
      const current = catalog.plans.find(({ id }) => id === standing?.plan?.id);
      const forWhom = audience.get() ?? props.audience ?? (current?.audience === "team" ? "team" : offered[0] ?? "individual");
      const billed = interval.get() ?? props.interval ?? "month";
      const paid = standing?.plan?.runs === true && standing.plan.status !== "trialing" ? current?.id : undefined;
      const columns = pricingColumns(catalog.plans, { audience: forWhom, interval: billed }, catalog.currency, paid, texts);
      return h("section", { class: "tg-pricing", "aria-label": texts.plans },
        h("div", { class: "tg-pricing-choices" },
          toggle(`${name}-audience`, texts.audience, offered, forWhom, (value) => (value === "team" ? texts.forTeams : texts.forIndividuals), audience.set),
          toggle(`${name}-interval`, texts.billed, intervals(catalog.plans), billed, (value) => texts.intervals[value], interval.set)),
        h("ul", { class: "tg-pricing-plans" }, columns.map((column) => plan(column, () => props.onChoose?.(column.id, billed)))));
    });
  },
};

/** One of a few, as radio buttons: that is what arrow keys and screen readers know. */
function toggle<T extends string>(name: string, legend: string, values: readonly T[], chosen: T, label: (value: T) => string, choose: (value: T) => void): Child {
  if (values.length < 2) return undefined;
  return h("fieldset", { class: "tg-toggle" },
    h("legend", { class: "tg-unseen" }, legend),
    values.map((value) => h("label", { key: value, class: value === chosen ? "tg-toggle-choice tg-toggle-chosen" : "tg-toggle-choice" },
      h("input", { type: "radio", name, value, checked: value === chosen, onChoose: () => choose(value) }), label(value))));
}

function plan({ id, name, price, billed, savings, lines, action, label, contact, contactText }: PlanColumn, choose: () => void): ViewElement {
  return h("li", { key: id, class: action === "current" ? "tg-plan tg-plan-current" : "tg-plan" },
    h("h3", { class: "tg-plan-name" }, name),
    h("p", { class: "tg-plan-price" }, price),
    billed === undefined ? undefined : h("p", { class: "tg-plan-billed" }, billed),
    savings === undefined ? undefined : h("p", { class: "tg-plan-savings" }, savings),
    h("ul", { class: "tg-plan-lines" }, lines.map((line) => h("li", { key: line }, line))),
    ending(action, label, contact, contactText, choose));
}

function ending(action: PlanColumn["action"], label: string, contact: string | undefined, contactText: string | undefined, choose: () => void): Child {
  if (action === "none") return undefined;
  if (action === "current") return h("p", { class: "tg-plan-is-current" }, label);
  if (action === "contact") return contact === undefined ? h("p", {}, `${label}: ${contactText}`) : h("a", { class: "tg-button", href: contact }, label);
  return button(label, choose, { class: "tg-primary" });
}
