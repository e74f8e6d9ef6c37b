// A catalog that the dashboard has no texts for: what is said of it is its own.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, it } from "node:test";
import { go, settled, wrongWith } from "./looked-at.ts";
import { Stage } from "./stage.ts";

const GYM = `
[catalog]
name = "Iron Works"
currency = "eur"

[event_types]
visit = "visits"

[[plans]]
id = "taster"
name = "Taster"
audience = "individual"
price_month_cents = 0
seats = 1
concurrent_sessions = -1
starts = "individual"
fallback = "individual"

[plans.features]
visits = { limit = 5, reset = "calendar_month" }
sauna = false

[[plans]]
id = "regular"
name = "Regular"
audience = "individual"
price_month_cents = 2900
seats = 1
concurrent_sessions = -1

[plans.features]
visits = { limit = -1, reset = "calendar_month" }
sauna = true
`;

let stage: Stage;
before(async () => {
  const file = join(mkdtempSync(join(tmpdir(), "tallygate-catalog-")), "iron-works.toml");
  writeFileSync(file, GYM);
  stage = await Stage.open(file);
});
after(() => stage.close());
afterEach(() => stage.closeVisits());

it("its public pages have its name, its plans and its currency, in both languages", async () => {
  for (const [language, begins, named] of [["en", "Begin with Taster", "Iron Works for one person"], ["de", "Mit Taster beginnen", "Iron Works für eine Person"]] as const) {
    const { page } = await stage.visit(undefined, { at: "/for/individuals", language });
    await page.getByRole("heading", { name: named }).waitFor();
    await page.getByText(begins).waitFor();
    await page.getByText("€29").or(page.getByText("29 €")).first().waitFor();
    for (const at of ["/home", "/pricing", "/for/consultants"]) {
      await go(page, at);
      await settled(page);
      assert.doesNotMatch(await page.locator("body").innerText(), /rate sheet|Preisliste|carrier|VoIP/i);
    }
  }
});

it("its overview has the figures of what its plans count, and which plan opens more", async () => {
  const person = await stage.person("taster", { name: "Gus Gray" });
  await stage.system.call("track-usage", { path: "/track", token: person.token, body: { feature: "visits", quantity: 4 } });
  const { page, faults } = await stage.visit(person);
  const figures = page.getByTestId("figures").getByRole("listitem");
  await figures.first().waitFor();
  assert.match((await figures.first().innerText()).replaceAll(/\s+/g, " "), /^Visits 4 ?of 5/);
  await page.getByText("Visits: 80% used.").waitFor();
  await page.getByText("You are on Taster. Regular opens more:").waitFor();
  await page.getByText("Sauna", { exact: true }).waitFor();
  await settled(page);
  assert.deepEqual([...(await wrongWith(page)), ...faults], []);
});
