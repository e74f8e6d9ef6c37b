// Every state of every component, looked at: nothing that axe finds, no page wider than a phone, nothing out of the keyboard's reach.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import type {} from "../../../client/stories/page.ts";
import { inaccessible } from "./axe.ts";
import { until, type Scene } from "./scene.ts";

const PHONE = { width: 360, height: 640 };

export function storiesInBrowser(scene: () => Scene): void {
  // Both frameworks, both languages and both color schemes are seen, without all eight of them.
  for (const [framework, language, colorScheme] of [["vue", "en", "light"], ["react", "de", "dark"]] as const) {
    describe(`the stories in ${framework}, ${language}, ${colorScheme}`, () => {
      let context: BrowserContext;
      let page: Page;
      const faults: string[] = [];
      before(async () => {
        const address = await scene().site.page(`stories-${framework}`, `client/stories/${framework}.ts`, { styles: ["client/theme.css", "client/stories/page.css"] });
        context = await scene().context({ viewport: PHONE, colorScheme, reducedMotion: "reduce" });
        page = await context.newPage();
        page.on("pageerror", (error) => faults.push(String(error)));
        page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
        await page.goto(address);
      });
      after(() => context.close());

      it("show each state, accessible, on a phone, by the keyboard", async () => {
        const names = await page.evaluate(() => window.stories.names);
        const wrong: Record<string, unknown> = {};
        for (const name of names) {
          await show(page, name, language);
          const found = { ...(await accessibility(page)), ...(await width(page)), ...(await keyboard(page)) };
          if (Object.keys(found).length > 0) wrong[name] = found;
        }
        assert.deepEqual(wrong, {});
        assert.deepEqual(faults, []);
        assert.ok(names.length > 80, `${names.length} stories`);
      });
    });
  }

  it("both frameworks show the same", async () => {
    const [vue, react] = await Promise.all((["vue", "react"] as const).map(async (framework) => {
      const context = await scene().context({ viewport: PHONE });
      const page = await context.newPage();
      await page.goto(`${scene().site.origin}/stories-${framework}`);
      const shown: Record<string, string> = {};
      for (const name of await page.evaluate(() => window.stories.names)) {
        await show(page, name, "en");
        shown[name] = await page.locator("#app").innerText();
      }
      await context.close();
      return shown;
    }));
    assert.deepEqual(vue, react);
  });

  describe("by the keyboard alone", () => {
    let context: BrowserContext;
    let page: Page;
    before(async () => {
      context = await scene().context({ viewport: PHONE });
      page = await context.newPage();
      await page.goto(`${scene().site.origin}/stories-react`);
    });
    after(() => context.close());

    it("a story is chosen from the list of all", async () => {
      await page.goto(`${scene().site.origin}/stories-react`);
      const names = await page.evaluate(() => window.stories.names);
      assert.equal(await page.getByRole("navigation").getByRole("listitem").count(), names.length);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
      for (let presses = 0; presses < names.length && (await focused()) !== "at 79 %"; presses += 1) await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.locator("#app").getByText("79 of 100 used").waitFor();
      assert.deepEqual(await width(page), {});
      await page.getByRole("link", { name: "Auf Deutsch" }).focus();
      await page.keyboard.press("Enter");
      await page.locator("#app").getByText("79 von 100 verbraucht").waitFor();
    });

    it("a pricing table changes to the year", async () => {
      await show(page, "PricingTable: by the month", "en");
      assert.ok(!(await page.locator("#app").innerText()).includes("billed each year"));
      await page.getByRole("radio", { name: "Monthly" }).focus();
      await page.keyboard.press("ArrowRight");
      await page.getByText("Save $99 a year").waitFor();
    });

    it("a conflict holds the keyboard, and Escape leaves it", async () => {
      await show(page, "SessionConflictDialog: one other browser", "en");
      await page.getByText("You are signed in on Firefox on Linux, last seen 2 minutes ago.").waitFor();
      for (let presses = 0; presses < 6; presses += 1) {
        await page.keyboard.press("Tab");
        // The browser's own bar is a stop of its own, and its page then has no focus.
        assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest("dialog") !== null));
      }
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    });

    it("an invitation without a seat is refused with the way out", async () => {
      await show(page, "InviteForm: no seat left", "en");
      await page.getByLabel("E-mail").focus();
      await page.keyboard.type("eve@northwind.example");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("All 4 seats of the Team plan are taken.").waitFor();
      await page.getByRole("button", { name: "Upgrade" }).waitFor();
    });

    it("a username that is taken offers others", async () => {
      await show(page, "UsernameField: taken", "en");
      await page.getByLabel("Username").focus();
      await page.keyboard.type("admin");
      await page.getByText("That word is the product's own.").waitFor();
      await page.getByRole("button", { name: "member_2" }).focus();
      await page.keyboard.press("Enter");
      assert.equal(await page.getByLabel("Username").inputValue(), "member_2");
    });
  });
}

/** Shows a story, and waits until it loads nothing any more; those that go on loading are known by their name. */
async function show(page: Page, name: string, language: "en" | "de"): Promise<void> {
  await page.evaluate(([story, tongue]) => window.stories.show(story, tongue), [name, language] as const);
  if (/: loading$/.test(name)) await until(`${name} has a skeleton, or nothing`, () => page.evaluate(() => document.querySelector("#app > div") !== null));
  else await until(`${name} has no skeleton`, () => page.evaluate(() => new Promise<boolean>((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(document.querySelector(".tg-skeleton") === null))))));
}

async function accessibility(page: Page): Promise<{ axe?: string[] }> {
  const axe = await inaccessible(page);
  return axe.length === 0 ? {} : { axe };
}

async function width(page: Page): Promise<{ width?: number }> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  return wide <= PHONE.width ? {} : { width: wide };
}

/** Every control is a stop of the Tab key; of radio buttons with one name it is one. */
async function keyboard(page: Page): Promise<{ unreached?: string[] }> {
  const wanted = await page.evaluate(() => {
    document.querySelector("#app")?.setAttribute("tabindex", "-1");
    if (document.querySelector("dialog[open]") === null) document.querySelector<HTMLElement>("#app")?.focus();
    const controls = [...document.querySelectorAll<HTMLElement>("#app :is(a[href], button, input, select, textarea, [tabindex='0']):not(:disabled)")];
    const stops = controls.filter((control) => !(control instanceof HTMLInputElement && control.type === "radio" && !control.checked));
    stops.forEach((stop, place) => (stop.dataset["stop"] = String(place)));
    return stops.map(({ outerHTML }) => outerHTML);
  });
  const reached = new Set<string>();
  for (let presses = 0; presses < wanted.length + 2 && reached.size < wanted.length; presses += 1) {
    const stop = await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["stop"]);
    if (stop !== undefined) reached.add(stop);
    if (reached.size < wanted.length) await page.keyboard.press("Tab");
  }
  const unreached = wanted.filter((_, place) => !reached.has(String(place)));
  return unreached.length === 0 ? {} : { unreached };
}
