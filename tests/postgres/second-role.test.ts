// The second role that docs/OPERATIONS.md makes while the first one's password changes: it may what the first one may, and no more.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ROOT } from "../../scripts/workspace.mjs";
import { Scene, type Asker } from "./scene.ts";

const FIRST = "tallygate";
const SECOND = "tallygate_second";

let scene: Scene;
before(async () => {
  scene = await Scene.open();
  await scene.sql(`DROP ROLE IF EXISTS ${SECOND}`);
  const document = readFileSync(join(ROOT, "docs/OPERATIONS.md"), "utf8");
  const [, made = ""] = /<!-- second role -->\n```sql\n([\s\S]*?)```/.exec(document) ?? [];
  assert.ok(made.includes(SECOND), "the document says how it is made");
  for (const statement of made.split(";\n").filter((text) => text.trim() !== "")) await scene.sql(statement);
  await scene.plan("solo", "individual");
  await scene.person("olga");
});
after(async () => {
  await scene.sql(`DROP ROLE ${SECOND}`);
  await scene.close();
});

const as = (role: string): Asker => ({ role: role as Asker["role"] });

describe("the second role", () => {
  const same = async (what: string, ask: (role: string) => string): Promise<void> => {
    const [first, second] = [await scene.sql(ask(FIRST)), await scene.sql(ask(SECOND))];
    assert.ok(first.length > 0, what);
    assert.deepEqual(second, first, what);
  };

  it("has the first one's attributes and settings", async () => {
    await same("attributes", (role) => `SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, rolconfig
      FROM pg_roles WHERE rolname = '${role}'`);
  });

  it("has its rights to every table, column, sequence, function and schema", async () => {
    const rights = (kind: string, list: string[]) => (role: string, what: string) => list.map((right) => `has_${kind}_privilege('${role}', ${what}, '${right}') AS "${right}"`).join(", ");
    const ofTable = rights("table", ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]);
    const ofColumn = rights("column", ["SELECT", "INSERT", "UPDATE", "REFERENCES"]);
    await same("tables", (role) => `SELECT oid, ${ofTable(role, "oid")} FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') ORDER BY oid`);
    await same("columns", (role) => `SELECT a.attrelid, a.attnum, ${ofColumn(role, "a.attrelid, a.attnum")} FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2`);
    await same("functions", (role) => `SELECT oid, has_function_privilege('${role}', oid, 'EXECUTE') AS may FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY oid`);
    await same("schemas", (role) => `SELECT oid, has_schema_privilege('${role}', oid, 'USAGE') AS uses, has_schema_privilege('${role}', oid, 'CREATE') AS creates FROM pg_namespace ORDER BY oid`);
  });

  it("sees and does what the first one does, and neither makes an administrator", async () => {
    for (const role of [FIRST, SECOND]) {
      assert.deepEqual(await scene.as(as(role), "SELECT id FROM users"), [{ id: "olga" }], role);
      await scene.as(as(role), "UPDATE users SET name = 'Olga' WHERE id = 'olga'");
      for (const type of ["admin", "super_admin"]) {
        for (const statement of [
          `UPDATE users SET account_type = '${type}' WHERE id = 'olga'`,
          `INSERT INTO users (id, email_updated_at, name, created_at, request_id) VALUES ('olga', 1, 'X', 1, 'r') ON CONFLICT (id) DO UPDATE SET account_type = '${type}'`,
        ]) assert.match(await scene.refusal(as(role), statement), /^42501 account_type_is_the_operators/, role);
      }
    }
    // The operator, who owns the tables, does; and what takes it away is a deletion.
    await scene.sql("UPDATE users SET account_type = 'admin' WHERE id = 'olga'");
    for (const role of [FIRST, SECOND]) await scene.as(as(role), "UPDATE users SET account_type = 'user' WHERE id = 'olga'");
  });
});
