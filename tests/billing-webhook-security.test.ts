// Nobody but Stripe: what is not signed with our secret, now, changes nothing and is not even asked about; and what
// is signed speaks only of its own customer.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Stripe } from "stripe";
import { succeeds } from "./harness/answers.ts";
import { anId, refuses } from "./harness/expect.ts";
import { snapshot } from "./harness/stripe/account.ts";
import { eventually } from "./harness/stripe/eventually.ts";
import { Shop, type Payer } from "./harness/shop.ts";
import { signed, type Signing } from "./harness/stripe/stand-in.ts";
import type { Ask, Reply, Row } from "./harness/system.ts";
import { send } from "./harness/reply.ts";

const ROTATED = { old: "whsec_of_last_year", fresh: "whsec_of_this_year" };

let shop: Shop;
let payer: Payer;
let event: Stripe.Event;
before(async () => {
  shop = await Shop.open();
  payer = await shop.payer();
  event = bought(payer);
});
after(() => shop.close());

const seconds = (): number => Math.floor(Date.now() / 1_000);

/** The message of a purchase. */
function bought({ customer }: Payer, metadata: Record<string, string> = {}): Stripe.Event {
  const { id } = shop.stripe.subscription({ customer, price: "price_professional_month", metadata });
  const found = shop.stripe.events.find(({ type, data }) => type === "customer.subscription.created" && "id" in data.object && data.object.id === id);
  return found ?? assert.fail();
}

/** A body as it is signed, and what stands in its header. */
interface Parts {
  body: string;
  time: string;
  v1: string;
}

function parts(signing: Signing = {}): Parts {
  const { rawBody, headers } = shop.stripe.signed(event, signing);
  const [, time = "", v1 = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers["stripe-signature"] ?? "") ?? assert.fail();
  return { body: rawBody, time, v1 };
}

/** What Stripe documents of its scheme, by hand: for keys that the official package would not sign with. */
const hmac = (secret: string, { body, time }: Parts): string => createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");

const post = (rawBody: string, signature: string | undefined, more: Ask = {}): Promise<Reply> =>
  send(shop.webhook, { rawBody, ...more, headers: { "stripe-signature": signature, ...more.headers } });

/** A delivery that is refused, changes nothing and does not reach Stripe. */
async function refused(deliver: () => Promise<Reply>, status: number, code: string): Promise<Reply> {
  const requests = shop.stripe.requests.length;
  const reply = await shop.system.unchanged(deliver);
  refuses(reply, status, code);
  assert.equal(reply.cost, undefined, "the database was not asked");
  assert.equal(shop.stripe.requests.length, requests, "Stripe was not asked");
  assert.doesNotMatch(reply.text, /whsec|HMAC|v1/, "it helps nobody to guess");
  return reply;
}

