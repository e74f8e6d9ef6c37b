// track-upload: what counts, what is left, and that a repeated request counts once.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { succeeds } from "./harness/answers.ts";
import { aSentence, refuses, replies, time, type Expected } from "./harness/expect.ts";
import { startSystem, type System } from "./harness/system.ts";
import { DAY, MINUTE, World, startOfMonth, type Person } from "./harness/world.ts";

const TYPES = ["rate_sheet", "comparison", "rate_deck", "bulk_adjustment"];

let system: System;
let world: World;
before(async () => {
  system = await startSystem();
  world = new World(system);
});
after(() => system.close());

const count = (who: Pick<Person, "token">, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  system.call("track-upload", { body: { uploadType: "rate_sheet", ...body }, headers, token: who.token });
const status = (who: Pick<Person, "token">) => system.call("track-upload", { method: "GET", token: who.token });

/** The counters as they are stored: this month's and the lifetime's. */
async function totals(organizationId: string): Promise<{ month: number; lifetime: number }> {
  const rows = await system.sql("SELECT period_start, quantity FROM usage_counters WHERE organization_id = ?", organizationId);
  const of = (start: number): number => Number(rows.find(({ period_start }) => period_start === start)?.["quantity"] ?? 0);
  return { month: of(startOfMonth(Date.now())), lifetime: rows.reduce((sum, { quantity }) => sum + Number(quantity), 0) };
}

const nextReset = (): Expected => time(startOfMonth(Date.now(), 1));

/** A success on the starter plan with so many uploads made. */
const onStarter = (total: number, uploadCount: number, lifetime = total, uploadType: string | null = "rate_sheet"): { [name: string]: Expected } => ({
  uploadType,
  uploadCount,
  totalUploads: total,
  lifetimeUploads: lifetime,
  uploadLimit: 100,
  remaining: 100 - total,
  tier: "starter",
  isUnlimited: false,
  nextResetDate: nextReset(),
});

const overLimit = (currentUploads: number): { [name: string]: Expected } => ({
  limitExceeded: true,
  currentUploads,
  uploadLimit: 100,
  remaining: 100 - currentUploads,
  tier: "starter",
  upgradeRequired: true,
  nextResetDate: nextReset(),
});

describe("counting", () => {
  it("counts one where nothing else is said", async () => {
    const person = await world.individual();
    succeeds(await count(person, {}), 200, onStarter(1, 1));
    assert.deepEqual(await totals(person.organizationId), { month: 1, lifetime: 1 });
  });

  it("counts every kind against the same allowance", async () => {
    const person = await world.individual();
    for (const [place, uploadType] of TYPES.entries()) {
      succeeds(await count(person, { uploadType }), 200, onStarter(place + 1, 1, place + 1, uploadType));
    }
  });

  it("counts several at once", async () => {
    const person = await world.individual();
    succeeds(await count(person, { uploadCount: 40 }), 200, onStarter(40, 40));
    succeeds(await count(person, { uploadCount: 60 }), 200, onStarter(100, 60));
  });

  it("keeps a lifetime total beside the month's", async () => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 10, 250);
    succeeds(await count(person, { uploadCount: 5 }), 200, onStarter(15, 5, 255));
  });

  it("writes who uploaded what into the ledger", async () => {
    const person = await world.individual();
    await count(person, { uploadType: "comparison", uploadCount: 3 });
    const rows = await system.sql("SELECT user_id, feature, event_type, quantity, accepted FROM usage_events WHERE organization_id = ?", person.organizationId);
    assert.deepEqual(rows, [{ user_id: person.id, feature: "uploads", event_type: "comparison", quantity: 3, accepted: 1 }]);
  });

  it("counts for the team that is the current organization, whoever uploads", async () => {
    const team = await world.team({ members: { member: 2 } });
    for (const [place, member] of team.members.entries()) {
      succeeds(await count(member, {}), 200, {
        uploadType: "rate_sheet", uploadCount: 1, totalUploads: place + 1, lifetimeUploads: place + 1, uploadLimit: -1, remaining: -1,
        tier: "enterprise", isUnlimited: true, nextResetDate: nextReset(),
      });
    }
    assert.deepEqual(await totals(team.id), { month: 2, lifetime: 2 });
  });

  it("has no limit on Professional", async () => {
    const person = await world.individual({ plan: "professional" });
    await world.uploads(person.organizationId, 5_000);
    succeeds(await count(person, { uploadCount: 10_000 }), 200, {
      uploadType: "rate_sheet", uploadCount: 10_000, totalUploads: 15_000, lifetimeUploads: 15_000, uploadLimit: -1, remaining: -1,
      tier: "professional", isUnlimited: true, nextResetDate: nextReset(),
    });
  });
});

