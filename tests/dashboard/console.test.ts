// The staff's pages: each act as somebody of it does it, what is kept from whom, and what customers' browsers never load.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { ACTS, type Act, type ActField, type ActName } from "../../dashboard/src/console/acts.ts";
import { english } from "../../dashboard/src/console/texts/english.ts";
import { CONSOLE_CALLS, customer, type ConsoleCall, type Customer } from "../harness/console-calls.ts";
import { insert } from "../harness/rows.ts";
import type { Person } from "../harness/world.ts";
import { go, settled } from "./looked-at.ts";
import { Stage } from "./stage.ts";

const DAY = 86_400_000;
const ACT_CALLS = CONSOLE_CALLS.filter(({ method, action }) => method === "POST" && action !== "edit-feature");

let stage: Stage;
let superAdmin: Person;
let admin: Person;
let made = 0;
before(async () => {
  stage = await Stage.open("voip", { bindings: { VIEW_AS_SECRET: "the operator's secret for looking on" } });
  [superAdmin, admin] = [await stage.world.staff("super_admin"), await stage.world.staff("admin")];
});
after(() => stage.close());
afterEach(() => stage.closeVisits());

const aCustomer = (): Promise<Customer> => customer(stage.system, stage.world, `d${(made += 1).toString(36)}`);

/** Where an act is done: by whom or what it is about. */
function pageOf({ action, fields }: ConsoleCall, about: Customer): string {
  const { user, organization } = fields(about);
  if (action.endsWith("-message")) return "/console#/inbox";
  if (typeof user === "string" && organization === undefined) return `/console#/person/${user}`;
  return `/console#/organization/${about.team.id}`;
}

