// What docs/EVENTS.md says of each type of event is what is sent of it: each is made to happen through the functions and the
// scheduler, and held to its schema as `event_payloads` gives it, which is what a delivery carries.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { Ajv, type ValidateFunction } from "ajv";
import type { Stripe } from "stripe";
import { textAt } from "./harness/answers.ts";
import { clerk, clerkUser } from "./harness/provider-messages.ts";
import { Receiver } from "./harness/receiver.ts";
import { Shop, type Payer } from "./harness/shop.ts";
import type { Json, Reply } from "./harness/system.ts";
import { DAY, type Person } from "./harness/world.ts";

interface Documented {
  holds: ValidateFunction;
  example: unknown;
}

interface Told {
  type: string;
  organization: string;
  target: string;
  /** As it stands in the table. */
  kept: Record<string, Json>;
  /** As it is sent. */
  sent: Record<string, Json>;
}

const page = readFileSync(new URL("../docs/EVENTS.md", import.meta.url), "utf8");

/** The types of the page. */
function documented(): Map<string, Documented> {
  const ajv = new Ajv({ allowUnionTypes: true, formats: { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ } });
  const fence = (text: string, kind: string): unknown => {
    const found = new RegExp(`\`\`\`json ${kind}\n([\\s\\S]*?)\n\`\`\``).exec(text);
    assert.ok(found, `no \`${kind}\` in: ${text.slice(0, 60)}`);
    return JSON.parse(String(found[1]));
  };
  const objects = fence(page, "objects") as object;
  return new Map(page.split(/^### `/m).slice(1).map((section): [string, Documented] => {
    const name = section.slice(0, section.indexOf("`"));
    const holds = ajv.compile({ ...(fence(section, "schema") as object), $defs: objects });
    return [name, { holds, example: fence(section, "example") }];
  }));
}

let shop: Shop;
before(async () => { shop = await Shop.open({ scheduled: true }); });
after(() => shop.close());

async function told(): Promise<Told[]> {
  const rows = await shop.system.sql(`SELECT outbox.event_type, outbox.organization_id, outbox.target_id, outbox.payload AS kept, event_payloads.payload AS sent
FROM outbox JOIN event_payloads ON event_payloads.id = outbox.id ORDER BY outbox.created_at, outbox.id`);
  const read = (value: unknown) => JSON.parse(String(value)) as Record<string, Json>;
  return rows.map((row) => ({
    type: String(row["event_type"]), organization: String(row["organization_id"]), target: String(row["target_id"]), kept: read(row["kept"]), sent: read(row["sent"]),
  }));
}

/** What a request has told, of one type. */
async function telling(type: string, ask: () => Promise<unknown>): Promise<Told[]> {
  const before = new Set((await shop.system.sql("SELECT id FROM outbox")).map(({ id }) => id));
  await ask();
  const rows = await shop.system.sql("SELECT id, event_type FROM outbox");
  const fresh = new Set(rows.filter(({ id }) => !before.has(id)).map(({ event_type: name }) => String(name)));
  assert.ok(fresh.has(type), `${type} was not told, but ${[...fresh].join(", ") || "nothing"}`);
  return (await told()).filter((one) => one.type === type);
}

const ok = async (reply: Promise<Reply>): Promise<Reply> => {
  const answered = await reply;
  assert.ok(answered.status < 300, `${answered.status} ${answered.text}`);
  return answered;
};
const call = (fn: string, action: string, who: Pick<Person, "token">, body: Record<string, unknown> = {}) => ok(shop.system.call(fn, { action, body, token: who.token }));
const last = (events: Told[]): Told => events.at(-1) ?? assert.fail("nothing was told");
const job = async (name: string): Promise<void> => {
  for (const line of (await shop.system.tick(`job:${name}`)) as unknown as { outcome: string }[]) assert.equal(line.outcome, "done", JSON.stringify(line));
};

describe("docs/EVENTS.md", () => {
  it("shows an example of each type that its schema holds", () => {
    for (const [type, { holds, example }] of documented()) assert.ok(holds(example), `${type}: ${JSON.stringify(holds.errors)}`);
  });
});

