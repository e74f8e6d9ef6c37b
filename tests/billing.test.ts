// What an organization pays for: the first payment, changes of plan, the end, and what it all looks like afterwards. Stripe
// is a stand-in that takes exactly the fields that Stripe's own package says Stripe takes (tests/harness/stripe).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { at, textAt } from "./harness/answers.ts";
import { matching, refuses, same } from "./harness/expect.ts";
import { Shop } from "./harness/shop.ts";
import { staffedTeam } from "./harness/staffed-team.ts";
import type { Reply } from "./harness/system.ts";
import { DAY, type Person } from "./harness/world.ts";

let shop: Shop;
before(async () => { shop = await Shop.open(); });
after(() => shop.close());

const held = async (who: Person): Promise<Record<string, unknown>> =>
  (await shop.get("history", who)).body["subscription"] as Record<string, unknown>;
/** Some members of what somebody is on. */
const heldAs = async (who: Person, ...members: string[]): Promise<unknown[]> => {
  const all = await held(who);
  return members.map((member) => all[member]);
};
/** Somebody whose trial is too short to be kept by a checkout: they pay at once. */
const payer = (): Promise<Person> => shop.world.individual({ status: "trialing", trialEndsAt: Date.now() + DAY });
const upload = (who: Person): Promise<Reply> => shop.system.call("track-upload", { body: { uploadType: "rate_sheet" }, token: who.token });

