// `npm run move-to-b2c`: what becomes of a thousand organizations and their people, that a move which is killed again and again comes
// to the same as one that nobody kills, that the way back makes every row what it was, and that nobody pays twice.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { at } from "./harness/answers.ts";
import { seeded } from "./harness/stripe/random.ts";
import { startStripeStandIn, type StripeStandIn } from "./harness/stripe/stand-in.ts";
import { startSystem, type System } from "./harness/system.ts";
import { token } from "./harness/tokens.ts";
import { DAY } from "./harness/world.ts";
import { chosen, killed } from "./import/brought.ts";
import { ADDED_TO, contents, fill, move, MoveFiles, plan, type ChosenDatabase } from "./move/moving.ts";
import { organizationsBefore, type Before } from "./move/organizations.ts";
import { finish } from "../scripts/move/finish.mjs";
import { rollBack } from "../scripts/move/roll-back.mjs";
import { StripeSide } from "../scripts/move/stripe.mjs";
import { verify } from "../scripts/move/verify.mjs";

const ORGANIZATIONS = 220;
const KILLS = 5;

interface Scene {
  system: System;
  database: ChosenDatabase;
  stripe: StripeStandIn;
  side: StripeSide;
  before: Before;
  now: number;
  packages: string;
  analytics: string;
}

const scenes: Scene[] = [];
const files = new MoveFiles();
after(async () => {
  files.remove();
  await Promise.all(scenes.flatMap(({ system, stripe }) => [system.close(), stripe.close()]));
});

/** A product with so many organizations, of which every eighth pays at Stripe. */
async function scene(count: number, { seed = 1, now = Date.now() } = {}): Promise<Scene> {
  const system = await startSystem({ catalog: "wellness-organizations" });
  const stripe = await startStripeStandIn({ now: () => Math.floor(now / 1_000) });
  stripe.price({ id: "price_organization", amount: 9_900, interval: "month" });
  const paid = (place: number) => {
    if (place % 8 !== 6 || place % 101 === 50) return null;
    const customer = stripe.customer({ email: `payer${place}@mail.example` }).id;
    const { id, items } = stripe.subscription({ customer, price: "price_organization" });
    return { customer, subscription: id, price: "price_organization", end: (items.data[0]?.current_period_end ?? 0) * 1_000 };
  };
  const made = organizationsBefore(count, { seed, now, stripe: paid });
  const database = chosen(system);
  await fill(database, made);
  const name = `${scenes.length}`;
  const found = {
    system, database, stripe, side: await StripeSide.at({ key: stripe.secretKey, url: stripe.url }), before: made, now,
    packages: files.write(`packages${name}.csv`, made.packagesCsv), analytics: files.write(`analytics${name}.csv`, made.analyticsCsv),
  };
  scenes.push(found);
  return found;
}

/** Everything that is asked, decided one way or another: the same for the same questions. */
function decided(asks: { question: string; about: string; options: string }[]): string {
  const lines = asks.map(({ question, about, options }, place) => {
    const choices = options.split(", ");
    return `${question},${about},${question === "two_organizations" && place % 3 === 0 ? "highest" : choices[place % choices.length] ?? ""}`;
  });
  return files.write("decisions.csv", `question,about,decision\n${lines.join("\n")}\n`);
}

/** How often each subscription at Stripe was told to end. */
const told = (stripe: StripeStandIn): number => stripe.requests.filter(({ method, path }) => method === "POST" && path.includes("/subscriptions/sub_")).length;

