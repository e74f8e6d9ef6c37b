// The two example products in a real browser, on the running system.
import assert from "node:assert/strict";
import { afterEach, before, describe, it } from "node:test";
import type { BrowserContext, Page, Request } from "playwright-core";
import type { Person } from "../../harness/world.ts";
import { asTimeGoesOn, type Scene } from "./scene.ts";

const STYLES = ["client/theme.css", "examples/page.css"];

export function examplesInBrowser(scene: () => Scene): void {
  for (const [framework, source] of [["vue", "examples/vue/main.ts"], ["react", "examples/react/main.tsx"]] as const) {
    describe(`the example in ${framework}`, () => {
      let address: string;
      before(async () => {
        address = await scene().site.page(`example-${framework}`, source, { styles: STYLES, gateway: scene().system.url });
      });
      const opened: BrowserContext[] = [];
      /** Of the page that was opened last: one of the test before may still be told of something. */
      let sent: Request[] = [];
      let printed: string[] = [];
      afterEach(() => Promise.all(opened.splice(0).map((context) => context.close())));

      /** The product, as somebody sees it who is signed in. */
      const visit = async ({ token }: Person): Promise<Page> => {
        const context = await scene().context({ viewport: { width: 360, height: 640 } });
        opened.push(context);
        const [requests, lines]: [Request[], string[]] = [[], []];
        [sent, printed] = [requests, lines];
        context.on("request", (request) => requests.push(request));
        context.on("console", (message) => lines.push(message.text()));
        await context.route("**/auth/token", (route) => route.fulfill({ json: { token } }));
        const page = await context.newPage();
        await page.clock.install();
        await page.goto(address);
        await page.getByRole("heading", { name: "Rate sheets" }).waitFor();
        return page;
      };
      const track = (person: Person, quantity: number) => scene().system.call("track-usage", { path: "/track", token: person.token, body: { feature: "uploads", quantity } });
      const uploads = (page: Page) => page.getByRole("region", { name: "Uploads" });

      it("shows usage at 79, 80 and 100 %, and closes at the limit with the plan that opens it", async () => {
        const person = await scene().world.individual();
        await track(person, 78);
        const page = await visit(person);
        const meter = uploads(page).locator(".tg-meter");
        await meter.getByText("78 of 100 used").waitFor();
        const upload = page.getByRole("button", { name: "Upload a rate sheet" });
        await upload.click();
        await meter.getByText("79 of 100 used").waitFor();
        assert.equal(await meter.getAttribute("data-level"), "normal");
        await upload.click();
        await meter.getByText("80 of 100 used").waitFor();
        assert.equal(await meter.getAttribute("data-level"), "warning");
        await uploads(page).getByText("Uploaded; 20 left.").waitFor();
        await track(person, 19);
        await upload.click();
        await meter.getByText("100 of 100 used").waitFor();
        assert.equal(await meter.getAttribute("data-level"), "full");
        await uploads(page).getByText("The plan Professional opens it.").waitFor();
        await uploads(page).getByRole("button", { name: "Upgrade to Professional" }).waitFor();
        assert.equal(await upload.count(), 0);
      });

      it("shows what is over the limit after a smaller plan", async () => {
        const person = await scene().world.individual({ plan: "professional", status: "active" });
        await track(person, 125);
        await scene().system.sql("UPDATE org_subscriptions SET plan_id = 'starter' WHERE organization_id = ?", person.organizationId);
        const page = await visit(person);
        const meter = uploads(page).locator(".tg-meter");
        await meter.getByText("125 of 100 used").waitFor();
        assert.equal(await meter.getAttribute("data-level"), "over");
        await meter.getByText("25 over the limit").waitFor();
      });

      it("refuses the last seat with the way to more", async () => {
        const team = await scene().world.team({ members: { member: 9 } });
        const page = await visit(team.owner);
        await page.getByText("10 of 10 seats are taken").waitFor();
        await page.getByLabel("E-mail").fill("eve@northwind.example");
        await page.getByRole("button", { name: "Invite", exact: true }).click();
        await page.getByRole("alert").getByText("All 10 seats of the Enterprise plan are taken").waitFor();
        await page.getByRole("region", { name: "Team" }).getByRole("button", { name: "Upgrade" }).waitFor();
      });

      it("says within a heartbeat that somebody signed in elsewhere, and takes the place back", async () => {
        const person = await scene().world.individual();
        const first = await visit(person);
        await first.getByRole("button", { name: "Upload a rate sheet" }).waitFor();
        const second = await visit(person);
        await second.getByRole("button", { name: "Upload a rate sheet" }).waitFor();
        await asTimeGoesOn(first.clock, first.getByRole("dialog", { name: "You were signed out" }).getByText("You signed in on another device").waitFor());
        assert.equal(await second.getByRole("dialog").count(), 0);
        await first.getByRole("button", { name: "Use it here" }).click();
        await first.getByRole("dialog").waitFor({ state: "detached" });
      });

      it("keeps no token, and asks nobody but the product and Tallygate", async () => {
        const person = await scene().world.individual();
        const page = await visit(person);
        await page.getByRole("button", { name: "Upload a rate sheet" }).click();
        await uploads(page).getByText("Uploaded; 99 left.").waitFor();
        const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
        assert.ok(![kept, ...printed, ...sent.map((request) => request.url())].join("\n").includes(person.token));
        assert.deepEqual([...new Set(sent.map((request) => new URL(request.url()).origin))].sort(), [scene().site.origin, scene().system.url].sort());
        assert.deepEqual(printed, []);
      });

      it("asks for each thing once when it opens and when it is loaded again, and nothing is refused", async () => {
        const page = await visit(await scene().world.individual());
        /** What was asked since the last time, and what was refused of it. */
        const asked = async (): Promise<{ asked: string[]; refused: string[] }> => {
          await page.getByRole("button", { name: "Upload a rate sheet" }).waitFor();
          await page.waitForLoadState("networkidle");
          // Less the browser's own questions, and the example's, which is whether it reaches Tallygate at all.
          const requests = sent.splice(0).filter((request) => request.url().startsWith(scene().system.url) && request.method() !== "OPTIONS" && request.headers()["authorization"] !== "Bearer none");
          const answers = await Promise.all(requests.map(async (request) => ({ request, status: (await request.response())?.status() ?? 0 })));
          return {
            asked: requests.map((request) => `${request.url().slice(`${scene().system.url}/functions/v1/`.length)} ${request.postData() ?? ""}`.trim()),
            refused: answers.filter(({ status }) => status >= 400).map(({ request, status }) => `${status} ${request.url()}`),
          };
        };
        const first = await asked();
        assert.deepEqual(first, { asked: [...new Set(first.asked)], refused: [] });
        await page.reload();
        const again = await asked();
        assert.deepEqual(again, { asked: [...new Set(again.asked)], refused: [] });
        assert.deepEqual(printed, []);
      });

      it("says what to do where it cannot reach Tallygate, or may not ask it", async () => {
        const context = await scene().context();
        opened.push(context);
        await context.route("**/auth/token", (route) => route.fulfill({ status: 401 }));
        const page = await context.newPage();
        const heard = page.waitForResponse((response) => response.url().endsWith("/billing/plans") && response.request().method() === "GET");
        await page.goto(address);
        // The page reads no more of the answer than that there is one.
        await heard;
        await page.getByRole("button", { name: "Sign in" }).waitFor();
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
        assert.equal(await page.getByRole("alert").count(), 0);
        // From an address that is none of ALLOWED_ORIGINS.
        await page.goto(address.replace("127.0.0.1", "localhost"));
        await page.getByRole("alert").getByText(`its ALLOWED_ORIGINS has no ${scene().site.origin.replace("127.0.0.1", "localhost")}`).waitFor();
        await context.route(`${scene().system.url}/**`, (route) => route.abort("connectionrefused"));
        await page.goto(address);
        await page.getByRole("alert").getByText('Is "npm start" running?').waitFor();
      });

      it("shows the plans, for a month and a year", async () => {
        const page = await visit(await scene().world.individual());
        const plans = page.getByRole("region", { name: "Plans", exact: true });
        await plans.getByText("$99 a month").waitFor();
        await plans.getByRole("radio", { name: "Annually" }).check();
        await plans.getByText("Save $99 a year").waitFor();
        await plans.getByRole("radio", { name: "Teams" }).check();
        await plans.getByText("10 seats").waitFor();
      });
    });
  }
}
