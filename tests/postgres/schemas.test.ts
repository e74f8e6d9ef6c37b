// The two schemas side by side, as the real engines hold them: whoever changes one changes the other.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { splitStatements } from "../../scripts/local/sql.mjs";
import { ROOT } from "../../scripts/workspace.mjs";
import { describePostgres } from "./schema/postgres.ts";
import { describeSqlite } from "./schema/sqlite.ts";
import { ACCEPTED, REFUSED, WORLD } from "./schema/rows.ts";
import { openEngines, type Engines } from "./schema/engines.ts";
import type { Schema } from "./schema/schema.ts";

let engines: Engines;
let sqlite: Schema;
let postgres: Schema;
before(async () => {
  engines = await openEngines();
  [sqlite, postgres] = await Promise.all([describeSqlite(engines.sqlite), describePostgres(engines.postgres)]);
});
after(() => engines.close());

describe("both schemas have the same", () => {
  it("tables", () => {
    assert.ok(Object.keys(sqlite.tables).length > 10);
    assert.deepEqual(Object.keys(postgres.tables), Object.keys(sqlite.tables));
  });

  const parts = ["columns", "primaryKey", "uniqueIndexes", "foreignKeys", "checks"] as const;
  for (const part of parts) {
    it(`${part} in each table`, () => {
      for (const [table, description] of Object.entries(sqlite.tables)) {
        assert.deepEqual(postgres.tables[table]?.[part], description[part], table);
      }
    });
  }

  it("views with the same columns", () => {
    assert.deepEqual(Object.keys(sqlite.views).sort(), [
      "counted_events", "entitlements", "event_actors", "event_ended_sessions", "event_invitations", "event_invoices", "event_members",
      "event_organizations", "event_payloads", "event_subscriptions", "event_users", "memberships",
    ]);
    assert.deepEqual(postgres.views, sqlite.views);
  });

  it("triggers", () => {
    assert.ok(sqlite.triggers.length > 0);
    // D1 has one role: there is nobody to keep from it.
    const onlyPostgres = postgres.triggers.filter((name) => !sqlite.triggers.includes(name));
    assert.deepEqual(onlyPostgres, ["account_type_is_the_operators on users"]);
    // There the role of the functions has no right to change the history; D1 has no roles.
    const onlySqlite = sqlite.triggers.filter((name) => !postgres.triggers.includes(name));
    assert.deepEqual(onlySqlite, ["acts_are_not_deleted on operator_acts", "history_is_not_changed on audit_events", "history_is_not_deleted on audit_events"]);
  });

  it("indexes, but for those that only one planner needs", () => {
    const onlyPostgres = postgres.indexes.filter((name) => !sqlite.indexes.includes(name));
    // On D1 most of the ledger is in the order of time by its ids, and an index is a row written.
    // And only on Postgres is the order of texts another one than that of bytes, in which alone a beginning is a span.
    assert.deepEqual(onlyPostgres, [
      "billing_customers_search", "organizations_search_id", "organizations_search_slug", "usage_events_by_time", "users_search_email", "users_search_id", "users_search_username",
    ]);
    assert.deepEqual(sqlite.indexes.filter((name) => !postgres.indexes.includes(name)), []);
  });
});

describe("both schemas", () => {
  it("may be applied again", async () => {
    await engines.sqlite.run(splitStatements(readFileSync(join(ROOT, "schema.sql"), "utf8")));
    await engines.postgres.run([readFileSync(join(ROOT, "schema.postgres.sql"), "utf8")]);
    assert.deepEqual(await describeSqlite(engines.sqlite), sqlite);
    assert.deepEqual(await describePostgres(engines.postgres), postgres);
  });
});

describe("both engines", () => {
  before(() => Promise.all([engines.sqlite.run(WORLD), engines.postgres.run(WORLD)]));

  for (const { what, sql } of ACCEPTED) {
    it(`accept ${what}`, async () => {
      assert.equal(await engines.sqlite.refusal(sql), null);
      assert.equal(await engines.postgres.refusal(sql), null);
    });
  }

  for (const { what, sql, because } of REFUSED) {
    it(`refuse ${what}`, async () => {
      const sqlites = await engines.sqlite.refusal(sql);
      const postgreses = await engines.postgres.refusal(sql);
      assert.match(sqlites ?? "accepted", because);
      assert.match(postgreses ?? "accepted", because);
    });
  }

  it("have a refused row for every CHECK", () => {
    const checks = Object.values(sqlite.tables).reduce((sum, table) => sum + table.checks, 0);
    const rows = REFUSED.filter(({ because }) => because.source.includes("CHECK")).length;
    assert.ok(rows >= checks, `${checks} CHECKs and only ${rows} rows that break one`);
  });
});
