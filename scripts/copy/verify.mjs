// @ts-check
// Whether two databases hold the same: every table, every row by its key, every column.

/** Differences that are told; there may be more. */
const TOLD = 20;

/**
 * @typedef {object} Compared
 * @property {number} rows
 * @property {string[]} differences
 */

/**
 * @param {import("./source.mjs").Source} source
 * @param {import("./target.mjs").Target} target
 * @param {number} pageSize
 * @param {(done: string) => void} said
 * @returns {Promise<Compared>}
 */
export async function compare(source, target, pageSize, said) {
  /** @type {string[]} */
  const differences = [];
  let rows = 0;
  for (const table of source.tables) {
    const [here, there] = [await source.count(table), await target.count(table)];
    if (here !== there) differences.push(`${table.name}: ${here} rows in the source, ${there} in the target`);
    /** @type {unknown[] | undefined} */
    let after;
    for (;;) {
      const page = await source.page(table, after, pageSize);
      if (page.length === 0) break;
      const same = await target.same(table, page);
      for (const row of page) {
        const key = JSON.stringify(table.key.map((column) => String(row[column])));
        const other = same.get(key);
        if (other === undefined) differences.push(`${table.name} ${key}: is not in the target`);
        else differences.push(...columnsThatDiffer(table, row, other).map((column) => `${table.name} ${key}, ${column}: ${shown(row[column])} in the source, ${shown(other[column])} in the target`));
      }
      rows += page.length;
      after = table.key.map((column) => page.at(-1)?.[column]);
      said(`${table.name} ${rows}`);
      if (differences.length >= TOLD) return { rows, differences: [...differences.slice(0, TOLD), "… and perhaps more"] };
    }
  }
  return { rows, differences };
}

/**
 * @param {import("./tables.mjs").Table} table
 * @param {Record<string, unknown>} here
 * @param {Record<string, unknown>} there
 */
function columnsThatDiffer(table, here, there) {
  // Whole numbers come as text from Postgres, since some do not fit a double.
  const text = (/** @type {unknown} */ value) => (value === null || value === undefined ? null : String(value));
  return table.columns.filter((column) => text(here[column]) !== text(there[column]));
}

/** @param {unknown} value */
function shown(value) {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