describe("an account", () => {
  it("that is made, changed and deleted is told of; what stands in the table names nobody", async () => {
    const id = `user_${randomUUID()}`;
    const made = last(await telling("user.registered", () => ok(clerk(shop.system, "user.created", clerkUser({ id, firstName: "Ada", updatedAt: 1_000 })))));
    assert.deepEqual([(made.sent["user"] as Record<string, Json>)["name"], made.target], ["Ada Lovelace", id]);
    const changed = last(await telling("user.updated", () => ok(clerk(shop.system, "user.updated", clerkUser({ id, firstName: "Augusta", email: `${id}@new.example`, updatedAt: 2_000 })))));
    assert.deepEqual([(changed.sent["user"] as Record<string, Json>)["name"], (changed.sent["user"] as Record<string, Json>)["email"]], ["Augusta Lovelace", `${id}@new.example`]);
    // What tells nothing new is no event.
    const amount = async () => (await shop.system.sql("SELECT id FROM outbox WHERE event_type = 'user.updated'")).length;
    const before = await amount();
    await ok(clerk(shop.system, "user.updated", clerkUser({ id, firstName: "Augusta", email: `${id}@new.example`, updatedAt: 3_000 })));
    assert.equal(await amount(), before);
    await telling("user.deleted", () => ok(clerk(shop.system, "user.deleted", { id, deleted: true })));
    for (const { type, target, kept, sent } of await told()) {
      if (target !== id) continue;
      assert.doesNotMatch(JSON.stringify(kept), /Lovelace|example/, type);
      assert.deepEqual([(sent["user"] as Record<string, Json>)["name"], (sent["user"] as Record<string, Json>)["email"]], ["Deleted user", null], type);
    }
  });

  it("is told of where its token tells another address", async () => {
    const team = await shop.world.team();
    const person = await shop.world.individual();
    const email = `${randomUUID()}@new.example`;
    const invitation = await shop.world.invitation({ organizationId: team.id, invitedBy: team.owner, email });
    const moved = shop.world.stranger({ email, claims: { sub: person.id } });
    const told = last(await telling("user.updated", () => call("accept-invitation", "accept", moved, { token: invitation.token })));
    assert.deepEqual([told.target, (told.sent["user"] as Record<string, Json>)["email"]], [person.id, email]);
  });
});

