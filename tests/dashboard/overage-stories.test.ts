// What the usage page says that the next invoice will add is what Stripe is asked for, to the cent: from the calls over the end of the period to
// the invoice, by a clock that is set.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { Page } from "playwright-core";
import type { Stripe } from "stripe";
import { idOf } from "../harness/stripe/account.ts";
import type { Reply } from "../harness/system.ts";
import { LASTING } from "../harness/tokens.ts";
import { DAY, MINUTE } from "../harness/world.ts";
import { Shopfront, upgrade } from "./story.ts";

const BEGINS = Date.parse("2027-01-05T10:00:00.000Z");
const PRICES = { lifestyle: 2_900, growth: 7_900 } as const;
/** Within it a call that is told late still counts; two minutes later a period is closed. */
const CLOSED_AFTER = DAY + 3 * MINUTE;

interface Payer {
  id: string;
  email: string;
  token: string;
  page: Page;
  subscription: string;
}

let now = BEGINS;
let shop: Shopfront;
before(async () => {
  const sold = Object.entries(PRICES).map(([plan, cents]) => ({ plan, cents }));
  shop = await Shopfront.open("coaching", sold, { now: () => Math.floor(now / 1_000), hasClock: true, scheduled: true });
});
after(() => shop.close());
beforeEach(() => at(BEGINS));
afterEach(() => shop.stage.closeVisits());

/** The moment at which Stripe and all workers are from now on. */
async function at(moment: number): Promise<void> {
  now = moment;
  await shop.stage.system.setClock(moment);
}

/** Somebody who signs up and pays for a plan, in their browser. */
async function payer(plan: "Lifestyle" | "Growth"): Promise<Payer> {
  const known = new Set(shop.stripe.account.subscriptions.keys());
  const person = shop.stage.world.stranger({ claims: LASTING });
  const { page } = await shop.stage.visit(person);
  // A page that is loaded anew is loaded later: one that is left and registers at the same moment is one whose answer was lost.
  await page.route((address) => address.origin === shop.stage.system.url, async (route) => {
    if (route.request().isNavigationRequest()) await at(now + 1_000);
    await route.fallback();
  });
  await shop.payHere(page, () => at(now + 1_000));
  await page.getByTestId("figures").waitFor();
  await page.goto(`${shop.stage.system.url}/pricing`);
  await upgrade(page, "Free", plan);
  const [subscription = ""] = [...shop.stripe.account.subscriptions.keys()].filter((id) => !known.has(id));
  return { ...person, page, subscription };
}

const log = (who: Payer, type: "ai_voice" | "human_coach", seconds: number): Promise<Reply> =>
  shop.stage.system.call("track-usage", { path: "/log-call", token: who.token, body: { type, seconds } });

/** Calls that lasted so many seconds each, all of which fit. */
async function calls(who: Payer, type: "ai_voice" | "human_coach", ...seconds: number[]): Promise<void> {
  for (const each of seconds) {
    const reply = await log(who, type, each);
    assert.equal(reply.status, 200, reply.text);
  }
}

/** What the usage page says will be added, as it writes it; and what its bars say of each meter's cost. */
async function preview({ page }: Payer): Promise<{ total: string; cap: string | undefined; meters: Record<string, string | undefined> }> {
  await page.goto(`${shop.stage.system.url}/usage`);
  const total = page.getByTestId("overage");
  await total.waitFor();
  const meters: Record<string, string | undefined> = {};
  for (const bar of await page.locator("[data-meter]").all()) {
    meters[(await bar.getAttribute("data-meter")) ?? ""] = /\$[\d.,]+/.exec(await bar.innerText())?.[0];
  }
  const card = page.locator("section").filter({ has: total });
  await card.getByText("is added to the next invoice").waitFor();
  return { total: await total.innerText(), cap: /at most (\$[\d.,]+) a period/.exec(await card.innerText())?.[1], meters };
}

const cents = (money: string): number => Math.round(Number(money.replace(/[$,]/g, "")) * 100);

/** The period ends and the next one begins; the scheduler does its work a day later. What it has put down at Stripe, by the meter. */
async function periodEnds({ subscription }: Payer): Promise<Record<string, number>> {
  const { customer, items } = shop.stripe.account.subscription(subscription);
  const end = (items.data[0]?.current_period_end ?? 0) * 1_000;
  await at(end);
  await shop.tell(shop.stripe.renew(subscription));
  assert.equal(shop.stripe.latestInvoice(subscription).lines.data.length, 1, "what is closed later is on the invoice after this one");
  await at(end + CLOSED_AFTER);
  for (const { job, outcome } of (await shop.stage.system.tick("7 * * * *")) as { job: string; outcome: string }[]) assert.equal(outcome, "done", job);
  const ofCustomer = [...shop.stripe.account.items.values()].filter((item) => idOf(item.customer) === idOf(customer));
  return Object.fromEntries(ofCustomer.map((item) => [nameOf(item), item.amount]));
}

