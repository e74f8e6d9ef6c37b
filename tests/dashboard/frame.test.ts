// The pages as a whole: what they weigh, what they ask for, what they keep, and that everybody can use them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { ADDRESSES, PAGES } from "../../scripts/build/pages.mjs";
import { ROOT } from "../harness/built.ts";
import type { Person } from "../harness/world.ts";
import { askedUntilUseful, go, paints, settled } from "./looked-at.ts";
import { Stage } from "./stage.ts";

const FIRST_PAGE_BYTES = 200 * 1024;
const REQUESTS = 3;
/** A page of one file and one style, and pages that somebody may come to first. */
const BASE = "/api-console/";
const FIRST_SEEN = ["/overview", "/usage", "/home", "/pricing"];
const INSIDE = ["/overview", "/usage", "/packages", "/billing", "/billing?plan=individual_pro", "/account", "/convert"];
const OUTSIDE = ["/home", "/pricing", "/for/individuals", "/for/freelancers", "/for/consultants", "/sign-in", "/accept-invitation"];
const OF_TEAMS = ["/members", "/audit"];

let stage: Stage;
let mia: Person;
let team: Awaited<ReturnType<Stage["team"]>>;
let owner: Person;
let member: Person;
before(async () => {
  stage = await Stage.open("voice-training");
  mia = await stage.person("individual_free", { name: "Mia Marsh" });
  team = await stage.team("professional", "individual_free", ["admin", "member", "viewer"]);
  [owner, , member] = team.people as [Person, Person, Person];
  for (const [at, score] of [60, 64, 70, 72, 75, 80, 82, 88].entries()) {
    const body = { feature: "training_sessions", attributes: { score }, occurredAt: new Date(Date.now() - at * 86_400_000).toISOString() };
    await stage.system.call("track-usage", { path: "/track", token: mia.token, body });
  }
});
after(() => stage.close());
afterEach(() => stage.closeVisits());