describe("an organization", () => {
  it("is founded, converted and put away", async () => {
    const person = await shop.world.individual();
    const created = last(await telling("organization.created", () => call("create-organization", "create", person, { name: "Acme of these suites" })));
    assert.deepEqual([(created.sent["organization"] as Record<string, Json>)["name"], created.sent["by"]], ["Acme of these suites", { id: person.id }]);
    const other = await shop.world.individual();
    await telling("organization.converted", () => ok(shop.system.call("identity", { path: "/convert", body: {}, token: other.token })));
    const alone = await shop.world.team();
    const account = (action: string, method: string, body: Record<string, unknown>) => ok(shop.system.call("account", { path: `/${action}`, method, body, token: alone.owner.token }));
    const updated = last(await telling("organization.updated", () => account("update-organization", "PATCH", { name: "Another Acme" })));
    assert.deepEqual([(updated.sent["organization"] as Record<string, Json>)["name"], updated.sent["by"]], ["Another Acme", { id: alone.owner.id }]);
    await telling("organization.archived", () => account("archive-organization", "POST", { organizationId: alone.id }));
    const restored = last(await telling("organization.restored", () => account("restore-organization", "POST", { organizationId: alone.id })));
    assert.deepEqual([restored.organization, restored.sent["by"]], [alone.id, { id: alone.owner.id }]);
    await telling("organization.archived", () => ok(clerk(shop.system, "user.deleted", { id: alone.owner.id, deleted: true })));
  });

  it("has members who come, change and go, each as they were", async () => {
    const { owner, members: [member], admins: [admin] } = await crew();
    assert.ok(member && admin);
    const changed = last(await telling("member.role_changed", () => call("manage-members", "change_role", owner, { memberId: member.id, newRole: "viewer" })));
    assert.deepEqual([(changed.sent["member"] as Record<string, Json>)["role"], changed.sent["roles"], changed.sent["by"]], ["viewer", { oldRole: "member", newRole: "viewer" }, { id: owner.id }]);
    const removed = last(await telling("member.removed", () => call("manage-members", "remove", owner, { memberId: member.id })));
    assert.deepEqual([(removed.sent["member"] as Record<string, Json>)["email"], (removed.sent["member"] as Record<string, Json>)["role"], removed.sent["reason"]], [member.email, "viewer", "removed"]);
    const transferred = (await telling("member.role_changed", () => call("manage-members", "transfer_ownership", owner, { memberId: admin.id }))).slice(-2);
    assert.deepEqual(Object.fromEntries(transferred.map(({ target, sent }) => [target, sent["roles"]])),
      { [admin.id]: { oldRole: "admin", newRole: "owner" }, [owner.id]: { oldRole: "owner", newRole: "admin" } });
    const left = last(await telling("member.removed", () => call("manage-members", "leave", owner)));
    assert.deepEqual([left.target, left.sent["reason"]], [owner.id, "left"]);
  });

  it("whose owner is deleted tells of who went and who has it now", async () => {
    const { owner, id, admins: [admin] } = await crew();
    assert.ok(admin);
    await telling("member.removed", () => ok(clerk(shop.system, "user.deleted", { id: owner.id, deleted: true })));
    const here = (await told()).filter(({ organization }) => organization === id);
    assert.deepEqual(here.map(({ type, target, sent }) => [type, target, sent["reason"] ?? sent["roles"]]).sort(), [
      ["member.removed", owner.id, "account_deleted"], ["member.role_changed", admin.id, { oldRole: "admin", newRole: "owner" }],
    ]);
  });
});

describe("an invitation", () => {
  it("is made, sent again, accepted, declined and runs out, and never carries its token", async () => {
    const { owner, id: organizationId } = await crew();
    const guest = shop.world.stranger({ email: `${randomUUID()}@example.com` });
    let reply: Reply | undefined;
    const created = last(await telling("invitation.created", async () => { reply = await call("invite-user", "invite", owner, { email: guest.email }); }));
    assert.deepEqual([(created.sent["invitation"] as Record<string, Json>)["email"], created.sent["by"]], [guest.email, { id: owner.id }]);
    assert.ok(reply);
    const invitationId = textAt(reply, "invitation", "id");
    await telling("invitation.resent", async () => { reply = await call("invite-user", "resend", owner, { invitationId }); });
    const token = new URL(textAt(reply, "invitation", "inviteUrl")).searchParams.get("token") ?? textAt(reply, "invitation", "inviteUrl").split("/").at(-1) ?? "";
    assert.ok(token.length > 20, token);
    const accepted = await telling("invitation.accepted", () => call("accept-invitation", "accept", guest, { token }));
    assert.equal((last(accepted).sent["invitation"] as Record<string, Json>)["status"], "accepted");
    const added = last((await told()).filter(({ type }) => type === "member.added"));
    assert.deepEqual([added.target, (added.sent["member"] as Record<string, Json>)["email"], (added.sent["member"] as Record<string, Json>)["role"]], [guest.id, guest.email, "member"]);
    assert.equal(JSON.stringify(await told()).includes(token), false);

    const other = await shop.world.individual();
    const second = await shop.world.invitation({ organizationId, invitedBy: owner, email: other.email });
    await telling("invitation.declined", () => call("accept-invitation", "decline", other, { token: second.token }));
    await shop.world.invitation({ organizationId, invitedBy: owner, email: "late@example.com", expiresAt: Date.now() - 1 });
    await telling("invitation.expired", () => job("expire_invitations"));
  });
});

