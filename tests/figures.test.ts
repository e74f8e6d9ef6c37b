// The operator's figures, from what customers do over the scheduler's roll-up to the console, on the real engines. The clock
// stands still: after each act a day passes by making all rows a day older.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { textAt } from "./harness/answers.ts";
import { ROOT } from "./harness/built.ts";
import { engine } from "./harness/database.ts";
import { insert } from "./harness/rows.ts";
import { Shop } from "./harness/shop.ts";
import type { Json, Reply } from "./harness/system.ts";
import { DAY, HOUR, type Person } from "./harness/world.ts";

type Figure = Record<string, Json> & { revenue: Record<string, number>; trials: Record<string, number>; conversions: Record<string, number>; people: Record<string, number> };

let shop: Shop;
let root: Person;
before(async () => {
  shop = await Shop.open({ scheduled: true });
  root = await shop.world.staff("admin");
  await shop.system.sql("UPDATE org_subscriptions SET status = 'active', trial_ends_at = NULL WHERE organization_id = ?", root.organizationId);
  // The history is made older, too.
  if (engine === "d1") await shop.system.sql("DROP TRIGGER history_is_not_changed");
});
after(() => shop.close());

/** What has a time that figures go by. */
const AGEING: Record<string, string[]> = {
  users: ["created_at", "deleted_at", "team_trial_started_at"],
  organizations: ["created_at", "archived_at"],
  org_subscriptions: ["updated_at", "trial_ends_at"],
  billing_subscriptions: ["started_at", "ended_at", "trial_ends_at"],
  billing_invoices: ["paid_at"],
  audit_events: ["created_at"],
  usage_aggregations: ["starts_at"],
  usage_summaries: ["closed_at"],
  figure_states: ["trial_ends_at"],
};

const startOfDay = (moment: number): number => moment - (moment % DAY);

/** The last day that is complete. */
const lastDay = (): number => startOfDay(Date.now() - 2 * HOUR) - DAY;

/** Everything is a day older, and what is of today is of the last complete day. */
async function growOlder(): Promise<void> {
  const today = startOfDay(Date.now());
  const older = (column: string) => `${column} = ${column} - CASE WHEN ${column} >= ${today} AND ${column} < ${today + DAY} THEN ${today - lastDay()} ELSE ${DAY} END`;
  await shop.system.batch([
    ...Object.entries(AGEING).map(([table, columns]) => ({ sql: `UPDATE ${table} SET ${columns.map(older).join(", ")}` })),
    // By way of what is no day: two rows never have the same one.
    ...["figures", "meter_figures"].flatMap((table) => [
      { sql: `UPDATE ${table} SET starts_at = ${DAY} - starts_at WHERE span = 'day'` },
      { sql: `UPDATE ${table} SET starts_at = -starts_at WHERE span = 'day'` },
    ]),
    { sql: `UPDATE figures SET rolled_up_to = rolled_up_to - ${DAY}` },
    { sql: `UPDATE figure_progress SET day = day - ${DAY}` },
  ]);
}

/** The day that has passed is rolled up. */
async function aDayPasses(): Promise<void> {
  await growOlder();
  for (const job of ["aggregate_usage", "roll_up_figures"]) {
    const [line] = (await shop.system.tick(`job:${job}`)) as { outcome: string; cause: string | null; changed: number }[];
    assert.deepEqual([line?.outcome, line?.cause], ["done", null], job);
    if (job === "roll_up_figures") assert.equal(line?.changed, 1, "one day");
  }
}

const asked = (query: string, who: Pick<Person, "token"> = root): Promise<Reply> =>
  shop.system.call("console", { path: `/figures${query}`, method: "GET", token: who.token });

/** The days from the first one on. */
async function figures(query = ""): Promise<Figure[]> {
  const reply = await asked(query);
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.cost?.batches, 1);
  return (reply.body["figures"] as Figure[]).reverse();
}

const MOVEMENTS = ["newCents", "expansionCents", "reactivationCents", "contractionCents", "churnCents"];
const movedBy = ({ revenue }: Figure): number => MOVEMENTS.reduce((sum, name) => sum + Number(revenue[name]), 0);

/** What of a day is not nothing. */
const some = (of: Record<string, number>): Record<string, number> => Object.fromEntries(Object.entries(of).filter(([name, value]) => value !== 0 && typeof value === "number" && name !== "arrCents"));

/** The names in it, and of what kind each value is. */
function shape(value: Json): Json {
  if (Array.isArray(value)) return value.map(shape);
  if (value === null || typeof value !== "object") return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shape(each)]));
}

