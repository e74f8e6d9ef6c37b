// Who has used how much of what in the period of now: before and after the scheduler has added it up, for whoever may know it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { refuses } from "./harness/expect.ts";
import { Product } from "./harness/product.ts";
import type { Json, Reply } from "./harness/system.ts";
import { LASTING, token } from "./harness/tokens.ts";
import { MINUTE, type Person, type Role } from "./harness/world.ts";

const BEGINS = Date.parse("2026-03-10T12:00:00.000Z");

let product: Product;
before(async () => { product = await Product.open("starter-kit", { hasClock: true, scheduled: true }); });
after(() => product.close());

interface Crew {
  organizationId: string;
  owner: Person;
  admin: Person;
  member: Person;
  viewer: Person;
}

/** A team on a plan without limits, with one of each role, which all joined one after the other. */
async function crew(): Promise<Crew> {
  await product.system.setClock(BEGINS);
  const person = (): Promise<Person> => product.world.individual({ plan: "free", createdAt: BEGINS - 60 * MINUTE, claims: LASTING });
  const [owner, admin, member, viewer] = [await person(), await person(), await person(), await person()];
  const { id } = await product.world.team({ owner, plan: "enterprise", status: "active", createdAt: BEGINS - 60 * MINUTE });
  for (const [place, [one, role]] of ([[admin, "admin"], [member, "member"], [viewer, "viewer"]] as [Person, Role][]).entries()) {
    await product.world.join(id, one, role);
    await product.system.sql("UPDATE organization_members SET joined_at = ? WHERE organization_id = ? AND user_id = ?", BEGINS - MINUTE + place, id, one.id);
  }
  return { organizationId: id, owner, admin, member, viewer };
}

async function track(who: { token: string }, feature: string, quantity: number, more: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<void> {
  const reply = await product.post(who, "track", { feature, quantity, ...more }, headers);
  assert.equal(reply.status, 200, reply.text);
}

/** Each person's meters, of a reply that was one trip. */
function shares(reply: Reply): Json[] {
  assert.deepEqual([reply.status, reply.cost?.batches], [200, 1], reply.text);
  return (reply.body["people"] as { userId: string; used: { feature: string; quantity: number }[] }[])
    .map(({ userId, used }) => [userId, Object.fromEntries(used.map(({ feature, quantity }) => [feature, quantity]))]);
}

describe("people", () => {
  it("have each their share of each meter, the same before and after it is added up, and of the next month none", async () => {
    const { organizationId, owner, admin, member, viewer } = await crew();
    const key = await product.key({ organizationId });
    await track(owner, "max_api_calls_per_month", 3);
    await track(admin, "max_records", 5, { idempotencyKey: "five" });
    await track(admin, "max_records", 5, { idempotencyKey: "five" });
    await track(member, "max_records", 4);
    assert.equal((await product.post(admin, "release", { feature: "max_records", quantity: 2 })).status, 200);
    await track({ token: key }, "max_api_calls_per_month", 7, { userId: member.id });
    await track({ token: key }, "max_api_calls_per_month", 11, { userId: "somebody-of-the-products" });
    await track({ token: key }, "max_api_calls_per_month", 13);
    const expected = [
      [owner.id, { max_api_calls_per_month: 3 }], [admin.id, { max_records: 3 }], [member.id, { max_api_calls_per_month: 7, max_records: 4 }], [viewer.id, {}],
    ];

    const fresh = await product.get(owner, "people");
    assert.deepEqual(shares(fresh), expected);
    const meters = fresh.body["meters"] as { feature: string; quantity: number; periodStart: string | null; resetsAt: string | null }[];
    assert.deepEqual(meters.filter(({ quantity }) => quantity !== 0), [
      { feature: "max_api_calls_per_month", quantity: 34, periodStart: "2026-03-01T00:00:00.000Z", resetsAt: "2026-04-01T00:00:00.000Z" },
      { feature: "max_records", quantity: 7, periodStart: null, resetsAt: null },
    ]);

    await product.system.setClock(BEGINS + 61 * MINUTE);
    await product.rollUp();
    const [added] = await product.system.sql("SELECT COUNT(*) AS sums FROM usage_by_person WHERE organization_id = ?", organizationId);
    assert.equal(Number(added?.["sums"]), 4);
    assert.deepEqual(shares(await product.get(owner, "people")), expected);
    // What comes later stands beside the sums.
    await track(member, "max_records", 1);
    assert.deepEqual(shares(await product.get(owner, "people"))[2], [member.id, { max_api_calls_per_month: 7, max_records: 5 }]);

    await product.system.setClock("2026-04-01T00:00:00.000Z");
    assert.deepEqual(shares(await product.get(owner, "people")), [[owner.id, {}], [admin.id, { max_records: 3 }], [member.id, { max_records: 5 }], [viewer.id, {}]]);
  });

  it("are seen by owners, admins and keys; by others only themselves, and by nobody else", async () => {
    const { organizationId, owner, admin, member, viewer } = await crew();
    for (const one of [owner, admin, member]) await track(one, "max_records", 2);
    const ids = async (who: { token: string }): Promise<Json[]> => shares(await product.get(who, "people", { "x-organization-id": organizationId })).map((share) => (share as Json[])[0] ?? null);
    const all = [owner.id, admin.id, member.id, viewer.id];
    assert.deepEqual(await ids(owner), all);
    assert.deepEqual(await ids(admin), all);
    assert.deepEqual(await ids({ token: await product.key() }), all);
    assert.deepEqual(await ids(member), [member.id]);
    assert.deepEqual(await ids(viewer), [viewer.id]);

    const about = { "x-organization-id": organizationId };
    const stranger = await product.world.individual({ plan: "free", claims: LASTING });
    refuses(await product.get(stranger, "people", about), 404, "organization_not_found");
    const other = await product.key({ organizationId: stranger.organizationId });
    refuses(await product.get({ token: other }, "people", about), 404, "organization_not_found");
    refuses(await product.get({ token: await product.key({ scopes: ["usage:write"] }) }, "people", about), 403, "scope_missing", { scope: "usage:read" });
    const claims = { sub: owner.id, email: owner.email };
    for (const bad of [token({ ...claims, ...LASTING }, { secret: "another one, which is as long as it has to be" }), token({ ...claims, iat: 1, exp: 2 }), "no token", ""]) {
      refuses(await product.get({ token: bad }, "people", about), 401, "unauthenticated");
    }
    // Whoever is removed is gone from the next reply on.
    await product.system.sql("DELETE FROM organization_members WHERE organization_id = ? AND user_id = ?", organizationId, member.id);
    refuses(await product.get(member, "people", about), 404, "organization_not_found");
    assert.deepEqual(await ids(owner), [owner.id, admin.id, viewer.id]);
  });

  it("come by page, and a page that there is not is refused", async () => {
    const { owner, admin, member, viewer } = await crew();
    const seen: Json[] = [];
    let cursor = "";
    do {
      const reply = await product.get(owner, `people?limit=1${cursor}`);
      seen.push(...shares(reply));
      cursor = reply.body["nextCursor"] === null ? "" : `&cursor=${encodeURIComponent(String(reply.body["nextCursor"]))}`;
    } while (cursor !== "");
    assert.deepEqual(seen, [[owner.id, {}], [admin.id, {}], [member.id, {}], [viewer.id, {}]]);
    for (const [query, field] of [["limit=0", "limit"], ["limit=101", "limit"], ["limit=one", "limit"], ["cursor=x", "cursor"]] as const) {
      refuses(await product.get(owner, `people?${query}`), 400, "invalid_field", { field });
    }
  });
});
