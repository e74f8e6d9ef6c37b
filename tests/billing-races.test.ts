// Fifty requests at once for one organization's money: one customer, one charge, one schedule.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { Shop } from "./harness/shop.ts";
import type { Reply } from "./harness/system.ts";
import { DAY } from "./harness/world.ts";

const AT_ONCE = 50;
/** TALLYGATE_ROUNDS=20 makes it more of them. */
const ROUNDS = Number(process.env["TALLYGATE_ROUNDS"] ?? 3);

let shop: Shop;
before(async () => {
  shop = await Shop.open({ delay: [5, 15] });
  // Opens the connections, so that requests start together.
  await Promise.all(Array.from({ length: AT_ONCE }, () => shop.system.call("billing", { path: "/plans", method: "GET" })));
});
after(() => shop.close());

/** Somebody whose trial is too short to be kept by a checkout: they pay at once. */
const payer = () => shop.world.individual({ status: "trialing", trialEndsAt: Date.now() + DAY });
const atOnce = (request: (place: number) => Promise<Reply>): Promise<Reply[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, place) => request(place)));
const statuses = (replies: Reply[]): number[] => [...new Set(replies.map(({ status }) => status))];
const customersOf = (organizationId: string) =>
  [...shop.stripe.account.customers.values()].filter(({ metadata }) => metadata["organization_id"] === organizationId);

it("fifty checkouts make one customer and open one page", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const ada = await shop.world.individual();
    const replies = await atOnce(() => shop.post("checkout", ada, { plan: "professional" }));
    assert.deepEqual(statuses(replies), [200], replies.find(({ status }) => status !== 200)?.text);
    assert.equal(customersOf(ada.organizationId).length, 1);
    assert.equal(new Set(replies.map(({ body }) => body["checkoutSessionId"])).size, 1);
    const kept = await shop.system.sql("SELECT stripe_customer_id FROM billing_customers WHERE organization_id = ?", ada.organizationId);
    assert.deepEqual(kept, [{ stripe_customer_id: customersOf(ada.organizationId)[0]?.id }]);
  }
});

it("fifty upgrades charge once", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const ada = await payer();
    const subscription = await shop.buys(ada, "starter");
    const before = shop.invoicesOf(subscription).length;
    const replies = await atOnce(() => shop.post("change-plan", ada, { plan: "professional" }));
    // Who comes late is told that it is so already.
    assert.ok(statuses(replies).every((status) => status === 200 || status === 409), JSON.stringify(statuses(replies)));
    assert.ok(replies.some(({ status }) => status === 200));
    const charged = shop.invoicesOf(subscription).slice(before).filter(({ total }) => total !== 0);
    assert.equal(charged.length, 1);
    const audit = await shop.system.sql("SELECT action FROM audit_events WHERE organization_id = ? AND action = 'subscription.changed'", ada.organizationId);
    assert.equal(audit.length, 1);
  }
});

it("fifty downgrades make one schedule, and fifty times taking it back leaves none", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const ada = await payer();
    const subscription = await shop.buys(ada, "professional");
    const schedules = shop.stripe.account.schedules.size;
    const replies = await atOnce(() => shop.post("change-plan", ada, { plan: "starter" }));
    assert.ok(replies.some(({ status }) => status === 200), replies[0]?.text);
    assert.ok(statuses(replies).every((status) => [200, 409].includes(status)), replies.find(({ status }) => ![200, 409].includes(status))?.text);
    const running = [...shop.stripe.account.schedules.values()].slice(schedules).filter(({ status }) => status === "active");
    assert.equal(running.length, 1);
    assert.equal(shop.stripe.account.subscription(subscription).schedule, running[0]?.id);
    const back = await atOnce(() => shop.post("resume", ada));
    assert.ok(statuses(back).every((status) => [200, 409].includes(status)), back.find(({ status }) => ![200, 409].includes(status))?.text);
    assert.equal(shop.stripe.account.subscription(subscription).schedule, null);
    const [row] = await shop.system.sql("SELECT pending_plan_id FROM org_subscriptions WHERE organization_id = ?", ada.organizationId);
    assert.equal(row?.["pending_plan_id"], null);
  }
});

it("fifty cancellations are one", async () => {
  const ada = await payer();
  const subscription = await shop.buys(ada, "starter");
  const replies = await atOnce(() => shop.post("cancel", ada));
  assert.ok(statuses(replies).every((status) => [200, 409].includes(status)), replies.find(({ status }) => ![200, 409].includes(status))?.text);
  assert.equal(shop.stripe.account.subscription(subscription).cancel_at_period_end, true);
  const audit = await shop.system.sql("SELECT action FROM audit_events WHERE organization_id = ? AND action = 'subscription.cancel_scheduled'", ada.organizationId);
  assert.equal(audit.length, 1);
});
