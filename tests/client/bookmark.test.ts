// The client keeps the newest state of the database that it has met, and asks for no older one.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { createClient, type Client, type Incoming, type Outgoing } from "../../client/src/index.ts";
import { LocalD1 } from "../harness/d1.ts";
import { startSystem, type System } from "../harness/system.ts";
import { World } from "../harness/world.ts";

const HEADER = "x-d1-bookmark";

/** A client whose replies name these states, one after the other; `sent` has what its requests asked for. */
function naming(states: (string | null)[], url = ""): { client: Client; sent: (string | undefined)[] } {
  const sent: (string | undefined)[] = [];
  const transport = ({ headers }: Outgoing): Promise<Incoming> => {
    sent.push(headers[HEADER]);
    const state = states.shift() ?? null;
    return Promise.resolve({ status: 200, body: { success: true }, text: "", header: (name) => (name === HEADER ? state : null) });
  };
  return { client: createClient({ url, transport }), sent };
}

async function asks(client: Client, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await client.billing.plans();
}

describe("a client", () => {
  it("asks for the newest state that it has met, and for none before it has met one", async () => {
    const { client, sent } = naming(["05", "07", null, "07", "09"]);
    await asks(client, 6);
    assert.deepEqual(sent, [undefined, "05", "07", "07", "07", "09"]);
  });

  it("keeps the newest of those that come back at once", async () => {
    const { client, sent } = naming(["05", "09", "07"]);
    await asks(client, 1);
    await Promise.all([asks(client, 1), asks(client, 1)]);
    await asks(client, 1);
    assert.deepEqual(sent, [undefined, "05", "05", "09"]);
  });

  it("forgets the states of a database that is there no more", async () => {
    const { client, sent } = naming(["09", "02", "03"]);
    await asks(client, 4);
    assert.deepEqual(sent, [undefined, "09", "02", "03"]);
  });

  describe("on a page", () => {
    const kept = new Map<string, string>();
    const page = {
      document: {},
      localStorage: { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value) },
    };
    before(() => void Object.assign(globalThis, page));
    after(() => {
      for (const name of Object.keys(page)) Reflect.deleteProperty(globalThis, name);
    });
    afterEach(() => kept.clear());

    it("shares it with the other pages of the origin, and with the next one", async () => {
      const [one, other] = [naming(["05"]), naming(["07"])];
      await asks(one.client, 1);
      await asks(other.client, 1);
      assert.deepEqual(other.sent, ["05"]);
      await asks(one.client, 1);
      assert.deepEqual(one.sent, [undefined, "07"]);
    });

    it("shares none with another Tallygate", async () => {
      const [one, other] = [naming(["05"], "https://one.example.com"), naming(["07"], "https://other.example.com")];
      await asks(one.client, 1);
      await asks(other.client, 2);
      assert.deepEqual(other.sent, [undefined, "07"]);
    });

    it("goes on where the page's storage is shut", async () => {
      const { client, sent } = naming(["05"]);
      const { localStorage } = page;
      Object.assign(globalThis, { localStorage: { getItem: () => assert.fail("shut"), setItem: () => assert.fail("shut") } });
      await asks(client, 2);
      Object.assign(globalThis, { localStorage });
      assert.deepEqual(sent, [undefined, "05"]);
    });
  });
});

describe("with replicas that lag", () => {
  let system: System;
  before(async () => {
    system = await startSystem({ database: new LocalD1({ replicaLag: 3 }) });
  });
  after(() => system.close());

  it("somebody sees what they have just done, by whichever function", async () => {
    const person = await new World(system).individual();
    const client = createClient({ url: system.url, getToken: () => person.token });
    for (const total of [1, 2, 3]) {
      await client.trackUpload.count({ uploadType: "rate_sheet" });
      const near = await system.tripsNear();
      assert.equal((await client.trackUpload.status()).totalUploads, total);
      assert.equal((await client.trackUsage.entitlements()).features.find(({ feature }) => feature === "uploads")?.used, total);
      assert.equal((await system.tripsNear()) - near, 2, "both were asked of a replica");
    }
  });
});
