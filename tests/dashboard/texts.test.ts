// Every text is there in both languages, and no page has one of its own.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "smol-toml";
import { english as clientEnglish } from "../../client/src/texts/english.ts";
import { german as clientGerman } from "../../client/src/texts/german.ts";
import { english as consoleEnglish } from "../../dashboard/src/console/texts/english.ts";
import { german as consoleGerman } from "../../dashboard/src/console/texts/german.ts";
import { leastCollected } from "../../dashboard/src/least-collected.ts";
import * as coaching from "../../dashboard/src/products/coaching/index.ts";
import * as neutral from "../../dashboard/src/products/neutral/index.ts";
import type { ProductTexts } from "../../dashboard/src/products/product.ts";
import * as starterKit from "../../dashboard/src/products/starter-kit/index.ts";
import * as voiceTraining from "../../dashboard/src/products/voice-training/index.ts";
import * as voip from "../../dashboard/src/products/voip/index.ts";
import * as wellness from "../../dashboard/src/products/wellness/index.ts";
import { english } from "../../dashboard/src/texts/english.ts";
import { germanActions } from "../../dashboard/src/texts/german-actions.ts";
import { germanPersonalData } from "../../dashboard/src/texts/german-personal-data.ts";
import { germanRefusals } from "../../dashboard/src/texts/german-refusals.ts";
import { german } from "../../dashboard/src/texts/german.ts";
import { ROOT } from "../harness/built.ts";
import { writtenIn } from "./templates.ts";

const GYM = { id: "gym", name: "Gym", plans: ["Day", "Month", "Year"], currency: "eur", adminsMayBill: false, hasPackages: false, hasCalls: false };
const PRODUCTS: Record<string, { english: ProductTexts; german: ProductTexts }> = {
  coaching, "starter-kit": starterKit, "voice-training": voiceTraining, voip, wellness, "wellness-organizations": wellness,
};

/** Words that are the same in both. */
const SAME = new Set(["API", "Team", "Teams", "Name", "Person", "Dashboard", "Webhooks", "Uploads", "Deutsch", "English", "Token", "Code", "Stripe", "Browser", "Mails", "Position", "Website", "Gym"]);

/** What a text says; a function of names says it of the names `①`, `②` and so on, and of one and of many. */
function sayings(text: unknown): string[] {
  if (typeof text === "string") return [text];
  const ask = text as (...names: unknown[]) => string;
  const names = Array.from({ length: ask.length }, (_, place) => "①②③④".charAt(place));
  return [ask(...names), ask(...names.map(() => 1)), ask(...names.map(() => 7))];
}

/** Each text by its path. */
function* textsOf(texts: object, path = ""): Generator<[string, unknown]> {
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text === "object" && text !== null) yield* textsOf(text as object, `${path}${name}.`);
    else if (typeof text === "string" || typeof text === "function") yield [path + name, text];
  }
}

/** Which texts are missing in German, or are still English. */
function untranslated(english: object, german: object): string[] {
  const known = new Map(textsOf(german));
  return [...textsOf(english)].flatMap(([path, text]) => {
    if (!known.has(path)) return [`${path} is missing`];
    const both = sayings(text).map((saying, place) => [saying, sayings(known.get(path))[place]] as const);
    const word = (saying: string): string => saying.replaceAll(/[①②③④\d]|\W/g, "");
    return both.every(([one, other]) => one === other && word(one) !== "" && !SAME.has(one)) ? [`${path}: ${both[0]?.[0]}`] : [];
  });
}

