// What a person goes through with each product, in a real browser on the running system: to the limit, past it by another plan, and out of
// another browser.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { Json, Reply } from "../harness/system.ts";
import type { Stage } from "./stage.ts";
import { figure, Shopfront, signInTwice, upgrade, type Sold } from "./story.ts";

interface Story {
  product: string;
  /** What runs out, as the pages call it. */
  label: string;
  /** Uses so many, as the product's own pages do it. */
  use: (stage: Stage, token: string, quantity: number) => Promise<Reply>;
  /** Of what is counted: up to 80 %, from there to the limit, and what no longer fits. */
  warnsAt: number;
  rest: number;
  more: number;
  /** The overview's figure at each of these, and after the first use on the next plan. */
  says: { new: RegExp; warned: RegExp; full: RegExp; upgraded: RegExp };
  refused: string;
  from: string;
  to: Sold & { name: string };
  /** Whether a second browser puts the first one out. */
  hasOneBrowser: boolean;
  hasTeams: boolean;
}

const track = (body: Record<string, Json>) => (stage: Stage, token: string, quantity: number): Promise<Reply> =>
  stage.system.call("track-usage", { path: "/track", token, body: { ...body, quantity } });

const STORIES: Story[] = [
  {
    product: "voip", label: "Uploads", warnsAt: 80, rest: 20, more: 1, refused: "upload_limit_exceeded", from: "Starter", to: { plan: "professional", name: "Professional", cents: 19_900 },
    use: (stage, token, uploadCount) => stage.system.call("track-upload", { token, body: { uploadType: "rate_sheet", uploadCount } }),
    says: { new: /0 of 100/, warned: /80 of 100 20 left/, full: /100 of 100 0 left/, upgraded: /101 unlimited/ }, hasOneBrowser: true, hasTeams: true,
  },
  {
    product: "voice-training", label: "Training sessions", warnsAt: 8, rest: 2, more: 1, refused: "limit_reached", from: "Free", to: { plan: "individual_pro", name: "Pro", cents: 2_900 },
    use: track({ eventType: "training_session", attributes: { score: 80 } }),
    says: { new: /0 of 10/, warned: /8 of 10 2 left/, full: /10 of 10 0 left/, upgraded: /11 of 100 89 left/ }, hasOneBrowser: false, hasTeams: true,
  },
  {
    product: "starter-kit", label: "Records", warnsAt: 80, rest: 20, more: 1, refused: "limit_reached", from: "Free", to: { plan: "pro", name: "Pro", cents: 2_900 },
    use: track({ eventType: "record_created" }),
    says: { new: /0 of 100/, warned: /80 of 100 20 left/, full: /100 of 100 0 left/, upgraded: /101 of 10,000 9,899 left/ }, hasOneBrowser: false, hasTeams: true,
  },
  {
    // Counted in seconds, once ever; on the next plan a period begins with nothing used of it.
    product: "coaching", label: "AI voice minutes", warnsAt: 12 * 60, rest: 3 * 60, more: 1, refused: "limit_reached", from: "Free", to: { plan: "lifestyle", name: "Lifestyle", cents: 2_900 },
    use: (stage, token, seconds) => stage.system.call("track-usage", { path: "/log-call", token, body: { type: "ai_voice", seconds } }),
    says: { new: /0 of 15/, warned: /12 of 15 3 left/, full: /15 of 15 0 left/, upgraded: /1 of 120 119 left/ }, hasOneBrowser: false, hasTeams: false,
  },
];

/** All that Stripe has charged. */
const invoices = ({ stripe }: Shopfront): unknown[] => [...stripe.account.invoices.values()].map(({ total, status }) => [total, status]);

