// Stripe's messages at once, and while Stripe or the database is out of reach: everything happens once, or Stripe sends
// it again and then it does.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, describe, it } from "node:test";
import type { Stripe } from "stripe";
import { succeeds } from "./harness/answers.ts";
import { LocalD1, type D1Fault } from "./harness/d1.ts";
import { engine } from "./harness/database.ts";
import { anId, refuses } from "./harness/expect.ts";
import { lasting, subscriptionRow } from "./harness/stripe/kept.ts";
import { Shop, type Payer } from "./harness/shop.ts";
import type { Fault } from "./harness/stripe/stand-in.ts";
import type { Reply, Row } from "./harness/system.ts";

const AT_ONCE = 50;
const SUBSCRIPTION = "/v1/subscriptions/:id";

/** A purchase, and the message that it began. */
function bought(shop: Shop, payer: Payer): { subscription: Stripe.Subscription; event: Stripe.Event } {
  const subscription = shop.stripe.subscription({ customer: payer.customer, price: "price_professional_month" });
  const event = shop.stripe.events.find(({ type, data }) => type === "customer.subscription.created" && "id" in data.object && data.object.id === subscription.id);
  return { subscription, event: event ?? assert.fail() };
}

/** How many rows there are of each thing that one message makes. */
async function made(shop: Shop, payer: Payer, event: Stripe.Event): Promise<Row | undefined> {
  const details = JSON.stringify({ stripeEvent: event.id });
  const [row] = await shop.system.sql(
    `SELECT (SELECT COUNT(*) FROM webhook_inbox WHERE event_id = ?) AS inbox, (SELECT COUNT(*) FROM audit_events WHERE details = ?) AS audit,
  (SELECT COUNT(*) FROM outbox WHERE payload LIKE ?) AS outbox, (SELECT COUNT(*) FROM billing_subscriptions WHERE organization_id = ?) AS subscriptions,
  (SELECT COUNT(*) FROM org_subscriptions WHERE organization_id = ? AND plan_id = 'professional') AS plans`,
    event.id, details, `%"${event.id}"%`, payer.organizationId, payer.organizationId,
  );
  return row;
}
const ONE_OF_EVERYTHING = { inbox: 1, audit: 1, outbox: 1, subscriptions: 1, plans: 1 };
const NOTHING = { inbox: 0, audit: 0, outbox: 0, subscriptions: 0, plans: 0 };

describe("messages at once", () => {
  let shop: Shop;
  // Without a wait the local database takes requests one after another, and hides every race.
  before(async () => { shop = await Shop.open({ delay: [5, 15] }); });
  after(() => shop.close());

  it(`make one of everything when one comes ${AT_ONCE} times`, async () => {
    for (let round = 1; round <= 5; round += 1) {
      const payer = await shop.payer();
      const { event } = bought(shop, payer);
      const replies = await Promise.all(Array.from({ length: AT_ONCE }, () => shop.deliver(event)));
      assert.deepEqual(replies.map(({ status }) => status), replies.map(() => 200), `round ${round}`);
      // Postgres sends back a transaction that another one was in the way of, and it is tried again.
      if (engine === "d1") assert.deepEqual(new Set(replies.map(({ cost }) => cost?.batches)), new Set([1]));
      assert.equal(replies.filter(({ body }) => body["duplicate"] === false).length, 1, `round ${round}: one of them did it`);
      assert.deepEqual(await made(shop, payer, event), ONE_OF_EVERYTHING, `round ${round}`);
    }
  });

  it(`end in Stripe's state when ${AT_ONCE} of one subscription come while it changes`, async () => {
    const payer = await shop.payer();
    const { subscription, event } = bought(shop, payer);
    const client = shop.stripe.client();
    const deliveries: Promise<Reply>[] = [shop.deliver(event)];
    for (let number = 1; number < AT_ONCE; number += 1) {
      // Cancelled, taken back, cancelled … and every other time to another price.
      const item = { id: subscription.items.data[0]?.id, price: number % 3 === 0 ? "price_starter_month" : "price_professional_month" };
      await client.subscriptions.update(subscription.id, { cancel_at_period_end: number % 2 === 1, items: [item], metadata: { number } });
      const changed = shop.stripe.events.findLast(({ type }) => type === "customer.subscription.updated");
      deliveries.push(shop.deliver(changed ?? assert.fail()));
    }
    assert.deepEqual((await Promise.all(deliveries)).map(({ status }) => status), deliveries.map(() => 200));
    const expected = subscriptionRow(shop.stripe.account, payer.organizationId, subscription.id);
    assert.ok(expected["cancel_at"], "the last change cancelled it");
    assert.deepEqual(lasting(await shop.system.sql("SELECT * FROM billing_subscriptions WHERE organization_id = ?", payer.organizationId)), [expected]);
    const [held = {}] = await shop.system.sql("SELECT * FROM org_subscriptions WHERE organization_id = ?", payer.organizationId);
    assert.deepEqual([held["plan_id"], held["status"], held["cancel_at"]], ["professional", "active", expected["cancel_at"]]);
    const [{ audited } = {}] = await shop.system.sql("SELECT COUNT(*) AS audited FROM audit_events WHERE organization_id = ?", payer.organizationId);
    assert.equal(audited, AT_ONCE);
  });

  it("of several subscriptions end on the one that runs, whichever is written last", async () => {
    for (let round = 1; round <= 10; round += 1) {
      const payer = await shop.payer();
      const { subscription: old, event: began } = bought(shop, payer);
      const [ended] = shop.stripe.cancelNow(old.id);
      const { subscription, event } = bought(shop, payer);
      const replies = await Promise.all([began, ended ?? assert.fail(), event].map((one) => shop.deliver(one)));
      assert.deepEqual(replies.map(({ status }) => status), [200, 200, 200]);
      const [held = {}] = await shop.system.sql("SELECT * FROM org_subscriptions WHERE organization_id = ?", payer.organizationId);
      assert.deepEqual([held["status"], held["stripe_subscription_id"]], ["active", subscription.id], `round ${round}`);
    }
  });
});

