import type { Invoice } from "../named.ts";
import { billingHook } from "../hooks/billing.ts";
import { webAddress } from "../models/address.ts";
import { day, money } from "../models/format.ts";
import type { Texts } from "../texts/texts.ts";
import { h, type ViewElement } from "../view/element.ts";
import { oneAtATime } from "../view/one-at-a-time.ts";
import { button, once, refusal } from "../view/states.ts";
import type { Definition } from "../view/tools.ts";

export interface BillingHistoryProps {
  /** Where the portal leads back to: a path of the product. */
  returnPath?: string;
  /** Leads the browser to the portal; `location.assign` unless it is given. */
  onPortal?: (url: string) => void;
}

/** The invoices, the newest first, and the way to cards and addresses. */
export const billingHistory: Definition<BillingHistoryProps> = {
  name: "BillingHistory",
  props: ["returnPath", "onPortal"],
  setup(tools, props) {
    const { texts } = tools;
    const billing = billingHook(tools);
    const lead = (url: string): void => (props.onPortal ?? ((to: string) => location.assign(to)))(url);
    const alone = oneAtATime(tools);
    const open = (): void => alone(() => billing.portal(props.returnPath === undefined ? {} : { returnPath: props.returnPath }).then(({ url }) => lead(url)));
    return () => once(billing, texts, "billing", () => h("div", { class: "tg-billing" },
      billing.invoices.length === 0 ? h("p", { class: "tg-empty" }, texts.noInvoices) : table(billing.invoices, texts),
      refusal(billing.refusal, texts),
      billing.subscription?.isPaidThroughStripe === true ? button(texts.manageBilling, open) : undefined));
  },
};

function table(invoices: readonly Invoice[], texts: Texts): ViewElement {
  return h("div", { class: "tg-scroll", tabindex: 0, role: "region", "aria-label": texts.billingHistory },
    h("table", { class: "tg-table" },
      h("thead", {}, h("tr", {}, ...[texts.date, texts.invoice, texts.amount, texts.status].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, invoices.map((invoice) => h("tr", { key: invoice.id },
        h("td", {}, day(invoice.createdAt, texts.locale)),
        h("th", { scope: "row" }, named(invoice, texts)),
        h("td", {}, money(invoice.totalCents, invoice.currency, texts.locale)),
        h("td", {}, texts.invoiceStatuses[invoice.status] ?? invoice.status))))));
}

function named({ number, pdfUrl, hostedUrl }: Invoice, texts: Texts): ViewElement | string {
  const name = number ?? "—";
  const url = webAddress(pdfUrl) ?? webAddress(hostedUrl);
  return url === undefined ? name : h("a", { href: url, rel: "noopener noreferrer", target: "_blank", "aria-label": texts.download(name) }, name);
}
