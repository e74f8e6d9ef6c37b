// A catalog of the project with more in it, so that every walk meets a meter of each kind, calls, webhooks and prices at Stripe.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/workspace.mjs";
import type { StripeStandIn } from "../harness/stripe/stand-in.ts";
import type { System } from "../harness/system.ts";
import { TemporaryFiles } from "../harness/temporary-files.ts";

/** What each plan gives of them, as a catalog writes it. */
const METERS = {
  hard: "{ limit = LIMIT, reset = \"calendar_month\" }",
  capped: "{ limit = 5, reset = \"billing_period\", overage = { unit_price = \"0.333333\", cap_cents = 700, at_cap = \"stop\" } }",
  softly_capped: "{ limit = 3, reset = \"billing_period\", overage = { unit_price = \"0.125\", cap_cents = 300, at_cap = \"go_on\" } }",
  priced: "{ limit = 2, reset = \"billing_period\", unit = \"minute\", overage = { unit_price = \"0.100001\" } }",
  once: "{ limit = 30, reset = \"once\" }",
  gauge: "{ limit = 9, reset = \"gauge\" }",
  mau: "{ limit = 6, reset = \"calendar_month\", distinct = true }",
} as const;

export const METER_NAMES = Object.keys(METERS);
/** A call that counts by the second against `priced`. */
export const CALL = "talk";
export const PACKAGE = "walked";

/** A catalog with these meters. */
export class Catalog {
  readonly #files = new TemporaryFiles();
  readonly #text: string;

  constructor(name: string) {
    this.#text = readFileSync(join(ROOT, `catalogs/${name}.toml`), "utf8");
  }

  /** The path of its file. `limit`: of `hard`, which a push changes. */
  file(limit: number): string {
    const features = [...Object.entries(METERS).map(([meter, terms]) => `${meter} = ${terms.replace("LIMIT", String(limit))}`), "webhooks = true"].join("\n");
    const [head = "", ...plans] = this.#text.split("[[plans]]\n");
    const withMeters = plans.map((plan, place) => {
      const [, id = ""] = /^id = "(\w+)"/m.exec(plan) ?? [];
      const cents = /^price_month_cents = (\d+)$/m.exec(plan)?.[1];
      const costs = cents === undefined ? `price_month_cents = ${1_099 + 1_000 * place}\n` : "";
      const year = /^price_year_cents/m.test(plan) ? "" : `price_year_cents = ${20_000 + 1_000 * place}\n`;
      const sold = cents === "0" ? "" : `${costs}${year}stripe_price_month = "price_${id}_month"\nstripe_price_year = "price_${id}_year"\n`;
      const [terms = "", ...rest] = plan.split("[plans.features]\n");
      const [own, packages] = splitBefore(terms, "[[packages]]");
      if (rest.length > 0) return `${sold}${terms}[plans.features]\n${features}\n${rest.join("[plans.features]\n")}`;
      return `${sold}${own}\n[plans.features]\n${features}\n\n${packages}`;
    });
    const calls = `${CALL} = { meter = "priced", longest_call_seconds = 600 }`;
    const types = head.includes("[event_types]\n") ? head.replace("[event_types]\n", `[event_types]\n${calls}\n`) : `${head}[event_types]\n${calls}\n\n`;
    const content = `\n[[packages]]\nid = "${PACKAGE}"\ncategory = "sleep"\n`;
    return this.#files.write(`walk-${limit}.toml`, `${types}${withMeters.map((plan) => `[[plans]]\n${plan}`).join("")}${content}`);
  }

  close(): void {
    this.#files.remove();
  }
}

function splitBefore(text: string, mark: string): [string, string] {
  const place = text.indexOf(mark);
  return place < 0 ? [text, ""] : [text.slice(0, place), text.slice(place)];
}

/** Stripe has each price that the product knows. */
export async function sell(system: System, stripe: StripeStandIn): Promise<void> {
  const prices = await system.sql(`SELECT stripe_price_id AS id, billing_interval AS term, CASE billing_interval WHEN 'year' THEN price_year_cents ELSE price_month_cents END AS cents
FROM plan_prices JOIN plans ON plans.id = plan_id ORDER BY stripe_price_id`);
  for (const { id, term, cents } of prices) stripe.price({ id: String(id), amount: Number(cents), interval: term === "year" ? "year" : "month" });
}
