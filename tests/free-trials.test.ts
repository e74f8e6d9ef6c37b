// A plan that costs nothing and has a trial: what is free is the trial, whichever way a team comes to it.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { at, textAt } from "./harness/answers.ts";
import { refuses } from "./harness/expect.ts";
import { Product } from "./harness/product.ts";
import type { Reply } from "./harness/system.ts";

let product: Product;
before(async () => { product = await Product.open("voice-training"); });
after(() => product.close());

const found = (who: { token: string }, name: string, plan?: string): Promise<Reply> =>
  product.system.call("create-organization", { body: { name, plan }, token: who.token });
const convert = (who: { token: string }, body: Record<string, unknown> = {}): Promise<Reply> =>
  product.system.call("identity", { path: "/convert", body, token: who.token });
const statusOf = (reply: Reply): string => textAt(reply, "organization", "status");

it("is a founder's once, and no further team has it for good", async () => {
  const who = await product.customer();
  assert.equal(statusOf(await found(who, "First Team")), "trialing");
  const second = await found(who, "Second Team", "trial");
  assert.deepEqual([second.status, statusOf(second)], [201, "incomplete"]);
  const organizationId = textAt(second, "organization", "id");
  const invited = await product.system.call("invite-user", { body: { email: "guest@example.com", organizationId }, token: who.token });
  refuses(invited, 402, "subscription_required", { plan: "Team trial", status: "incomplete", upgradeRequired: true });
  const counted = await product.post(who, "track", { feature: "training_sessions" }, { "x-organization-id": organizationId });
  assert.equal(counted.status, 402, counted.text);
});

it("is not for whoever has an address that nobody has confirmed", async () => {
  assert.equal(statusOf(await found(product.world.stranger({ claims: { email_verified: false } }), "Unconfirmed")), "incomplete");
});

it("is not had a second time by a conversion", async () => {
  const who = await product.customer();
  await found(who, "First Team");
  const personal = { organizationId: who.organizationId };
  const refusal = await product.system.unchanged(() => convert(who, personal));
  refuses(refusal, 402, "subscription_required", { plan: "Team trial", status: "incomplete", upgradeRequired: true });
  const other = await product.customer();
  const converted = await convert(other);
  assert.equal(statusOf(converted), "trialing");
  assert.equal(at(converted, "personalOrganization", "status"), "active", "the individuals' plan has no trial: it is free");
});
