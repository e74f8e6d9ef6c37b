// That a suite would see it if a refusal changed a row.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startSystem, type System } from "../harness/system.ts";
import { World, type Person } from "../harness/world.ts";

let system: System;
let person: Person;
before(async () => {
  system = await startSystem();
  person = await new World(system).individual();
});
after(() => system.close());

describe("a snapshot", () => {
  const statements: [string, string, boolean][] = [
    ["a row that becomes another", "UPDATE users SET name = 'Another' WHERE id = ?", false],
    ["a row that is written as it was", "UPDATE users SET name = name WHERE id = ?", true],
    ["when an address was told", "UPDATE users SET email_said_at = 7 WHERE id = ?", true],
    ["a row that is added", "INSERT INTO mail_preferences (user_id, updated_at, request_id) VALUES (?, 1, 'r')", false],
    ["a row that is removed", "DELETE FROM mail_preferences WHERE user_id = ?", false],
    ["who only looks", "SELECT * FROM users WHERE id = ?", true],
  ];
  for (const [what, sql, isSame] of statements) {
    it(`${isSame ? "does not tell of" : "tells of"} ${what}`, async () => {
      const before = await system.snapshot();
      await system.sql(sql, person.id);
      assert.equal((await system.snapshot()) === before, isSame);
    });
  }
});
