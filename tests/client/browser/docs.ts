// The page of the API's description (`/docs/`): what it shows is sent as it stands, and it is as dark as the reader's system.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, it } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { DESCRIPTION, makeDescription } from "../../../scripts/build/pages.mjs";
import { ROOT } from "../../harness/built.ts";
import { until, type Scene } from "./scene.ts";

const PUBLIC = join(ROOT, "dashboard/public");
const TYPES: Record<string, string> = { html: "text/html", css: "text/css", js: "text/javascript", json: "application/json", svg: "image/svg+xml" };

/** What `_headers` lets the page load. */
const POLICY = /^ {2}Content-Security-Policy: (.*'unsafe-inline'.*)$/m.exec(readFileSync(join(PUBLIC, "_headers"), "utf8"))?.[1] ?? "";

export function docsInBrowser(scene: () => Scene): void {
  let context: BrowserContext;
  let page: Page;
  const faults: string[] = [];
  /** The page where the system is, as the gateway serves it; drawn once, which takes a browser some seconds. */
  before(async () => {
    makeDescription();
    const { url } = scene().system;
    context = await scene().context({ colorScheme: "dark" });
    const serve = (address: string): Promise<unknown> => context.route(address, (route) => {
      const path = new URL(route.request().url()).pathname.slice(1).replace(/\/$/, "/index.html");
      return route.fulfill({ body: readFileSync(join(PUBLIC, path)), contentType: TYPES[path.split(".").at(-1) ?? ""] ?? "", headers: { "content-security-policy": POLICY } });
    });
    for (const address of ["docs/**", "icon.svg", DESCRIPTION]) await serve(`${url}/${address}`);
    page = await context.newPage();
    page.setDefaultTimeout(240_000);
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(`${url}/docs/`);
    await page.locator(".auth-wrapper .authorize").waitFor();
  });
  after(() => context.close());

  it("is dark where the reader's system is, and light where that becomes so", async () => {
    const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assert.equal(await ground(), "rgb(28, 32, 34)");
    await page.emulateMedia({ colorScheme: "light" });
    await until("it is light", async () => (await ground()) === "rgba(0, 0, 0, 0)");
  });

  it("sends what it shows at the first press, and that is answered", async () => {
    const { token } = await scene().world.individual();
    await page.locator(".auth-wrapper .authorize").click();
    const scheme = page.locator(".auth-container", { hasText: "token of a person" });
    await scheme.locator("input").fill(token);
    await scheme.locator("button[type=submit]").click();
    await scheme.locator(".btn-done").click();
    for (const [tag, operation] of [["manage-session", "manageSession_list"], ["account", "account_usernameGet"]] as const) {
      await page.locator(`#operations-tag-${tag}`).click();
      const shown = page.locator(`#operations-${tag}-${operation}`);
      await shown.locator(".opblock-summary-control").click();
      await shown.locator(".try-out__btn").click();
      await shown.locator(".execute").click();
      assert.match(await shown.locator(".live-responses-table .response-col_status").last().innerText(), /^200/, operation);
    }
    assert.deepEqual(faults, []);
  });
}
