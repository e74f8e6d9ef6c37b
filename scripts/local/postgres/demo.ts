// The demo's rows in a Postgres.
import type pg from "pg";
import type { Statement } from "../database.mjs";

/** A parameter with its type, which Postgres cannot always tell. */
const typed = (place: number, value: unknown): string => `$${place}::${typeof value === "number" ? "bigint" : "text"}`;

/** Writes all of them or none. */
export async function writeDemo(client: pg.Client, demo: Statement[]): Promise<void> {
  await client.query("BEGIN");
  for (const { sql, values = [] } of demo) {
    let place = 0;
    const numbered = sql.replace(/\?(\d*)/g, (_, number: string) => {
      place = number === "" ? place + 1 : Number(number);
      return typed(place, values[place - 1]);
    });
    await client.query(numbered, values);
  }
  await client.query("COMMIT");
}
