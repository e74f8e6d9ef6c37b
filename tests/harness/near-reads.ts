// What a read replica may answer, as ARCHITECTURE's map says it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./built.ts";
import type { Call } from "./calls.ts";

/** The actions that the map says the nearest copy may answer at home. */
function ownReads(): Set<string> {
  const map = readFileSync(join(ROOT, "docs/ARCHITECTURE.md"), "utf8");
  const rows = map.split("\n").map((line) => line.split("|").map((cell) => cell.trim())).filter((cells) => cells[3] === "the nearest copy's, at home");
  return new Set(rows.flatMap(([, fn = "", actions = ""]) => actions.split(",").map((action) => `${fn} ${action.trim()}`.replaceAll("`", ""))));
}

const OWN_READS = ownReads();

export const isOwnRead = (call: Call): boolean =>
  OWN_READS.has(`${call.fn} ${call.action}`) && (call.byPath ?? "POST") !== "PATCH" && (call.byPath === "GET" || ["check", "status"].includes(call.action));
