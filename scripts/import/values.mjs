// @ts-check
// What stands in a row's columns, in whatever way it is written.

/**
 * What stands in a column, or in the JSON in it, as text without what no text of a database may hold; `null` for nothing.
 * @param {Record<string, unknown>} values
 * @param {string} column
 * @returns {string | null}
 */
export function at(values, column) {
  let [value, path] = [values[column], /** @type {string[]} */ ([])];
  if (value === undefined && column.includes(".")) {
    const [first = "", ...rest] = column.split(".");
    [value, path] = [parsed(values[first]), rest];
  }
  for (const name of path) value = typeof value === "object" && value !== null ? /** @type {Record<string, unknown>} */ (value)[name] : undefined;
  if (value === undefined || value === null || typeof value === "object") return null;
  const text = String(value).replaceAll("\0", "").trim();
  return text === "" ? null : text;
}

/** @param {unknown} value */
function parsed(value) {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** A flag in any spelling; anything else that is there is true, as a time is. @param {string | null} written */
export function isTrue(written) {
  return written !== null && !/^(0|f|false|n|no|off|none|null)$/i.test(written);
}

/** A flag, a time, or a list that the address stands in. @param {string | null} written @param {string} email */
export function isVerified(written, email) {
  if (written === null || !written.includes("@")) return isTrue(written);
  return written.toLowerCase().split(/[|,;\s]+/).includes(email.trim().toLowerCase());
}