describe("a thousand organizations", () => {
  let killedOne: Scene;
  let whole: Scene;
  let untouched: Record<string, string[]>;
  let decisions: string;
  before(async () => {
    const now = Date.now();
    [killedOne, whole] = [await scene(ORGANIZATIONS, { now }), await scene(ORGANIZATIONS, { now })];
    untouched = await contents(killedOne.system);
  });

  it("are planned without a change: what each becomes, what is lost, and what is to be decided", async () => {
    const { database, system } = killedOne;
    const snapshot = await system.snapshot();
    const found = await plan(database, {});
    assert.equal(await system.snapshot(), snapshot);
    assert.deepEqual([...new Set(found.asks.map(({ question }) => question))].sort(), ["custom_plan", "one_payer", "two_organizations", "unknown_plan"]);
    assert.deepEqual([...new Set(found.findings.map(({ reason }) => reason))].sort(), [
      "banned", "grants", "no_address", "no_price", "nobody_in_it", "not_running", "over_seats", "pays_already", "pending_invitations",
    ]);
    assert.match(found.text(), /organization_professional +premium/);
    decisions = decided(found.asks);
  });

  it("are moved to the same state although the move is killed at 20 random points, and nobody is told anything twice", async () => {
    const { database, packages, analytics, side } = killedOne;
    const chance = seeded(20_261_129);
    let kills = 0;
    for (let tries = 0; kills < KILLS; tries += 1) {
      assert.ok(tries < KILLS, `it was through after ${kills} kills`);
      await move(killed(database, 1 + chance(3), chance(2) === 0), { decisions, packages, analytics, stripe: side }).catch((error: Error) => {
        assert.match(error.message, /killed/);
        kills += 1;
      });
    }
    await move(database, { decisions, packages, analytics, stripe: side });
    await move(whole.database, { decisions, packages: whole.packages, analytics: whole.analytics, stripe: whole.side });

    // Two moves are not made at the same moment, and Stripe's ids are its own.
    const same = (column: string, value: string | number | null): string | number | null => {
      if (typeof value === "number" && value >= killedOne.now && value <= Date.now()) return "the move";
      if (typeof value !== "string") return value;
      const text = value.replace(/(cus|sub)_[A-Za-z0-9]+/g, "$1").replace(/\b\d{13}\b/g, (moment) => (Number(moment) >= killedOne.now && Number(moment) <= Date.now() ? "the move" : moment));
      return column === "id" && /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(text) ? "an id" : text.replace(/"trialEndsAt":"[^"]*"|"currentPeriod\w+":"[^"]*"/g, "a time");
    };
    const [pieces, one] = [await contents(killedOne.system, same), await contents(whole.system, same)];
    for (const table of Object.keys(one)) assert.deepEqual(pieces[table], one[table], table);

    const snapshot = await killedOne.system.snapshot();
    assert.equal((await move(database, { decisions, packages, analytics, stripe: side })).organizations, 0);
    assert.equal(await killedOne.system.snapshot(), snapshot, "a further run has changed something");
    assert.equal(told(killedOne.stripe), told(whole.stripe), "each subscription is told once to end");
  });

  it("verify clean", async () => {
    const { database, side } = killedOne;
    const { before: was, after: is, wrong } = await verify(database, { stripe: side });
    assert.deepEqual(wrong, []);
    assert.deepEqual(is, was);
    assert.ok(was.organizations > 0, JSON.stringify(was));
  });

  it("end at Stripe with their periods, until which their people have what they got, and nobody pays before that", async () => {
    const { system, stripe, before: { organizations } } = killedOne;
    const moved = new Map((await system.sql("SELECT organization_id, ends_at, is_ended_by_move FROM moved_organizations WHERE stripe_subscription_id IS NOT NULL")).map((row) => [row["organization_id"], row]));
    let ended = 0;
    for (const { id, stripe: subscription } of organizations) {
      if (subscription === null) continue;
      const held = stripe.account.subscription(subscription);
      const row = moved.get(id);
      assert.equal(held.cancel_at_period_end, row !== undefined, id);
      if (row === undefined) continue;
      ended += 1;
      assert.ok(Number(row["ends_at"]) >= (held.items.data[0]?.current_period_end ?? 0) * 1_000, id);
      assert.equal(row["is_ended_by_move"], 1);
    }
    assert.ok(ended > 0, String(ended));
    const [early] = await system.sql(`SELECT COUNT(*) AS people FROM moved_rows was JOIN entitlements can ON can.organization_id = was.row_key JOIN moved_organizations moved ON moved.organization_id = was.organization_id
WHERE was.table_name = 'org_subscriptions' AND can.access_until < moved.ends_at`);
    assert.equal(early?.["people"], 0);
  });

  it("are rolled back row by row to what they were, killed or not", async () => {
    const { database, system, side, stripe } = killedOne;
    let kills = 0;
    const chance = seeded(7);
    for (let tries = 0; tries < 6; tries += 1) {
      await rollBack(killed(database, 1 + chance(3), chance(2) === 0), { stripe: side }).catch((error: Error) => {
        assert.match(error.message, /killed/);
        kills += 1;
      });
    }
    assert.ok(kills >= 4, String(kills));
    const { kept } = await rollBack(database, { stripe: side });
    assert.deepEqual(kept, []);
    const now = await contents(system);
    for (const table of Object.keys(untouched)) {
      if (ADDED_TO.includes(table)) assert.deepEqual(untouched[table]?.filter((row) => !now[table]?.includes(row)), [], table);
      else assert.deepEqual(now[table], untouched[table], table);
    }
    for (const { stripe: subscription } of killedOne.before.organizations) if (subscription !== null) assert.equal(stripe.account.subscription(subscription).cancel_at_period_end, false);
  });
});