describe("the limit", () => {
  it("is reached, but not passed, by the last upload", async () => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 99);
    succeeds(await count(person, {}), 200, onStarter(100, 1));
    refuses(await system.unchanged(() => count(person, {})), 429, "upload_limit_exceeded", overLimit(100));
  });

  it("refuses a batch that does not fit as a whole, and counts nothing of it", async () => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 95);
    refuses(await system.unchanged(() => count(person, { uploadCount: 6 })), 429, "upload_limit_exceeded", overLimit(95));
    succeeds(await count(person, { uploadCount: 5 }), 200, onStarter(100, 5));
  });

  it("moves with the plan at once", async () => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 100);
    await system.sql("UPDATE org_subscriptions SET plan_id = 'professional', status = 'active' WHERE organization_id = ?", person.organizationId);
    assert.equal((await count(person, {})).status, 200);
  });

  it("is told to the product once", async () => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 98);
    for (let uploads = 0; uploads < 4; uploads += 1) await count(person, {});
    const events = await system.sql("SELECT event_type, payload FROM outbox WHERE organization_id = ? ORDER BY payload", person.organizationId);
    assert.deepEqual(events.map(({ event_type: type, payload }) => {
      const { feature, alert, used, limit } = JSON.parse(String(payload)) as Record<string, unknown>;
      return { type, feature, alert, used, limit };
    }), [
      { type: "usage.limit_reached", feature: "uploads", alert: "100_percent", used: 100, limit: 100 },
      { type: "usage.alert", feature: "uploads", alert: "80_percent", used: 99, limit: 100 },
      { type: "usage.alert", feature: "uploads", alert: "upgrade_prompt", used: 100, limit: 100 },
    ]);
  });
});

describe("the status", () => {
  it("has the fields of a success and counts nothing", async () => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 42, 142);
    succeeds(await system.unchanged(() => status(person)), 200, onStarter(42, 0, 142, null));
    succeeds(await system.unchanged(() => system.call("track-upload", { action: "status", token: person.token })), 200, onStarter(42, 0, 142, null));
  });

  it("is there before the first upload, at the limit, and after the plan's end", async () => {
    const fresh = await world.individual();
    succeeds(await status(fresh), 200, onStarter(0, 0, 0, null));
    await world.uploads(fresh.organizationId, 100);
    succeeds(await status(fresh), 200, onStarter(100, 0, 100, null));
    const ended = await world.individual({ status: "trialing", trialEndsAt: Date.now() - MINUTE });
    succeeds(await status(ended), 200, onStarter(0, 0, 0, null));
  });

  it("shows nothing left, not less, where the limit shrank below what was used", async () => {
    const person = await world.individual();
    await world.uploads(person.organizationId, 130);
    const reply = await status(person);
    assert.equal(reply.body["totalUploads"], 130);
    assert.equal(reply.body["remaining"], 0);
  });
});

describe("a repeated request", () => {
  const keyed: [string, (key: string) => [Record<string, unknown>, Record<string, string>]][] = [
    ["the body's idempotencyKey", (key) => [{ idempotencyKey: key }, {}]],
    ["the header Idempotency-Key", (key) => [{}, { "idempotency-key": key }]],
  ];
  for (const [where, place] of keyed) {
    it(`counts once under ${where} and gets the first answer again`, async () => {
      const person = await world.individual();
      const [body, headers] = place(randomUUID());
      const first = await count(person, { uploadCount: 2, ...body }, headers);
      succeeds(first, 200, onStarter(2, 2));
      await count(person, {});
      const again = await system.unchanged(() => count(person, { uploadCount: 2, ...body }, headers));
      replies(again, 200, { ...first.body, replayed: true });
      assert.deepEqual(await totals(person.organizationId), { month: 3, lifetime: 3 });
    });
  }

  it("may carry its key here the first time and there the second", async () => {
    const person = await world.individual();
    const key = randomUUID();
    await count(person, {}, { "idempotency-key": key });
    const again = await count(person, { idempotencyKey: key });
    assert.equal(again.body["replayed"], true);
    assert.deepEqual(await totals(person.organizationId), { month: 1, lifetime: 1 });
  });

  it("gets a refusal again, even when there is room by then", async () => {
    const person = await world.individual();
    const key = randomUUID();
    await world.uploads(person.organizationId, 95);
    const first = await count(person, { uploadCount: 10, idempotencyKey: key });
    refuses(first, 429, "upload_limit_exceeded", overLimit(95));
    await world.uploads(person.organizationId, 0);
    const again = await system.unchanged(() => count(person, { uploadCount: 10, idempotencyKey: key }));
    replies(again, 429, { ...first.body, replayed: true });
  });

  it("gets a success again, even when nothing is left by then or the plan has ended", async () => {
    const person = await world.individual();
    const key = randomUUID();
    const first = await count(person, { idempotencyKey: key });
    await world.uploads(person.organizationId, 100);
    await system.sql("UPDATE org_subscriptions SET trial_ends_at = ? WHERE organization_id = ?", Date.now() - DAY, person.organizationId);
    replies(await system.unchanged(() => count(person, { idempotencyKey: key })), 200, { ...first.body, replayed: true });
  });

  const others: [string, Record<string, unknown>][] = [
    ["another type", { uploadType: "comparison", uploadCount: 2 }],
    ["another count", { uploadCount: 3 }],
  ];
  for (const [what, body] of others) {
    it(`is another request under the same key with ${what}`, async () => {
      const person = await world.individual();
      const idempotencyKey = randomUUID();
      await count(person, { uploadCount: 2, idempotencyKey });
      refuses(await system.unchanged(() => count(person, { ...body, idempotencyKey })), 409, "idempotency_key_reused");
    });
  }

  it("is nobody else's: two organizations may use the same key", async () => {
    const [one, other] = [await world.individual(), await world.individual()];
    await count(one, { idempotencyKey: "upload-1" });
    const reply = await count(other, { idempotencyKey: "upload-1" });
    succeeds(reply, 200, onStarter(1, 1));
  });

  it("cannot meet an upload without a key", async () => {
    const person = await world.individual();
    await count(person, {});
    const [event] = await system.sql("SELECT id FROM usage_events WHERE organization_id = ?", person.organizationId);
    const reply = await count(person, { idempotencyKey: String(event?.["id"]) });
    succeeds(reply, 200, onStarter(2, 1));
  });

  const badKeys: [string, string | number][] = [["empty", ""], ["of 256 characters", "k".repeat(256)], ["with a line break", "a\nb"], ["a number", 7]];
  for (const [what, idempotencyKey] of badKeys) {
    it(`is refused with a key that is ${what}`, async () => {
      const person = await world.individual();
      refuses(await system.unchanged(() => count(person, { idempotencyKey })), 400, "invalid_field", { field: "idempotencyKey" });
    });
  }

  it("takes a key of 255 characters, blanks among them", async () => {
    const person = await world.individual();
    const idempotencyKey = `a key ${"~".repeat(249)}`;
    assert.equal(idempotencyKey.length, 255);
    succeeds(await count(person, { idempotencyKey }), 200, onStarter(1, 1));
    assert.equal((await count(person, { idempotencyKey })).body["replayed"], true);
  });
});