describe("a signature", () => {
  /** The header, of the parts of a right one. */
  const bad: [string, (right: Parts) => string | undefined][] = [
    ["missing", () => undefined],
    ["empty", () => ""],
    ["blank", () => "   "],
    ["a v1 alone", ({ v1 }) => `v1=${v1}`],
    ["an empty v1 alone", () => "v1="],
    ["a time alone", ({ time }) => `t=${time}`],
    ["an empty v1", ({ time }) => `t=${time},v1=`],
    ["without a time", ({ v1 }) => `t=,v1=${v1}`],
    ["of two times", ({ time, v1 }) => `t=${time},t=${time},v1=${v1}`],
    ["of the scheme v0 only", ({ time, v1 }) => `t=${time},v0=${v1}`],
    ["of the scheme v2 only", ({ time, v1 }) => `t=${time},v2=${v1}`],
    ["in capitals", ({ time, v1 }) => `t=${time},v1=${v1.toUpperCase()}`],
    ["cut off", ({ time, v1 }) => `t=${time},v1=${v1.slice(0, 62)}`],
    ["longer", ({ time, v1 }) => `t=${time},v1=${v1}00`],
    ["zeros", ({ time }) => `t=${time},v1=${"0".repeat(64)}`],
    ["of another secret", (right) => `t=${right.time},v1=${hmac("whsec_of_somebody_else", right)}`],
    ["many of other secrets", (right) => [`t=${right.time}`, ...Array.from({ length: 20 }, (_, number) => `v1=${hmac(`whsec_${number}`, right)}`)].join(",")],
    ["of an empty secret", (right) => `t=${right.time},v1=${hmac("", right)}`],
    ["of the secret without its prefix", (right) => `t=${right.time},v1=${hmac(shop.stripe.webhookSecret.slice("whsec_".length), right)}`],
    ["of the API's key", (right) => `t=${right.time},v1=${hmac(shop.stripe.secretKey, right)}`],
    ["of the time alone", (right) => `t=${right.time},v1=${hmac(shop.stripe.webhookSecret, { ...right, body: "" })}`],
    ["for another time", ({ time, v1 }) => `t=${Number(time) - 1},v1=${v1}`],
    ["with a sign before its time", ({ time, v1 }) => `t=+${time},v1=${v1}`],
    ["with a time beyond numbers", ({ v1 }) => `t=${"9".repeat(400)},v1=${v1}`],
    ["garbage", () => "%%%,,,==;t;v1"],
    ["JSON", ({ time, v1 }) => JSON.stringify({ t: time, v1 })],
    ["a token", () => `Bearer ${payer.token}`],
    ["too long to be read", ({ time, v1 }) => `t=${time},${"v1=00,".repeat(1_500)}v1=${v1}`],
  ];
  for (const [what, header] of bad) {
    it(`that is ${what} is refused`, async () => {
      const right = parts();
      const reply = await refused(() => post(right.body, header(right)), 401, "invalid_signature");
      assert.equal(reply.headers.get("www-authenticate"), "Signature");
    });
  }

  it("of another body is refused, down to one blank", async () => {
    const { body, time, v1 } = parts();
    for (const changed of [body.replace("evt_", "evt_x"), `${body} `, `\ufeff${body}`, JSON.stringify(event), ""]) {
      await refused(() => post(changed, `t=${time},v1=${v1}`), 401, "invalid_signature");
    }
  });

  const out: [string, number][] = [
    ["301 seconds old", -301], ["an hour old", -3_600], ["a day old", -86_400], ["of 1970", -seconds()],
    // A second passes on the way.
    ["302 seconds ahead", 302], ["a year ahead", 365 * 86_400],
  ];
  for (const [what, offset] of out) {
    it(`that is ${what} is refused`, async () => {
      await refused(() => shop.deliver(event, { timestamp: seconds() + offset }), 401, "invalid_signature");
    });
  }

  it("says in the log what is wrong with it, and nothing secret", async () => {
    await refused(() => shop.deliver(event, { timestamp: seconds() - 400 }), 401, "invalid_signature");
    const line = await eventually("a line of a stale signature", () => shop.system.log().find((one) => one.includes("five minutes ago")));
    assert.doesNotMatch(line, /whsec|v1=|cus_|evt_/);
  });

  it("of five minutes ago, or one right among wrong ones, is good", async () => {
    const { body, time, v1 } = parts({ timestamp: seconds() - 290 });
    const wrong = "f".repeat(64);
    succeeds(await post(body, `t=${time},v1=${wrong},v1=${v1},v0=${wrong},v1=no`), 200,
      { eventId: event.id, outcome: "applied", duplicate: false });
  });

  it("recorded and sent again hours later is refused, and changes nothing either while it is still good", async () => {
    const recorded = shop.stripe.signed(event, { timestamp: seconds() - 6 * 3_600 });
    await refused(() => send(shop.webhook, recorded), 401, "invalid_signature");
    const again = shop.stripe.signed(event);
    succeeds(await shop.system.unchanged(() => send(shop.webhook, again)), 200, { eventId: event.id, outcome: "applied", duplicate: true });
  });
});

