// What people do on the pages of their own: what is paid, what was told, what is kept of them, and its end.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { Shop } from "../harness/shop.ts";
import { Stage } from "./stage.ts";

let shop: Shop;
let stage: Stage;
before(async () => {
  shop = await Shop.open({ pages: "voip" });
  stage = await Stage.on(shop.system);
});
after(async () => {
  await stage.closeVisits();
  await stage.browser.close();
  await shop.close();
});
afterEach(() => stage.closeVisits());

describe("the billing of somebody who pays", () => {
  it("is cancelled after a second word, and that is taken back", async () => {
    const payer = await shop.payer();
    await shop.buys(payer, "professional");
    const { page, faults } = await stage.visit(payer, { at: "/billing" });
    await page.getByText("$199 a month").waitFor();
    await page.getByRole("button", { name: "Cancel the plan" }).click();
    await page.getByText(/^It runs until /).waitFor();
    await page.getByRole("button", { name: "Keep it" }).click();
    assert.equal(await page.getByText(/^Cancelled; runs until /).count(), 0);
    await page.getByRole("button", { name: "Cancel the plan" }).click();
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    await page.getByText(/^Cancelled; runs until /).waitFor();
    await page.getByText("None is to come.").waitFor();
    await page.getByRole("button", { name: "Take it back" }).click();
    await page.getByText(/^Cancelled; runs until /).waitFor({ state: "detached" });
    assert.deepEqual(faults, []);
  });

  it("leads to Stripe's own page for cards, addresses and receipts", async () => {
    const payer = await shop.payer();
    await shop.buys(payer, "professional");
    const { page } = await stage.visit(payer, { at: "/billing" });
    const asked = page.waitForRequest(/^https:\/\/billing\.stripe\.com\//);
    await page.getByRole("button", { name: "Cards, addresses and receipts" }).click();
    assert.match((await asked).url(), /^https:\/\/billing\.stripe\.com\/p\/session\/test_/);
  });

  it("shows what a smaller plan takes before it is chosen", async () => {
    const payer = await shop.payer();
    await shop.buys(payer, "professional");
    const { page } = await stage.visit(payer, { at: "/billing?plan=starter" });
    await page.getByText("Professional → Starter").waitFor();
    await page.getByText("Uploads: unlimited becomes 100").waitFor();
    await page.getByRole("button", { name: "Change to Starter" }).click();
    await page.getByText(/^Starter begins on /).waitFor();
  });
});

describe("the trial of somebody who has not paid", () => {
  it("is followed by no invoice, and says when it ends", async () => {
    const { page, faults } = await stage.visit(await stage.world.individual(), { at: "/billing" });
    await page.getByText(/^None is to come\. The trial ends on .+; choose a plan to go on after it\.$/).waitFor();
    await page.getByText("$99 a month", { exact: true }).waitFor();
    assert.equal(await page.getByText("$99", { exact: true }).count(), 0);
    await page.getByRole("link", { name: "Overview", exact: true }).click();
    await page.getByText(/^Trial until /).waitFor();
    assert.deepEqual(faults, []);
  });
});

it("the pricing page offers to become a team to somebody who works alone, and not to a team", async () => {
  const { people } = await stage.team("enterprise", "starter", []);
  for (const [person, plan, offers] of [[await stage.person("starter"), "Starter", 1], [people[0], "Enterprise", 0]] as const) {
    const { page } = await stage.visit(person);
    await page.getByText(plan, { exact: true }).first().waitFor();
    await page.getByRole("link", { name: "Pricing", exact: true }).click();
    await page.getByRole("heading", { name: plan, exact: true }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Work with others: become a team" }).count(), offers, plan);
  }
});

it("a link without its invitation says what is missing", async () => {
  const { page } = await stage.visit(undefined, { at: "/accept-invitation" });
  await page.getByText("This address has no invitation in it. Open the whole link that you were sent.").waitFor();
});

it("alerts are told until somebody has seen them", async () => {
  const person = await stage.person("starter");
  await shop.system.call("track-usage", { path: "/track", token: person.token, body: { feature: "uploads", quantity: 85 } });
  const { page } = await stage.visit(person, { at: "/usage" });
  await page.getByRole("button", { name: "Acknowledge: Uploads, 80 % used" }).click();
  await page.getByText(/^No alerts\./).waitFor();
});

describe("the account", () => {
  it("keeps which mails are wanted", async () => {
    const person = await stage.person("starter");
    const { page } = await stage.visit(person, { at: "/account" });
    await page.getByLabel("Before a trial ends").uncheck();
    await page.getByText("Saved.").waitFor();
    await page.reload();
    assert.equal(await page.getByLabel("Before a trial ends").isChecked(), false);
    assert.equal(await page.getByLabel("When a limit is reached").isChecked(), true);
  });

  it("goes through its first steps", async () => {
    const person = await stage.person("starter");
    const { page } = await stage.visit(person, { at: "/account" });
    for (const question of ["What do you do?", "What do you want to achieve?"]) {
      await page.getByLabel(question).fill("A thing or two");
      await page.getByRole("button", { name: "Next" }).click();
    }
    await page.getByText("Step 3 of 3").waitFor();
  });

  it("is taken along as a file", async () => {
    const person = await stage.person("starter", { name: "Ida Rhodes" });
    const { page } = await stage.visit(person, { at: "/account" });
    assert.match(await downloaded(page, "Download"), /Ida Rhodes/);
  });

  it("is deleted after its own address was typed, in the language of the page", async () => {
    const person = await stage.person("starter");
    const { page } = await stage.visit(person, { at: "/account", language: "de" });
    await page.getByRole("button", { name: "Zeigen, was wegfiele" }).click();
    await page.getByText("das Profil", { exact: true }).waitFor();
    await page.getByLabel(`Zur Bestätigung ${person.email} eingeben`).fill("somebody@else.example");
    await page.getByRole("button", { name: "Mein Konto löschen" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel(`Zur Bestätigung ${person.email} eingeben`).fill(person.email);
    await page.getByRole("button", { name: "Mein Konto löschen" }).click();
    await page.waitForURL("**/sign-in");
    const [row] = await shop.system.sql("SELECT deleted_at FROM users WHERE id = ?", person.id);
    assert.notEqual(row?.["deleted_at"], null);
  });
});

it("the audit log says what happened in the reader's language, and is exported", async () => {
  const { people, name } = await stage.team("enterprise", "starter", ["member"]);
  const [owner] = people;
  assert.ok(owner);
  await shop.system.call("manage-members", { token: owner.token, body: { action: "change_role", memberId: people[1]?.id, newRole: "viewer" } });
  const { page } = await stage.visit(owner, { at: "/audit", language: "de" });
  await page.getByRole("cell", { name: "Rolle geändert" }).waitFor();
  assert.match(await downloaded(page, "Als CSV exportieren"), /member\.role_changed/, name);
});

/** What a button gives the browser to keep. */
async function downloaded(page: Page, button: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  return readFileSync(await file.path(), "utf8");
}