describe("Stripe", () => {
  let shop: Shop;
  before(async () => { shop = await Shop.open(); });
  after(() => shop.close());
  afterEach(() => shop.stripe.healAll());

  const always = 1_000;
  const faults: [string, Fault[]][] = [
    ["answers 500", [{ path: SUBSCRIPTION, status: 500, times: always }]],
    ["answers 503", [{ path: SUBSCRIPTION, status: 503, times: always }]],
    ["has too much to do", [{ path: SUBSCRIPTION, status: 429, times: always }]],
    ["hangs up", [{ path: SUBSCRIPTION, reset: true, times: always }]],
    ["never answers, and then hangs up", [{ path: SUBSCRIPTION, hang: true }, { path: SUBSCRIPTION, reset: true, times: always }]],
  ];
  for (const [what, wrong] of faults) {
    it(`that ${what} changes nothing, and its next delivery does`, async () => {
      // given
      const payer = await shop.payer();
      const { event } = bought(shop, payer);
      wrong.forEach((fault) => shop.stripe.failNext(fault));
      // when
      const refused = await shop.system.unchanged(() => shop.deliver(event));
      // then
      refuses(refused, 503, "provider_unavailable");
      assert.equal(refused.headers.get("retry-after"), "1");
      assert.equal(refused.cost, undefined, "the database was not asked");
      assert.deepEqual(await made(shop, payer, event), NOTHING);
      shop.stripe.healAll();
      succeeds(await shop.deliver(event), 200, { eventId: event.id, outcome: "applied", duplicate: false });
      assert.deepEqual(await made(shop, payer, event), ONE_OF_EVERYTHING);
    });
  }

  it("that fails once is asked again at once", async () => {
    const payer = await shop.payer();
    const { event } = bought(shop, payer);
    shop.stripe.failNext({ path: SUBSCRIPTION, status: 500 });
    succeeds(await shop.deliver(event), 200, { eventId: event.id, outcome: "applied", duplicate: false });
  });

  it("that sends us elsewhere is not followed: nobody else gets the key", async () => {
    const elsewhere: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      elsewhere.push(request.headers.authorization);
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        const { event } = bought(shop, await shop.payer());
        shop.stripe.failNext({ path: SUBSCRIPTION, status, location: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/subscriptions/sub_1`, times: always });
        refuses(await shop.system.unchanged(() => shop.deliver(event)), 503, "provider_unavailable");
        shop.stripe.healAll();
      }
      assert.deepEqual(elsewhere, []);
    } finally {
      server.close();
    }
  });

  it("that does not take the key is not asked again, and nothing of it is told", async () => {
    const stranger = await Shop.open({ bindings: { STRIPE_SECRET_KEY: "sk_test_of_another_account" } });
    try {
      const payer = await stranger.payer();
      const { event } = bought(stranger, payer);
      const reply = await stranger.system.unchanged(() => stranger.deliver(event));
      refuses(reply, 503, "not_configured");
      assert.doesNotMatch(reply.text, /sk_test|Stripe|API/);
      assert.equal(stranger.stripe.requests.length, 1);
    } finally {
      await stranger.close();
    }
  });
});

describe("D1", { skip: engine !== "d1" && "these are D1's faults" }, () => {
  let database: LocalD1;
  let shop: Shop;
  before(async () => {
    database = new LocalD1({ breakable: true });
    shop = await Shop.open({ database, bindings: { D1_TIMEOUT_MS: "1500" } });
  });
  after(() => shop.close());
  afterEach(() => database.breakWith(undefined));

  const faults: [D1Fault, number, string][] = [
    ["unreachable", 503, "database_unavailable"],
    ["stalled", 503, "database_unavailable"],
    ["middle fails", 500, "internal"],
  ];
  for (const [fault, status, code] of faults) {
    it(`that is ${fault} changes nothing, and Stripe's next delivery does`, async () => {
      const payer = await shop.payer();
      const { event } = bought(shop, payer);
      const before = await shop.system.snapshot();
      await database.breakWith(fault);
      refuses(await shop.deliver(event), status, code, status === 500 ? { requestId: anId } : {});
      await database.breakWith(undefined);
      assert.equal(await shop.system.snapshot(), before);
      succeeds(await shop.deliver(event), 200, { eventId: event.id, outcome: "applied", duplicate: false });
      assert.deepEqual(await made(shop, payer, event), ONE_OF_EVERYTHING);
    });
  }

  it("whose answer is lost has applied the message, and the next delivery finds that", async () => {
    const payer = await shop.payer();
    const { event } = bought(shop, payer);
    await database.breakWith("answer lost");
    refuses(await shop.deliver(event), 503, "database_unavailable");
    await database.breakWith(undefined);
    assert.deepEqual(await made(shop, payer, event), ONE_OF_EVERYTHING);
    succeeds(await shop.system.unchanged(() => shop.deliver(event)), 200, { eventId: event.id, outcome: "applied", duplicate: true });
  });
});
