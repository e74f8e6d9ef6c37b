// What `npm run import` reads and how it counts: times, CSV, dumps, Clerk's answers, and what an organization has.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Catalog, type Plan } from "../../scripts/import/catalog.mjs";
import { tablesOfClerk } from "../../scripts/import/clerk.mjs";
import { rowsOfCsv } from "../../scripts/import/csv.mjs";
import { tablesOfDump } from "../../scripts/import/dump.mjs";
import { holdingOf, type Wanted } from "../../scripts/import/holding.mjs";
import { aMonthAfter, billingMonth, momentOf, momentOfKsuid, monthOf } from "../../scripts/import/moments.mjs";
import { readMapping } from "../../scripts/import/mapping.mjs";
import { unread } from "../../scripts/import/unread.mjs";
import type { Subscription } from "../../scripts/import/stripe.mjs";
import { ROOT } from "../harness/built.ts";

const at = (text: string): number => Date.parse(text);

describe("a time", () => {
  it("is read in every way in which databases write it", () => {
    for (const [written, moment] of [
      ["2026-03-04 05:06:07.123456+00", "2026-03-04T05:06:07.123Z"],
      ["2026-03-04 05:06:07+02", "2026-03-04T03:06:07Z"],
      ["2026-03-04T05:06:07.5-08:00", "2026-03-04T13:06:07.500Z"],
      ["2026-03-04 05:06:07+0530", "2026-03-03T23:36:07Z"],
      ["2026-03-04T05:06:07Z", "2026-03-04T05:06:07Z"],
      ["2026-03-04 05:06:07 UTC", "2026-03-04T05:06:07Z"],
      ["2026-03-04", "2026-03-04T00:00:00Z"],
      ["1772600767", "2026-03-04T05:06:07Z"],
      [1_772_600_767_123, "2026-03-04T05:06:07.123Z"],
    ] as const) assert.equal(momentOf(written, "UTC"), at(moment), String(written));
    for (const written of ["", "yesterday", "2026-02-30", "2026-13-01 00:00:00", "2026-03-04 25:00:00", "04.03.2026"]) assert.equal(momentOf(written, "UTC"), undefined, written);
  });

  it("without a zone is meant in the mapping's", () => {
    for (const [written, moment] of [
      ["2026-01-15 12:00:00", "2026-01-15T11:00:00Z"],
      ["2026-07-15 12:00:00", "2026-07-15T10:00:00Z"],
      ["2026-03-29 12:00:00", "2026-03-29T10:00:00Z"],
      ["2026-10-25 12:00:00.250", "2026-10-25T11:00:00.250Z"],
      // Shown twice that night: the first one.
      ["2026-10-25 02:30:00", "2026-10-25T00:30:00Z"],
    ] as const) assert.equal(momentOf(written, "Europe/Berlin"), at(moment), written);
    assert.equal(momentOf("2026-01-15 12:00:00+00", "Europe/Berlin"), at("2026-01-15T12:00:00Z"));
  });

  it("stands in a KSUID", () => {
    // The example of Segment's own readme.
    assert.equal(momentOfKsuid("user_0ujtsYcgvSTl8PAuAdqWYSMnLOv"), at("2017-10-10T04:00:47Z"));
    assert.equal(momentOfKsuid("user_short"), undefined);
  });

  it("is in a month as the functions count it", () => {
    // The functions are held to the same ones (`functions/track-usage/src/tests/periods.rs`).
    const months = JSON.parse(readFileSync(join(ROOT, "shared/src/rules/period/months.json"), "utf8")) as { calendar: string[][]; aMonthAfter: string[][]; billing: string[][] };
    for (const [moment = "", start = "", end = ""] of months.calendar) assert.deepEqual(monthOf(at(moment)), { start: at(start), end: at(end) }, moment);
    for (const [moment = "", then = ""] of months.aMonthAfter) assert.equal(aMonthAfter(at(moment)), at(then), moment);
    for (const [from = "", to = "", now = "", start = "", end = ""] of months.billing) assert.deepEqual(billingMonth({ start: at(from), end: at(to) }, at(now)), { start: at(start), end: at(end) }, `${from} ${now}`);
  });
});

it("what the mapping names no column for is told of", () => {
  const table = (values: Record<string, unknown>) => [{ where: "a file, line 2", values }];
  const users = table({ id: "1", email: "una@northwind.example", raw_user_meta_data: { full_name: "Una" }, aud: "authenticated" });
  const profiles = table({ user_id: "1", tier: "pro", uploads_this_month: 3 });
  assert.equal(unread(readMapping("supabase"), new Map([["auth.users", users], ["public.profiles", profiles], ["export-7", table({ id: "1" })]])),
    "Not read, since the mapping does not name them: auth.users (aud); public.profiles (tier); export-7 (no table of the mapping's).");
  assert.equal(unread(readMapping("supabase"), new Map([["users", table({ id: "1", "raw_user_meta_data": {} })]])), undefined);
  const many = Object.fromEntries(Array.from({ length: 15 }, (_, place) => [`other_${place}`, place]));
  assert.match(unread(readMapping("supabase"), new Map([["users", table({ id: "1", ...many })]])) ?? "", /users \(other_0, .*, other_11 and 3 more\)\.$/);
});

