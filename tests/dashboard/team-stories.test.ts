// What a team goes through with each product that has teams, in a real browser on the running system: it begins with one person, fills up to
// its last seat, and sees who has used how much.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import type { Person } from "../harness/world.ts";
import { figure, Shopfront, upgrade, type Sold } from "./story.ts";

interface TeamStory {
  product: string;
  /** Of a person before, and of the team that they make of it: with the seats, and the overview's figure of what was used before. */
  alone: string;
  meter: string;
  label: string;
  used: number;
  becomes: { plan: string; seats: number; says: RegExp };
  /** Where that has no seat for another one: the plan that has. */
  grows?: Sold & { from: string; name: string; seats: number };
  /** Whom a full team is sent to. */
  sales: string;
}

const STORIES: TeamStory[] = [
  {
    product: "voip", alone: "starter", meter: "uploads", label: "Uploads", used: 42, sales: "sales@voipaccelerator.com",
    becomes: { plan: "enterprise", seats: 10, says: /42 unlimited/ },
  },
  {
    product: "voice-training", alone: "individual_free", meter: "training_sessions", label: "Training sessions", used: 7, sales: "sales@voice-training.example",
    becomes: { plan: "trial", seats: 10, says: /7 of 500 493 left/ },
  },
  {
    product: "starter-kit", alone: "free", meter: "max_records", label: "Records", used: 60, sales: "sales@starter-kit.example",
    becomes: { plan: "free", seats: 1, says: /60 of 100 40 left/ }, grows: { plan: "pro", from: "Free", name: "Pro", cents: 2_900, seats: 5 },
  },
];

for (const story of STORIES) {
  describe(`a team of ${story.product}`, () => {
    let shop: Shopfront;
    before(async () => { shop = await Shopfront.open(story.product, story.grows === undefined ? [] : [story.grows]); });
    after(() => shop.close());
    afterEach(() => shop.stage.closeVisits());

    const track = async (person: Person, quantity: number): Promise<void> => {
      const reply = await shop.stage.system.call("track-usage", { path: "/track", token: person.token, body: { feature: story.meter, quantity } });
      assert.equal(reply.status, 200, reply.text);
    };
    const seats = (page: Page, taken: number, all: number): Promise<void> => page.getByText(`Seats: ${taken} of ${all}`).waitFor();
    const invite = async (page: Page, email: string): Promise<void> => {
      await page.getByLabel("E-mail").fill(email);
      await page.getByRole("button", { name: "Invite", exact: true }).click();
    };

    it("begins with one person, keeps what there was, invites somebody who accepts in a browser of their own, and has no seat behind the last", async () => {
      const { world, system } = shop.stage;
      const founder = await shop.stage.person(story.alone);
      await track(founder, story.used);
      const { page } = await shop.stage.visit(founder, { at: "/pricing" });
      await shop.payHere(page);
      await page.getByRole("link", { name: "Work with others: become a team" }).click();
      await page.getByLabel("Name of the team").fill("Southwind Works");
      await page.getByRole("button", { name: "Make it a team" }).click();
      await page.waitForURL("**/members");
      await page.getByRole("link", { name: "Audit log" }).waitFor();
      const [team] = await system.sql("SELECT o.kind, o.name, s.plan_id FROM organizations o JOIN org_subscriptions s ON s.organization_id = o.id WHERE o.id = ?", founder.organizationId);
      assert.deepEqual(team, { kind: "team", name: "Southwind Works", plan_id: story.becomes.plan });
      await seats(page, 1, story.becomes.seats);
      await page.getByRole("link", { name: "Overview", exact: true }).click();
      assert.match(await figure(page, story.label).line(), story.becomes.says);

      if (story.grows !== undefined) {
        await page.getByRole("link", { name: "Members", exact: true }).click();
        await invite(page, "no-seat@example.com");
        await page.getByRole("alert").getByText(story.sales).waitFor();
        await page.getByRole("button", { name: "Upgrade" }).click();
        await upgrade(page, story.grows.from, story.grows.name);
      }
      const all = story.grows?.seats ?? story.becomes.seats;
      for (const person of await world.individuals(all - 2, { plan: story.alone })) await world.join(founder.organizationId, person, "member");
      const invited = await shop.stage.person(story.alone);
      await page.getByRole("link", { name: "Members", exact: true }).click();
      await page.waitForURL("**/members");
      await page.reload();
      await seats(page, all - 1, all);
      await invite(page, invited.email);
      const link = new URL(await page.getByLabel("Link of the invitation").inputValue());
      await invite(page, "too-many@example.com");
      await page.getByRole("alert").getByText(story.sales).waitFor();

      const other = await shop.stage.visit(invited, { at: link.pathname + link.search });
      await other.page.getByRole("heading", { name: "Join Southwind Works" }).waitFor();
      await other.page.getByRole("button", { name: "Accept" }).click();
      await other.page.waitForURL("**/overview");
      await other.page.getByRole("link", { name: "Members", exact: true }).waitFor();
      assert.ok(!other.page.url().includes("token"));

      await page.reload();
      await seats(page, all, all);
      await invite(page, "too-many@example.com");
      await page.getByRole("alert").getByText(story.sales).waitFor();
      await page.getByRole("button", { name: "Upgrade" }).click();
      await page.waitForURL("**/pricing");
    });

    it("sees who has used how much in the whole period, and a member what is their own", async () => {
      const { id, people } = await shop.stage.team(story.grows?.plan ?? story.becomes.plan, story.alone, ["member", "member"]);
      const [owner, ida, leaver] = people as [Person, Person, Person];
      const named = async ({ id: user }: Person, name: string): Promise<void> => {
        await shop.stage.system.sql("UPDATE users SET name = ? WHERE id = ?", name, user);
      };
      await named(owner, "Olga Owner");
      await named(ida, "Ida Member");
      await track(owner, 3);
      // More than a page of events has.
      for (let event = 0; event < 120; event += 1) await track(ida, 1);
      await track(leaver, 5);
      await shop.stage.system.sql("DELETE FROM organization_members WHERE organization_id = ? AND user_id = ?", id, leaver.id);

      const rows = async (person: Person): Promise<string[]> => {
        const { page } = await shop.stage.visit(person, { at: "/usage" });
        const shown = page.getByTestId("by-person").locator("tbody tr");
        await shown.first().waitFor();
        return (await shown.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " "));
      };
      assert.deepEqual(await rows(owner), [`Olga Owner ${story.label} 3`, `Ida Member ${story.label} 120`, `Others ${story.label} 5`]);
      assert.deepEqual(await rows(ida), [`Ida Member ${story.label} 120`, `Others ${story.label} 8`]);
    });
  });
}
