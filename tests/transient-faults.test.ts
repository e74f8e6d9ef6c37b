// The race suite once more, while the database fails as it is known to: each of its transient errors at 5 % of all calls, lost
// answers at 5 %, stalls. Nobody gets a 5xx (no batch fails more than twice in a row), and nothing is counted twice.
process.env["TALLYGATE_TEST_FAULTS"] = "passing";
await import("./races.test.ts");
