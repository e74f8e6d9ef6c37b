// @ts-check
// What does not fit: of which row, and what became of it.

/**
 * @typedef {import("./read.mjs").Finding} Finding
 * @typedef {Pick<Finding, "where" | "kind" | "id">} About
 */

export class Findings {
  /** @param {Finding[]} before */
  constructor(before) {
    this.all = [...before];
  }

  /** It is made, and somebody should look at it. @param {About} about @param {string} reason @param {string} detail */
  note({ where, kind, id }, reason, detail) {
    this.all.push({ where, kind, id, isLeftOut: false, reason, detail });
  }

  /** Nothing is made of it: an empty list, for those that are. @param {About} about @param {string} reason @param {string} detail @returns {never[]} */
  out({ where, kind, id }, reason, detail) {
    this.all.push({ where, kind, id, isLeftOut: true, reason, detail });
    return [];
  }
}