describe("browsers", () => {
  it("that are signed out, by others or by their user, are named", async () => {
    const person = await shop.world.individual();
    await shop.world.session({ user: person, id: "desk", lastHeartbeatAt: Date.now() });
    const evicted = last(await telling("session.terminated", () => call("manage-session", "validate", person, { sessionId: "phone" })));
    assert.deepEqual((evicted.sent["sessions"] as Record<string, Json>[]).map(({ id, reason }) => [id, reason]), [["desk", "signed_in_elsewhere"]]);
    const ended = last(await telling("session.terminated", () => call("manage-session", "terminate", person, { sessionId: "phone" })));
    assert.deepEqual((ended.sent["sessions"] as Record<string, Json>[]).map(({ id, reason }) => [id, reason]), [["phone", "terminated"]]);
  });
});

describe("usage and trials", () => {
  it("are told of at their limits and their ends", async () => {
    const person = await shop.world.individual();
    await shop.world.uploads(person.organizationId, 79);
    const track = () => ok(shop.system.call("track-usage", { path: "/track", body: { feature: "uploads" }, token: person.token }));
    const alert = last(await telling("usage.alert", track));
    assert.deepEqual([alert.sent["feature"], alert.sent["alert"], alert.sent["used"], alert.sent["limit"]], ["uploads", "80_percent", 80, 100]);
    await shop.world.uploads(person.organizationId, 99);
    await telling("usage.limit_reached", track);
    await shop.system.sql("UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = ? WHERE organization_id = ?", Date.now() + DAY / 2, person.organizationId);
    const ending = last(await telling("trial.ending", () => job("warn_trials")));
    assert.deepEqual([ending.organization, ending.sent["days"]], [person.organizationId, 1]);
    await shop.system.sql("UPDATE org_subscriptions SET trial_ends_at = ? WHERE organization_id = ?", Date.now() - 1, person.organizationId);
    const ended = last(await telling("trial.ended", () => job("end_trials")));
    assert.deepEqual(ended["organization"], ending["organization"]);
  });
});

describe("an endpoint", () => {
  it("that says it is gone is told of", async () => {
    const receiver = await Receiver.open();
    try {
      const { id, owner, members, admins } = await crew();
      const gone = await shop.world.endpoint({ organizationId: id, url: receiver.url("gone", 410) });
      await call("manage-members", "remove", owner, { memberId: members[0]?.id });
      // One that has not answered yet is tried by itself.
      await job("deliver_outbox");
      const disabled = last(await telling("webhook.endpoint_disabled", () => job("probe_endpoints")));
      assert.deepEqual([disabled.organization, disabled.target], [id, gone]);
      // One of the operator's own is told of to nobody's organization, in the same form.
      const own = await shop.world.endpoint({ url: receiver.url("own", 410) });
      await call("manage-members", "remove", owner, { memberId: admins[0]?.id });
      await job("deliver_outbox");
      await job("probe_endpoints");
      const [event, ...more] = await shop.system.sql("SELECT event_type, target_id, payload FROM operator_events");
      assert.deepEqual([event?.["event_type"], event?.["target_id"], more], ["webhook.endpoint_disabled", own, []]);
      const holds = documented().get("webhook.endpoint_disabled")?.holds ?? assert.fail("no schema");
      assert.ok(holds(JSON.parse(String(event?.["payload"]))), JSON.stringify(holds.errors));
    } finally {
      await receiver.close();
    }
  });
});

