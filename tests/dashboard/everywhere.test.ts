// Every page of every kind of account, in light and dark, on a phone and on a wide screen; and by the keyboard alone.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { ADDRESSES } from "../../scripts/build/pages.mjs";
import type { Person } from "../harness/world.ts";
import { go, settled, wrongWith } from "./looked-at.ts";
import { Stage, type Visit } from "./stage.ts";

const OUTSIDE = ["/home", "/pricing", "/for/individuals", "/for/freelancers", "/for/consultants", "/sign-in", "/accept-invitation", "/no-such-page"];
const INSIDE = ["/overview", "/usage", "/packages", "/billing", "/account"];
const OF_ONE = [...INSIDE, "/billing?plan=individual_pro", "/convert"];
const OF_A_TEAM = [...INSIDE, "/members"];
const OF_THE_STAFF = ["/console#/", "/console#/figures", "/console#/plans", "/console#/inbox"];
const LOOKS = [360, 1600].flatMap((width) => (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })));

let stage: Stage;
const people: Record<string, Person> = {};
before(async () => {
  stage = await Stage.open("voice-training");
  people["free"] = await stage.person("individual_free", { name: "Mia Marsh" });
  people["paid"] = await stage.person("individual_ultra");
  const team = await stage.team("professional", "individual_free", ["admin", "member", "viewer"]);
  [people["owner"], people["admin"], people["member"], people["viewer"]] = team.people as [Person, Person, Person, Person];
  people["staff"] = await stage.person("individual_free");
  await stage.system.sql("UPDATE users SET account_type = 'super_admin' WHERE id = ?", people["staff"].id);
  await stage.system.call("track-usage", { path: "/track", token: people["free"].token, body: { feature: "training_sessions", quantity: 8, attributes: { score: 70 } } });
  await stage.system.call("track-usage", { path: "/track", token: people["member"].token, body: { feature: "training_sessions", quantity: 3 } });
});
after(() => stage.close());
afterEach(() => stage.closeVisits());

const KINDS: [string, string | undefined, string[]][] = [
  ["nobody", undefined, OUTSIDE],
  ["a person on the free plan", "free", [...OF_ONE, "/pricing"]],
  ["a person who pays", "paid", OF_ONE],
  ["the owner of a team", "owner", [...OF_A_TEAM, "/audit"]],
  ["an admin of a team", "admin", ["/members", "/audit", "/billing"]],
  ["a member of a team", "member", OF_A_TEAM],
  ["a viewer of a team", "viewer", OF_A_TEAM],
  ["somebody of the staff", "staff", OF_THE_STAFF],
];

describe("every page", () => {
  it("is one that somebody is shown here", () => {
    const seen = new Set(KINDS.flatMap(([, , pages]) => pages.map((page) => page.slice(1).replace(/[?#].*/, ""))));
    assert.deepEqual(ADDRESSES.filter((address) => !seen.has(address)), []);
  });

  for (const [who, kind, pages] of KINDS) {
    it(`is accessible, as wide as its window and silent, for ${who}`, async () => {
      const person = kind === undefined ? undefined : people[kind];
      const wrong: Record<string, string[]> = {};
      const visit = await stage.visit(person, { at: pages[0], language: "de", reducedMotion: "reduce" });
      for (const at of pages) {
        await shows(visit.page, at);
        for (const { width, colorScheme } of LOOKS) {
          await visit.page.setViewportSize({ width, height: 800 });
          await visit.page.emulateMedia({ colorScheme });
          await settled(visit.page);
          const found = [...(await wrongWith(visit.page)), ...visit.faults.splice(0)];
          if (found.length > 0) wrong[`${at} ${width} ${colorScheme}`] = found;
        }
      }
      assert.deepEqual(wrong, {});
      await keepsNothing(visit, person);
    });
  }
});

it("the API console is accessible, too, and as wide as its window", async () => {
  const { page, faults } = await stage.visit(undefined, { at: "/api-console/" });
  const wrong: string[] = [];
  for (const { width, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    wrong.push(...(await wrongWith(page)), ...faults.splice(0));
  }
  assert.deepEqual(wrong, []);
});

describe("the keyboard", () => {
  for (const [where, kind, at] of [["a page of one's own", "free", "/overview"], ["a public page", undefined, "/home"], ["the console", "staff", "/console"]] as const) {
    it(`skips to what ${where} is about, and is always seen`, async () => {
      const { page } = await stage.visit(kind === undefined ? undefined : people[kind], { at });
      await settled(page);
      await page.keyboard.press("Tab");
      assert.match(await focused(page), /Skip to the page/);
      assert.ok((await page.evaluate(() => document.activeElement?.getBoundingClientRect().top ?? -1)) >= 0, "the link is out of sight");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.id === "page");
      const unseen: string[] = [];
      const stops = await page.evaluate(() => document.querySelectorAll("a[href], button:not(:disabled), input, select, summary").length);
      for (let stop = 0; stop < stops; stop += 1) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(() => document.activeElement === document.body)) break;
        if (!(await page.evaluate(() => Number.parseFloat(getComputedStyle(document.activeElement ?? document.body).outlineWidth) > 0 && getComputedStyle(document.activeElement ?? document.body).outlineStyle !== "none"))) unseen.push(await focused(page));
      }
      assert.deepEqual(unseen, []);
    });
  }

  it("opens a menu, leaves it by Escape and is where it was", async () => {
    const { page } = await stage.visit(people["free"]);
    const menu = page.getByRole("button", { name: /account, colors, language/ });
    await menu.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    assert.ok(await menu.evaluate((element) => element === document.activeElement));
  });

  it("stays in a dialog until Escape, and is where it was", async () => {
    const { page, faults } = await stage.visit(people["staff"], { at: `/console#/person/${people["free"]?.id}` });
    const ban = page.getByRole("button", { name: /^Ban: / });
    await ban.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    assert.deepEqual([...(await wrongWith(page)), ...faults], []);
    for (let stop = 0; stop < 8; stop += 1) {
      assert.ok(await dialog.evaluate((element) => element.contains(document.activeElement)), `it has left after ${stop}`);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.ok(await ban.evaluate((element) => element === document.activeElement));
  });
});

/** Goes there as a link does; the console's pages are behind the address's `#`. */
async function shows(page: Page, at: string): Promise<void> {
  if (at.startsWith("/console")) await page.evaluate((hash) => (location.hash = hash), at.replace(/^[^#]*/, ""));
  else await go(page, at);
  await settled(page);
}

const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200) ?? "");

/** Nothing but the session's id, which the client keeps; no token in what is kept, in an address or in the console; nobody else was asked. */
async function keepsNothing({ page, origins, traces }: Visit, person: Person | undefined): Promise<void> {
  const [local, all] = await page.evaluate(() => [Object.keys(localStorage), JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])] as const);
  assert.deepEqual(local, []);
  assert.ok(traces.length > 0);
  if (person !== undefined) assert.ok(![all, ...traces].some((trace) => trace.includes(person.token)));
  assert.deepEqual([...origins], [stage.system.url]);
}
