// @ts-check
// D1 takes one statement at a time, so a file of SQL has to be taken apart first.

// What a semicolon inside of does not end a statement, then the words that open and close a trigger's body.
const TOKEN = /--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\b(?:BEGIN|CASE|END)\b|;/gi;

/** The statements of a file, without comments between them. @param {string} text */
export function splitStatements(text) {
  /** @type {string[]} */
  const statements = [];
  let start = 0;
  let depth = 0;
  const take = (/** @type {number} */ end) => {
    const statement = text.slice(start, end).replace(/^(?:\s+|--[^\n]*\n?|\/\*[^]*?\*\/)+/, "").trim();
    if (statement !== "") statements.push(statement);
    start = end + 1;
  };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const word = token.toUpperCase();
    if (word === "BEGIN" || word === "CASE") depth += 1;
    else if (word === "END") depth -= 1;
    else if (word === ";" && depth === 0) take(index);
  }
  take(text.length);
  return statements;
}