for (const story of STORIES) {
  describe(`somebody of ${story.product}`, () => {
    let shop: Shopfront;
    before(async () => { shop = await Shopfront.open(story.product, [story.to]); });
    after(() => shop.close());
    afterEach(() => shop.stage.closeVisits());

    it("signs up, is warned at 80 %, uses it to the limit, is refused, upgrades, and goes on", async () => {
      const newcomer = shop.stage.world.stranger();
      const use = (quantity: number): Promise<Reply> => story.use(shop.stage, newcomer.token, quantity);
      const { page } = await shop.stage.visit(newcomer);
      await shop.payHere(page);
      const { line } = figure(page, story.label);
      assert.match(await line(), story.says.new);
      assert.equal(await page.locator(".notice.warning").count(), 0);

      assert.equal((await use(story.warnsAt)).status, 200);
      await page.reload();
      await page.getByRole("status").getByText(`${story.label}: 80% used.`).waitFor();
      assert.match(await line(), story.says.warned);

      assert.equal((await use(story.rest)).status, 200);
      const refused = await use(story.more);
      assert.deepEqual([refused.status, refused.body["code"], refused.body["upgradeRequired"]], [429, story.refused, true], refused.text);
      await page.reload();
      await page.getByRole("status").getByText(`${story.label}: nothing is left.`).waitFor();
      assert.match(await line(), story.says.full);

      await page.getByRole("link", { name: "See the plans" }).first().click();
      await page.getByRole("heading", { name: story.to.name, exact: true }).waitFor();
      assert.equal(await page.getByRole("link", { name: /become a team/ }).count(), story.hasTeams ? 1 : 0);
      await upgrade(page, story.from, story.to.name);
      await page.getByText(`$${story.to.cents / 100} a month`, { exact: true }).waitFor();
      assert.deepEqual(invoices(shop), [[story.to.cents, "paid"]]);

      assert.equal((await use(story.more)).status, 200);
      await page.getByRole("link", { name: "Overview", exact: true }).first().click();
      await page.waitForURL("**/overview");
      await page.reload();
      assert.match(await line(), story.says.upgraded);
      assert.equal(await page.getByRole("status").getByText(story.label).count(), 0);
    });

    it(story.hasOneBrowser ? "is told within one heartbeat that they signed in on another browser" : "stays signed in where they sign in on another browser, too", async () => {
      const { first, second } = await signInTwice(shop.stage, await shop.stage.person(story.to.plan));
      if (story.hasOneBrowser) await first.page.getByRole("dialog", { name: "You were signed out" }).getByText("You signed in on another device").waitFor();
      else assert.equal(await first.page.getByRole("dialog").count(), 0);
      assert.equal(await second.page.getByRole("dialog").count(), 0);
    });
  });
}

describe("somebody of wellness", () => {
  let shop: Shopfront;
  before(async () => { shop = await Shopfront.open("wellness", [{ plan: "premium", cents: 990 }]); });
  after(() => shop.close());
  afterEach(() => shop.stage.closeVisits());

  // Nothing is counted by the month: what somebody may use up is a package that they were granted so often.
  it("signs up for two weeks, uses up what was granted, is refused, sees which plan opens it, upgrades, and goes on", async () => {
    const { stage } = shop;
    const newcomer = stage.world.stranger();
    const { page } = await stage.visit(newcomer, { at: "/packages" });
    await shop.payHere(page);
    const studio = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Focus Studio" }) });
    await studio.getByText("From Premium on").waitFor();
    await page.getByRole("button", { name: "Open it: Deep Sleep" }).click();
    await page.getByText("Deep Sleep is open.").waitFor();
    const [trial] = await stage.system.sql("SELECT s.plan_id, s.status, s.trial_ends_at - s.current_period_start AS lasts FROM org_subscriptions s JOIN organizations o ON o.id = s.organization_id WHERE o.personal_user_id = ?", newcomer.id);
    assert.deepEqual([trial?.["plan_id"], trial?.["status"], Number(trial?.["lasts"])], ["starter", "trialing", 14 * 86_400_000]);

    const open = (): Promise<Reply> => stage.system.call("account", { path: "/open-package", token: newcomer.token, body: { package: "focus-studio" } });
    await stage.world.grant(newcomer, "focus-studio", 2);
    await page.reload();
    await page.getByRole("button", { name: "Open it: Focus Studio" }).click();
    await page.getByText("Focus Studio is open.").waitFor();
    assert.equal((await open()).status, 200);
    const refused = await open();
    assert.deepEqual([refused.status, refused.body["code"]], [403, "package_locked"], refused.text);

    await page.reload();
    await studio.getByText("From Premium on").waitFor();
    await studio.getByRole("link", { name: "See the plan: Focus Studio" }).click();
    await page.getByRole("heading", { name: "Premium", exact: true }).waitFor();
    assert.equal(await page.getByRole("link", { name: /become a team/ }).count(), 0);
    await upgrade(page, "Starter", "Premium");
    await page.getByText("$9.90 a month", { exact: true }).waitFor();
    assert.deepEqual(invoices(shop), [[990, "paid"]]);
    await page.getByRole("link", { name: "Modules and packages" }).click();
    await page.getByRole("button", { name: "Open it: Focus Studio" }).click();
    await page.getByText("Focus Studio is open.").waitFor();
    await studio.getByText("opened 3 times").waitFor();
  });

  it("stays signed in where they sign in on another browser, too", async () => {
    const { first, second } = await signInTwice(shop.stage, await shop.stage.person("premium"));
    assert.deepEqual([await first.page.getByRole("dialog").count(), await second.page.getByRole("dialog").count()], [0, 0]);
  });
});
