// What pages ask while their browser is being registered, in a real browser on the running system: each is sent once.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page, Route } from "playwright-core";
import type { Person } from "../../harness/world.ts";
import { ask, becomes, idOf, liveSessions, machines, stateOf, type Machine } from "./machine.ts";
import { asTimeGoesOn, until, type Scene } from "./scene.ts";

const LIVE = { status: "live", offline: false };

/** A registration that is under way for as long as a test wants. */
interface UnderWay {
  /** Resolves when the browser has asked for it. */
  asked: Promise<void>;
  goOn(): void;
}

/** Holds the next registrations: on their way there, or their answers. */
async function held(machine: Machine, what: "request" | "answer"): Promise<UnderWay> {
  const [asked, goes] = [signal(), signal()];
  await machine.whenItRegisters(async (route: Route) => {
    const response = what === "answer" ? await route.fetch() : undefined;
    asked.give();
    await goes.given;
    await (response === undefined ? route.continue() : route.fulfill({ response }));
  });
  return { asked: asked.given, goOn: goes.give };
}

function signal(): { given: Promise<void>; give(): void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
}

export function registrationInBrowser(scene: () => Scene): void {
  const machineOf = machines(scene);
  /** What everybody is answered is answered meanwhile: by then, what was asked before it has been, too, or waits. */
  const answersEverybody = async (tab: Page): Promise<void> => assert.equal(await tab.evaluate(() => window.page.askForPlans()), "true");

  it("holds what a page asks, and names the session that it has then", async () => {
    const machine = await machineOf(await scene().world.individual());
    const tab = await machine.open();
    const registration = await held(machine, "request");
    const started = machine.start(tab);
    await registration.asked;
    const answers = [ask(tab), ask(tab)];
    await answersEverybody(tab);
    assert.equal(machine.count("entitlements"), 0);
    registration.goOn();
    assert.deepEqual(await Promise.all(answers), ["true", "true"]);
    await started;
    assert.deepEqual(machine.answered, ["200 plans", "200 validate", "200 entitlements", "200 entitlements"]);
    const named = machine.sent.filter(({ action }) => action === "entitlements").map(({ headers }) => headers["x-session-id"]);
    assert.deepEqual(named, [await idOf(tab), await idOf(tab)]);
    assert.deepEqual(machine.printed, []);
  });

  it("holds what is asked at once, and sends what was asked before it began", async () => {
    const person = await scene().world.individual();
    const machine = await machineOf(person);
    const tab = await machine.open();
    const answers = await tab.evaluate(async ([url, token]) => {
      window.openPage(url, token);
      const before = window.page.ask();
      const started = window.page.start();
      const meanwhile = window.page.ask();
      await started;
      return Promise.all([before, meanwhile]);
    }, [scene().system.url, person.token] as const);
    assert.deepEqual(answers, ["true", "true"]);
    assert.deepEqual([...machine.answered].sort(), ["200 entitlements", "200 entitlements", "200 validate"]);
  });

  it("holds what a page asks that has loaded again, whose session ended when it went", async () => {
    const person = await scene().world.individual();
    const machine = await machineOf(person);
    const tab = await machine.tab();
    await becomes(tab, LIVE);
    await tab.reload();
    await until("the page's own end", async () => (await liveSessions(scene(), person)) === 0);
    machine.answered.length = 0;
    const registration = await held(machine, "answer");
    const started = machine.start(tab);
    await registration.asked;
    const answer = ask(tab);
    await answersEverybody(tab);
    registration.goOn();
    assert.equal(await answer, "true");
    await started;
    assert.deepEqual(machine.answered, ["200 plans", "200 validate", "200 entitlements"]);
    assert.deepEqual(await stateOf(tab), LIVE);
    assert.equal(await liveSessions(scene(), person), 1);
  });

  it("holds what the second tab asks while the first one registers", async () => {
    const machine = await machineOf(await scene().world.individual());
    const [one, other] = [await machine.open(), await machine.open()];
    const registration = await held(machine, "request");
    const started = [machine.start(one)];
    await registration.asked;
    started.push(machine.start(other));
    const answers = [ask(one), ask(other)];
    await Promise.all([answersEverybody(one), answersEverybody(other)]);
    registration.goOn();
    assert.deepEqual(await Promise.all(answers), ["true", "true"]);
    await Promise.all(started);
    assert.deepEqual(machine.answered, ["200 plans", "200 plans", "200 validate", "200 entitlements", "200 entitlements"]);
  });

  describe("one that does not come to an end", () => {
    it("holds nothing for longer than five seconds", async () => {
      const machine = await machineOf(await scene().world.individual());
      const tab = await machine.open();
      const registration = await held(machine, "request");
      const started = machine.start(tab);
      await registration.asked;
      const answer = ask(tab);
      await tab.clock.runFor(4_900);
      assert.equal(machine.count("entitlements"), 0);
      await tab.clock.runFor(100);
      assert.equal(await answer, "true");
      assert.equal(await ask(tab), "true");
      registration.goOn();
      await started;
      assert.equal(await ask(tab), "true");
      assert.deepEqual(machine.answered.filter((answered) => !answered.startsWith("200")), []);
      assert.equal(machine.count("entitlements"), 3);
    });

    it("holds nothing after its first failure, and what is asked then names no session", async () => {
      const machine = await machineOf(await scene().world.individual());
      const tab = await machine.open();
      await machine.whenItRegisters((route) => route.abort("connectionrefused"));
      const started = machine.start(tab);
      const answer = ask(tab);
      assert.equal(await asTimeGoesOn(tab.clock, answer, 100), "true");
      assert.equal(await ask(tab), "true");
      await machine.context.unrouteAll({ behavior: "wait" });
      await asTimeGoesOn(tab.clock, started);
      assert.equal(await ask(tab), "true");
      assert.deepEqual(machine.answered, ["200 entitlements", "200 entitlements", "200 validate", "200 entitlements"]);
      const named = machine.sent.filter(({ action }) => action === "entitlements").map(({ headers }) => headers["x-session-id"]);
      assert.deepEqual(named, [undefined, undefined, await idOf(tab)]);
    });
  });

  describe("one that is refused", () => {
    it("refuses what waits, which is not sent", async () => {
      const machine = await machineOf(await scene().world.individual());
      const tab = await machine.open();
      const registration = await held(machine, "request");
      const started = machine.start(tab, {}, "no token");
      await registration.asked;
      const answer = ask(tab);
      await answersEverybody(tab);
      registration.goOn();
      assert.equal(await answer, "unauthenticated");
      await started;
      assert.deepEqual(machine.answered, ["200 plans", "401 validate"]);
      assert.deepEqual(await stateOf(tab), { status: "signed_out" });
    });

    it("refuses nothing that others may be answered", async () => {
      const machine = await machineOf(await scene().world.individual());
      const tab = await machine.open();
      // The reply of a gateway that has no such function.
      await machine.whenItRegisters((route) => route.fulfill({ status: 404, json: { success: false, code: "unknown_function", error: "No." }, headers: { "access-control-allow-origin": "*" } }));
      const started = machine.start(tab);
      assert.equal(await ask(tab), "true");
      await started;
      assert.deepEqual(machine.answered, ["404 validate", "200 entitlements"]);
    });

    it("refuses all where others are in the way, until they are put out", async () => {
      const person = await scene().world.individual();
      await becomes(await (await machineOf(person)).tab(), LIVE);
      const machine = await machineOf(person);
      const tab = await machine.open();
      const registration = await held(machine, "request");
      const started = machine.start(tab, { onConflict: "reject" });
      await registration.asked;
      const answer = ask(tab);
      await answersEverybody(tab);
      registration.goOn();
      assert.equal(await answer, "session_conflict");
      await started;
      assert.equal(await ask(tab), "session_conflict");
      assert.deepEqual(machine.answered, ["200 plans", "409 validate"]);
      await tab.evaluate(() => window.page.takeOver());
      assert.equal(await ask(tab), "true");
      assert.deepEqual(machine.answered, ["200 plans", "409 validate", "200 validate", "200 entitlements"]);
    });
  });

  it("sends once more what left with the secret from before it", async () => {
    // given: two tabs, one of which registers anew; that is done, and its answer under way until something was refused
    const person = await scene().world.individual();
    const machine = await machineOf(person);
    const [one, other] = [await machine.tab(), await machine.tab()];
    await becomes(other, LIVE);
    const registration = await held(machine, "answer");
    const refused = other.waitForResponse((response) => response.url().includes("/track-usage/") && response.status() === 401);
    const takenOver = one.evaluate(() => window.page.takeOver());
    await registration.asked;
    // when
    const answer = ask(other);
    await refused;
    registration.goOn();
    // then: the other tab does not take itself for put out
    assert.equal(await answer, "true");
    await takenOver;
    assert.equal(await idOf(other), await idOf(one));
    assert.deepEqual([await stateOf(one), await stateOf(other)], [LIVE, LIVE]);
    assert.equal(await liveSessions(scene(), person), 1);
  });
}