describe("the first payment", () => {
  it("goes from the trial over Stripe's page to the plan", async () => {
    // given
    const ada = await shop.world.individual({ name: "Ada Berg" });
    // when
    const opened = await shop.post("checkout", ada, { plan: "professional", interval: "year", successPath: "/thanks" });
    // then
    same(opened.body, {
      success: true, message: "The checkout is open: send the browser to its address.", plan: "professional", interval: "year",
      trialEndsAt: null, url: matching(/^https:\/\/checkout\.stripe\.com\//), checkoutSessionId: matching(/^cs_/),
    });
    const session = shop.stripe.account.session(textAt(opened, "checkoutSessionId"));
    assert.equal(session.success_url, "http://localhost:8787/thanks");
    assert.equal(session.client_reference_id, ada.organizationId);
    const [customer] = await shop.system.sql("SELECT stripe_customer_id AS id FROM billing_customers WHERE organization_id = ?", ada.organizationId);
    assert.equal(session.customer, customer?.["id"]);
    assert.equal(shop.stripe.account.customer(String(customer?.["id"])).email, ada.email);
    assert.deepEqual(await heldAs(ada, "plan", "status"), ["starter", "trialing"], "nobody has paid yet");
    // and when the customer pays and Stripe tells of it
    await shop.tell(shop.stripe.completeCheckout(session.id));
    assert.deepEqual(await heldAs(ada, "plan", "status", "interval", "amountCents", "isPaidThroughStripe"), ["professional", "active", "year", 218_900, true]);
    const history = await shop.get("history", ada);
    const [invoice] = at(history, "invoices") as Record<string, unknown>[];
    assert.deepEqual([invoice?.["status"], invoice?.["totalCents"], invoice?.["paidCents"]], ["paid", 218_900, 218_900]);
    assert.equal(history.cost?.batches, 1);
  });

  it("costs one trip once the customer is known", async () => {
    const ada = await shop.world.individual();
    assert.equal((await shop.post("checkout", ada, { plan: "starter" })).cost?.batches, 2, "the customer is kept");
    assert.equal((await shop.post("checkout", ada, { plan: "professional" })).cost?.batches, 1);
    assert.equal((await shop.post("portal", ada)).cost?.batches, 1);
  });

  it("keeps the rest of a trial of the same plan", async () => {
    const trialEndsAt = (Math.floor(Date.now() / 1_000) + 5 * 86_400) * 1_000;
    const ada = await shop.world.individual({ status: "trialing", trialEndsAt });
    const opened = await shop.post("checkout", ada, { plan: "starter" });
    assert.equal(opened.body["trialEndsAt"], new Date(trialEndsAt).toISOString());
    await shop.tell(shop.stripe.completeCheckout(textAt(opened, "checkoutSessionId")));
    assert.deepEqual(await heldAs(ada, "status", "trialEndsAt", "isPaidThroughStripe"), ["trialing", new Date(trialEndsAt).toISOString(), true]);
  });

  it("is refused beside a running subscription", async () => {
    const ada = await shop.world.individual();
    await shop.buys(ada, "starter");
    const reply = await shop.system.unchanged(() => shop.post("checkout", ada, { plan: "professional" }));
    refuses(reply, 409, "already_subscribed", { plan: "starter", interval: "month" });
  });

  it("of a team is its owner's affair, and of nobody else", async () => {
    const team = await staffedTeam(shop.system, { status: "incomplete" });
    const asked = shop.stripe.requests.length;
    for (const person of [team.admin, team.member, team.viewer]) {
      refuses(await shop.system.unchanged(() => shop.post("checkout", person, { plan: "enterprise" })), 403, "forbidden");
    }
    const { owner: stranger } = await shop.world.team();
    const naming = { "x-organization-id": team.id };
    for (const action of ["checkout", "portal", "preview", "change-plan", "cancel", "resume"]) {
      const reply = await shop.system.unchanged(() => shop.post(action, stranger, { plan: "enterprise" }, naming));
      refuses(reply, 404, "organization_not_found", {}, action);
    }
    refuses(await shop.get("history", stranger, naming), 404, "organization_not_found");
    refuses(await shop.get(`history?organizationId=${team.id}`, stranger), 404, "organization_not_found");
    assert.equal(shop.stripe.requests.length, asked, "Stripe was not asked");
    await shop.buys(team.owner, "enterprise");
    assert.deepEqual(await heldAs(team.owner, "plan", "status"), ["enterprise", "active"]);
  });

  it("takes plans of the catalog for this kind of organization, and no prices", async () => {
    const ada = await shop.world.individual();
    for (const plan of ["enterprise", "price_starter_month", "no-such-plan"]) {
      refuses(await shop.system.unchanged(() => shop.post("checkout", ada, { plan })), 400, "invalid_field", { field: "plan" }, plan);
    }
    const { owner } = await shop.world.team({ status: "incomplete" });
    refuses(await shop.system.unchanged(() => shop.post("checkout", owner, { plan: "starter" })), 400, "invalid_field", { field: "plan" });
    // what a client adds beside is nothing to us
    const reply = await shop.post("checkout", ada, { plan: "starter", price: "price_professional_year", priceId: "price_1", customer: "cus_1", quantity: 0, trial_end: 0 });
    const bought = shop.stripe.account.purchases.get(textAt(reply, "checkoutSessionId"));
    assert.deepEqual([bought?.price, bought?.quantity], ["price_starter_month", 1]);
  });
});

describe("an upgrade", () => {
  it("costs what its preview said, by Stripe's own reckoning too", async () => {
    // given
    const ada = await payer();
    const subscription = await shop.buys(ada, "starter");
    const before = shop.invoicesOf(subscription).length;
    // when
    const preview = await shop.post("preview", ada, { plan: "professional" });
    const prorationDate = at(preview, "proration", "prorationDate");
    const reply = await shop.post("change-plan", ada, { plan: "professional", prorationDate });
    // then
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual(at(reply, "proration"), at(preview, "proration"));
    assert.deepEqual(await heldAs(ada, "plan", "amountCents"), ["professional", 19_900]);
    const invoices = shop.invoicesOf(subscription);
    assert.equal(invoices.length, before + 1);
    assert.deepEqual(shop.stripe.latestInvoice(subscription).lines.data.map(({ amount }) => amount),
      [at(preview, "proration", "creditCents"), at(preview, "proration", "chargeCents")]);
    assert.deepEqual([preview.cost?.batches, reply.cost?.batches], [1, 2]);
  });

  it("of the interval begins a new period and charges it in full", async () => {
    const ada = await payer();
    const subscription = await shop.buys(ada, "starter");
    const reply = await shop.post("change-plan", ada, { plan: "starter", interval: "year" });
    assert.equal(reply.status, 200, reply.text);
    assert.equal(shop.stripe.latestInvoice(subscription).total, at(reply, "proration", "totalCents"));
    const [interval, start, end] = await heldAs(ada, "interval", "currentPeriodStart", "currentPeriodEnd");
    assert.equal(interval, "year");
    assert.ok(Date.parse(String(end)) - Date.parse(String(start)) >= 365 * DAY);
  });

  it("to another plan ends a trial, and is paid at once", async () => {
    // given: a trial of starter that goes on at Stripe
    const ada = await shop.world.individual({ status: "trialing", trialEndsAt: Date.now() + 6 * DAY });
    const subscription = await shop.buys(ada, "starter");
    assert.deepEqual(await heldAs(ada, "status"), ["trialing"]);
    // when
    const reply = await shop.post("change-plan", ada, { plan: "professional" });
    // then
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual(at(reply, "dueNowCents"), 19_900);
    assert.deepEqual(await heldAs(ada, "plan", "status", "trialEndsAt"), ["professional", "active", null]);
    assert.equal(shop.stripe.latestInvoice(subscription).total, 19_900);
  });

  it("whose card is refused has not happened", async () => {
    const ada = await payer();
    await shop.buys(ada, "starter");
    shop.stripe.declineNext();
    const reply = await shop.system.unchanged(() => shop.post("change-plan", ada, { plan: "professional" }));
    refuses(reply, 402, "payment_failed");
    assert.deepEqual(await heldAs(ada, "plan"), ["starter"]);
  });

  it("without an answer from Stripe has not happened either, and works when it is back", async () => {
    const ada = await payer();
    await shop.buys(ada, "starter");
    shop.stripe.failNext({ path: /^\/v1\/subscriptions\//, status: 503, times: 4 });
    const reply = await shop.system.unchanged(() => shop.post("change-plan", ada, { plan: "professional" }));
    refuses(reply, 503, "provider_unavailable");
    assert.equal((await shop.post("change-plan", ada, { plan: "professional" })).status, 200);
    assert.deepEqual(await heldAs(ada, "plan"), ["professional"]);
  });
});

describe("a downgrade", () => {
  it("waits, is shown, is taken back, and happens with the next period", async () => {
    // given
    const ada = await payer();
    const subscription = await shop.buys(ada, "professional");
    // when
    const reply = await shop.post("change-plan", ada, { plan: "starter" });
    // then
    assert.equal(reply.status, 200, reply.text);
    const pending = { plan: "starter", interval: "month", at: at(reply, "effectiveAt") };
    assert.deepEqual(await heldAs(ada, "plan", "pendingChange"), ["professional", pending]);
    assert.equal(pending.at, (await held(ada))["currentPeriodEnd"]);
    // what Stripe has to say of it meanwhile changes nothing
    await shop.tell(shop.stripe.events.slice(-2));
    assert.deepEqual(await heldAs(ada, "plan", "pendingChange"), ["professional", pending]);
    // taken back
    assert.equal((await shop.post("resume", ada)).status, 200);
    assert.deepEqual(await heldAs(ada, "pendingChange"), [null]);
    assert.equal(shop.stripe.account.subscription(subscription).schedule, null);
    // asked for again, and the period ends
    assert.equal((await shop.post("change-plan", ada, { plan: "starter" })).status, 200);
    await shop.tell(shop.stripe.applySchedule(subscription));
    assert.deepEqual(await heldAs(ada, "plan", "status", "pendingChange", "amountCents"), ["starter", "active", null, 9_900]);
  });

  it("from the year to the month waits for the year's end", async () => {
    const ada = await payer();
    const subscription = await shop.buys(ada, "starter", "year");
    assert.equal((await shop.post("change-plan", ada, { plan: "starter", interval: "month" })).status, 200);
    assert.deepEqual(await heldAs(ada, "interval"), ["year"]);
    await shop.tell(shop.stripe.applySchedule(subscription));
    assert.deepEqual(await heldAs(ada, "interval", "pendingChange"), ["month", null]);
  });

  it("loses nothing that was granted until after it", async () => {
    // given: 120 uploads are used, and starter has 100
    const ada = await payer();
    await shop.buys(ada, "professional");
    const { system } = shop;
    await system.sql("UPDATE plan_features SET limit_value = 200 WHERE plan_id = 'professional' AND feature = 'uploads'");
    const [counted] = await system.sql("SELECT feature, limit_value FROM plan_features WHERE plan_id = 'starter' AND feature = 'uploads'");
    const limit = Number(counted?.["limit_value"]);
    assert.equal((await upload(ada)).status, 200);
    await system.sql("UPDATE usage_counters SET quantity = ? WHERE organization_id = ? AND feature = 'uploads'", limit + 20, ada.organizationId);
    const usage = async (): Promise<unknown> => at(await shop.post("preview", ada, { plan: "starter" }), "losses", "usage");
    assert.deepEqual(await usage(), [{ feature: "uploads", limit, used: limit + 20, over: 20 }]);
    // when, then
    const grant = (id: string, quantity: number, days: number) =>
      system.sql(`INSERT INTO usage_grants (organization_id, id, feature, quantity, reason, starts_at, ends_at, created_at, request_id)
VALUES (?, ?, 'uploads', ?, 'an outage', 0, ?, 1, 'r')`, ada.organizationId, id, quantity, Date.now() + days * DAY);
    await grant("over", 100, 1);
    await grant("some", 15, 60);
    assert.deepEqual(await usage(), [{ feature: "uploads", limit: limit + 15, used: limit + 20, over: 5 }]);
    await grant("enough", 5, 60);
    assert.deepEqual(await usage(), []);
  });

  it("gives way to an upgrade", async () => {
    const ada = await payer();
    await shop.buys(ada, "professional");
    assert.equal((await shop.post("change-plan", ada, { plan: "starter" })).status, 200);
    const reply = await shop.post("change-plan", ada, { plan: "professional", interval: "year" });
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual(await heldAs(ada, "plan", "interval", "pendingChange"), ["professional", "year", null]);
  });
});

describe("the end", () => {
  it("is asked for, taken back, asked for again, and then leaves the plan to be read", async () => {
    // given
    const ada = await payer();
    const subscription = await shop.buys(ada, "starter");
    // when, then
    assert.equal((await shop.post("cancel", ada)).status, 200);
    const [cancelAt, end, status] = await heldAs(ada, "cancelAt", "currentPeriodEnd", "status");
    assert.deepEqual([cancelAt, status], [end, "active"]);
    assert.equal((await upload(ada)).status, 200, "what was paid for goes on");
    refuses(await shop.post("change-plan", ada, { plan: "professional" }), 409, "cancellation_pending", { cancelAt: String(end) });
    assert.equal((await shop.post("resume", ada)).status, 200);
    assert.deepEqual(await heldAs(ada, "cancelAt"), [null]);
    assert.equal((await shop.post("cancel", ada)).status, 200);
    await shop.tell(shop.stripe.renew(subscription));
    assert.deepEqual(await heldAs(ada, "plan", "status"), ["starter", "canceled"]);
    refuses(await upload(ada), 402, "subscription_required", { plan: "Starter", status: "canceled", upgradeRequired: true });
    // the way back is another checkout
    await shop.buys(ada, "professional");
    assert.equal((await upload(ada)).status, 200);
  });

  it("falls to the catalog's free plan where there is one, and so does a trial that was not paid for", async () => {
    const own = await Shop.open();
    try {
      await own.system.sql(`INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions, fallback)
VALUES ('free', 'Free', 'individual', -1, 0, 1, 1, 'individual')`);
      const [payer, tester, reader] = await own.world.individuals(3, { status: "trialing", trialEndsAt: Date.now() + DAY });
      assert.ok(payer && tester && reader);
      const subscription = await own.buys(payer, "starter");
      await own.tell(own.stripe.cancelNow(subscription));
      const planOf = async (who: Person) => (await own.get("history", who)).body["subscription"] as Record<string, unknown>;
      assert.deepEqual([(await planOf(payer))["plan"], (await planOf(payer))["status"]], ["free", "active"]);

      const ended = Date.now() - 1_000;
      await own.system.sql("UPDATE org_subscriptions SET trial_ends_at = ? WHERE organization_id IN (?, ?)", ended, tester.organizationId, reader.organizationId);
      const fallen = await planOf(tester);
      assert.deepEqual([fallen["plan"], fallen["status"], fallen["trialEndsAt"]], ["free", "active", null]);
      const recorded = await own.system.sql("SELECT action, target_id, details FROM audit_events WHERE organization_id = ? AND actor_id = 'system'", tester.organizationId);
      assert.deepEqual(recorded, [{ action: "subscription.fell_back", target_id: "free", details: '{"from":"starter"}' }]);
      // fifty first requests after the end make it fall once
      await Promise.all(Array.from({ length: 50 }, () => own.get("history", reader)));
      const [count] = await own.system.sql("SELECT COUNT(*) AS falls FROM outbox WHERE organization_id = ? AND event_type = 'subscription.updated'", reader.organizationId);
      assert.equal(count?.["falls"], 1);
    } finally {
      await own.close();
    }
  });
});
