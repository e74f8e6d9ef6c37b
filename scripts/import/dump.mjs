// @ts-check
// A plain SQL dump as `pg_dump` and `supabase db dump` write it: its COPY blocks and INSERT statements, and nothing else of it.
import { Failure } from "../run.mjs";

/** @typedef {import("./csv.mjs").Row} Row */

const COPY = /^COPY ([\w."]+) \((.*)\) FROM stdin;$/;
const INSERT = /^INSERT INTO ([\w."]+) \(([^)]*)\)(?: OVERRIDING \w+ VALUE)? VALUES\b/;
/** What stands for what in a COPY block (PostgreSQL's manual, COPY, "Text Format"). */
const ESCAPES = /** @type {Record<string, string>} */ ({ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" });

/**
 * The rows of each table, by its name with its schema.
 * @param {string} text
 * @param {string} file For messages.
 * @returns {Map<string, Row[]>}
 */
export function tablesOfDump(text, file) {
  /** @type {Map<string, Row[]>} */
  const tables = new Map();
  const rowsOf = (/** @type {string} */ written) => {
    const name = written.replaceAll('"', "");
    const rows = tables.get(name) ?? [];
    tables.set(name, rows);
    return rows;
  };
  const lines = text.split("\n");
  for (let place = 0; place < lines.length; place += 1) {
    const line = (lines[place] ?? "").trimEnd();
    const copy = COPY.exec(line);
    if (copy) {
      const [rows, names] = [rowsOf(copy[1] ?? ""), columns(copy[2] ?? "")];
      for (place += 1; lines[place] !== undefined && lines[place]?.trimEnd() !== "\\."; place += 1) {
        const fields = (lines[place] ?? "").replace(/\r$/, "").split("\t").map(copied);
        rows.push({ line: place + 1, values: named(names, fields, `${file}, line ${place + 1}`) });
      }
      continue;
    }
    const insert = INSERT.exec(line);
    if (insert) {
      const [rows, names] = [rowsOf(insert[1] ?? ""), columns(insert[2] ?? "")];
      const statement = new Values(lines, place, insert[0].length, file);
      for (const { line: begins, values } of statement.rows()) rows.push({ line: begins, values: named(names, values, `${file}, line ${begins}`) });
      place = statement.place;
    } else if (/^INSERT INTO [\w."]+ VALUES/.test(line)) {
      throw new Failure(`${file}, line ${place + 1}: the statement does not name its columns. Make the dump with --column-inserts, or without --inserts.`);
    }
  }
  return tables;
}

/** @param {string} list */
const columns = (list) => list.split(",").map((name) => name.trim().replaceAll('"', ""));

/** @param {string[]} names @param {unknown[]} fields @param {string} where */
function named(names, fields, where) {
  if (fields.length !== names.length) throw new Failure(`${where}: there are ${fields.length} values for ${names.length} columns.`);
  return Object.fromEntries(names.map((name, place) => [name, fields[place] ?? null]));
}

/** A field of a COPY block. @param {string} field */
function copied(field) {
  if (field === "\\N") return null;
  return field.includes("\\") ? field.replace(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|[^])/g, (_, /** @type {string} */ code) => {
    if (/^x./.test(code)) return String.fromCharCode(parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8));
    return ESCAPES[code] ?? code;
  }) : field;
}

/** The rows of one INSERT statement, which may go on over many lines. */
class Values {
  #line = "";
  #at = 0;

  /**
   * @param {string[]} lines
   * @param {number} place The line that it begins in, counted from 0; afterwards the one that it ends in.
   * @param {number} at Where in it the values begin.
   * @param {string} file
   */
  constructor(lines, place, at, file) {
    this.lines = lines;
    this.place = place;
    this.file = file;
    this.#line = lines[place] ?? "";
    this.#at = at;
  }

  /** @returns {Generator<{ line: number, values: unknown[] }>} */
  *rows() {
    for (;;) {
      this.#expect("(");
      const line = this.place + 1;
      const values = [this.#value()];
      while (this.#take(",")) values.push(this.#value());
      this.#expect(")");
      yield { line, values };
      if (!this.#take(",")) return;
    }
  }

  /** A literal; the type that it is cast to says nothing more. */
  #value() {
    this.#skip();
    const quoted = /^(E?)'/i.exec(this.#line.slice(this.#at, this.#at + 2));
    /** @type {unknown} */
    let value;
    if (quoted) {
      this.#at += quoted[0].length;
      value = this.#text(quoted[1] !== "");
    } else {
      const [word = ""] = /^[^,()\s]+/.exec(this.#line.slice(this.#at)) ?? [];
      if (word === "") throw this.#wrong();
      this.#at += word.length;
      value = /^null(::|$)/i.test(word) ? null : word.replace(/::.*$/, "");
    }
    const [cast = ""] = /^::[\w. "[\]]+?(?=\s*[,)])/.exec(this.#line.slice(this.#at)) ?? [];
    this.#at += cast.length;
    return value;
  }

  /** The rest of a text, behind its opening quotation mark. @param {boolean} hasEscapes */
  #text(hasEscapes) {
    let text = "";
    for (;;) {
      if (this.#at >= this.#line.length) {
        text += "\n";
        this.#next();
        continue;
      }
      const letter = this.#line[this.#at] ?? "";
      if (letter === "'") {
        if (this.#line[this.#at + 1] !== "'") break;
        this.#at += 1;
      } else if (letter === "\\" && hasEscapes) {
        this.#at += 1;
        const code = this.#line[this.#at] ?? "";
        text += ESCAPES[code] ?? code;
        this.#at += 1;
        continue;
      }
      text += letter;
      this.#at += 1;
    }
    this.#at += 1;
    return text;
  }

  #skip() {
    for (;;) {
      const [space = ""] = /^\s*/.exec(this.#line.slice(this.#at)) ?? [];
      this.#at += space.length;
      if (this.#at < this.#line.length) return;
      this.#next();
    }
  }

  #next() {
    this.place += 1;
    const line = this.lines[this.place];
    if (line === undefined) throw new Failure(`${this.file}: the last statement has no end.`);
    this.#line = line.replace(/\r$/, "");
    this.#at = 0;
  }

  /** @param {string} sign */
  #take(sign) {
    this.#skip();
    if (this.#line[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  /** @param {string} sign */
  #expect(sign) {
    if (!this.#take(sign)) throw this.#wrong();
  }

  #wrong() {
    return new Failure(`${this.file}, line ${this.place + 1}: the statement is none that a dump has.`);
  }
}
