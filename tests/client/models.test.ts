// What components show, before any framework: figures, plans, times and names.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Entitlements, Plan } from "../../client/src/index.ts";
import { contactAddress, linkAddress, webAddress } from "../../client/src/models/address.ts";
import { browserName } from "../../client/src/models/browser-name.ts";
import { ago, featureName, money } from "../../client/src/models/format.ts";
import { meterModel } from "../../client/src/models/meter.ts";
import { pricingColumns } from "../../client/src/models/pricing.ts";
import { bannerText } from "../../client/src/models/trial.ts";
import { UnreachableError } from "../../client/src/refusals.ts";
import { askedAgainIn } from "../../client/src/view/asked-again.ts";
import * as react from "../../client/src/react/index.ts";
import * as vue from "../../client/src/vue/index.ts";
import { STORIES } from "../../client/stories/stories.ts";
import { ROOT } from "../harness/built.ts";
import { english } from "../../client/src/texts/english.ts";
import { german } from "../../client/src/texts/german.ts";

describe("a meter", () => {
  const of = (used: number, limit: number, more: object = {}) => meterModel({ feature: "voice_minutes", used, limit, remaining: Math.max(0, limit - used), ...more }, english);

  it("warns from 80 %, and tells full from over", () => {
    const levels = [[0, 100], [79, 100], [80, 100], [99, 100], [100, 100], [101, 100], [799, 1_000], [800, 1_000]] as const;
    assert.deepEqual(levels.map(([used, limit]) => of(used, limit).level), ["normal", "normal", "warning", "warning", "full", "over", "normal", "warning"]);
  });

  it("has a bar that goes no further than its end, and is not full before everything is used", () => {
    assert.deepEqual([of(0, 3), of(2, 3), of(999, 1_000), of(3, 3), of(9, 3), of(0, 0), of(5, -1)].map(({ percent }) => percent), [0, 66, 99, 100, 100, 100, 0]);
    assert.equal(of(0, 0).level, "full");
  });

  it("says what is left, what is over, and what that costs", () => {
    const overage = { allowed: true, unitPrice: "0.10", chargedCents: 250, capCents: null };
    assert.deepEqual(of(1_200, 2_000), { label: "Voice minutes", level: "normal", percent: 60, text: "1,200 of 2,000 used", notes: ["800 left"] });
    assert.deepEqual(of(90, 100, { remaining: 4 }).notes, ["4 left"]);
    assert.deepEqual(of(125, 100, { overage }).notes, ["25 over the limit", "$2.50 extra so far", "each further one costs $0.10"]);
    assert.deepEqual(of(10, 100, { overage: { ...overage, chargedCents: 0 } }).notes, ["90 left"]);
    // What was charged is settled with the period, also where the plan has become another one that has room, or no limit.
    assert.deepEqual(of(10, 100, { overage }).notes, ["90 left", "$2.50 extra so far"]);
    assert.deepEqual(of(130, -1, { overage: { allowed: false, unitPrice: null, chargedCents: 250, capCents: null } }).notes, ["$2.50 extra so far"]);
  });

  it("speaks the reader's language", () => {
    const meter = { feature: "uploads", used: 1_200, limit: 2_000, remaining: 800, resetsAt: "2027-01-01T12:00:00.000Z" };
    assert.deepEqual(meterModel(meter, { ...german, features: { uploads: "Preislisten" } }), { label: "Preislisten", level: "normal", percent: 60, text: "1.200 von 2.000 verbraucht", notes: ["noch 800", "Beginnt am 01.01.2027 von vorn"] });
    assert.equal(meterModel({ ...meter, limit: -1, unlimited: true }, german).text, "1.200 verbraucht, unbegrenzt");
  });
});

