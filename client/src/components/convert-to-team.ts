import { KEYS } from "../hooks/queries.ts";
import { organizationHook } from "../hooks/organizations.ts";
import { featureName, limit, money } from "../models/format.ts";
import type { Texts } from "../texts/texts.ts";
import { h } from "../view/element.ts";
import { oneAtATime } from "../view/one-at-a-time.ts";
import { field, notice, once, refusal } from "../view/states.ts";
import type { Definition } from "../view/tools.ts";

export interface ConvertToTeamProps {
  onConverted?: (organizationId: string) => void;
}

/** A personal organization becomes a team: what that gives and costs, before it is done. */
export const convertToTeam: Definition<ConvertToTeamProps> = {
  name: "ConvertToTeam",
  props: ["onConverted"],
  setup(tools, props) {
    const { client, texts } = tools;
    const own = organizationHook(tools);
    const preview = tools.query(() => ({ queryKey: [...KEYS.preview, "convert"], queryFn: ({ signal }) => client.identity.convertPreview({}, { signal }), staleTime: 30_000 }));
    const name = tools.state<string | undefined>(undefined);
    const done = tools.state<string | undefined>(undefined);
    const id = tools.id();
    const wanted = (): string => name.get() ?? preview.data?.organization.name ?? "";
    // What was shown is what is paid.
    const asShown = () => (preview.data?.proration ? { prorationDate: preview.data.proration.prorationDate } : {});
    const alone = oneAtATime(tools);
    const convert = (): void => alone(() => own.convert({ name: wanted(), ...asShown() }).then(({ organization }) => {
      done.set(texts.converted(organization.name));
      props.onConverted?.(organization.id);
    }));
    return () => {
      if (done.get() !== undefined) return notice(done.get());
      return once(preview, texts, "convert", () => {
        const { data } = preview;
        if (data === undefined) return undefined;
        if (!data.allowed) return h("p", { class: "tg-refusal", role: "alert" }, texts.refusals[data.reason?.code ?? ""] ?? data.reason?.message);
        return h("form", { class: "tg-form tg-convert", onSubmit: convert },
          h("h2", {}, texts.convertTitle),
          h("p", {}, texts.convertText),
          h("ul", {}, data.gained.limits.map(({ feature, from, to }) => h("li", { key: feature }, gain(feature, from, to, texts)))),
          data.priceCents === null ? undefined : h("p", {}, texts.convertCosts(price(data.priceCents, data.currency, data.interval, texts))),
          field(`${id}-name`, texts.teamName, wanted(), name.set, { required: true, autocomplete: "organization" }),
          refusal(own.refusal, texts),
          h("button", { type: "submit", class: "tg-button tg-primary", disabled: own.isConverting }, texts.convert));
      });
    };
  },
};

function gain(feature: string, from: number, to: number, texts: Texts): string {
  const { locale, unlimited } = texts;
  return texts.convertGains(featureName(feature, texts.features), limit(from, locale, unlimited), limit(to, locale, unlimited));
}

function price(cents: number, currency: string, interval: "month" | "year", texts: Texts): string {
  const amount = money(cents, currency, texts.locale);
  return interval === "year" ? texts.billedYearly(amount) : texts.perMonth(amount);
}