describe("the console", () => {
  it("has every act of the function", () => {
    assert.deepEqual(Object.keys(ACTS).sort(), ACT_CALLS.map(({ action }) => action).sort());
  });

  for (const call of ACT_CALLS) {
    it(`does ${call.action}`, async () => {
      const about = await aCustomer();
      await call.given?.(stage.system, about);
      const { page } = await stage.visit(superAdmin, { at: pageOf(call, about) });
      const dialog = await opened(page, call.action as ActName, about);
      // What it does is said before it is done.
      await dialog.getByText(english.acts[call.action as ActName].does).waitFor();
      await fill(dialog, call, about);
      if ((ACTS[call.action as ActName] as Act).hasPreview) {
        await dialog.getByRole("button", { name: english.preview }).click();
        await dialog.getByText(english.cancels(0)).waitFor();
      }
      await dialog.getByRole("button", { name: english.acts[call.action as ActName].label }).click();
      // Stripe is not set up here, and its refusal is shown.
      if (call.asksStripe) return dialog.getByRole("alert").waitFor();
      await dialog.getByText(english.done).waitFor();
      const [act] = await stage.system.sql("SELECT reason, actor_id FROM operator_acts ORDER BY id DESC LIMIT 1");
      assert.deepEqual([act?.["reason"], act?.["actor_id"]], [`${call.action} of the suite`, superAdmin.id]);
    });
  }

  it("shows whoever is found by name and by address once", async () => {
    await stage.world.individual({ email: "quillon@northwind.example", name: "Quillon Quist" });
    const { page } = await stage.visit(superAdmin, { at: "/console" });
    await page.getByRole("searchbox").fill("quillon");
    await page.getByRole("button", { name: english.search.go }).click();
    await page.getByRole("link", { name: "Quillon Quist" }).first().waitFor();
    assert.equal(await page.getByRole("link", { name: "Quillon Quist" }).count(), 1);
  });

  it("asks for a reason, and does nothing without", async () => {
    const about = await aCustomer();
    const { page, asked } = await stage.visit(superAdmin, { at: `/console#/person/${about.member.id}` });
    const dialog = await opened(page, "ban", about);
    await dialog.getByRole("button", { name: english.acts.ban.label }).click();
    assert.ok(await dialog.getByLabel(english.reason).evaluate((field: HTMLTextAreaElement) => field.validity.valueMissing));
    assert.deepEqual(asked.filter((path) => path.endsWith("/ban")), []);
  });

  it("shows an admin nothing that a super_admin alone may", async () => {
    const about = await aCustomer();
    const { page } = await stage.visit(admin, { at: `/console#/person/${about.member.id}` });
    await page.getByRole("button", { name: /^Ban: / }).waitFor();
    for (const act of ["delete-person", "account-type"] as const) assert.equal(await page.getByRole("button", { name: english.acts[act].label }).count(), 0, act);
    await page.goto(`${stage.system.url}/console#/person/${superAdmin.id}`);
    await page.getByText(english.person.ofStaff).waitFor();
    assert.equal(await page.getByRole("button", { name: /: / }).count(), 0);
  });

  it("opens the dashboard as a customer sees it, where nothing can be changed and the token is nowhere", async () => {
    const about = await aCustomer();
    const { page, context } = await stage.visit(superAdmin, { at: `/console#/person/${about.member.id}` });
    const dialog = await opened(page, "view-as", about);
    await dialog.getByLabel(english.reason).fill("They cannot find the page");
    await dialog.getByRole("button", { name: english.acts["view-as"].label }).click();
    const [viewed] = await Promise.all([context.waitForEvent("page"), dialog.getByRole("button", { name: english.openAs }).click()]);
    await viewed.getByText("You see what this customer sees.").waitFor();
    await viewed.getByRole("link", { name: "Members", exact: true }).click();
    await viewed.getByText(about.member.email).first().waitFor();
    // Loaded anew it is still the customer's.
    await viewed.reload();
    await viewed.getByText("You see what this customer sees.").waitFor();
    const kept = await viewed.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, name]));
    assert.doesNotMatch(kept, /eyJ/);
  });

  it("edits a plan's feature live, after it has said whom that meets", async () => {
    const { page } = await stage.visit(superAdmin, { at: "/console#/plans" });
    const plan = page.getByRole("region", { name: "Enterprise" });
    await plan.getByRole("link", { name: "uploads" }).click();
    await page.getByLabel(english.feature.limit).fill("777");
    await page.getByLabel(english.reason).fill("The suite wants it");
    await page.getByRole("button", { name: english.feature.preview }).click();
    await page.getByText(/It would meet \d+ organizations\./).waitFor();
    await page.getByRole("button", { name: english.feature.change }).click();
    await page.getByText(english.done).waitFor();
    const [row] = await stage.system.sql("SELECT limit_value FROM plan_features WHERE plan_id = 'enterprise' AND feature = 'uploads'");
    assert.equal(Number(row?.["limit_value"]), 777);
  });

  it("charts any figure", async () => {
    for (const [place, cents] of [99_00, 199_00].entries()) {
      const startsAt = Math.floor(Date.now() / DAY - 2 + place) * DAY;
      await stage.system.batch([insert("figures", { span: "day", starts_at: startsAt, rolled_up_to: startsAt + DAY, people: 2 + place, signed_up: 1, mrr_cents: cents, request_id: "r" })]);
    }
    const { page } = await stage.visit(admin, { at: "/console#/figures" });
    await page.getByRole("img", { name: english.figures.kinds.mrr }).waitFor();
    await page.getByLabel(english.figures.chart, { exact: true }).selectOption({ label: english.figures.kinds.signedUp });
    await page.getByRole("img", { name: english.figures.kinds.signedUp }).waitFor();
    await page.getByLabel(english.figures.period, { exact: true }).selectOption({ label: english.figures.byMonth });
    await page.getByRole("heading", { name: english.figures.byMonth }).waitFor();
  });

  it("is in nothing that anybody else's browser loads", async () => {
    const { team } = await aCustomer();
    const loadedBy = async (person: Person, pages: string[]): Promise<string> => {
      const { page } = await stage.visit(person, { at: pages[0] });
      for (const at of pages) {
        await go(page, at);
        await settled(page);
      }
      const scripts = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.endsWith(".js")));
      return (await Promise.all(scripts.map(async (script) => (await fetch(script)).text()))).join("\n");
    };
    const customers = await loadedBy(team.owner, ["/overview", "/usage", "/packages", "/billing", "/account", "/members", "/audit", "/pricing"]);
    const staffs = await loadedBy(admin, [`/console#/person/${team.owner.id}`]);
    // Which acts there are, what they say, and where they are asked for.
    for (const text of [english.acts.ban.does, english.acts["view-as"].label, "override-limit"]) {
      assert.ok(staffs.includes(text), `the console has no "${text}", so this shows nothing`);
      assert.ok(!customers.includes(text), `customers load "${text}"`);
    }
  });
});

/** Opens an act's dialog by its button. */
async function opened(page: Page, action: ActName, about: Customer): Promise<Locator> {
  const { label } = english.acts[action];
  const named = action.endsWith("-message") ? `${label}: ${about.message}` : new RegExp(`^${label}: `);
  await page.getByRole("button", { name: named }).first().click();
  return page.getByRole("dialog");
}

/** Types what the act needs, as the table of calls has it. */
async function fill(dialog: Locator, { action, fields }: ConsoleCall, about: Customer): Promise<void> {
  const given = fields(about);
  for (const { name, kind, isOptional } of (ACTS[action as ActName] as Act).fields as readonly ActField[]) {
    const value = given[name] ?? (name === "since" ? "2026-11-29T00:00:00.000Z" : undefined);
    if (value === undefined || kind === "box") continue;
    const field = dialog.getByLabel(isOptional ? english.optional(english.fields[name]) : english.fields[name], { exact: true });
    if (kind === "choice") await field.selectOption(String(value));
    else await field.fill(kind === "moment" ? String(value).slice(0, 16) : String(value));
  }
  await dialog.getByLabel(english.reason, { exact: true }).fill(`${action} of the suite`);
}
