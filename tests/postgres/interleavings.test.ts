// Two operations that touch the same rule, interleaved at every statement on real Postgres: the outcome is that of one of
// the two serial orders. The batches are those of the built functions, taken away from the bridge.
//
// WITHOUT_LOCKS=1 takes the locks out of the batches: then pairs must fail, or this test finds nothing.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import pg from "pg";
import type { ArrivedBatch } from "../../scripts/local/postgres/bridge.ts";
import { CALLS } from "../harness/calls.ts";
import { LocalPostgres } from "../harness/postgres.ts";
import { startSystem, type System } from "../harness/system.ts";
import { World } from "../harness/world.ts";
import { PAIRS, type Step } from "./interleaving/pairs.ts";
import { Scene } from "./interleaving/scene.ts";
import { interleave, Transaction } from "./interleaving/scheduler.ts";

const WITHOUT_LOCKS = process.env["WITHOUT_LOCKS"] !== undefined;

/** What only reads, is one row of one person or address in one statement (`mails`), or is written by Stripe's answer alone: `billing-races.test.ts` and `billing-order.test.ts` have those. */
const NOT_HERE = [
  "manage-session check", "manage-session list", "track-upload status", "invite-user list", "accept-invitation preview",
  "manage-members list", "billing checkout", "billing portal", "billing preview", "billing change-plan", "billing cancel", "billing resume",
  "track-usage check", "track-usage entitlements", "track-usage summary", "track-usage events", "track-usage people", "track-usage alerts", "track-usage list-calls", "track-usage reservations",
  "billing history", "billing plans", "billing webhook", "identity convert-preview", "identity convert-back-preview", "identity before-user-created",
  "webhooks list", "webhooks test", "webhooks deliveries", "webhooks audit", "webhooks audit-export",
  "mails unsubscribe", "mails preferences", "mails resend",
  "account me", "account sessions", "account organizations", "account subscription", "account packages", "account export",
  // The same statements as `terminate`.
  "account end-session",
  // The same statements as `clerk`.
  "identity after-user-created", "identity personal-organization",
];

/** Filled as the pairs run. */
const walked = new Set<string>();

let database: LocalPostgres;
let system: System;
let world: World;
let admin: pg.Client;
let clients: [pg.Client, pg.Client];
/** As the role that the console signs in with. */
let ofConsole: [pg.Client, pg.Client];
before(async () => {
  database = await LocalPostgres.open({});
  // Locks are found by their text, so nothing is kept where they are to be taken out.
  system = await startSystem({ database, bindings: WITHOUT_LOCKS ? { POSTGRES_KEEP_AFTER: "0" } : {} });
  world = new World(system);
});
after(() => system.close());
// For each pair: a connection goes through all plans that it keeps for each table that is emptied or made anew.
beforeEach(async () => {
  const asRole = (role: string) => new pg.Client({ connectionString: database.url(role), options: "-c plan_cache_mode=force_generic_plan" });
  admin = new pg.Client({ connectionString: database.url("postgres") });
  clients = [asRole("tallygate"), asRole("tallygate")];
  ofConsole = [asRole("tallygate_console"), asRole("tallygate_console")];
  await Promise.all([admin, ...clients, ...ofConsole].map((client) => client.connect()));
});
afterEach(() => Promise.all([admin, ...clients, ...ofConsole].map((client) => client.end())));

/** The batch that a request would run. */
async function taken({ fn, ask, before = 0 }: Step): Promise<ArrivedBatch> {
  let batch: ArrivedBatch | undefined;
  let passed = 0;
  database.bridge.onArrival = (arrived) => {
    if (passed++ < before) return false;
    batch ??= arrived;
    return true;
  };
  try {
    const reply = await system.call(fn, ask);
    assert.equal(reply.status, fn === "console" ? 404 : 500, `its batch was taken away: ${reply.text}`);
  } finally {
    database.bridge.onArrival = () => false;
  }
  assert.ok(batch, "it has a batch");
  if (!WITHOUT_LOCKS) return batch;
  return { ...batch, statements: batch.statements.filter(({ text }) => !text.includes("FOR NO KEY UPDATE")) };
}

describe("the outcome is that of one after the other", () => {
  for (const pair of PAIRS) {
    it(`${pair.name} (${pair.rule})`, async () => {
      await Scene.clear(admin);
      const [one, two] = await pair.steps(world);
      for (const { fn, action } of [one, two]) walked.add(`${fn} ${action}`);
      const batches = [await taken(one), await taken(two)] as const;
      const scene = await Scene.takeDown(admin);
      const fresh = (place: 0 | 1) => new Transaction(([one, two][place]?.fn === "console" ? ofConsole : clients)[place], batches[place]);

      const serial: Record<string, string[]>[] = [];
      for (const order of [[0, 1], [1, 0]] as const) {
        await scene.putBack();
        for (const place of order) await fresh(place).toTheEnd();
        serial.push(await scene.rows());
      }
      for (const [first, second] of [[0, 1], [1, 0]] as const) {
        for (let steps = 1; steps < fresh(first).length; steps += 1) {
          await scene.putBack();
          await interleave(fresh(first), fresh(second), steps, admin);
          const rows = await scene.rows();
          const same = serial.some((outcome) => JSON.stringify(outcome) === JSON.stringify(rows));
          if (!same) {
            assert.deepEqual(rows, serial[first], `after ${steps} steps of ${first === 0 ? one.action : two.action} the outcome is of neither order`);
          }
        }
      }
    });
  }

  it("walks every action that writes", () => {
    const missing = CALLS.map(({ fn, action }) => `${fn} ${action}`).filter((name) => !walked.has(name) && !NOT_HERE.includes(name));
    assert.deepEqual([...new Set(missing)], []);
  });
});
