// @ts-check
// CSV as databases and spreadsheets write it (RFC 4180). What is wrong is reported by its line, and `csv-parse` 7 counts a CRLF within
// quotation marks as two.
import { Failure } from "../run.mjs";

/** @typedef {{ line: number, values: Record<string, unknown> }} Row A row and the line of the file that it begins in. */

/**
 * The rows of a file whose first line names the columns. An empty field is nothing.
 * @param {string} text
 * @param {string} file For messages.
 * @returns {Row[]}
 */
export function rowsOfCsv(text, file) {
  const [header, ...records] = recordsOf(text, file);
  if (header === undefined) return [];
  const names = header.fields.map((name) => name.trim());
  return records.filter(({ fields }) => fields.length > 1 || fields[0] !== "").map(({ line, fields }) => {
    if (fields.length !== names.length) throw new Failure(`${file}, line ${line}: there are ${fields.length} fields where the first line names ${names.length} columns.`);
    return { line, values: Object.fromEntries(names.map((name, place) => [name, fields[place] === "" ? null : fields[place]])) };
  });
}

/**
 * @param {string} text
 * @param {string} file
 */
function recordsOf(text, file) {
  /** @type {{ line: number, fields: string[] }[]} */
  const records = [];
  let [place, line] = [text.startsWith("\ufeff") ? 1 : 0, 1];
  while (place < text.length) {
    const record = { line, fields: /** @type {string[]} */ ([]) };
    for (;;) {
      let field = "";
      if (text[place] === '"') {
        for (;;) {
          const end = text.indexOf('"', place + 1);
          if (end < 0) throw new Failure(`${file}, line ${record.line}: a quotation mark is not closed.`);
          field += text.slice(place + 1, end);
          place = end + 1;
          if (text[place] !== '"') break;
          field += '"';
        }
        line += field.split("\n").length - 1;
      }
      const rest = /[^,\r\n]*/y;
      rest.lastIndex = place;
      const [plain = ""] = rest.exec(text) ?? [];
      field += plain;
      place += plain.length;
      record.fields.push(field);
      if (text[place] !== ",") break;
      place += 1;
    }
    records.push(record);
    if (text[place] === "\r") place += 1;
    if (text[place] === "\n") place += 1;
    line += 1;
  }
  return records;
}