describe("a CSV", () => {
  it("has quotation marks, line breaks and commas in its fields, and each row its line", () => {
    assert.deepEqual(rowsOfCsv("\ufeffid,name\r\n1,\"a \"\"b\"\",\r\nc\"\r\n2,\r\n\r\n3,d", "x.csv"), [
      { line: 2, values: { id: "1", name: "a \"b\",\r\nc" } },
      { line: 4, values: { id: "2", name: null } },
      { line: 6, values: { id: "3", name: "d" } },
    ]);
    assert.throws(() => rowsOfCsv("id,name\n1\n", "x.csv"), /x\.csv, line 2: there are 1 fields where the first line names 2 columns/);
    assert.throws(() => rowsOfCsv("id\n\"1\n", "x.csv"), /x\.csv, line 2: a quotation mark is not closed/);
  });
});

describe("a dump", () => {
  it("has COPY blocks", () => {
    const tables = tablesOfDump("SET x = 1;\nCOPY auth.users (id, \"role\", meta) FROM stdin;\n1\t\\N\t{\"a\": \"b\\\\nc\"}\n2\ta\\tb\\\\\t\n\\.\n\nSELECT 1;\n", "x.sql");
    assert.deepEqual(tables.get("auth.users"), [
      { line: 3, values: { id: "1", role: null, meta: "{\"a\": \"b\\nc\"}" } },
      { line: 4, values: { id: "2", role: "a\tb\\", meta: "" } },
    ]);
  });

  it("has INSERT statements, of several rows over several lines", () => {
    const text = "INSERT INTO \"public\".\"profiles\" (\"id\", \"name\", \"n\") VALUES\n\t('1', 'O''Neill;\n), (', 5),\n\t('2'::text, E'a\\'b\\n', NULL::integer);\nINSERT INTO public.profiles (id, name, n) VALUES ('3', NULL, -1.5);\n";
    assert.deepEqual(tablesOfDump(text, "x.sql").get("public.profiles"), [
      { line: 2, values: { id: "1", name: "O'Neill;\n), (", n: "5" } },
      { line: 4, values: { id: "2", name: "a'b\n", n: null } },
      { line: 5, values: { id: "3", name: null, n: "-1.5" } },
    ]);
    assert.throws(() => tablesOfDump("INSERT INTO profiles VALUES (1);", "x.sql"), /line 1: the statement does not name its columns/);
    assert.throws(() => tablesOfDump("INSERT INTO profiles (id) VALUES ('1", "x.sql"), /has no end/);
    assert.throws(() => tablesOfDump("INSERT INTO profiles (id) VALUES (1, 2);", "x.sql"), /there are 2 values for 1 columns/);
  });
});

describe("Clerk's answers", () => {
  it("are told apart by their objects, and an address is confirmed where Clerk says so", () => {
    const tables = tablesOfClerk(JSON.stringify([
      { object: "user", id: "user_1", primary_email_address_id: "b", email_addresses: [{ id: "a", email_address: "x@y.example", verification: { status: "verified" } }, { id: "b", email_address: "z@y.example", verification: null }] },
      { object: "organization", id: "org_1" },
    ]), "x.json");
    assert.equal(tables.get("users")?.[0]?.values["primary_email_address"], "z@y.example");
    assert.equal(tables.get("users")?.[0]?.values["verified_email_addresses"], "x@y.example");
    assert.equal(tables.get("organizations")?.[0]?.where, "x.json, entry 2");
    assert.throws(() => tablesOfClerk("[{\"object\": \"session\"}]", "x.json"), /no user, organization or membership/);
    assert.throws(() => tablesOfClerk("nothing", "x.json"), /is no JSON/);
  });
});

