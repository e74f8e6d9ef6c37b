// What people do with their own account, and the staff with everybody's, in a real browser on the running system.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { Stage } from "./stage.ts";

let stage: Stage;
before(async () => { stage = await Stage.open("voice-training"); });
after(() => stage.close());
afterEach(() => stage.closeVisits());

describe("somebody of voice-training", () => {
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
    await page.getByRole("link", { name: "training_sessions" }).waitFor();
  });
});

async function search(page: Page, email: string): Promise<void> {
  await page.getByRole("searchbox").fill(email);
  await page.getByRole("button", { name: "Search" }).click();
}