describe("a pricing table", () => {
  const plan = (id: string, more: Partial<Plan>): Plan => ({
    id, name: id.toUpperCase(), audience: "individual", position: 0, priceMonthCents: 9_900, priceYearCents: 108_900, annualSavingsCents: 9_900, canBeBoughtBy: ["month", "year"], salesContact: null,
    seats: 1, concurrentSessions: 1, trialDays: 0, isStart: false, features: [], ...more,
  } as Plan);
  const plans = [
    plan("pro", { position: 1, features: [{ kind: "flag", feature: "sso", included: true }, { kind: "flag", feature: "audit", included: false }] as Plan["features"] }),
    plan("free", { priceMonthCents: 0, priceYearCents: 0, annualSavingsCents: 0, canBeBoughtBy: [] }),
    plan("firm", { audience: "team", priceMonthCents: null, priceYearCents: null, canBeBoughtBy: [], salesContact: "sales@northwind.example", seats: -1 }),
  ];

  it("has one audience's plans in the order of upgrades, with what they hold", () => {
    const columns = pricingColumns(plans, { audience: "individual", interval: "month" }, "usd", undefined, english);
    assert.deepEqual(columns.map(({ id, price, lines, action }) => ({ id, price, lines, action })), [
      { id: "free", price: "Free", lines: ["1 seat"], action: "none" },
      { id: "pro", price: "$99 a month", lines: ["1 seat", "Sso"], action: "choose" },
    ]);
  });

  it("says by the year what that is a month, what is billed and what it saves", () => {
    const [, pro] = pricingColumns(plans, { audience: "individual", interval: "year" }, "usd", "free", english);
    assert.deepEqual([pro?.price, pro?.billed, pro?.savings, pro?.label], ["$90.75 a month", "$1,089 billed each year", "Save $99 a year", "Change to PRO"]);
  });

  it("sends to people what is not sold by itself", () => {
    const [firm] = pricingColumns(plans, { audience: "team", interval: "month" }, "usd", undefined, english);
    assert.deepEqual([firm?.price, firm?.action, firm?.contact, firm?.lines], ["On request", "contact", "mailto:sales@northwind.example", ["unlimited seats"]]);
  });
});

describe("what both frameworks offer", () => {
  const HOOKS = ["useAlerts", "useBilling", "useEntitlements", "useFeature", "useInvitations", "useMembers", "useOrganization", "useOrganizations", "usePlans", "useProfile", "useSession", "useUsage", "useUsername"];
  const COMPONENTS = [
    "AcceptInvitation", "BillingHistory", "ConvertToTeam", "Gate", "InviteForm", "MembersTable", "OrganizationSwitcher", "PlanBadge", "PricingTable", "ProfileForm", "SessionConflictDialog",
    "SignedOutElsewhere", "TrialBanner", "UpgradePrompt", "UsageMeter", "UsernameField",
  ];
  const BOTH = [...COMPONENTS, ...HOOKS, "SignedOutMeanwhile", "browserName", "english", "format", "german", "queryKeys"];

  it("is the same, beside what installs it", () => {
    assert.deepEqual(Object.keys(vue).sort(), [...BOTH, "createTallygate"].sort());
    assert.deepEqual(Object.keys(react).sort(), [...BOTH, "TallygateProvider"].sort());
  });

  it("is in the README, and has stories of each component", () => {
    const readme = readFileSync(join(ROOT, "client/README.md"), "utf8");
    assert.deepEqual([...COMPONENTS, ...HOOKS].filter((name) => !readme.includes(`\`${name}`)), []);
    assert.deepEqual([...new Set(STORIES.map(({ component }) => component))].sort(), COMPONENTS);
  });

  it("has every state of every component that fetches something", () => {
    // The dialogs fetch nothing: the session's state is theirs.
    const fetching = COMPONENTS.filter((name) => !["SessionConflictDialog", "SignedOutElsewhere"].includes(name));
    const statesOf = (name: string): string[] => STORIES.filter(({ component }) => component === name).map(({ state }) => state);
    assert.deepEqual(fetching.filter((name) => !["loading", "refused", "offline"].every((state) => statesOf(name).includes(state))), []);
    assert.deepEqual(["empty", "at 79 %", "at 80 %", "at 100 %", "over"].filter((state) => !statesOf("UsageMeter").includes(state)), []);
    const lists = ["UsageMeter", "PricingTable", "OrganizationSwitcher", "MembersTable", "InviteForm", "BillingHistory"];
    assert.deepEqual(lists.filter((name) => !statesOf(name).includes("empty")), []);
  });
});

