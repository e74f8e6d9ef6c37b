// @ts-check
// What a plan, a check and a way back show of themselves: as tables, and as CSV with every line.
import { writeFileSync } from "node:fs";
import { counted, field, table } from "../import/report.mjs";

/** Lines of each reason that are shown. */
const SHOWN = 5;

/**
 * @typedef {import("./decide.mjs").Decided} Decided
 * @typedef {import("./decide.mjs").Finding} Finding
 * @typedef {import("./decisions.mjs").Ask} Ask
 */

/** @param {number | null} cents */
const money = (cents) => (cents === null ? "no price yet" : (cents / 100).toFixed(2));
/** @param {number | null} moment */
const day = (moment) => (moment === null ? "" : new Date(moment).toISOString().slice(0, 10));

/** What a plan comes to, gathered page by page. */
export class Plan {
  /** @type {Map<string, { organization: string, becomes: string, organizations: number, people: number, each: string, sum: number }>} */
  #lines = new Map();
  /** @type {Map<string, number>} */
  #outcomes = new Map();
  /** @type {Map<string, Finding>} */
  #findings = new Map();
  /** @type {Map<string, Ask>} */
  #asks = new Map();
  /** @type {(string | number)[][]} */
  #csv = [];
  #moved = 0;

  /** @param {Decided} decided */
  add(decided) {
    const { team, people } = decided;
    if (team.moved?.state === "finished" || team.moved?.state === "moved" && people.length === 0) {
      this.#moved += 1;
      return;
    }
    for (const finding of decided.findings) this.#findings.set(`${finding.reason} ${finding.about}`, finding);
    for (const ask of decided.asks) this.#asks.set(`${ask.question} ${ask.about}`, ask);
    const becomes = decided.outcome === "move" ? decided.plan ?? "" : decided.outcome === "ask" ? "to be decided" : "stays";
    const price = people.find(({ outcome }) => outcome === "gets")?.priceCents ?? null;
    const line = this.#lines.get(`${team.held.planId} ${becomes}`) ?? { organization: team.held.planId, becomes, organizations: 0, people: 0, each: decided.outcome === "move" ? money(price) : "", sum: 0 };
    line.organizations += 1;
    line.people += team.members.length;
    for (const { member, outcome, plan, priceCents } of people) {
      line.sum += priceCents ?? 0;
      this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
      this.#csv.push([
        team.id, team.name, team.held.planId, team.held.status, member.user, member.email ?? "", member.role, outcome, plan ?? "",
        outcome === "gets" && priceCents !== null ? priceCents : outcome === "given" ? 0 : "", outcome === "gets" ? day(decided.endsAt) : "",
      ]);
    }
    this.#lines.set(`${team.held.planId} ${becomes}`, line);
  }

  /** Each once, also of somebody who is in several organizations. */
  get findings() {
    return [...this.#findings.values()];
  }

  get asks() {
    return [...this.#asks.values()];
  }

  text() {
    const lines = [...this.#lines.values()].sort((one, two) => (one.organization + one.becomes < two.organization + two.becomes ? -1 : 1));
    const outcomes = [...this.#outcomes].sort().map(([outcome, people]) => ({ outcome, people, which: MEANING[/** @type {keyof typeof MEANING} */ (outcome)] ?? "" }));
    return [
      lines.length === 0 ? "There is nobody to move." : table(lines.map(({ sum, ...line }) => ({ ...line, "if all pay, a month": money(sum) }))),
      ...(outcomes.length > 0 ? ["", table(outcomes)] : []),
      ...(this.#moved > 0 ? ["", `Moved already: ${counted(this.#moved, "organization", "organizations")}.`] : []),
      ...(this.findings.length > 0 ? ["", listed(this.findings.map(({ reason, about, detail }) => ({ reason: `look at: ${reason}`, about, detail })))] : []),
      ...(this.asks.length > 0 ? ["", listed(this.asks.map(({ question, about, detail, options }) => ({ reason: `decide: ${question}`, about, detail, options }))), "", `${counted(this.asks.length, "decision is", "decisions are")} wanted: --template FILE writes what to fill in, --decisions FILE reads it.`] : []),
    ].join("\n");
  }

  /** @param {string} file */
  writeCsv(file) {
    const head = ["organization", "name", "plan", "status", "user", "email", "role", "outcome", "gets", "cents_a_month", "pays_from"];
    const findings = this.findings.map(({ reason, about, detail }) => [about, detail, "", "", "", "", "", `look at: ${reason}`, "", "", ""]);
    const asks = this.asks.map(({ question, about, detail }) => [about, detail, "", "", "", "", "", `decide: ${question}`, "", "", ""]);
    writeFileSync(file, [head, ...this.#csv, ...findings, ...asks].map((fields) => `${fields.map((one) => field(String(one))).join(",")}\r\n`).join(""));
  }
}

const MEANING = {
  gets: "get the plan, and are to pay for it from the day their organization's period ends",
  given: "get the plan for nothing",
  keeps: "have as much by themselves, or keep it because it was decided so",
  pays: "pay for a plan of their own, and keep it",
  elsewhere: "get the plan of another organization of theirs",
  nothing: "get nothing: their organization has nothing that runs",
  ask: "wait for a decision",
  leave: "stay as they are",
};

/**
 * The reasons with their counts, and the first lines of each.
 * @param {({ reason: string } & Record<string, string>)[]} all
 */
export function listed(all) {
  const reasons = [...new Set(all.map(({ reason }) => reason))].sort();
  return reasons.map((reason) => {
    const of = all.filter((one) => one.reason === reason).map(({ reason: _, ...rest }) => rest);
    return `${reason} (${of.length})\n${table(of.slice(0, SHOWN))}${of.length > SHOWN ? `\n  … and ${of.length - SHOWN} more (--csv FILE has all)` : ""}`;
  }).join("\n\n");
}

/** @param {string} file @param {({ reason: string } & Record<string, string>)[]} all */
export function writeLines(file, all) {
  const names = [...new Set(all.flatMap((one) => Object.keys(one)))];
  writeFileSync(file, [names, ...all.map((one) => names.map((name) => one[name] ?? ""))].map((fields) => `${fields.map(field).join(",")}\r\n`).join(""));
}
