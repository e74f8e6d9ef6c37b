// @ts-check
// What an import would make, and what does not fit, for people.
import { writeFileSync } from "node:fs";

/**
 * @typedef {import("./decide.mjs").Outcome} Outcome
 * @typedef {import("./read.mjs").Finding} Finding
 */

/** Lines that a terminal is shown of each reason; a file has all of them. */
const SHOWN = 10;

/** How many are made of what, by plan and status. @param {Outcome} outcome */
export function summary({ people, teams, there, findings }) {
  const held = [...people.map(({ personal }) => ({ kind: "people", holding: personal.holding })), ...teams.map(({ holding }) => ({ kind: "organizations", holding }))];
  /** @type {Map<string, Record<string, string | number>>} */
  const rows = new Map();
  for (const { kind, holding } of held) {
    const key = `${kind} ${holding.plan.position} ${holding.plan.id} ${holding.status}`;
    const row = rows.get(key) ?? { kind, plan: holding.plan.id, status: holding.status, count: 0, "at Stripe": 0, used: 0 };
    row["count"] = Number(row["count"]) + 1;
    row["at Stripe"] = Number(row["at Stripe"]) + Number(holding.customer !== null);
    row["used"] = Number(row["used"]) + holding.counted.reduce((sum, { by }) => sum + by.reduce((part, { quantity }) => part + quantity, 0), 0);
    rows.set(key, row);
  }
  const leftOut = (/** @type {Finding["kind"]} */ kind) => new Set(findings.filter((one) => one.isLeftOut && one.kind === kind).map(({ where, id }) => `${where} ${id}`)).size;
  return [
    table([...rows].sort(([one], [two]) => (one < two ? -1 : 1)).map(([, row]) => row)),
    `${counted(people.length, "person", "people")} and ${counted(teams.length, "organization", "organizations")} to make, with ${counted(teams.reduce((sum, { members }) => sum + members.length, 0), "seat", "seats")}.`,
    ...(there.people + there.teams > 0 ? [`There already: ${counted(there.people, "person", "people")}, ${counted(there.teams, "organization", "organizations")}.`] : []),
    `Left out: ${counted(leftOut("person"), "person", "people")}, ${counted(leftOut("organization"), "organization", "organizations")}, ${counted(leftOut("membership"), "membership", "memberships")}.`,
  ].filter((part) => part !== "").join("\n");
}

/** What is to be looked at: the reasons with their counts, and the first lines of each. @param {Finding[]} findings */
export function findingsTable(findings) {
  const reasons = [...new Set(findings.map(({ reason, isLeftOut }) => `${isLeftOut ? "left out" : "look at"}: ${reason}`))].sort();
  return reasons.map((named) => {
    const of = findings.filter(({ reason, isLeftOut }) => `${isLeftOut ? "left out" : "look at"}: ${reason}` === named);
    const shown = table(of.slice(0, SHOWN).map(({ where, kind, id, detail }) => ({ where, kind, id, detail })));
    return `${named} (${of.length})\n${shown}${of.length > SHOWN ? `\n  … and ${of.length - SHOWN} more (--csv FILE has all)` : ""}`;
  }).join("\n\n");
}

/** @param {string} file @param {Finding[]} findings */
export function writeCsv(file, findings) {
  const lines = findings.map(({ where, kind, id, isLeftOut, reason, detail }) => [where, kind, id, isLeftOut ? "left out" : "look at", reason, detail]);
  writeFileSync(file, [["where", "kind", "id", "outcome", "reason", "detail"], ...lines].map((fields) => `${fields.map(field).join(",")}\r\n`).join(""));
}

/** A field that a spreadsheet reads as text and not as a formula (OWASP, "CSV Injection"). @param {string} text */
export function field(text) {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** Rows under the names of their columns. @param {Record<string, string | number>[]} rows */
export function table(rows) {
  const [first] = rows;
  if (first === undefined) return "";
  const names = Object.keys(first);
  // What comes from a file may hold what moves a terminal's cursor.
  const text = (/** @type {string | number | undefined} */ value) => String(value ?? "").replace(/[\u0000-\u001f\u007f-\u009f]/g, "�");
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => text(row[name]).length)));
  const line = (/** @type {(name: string) => string} */ of) => `  ${names.map((name, place) => of(name).padEnd(widths[place] ?? 0)).join("  ").trimEnd()}`;
  return [line((name) => name), ...rows.map((row) => line((name) => text(row[name])))].join("\n");
}

/** @param {number} count @param {string} one @param {string} several */
export const counted = (count, one, several) => `${count} ${count === 1 ? one : several}`;
