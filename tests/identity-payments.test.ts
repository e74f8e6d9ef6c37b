// identity and money, against the stand-in for Stripe: what is paid goes on as a team's, and ends with its last owner.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { at, succeeds } from "./harness/answers.ts";
import { refuses } from "./harness/expect.ts";
import { clerk } from "./harness/provider-messages.ts";
import { startStripeStandIn, type StripeStandIn } from "./harness/stripe/stand-in.ts";
import { startSystem, type Reply, type Row, type System } from "./harness/system.ts";
import { World, type Person } from "./harness/world.ts";

let stripe: StripeStandIn;
let system: System;
let world: World;
before(async () => {
  stripe = await startStripeStandIn();
  system = await startSystem({ delay: [5, 15], bindings: stripe.settings() });
  world = new World(system);
  stripe.price({ id: "price_starter", amount: 9_900, interval: "month" });
  stripe.price({ id: "price_team", amount: 49_900, interval: "month" });
  await system.sql(`INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered)
VALUES ('price_starter', 'starter', 'month', 1), ('price_team', 'enterprise', 'month', 1)`);
});
after(async () => {
  await system.close();
  await stripe.close();
});
beforeEach(() => stripe.healAll());

/** Pays at Stripe for what an organization is on, and knows of it as `billing` would. */
async function pays(organizationId: string, price: string, amount: number, trialDays?: number): Promise<string> {
  const customer = stripe.customer();
  const { id, items: { data: [item] } } = stripe.subscription({
    customer: customer.id, price, metadata: { organization_id: organizationId }, ...(trialDays === undefined ? {} : { trialDays }),
  });
  assert.ok(item);
  const status = trialDays === undefined ? "active" : "trialing";
  const [start, end] = [item.current_period_start * 1_000, item.current_period_end * 1_000];
  await system.batch([
    { sql: "INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES (?, ?, 1)", values: [organizationId, customer.id] },
    {
      sql: `INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents,
  currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
VALUES (?, ?, ?, ?, ?, ?, 'usd', 'month', ?, ?, ?, 1, 'r')`,
      values: [organizationId, id, item.id, price, status, amount, start, end, start],
    },
    {
      sql: `UPDATE org_subscriptions SET status = ?, trial_ends_at = ?, stripe_subscription_id = ?, current_period_start = ?, current_period_end = ?
WHERE organization_id = ?`,
      values: [status, trialDays === undefined ? null : end, id, start, end, organizationId],
    },
  ]);
  return id;
}

async function paying(trialDays?: number): Promise<{ person: Person; subscription: string }> {
  const person = await world.individual({ plan: "starter" });
  return { person, subscription: await pays(person.organizationId, "price_starter", 9_900, trialDays) };
}

const convert = (person: Person, body: Record<string, unknown> = {}): Promise<Reply> => system.call("identity", { path: "/convert", body, token: person.token });
const priceOf = (subscription: string) => stripe.account.subscription(subscription).items.data[0]?.price.id;

async function held(organizationId: string): Promise<Row> {
  const [row] = await system.sql(`SELECT o.kind, s.plan_id, s.status, s.stripe_subscription_id AS stripe, kept.stripe_price_id AS price
FROM organizations o JOIN org_subscriptions s ON s.organization_id = o.id
LEFT JOIN billing_subscriptions kept ON kept.organization_id = o.id WHERE o.id = ?`, organizationId);
  return row ?? {};
}
const team = (subscription: string) => ({ kind: "team", plan_id: "enterprise", status: "active", stripe: subscription, price: "price_team" });
const personal = (subscription: string) => ({ kind: "personal", plan_id: "starter", status: "active", stripe: subscription, price: "price_starter" });

