// Endpoints that hang, of two organizations that were there first: the events of a third one are on time.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { textAt } from "./harness/answers.ts";
import { idPrefix } from "./harness/moments.ts";
import { Receiver } from "./harness/receiver.ts";
import { startSystem, type System } from "./harness/system.ts";
import { World, type Team } from "./harness/world.ts";

/** What an organization may have. */
const MOST = 20;

let system: System;
let world: World;
let receiver: Receiver;
let victim: Team;
let others: Team[];
before(async () => {
  // Longer than what is called slow, and less than ten seconds.
  system = await startSystem({ scheduled: true, bindings: { WEBHOOKS_TIMEOUT_MS: "4000" } });
  world = new World(system);
  receiver = await Receiver.open();
});
after(async () => {
  await system.close();
  await receiver.close();
});
beforeEach(async () => {
  for (const table of ["webhook_deliveries", "webhook_endpoints", "outbox", "scheduled_jobs"]) await system.sql(`DELETE FROM ${table}`);
  receiver.got.length = 0;
  others = [await world.team(), await world.team()];
  victim = await world.team();
  for (const { id: organizationId } of others) {
    for (let number = 0; number < MOST; number += 1) await world.endpoint({ organizationId, url: receiver.url(`hanging-${organizationId}`, "hangs") });
  }
  const last = await world.endpoint({ organizationId: victim.id, url: receiver.url("victim") });
  await system.sql("UPDATE webhook_endpoints SET id = 'ffffffff-' || id WHERE id = ?", last);
});

let made = 0;
/** An event of each, the victim's last. */
async function events(): Promise<void> {
  const now = Date.now();
  await system.batch([...others, victim].map(({ id }) => ({
    sql: "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at) VALUES (?, ?, 'member.removed', 'somebody', ?)",
    values: [`${idPrefix(now)}-7${String(made++).padStart(8, "0")}`, id, now],
  })));
}

async function run(job: string): Promise<void> {
  const [line] = (await system.tick(`job:${job}`)) as unknown as { cause: string | null }[];
  assert.equal(line?.cause, null, JSON.stringify(line));
}

const triedOf = ({ id }: Team): number => receiver.at(`hanging-${id}`).length;

describe("a third organization hears of its events in the first minute", () => {
  it("where endpoints that answered begin to hang", async () => {
    await system.sql("UPDATE webhook_endpoints SET answered_at = created_at");
    await events();
    await run("deliver_outbox");
    assert.equal(receiver.at("victim").length, 1);
    for (const other of others) assert.ok(triedOf(other) <= 6, `${triedOf(other)} of one organization`);
  });

  it("where those that hang are resumed each minute", async () => {
    await system.sql("UPDATE webhook_endpoints SET answered_at = created_at WHERE organization_id = ?", victim.id);
    for (let minute = 1; minute <= 2; minute += 1) {
      await events();
      for (const job of ["deliver_outbox", "retry_deliveries"]) await run(job);
      assert.equal(receiver.at("victim").length, minute);
      await run("probe_endpoints");
      for (const { id, owner } of others) {
        for (const row of await system.sql("SELECT id FROM webhook_endpoints WHERE organization_id = ? AND failing_since IS NOT NULL", id)) {
          const reply = await system.call("webhooks", { path: "/resume", body: { endpoint: row["id"] }, token: owner.token });
          assert.equal(reply.status, 200, reply.text);
        }
      }
    }
    for (const other of others) assert.ok(triedOf(other) >= 1 && triedOf(other) <= 2 * 6, `${triedOf(other)} of one organization`);
  });

  it("where its own endpoint is a new one among them", async () => {
    await events();
    for (const job of ["deliver_outbox", "retry_deliveries", "probe_endpoints"]) await run(job);
    assert.equal(receiver.at("victim").length, 1);
  });
});

describe("what is replied while a page is sent holds for the rest of it", () => {
  /** A receiver takes longer than what was read of endpoints is good for, and less than what is called slow. */
  const LONGER = 1_200;

  it("that a secret is dropped, that one is paused, and that one is removed", async () => {
    // given: three endpoints of the victim's, whose owner does that while the first deliveries of the page are under way
    await system.sql("DELETE FROM webhook_endpoints");
    const asked = (path: string, body: Record<string, unknown>) => system.call("webhooks", { path: `/${path}`, body, token: victim.owner.token });
    const secrets: Record<string, string> = {};
    const done = new Map<string, Promise<number>>();
    for (const action of ["rotate", "pause", "remove"]) {
      const change = async (): Promise<number> => {
        const reply = await asked(action, { endpoint: id, ...(action === "rotate" && { compromised: true }) });
        assert.equal(reply.status, 200, reply.text);
        if (action === "rotate") secrets["changed"] = textAt(reply, "secret");
        await wait(LONGER);
        return 200;
      };
      const manner = (): Promise<number> => {
        const first = done.get(action) ?? change();
        done.set(action, first);
        return first;
      };
      const made = await asked("create", { url: receiver.url(action, manner) });
      assert.equal(made.status, 201, made.text);
      const id = textAt(made, "endpoint", "id");
      if (action === "rotate") secrets["first"] = textAt(made, "secret");
    }
    await system.sql("UPDATE webhook_endpoints SET answered_at = created_at");
    for (let count = 0; count < 9; count += 1) await events();
    // when
    await run("deliver_outbox");
    // then: two of each were under way
    assert.deepEqual(["rotate", "pause", "remove"].map((action) => receiver.at(action).length), [9, 2, 2]);
    receiver.at("rotate").forEach(({ body, headers }, place) => {
      const verify = (secret: string | undefined) => new Webhook(String(secret)).verify(body, headers as Record<string, string>);
      const [holds, fails] = place < 2 ? ["first", "changed"] : ["changed", "first"];
      verify(secrets[holds as string]);
      assert.throws(() => verify(secrets[fails as string]), `${place}`);
    });
  });
});
