// The JSON schema that editors complete and check a catalog by, held against the catalogs and against what reads them.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Ajv, type ErrorObject } from "ajv";
import { parse } from "smol-toml";
import { catalogNames, catalogTool } from "../../scripts/catalogs.mjs";
import { ROOT } from "../../scripts/workspace.mjs";

const folder = mkdtempSync(join(tmpdir(), "tallygate-schema-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const validate = new Ajv({ allErrors: true, formats: { int64: true }, strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(ROOT, "catalogs/catalog.schema.json"), "utf8")),
);
const text = (name: string): string => readFileSync(join(ROOT, `catalogs/${name}.toml`), "utf8");
const errors = (toml: string): ErrorObject[] => (validate(parse(toml)) ? [] : (validate.errors ?? []));
const refused = async (toml: string): Promise<string> => {
  const file = join(folder, "catalog.toml");
  writeFileSync(file, toml);
  return catalogTool(["check", file]).then(() => "", (error: Error) => error.message);
};

/** Every form of the format at once. */
const EVERYTHING = `
[catalog]
name = "Everything"
sales_contact = "sales@example.com"
currency = "eur"
admins_may_bill = true
downgrade_over_seats = "warn"
sessions = "enforced"
[limits]
live_sessions = 1
[preferences]
sessionMinutes = 15
audio = { volume = 40 }
[event_types]
step = { meter = "credits", weight = 5 }
run = "credits"
[[plans]]
id = "free"
name = "Free"
audience = "any"
price_month_cents = 0
seats = 1
concurrent_sessions = -1
starts = "any"
fallback = "any"
retention_days = -1
[plans.features]
sso = true
look = { config = { theme = ["dark", 1, { deep = true }] } }
credits = { limit = 0, reset = "once", alerts = [50, { name = "nearly_used", percent = 90 }] }
calls = { limit = 10, reset = "billing_period", unit = "minute", overage = { unit_price = "0.10", cap_cents = 2000, at_cap = "go_on" }, on_outage = "allow" }
people = { limit = 3, reset = "calendar_month", distinct = true }
[[plans]]
id = "pro"
name = "Pro"
extends = "free"
audience = "individual"
seats = 5
concurrent_sessions = 2
[[plans]]
id = "pro@2"
name = "Pro"
extends = "pro"
audience = "individual"
price_month_cents = 900
price_year_cents = 9000
trial_days = 14
grace_days = 3
stripe_price_month = "price_1"
stripe_price_year = "price_2"
former_stripe_prices = { month = ["price_3"] }
seats = 5
concurrent_sessions = 2
[[packages]]
id = "deep-sleep"
name = "Deep sleep"
category = "sleep"
minimum_plan = "pro"
requires_subscription = true
`;

describe("the schema of a catalog", () => {
  it("holds for every catalog, and for all that the format has", async () => {
    for (const name of catalogNames()) assert.deepEqual(errors(text(name)), [], name);
    assert.deepEqual(errors(EVERYTHING), []);
    assert.equal(await refused(EVERYTHING), "");
  });

  it("refuses at its place what the reader refuses", async () => {
    for (const [from, to, place] of [
      ["name = \"Everything\"", "", "/catalog"],
      ["currency = \"eur\"", "currency = \"EURO\"", "/catalog/currency"],
      ["sessions = \"enforced\"", "sessions = \"strict\"", "/catalog/sessions"],
      ["live_sessions = 1", "live_sessions = 0", "/limits/live_sessions"],
      ["live_sessions = 1", "live_session = 1", "/limits"],
      ["sessionMinutes = 15", "sessionMinutes = 0", "/preferences/sessionMinutes"],
      ["sessionMinutes = 15", "minutes = 15", "/preferences"],
      ["volume = 40", "volume = \"loud\"", "/preferences/audio/volume"],
      ["volume = 40", "loudness = 40", "/preferences/audio"],
      ["weight = 5", "weight = 0", "/event_types/step/weight"],
      ["id = \"free\"", "id = \"Free\"", "/plans/0/id"],
      ["id = \"pro@2\"", "id = \"pro@1\"", "/plans/2/id"],
      ["audience = \"any\"", "audience = \"crew\"", "/plans/0/audience"],
      ["price_month_cents = 0", "price_month_cents = -1", "/plans/0/price_month_cents"],
      ["price_month_cents = 900", "price_month_cents = \"9.00\"", "/plans/2/price_month_cents"],
      ["seats = 1", "seats = 0", "/plans/0/seats"],
      ["seats = 1", "seat = 1", "/plans/0"],
      ["retention_days = -1", "retention_days = 0", "/plans/0/retention_days"],
      ["grace_days = 3", "grace_days = 91", "/plans/2/grace_days"],
      ["\"price_1\"", "\"prod_1\"", "/plans/2/stripe_price_month"],
      ["sso = true", "sso = \"yes\"", "/plans/0/features/sso"],
      ["reset = \"once\"", "reset = \"weekly\"", "/plans/0/features/credits/reset"],
      [", reset = \"once\"", "", "/plans/0/features/credits"],
      ["limit = 0", "limit = -2", "/plans/0/features/credits/limit"],
      ["limit = 0", "limt = 0", "/plans/0/features/credits"],
      ["percent = 90", "percent = 2000", "/plans/0/features/credits/alerts/1/percent"],
      ["unit = \"minute\"", "unit = \"day\"", "/plans/0/features/calls/unit"],
      ["unit_price = \"0.10\"", "unit_price = 0.1", "/plans/0/features/calls/overage/unit_price"],
      ["at_cap = \"go_on\"", "at_cap = \"free\"", "/plans/0/features/calls/overage/at_cap"],
      ["distinct = true", "distinct = 1", "/plans/0/features/people/distinct"],
      ["{ config = {", "{ limit = 1, config = {", "/plans/0/features/look"],
      ["id = \"deep-sleep\"", "id = \"deep sleep\"", "/packages/0/id"],
      ["category = \"sleep\"", "", "/packages/0"],
    ] as const) {
      assert.ok(EVERYTHING.includes(from), from);
      const wrong = EVERYTHING.replace(from, to);
      const places = errors(wrong).map(({ instancePath }) => instancePath);
      assert.ok(places.includes(place), `${to}: ${place} is not among ${places.join(", ")}`);
      assert.notEqual(await refused(wrong), "", to);
    }
  });
});