describe("a customer's way through the figures", () => {
  const days: { what: string; revenue?: Record<string, number>; trials?: Record<string, number>; conversions?: Record<string, number>; people?: Record<string, number> }[] = [];

  it("is a line of each day", async () => {
    const ada = shop.world.stranger();
    let subscription = "";
    const does = async (ask: Promise<Reply>): Promise<Reply> => {
      const reply = await ask;
      assert.ok(reply.status < 300, reply.text);
      return reply;
    };
    let bob: Person & { customer: string };
    const story: [(typeof days)[number], () => Promise<unknown>][] = [
      [{ what: "nobody but the staff", people: { total: 1, signedUp: 1 } }, () => Promise.resolve()],
      [{ what: "signs up, on trial", people: { total: 2, signedUp: 1 }, trials: { running: 1, begun: 1 } }, async () => {
        const reply = await does(shop.system.call("track-usage", { path: "/entitlements", method: "GET", token: ada.token }));
        await shop.customer(textAt(reply, "organization", "id"));
      }],
      [{ what: "pays", people: { total: 2 }, trials: { converted: 1 }, conversions: { toPaid: 1 }, revenue: { mrrCents: 19_900, newCents: 19_900 } }, async () => {
        subscription = await shop.buys(ada, "professional");
      }],
      [{ what: "uses it, and a period is closed", people: { total: 2 }, revenue: { mrrCents: 19_900 } }, async () => {
        const [of] = await shop.system.sql("SELECT organization_id AS id FROM billing_subscriptions");
        const organization_id = String(of?.["id"]);
        await shop.system.batch([
          insert("usage_aggregations", { organization_id, span: "day", feature: "uploads", starts_at: startOfDay(Date.now()), events: 2, quantity: 5, scored: 0, score_sum: 0, request_id: "r" }),
          insert("usage_summaries", {
            organization_id, period_start: startOfDay(Date.now()) - 40 * DAY, feature: "uploads", period_end: startOfDay(Date.now()) - 10 * DAY, plan_id: "professional", quantity: 7, units: 7,
            overage_units: 5, overage_cents: 250, currency: "usd", state: "closed", is_open: 1, closed_at: Date.now(), request_id: "r",
          }),
        ]);
      }],
      // 2 189.00 by the year
      [{ what: "pays by the year", people: { total: 2 }, revenue: { mrrCents: 18_242, contractionCents: -1_658 } }, () => does(shop.post("change-plan", ada, { plan: "professional", interval: "year" }))],
      [{ what: "becomes a team", people: { total: 2 }, conversions: { toTeam: 1 }, revenue: { mrrCents: 45_742, expansionCents: 27_500 } },
        () => does(shop.system.call("identity", { path: "/convert", body: { name: "Acme" }, token: ada.token }))],
      [{ what: "somebody else pays at once", people: { total: 3, signedUp: 1 }, trials: { begun: 1, converted: 1 }, conversions: { toPaid: 1 }, revenue: { mrrCents: 65_642, newCents: 19_900 } }, async () => {
        bob = await shop.payer();
        await shop.buys(bob, "professional");
      }],
      [{ what: "wants less, from the period's end on", people: { total: 3 }, revenue: { mrrCents: 65_642 } }, () => does(shop.post("change-plan", bob, { plan: "starter" }))],
      [{ what: "has less", people: { total: 3 }, revenue: { mrrCents: 55_642, contractionCents: -10_000 } }, async () => {
        const [kept] = await shop.system.sql("SELECT stripe_subscription_id AS id FROM billing_subscriptions WHERE organization_id = ?", bob.organizationId);
        await shop.tell(shop.stripe.applySchedule(String(kept?.["id"])));
      }],
      [{ what: "cancels for the period's end", people: { total: 3 }, revenue: { mrrCents: 55_642 } }, () => does(shop.post("cancel", ada))],
      [{ what: "and is gone", people: { total: 3 }, revenue: { mrrCents: 9_900, churnCents: -45_742 } }, () => shop.tell(shop.stripe.cancelNow(subscription))],
      [{ what: "and back", people: { total: 3 }, revenue: { mrrCents: 59_800, reactivationCents: 49_900 } }, () => shop.buys(ada, "enterprise")],
    ];
    for (const [day, act] of story) {
      await act();
      await aDayPasses();
      days.push(day);
      const found = await figures();
      assert.equal(found.length, days.length, day.what);
      const last = found.at(-1);
      assert.ok(last);
      assert.deepEqual(
        { revenue: some(last.revenue), trials: some(last.trials), conversions: some(last.conversions), people: some(last.people) },
        { revenue: day.revenue ?? {}, trials: day.trials ?? {}, conversions: day.conversions ?? {}, people: day.people ?? {} }, day.what);
      assert.equal(last["startsAt"], new Date(lastDay()).toISOString());
      // What was used is known a day later.
      assert.equal(last["usage"], null);
      const before = found.at(-2);
      if (before !== undefined) {
        const used = days.at(-2)?.what.startsWith("uses it") ?? false;
        assert.deepEqual(before["usage"], used ? [{ feature: "uploads", events: 2, quantity: 5, overageCents: 250 }] : [], day.what);
      }
    }
  });

  it("and what has moved is what the revenue has changed by", async () => {
    const found = await figures();
    assert.equal(found.length, days.length);
    for (const [place, figure] of found.entries()) {
      const before = found[place - 1];
      if (before === undefined) continue;
      assert.equal(movedBy(figure), Number(figure.revenue["mrrCents"]) - Number(before.revenue["mrrCents"]), days[place]?.what);
      assert.equal(figure.revenue["arrCents"], 12 * Number(figure.revenue["mrrCents"]));
    }
    const [month] = await figures("?period=month");
    assert.ok(month);
    // All were of the last complete day when they were rolled up.
    assert.equal(month.revenue["mrrCents"], 59_800);
    assert.equal(movedBy(month), 59_800);
    assert.equal(month.conversions["toPaid"], 2);
    assert.deepEqual(month["usage"], [{ feature: "uploads", events: 2, quantity: 5, overageCents: 250 }]);
  });

  it("is documented with all that a day has", async () => {
    const [, example] = /## Figures[\s\S]*?```json\n([\s\S]*?)\n```/.exec(readFileSync(join(ROOT, "docs/CONSOLE.md"), "utf8")) ?? [];
    const day = (await figures()).find(({ usage }) => Array.isArray(usage) && usage.length > 0);
    assert.ok(example !== undefined && day !== undefined);
    assert.deepEqual(shape(JSON.parse(example) as Json), shape(day));
  });

  it("is there for the staff alone", async () => {
    const person = await shop.world.individual();
    const reply = await asked("", person);
    assert.deepEqual([reply.status, reply.body["code"]], [404, "unknown_function"]);
  });
});

