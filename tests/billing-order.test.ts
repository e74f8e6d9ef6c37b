// Messages of a whole history in any order, late, more than once and at once: the rows at the end are the same.
//
// A failure names its seed; `TALLYGATE_TEST_SEED=<seed>` makes the same cases again.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Stripe } from "stripe";
import { itemOf } from "./harness/stripe/account.ts";
import { lasting, subscriptionRow } from "./harness/stripe/kept.ts";
import { shuffled, seeded, type Random } from "./harness/stripe/random.ts";
import { Shop, type Payer } from "./harness/shop.ts";
import type { Json, Row } from "./harness/system.ts";

const SEED = Number(process.env["TALLYGATE_TEST_SEED"] ?? Date.now() % 1_000_000);
const CASES = 15;
/** What never ends fails its test instead of holding up the run. */
const LIMIT = { timeout: 240_000 };

let shop: Shop;
before(async () => {
  // The same moment for every history, so that their rows are the same to the second.
  const now = Math.floor(Date.now() / 1_000);
  shop = await Shop.open({ now: () => now });
});
after(() => shop.close());

/** What happens at Stripe to one customer, step by step. */
class History {
  readonly payer: Payer;
  first = "";
  second = "";

  constructor(payer: Payer) {
    this.payer = payer;
  }

