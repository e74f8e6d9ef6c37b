// @ts-check
// What was given and nothing reads: a column of another name than the mapping's would be missed without a word.

/** Names that a line shows of one table. */
const SHOWN = 12;
/** Rows of a table that are looked at: rows of JSON need not have all the same fields. */
const LOOKED_AT = 100;

/**
 * A line of the tables, and the columns of those that are read, which the mapping says nothing of; undefined where it reads everything.
 * @param {import("./mapping.mjs").Mapping} mapping
 * @param {import("./files.mjs").Tables} tables
 */
export function unread(mapping, tables) {
  const left = [...tables].flatMap(([table, rows]) => {
    const names = [table.toLowerCase(), table.toLowerCase().replace(/^public\./, "")];
    const parts = Object.entries(mapping.parts).filter(([, part]) => part?.tables.some((name) => names.includes(name)));
    if (parts.length === 0) return [`${table} (no table of the mapping's)`];
    const ofPeople = parts.some(([name]) => name === "users" || name === "profiles");
    const read = new Set([
      ...parts.flatMap(([, part]) => Object.values(part?.columns ?? {}).flat()),
      ...(ofPeople ? mapping.counters.flatMap(({ column, month }) => (month === undefined ? [column] : [column, month])) : []),
    ].flatMap((column) => [column, column.split(".")[0]]));
    const columns = [...new Set(rows.slice(0, LOOKED_AT).flatMap(({ values }) => Object.keys(values)))].filter((column) => !read.has(column));
    if (columns.length === 0) return [];
    const more = columns.length > SHOWN ? ` and ${columns.length - SHOWN} more` : "";
    return [`${table} (${columns.slice(0, SHOWN).join(", ")}${more})`];
  });
  return left.length === 0 ? undefined : `Not read, since the mapping does not name them: ${left.join("; ")}.`;
}
