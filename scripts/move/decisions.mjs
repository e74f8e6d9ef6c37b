// @ts-check
// What somebody has decided: a CSV that `plan --template` writes and they fill in, or the same as TOML (`[[decisions]]`).
import { readFileSync, writeFileSync } from "node:fs";
import { rowsOfCsv } from "../import/csv.mjs";
import { field } from "../import/report.mjs";
import { toml } from "../needed.mjs";
import { Failure } from "../run.mjs";
import { QUESTIONS } from "./rules.mjs";

/**
 * @typedef {import("./rules.mjs").Question} Question
 * @typedef {object} Ask What needs a decision: of an organization, or (`two_organizations`, `own_plan`) of a person.
 * @property {Question} question
 * @property {string} about The organization's id, or the person's.
 * @property {string} options
 * @property {string} detail For people.
 */

const COLUMNS = ["question", "about", "decision", "options", "detail"];

/** The decisions, by question and whom it is about. */
export class Decisions {
  /** @type {Map<string, string>} */
  #made = new Map();

  /** @param {{ question: string, about: string, decision: string }[]} made @param {string} file */
  constructor(made, file) {
    for (const { question, about, decision } of made) {
      if (!QUESTIONS.some((one) => one === question)) throw new Failure(`${file}: there is no question "${question}". There are: ${QUESTIONS.join(", ")}.`);
      if (decision !== "") this.#made.set(`${question} ${about}`, decision);
    }
  }

  /** @param {Question} question @param {string} about */
  of(question, about) {
    return this.#made.get(`${question} ${about}`);
  }
}

/** @param {string | undefined} file @returns {Decisions} */
export function readDecisions(file) {
  if (file === undefined) return new Decisions([], "");
  const text = readFileSync(file, "utf8");
  const one = (/** @type {Record<string, unknown>} */ row) => ({ question: String(row["question"] ?? ""), about: String(row["about"] ?? ""), decision: String(row["decision"] ?? "").trim() });
  if (!file.endsWith(".toml")) return new Decisions(rowsOfCsv(text, file).map(({ values }) => one(values)), file);
  try {
    const given = toml().parse(text)["decisions"] ?? [];
    if (!Array.isArray(given)) throw new Failure(`${file}: decisions are a list, as [[decisions]].`);
    return new Decisions(given.map((row) => one(/** @type {Record<string, unknown>} */ (row))), file);
  } catch (error) {
    if (error instanceof toml().TomlError) throw new Failure(`${file}, line ${error.line}: ${error.message.split("\n")[0]}`);
    throw error;
  }
}

/** What there is to decide, to be filled in. @param {string} file @param {Ask[]} asks */
export function writeTemplate(file, asks) {
  const rows = asks.map(({ question, about, options, detail }) => [question, about, "", options, detail]);
  writeFileSync(file, [COLUMNS, ...rows].map((fields) => `${fields.map(field).join(",")}\r\n`).join(""));
}
