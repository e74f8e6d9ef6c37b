// A schema as both engines can tell it: what is written differently in the two is brought to one form.

export interface Column {
  name: string;
  type: "integer" | "text";
  nullable: boolean;
  default: string | null;
}

export interface Table {
  columns: Column[];
  primaryKey: string[];
  /** `name (columns) WHERE condition`. */
  uniqueIndexes: string[];
  /** `column -> table (column)`, and whether it waits for the end of the transaction. */
  foreignKeys: string[];
  /** How many; what they mean is compared by rows that they refuse. */
  checks: number;
}

export interface Schema {
  tables: Record<string, Table>;
  views: Record<string, string[]>;
  /** `trigger on table`. */
  triggers: string[];
  /** By name; those of primary keys are not among them. */
  indexes: string[];
}

/** Either engine, for a test. */
export interface Engine {
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** One transaction. */
  run(statements: string[]): Promise<void>;
  /** What the engine says to such a transaction; null where it is accepted. */
  refusal(statements: string[]): Promise<string | null>;
}

/** An expression without what the engines write differently: spaces, outer parentheses, casts. */
export function plain(expression: string): string {
  const text = expression.replace(/::\w+/g, "").replace(/\s+/g, " ").trim();
  return text.startsWith("(") && text.endsWith(")") ? text.slice(1, -1) : text;
}