describe("a secret", () => {
  for (const [what, text] of [["a blank", `${ROTATED.old} ${ROTATED.fresh}`], ["a comma", `${ROTATED.old},${ROTATED.fresh}`]] as const) {
    it(`is one of two while it is rotated, with ${what} between them`, async () => {
      const other = await Shop.open({ bindings: { STRIPE_WEBHOOK_SECRET: text } });
      try {
        const told = other.stripe.productUpdated();
        const deliver = (secrets: string[]) => send(other.webhook, signed(told, { secrets }));
        for (const secrets of [[shop.stripe.webhookSecret], [`${ROTATED.old} ${ROTATED.fresh}`], [text], ["whsec_"]]) {
          refuses(await other.system.unchanged(() => deliver(secrets)), 401, "invalid_signature");
        }
        const outcomes = [];
        for (const secrets of [[ROTATED.old], [ROTATED.fresh], [ROTATED.old, ROTATED.fresh], ["whsec_x", ROTATED.fresh]]) outcomes.push((await deliver(secrets)).status);
        assert.deepEqual(outcomes, [200, 200, 200, 200]);
      } finally {
        await other.close();
      }
    });
  }

  it("that is not set lets nobody in", async () => {
    const other = await Shop.open({ bindings: { STRIPE_WEBHOOK_SECRET: "" } });
    try {
      for (const secret of ["", "undefined", other.stripe.webhookSecret]) {
        const right = parts();
        const signature = `t=${right.time},v1=${hmac(secret, right)}`;
        refuses(await other.system.unchanged(() => send(other.webhook, { rawBody: right.body, headers: { "stripe-signature": signature } })), 503, "not_configured");
      }
    } finally {
      await other.close();
    }
  });
});

describe("a body", () => {
  it("of a megabyte is refused unread, rightly signed or not", async () => {
    const body = JSON.stringify({ ...event, padding: "x".repeat(1 << 20) });
    await refused(() => send(shop.webhook, shop.stripe.signed(body)), 413, "body_too_large");
    await refused(() => send(shop.webhook, signed(body, { secret: "whsec_of_somebody_else" })), 413, "body_too_large");
    await refused(() => post(body, undefined), 413, "body_too_large");
  });

  it("of 200 KB is read, as a long invoice needs it", async () => {
    const told = { ...shop.stripe.productUpdated(), padding: "x".repeat(200_000) };
    succeeds(await shop.deliver(told), 200, { eventId: told.id, outcome: "ignored", duplicate: false });
  });

  const noEvents: [string, () => string | object][] = [
    ["an empty list", () => "[]"], ["an empty object", () => "{}"], ["a text", () => '"evt_1"'], ["nothing", () => ""], ["no JSON", () => "payload=1&a=b"],
    ["half an event", () => JSON.stringify(event).slice(0, 100)],
    ["an event without an object", () => ({ ...event, data: {} })],
    ["an event of a list", () => ({ ...event, data: { object: [] } })],
    ["an event without an id", () => ({ ...event, id: undefined })],
    ["an event whose id is a number", () => ({ ...event, id: 7 })],
    ["an event without a type", () => ({ ...event, type: undefined })],
    ["an event without a time", () => ({ ...event, created: "today" })],
    ["200000 brackets", () => "[".repeat(200_000)],
  ];
  for (const [what, body] of noEvents) {
    it(`that is ${what} is refused, though it is signed`, async () => {
      await refused(() => shop.deliver(body()), 400, "invalid_json");
    });
  }
});

