// Every first answer of the database is lost after the commit: each action answers as if nothing had happened, and sending
// its batch again changes no row (D1's stand-in compares all tables; on Postgres this suite does).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ACTIONS } from "./harness/actions.ts";
import { engine, openPostgres } from "./harness/database.ts";
import { startSystem, type System } from "./harness/system.ts";
import { World } from "./harness/world.ts";

let system: System;
let world: World;
before(async () => {
  const faults = { losesFirst: true };
  if (engine === "postgres") {
    const database = await openPostgres({ faults });
    // A batch whose statements are kept meanwhile is not the same again, and would be lost again.
    system = await startSystem({ database, bindings: { POSTGRES_KEEP_AFTER: "0" } });
    let committed: string | undefined;
    // The second time comes when the first one's rows are there.
    database.between.onBatch = async (moment) => {
      const rows = await system.snapshot();
      if (moment === "lost") committed = rows;
      else if (committed !== undefined) {
        assert.equal(rows, committed, "sent again, the batch changed a row");
        committed = undefined;
      }
    };
  } else {
    system = await startSystem({ faults });
  }
  world = new World(system);
});
after(() => system.close());

describe("a batch whose answer was lost is sent again", () => {
  for (const action of ACTIONS) {
    it(`${action.fn}: ${action.name}`, async () => {
      const ask = await action.ask(world);
      const reply = await system.call(action.fn, ask);
      assert.ok(reply.status < 300, `${reply.status} ${reply.text}\n${system.log().at(-1)}`);
      const { batches = 0, tries = 0 } = reply.cost ?? {};
      assert.equal(tries, batches * 2, "each batch was sent twice");
    });
  }
});