  readonly steps: readonly [name: string, happen: () => unknown][] = [
    ["a purchase whose first payment is refused", () => { this.first = this.#buy("price_starter_month", false); }],
    ["its payment after all", () => shop.stripe.payInvoice(this.#owed())],
    ["a renewal", () => shop.stripe.renew(this.first)],
    ["a renewal that is refused", () => shop.stripe.renew(this.first, { paid: false })],
    ["another try", () => shop.stripe.failPayment(this.first)],
    ["a payment at last", () => shop.stripe.payInvoice(this.#owed())],
    ["an upgrade", () => this.#update({
      items: [{ id: itemOf(shop.stripe.account.subscription(this.first)).id, price: "price_professional_month" }],
      proration_behavior: "always_invoice", payment_behavior: "error_if_incomplete",
    })],
    ["a cancellation", () => this.#update({ cancel_at_period_end: true })],
    ["the end", () => shop.stripe.renew(this.first)],
    ["a second subscription", () => { this.second = this.#buy("price_starter_year", true); }],
    ["a refund", () => shop.stripe.refund(this.#charge(), 1_000)],
    ["a further refund", () => shop.stripe.refund(this.#charge(), 500)],
  ];

  /** Takes a step, and gives what Stripe tells of it. */
  async take([, happen]: History["steps"][number]): Promise<Stripe.Event[]> {
    const told = shop.stripe.events.length;
    await happen();
    return shop.stripe.events.slice(told);
  }

  #buy(price: string, paid: boolean): string {
    return shop.stripe.subscription({ customer: this.payer.customer, price, paid }).id;
  }

  #owed(): string {
    return shop.stripe.latestInvoice(this.first).id;
  }

  #charge(): string {
    return shop.stripe.chargeOf(shop.stripe.latestInvoice(this.second).id).id;
  }

  #update(changes: Stripe.SubscriptionUpdateParams): Promise<Stripe.Subscription> {
    return shop.stripe.client().subscriptions.update(this.first, changes);
  }

  /** The rows of billing without what only tells when we learnt of it, and with names in place of ids. */
  async rows(): Promise<Record<string, Row[]>> {
    const organization = this.payer.organizationId;
    const of = async (table: string, columns = "*"): Promise<Row[]> =>
      lasting(await shop.system.sql(`SELECT ${columns} FROM ${table} WHERE organization_id = ?`, organization));
    const rows = {
      subscriptions: await of("billing_subscriptions"), invoices: await of("billing_invoices"), refunds: await of("billing_refunds"), held: await of("org_subscriptions"),
      inbox: await of("webhook_inbox", "event_type, outcome, payload, happened_at"), audit: await of("audit_events", "action, target_id"),
      outbox: await of("outbox", "event_type, target_id"),
    };
    return Object.fromEntries(Object.entries(rows).map(([name, some]) =>
      [name, some.map((row) => JSON.stringify(this.#named(row))).sort().map((row) => JSON.parse(row) as Row)]));
  }

  /** Every history has the same objects in the same order. */
  #named(row: Row): Json {
    const { account } = shop.stripe;
    const mine = <T extends { customer: unknown }>(all: Map<string, T>): string[] =>
      [...all].filter(([, { customer }]) => customer === this.payer.customer).map(([id]) => id);
    const ids = [
      this.payer.organizationId, this.payer.customer, ...mine(account.subscriptions), ...mine(account.invoices), ...mine(account.charges),
      ...[...account.subscriptions.values()].filter(({ customer }) => customer === this.payer.customer).map((one) => itemOf(one).id),
    ];
    return JSON.parse(ids.reduce((text, id, place) => text.replaceAll(id, `<${place}>`), JSON.stringify(row))) as Json;
  }
}

async function begin(): Promise<History> {
  const person = await shop.world.individual({ createdAt: shop.stripe.account.now() * 1_000 });
  const { id: customer } = shop.stripe.customer({ invoice_prefix: "ACME" });
  await shop.own(person.organizationId, customer);
  return new History({ ...person, customer });
}

/** Each message as soon as it is told: what all others are compared with. */
async function inOrder(): Promise<History> {
  const history = await begin();
  for (const step of history.steps) {
    for (const event of await history.take(step)) await applied(event);
  }
  return history;
}

/** A message that is answered with 5xx comes again, as from Stripe. */
async function applied(event: Stripe.Event): Promise<void> {
  const replies = [];
  for (let time = 1; time <= 5; time += 1) {
    const reply = await shop.deliver(event);
    if (reply.status < 500) return assert.equal(reply.body["outcome"], "applied", `${event.type}: ${reply.text}`);
    replies.push(reply.text);
  }
  assert.fail(`${event.type} was never taken: ${replies.join(" ")}`);
}

/** Delivers in groups of random sizes, those of a group at once. */
async function inGroups(random: Random, events: Stripe.Event[]): Promise<void> {
  for (let at = 0; at < events.length;) {
    const size = 1 + random(6);
    await Promise.all(events.slice(at, at + size).map(applied));
    at += size;
  }
}

/** Runs a case for each seed, and says which one failed. */
async function forEachSeed(play: (random: Random, history: History) => Promise<void>): Promise<void> {
  const expected = await (await inOrder()).rows();
  for (let seed = SEED; seed < SEED + CASES; seed += 1) {
    const history = await begin();
    try {
      await play(seeded(seed), history);
      assert.deepEqual(await history.rows(), expected);
    } catch (error) {
      if (error instanceof Error) error.message = `TALLYGATE_TEST_SEED=${seed} begins with this case: ${error.message}`;
      throw error;
    }
  }
}

describe("a whole history", LIMIT, () => {
  it("in order ends in Stripe's state", async () => {
    const history = await inOrder();
    const { account } = shop.stripe;
    const organization = history.payer.organizationId;
    const all = async (table: string, order: string) => lasting(await shop.system.sql(`SELECT * FROM ${table} WHERE organization_id = ? ORDER BY ${order}`, organization));
    const expected = [history.first, history.second].map((id) => subscriptionRow(account, organization, id));
    assert.deepEqual(await all("billing_subscriptions", "started_at"), expected);
    const invoices = [...account.invoices.values()].filter(({ customer }) => customer === history.payer.customer);
    assert.deepEqual((await all("billing_invoices", "number")).map((row) => [row["stripe_invoice_id"], row["status"], row["paid_cents"], row["attempts"]]),
      invoices.map(({ id, amount_paid, attempt_count }) => [id, "paid", amount_paid, attempt_count]));
    assert.deepEqual((await all("billing_refunds", "created_at")).map((row) => [row["stripe_invoice_id"], row["charged_cents"], row["refunded_cents"]]),
      [[invoices.at(-1)?.id, 108_900, 1_500]]);
    const second = expected[1] ?? assert.fail();
    assert.deepEqual(await all("org_subscriptions", "plan_id"), [{
      organization_id: organization, plan_id: "starter", status: "active", billing_interval: "year", trial_ends_at: null, past_due_since: null,
      current_period_start: second["current_period_start"], current_period_end: second["current_period_end"], stripe_subscription_id: history.second,
      cancel_at: null, pending_plan_id: null, pending_interval: null, pending_at: null, moved_from_plan_id: null, trial_told_end: null,
      override_plan_id: null, override_seats: null, override_sessions: null, override_ends_at: null,
    }]);
  });

  it(`in ${CASES} orders after it happened, some of it twice or more, some at once, ends in the same rows`, async () => {
    await forEachSeed(async (random, history) => {
      const events: Stripe.Event[] = [];
      for (const step of history.steps) events.push(...await history.take(step));
      const again = Array.from({ length: random(events.length) }, () => events[random(events.length)] ?? assert.fail());
      await inGroups(random, shuffled(random, [...events, ...again]));
    });
  });

  it(`with ${CASES} times other delays, so that Stripe's answers are of the time between, ends in the same rows`, async () => {
    await forEachSeed(async (random, history) => {
      const last = history.steps.length - 1;
      const due = history.steps.map((): Stripe.Event[] => []);
      for (const [place, step] of history.steps.entries()) {
        for (const event of await history.take(step)) {
          // Up to three times, each some steps late: often a few, at times many.
          for (let copies = 1 + random(3); copies > 0; copies -= 1) due[Math.min(last, place + random(1 + random(history.steps.length)))]?.push(event);
        }
        await inGroups(random, shuffled(random, due[place] ?? []));
      }
    });
  });
});

describe("an older answer of Stripe's that arrives later", LIMIT, () => {
  it("does not take the place of a newer one of the subscription", async () => {
    const payer = await shop.payer();
    const { id } = shop.stripe.subscription({ customer: payer.customer, price: "price_starter_month" });
    const [created] = shop.stripe.events.filter(({ data }) => "id" in data.object && data.object.id === id);
    const held = shop.stripe.hold("/v1/subscriptions/:id", "GET");
    const older = applied(created ?? assert.fail());
    await held.arrived;
    await shop.stripe.client().subscriptions.update(id, { cancel_at_period_end: true });
    await applied(shop.stripe.events.at(-1) ?? assert.fail());
    held.release();
    await older;
    const rows = lasting(await shop.system.sql("SELECT * FROM billing_subscriptions WHERE organization_id = ?", payer.organizationId));
    assert.deepEqual(rows, [subscriptionRow(shop.stripe.account, payer.organizationId, id)]);
    const [now = {}] = await shop.system.sql("SELECT cancel_at FROM org_subscriptions WHERE organization_id = ?", payer.organizationId);
    assert.deepEqual(now["cancel_at"], rows[0]?.["cancel_at"] ?? assert.fail("it was cancelled"));
  });

  it("does not take the place of a newer one of the invoice", async () => {
    const payer = await shop.payer();
    const { id } = shop.stripe.subscription({ customer: payer.customer, price: "price_starter_month", paid: false });
    const failed = shop.stripe.events.at(-1) ?? assert.fail();
    const held = shop.stripe.hold("/v1/invoices/:id");
    const older = applied(failed);
    await held.arrived;
    for (const event of shop.stripe.payInvoice(shop.stripe.latestInvoice(id).id)) await applied(event);
    held.release();
    await older;
    const rows = await shop.system.sql("SELECT status, paid_cents, attempts FROM billing_invoices WHERE organization_id = ?", payer.organizationId);
    assert.deepEqual(rows, [{ status: "paid", paid_cents: 9_900, attempts: 2 }]);
  });

  it("revives nothing that has ended, even where only the message's own word is left", async () => {
    const history = await begin();
    const events: Stripe.Event[] = [];
    for (const step of history.steps.slice(0, 9)) events.push(...await history.take(step));
    await applied(events.pop() ?? assert.fail());
    const before = await history.rows();
    assert.equal(before["held"]?.[0]?.["status"], "canceled");
    shop.stripe.account.subscriptions.delete(history.first);
    const late = events.filter(({ type }) => type.startsWith("customer.subscription."));
    assert.ok(late.length > 5);
    for (const event of shuffled(seeded(SEED), late)) await applied(event);
    const [now = {}] = await shop.system.sql("SELECT status, stripe_subscription_id AS id FROM org_subscriptions WHERE organization_id = ?", history.payer.organizationId);
    assert.deepEqual(now, { status: "canceled", id: history.first });
  });
});

describe("of two subscriptions", LIMIT, () => {
  it("the newer one counts as long as it runs, then the older one, whichever message comes last", async () => {
    const payer = await shop.payer();
    const first = shop.stripe.subscription({ customer: payer.customer, price: "price_starter_month" }).id;
    const renewed = shop.stripe.renew(first).find(({ type }) => type === "customer.subscription.updated") ?? assert.fail();
    const told = shop.stripe.events.length;
    const second = shop.stripe.subscription({ customer: payer.customer, price: "price_professional_year" }).id;
    const bought = shop.stripe.events[told] ?? assert.fail();
    const again = (event: Stripe.Event, number: number): Stripe.Event => ({ ...event, id: `${event.id}_${number}` });
    const held = async (): Promise<Row | undefined> => (await shop.system.sql(
      "SELECT plan_id AS plan, status, stripe_subscription_id AS id FROM org_subscriptions WHERE organization_id = ?", payer.organizationId))[0];
    const ends = async (events: Stripe.Event[], expected: Row): Promise<void> => {
      for (const event of events) await applied(event);
      assert.deepEqual(await held(), expected);
    };

    await ends([renewed, bought], { plan: "professional", status: "active", id: second });
    await ends([again(renewed, 1)], { plan: "professional", status: "active", id: second });
    await ends(shop.stripe.cancelNow(second), { plan: "starter", status: "active", id: first });
    await ends([again(bought, 1)], { plan: "starter", status: "active", id: first });
    await ends(shop.stripe.cancelNow(first), { plan: "professional", status: "canceled", id: second });
  });
});
