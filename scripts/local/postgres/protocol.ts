// Neon's SQL over HTTP, without the HTTP and without the database: what a request asks for and how an answer is written.
// The official driver, in `conformance.test.ts`, says whether this is right.
import type { IncomingHttpHeaders } from "node:http";
import type { DatabaseError, FieldDef } from "pg";

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export interface Query {
  query: string;
  params: (string | null)[];
  /** Stronger than the header. */
  arrayMode: boolean | undefined;
}

export interface Asked {
  queries: Query[];
  /** Several queries are one transaction and are answered as a list. */
  batch: boolean;
}

/** What the headers say of the transaction and of the form of the answer. */
export interface Manner {
  connectionString: string;
  rawText: boolean;
  arrayMode: boolean;
  /** The statement that opens a batch. */
  begin: string;
}

export interface QueryResult {
  rowAsArray: boolean;
  fields: Json[];
  rows: Json[];
  command: string;
  rowCount: number | null;
}

/** A request that the endpoint itself refuses, before any database is asked. */
export class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

const ISOLATION_LEVELS: Record<string, string> = {
  ReadUncommitted: "READ UNCOMMITTED",
  ReadCommitted: "READ COMMITTED",
  RepeatableRead: "REPEATABLE READ",
  Serializable: "SERIALIZABLE",
};

export function mannerOf(headers: IncomingHttpHeaders): Manner {
  const header = (name: string): string | undefined => [headers[name]].flat()[0];
  const isTrue = (name: string): boolean => header(name) === "true";
  const connectionString = header("neon-connection-string");
  if (connectionString === undefined) throw new Refused(400, "missing header Neon-Connection-String");
  const level = header("neon-batch-isolation-level");
  if (level !== undefined && !(level in ISOLATION_LEVELS)) throw new Refused(400, "invalid isolation level");
  const begin = [
    "BEGIN",
    level === undefined ? "" : `ISOLATION LEVEL ${ISOLATION_LEVELS[level]}`,
    isTrue("neon-batch-read-only") ? "READ ONLY" : "",
    isTrue("neon-batch-deferrable") ? "DEFERRABLE" : "",
  ];
  return {
    connectionString,
    rawText: isTrue("neon-raw-text-output"),
    arrayMode: isTrue("neon-array-mode"),
    begin: begin.filter((part) => part !== "").join(" "),
  };
}

export function askedIn(body: string): Asked {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    throw new Refused(400, `could not parse the HTTP request body: ${String(error)}`);
  }
  if (isObject(parsed) && Array.isArray(parsed["queries"])) return { queries: parsed["queries"].map(queryIn), batch: true };
  return { queries: [queryIn(parsed)], batch: false };
}

function queryIn(value: unknown): Query {
  if (!isObject(value) || typeof value["query"] !== "string") throw new Refused(400, "a query must have a text \"query\"");
  const { query, params = [], arrayMode } = value;
  if (!Array.isArray(params)) throw new Refused(400, "\"params\" must be a list");
  return { query, params: params.map(parameter), arrayMode: typeof arrayMode === "boolean" ? arrayMode : undefined };
}

/** Every parameter goes to Postgres as text; what type it has, Postgres finds out from the statement. */
function parameter(value: Json): string | null {
  if (value === null || typeof value === "string") return value;
  return Array.isArray(value) ? arrayLiteral(value) : JSON.stringify(value);
}

function arrayLiteral(items: Json[]): string {
  const written = items.map((item) => {
    if (item === null) return "NULL";
    if (Array.isArray(item)) return arrayLiteral(item);
    return JSON.stringify(typeof item === "object" ? JSON.stringify(item) : item);
  });
  return `{${written.join(",")}}`;
}

/** What `pg` found, with all values as Postgres's text, as the endpoint writes it. */
export function resultOf(
  found: { command: string; rowCount: number | null; fields: FieldDef[]; rows: (string | null)[][] },
  manner: Pick<Manner, "rawText">,
  arrayMode: boolean,
): QueryResult {
  const { fields } = found;
  const rows = found.rows.map((row) => {
    const values = row.map((text, place) => (manner.rawText || text === null ? text : jsonOf(text, fields[place]?.dataTypeID ?? 0)));
    return arrayMode ? values : Object.fromEntries(fields.map(({ name }, place) => [name, values[place] ?? null]));
  });
  return {
    rowAsArray: arrayMode,
    fields: fields.map(({ name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier }) => ({
      name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier, format: "text",
    })),
    rows,
    command: found.command,
    rowCount: found.rowCount,
  };
}

/** Type numbers of Postgres's catalog `pg_type`, which never change. */
const BOOLEAN = 16;
const SMALL_NUMBERS = [21, 23, 700, 701];
const JSON_TYPES = [114, 3802];

/** Without raw text: JSON's own types where they lose nothing. A bigint stays a text. */
function jsonOf(text: string, type: number): Json {
  if (type === BOOLEAN) return text === "t";
  if (SMALL_NUMBERS.includes(type)) return Number.isFinite(Number(text)) ? Number(text) : text;
  if (JSON_TYPES.includes(type)) return JSON.parse(text) as Json;
  return text;
}

/** An error of Postgres's, with everything that the driver hands on. */
export function errorBody(error: DatabaseError): Record<string, string | null> {
  const { message, severity, code, detail, hint, position, internalPosition, internalQuery, where } = error;
  const { schema, table, column, dataType, constraint, file, line, routine } = error;
  const fields = {
    severity, code, detail, hint, position, internalPosition, internalQuery, where, schema, table, column, dataType,
    constraint, file, line, routine,
  };
  return { message, ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? null])) };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