describe("billing", () => {
  const buy = (payer: Payer): Stripe.Subscription => shop.stripe.subscription({ customer: payer.customer, price: "price_professional_month" });
  const of = (subscription: Stripe.Subscription): Stripe.Event[] => shop.stripe.events.filter(({ data: { object } }) =>
    ("id" in object && object.id === subscription.id) || (object.object === "invoice" && object.parent?.subscription_details?.subscription === subscription.id));

  it("is told of as it is kept", async () => {
    const payer = await shop.payer();
    await shop.buys(payer, "starter");
    await telling("subscription.updated", () => ok(shop.post("change-plan", payer, { plan: "professional", interval: "month" })));
    const changed = last((await told()).filter(({ type, organization }) => type === "subscription.updated" && organization === payer.organizationId));
    assert.deepEqual([(changed.sent["subscription"] as Record<string, Json>)["plan"], changed.sent["by"]], ["professional", { id: payer.id }]);

    const other = await shop.payer();
    const subscription = buy(other);
    const begun = last(await telling("user.subscribed", () => shop.tell(of(subscription))));
    assert.equal((begun.sent["subscription"] as Record<string, Json>)["plan"], "professional");
    const paid = last((await told()).filter(({ type, organization }) => type === "invoice.paid" && organization === other.organizationId));
    assert.deepEqual([(paid.sent["invoice"] as Record<string, Json>)["status"], (paid.sent["invoice"] as Record<string, Json>)["paidCents"]], ["paid", 19_900]);
    const charge = shop.stripe.chargeOf(shop.stripe.latestInvoice(subscription.id).id);
    await telling("payment.refunded", () => shop.tell(shop.stripe.refund(charge.id, 4_000)));
    for (const [type, stripe, status] of [["payment.disputed", "charge.dispute.created", "needs_response"], ["payment.dispute_closed", "charge.dispute.closed", "lost"]] as const) {
      const dispute = { id: `dp_${charge.id}`, object: "dispute", charge: charge.id, amount: 1_900, currency: "usd", reason: "fraudulent", status };
      await telling(type, () => shop.tell([shop.stripe.event(stripe, dispute as unknown as Stripe.Dispute)]));
    }
    await telling("invoice.payment_failed", () => shop.tell(shop.stripe.renew(subscription.id, { paid: false })));
    const invoice = shop.stripe.latestInvoice(subscription.id);
    for (const [type, stripe] of [["invoice.payment_action_required", "invoice.payment_action_required"], ["invoice.uncollectible", "invoice.marked_uncollectible"]] as const) {
      await telling(type, () => shop.tell([shop.stripe.event(stripe, invoice)]));
    }
    await telling("invoice.voided", () => shop.tell(shop.stripe.voidInvoice(invoice.id)));
    const ended = last(await telling("subscription.canceled", () => shop.tell(shop.stripe.cancelNow(subscription.id))));
    assert.equal((ended.sent["subscription"] as Record<string, Json>)["status"], "canceled");
  });

  it("tells of checkout pages and of customers that are gone", async () => {
    const payer = await shop.payer();
    const open = async (who: Payer): Promise<Stripe.Checkout.Session> => {
      const reply = await ok(shop.post("checkout", who, { plan: "starter", interval: "month" }));
      return shop.stripe.account.session(String(reply.body["checkoutSessionId"]));
    };
    // Asked again within a day, it is the same page; so another payer lets theirs run out.
    const other = await shop.payer();
    await telling("checkout.expired", async () => shop.tell(shop.stripe.expireCheckout((await open(other)).id)));
    const session = await open(payer);
    await telling("checkout.completed", () => shop.tell(shop.stripe.completeCheckout(session.id)));
    for (const [type, stripe] of [["checkout.payment_succeeded", "checkout.session.async_payment_succeeded"], ["checkout.payment_failed", "checkout.session.async_payment_failed"]] as const) {
      await telling(type, () => shop.tell([shop.stripe.event(stripe, shop.stripe.account.session(session.id))]));
    }
    await telling("billing.customer_deleted", () => shop.tell([shop.stripe.event("customer.deleted", { id: payer.customer, object: "customer", deleted: true } as unknown as Stripe.Customer)]));
  });
});

describe("every event that was told in all this", () => {
  it("is of a type that docs/EVENTS.md has, and as its schema says", async () => {
    const types = documented();
    for (const { type, sent } of await told()) {
      const holds = types.get(type)?.holds;
      assert.ok(holds, `docs/EVENTS.md has no ${type}`);
      assert.ok(holds(sent), `${type}: ${JSON.stringify(holds.errors)} in ${JSON.stringify(sent)}`);
    }
  });

  it("is of every type that it has", async () => {
    const seen = new Set((await told()).map(({ type }) => type));
    assert.deepEqual([...documented().keys()].filter((type) => !seen.has(type)), []);
  });
});

async function crew(): Promise<{ id: string; owner: Person; members: Person[]; admins: Person[] }> {
  const { id, owner, members, admins } = await shop.world.team({ members: { admin: 1, member: 1 } });
  return { id, owner, members, admins };
}
