// The session keeper in a real browser, on the running system.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { token } from "../../harness/tokens.ts";
import { HOUR, type Person } from "../../harness/world.ts";
import { ask, becomes, idOf, isHeartbeat, liveSessions, machines, stateOf, type Machine } from "./machine.ts";
import { asTimeGoesOn, until, type Scene } from "./scene.ts";

const MINUTE = 60_000;

/** The tab is in the background, or comes back. */
async function show(tab: Page, state: "visible" | "hidden"): Promise<void> {
  await tab.evaluate((value) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => value });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

export function sessionInBrowser(scene: () => Scene): void {
  const machineOf = machines(scene);

  /** So long ago was the last heartbeat. */
  const passes = (person: Person, time: number): Promise<unknown> =>
    scene().system.sql("UPDATE active_sessions SET last_heartbeat_at = last_heartbeat_at - CAST(? AS BIGINT) WHERE user_id = ?", time, person.id);

  describe("a second browser", () => {
    it("puts the first one out, which knows why within one heartbeat", async () => {
      const person = await scene().world.individual();
      const first = await (await machineOf(person)).tab();
      await becomes(first, { status: "live" });
      const second = await (await machineOf(person)).tab();
      await becomes(second, { status: "live" });
      await asTimeGoesOn(first.clock, becomes(first, { status: "ended", reason: "signed_in_elsewhere" }));
      assert.deepEqual(await stateOf(second), { status: "live", offline: false });
    });

    it("is told to the first one by any request that it makes meanwhile", async () => {
      const person = await scene().world.individual();
      const first = await (await machineOf(person)).tab();
      await becomes(first, { status: "live" });
      await becomes(await (await machineOf(person)).tab(), { status: "live" });
      assert.equal(await ask(first), "session_ended");
      await becomes(first, { status: "ended", reason: "signed_in_elsewhere" });
    });

    it("asks first where it is told to, and takes over when it is answered", async () => {
      const person = await scene().world.individual();
      await becomes(await (await machineOf(person)).tab(), { status: "live" });
      const second = await (await machineOf(person)).tab({ onConflict: "reject" });
      const state = await becomes(second, { status: "conflict" });
      assert.ok(state.status === "conflict");
      assert.match(state.sessions[0]?.userAgent ?? "", /Chrome/);
      await second.evaluate(() => window.page.takeOver());
      await becomes(second, { status: "live" });
    });

    it("stays put out after a reload, and signs in again only when it is told to", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const first = await machine.tab();
      await becomes(first, { status: "live" });
      await becomes(await (await machineOf(person)).tab(), { status: "live" });
      await asTimeGoesOn(first.clock, becomes(first, { status: "ended" }));
      await first.reload();
      await machine.start(first);
      await becomes(first, { status: "ended", reason: "signed_in_elsewhere" });
      await first.evaluate(() => window.page.takeOver());
      await becomes(first, { status: "live" });
    });
  });

  describe("two tabs", () => {
    it("register once and beat once", async () => {
      const machine = await machineOf(await scene().world.individual());
      const one = await machine.tab();
      const other = await machine.tab();
      await becomes(one, { status: "live" });
      await becomes(other, { status: "live" });
      assert.equal(machine.count("validate"), 1);
      assert.equal(await idOf(one), await idOf(other));
      for (const beats of [1, 2, 3]) {
        await asTimeGoesOn(machine.context.clock, machine.beaten());
        assert.equal(machine.count("heartbeat"), beats);
      }
    });

    it("go on when the one that spoke is in the background", async () => {
      const machine = await machineOf(await scene().world.individual());
      const one = await machine.tab();
      const other = await machine.tab();
      await becomes(other, { status: "live" });
      await show(one, "hidden");
      assert.equal((await asTimeGoesOn(machine.context.clock, machine.beaten())).frame().page(), other);
      assert.equal(machine.count("heartbeat"), 1);
      await show(other, "hidden");
      await machine.context.clock.runFor(10 * MINUTE);
      assert.equal(machine.count("heartbeat"), 1);
    });

    it("are both put out, and both signed out", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const one = await machine.tab();
      const other = await machine.tab();
      await becomes(other, { status: "live" });
      await one.evaluate(() => window.page.signOut());
      await becomes(one, { status: "signed_out" });
      await becomes(other, { status: "signed_out" });
      assert.equal(await liveSessions(scene(), person), 0);
    });
  });

  describe("a network that is away", () => {
    it("ends well after an hour", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const tab = await machine.tab();
      await becomes(tab, { status: "live" });
      await machine.context.setOffline(true);
      await asTimeGoesOn(tab.clock, becomes(tab, { status: "live", offline: true }));
      await tab.clock.fastForward(HOUR);
      await passes(person, HOUR);
      const id = await idOf(tab);
      await machine.context.setOffline(false);
      await asTimeGoesOn(tab.clock, becomes(tab, { status: "live", offline: false }));
      assert.equal(await idOf(tab), id);
      assert.equal(await liveSessions(scene(), person), 1);
    });

    it("tells that the place was taken meanwhile", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const tab = await machine.tab();
      await becomes(tab, { status: "live" });
      await machine.context.setOffline(true);
      await asTimeGoesOn(tab.clock, becomes(tab, { status: "live", offline: true }));
      await passes(person, HOUR);
      await becomes(await (await machineOf(person)).tab(), { status: "live" });
      await machine.context.setOffline(false);
      const state = await asTimeGoesOn(tab.clock, becomes(tab, { status: "ended" }));
      assert.ok(state.status === "ended" && ["expired", "signed_in_elsewhere"].includes(state.reason), JSON.stringify(state));
    });

    it("begins with a page that has never been there", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const tab = await machine.open();
      await machine.context.setOffline(true);
      const started = machine.start(tab);
      await becomes(tab, { status: "starting", offline: true });
      await machine.context.setOffline(false);
      await asTimeGoesOn(tab.clock, started);
      await becomes(tab, { status: "live" });
    });
  });

  describe("a laptop that wakes up", () => {
    it("sends one heartbeat, and not at once", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      // When it is due is a matter of chance: at the least of it, it would be at once.
      await machine.context.addInitScript(() => { Math.random = () => 0.5; });
      const tab = await machine.tab();
      const other = await machine.tab();
      await becomes(other, { status: "live" });
      const beaten = machine.beaten();
      await machine.context.clock.fastForward(8 * HOUR);
      for (const page of [tab, other]) {
        await page.evaluate(() => {
          for (const [target, name] of [[document, "visibilitychange"], [window, "focus"], [window, "online"], [window, "pageshow"]] as const) target.dispatchEvent(new Event(name));
        });
      }
      assert.equal(machine.count("heartbeat"), 0);
      await asTimeGoesOn(machine.context.clock, beaten);
      await machine.context.clock.runFor(30_000);
      assert.equal(machine.count("heartbeat"), 1);
      assert.equal(machine.count("validate"), 1);
    });
  });

  describe("a page that nobody has looked at for long", () => {
    const comesBack = async (machine: Machine, person: Person, meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<Page> => {
      const tab = await machine.tab();
      await becomes(tab, { status: "live" });
      await show(tab, "hidden");
      await machine.context.clock.fastForward(6 * MINUTE);
      await passes(person, 6 * MINUTE);
      await meanwhile();
      await show(tab, "visible");
      return tab;
    };

    it("is answered at once, and lives on", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const tab = await comesBack(machine, person);
      assert.deepEqual(await tab.evaluate(() => Promise.all([window.page.ask(), window.page.ask(), window.page.ask()])), ["true", "true", "true"]);
      assert.deepEqual(await stateOf(tab), { status: "live", offline: false });
      assert.equal(machine.count("heartbeat"), 1);
      await tab.clock.runFor(10_000);
      assert.equal(machine.count("heartbeat"), 1);
    });

    it("is put out where another one has its place, which one heartbeat tells", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const tab = await comesBack(machine, person, async () => becomes(await (await machineOf(person)).tab(), { status: "live" }));
      assert.equal(await ask(tab), "session_ended");
      const state = await becomes(tab, { status: "ended" });
      assert.ok(state.status === "ended" && ["expired", "signed_in_elsewhere"].includes(state.reason), JSON.stringify(state));
    });

    it("registers anew where nobody knows of it any more, once for all tabs", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const one = await machine.tab();
      const other = await machine.tab();
      await becomes(other, { status: "live" });
      const id = await idOf(one);
      await scene().system.sql("DELETE FROM active_sessions WHERE user_id = ?", person.id);
      assert.deepEqual(await Promise.all([ask(one), ask(other)]), ["true", "true"]);
      assert.equal(machine.count("validate"), 2);
      assert.notEqual(await idOf(one), id);
      assert.equal(await idOf(one), await idOf(other));
    });
  });

  describe("a clock that is set back", () => {
    it("keeps nothing from being found out, and beats go on", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const tab = await machine.tab();
      await becomes(tab, { status: "live" });
      const beats = (): Promise<unknown> => asTimeGoesOn(tab.clock, machine.beaten());
      await beats();
      await tab.clock.setSystemTime(new Date(await tab.evaluate(() => Date.now()) - HOUR));
      await scene().system.sql("DELETE FROM active_sessions WHERE user_id = ?", person.id);
      await tab.clock.runFor(3_000);
      assert.equal(await ask(tab), "true");
      await beats();
      assert.deepEqual(await stateOf(tab), { status: "live", offline: false });
      assert.equal(await liveSessions(scene(), person), 1);
    });
  });

  describe("a browser of several people", () => {
    it("gives the second one a session of their own while the first one's tab is open", async () => {
      const [first, second] = await scene().world.individuals(2) as [Person, Person];
      const machine = await machineOf(first);
      const tab = await machine.tab();
      const other = await machine.tab();
      await becomes(other, { status: "live" });
      const id = await idOf(other);
      await tab.reload();
      await machine.start(tab, {}, second.token);
      await becomes(tab, { status: "live" });
      assert.equal(await ask(tab), "true");
      assert.notEqual(await idOf(tab), id);
      assert.equal(await liveSessions(scene(), second), 1);
      // The first one's tab goes on as theirs.
      assert.equal(await ask(other), "true");
      assert.deepEqual([await stateOf(tab), await stateOf(other)], [{ status: "live", offline: false }, { status: "live", offline: false }]);
    });

    it("tells the second one nothing of the first one's end", async () => {
      const [first, second] = await scene().world.individuals(2) as [Person, Person];
      const machine = await machineOf(first);
      const tab = await machine.tab();
      await becomes(tab, { status: "live" });
      await becomes(await (await machineOf(first)).tab(), { status: "live" });
      assert.equal(await ask(tab), "session_ended");
      await becomes(tab, { status: "ended" });
      await tab.reload();
      await machine.start(tab, {}, second.token);
      assert.deepEqual(await stateOf(tab), { status: "live", offline: false });
    });
  });

  describe("somebody who was put out and signs in again", () => {
    for (const claim of ["session_id", "sid", "auth_time"]) {
      it(`is in again, by a token with another ${claim}: in the page and after a reload`, async () => {
        const person = await scene().world.individual({ claims: { [claim]: 1 } });
        const signedIn = (value: number): string => token({ sub: person.id, email: person.email, [claim]: value });
        const machine = await machineOf(person);
        const tab = await machine.tab();
        const putOut = async (): Promise<void> => {
          await becomes(tab, { status: "live" });
          await becomes(await (await machineOf(person)).tab(), { status: "live" });
          assert.equal(await ask(tab), "session_ended");
          await becomes(tab, { status: "ended", reason: "signed_in_elsewhere" });
        };
        await putOut();
        await tab.evaluate((given) => window.page.signIn(given), signedIn(1));
        assert.equal((await stateOf(tab)).status, "ended");
        await tab.evaluate((given) => window.page.signIn(given), signedIn(2));
        await putOut();
        await tab.reload();
        await machine.start(tab, {}, signedIn(3));
        await becomes(tab, { status: "live" });
        assert.equal(await ask(tab), "true");
      });
    }
  });

  describe("somebody who was put out and signs out", () => {
    it("is in again by the next sign-in, whatever the token tells of it", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const tab = await machine.tab();
      await becomes(tab, { status: "live" });
      await becomes(await (await machineOf(person)).tab(), { status: "live" });
      assert.equal(await ask(tab), "session_ended");
      await becomes(tab, { status: "ended" });
      await tab.evaluate(() => window.page.signOut());
      assert.equal(machine.count("terminate"), 0);
      await tab.reload();
      await machine.start(tab);
      assert.deepEqual(await stateOf(tab), { status: "live", offline: false });
    });
  });

  describe("answers that are none of Tallygate's", () => {
    const answers = async (tab: Page, status: number, body: string): Promise<void> => {
      await tab.route("**/manage-session", (route) => (route.request().method() === "POST" ? route.fulfill({ status, body, headers: { "access-control-allow-origin": "*" } }) : route.continue()));
    };

    it("are waited out, at the start and later", async () => {
      const machine = await machineOf(await scene().world.individual());
      const tab = await machine.open();
      await answers(tab, 200, "<!doctype html>");
      const started = machine.start(tab);
      await becomes(tab, { status: "starting" });
      await tab.unroute("**/manage-session");
      await asTimeGoesOn(tab.clock, started);
      await becomes(tab, { status: "live" });
      await answers(tab, 200, "<!doctype html>");
      await asTimeGoesOn(tab.clock, machine.beaten());
      assert.equal((await stateOf(tab)).status, "live");
    });

    it("may leave out who is in the way", async () => {
      const machine = await machineOf(await scene().world.individual());
      const tab = await machine.open();
      await answers(tab, 409, JSON.stringify({ success: false, code: "session_conflict", error: "No." }));
      await machine.start(tab, { onConflict: "reject" });
      assert.deepEqual(await stateOf(tab), { status: "conflict", sessions: [] });
    });
  });

  describe("a page that goes", () => {
    it("ends the session where it was the last one", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const one = await machine.tab();
      const other = await machine.tab();
      await becomes(other, { status: "live" });
      await one.close({ runBeforeUnload: false });
      assert.equal(machine.count("terminate"), 0);
      // The one that is left learns a moment later that it is.
      const open = () => other.evaluate(async () => (await navigator.locks.query()).held?.filter(({ name = "" }) => name.includes(":page:")).length);
      await until("the first page has gone", async () => (await open()) === 1);
      await other.goto("about:blank");
      await until("the session is over", async () => (await liveSessions(scene(), person)) === 0);
    });

    it("keeps it where it only loads again", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const tab = await machine.tab();
      await becomes(tab, { status: "live" });
      const id = await idOf(tab);
      for (const load of [() => tab.reload(), () => Promise.all([tab.waitForEvent("load"), tab.evaluate(() => location.reload())])]) {
        await load();
        await machine.start(tab);
        await becomes(tab, { status: "live" });
        assert.equal(await idOf(tab), id);
        assert.equal(await ask(tab), "true");
      }
      await machine.context.clock.runFor(1.1 * MINUTE);
      assert.deepEqual(await stateOf(tab), { status: "live", offline: false });
      assert.equal(await liveSessions(scene(), person), 1);
    });

    // When heartbeats are due is a matter of chance: at the least of it the first one comes before the end has arrived.
    for (const chance of [0, 0.5, 0.999]) {
      it(`goes on where its own end arrives after it is back, with ${chance} of chance`, async () => {
        const person = await scene().world.individual();
        const machine = await machineOf(person);
        await machine.context.addInitScript((value) => { Math.random = () => value; }, chance);
        const tab = await machine.tab();
        await becomes(tab, { status: "live" });
        const id = await idOf(tab);
        await tab.reload();
        await machine.start(tab);
        await becomes(tab, { status: "live" });
        if (chance === 0) await asTimeGoesOn(machine.context.clock, machine.beaten(), 200);
        // What the page said when it went was slow.
        const late = await scene().system.call("manage-session", { action: "terminate", body: { sessionId: id }, token: person.token });
        assert.equal(late.body["terminated"], 1);
        assert.equal(await liveSessions(scene(), person), 0);
        // No longer than until it is asked: the answer has to come within the time in which such an end is expected.
        await asTimeGoesOn(machine.context.clock, machine.context.waitForEvent("request", isHeartbeat), 200);
        await until("the session goes on", async () => (await liveSessions(scene(), person)) === 1);
        await becomes(tab, { status: "live" });
        assert.equal(await idOf(tab), id);
      });
    }
  });

  describe("what a browser keeps", () => {
    it("is never a token, nor is one in an address or a log; and nobody else is asked for anything", async () => {
      const person = await scene().world.individual();
      const machine = await machineOf(person);
      const tab = await machine.tab();
      await becomes(tab, { status: "live" });
      assert.equal(await ask(tab), "true");
      const secret = machine.sent.find(({ headers }) => headers["x-session-secret"] !== undefined)?.headers["x-session-secret"];
      assert.ok(secret !== undefined);
      const kept = await tab.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
      const told = [kept, ...machine.printed, ...machine.sent.map(({ url }) => url)].join("\n");
      assert.ok(!told.includes(person.token) && !told.includes(secret));
      const origins = new Set(machine.sent.map(({ url }) => new URL(url).origin));
      assert.deepEqual([...origins].sort(), [scene().site.origin, scene().system.url].sort());
    });
  });
}
