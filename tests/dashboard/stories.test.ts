// What people go through, in a real browser on the running system: to the limit and past it, into a team, and out of another browser.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { startStripeStandIn, type StripeStandIn } from "../harness/stripe/stand-in.ts";
import type { Person } from "../harness/world.ts";
import { Stage } from "./stage.ts";

interface Story {
  product: string;
  /** The meter that runs out. */
  meter: string;
  label: string;
  /** Of what is counted: the part at which it warns, and the rest. */
  warnsAt: number;
  rest: number;
  from: string;
  to: { id: string; name: string; cents: number };
  /** As the page shows it afterwards, with one more. */
  then: RegExp;
}

const STORIES: Story[] = [
  { product: "voice-training", meter: "training_sessions", label: "Training sessions", warnsAt: 8, rest: 2, from: "Free", to: { id: "individual_pro", name: "Pro", cents: 2_900 }, then: /11 of 100/ },
  { product: "starter-kit", meter: "max_records", label: "Records", warnsAt: 80, rest: 20, from: "Free", to: { id: "pro", name: "Pro", cents: 2_900 }, then: /101 of 10,000/ },
  { product: "voip", meter: "uploads", label: "Uploads", warnsAt: 80, rest: 20, from: "Starter", to: { id: "professional", name: "Professional", cents: 19_900 }, then: /101 unlimited/ },
];