describe("a conversion of what is paid", () => {
  it("changes the price at Stripe for what the preview said, and follows from its answer", async () => {
    const { person, subscription } = await paying();
    const preview = await system.unchanged(() => system.call("identity", { path: "/convert-preview", token: person.token }));
    assert.equal(at(preview, "allowed"), true);
    const due = at(preview, "dueNowCents");
    const reply = await convert(person, { name: "Acme", prorationDate: at(preview, "proration", "prorationDate") });
    assert.deepEqual([reply.status, at(reply, "organization", "plan"), at(reply, "organization", "status")], [200, "enterprise", "active"], reply.text);
    assert.equal(reply.cost?.batches, 2);
    assert.deepEqual(await held(person.organizationId), team(subscription));
    assert.equal(priceOf(subscription), "price_team");
    assert.equal(stripe.latestInvoice(subscription).total, due, "charged as it was shown");
  });

  it("converts nothing where the card says no, and does where it says yes later", async () => {
    const { person, subscription } = await paying();
    stripe.declineNext();
    refuses(await system.unchanged(() => convert(person)), 402, "payment_failed");
    assert.equal(priceOf(subscription), "price_starter");
    assert.deepEqual(await held(person.organizationId), personal(subscription));
    // Within this second Stripe would repeat its refusal, as what is asked is the same; a message of Stripe's ends that.
    await system.sql("UPDATE billing_subscriptions SET observed_at = 2 WHERE stripe_subscription_id = ?", subscription);
    assert.equal((await convert(person)).status, 200);
    assert.deepEqual(await held(person.organizationId), team(subscription));
  });

  it("happens once, and is charged once, of many at once", async () => {
    const { person, subscription } = await paying();
    const prorationDate = Math.floor(Date.now() / 1_000);
    const replies = await Promise.all(Array.from({ length: 20 }, (_, place) =>
      convert(person, { name: `Team ${place}`, organizationId: person.organizationId, prorationDate })));
    const codes = replies.map(({ status, body }) => `${status} ${String(body["code"] ?? "")}`.trim()).sort();
    assert.deepEqual(codes, ["200", ...Array.from({ length: 19 }, () => "409 not_personal")]);
    assert.deepEqual(await held(person.organizationId), team(subscription));
    const charged = [...stripe.account.invoices.values()].filter((invoice) => invoice.billing_reason === "subscription_update"
      && invoice.customer === stripe.account.subscription(subscription).customer);
    assert.equal(charged.length, 1);
    const founded = await system.sql("SELECT kind FROM organizations WHERE founded_by = ? ORDER BY kind", person.id);
    assert.deepEqual(founded, [{ kind: "personal" }, { kind: "team" }]);
  });

  it("ends a trial of the other plan, and charges for the team once", async () => {
    const { person, subscription } = await paying(7);
    const replies = await Promise.all(Array.from({ length: 10 }, () => convert(person, { organizationId: person.organizationId })));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array.from({ length: 9 }, () => 409)]);
    assert.deepEqual(await held(person.organizationId), team(subscription));
    const { customer } = stripe.account.subscription(subscription);
    const paid = [...stripe.account.invoices.values()].filter((invoice) => invoice.customer === customer && invoice.total > 0);
    assert.deepEqual(paid.map(({ total }) => total), [49_900]);
  });

  it("is not confused by Stripe's own message about it, which may be faster", async () => {
    const { person, subscription } = await paying();
    const answer = stripe.hold(`/v1/subscriptions/${subscription}`, "POST");
    const converting = convert(person);
    await answer.arrived;
    const event = stripe.events.findLast(({ type }) => type === "customer.subscription.updated");
    assert.ok(event);
    const delivered = await stripe.deliver(`${system.url}/functions/v1/billing/webhook`, event);
    assert.deepEqual([delivered.status, delivered.body["outcome"]], [200, "wrong_audience"], "a team's plan for what is personal until now");
    answer.release();
    assert.equal((await converting).status, 200);
    assert.deepEqual(await held(person.organizationId), team(subscription));
  });
});

describe("a deletion", () => {
  const deleted = (id: string) => clerk(system, "user.deleted", { id, object: "user", deleted: true });

  it("cancels at Stripe what nobody can use any more, and only that", async () => {
    const { person, subscription } = await paying();
    const [alone, shared] = [await world.team({ owner: person }), await world.team({ owner: person, members: { admin: 1 } })];
    const [ends, goesOn] = [await pays(alone.id, "price_team", 49_900), await pays(shared.id, "price_team", 49_900)];
    succeeds(await deleted(person.id), 200, { userId: person.id, deleted: true, cancelledSubscriptions: 2 });
    assert.deepEqual([subscription, ends, goesOn].map((id) => stripe.account.subscription(id).status), ["canceled", "canceled", "active"]);
    // Stripe forgets whose it was, and sends the invoices of what goes on to who goes on.
    const customerOf = (id: string) => stripe.account.customers.get(String(stripe.account.subscription(id).customer));
    assert.deepEqual([subscription, ends].map(customerOf), [undefined, undefined]);
    assert.equal(customerOf(goesOn)?.email, shared.admins[0]?.email);
    const event = stripe.events.findLast(({ type }) => type === "customer.subscription.deleted");
    assert.ok(event);
    assert.equal((await stripe.deliver(`${system.url}/functions/v1/billing/webhook`, event)).status, 200);
  });

  it("is sent again until Stripe could be reached", async () => {
    const { person, subscription } = await paying();
    stripe.failNext({ path: `/v1/subscriptions/${subscription}`, status: 500, times: 4 });
    const reply = await deleted(person.id);
    refuses(reply, 503, "provider_unavailable");
    assert.equal(reply.headers.get("retry-after"), "1");
    refuses(await system.call("manage-members", { action: "list", token: person.token }), 403, "account_disabled");
    stripe.healAll();
    succeeds(await deleted(person.id), 200, { userId: person.id, deleted: false, cancelledSubscriptions: 1 });
    assert.equal(stripe.account.subscription(subscription).status, "canceled");
  });
});