describe("the roll-up", () => {
  it("does each day once, also where two run at once, and one that is through does nothing", async () => {
    for (let day = 0; day < 3; day += 1) await growOlder();
    const before = await figures();
    const lines = (await Promise.all([1, 2, 3].map(() => shop.system.tick("job:roll_up_figures")))).flat() as { outcome: string; changed: number }[];
    for (const { outcome } of lines) assert.ok(["done", "busy"].includes(outcome), JSON.stringify(lines));
    const after = await figures();
    assert.equal(after.length, before.length + 3);
    for (const { people, revenue } of after.slice(-3)) assert.deepEqual([people["total"], revenue["mrrCents"], movedBy({ revenue } as Figure)], [4, 59_800, 0]);
    const [again] = (await shop.system.tick("job:roll_up_figures")) as { outcome: string; changed: number }[];
    assert.deepEqual([again?.outcome, again?.changed], ["done", 0]);
  });
});

describe("what figures cost", { skip: engine !== "d1" && "Postgres reports no rows" }, () => {
  const MANY = 2_000;
  /** A day that passes, until it is rolled up: the rows that were read and written for it. */
  async function rolledUp(): Promise<{ read: number; written: number }> {
    await growOlder();
    for (;;) {
      const [line] = (await shop.system.tick("job:aggregate_usage")) as { outcome: string }[];
      if (line?.outcome === "done") break;
    }
    const cost = { read: 0, written: 0 };
    for (;;) {
      const [line] = (await shop.system.tick("job:roll_up_figures")) as { outcome: string; rowsRead: number; rowsWritten: number }[];
      assert.ok(line);
      cost.read += line.rowsRead;
      cost.written += line.rowsWritten;
      if (line.outcome === "done") return cost;
    }
  }

  it("is the same to look at, a few rows an organization to roll up, and no row written where nothing has changed", async (test) => {
    const looked = async (): Promise<number> => Number((await asked("?limit=5")).cost?.read);
    const few = await looked();
    const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${MANY})`;
    const now = Date.now();
    await shop.system.batch([
      `INSERT INTO users (id, email_updated_at, name, created_at, request_id) ${numbers} SELECT '~bulk-' || n, ${now}, 'Bulk', ${now}, 'bulk' FROM numbers`,
      `INSERT INTO organizations (id, kind, org_type, name, slug, founded_by, created_at)
${numbers} SELECT '~bulk-' || n, 'team', 'business', 'Bulk', '~bulk-' || n, '~bulk-' || n, ${now} FROM numbers`,
      `INSERT INTO org_subscriptions (organization_id, plan_id, status, current_period_start, current_period_end, updated_at)
${numbers} SELECT '~bulk-' || n, 'enterprise', 'active', ${now}, ${now} + 1000000, ${now} FROM numbers`,
      `INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id) ${numbers} SELECT '~bulk-' || n, '~bulk-' || n, 'owner', ${now}, 'bulk' FROM numbers`,
      `INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents, currency, billing_interval,
  current_period_start, current_period_end, started_at, observed_at, request_id)
${numbers} SELECT '~bulk-' || n, 'sub', 'si', 'price', 'active', 100, 'usd', 'month', ${now}, ${now} + 1, ${now}, ${now}, 'bulk' FROM numbers`,
    ].map((sql) => ({ sql })));
    const first = await rolledUp();
    const [last] = (await figures("?limit=1"));
    assert.deepEqual([last?.revenue["newCents"], last?.people["signedUp"]], [100 * MANY, MANY]);
    assert.ok(first.written < MANY + 200, `${first.written} rows written`);
    const second = await rolledUp();
    assert.ok(second.written < 200, `${second.written} rows written`);
    assert.ok(second.read < 40 * MANY, `${second.read} rows read`);
    assert.equal(await looked(), few);
    test.diagnostic(JSON.stringify({ looked: few, first, second }));
  });
});