for (const story of STORIES) {
  describe(`somebody of ${story.product}`, () => {
    let stage: Stage;
    let stripe: StripeStandIn;
    before(async () => {
      stripe = await startStripeStandIn();
      stage = await Stage.open(story.product, { bindings: stripe.settings() });
      stripe.price({ id: "price_of_the_story", amount: story.to.cents, interval: "month" });
      await stage.system.sql("INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES ('price_of_the_story', ?, 'month', 1)", story.to.id);
    });
    after(async () => {
      await stage.close();
      await stripe.close();
    });
    afterEach(() => stage.closeVisits());

    it("signs up, uses it to the limit, is refused, upgrades, and goes on", async () => {
      const newcomer = stage.world.stranger();
      const track = async (quantity: number): Promise<number> =>
        (await stage.system.call("track-usage", { path: "/track", token: newcomer.token, body: { feature: story.meter, quantity } })).status;
      const { page } = await stage.visit(newcomer);
      await payHere(page, stage, stripe);
      const figure = page.getByTestId("figures").getByRole("listitem").filter({ hasText: story.label }).first();
      await figure.waitFor();
      assert.equal(await page.locator(".notice.warning").filter({ hasText: story.label }).count(), 0);

      assert.equal(await track(story.warnsAt), 200);
      await page.reload();
      await page.getByText(`${story.label}: 80% used.`).waitFor();
      assert.equal(await track(story.rest), 200);
      assert.equal(await track(1), 429);
      await page.reload();
      await page.getByText(`${story.label}: nothing is left.`).waitFor();

      await page.getByRole("link", { name: "See the plans" }).first().click();
      await page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: story.to.name, exact: true }) }).getByRole("button").click();
      await page.getByText(`${story.from} → ${story.to.name}`).waitFor();
      await page.getByRole("button", { name: `Pay for ${story.to.name}` }).click();
      await page.locator(".amount").filter({ hasText: story.to.name }).first().waitFor();

      assert.equal(await track(1), 200);
      await page.getByRole("link", { name: "Overview", exact: true }).first().click();
      await page.waitForURL("**/overview");
      await page.reload();
      await figure.waitFor();
      assert.match((await figure.innerText()).replaceAll(/\s+/g, " "), new RegExp(story.then.source.replaceAll(" ", " ?")));
    });

    if (story.product === "voip") {
      it("is told within one heartbeat that they signed in on another browser", async () => {
        const person = await stage.world.individual();
        const first = await stage.visit(person, { hasClock: true });
        await first.page.getByTestId("figures").waitFor();
        const second = await stage.visit(person);
        await second.page.getByTestId("figures").waitFor();
        await first.page.clock.runFor(66_000);
        await first.page.getByRole("dialog", { name: "You were signed out" }).getByText("You signed in on another device").waitFor();
        assert.equal(await second.page.getByRole("dialog").count(), 0);
      });
    }

    if (story.product === "voice-training") {
      it("invites somebody, who accepts in a browser of their own; and the last seat is the last", async () => {
        await stage.system.sql("UPDATE plans SET seats = 3 WHERE id = 'professional'");
        const team = await stage.team("professional", "individual_free", ["member"]);
        const [owner] = team.people as [Person];
        const invited = await stage.person("individual_free");
        const { page } = await stage.visit(owner, { at: "/members" });
        const invite = async (email: string): Promise<void> => {
          await page.getByLabel("E-mail").fill(email);
          await page.getByRole("button", { name: "Invite", exact: true }).click();
        };
        await invite(invited.email);
        const link = new URL(await page.getByLabel(/link/i).inputValue());
        const other = await stage.visit(invited, { at: link.pathname + link.search });
        await other.page.getByRole("button", { name: "Accept" }).click();
        await other.page.waitForURL("**/overview");
        await other.page.getByRole("link", { name: "Members", exact: true }).waitFor();
        assert.ok(!other.page.url().includes("token"));

        await page.reload();
        await page.getByText("Seats: 3 of 3").waitFor();
        await invite("too-many@example.com");
        await page.getByRole("alert").waitFor();
        await page.getByRole("button", { name: "Upgrade" }).click();
        await page.waitForURL("**/pricing");
      });

      it("becomes a team, and keeps what there was", async () => {
        const person = await stage.person("individual_free");
        const { page } = await stage.visit(person, { at: "/pricing" });
        await page.getByRole("link", { name: "Work with others: become a team" }).click();
        await page.getByRole("textbox").fill("Southwind Voices");
        await page.locator("form").getByRole("button").click();
        await page.waitForURL("**/members");
        await page.getByRole("link", { name: "Audit log" }).waitFor();
        await page.getByText("Southwind Voices").first().waitFor();
      });

      it("keeps a group of the profile, takes a username, and signs out everywhere else", async () => {
        const person = await stage.person("individual_free");
        await stage.world.session({ user: person, userAgent: "Firefox on a desk" });
        const { page } = await stage.visit(person, { at: "/account" });
        await page.getByLabel("First name").fill("Ida");
        await page.getByRole("button", { name: "Save: Person" }).click();
        await page.getByText("Saved.").first().waitFor();
        await page.getByRole("textbox", { name: "Username" }).fill("ida_of_the_story");
        await page.getByRole("button", { name: "Take this username" }).click();
        await page.getByRole("button", { name: "Sign out everywhere else" }).click();
        await page.getByText("One other browser was signed out.").waitFor();
        const [row] = await stage.system.sql("SELECT u.username, p.first_name FROM users u JOIN user_profiles p ON p.user_id = u.id WHERE u.id = ?", person.id);
        assert.deepEqual([row?.["username"], row?.["first_name"]], ["ida_of_the_story", "Ida"]);
      });

      it("has no console, and the staff has", async () => {
        const person = await stage.person("individual_free", { name: "Nora Novak" });
        const staff = await stage.person("individual_free");
        await stage.system.sql("UPDATE users SET account_type = 'admin' WHERE id = ?", staff.id);
        const nobody = await stage.visit(person, { at: "/console" });
        await search(nobody.page, person.email);
        await nobody.page.getByRole("alert").waitFor();
        const { page } = await stage.visit(staff);
        await page.getByRole("link", { name: "Console", exact: true }).click();
        await search(page, person.email);
        await page.getByRole("link", { name: "Nora Novak" }).click();
        await page.getByRole("heading", { name: "Nora Novak" }).waitFor();
        await page.getByRole("link", { name: /Workspace/ }).click();
        await page.getByRole("link", { name: "training_sessions" }).click();
        await page.getByLabel("Limit (-1: none)").fill("12");
        await page.getByLabel("Reason").fill("The story wants it");
        await page.getByRole("button", { name: "See what it meets" }).click();
        await page.getByRole("button", { name: "Change" }).click();
        await page.getByText("It is done.").waitFor();
        const [row] = await stage.system.sql("SELECT limit_value FROM plan_features WHERE plan_id = 'individual_free' AND feature = 'training_sessions'");
        assert.equal(Number(row?.["limit_value"]), 12);
      });
    }
  });
}

async function search(page: Page, email: string): Promise<void> {
  await page.getByRole("searchbox").fill(email);
  await page.getByRole("button", { name: "Search" }).click();
}

/** Stripe's page: whoever comes to it pays at once, Stripe tells of it, and sends them back. */
async function payHere(page: Page, stage: Stage, stripe: StripeStandIn): Promise<void> {
  await page.route("https://checkout.stripe.com/**", async (route) => {
    const session = new URL(route.request().url()).pathname.split("/").at(-1) ?? "";
    const events = stripe.completeCheckout(session);
    for (const event of events) assert.equal((await stripe.deliver(`${stage.system.url}/functions/v1/billing/webhook`, event)).status, 200);
    const back = new URL(stripe.account.session(session).success_url ?? "");
    await route.fulfill({ status: 303, headers: { location: stage.system.url + back.pathname + back.search } });
  });
}
