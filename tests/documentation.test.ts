// What docs/API.md and docs/CONSOLE.md show is what the functions answer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { documented, shown } from "./documentation/document.ts";
import { PERSONAL_DATA, personalDataPage } from "./documentation/personal-data.ts";
import { EXAMPLE_SETTINGS, makeExamples, type Example } from "./documentation/examples.ts";
import { CALLS } from "./harness/calls.ts";
import { engine } from "./harness/database.ts";
import { Shop } from "./harness/shop.ts";

describe("docs/PERSONAL_DATA.md", () => {
  it("says what the register says (`npm run docs` writes it anew)", () => {
    assert.equal(readFileSync(PERSONAL_DATA, "utf8"), personalDataPage());
  });
});

describe("docs/API.md and docs/CONSOLE.md", () => {
  let shop: Shop;
  let examples: Example[];
  before(async () => {
    shop = await Shop.open(EXAMPLE_SETTINGS);
    examples = await makeExamples(shop);
  });
  after(() => shop.close());

  it("has an example of every action", () => {
    const names = new Set(examples.map(({ name }) => name.split(".").slice(0, 2).join(".")));
    assert.deepEqual(CALLS.map(({ fn, action }) => `${fn}.${action}`).filter((name) => !names.has(name)), []);
  });

  it("shows each example as it is answered now (`npm run docs` writes them anew)", { skip: engine === "postgres" && "row counts are D1's" }, () => {
    const document = documented();
    for (const example of examples) assert.equal(document.get(example.name), shown(example), example.name);
    assert.equal(document.size, examples.length);
  });
});
