// What the other suites count on in localstripe: Stripe's official client can talk to it, and its webhooks are signed as
// Stripe signs them.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, it } from "node:test";
import { text } from "node:stream/consumers";
import type { Stripe } from "stripe";
import { startLocalstripe, type Localstripe } from "../harness/localstripe.ts";

const SECRET = "whsec_of_the_suite";
/** An event that never comes fails its test instead of holding up the run. */
const LIMIT = { timeout: 30_000 };

interface Delivery {
  body: string;
  signature: string;
}

let localstripe: Localstripe;
let receiver: Server;
let deliveries: AsyncIterableIterator<Delivery>;
before(async () => {
  localstripe = await startLocalstripe();
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      response.end();
      receiver.emit("delivery", { body, signature: String(request.headers["stripe-signature"]) } satisfies Delivery);
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  deliveries = received(receiver);
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhook`;
  await localstripe.registerWebhook(url, SECRET, ["customer.subscription.created", "customer.subscription.deleted"]);
});
after(async () => {
  receiver.close();
  await localstripe.close();
});

it("charges a subscription and sends its signed events", LIMIT, async () => {
  await localstripe.plan({ id: "pro_month", amount: 4900, interval: "month" });
  const customer = await localstripe.customer({ email: "ada@example.com", metadata: { organization_id: "org-1" } });

  const subscription = await localstripe.subscription(customer.id, "pro_month", { organization_id: "org-1" });
  await localstripe.client.subscriptions.cancel(subscription.id);

  assert.equal(subscription.status, "active");
  assert.equal(subscription.items.data[0]?.plan.id, "pro_month");
  const events = [await nextEvent(), await nextEvent()];
  assert.deepEqual(new Set(events.map(({ type }) => type)), new Set(["customer.subscription.created", "customer.subscription.deleted"]));
  for (const { data } of events) assert.equal((data.object as Stripe.Subscription).id, subscription.id);
});

it("leaves a subscription incomplete whose card is refused", LIMIT, async () => {
  await localstripe.plan({ id: "team_year", amount: 99000, interval: "year" });
  const customer = await localstripe.customer({ email: "grace@example.com" }, "pm_card_chargeCustomerFail");

  const subscription = await localstripe.subscription(customer.id, "team_year");

  assert.equal(subscription.status, "incomplete");
  const { type, data } = await nextEvent();
  assert.deepEqual([type, (data.object as Stripe.Subscription).status], ["customer.subscription.created", "incomplete"]);
});

/** The next delivery, once Stripe's official package has found its signature valid. */
async function nextEvent(): Promise<Stripe.Event> {
  const next = await deliveries.next();
  assert.ok(!next.done);
  return localstripe.client.webhooks.constructEvent(next.value.body, next.value.signature, SECRET);
}

/** What arrives from now on, kept until it is asked for. */
async function* received(server: Server): AsyncGenerator<Delivery> {
  const waiting: Delivery[] = [];
  server.on("delivery", (delivery: Delivery) => waiting.push(delivery));
  for (;;) {
    while (waiting.length === 0) await once(server, "delivery");
    yield waiting.shift() as Delivery;
  }
}
