// The race suite once more, while D1 fails as it is known to: each of its transient errors at 5 % of all calls, lost answers at
// 5 %, stalls. Nobody gets a 5xx (no batch fails more than twice in a row), and nothing is counted twice. On Postgres it is
// run by hand: TALLYGATE_TEST_FAULTS=passing TALLYGATE_TEST_ENGINE=postgres node --import tsx --test tests/races.test.ts
import { describe } from "node:test";
import { engine } from "./harness/database.ts";

if (engine === "d1") {
  process.env["TALLYGATE_TEST_FAULTS"] = "passing";
  await import("./races.test.ts");
} else {
  describe("D1's transient faults", { skip: "these are D1's; Postgres has its own in postgres/faults.test.ts" }, () => undefined);
}