describe("an address of a reply", () => {
  const texts = ["https://a.example/@sales", "http://localhost:1/", "mailto:a@b.example", "a@b.example", "/sales", "//evil.example", "/\\evil.example", "javascript:alert('a@b')", " javascript:alert(1)", "JaVaScRiPt:1", "data:text/html,x", "+49 30 1", "", null];
  const which = (known: (text: string | null) => string | undefined) => texts.map(known).filter((address) => address !== undefined);

  it("leads to the web, to a mail or to the product, and nowhere else", () => {
    assert.deepEqual(which(webAddress), texts.slice(0, 2));
    assert.deepEqual(which(linkAddress), [...texts.slice(0, 3), "/sales"]);
    assert.deepEqual(which(contactAddress), [...texts.slice(0, 3), "mailto:a@b.example", "/sales"]);
  });
});

describe("a query that nobody answered", () => {
  const failed = (errorUpdateCount: number, dataUpdateCount: number, error: unknown = new UnreachableError("unreachable", undefined)) => ({ error, errorUpdateCount, dataUpdateCount });

  it("is asked again after waits that grow, and begin anew after an answer", () => {
    const query = { state: failed(1, 0) };
    const waits = [failed(1, 0), failed(1, 0), failed(2, 0), failed(3, 0), failed(9, 0), failed(9, 1, null), failed(10, 1)].map((state) => {
      query.state = state;
      return askedAgainIn(query, () => 0.5);
    });
    assert.deepEqual(waits, [2_000, 2_000, 4_000, 8_000, 60_000, false, 2_000]);
    assert.equal(askedAgainIn({ state: failed(1, 0, new Error("refused")) }), false);
  });
});

describe("words", () => {
  it("name a browser by what it says of itself", () => {
    const names: [string | null, string][] = [
      ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
      ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0", "Edge on Windows"],
      ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iOS"],
      ["The desk at home", "The desk at home"],
      ["<script>alert(1)</script>", "another browser"],
      [null, "another browser"],
    ];
    assert.deepEqual(names.map(([said]) => browserName(said, english)), names.map(([, name]) => name));
  });

  it("say how long ago something was", () => {
    const now = Date.parse("2026-12-10T12:00:00.000Z");
    assert.deepEqual(["2026-12-10T11:58:10.000Z", "2026-12-10T09:00:00.000Z", "2026-12-09T11:00:00.000Z", "2026-12-10T12:00:05.000Z"].map((time) => ago(time, now, "en")), ["1 minute ago", "3 hours ago", "yesterday", "now"]);
  });

  it("write money without decimals that say nothing", () => {
    assert.deepEqual([money(9_900, "usd", "en"), money(9_950, "usd", "en"), money(0, "eur", "de").replace(/\s/, " ")], ["$99", "$99.50", "0 €"]);
    assert.equal(featureName("ai_voice_minutes", {}), "Ai voice minutes");
  });

  it("write money in the units that its currency has", () => {
    const written = ([["jpy", 9_900], ["krw", 1], ["kwd", 1_500], ["kwd", 2_000], ["isk", 99_00], ["ugx", 500_00], ["mga", 700], ["chf", 1_05]] as const).map(([currency, amount]) => money(amount, currency, "en"));
    assert.deepEqual(written.map((text) => text.replace(/\s/g, " ")), ["¥9,900", "₩1", "KWD 1.500", "KWD 2", "ISK 99", "UGX 500", "MGA 700", "CHF 1.05"]);
  });

  it("say when a trial ends, and what else is wrong with the plan", () => {
    const now = Date.parse("2026-12-10T12:00:00.000Z");
    const plan = (more: Partial<Entitlements["plan"]>): Entitlements["plan"] => ({ id: "starter", name: "Starter", paidPlan: "starter", status: "trialing", runs: true, warning: null, trialEndsAt: null, accessUntil: null, ...more });
    assert.equal(bannerText(plan({ trialEndsAt: "2026-12-17T13:00:00.000Z" }), now, english), "Your trial ends in 7 days, on Dec 17, 2026.");
    assert.equal(bannerText(plan({ trialEndsAt: "2026-12-11T13:00:00.000Z" }), now, english), "Your trial ends tomorrow, on Dec 11, 2026.");
    assert.equal(bannerText(plan({ trialEndsAt: "2026-12-10T12:30:00.000Z" }), now, english), english.trialEndsToday);
    assert.equal(bannerText(plan({ status: "past_due", warning: "payment_failed" }), now, english), english.paymentFailed);
    assert.equal(bannerText(plan({ status: "canceled", runs: false }), now, english), english.subscriptionRequired);
    assert.equal(bannerText(plan({ status: "active" }), now, english), undefined);
  });
});
