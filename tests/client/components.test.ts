// Components that stay on the page while persons, answers and the server change; in both frameworks, in a real browser.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { openBrowser } from "./browser/chromium.ts";
import type {} from "./browser/pages/mounted.ts";
import { until } from "./browser/scene.ts";
import { openSite, type Site } from "./browser/site.ts";

let browser: Browser;
let site: Site;
before(async () => {
  [browser, site] = await Promise.all([openBrowser(), openSite()]);
});
after(() => Promise.all([browser.close(), site.close()]));

for (const framework of ["vue", "react"] as const) {
  describe(`components in ${framework}`, () => {
    let address: string;
    let context: BrowserContext;
    let page: Page;
    before(async () => {
      address = await site.page(`mounted-${framework}`, `tests/client/browser/pages/mounted-${framework}.ts`, { styles: ["client/theme.css"] });
    });
    beforeEach(async () => {
      await context?.close();
      context = await browser.newContext({ viewport: { width: 360, height: 640 } });
      await context.addInitScript("globalThis.__name ??= (named) => named");
      page = await context.newPage();
      await page.clock.install();
      await page.goto(address);
    });
    after(() => context.close());
    const text = () => page.locator("#app").innerText();
    const showTeam = async () => {
      await page.evaluate(() => {
        const { mounted } = window;
        mounted.answer({ ...mounted.answers.team("owner"), ...mounted.answers.invitations("eve@northwind.example"), ...mounted.answers.standing() });
        mounted.show([["MembersTable", { userId: "ada" }], ["InviteForm", {}]]);
      });
      await page.getByText("Cleo Okafor-Featherstonehaugh", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Invite eve@northwind.example again" }).waitFor();
    };
    const inviteUrl = "https://northwind.example/join?token=new";
    const resent = () => page.evaluate((url) => {
      const { mounted } = window;
      mounted.answer(mounted.answers.replies("inviteUser", "resend", { invitation: { email: "eve@northwind.example", inviteUrl: url } } as never));
    }, inviteUrl);

    it("who signs out leaves nothing, and the next person sees their own", async () => {
      await showTeam();
      await resent();
      await page.getByRole("button", { name: "Invite eve@northwind.example again" }).click();
      await page.getByLabel("Link of the invitation").waitFor();
      await page.evaluate(() => window.mounted.become({ status: "signed_out" }));
      await page.getByText("Cleo Okafor-Featherstonehaugh", { exact: true }).waitFor({ state: "detached" });
      assert.doesNotMatch(await text(), /northwind\.example/);
      await page.evaluate(() => {
        const { mounted } = window;
        mounted.asked.length = 0;
        mounted.answer({ ...mounted.answers.refuses("manageMembers", "list", 403, "forbidden", "This is somebody else's team."), ...mounted.answers.invitations() });
        mounted.become({ status: "starting", offline: false });
        mounted.become({ status: "live", offline: false });
      });
      await page.getByText("This is somebody else's team.").waitFor();
      assert.equal(await page.getByLabel("Link of the invitation").count(), 0);
    });

    it("who was refused while others were in the way sees all when they are put out", async () => {
      await page.evaluate(() => {
        const { mounted } = window;
        mounted.become({ status: "conflict", sessions: [] });
        mounted.answer({ ...mounted.answers.refuses("manageMembers", "list", 409, "session_conflict", "You are signed in elsewhere."), ...mounted.answers.standing() });
        mounted.show([["MembersTable", { userId: "ada" }]]);
      });
      await page.getByText("You are signed in elsewhere.").waitFor();
      await page.evaluate(() => {
        window.mounted.answer(window.mounted.answers.team("owner"));
        window.mounted.become({ status: "live", offline: false });
      });
      await page.getByText("Cleo Okafor-Featherstonehaugh", { exact: true }).waitFor();
      assert.doesNotMatch(await text(), /signed in elsewhere/);
    });

    it("another person is seen by another id alone, and finds nothing of the one before", async () => {
      const isIn = (id: string) => page.evaluate((who) => {
        const { mounted } = window;
        mounted.answer({ ...mounted.answers.replies("account", "me", { user: { id: who, email: `${who}@northwind.example` }, current: null } as never), ...mounted.answers.conversion(true) });
      }, id);
      await isIn("ada");
      await showTeam();
      await page.evaluate(() => window.mounted.show([["MembersTable", { userId: "ada" }], ["InviteForm", {}], ["ConvertToTeam", {}]]));
      await page.getByRole("heading", { name: "Make it a team" }).waitFor();
      await resent();
      await page.getByRole("button", { name: "Invite eve@northwind.example again" }).click();
      await page.getByLabel("Link of the invitation").waitFor();
      // The same person's page, looked at again: all of it stays.
      const again = async (): Promise<void> => {
        const asked = () => page.evaluate(() => window.mounted.asked.filter((each) => each === "GET account/me").length);
        const before = await asked();
        await page.clock.runFor(60_000);
        await page.evaluate(() => void window.dispatchEvent(new Event("visibilitychange")));
        await until("it is asked who is there", async () => (await asked()) > before);
      };
      await again();
      await page.getByLabel("Link of the invitation").waitFor();
      await isIn("bob");
      await page.evaluate(() => window.mounted.answer(window.mounted.answers.refuses("manageMembers", "list", 403, "forbidden", "This is somebody else's team.")));
      await again();
      await page.getByText("This is somebody else's team.").waitFor();
      assert.equal(await page.getByLabel("Link of the invitation").count(), 0);
      assert.doesNotMatch(await text(), /Cleo/);
    });

    for (const [what, isRefused] of [["link", false], ["refusal", true]] as const) {
      it(`a ${what} that comes after the person has gone is shown to nobody`, async () => {
        await showTeam();
        if (isRefused) await page.evaluate(() => window.mounted.answer(window.mounted.answers.refuses("inviteUser", "resend", 403, "forbidden", "Ada may not.")));
        else await resent();
        await page.evaluate(() => window.mounted.slow(true));
        await page.getByRole("button", { name: "Invite eve@northwind.example again" }).click();
        await page.evaluate(() => window.mounted.become({ status: "signed_out" }));
        await page.getByText("Cleo Okafor-Featherstonehaugh", { exact: true }).waitFor({ state: "detached" });
        await page.evaluate(() => {
          const { mounted } = window;
          mounted.slow(false);
          mounted.become({ status: "live", offline: false });
        });
        await page.getByText("Cleo Okafor-Featherstonehaugh", { exact: true }).waitFor();
        await page.getByRole("button", { name: "Invite eve@northwind.example again" }).waitFor();
        await page.clock.runFor(1_000);
        assert.equal(await page.getByLabel("Link of the invitation").count(), 0);
        assert.doesNotMatch(await text(), /Ada may not|did not work/);
      });
    }

    it("two quick clicks ask once", async () => {
      await page.evaluate(() => {
        const { mounted } = window;
        const { replies } = mounted.answers;
        mounted.answer({
          ...mounted.answers.invitations("eve@northwind.example"), ...mounted.answers.standing(), ...mounted.answers.invitation, ...mounted.answers.conversion(true), ...mounted.answers.profile,
          ...mounted.answers.history(), ...replies("account", "me", { user: { id: "ada" }, current: null } as never),
        });
        mounted.show([["InviteForm", {}], ["AcceptInvitation", { token: "a" }], ["ConvertToTeam", {}], ["ProfileForm", {}], ["BillingHistory", {}]]);
      });
      await page.getByRole("button", { name: "Cards and addresses" }).waitFor();
      await page.getByLabel("E-mail").fill("zoe@northwind.example");
      for (const [button, asked] of [
        ["Invite", "POST invite-user invite"], ["Invite eve@northwind.example again", "POST invite-user resend"], ["Accept", "POST accept-invitation accept"],
        ["Make it a team", "POST identity/convert"], ["Save", "PATCH account/profile"], ["Cards and addresses", "POST billing/portal"],
      ] as const) {
        const requests = await page.getByRole("button", { name: button, exact: true }).evaluate(async (element: HTMLButtonElement, key) => {
          element.click();
          element.click();
          // Whatever was to be asked has been, once a message that was sent after it has come.
          await new Promise((resolve) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(0); });
          await new Promise((resolve) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(0); });
          return window.mounted.asked.filter((each) => each === key).length;
        }, asked);
        assert.equal(requests, 1, button);
      }
    });

    it("an admin is not offered to invite an owner", async () => {
      const offered = async (role: "owner" | "admin" | "member"): Promise<string[]> => {
        await page.evaluate((own) => {
          const { mounted } = window;
          mounted.answer({ ...mounted.answers.invitations(), ...mounted.answers.standing({}, [], own) });
          mounted.become({ status: "signed_out" });
          mounted.become({ status: "live", offline: false });
          mounted.show([["InviteForm", {}]]);
        }, role);
        await page.locator("option").nth(role === "owner" ? 3 : role === "admin" ? 2 : 1).waitFor({ state: "attached" });
        return page.locator("option").allInnerTexts();
      };
      assert.deepEqual(await offered("member"), ["Member", "Viewer"]);
      assert.deepEqual(await offered("admin"), ["Admin", "Member", "Viewer"]);
      assert.deepEqual(await offered("owner"), ["Owner", "Admin", "Member", "Viewer"]);
    });

    it("who goes to another organization sees nothing of the one before, also where no answer comes", async () => {
      await page.evaluate(() => {
        const { mounted } = window;
        const { organization, organizations, replies } = mounted.answers;
        mounted.answer({ ...mounted.answers.team("owner"), ...organizations(organization("nw", "Northwind", true), organization("sw", "Southwind", false)), ...replies("account", "switchOrganization", {} as never) });
        mounted.show([["OrganizationSwitcher", {}], ["MembersTable", { userId: "ada" }]]);
      });
      await page.getByText("Cleo Okafor-Featherstonehaugh", { exact: true }).waitFor();
      await page.getByLabel("Organization").waitFor();
      await page.evaluate(() => window.mounted.answer(window.mounted.answers.refuses("manageMembers", "list", 500, "internal", "Something went wrong.")));
      await page.getByLabel("Organization").selectOption("sw");
      await page.getByText("Something went wrong.").waitFor();
      assert.doesNotMatch(await text(), /Cleo/);
      assert.equal(await page.getByLabel("Organization").count(), 1);
    });

    it("an invitation is the one of its token, whatever was answered to another", async () => {
      const invitationTo = (organization: string, token: string) => page.evaluate(([name, given]) => {
        const { mounted } = window;
        mounted.answer({
          ...mounted.answers.replies("acceptInvitation", "preview", { invitation: { organizationName: name, role: "member", invitedBy: "Ada", email: "b***", expiresAt: "2026-12-08T00:00:00.000Z" } } as never),
          ...mounted.answers.replies("acceptInvitation", "accept", { organization: { id: name, name } } as never),
        });
        mounted.show([["AcceptInvitation", { token: given }]]);
      }, [organization, token] as const);
      await invitationTo("Alpha", "a");
      await page.getByRole("heading", { name: "Join Alpha" }).waitFor();
      await invitationTo("Beta", "b");
      await page.getByRole("heading", { name: "Join Beta" }).waitFor();
      await page.getByRole("button", { name: "Accept" }).click();
      await page.getByText("Welcome to Beta.").waitFor();
      await invitationTo("Gamma", "c");
      await page.getByRole("heading", { name: "Join Gamma" }).waitFor();
    });

    it("a new link is shown once, and a refusal goes with the next attempt of another kind", async () => {
      await showTeam();
      await page.evaluate(() => {
        const { mounted } = window;
        mounted.answer(mounted.answers.refuses("inviteUser", "revoke", 403, "forbidden", "Nobody takes that back."));
        mounted.answer(mounted.answers.refuses("inviteUser", "invite", 403, "forbidden", "Nobody invites above their own role."));
      });
      await page.getByRole("button", { name: "Take back the invitation" }).click();
      await page.getByText("Nobody takes that back.").waitFor();
      await page.getByLabel("E-mail").fill("zoe@northwind.example");
      await page.getByRole("button", { name: "Invite", exact: true }).click();
      await page.getByText("Nobody invites above their own role.").waitFor();
      assert.doesNotMatch(await text(), /Nobody takes that back/);
      await page.getByRole("button", { name: "Take back the invitation" }).click();
      await page.getByText("Nobody takes that back.").waitFor();
      assert.doesNotMatch(await text(), /Nobody invites above/);
      await resent();
      await page.getByRole("button", { name: "Invite eve@northwind.example again" }).click();
      assert.equal(await page.getByLabel("Link of the invitation").inputValue(), inviteUrl);
      assert.doesNotMatch(await text(), /Nobody/);
    });

    it("a member is removed after a second question alone", async () => {
      await showTeam();
      const asked = () => page.evaluate(() => window.mounted.asked.filter((each) => !/ list$|GET/.test(each) && each.includes("/manage-members")));
      const name = "Cleo Okafor-Featherstonehaugh";
      const before = await asked();
      await page.getByRole("button", { name: `Remove ${name}`, exact: true }).focus();
      await page.keyboard.press("Enter");
      await page.getByText(`Remove ${name} from the team?`).waitFor();
      await page.keyboard.press("Enter");
      await page.getByText(`Remove ${name} from the team?`).waitFor({ state: "detached" });
      assert.deepEqual(await asked(), before);
      await page.getByRole("button", { name: `Remove ${name}`, exact: true }).click();
      await page.getByText(`Remove ${name} from the team?`).waitFor();
      await page.evaluate(() => window.mounted.answer(window.mounted.answers.refuses("manageMembers", "remove", 403, "forbidden", "It was asked for.")));
      await page.getByRole("button", { name: `Yes, remove ${name}` }).click();
      await page.getByText("It was asked for.").waitFor();
    });

    it("a table that is wider than a phone shows so, and its buttons have one line", async () => {
      await showTeam();
      const seen = await page.evaluate(() => {
        const scroll = document.querySelector<HTMLElement>(".tg-scroll");
        const heights = [...document.querySelectorAll<HTMLElement>(".tg-table .tg-button")].map(({ offsetHeight }) => offsetHeight);
        return { isWider: scroll !== null && scroll.scrollWidth > scroll.clientWidth, shadow: scroll === null ? "" : getComputedStyle(scroll).backgroundAttachment, highest: Math.max(...heights) };
      });
      assert.ok(seen.isWider);
      assert.match(seen.shadow, /local.*scroll/);
      assert.ok(seen.highest <= 44, `${seen.highest} px`);
    });

    it("a server that is down is no network that is away, and is asked again by itself", async () => {
      await page.evaluate(() => {
        const { mounted } = window;
        mounted.down(true);
        mounted.answer(mounted.answers.team("owner"));
        mounted.show([["MembersTable", {}]]);
      });
      const told = page.getByText("The server cannot be reached at the moment. It is asked again in a while.");
      for (let tries = 0; tries < 20 && (await told.count()) === 0; tries += 1) await page.clock.runFor(500);
      await told.waitFor();
      await page.evaluate(() => window.mounted.down(false));
      await page.clock.runFor(3_000);
      await page.getByText("Cleo Okafor-Featherstonehaugh", { exact: true }).waitFor();
    });

    it("an address that a reply holds leads to the web, or nowhere", async () => {
      await page.evaluate(() => {
        const { mounted } = window;
        const [one, other] = mounted.answers.invoices;
        mounted.answer(mounted.answers.history({ ...one, pdfUrl: "javascript:window.ran=true", hostedUrl: null } as never, other as never));
        mounted.answer(mounted.answers.replies("billing", "portal", { url: "javascript:window.ran=true" } as never));
        mounted.show([["BillingHistory", {}]]);
      });
      await page.getByText("NW-0003").waitFor();
      assert.deepEqual(await page.locator("#app a").evaluateAll((links) => links.map((link) => link.getAttribute("href"))), ["https://pay.stripe.com/NW-0002/pdf"]);
      await page.getByRole("button", { name: "Cards and addresses" }).click();
      await page.getByText("That did not work.").waitFor();
      assert.equal(await page.evaluate(() => "ran" in window), false);
    });
  });
}