describe("the German of", () => {
  const all: [string, object, object][] = [
    ["the dashboard", english, german], ["the console", consoleEnglish, consoleGerman], ["a catalog without texts", neutral.english(GYM), neutral.german(GYM)],
    ["the client's components", clientEnglish, clientGerman],
    ...Object.entries(PRODUCTS).map(([name, product]) => [name, product.english, product.german] as [string, object, object]),
  ];
  for (const [what, one, other] of all) it(`${what} has every text`, () => assert.deepEqual(untranslated(one, other), []));

  it("refusals has a sentence for every code", () => {
    const description = JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8")) as { components: { schemas: Record<string, { properties?: { code?: { const?: string } } }> } };
    const codes = Object.values(description.components.schemas).flatMap(({ properties }) => properties?.code?.const ?? []);
    assert.ok(codes.length > 60);
    assert.deepEqual([...new Set(codes)].filter((code) => germanRefusals[code] === undefined), []);
  });

  it("the audit log has a name for every type of event", () => {
    const types = [...readFileSync(join(ROOT, "docs/EVENTS.md"), "utf8").matchAll(/^### `([a-z_.]+)`/gm)].map(([, type = ""]) => type);
    assert.ok(types.length > 30);
    assert.deepEqual(types.filter((type) => germanActions[type] === undefined), []);
  });

  it("a deletion names all that is erased", () => {
    const { tables } = JSON.parse(readFileSync(join(ROOT, "shared/src/personal_data/register.json"), "utf8")) as { tables: { what: string; erased?: unknown }[] };
    const erased = tables.filter((table) => table.erased !== undefined && table.erased !== null).map(({ what }) => what);
    assert.ok(erased.length > 10);
    assert.deepEqual(erased.filter((what) => germanPersonalData[what] === undefined), []);
  });
});

interface Catalog {
  event_types?: Record<string, unknown>;
  plans: { features?: Record<string, unknown> }[];
  packages?: { category: string }[];
}

it("every catalog has a German name for its features, their values, event types and categories", () => {
  const missing = readdirSync(join(ROOT, "catalogs")).filter((file) => file.endsWith(".toml")).flatMap((file) => {
    const { event_types: types = {}, plans, packages = [] } = parse(readFileSync(join(ROOT, "catalogs", file), "utf8")) as unknown as Catalog;
    const words = (value: unknown): string[] => (typeof value === "object" && value !== null && "config" in value ? (typeof value.config === "string" ? [value.config] : Object.keys(value.config as object)) : []);
    const named = [...Object.keys(types), ...plans.flatMap(({ features = {} }) => [...Object.keys(features), ...Object.values(features).flatMap(words)]), ...packages.map(({ category }) => category)];
    const texts = PRODUCTS[file.replace(".toml", "")];
    assert.ok(texts, `${file} has no texts`);
    return [...new Set(named)].filter((name) => texts.german.features[name] === undefined).map((name) => `${file}: ${name}`);
  });
  assert.deepEqual(missing, []);
});

it("a catalog without texts of its own is called by its name and its plans, and by nobody else's", () => {
  const said = JSON.stringify([neutral.english(GYM), neutral.german(GYM)]);
  for (const name of ["Gym", "Day", "Month"]) assert.ok(said.includes(name));
  assert.doesNotMatch(said, /upload|rate sheet|carrier|voice|coach|sound/i);
});

describe("a template", () => {
  it("has no text of its own", () => {
    const folder = join(ROOT, "dashboard/src");
    const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith(".vue"));
    assert.ok(files.length > 50);
    assert.deepEqual(files.flatMap((file) => writtenIn(readFileSync(join(folder, file), "utf8")).map((text) => `${file}: ${text}`)), []);
  });

  it("that has one is told of", () => {
    const page = (template: string): string[] => writtenIn(`<template>${template}</template>`);
    assert.deepEqual(page("<p>Hello</p>"), ["Hello"]);
    assert.deepEqual(page('<img alt="A cat">'), ["A cat"]);
    assert.deepEqual(page(`<p>{{ isIt ? "Yes it is" : said.no }}</p>`), ["Yes it is"]);
    assert.deepEqual(page(`<p :title="'Open it'">{{ said.yes }}</p>`), ["Open it"]);
    assert.deepEqual(page(`<p class="quiet" :class="{ open: kind === 'team' }">{{ count }} · {{ kind === "day" ? said.day : said.month }}</p>`), []);
  });
});

describe("the least that is collected", () => {
  it("is on the pages what it is to the scheduler", () => {
    const sql = readFileSync(join(ROOT, "functions/scheduler/src/bill_overage/statements.rs"), "utf8");
    const [, cases = "", usual = ""] = /CASE line\.currency (.+?) ELSE (\d+) END AS least/s.exec(sql) ?? [];
    const known = [...cases.matchAll(/WHEN '(\w+)' THEN (\d+)/g)].map(([, currency = "", least]) => [currency, Number(least)] as const);
    assert.ok(known.length > 10, cases);
    for (const [currency, least] of [...known, ["usd", Number(usual)], ["eur", Number(usual)]] as const) assert.equal(leastCollected(currency), least, currency);
  });
});