describe("what an organization has", () => {
  const plan = (id: string, position: number, more: Partial<Plan> = {}): Plan => ({ id, audience: "individual", position, price: 2_900, seats: 1, starts: null, fallback: null, isRetired: false, ...more });
  const free = plan("free", 0, { price: 0, starts: "individual", fallback: "individual" });
  const [growth, team] = [plan("growth", 1), plan("team", 2, { audience: "team" })];
  const catalog = new Catalog(
    new Map([free, growth, team].map((one) => [one.id, one])),
    new Map([
      ["growth minutes", { limit: 10, reset: "billing_period", unitSize: 60, isDistinct: false, isPriced: true }],
      ["growth calls", { limit: 3, reset: "once", unitSize: 1, isDistinct: false, isPriced: false }],
      ["growth people", { limit: 3, reset: "calendar_month", unitSize: 1, isDistinct: true, isPriced: false }],
    ]),
    new Map([["price_growth", "growth"], ["price_team", "team"]]),
  );
  const now = at("2026-03-20T00:00:00Z");
  const subscription = (id: string, more: Partial<Subscription> = {}, price = "price_growth"): Subscription => ({
    id, customer: "cus_1", status: "active", schedule: null, startedAt: at("2026-01-10"), trialEndsAt: null, pastDueSince: null, cancelAt: null, endedAt: null, fallbackPeriodEnd: null, ...more,
    items: [{ id: `si_${id}`, price, interval: "month", amount: 2_900, currency: "usd", quantity: 1, start: at("2026-03-10"), end: at("2026-04-10") }],
  });
  const held = (wanted: Partial<Wanted>) => {
    const notes: string[] = [];
    const holding = holdingOf({ audience: "individual", plan: growth, hasTier: true, customer: null, subscriptions: [], isStripeKnown: false, used: [], ...wanted }, catalog, now, (reason) => notes.push(reason));
    return { ...holding, notes };
  };

  it("is granted what was used beyond a limit that has a price, and nothing else", () => {
    const used = (feature: string, quantity: number) => ({ user: "u", feature, quantity });
    const { counted, notes } = held({ subscriptions: [subscription("sub_1")], used: [used("minutes", 721), used("calls", 5), used("people", 2), used("unheard", 1)] });
    assert.deepEqual(counted, [
      { feature: "calls", start: 0, end: null, plan: "growth", limit: 3, grant: 0, by: [{ user: "u", quantity: 5 }] },
      { feature: "minutes", start: at("2026-03-10"), end: at("2026-04-10"), plan: "growth", limit: 10, grant: 3, by: [{ user: "u", quantity: 721 }] },
    ]);
    assert.deepEqual(notes, ["beyond_its_limit", "beyond_its_limit", "not_counted", "not_counted"]);
  });

  it("waits for a checkout where it has neither a tier nor a plan that costs nothing", () => {
    assert.equal(held({ hasTier: false }).status, "incomplete");
    assert.equal(held({ plan: free, hasTier: false }).status, "active");
    assert.equal(held({}).status, "active");
    assert.deepEqual(held({ isStripeKnown: true }).notes, ["nothing_paid"]);
  });

  it("follows what is paid: the newest that runs, of a price that is for it", () => {
    const older = subscription("sub_old", { startedAt: at("2025-01-01") });
    const two = held({ plan: free, subscriptions: [older, subscription("sub_new", { cancelAt: at("2026-04-10") }), subscription("sub_team", { startedAt: at("2026-03-01") }, "price_team")] });
    assert.deepEqual([two.plan.id, two.stripeSubscription, two.cancelAt, two.notes], ["growth", "sub_new", at("2026-04-10"), ["two_subscriptions", "plans_differ"]]);
    const due = held({ subscriptions: [subscription("sub_1", { status: "past_due" })] });
    assert.deepEqual([due.status, due.pastDueSince], ["past_due", at("2026-03-10")]);
    const trial = held({ subscriptions: [subscription("sub_1", { status: "trialing", trialEndsAt: at("2026-03-25") })] });
    assert.deepEqual([trial.status, trial.trialEndsAt], ["trialing", at("2026-03-25")]);
    const unknown = held({ subscriptions: [subscription("sub_1", {}, "price_unheard")] });
    assert.deepEqual([unknown.plan.id, unknown.status, unknown.stripeSubscription, unknown.notes], ["growth", "active", null, ["unknown_price"]]);
    const never = held({ subscriptions: [subscription("sub_1", { status: "incomplete_expired" })] });
    assert.deepEqual([never.stripeSubscription, never.subscriptions.length], [null, 1]);
  });

  it("falls back where all has ended, and is ended itself where there is nothing to fall back to", () => {
    const ended = { status: "canceled", endedAt: at("2026-03-15"), fallbackPeriodEnd: at("2026-04-15") };
    const fell = held({ subscriptions: [subscription("sub_1", ended)] });
    assert.deepEqual([fell.plan.id, fell.status, fell.period, fell.stripeSubscription], ["free", "active", { start: at("2026-03-15"), end: at("2026-04-15") }, null]);
    const team = held({ audience: "team", plan: catalog.plans.get("team") as Plan, subscriptions: [subscription("sub_1", ended, "price_team")] });
    assert.deepEqual([team.plan.id, team.status, team.stripeSubscription], ["team", "canceled", "sub_1"]);
  });
});