describe("another tenant", () => {
  const rowsOf = async (organizationId: string): Promise<Row[][]> => shop.system.batch(
    ["org_subscriptions", "billing_customers", "billing_subscriptions", "billing_invoices", "billing_refunds", "audit_events", "outbox", "webhook_inbox"]
      .map((table) => ({ sql: `SELECT * FROM ${table} WHERE organization_id = ?`, values: [organizationId] })));

  it("is not touched by who names it in metadata and references", async () => {
    // given: a victim with a paid plan, and somebody whose every object names the victim
    const [victim, thief] = [await shop.payer(), await shop.payer()];
    await shop.deliver(bought(victim));
    const before = await rowsOf(victim.organizationId);
    const metadata = { organization_id: victim.organizationId, organizationId: victim.organizationId };
    const session = await shop.stripe.client().checkout.sessions.create({
      mode: "subscription", customer: thief.customer, client_reference_id: victim.organizationId, metadata,
      line_items: [{ price: "price_starter_month", quantity: 1 }], subscription_data: { metadata }, success_url: "https://app.example/",
    });
    const completed = shop.stripe.completeCheckout(session.id);
    const subscription = String(shop.stripe.account.session(session.id).subscription);
    const paid = shop.stripe.latestInvoice(subscription);
    const events = [...completed, ...shop.stripe.refund(shop.stripe.chargeOf(paid.id).id, 100), ...shop.stripe.cancelNow(subscription)];
    // when
    for (const one of events) assert.equal((await shop.deliver(one)).body["outcome"], "applied");
    // then
    assert.deepEqual(await rowsOf(victim.organizationId), before);
    const [held = {}] = await shop.system.sql("SELECT * FROM org_subscriptions WHERE organization_id = ?", thief.organizationId);
    assert.deepEqual([held["plan_id"], held["status"], held["stripe_subscription_id"]], ["starter", "canceled", subscription]);
  });

  it("is not touched by a message that claims another customer than Stripe's answer has", async () => {
    const [victim, thief] = [await shop.payer(), await shop.payer()];
    await shop.deliver(bought(victim));
    const before = await rowsOf(victim.organizationId);
    const told = snapshot(bought(thief)) as Stripe.Event & { data: { object: Stripe.Subscription } };
    told.data.object.customer = victim.customer;
    assert.equal((await shop.deliver(told)).body["outcome"], "applied");
    assert.deepEqual(await rowsOf(victim.organizationId), before);
    assert.equal((await rowsOf(thief.organizationId))[2]?.length, 1, "it is whose customer Stripe says it is");
  });

  it("is not touched by an id that is a path", async () => {
    for (const id of ["../customers/cus_1", "sub_1/../../charges", "sub_1?expand[]=customer", "sub_1#"]) {
      const told = snapshot(bought(payer)) as Stripe.Event & { data: { object: Stripe.Subscription } };
      told.data.object.id = id;
      const requests = shop.stripe.requests.length;
      const reply = await shop.deliver(told);
      assert.deepEqual([reply.status, reply.body["outcome"]], [200, "gone"], id);
      assert.equal(shop.stripe.requests.length, requests, id);
    }
  });
});

describe("a token", () => {
  it("makes no difference: nobody signed in gets in, and nobody signed out is kept out", async () => {
    const told = bought(payer);
    const { rawBody, headers } = shop.stripe.signed(told);
    await refused(() => post(rawBody, undefined, { token: payer.token }), 401, "invalid_signature");
    await refused(() => post(rawBody, `t=${seconds()},v1=`, { token: payer.token, headers: { "x-organization-id": payer.organizationId } }), 401, "invalid_signature");
    for (const token of ["no-token-at-all", payer.token]) {
      const reply = await send(shop.webhook, { rawBody, headers, token });
      assert.deepEqual([reply.status, reply.body["eventId"]], [200, told.id]);
    }
    const [row = {}] = await shop.system.sql("SELECT actor_id FROM audit_events WHERE details LIKE ?", `%${told.id}%`);
    assert.equal(row["actor_id"], "stripe");
  });

  for (const method of ["GET", "PUT", "DELETE"]) {
    it(`is of no use to ${method}`, async () => {
      const reply = await shop.system.unchanged(() => send(shop.webhook, { method, token: payer.token, headers: shop.stripe.signed(event).headers }));
      refuses(reply, 405, "method_not_allowed");
    });
  }
});