const nameOf = ({ description }: Stripe.InvoiceItem): string => /^(.*) beyond the plan/.exec(description ?? "")?.[1] ?? String(description);

/** The invoice that the next period's end brings. */
async function nextInvoice({ subscription }: Payer): Promise<Stripe.Invoice> {
  const [item] = shop.stripe.account.subscription(subscription).items.data;
  await at((item?.current_period_end ?? 0) * 1_000);
  await shop.tell(shop.stripe.renew(subscription));
  return shop.stripe.latestInvoice(subscription);
}

/** What was put down and what is charged is what the page said. */
async function isCharged(who: Payer, plan: keyof typeof PRICES, said: string, wanted: Record<string, number>): Promise<void> {
  const put = await periodEnds(who);
  assert.deepEqual(put, wanted);
  assert.equal(Object.values(put).reduce((sum, amount) => sum + amount, 0), cents(said));
  const invoice = await nextInvoice(who);
  assert.deepEqual([invoice.total, invoice.status], [PRICES[plan] + cents(said), "paid"]);
  // The page of the new period begins with nothing.
  await who.page.goto(`${shop.stage.system.url}/usage`);
  await who.page.getByText("Nothing. Your plan covers all of it.").waitFor();
}

describe("the overage that the usage page shows is what Stripe is asked for", () => {
  it("without a cap: seconds, of which each minute begun counts once a period, and calls with a person", async () => {
    const ada = await payer("Growth");
    // 349 minutes and a second of AI, each call with seconds of its own; and three calls with a coach, of which one is included.
    await calls(ada, "ai_voice", 2 * 3_600, 2 * 3_600, 3_599, 61, 2_881);
    await calls(ada, "human_coach", 900, 900, 61);
    const said = await preview(ada);
    assert.deepEqual(said, { total: "$54", cap: undefined, meters: { ai_voice_minutes: "$4", human_coach_calls: "$50", ai_text_messages: undefined } });
    await isCharged(ada, "growth", said.total, { "ai voice minutes": 400, "human coach calls": 5_000 });
  });

  it("with a cap, which the page names, at which the next minute is refused", async () => {
    const ada = await payer("Lifestyle");
    await calls(ada, "ai_voice", 2 * 3_600, 2 * 3_600, 4_799);
    const below = await preview(ada);
    assert.deepEqual([below.total, below.cap], ["$20", "$20"]);
    await calls(ada, "ai_voice", 1);
    const refused = await log(ada, "ai_voice", 1);
    assert.deepEqual([refused.status, refused.body["code"]], [429, "overage_cap_reached"], refused.text);
    assert.equal((await preview(ada)).total, "$20");
    await isCharged(ada, "lifestyle", below.total, { "ai voice minutes": 2_000 });
  });

  it("less than is collected waits, which both pages say, and nothing is asked for", async () => {
    const ada = await payer("Lifestyle");
    await calls(ada, "ai_voice", 2 * 3_600, 61);
    for (const [path, said] of [["usage", "is too little to be collected alone"], ["billing", "$0.20 for what is used beyond the plan so far waits"]] as const) {
      await ada.page.goto(`${shop.stage.system.url}/${path}`);
      const card = ada.page.locator("section").filter({ has: ada.page.getByTestId("overage") });
      await card.getByText(`${said}`).waitFor();
      assert.match(await card.innerText(), /comes to \$0\.50/);
    }
    assert.deepEqual(await periodEnds(ada), {});
    assert.equal((await nextInvoice(ada)).total, PRICES.lifestyle);
  });

  it("with another plan within the period: what was charged stays, and the rest costs what the new one says", async () => {
    const ada = await payer("Lifestyle");
    await calls(ada, "ai_voice", 2 * 3_600, 241);
    assert.equal((await preview(ada)).total, "$0.50");

    await at(BEGINS + 10 * DAY);
    await ada.page.goto(`${shop.stage.system.url}/pricing`);
    await upgrade(ada.page, "Lifestyle", "Growth");
    assert.equal((await preview(ada)).total, "$0.50", "it was charged by the terms of then");
    // Up to 300 minutes are included from now on: 310 and a second are eleven more.
    await calls(ada, "ai_voice", 2 * 3_600, 3_960);
    await calls(ada, "human_coach", 900, 900);
    const said = await preview(ada);
    assert.deepEqual([said.total, said.meters], ["$26.38", { ai_voice_minutes: "$1.38", human_coach_calls: "$25", ai_text_messages: undefined }]);
    await isCharged(ada, "growth", said.total, { "ai voice minutes": 138, "human coach calls": 2_500 });
  });
});