describe("the first page", () => {
  it("weighs less than 200 KB, compressed, with its styles and letters", async () => {
    const { page } = await stage.visit(mia);
    await settled(page);
    const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
    // An auth provider's package is the pages' that have one.
    assert.deepEqual(loaded.filter((path) => /supabase|clerk/.test(path)), []);
    const files = loaded.filter((path) => /\.(js|css|woff2|svg)$/.test(path));
    assert.ok(files.length >= 5, `only ${files.join(" ")}`);
    const bytes = files.reduce((sum, path) => sum + compressed(path), compressed("/index.html"));
    assert.ok(bytes < FIRST_PAGE_BYTES, `${bytes} bytes of ${files.join(" ")}`);
  });

  it("opens to the overview for whoever is signed in, and to the home page for nobody", async () => {
    const { page } = await stage.visit(mia, { at: "/" });
    await page.getByRole("heading", { name: "Good to see you, Mia" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/overview");
    const nobody = await stage.visit(undefined, { at: "/" });
    await nobody.page.waitForURL("**/home");
  });

  it("asks for a sign-in before what is somebody's own", async () => {
    const { page, asked } = await stage.visit(undefined, { at: "/overview" });
    await page.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
    assert.deepEqual(asked, []);
    // One that is refused signs nobody in, and is told of where it was pasted.
    await page.getByLabel("Token").fill("rubbish");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("The token is not accepted: it is no JWT.").waitFor();
    await page.getByLabel("Token").fill(mia.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Good to see you, Mia" }).waitFor();
  });

  it("says the same in German, and keeps the choice of language and colors", async () => {
    const { page, context } = await stage.visit(mia);
    await page.getByRole("button", { name: /account, colors, language/ }).click();
    await page.getByRole("menuitemradio", { name: "Dark" }).click();
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await page.getByRole("menuitemradio", { name: "Deutsch" }).click();
    await page.getByRole("heading", { name: "Schön, Sie zu sehen, Mia" }).waitFor();
    assert.deepEqual([await page.locator("html").getAttribute("lang"), await page.locator("html").getAttribute("data-theme")], ["de", "dark"]);
    assert.deepEqual((await context.cookies()).map(({ name, value }) => `${name}=${value}`).sort(), ["language=de", "theme=dark"]);
  });
});

describe("the overview of a person", () => {
  it("has four figures, the plan, the warning at 80 % and the way to more", async () => {
    const { page } = await stage.visit(mia);
    const figures = page.getByTestId("figures").getByRole("listitem");
    await figures.first().waitFor();
    assert.deepEqual((await figures.allInnerTexts()).map((text) => text.split("\n").filter((line) => line.trim() !== "").slice(0, 2).join(" ")), [
      "Average score 73.9", "Training sessions 8of 10", "Streak 8days", "Custom scenarios 0of 3",
    ]);
    await page.getByRole("status").getByText("Training sessions: 80% used.").waitFor();
    await page.getByText("Free", { exact: true }).first().waitFor();
    await page.getByRole("heading", { name: "More room to grow" }).waitFor();
    await page.getByRole("img", { name: /Training sessions/ }).waitFor();
  });

  it("shows nothing of a team's and asks for nothing of it", async () => {
    const { page, asked } = await stage.visit(mia);
    await settled(page);
    assert.doesNotMatch(await page.locator("body").innerText(), /member|invit|seat|audit|team/i);
    assert.deepEqual(asked.filter((path) => /members|invite|webhooks/.test(path)), []);
    const scripts = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    assert.deepEqual(scripts.filter((name) => /members|audit|console/.test(name)), []);
    await go(page, "/members");
    await page.waitForURL("**/overview");
  });

});

describe("the frame of a team", () => {
  it("has the team's pages for its owner, and for a member those that are theirs", async () => {
    const owners = await stage.visit(owner);
    await owners.page.getByRole("link", { name: "Audit log" }).waitFor();
    await owners.page.getByRole("link", { name: "Members", exact: true }).waitFor();
    const members = await stage.visit(member);
    await members.page.getByRole("link", { name: "Members", exact: true }).waitFor();
    assert.equal(await members.page.getByRole("link", { name: "Audit log" }).count(), 0);
  });

  it("switches to the personal organization and back", async () => {
    const { page } = await stage.visit(owner);
    await page.getByRole("button", { name: new RegExp(team.name) }).click();
    await page.getByRole("menuitem", { name: /Workspace/ }).click();
    await page.getByRole("link", { name: "Members", exact: true }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: /Workspace/ }).click();
    await page.getByRole("menuitem", { name: new RegExp(team.name) }).click();
    await page.getByRole("link", { name: "Members", exact: true }).waitFor();
  });
});

describe("every page", () => {
  for (const width of [360, 1280]) {
    it(`is useful after three requests at most, each of one trip, and does not jump while it loads, ${width} wide`, async () => {
      const over: Record<string, unknown> = {};
      for (const [person, pages] of [[mia, INSIDE], [owner, OF_TEAMS], [undefined, OUTSIDE]] as const) {
        for (const at of pages) {
          const { page } = await stage.visit(person, { at, viewport: { width, height: 800 } });
          const asked = await askedUntilUseful(page);
          await settled(page);
          const { shift } = await paints(page);
          if (asked.length > REQUESTS || shift > 0.1) over[at] = { asked, shift };
          await stage.closeVisits();
        }
      }
      assert.deepEqual(over, {});
    });
  }

  it("asks for each thing once when it opens and when it is loaded again, and nothing is refused", async () => {
    for (const [person, pages] of [[mia, INSIDE], [owner, OF_TEAMS]] as const) {
      for (const at of pages) {
        const { page, asked, refused, faults } = await stage.visit(person, { at });
        for (const load of ["opened", "loaded again"]) {
          await settled(page);
          // The session that the page ends when it goes, and the one that it registers anew, are two requests of one function.
          const once = asked.splice(0).filter((path) => path !== "manage-session");
          assert.deepEqual({ asked: once, refused, faults }, { asked: [...new Set(once)], refused: [], faults: [] }, `${at}, ${load}`);
          if (load === "opened") await page.reload();
        }
        await stage.closeVisits();
      }
    }
  });

  it("is painted within a second, beside what a page of one file and one style takes on this machine", async () => {
    const { page } = await stage.visit(mia);
    const best: Record<string, number> = {};
    for (let round = 0; round < 3; round += 1) {
      for (const at of [BASE, ...FIRST_SEEN]) {
        await page.goto(stage.system.url + at);
        await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
        best[at] = Math.min(best[at] ?? Infinity, (await paints(page)).painted);
      }
    }
    for (const at of FIRST_SEEN) assert.ok((best[at] ?? 0) > 0 && (best[at] ?? 0) - (best[BASE] ?? 0) < 1_000, JSON.stringify(best));
  });

  it("has an address of its own, and what is none is a 404", async () => {
    const router = readFileSync(join(ROOT, "dashboard/src/router.ts"), "utf8");
    const routes = [...router.matchAll(/^  \{ path: "\/([a-z-]+)"/gm)].map(([, path = ""]) => path);
    assert.deepEqual(routes.sort(), ADDRESSES.filter((address) => !address.includes("/")).sort());
    for (const [path, status] of [...ADDRESSES.map((address) => [address, 200] as const), ["no-such-page", 404] as const, ["assets/gone.js", 404] as const]) {
      assert.equal((await fetch(`${stage.system.url}/${path}`)).status, status, path);
    }
  });

  it("has a policy that lets nothing stand in the page itself", async () => {
    for (const path of ["/", "/console", "/api-console/", ...ADDRESSES.map((address) => `/${address}`)]) {
      const { headers, status } = await fetch(stage.system.url + path, { headers: { "sec-fetch-mode": "navigate" } });
      const policy = headers.get("content-security-policy") ?? "";
      assert.equal(status, 200, path);
      assert.match(policy, /default-src 'self'/, path);
      assert.doesNotMatch(policy, /unsafe|\*|https:/, path);
    }
  });
});

/** So many bytes are sent of a file. Letters are compressed already. */
function compressed(path: string): number {
  const content = readFileSync(join(PAGES, path));
  return path.endsWith(".woff2") ? content.length : gzipSync(content).length;
}
