// @ts-check
// What organizations have that the product kept itself: their packages and their sessions, as CSV.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { rowsOfCsv } from "../import/csv.mjs";
import { momentOf } from "../import/moments.mjs";
import { isTrue } from "../import/values.mjs";
import { Failure } from "../run.mjs";

/**
 * @typedef {{ package: string, endsAt: number | null, uses: number | null }} Package
 * @typedef {object} Session
 * @property {string} id Follows from what it says.
 * @property {string | null} person A user's id or their address, where that was told.
 * @property {number} seconds
 * @property {string | null} item
 * @property {number} completed
 * @property {number | null} stressBefore
 * @property {number | null} stressAfter
 * @property {number | null} mood
 * @property {number} occurredAt
 * @typedef {{ packages: Map<string, Package[]>, sessions: Map<string, Session[]> }} Brought By organization.
 */

/** @param {{ packages?: string, analytics?: string }} files @returns {Brought} */
export function readBrought({ packages, analytics }) {
  return { packages: packages === undefined ? new Map() : packagesOf(packages), sessions: analytics === undefined ? new Map() : sessionsOf(analytics) };
}

/** @param {string} file */
function packagesOf(file) {
  /** @type {Brought["packages"]} */
  const all = new Map();
  for (const row of rowsOfCsv(readFileSync(file, "utf8"), file)) {
    const read = new Reader(row, file);
    add(all, read.text("organization"), { package: read.text("package"), endsAt: read.moment("ends_at"), uses: read.whole("uses", 1, 1_000_000) });
  }
  return all;
}

/** @param {string} file */
function sessionsOf(file) {
  /** @type {Brought["sessions"]} */
  const all = new Map();
  /** @type {Map<string, number>} */
  const told = new Map();
  for (const row of rowsOfCsv(readFileSync(file, "utf8"), file)) {
    const read = new Reader(row, file);
    const [organization, occurredAt] = [read.text("organization"), read.moment("occurred_at")];
    if (occurredAt === null) throw read.wrong("occurred_at", "is missing");
    const session = {
      person: read.optional("user"), seconds: read.whole("seconds", 0, 86_400) ?? 0, item: read.optional("item"), completed: Number(isTrue(read.optional("completed"))),
      stressBefore: read.whole("stress_before", 1, 10), stressAfter: read.whole("stress_after", 1, 10), mood: read.whole("mood", -10, 10), occurredAt,
    };
    if (session.item !== null && /\s/.test(session.item)) throw read.wrong("item", "is an id without blanks");
    const said = JSON.stringify([organization, session]);
    const times = told.get(said) ?? 0;
    told.set(said, times + 1);
    add(all, organization, { ...session, id: `move:${createHash("sha256").update(`${said} ${times}`).digest("hex").slice(0, 32)}` });
  }
  return all;
}

/** @template T @param {Map<string, T[]>} to @param {string} key @param {T} one */
function add(to, key, one) {
  const list = to.get(key);
  if (list) list.push(one);
  else to.set(key, [one]);
}

/** A row's fields, each in its form. */
class Reader {
  /** @param {import("../import/csv.mjs").Row} row @param {string} file */
  constructor({ line, values }, file) {
    this.at = `${file}, line ${line}`;
    this.values = values;
  }

  /** @param {string} name @param {string} what */
  wrong(name, what) {
    return new Failure(`${this.at}: ${name} ${what}.`);
  }

  /** @param {string} name */
  optional(name) {
    const value = this.values[name];
    return value === null || value === undefined || String(value).trim() === "" ? null : String(value).trim();
  }

  /** @param {string} name */
  text(name) {
    const value = this.optional(name);
    if (value === null) throw this.wrong(name, "is missing");
    return value;
  }

  /** @param {string} name */
  moment(name) {
    const written = this.optional(name);
    if (written === null) return null;
    const moment = momentOf(written, "UTC");
    if (moment === undefined) throw this.wrong(name, `is no time: ${written}`);
    return moment;
  }

  /** @param {string} name @param {number} least @param {number} most */
  whole(name, least, most) {
    const written = this.optional(name);
    if (written === null) return null;
    const number = Number(written);
    if (!Number.isInteger(number) || number < least || number > most) throw this.wrong(name, `is a whole number from ${least} to ${most}, and not ${written}`);
    return number;
  }
}