describe("who may not upload", () => {
  it("a viewer may look", async () => {
    const team = await world.team({ members: { viewer: 1 } });
    const viewer = team.viewers[0] ?? team.owner;
    refuses(await system.unchanged(() => count(viewer, {})), 403, "forbidden");
    assert.equal((await status(viewer)).status, 200);
  });

  const ended: [string, () => Promise<{ who: Person; plan: string; status: string }>][] = [
    ["whose trial has ended", async () =>
      ({ who: await world.individual({ status: "trialing", trialEndsAt: Date.now() - 1 }), plan: "Starter", status: "trialing" })],
    ["whose subscription was canceled", async () =>
      ({ who: await world.individual({ plan: "professional", status: "canceled" }), plan: "Professional", status: "canceled" })],
    ["whose team waits for its checkout", async () =>
      ({ who: (await world.team({ status: "incomplete" })).owner, plan: "Enterprise", status: "incomplete" })],
    ["whose team's trial has ended", async () =>
      ({ who: (await world.team({ status: "trialing", trialEndsAt: Date.now() - 1 })).owner, plan: "Enterprise", status: "trialing" })],
    ["whose bill was never paid", async () =>
      ({ who: await world.individual({ plan: "starter", status: "unpaid" }), plan: "Starter", status: "unpaid" })],
  ];
  for (const [who, prepare] of ended) {
    it(`somebody ${who}`, async () => {
      const { who: person, plan, status: state } = await prepare();
      refuses(await system.unchanged(() => count(person, {})), 402, "subscription_required", { plan, status: state, upgradeRequired: true });
    });
  }

  it("somebody whose trial still runs may", async () => {
    const person = await world.individual({ status: "trialing", trialEndsAt: Date.now() + MINUTE });
    succeeds(await count(person, {}), 200, onStarter(1, 1));
  });
});

describe("what is refused", () => {
  const wrong: [string, Record<string, unknown>, string][] = [
    ["no type", { uploadType: undefined }, "uploadType"],
    ["an unknown type", { uploadType: "holiday_photo" }, "uploadType"],
    ["a type in capitals", { uploadType: "RATE_SHEET" }, "uploadType"],
    ["a type that is a list", { uploadType: ["rate_sheet"] }, "uploadType"],
    ["no upload", { uploadCount: 0 }, "uploadCount"],
    ["a negative count", { uploadCount: -5 }, "uploadCount"],
    ["half an upload", { uploadCount: 1.5 }, "uploadCount"],
    ["10 001 uploads", { uploadCount: 10_001 }, "uploadCount"],
    ["a count in letters", { uploadCount: "1" }, "uploadCount"],
    ["a count without an end", { uploadCount: 1e300 }, "uploadCount"],
  ];
  for (const [what, body, field] of wrong) {
    it(what, async () => {
      const person = await world.individual();
      refuses(await system.unchanged(() => count(person, body)), 400, "invalid_field", { field });
    });
  }

  it("names the types that there are", async () => {
    const reply = await count(await world.individual(), { uploadType: "holiday_photo" });
    for (const type of TYPES) assert.ok(String(reply.body["error"]).includes(type), type);
    replies(reply, 400, { success: false, code: "invalid_field", field: "uploadType", error: aSentence, message: aSentence });
  });
});
