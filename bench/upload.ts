// Where an upload's time goes, told by what requests take that end earlier, and by the same batch sent without the function. A worker's
// own clock stands still while it computes.
import type { Ask, Reply, System } from "../tests/harness/system.ts";
import { World } from "../tests/harness/world.ts";
import { CapturedD1, script, type Sent } from "./captured.ts";
import { inTurns, quantile, withSystem } from "./measure.ts";

const FN = "track-upload";
const UPLOAD = { uploadType: "rate_sheet" };

/** A part of an upload, in milliseconds. */
export interface Part {
  name: string;
  milliseconds: number;
}

export async function uploadParts(requests: number): Promise<Part[]> {
  const captured = await uploaded();
  return withSystem({ guests: { replay: script("replay"), nothing: script("nothing") } }, async (system) => {
    const world = new World(system);
    const ask = async (): Promise<Ask> => ({ body: UPLOAD, token: (await world.individual({ plan: "professional", status: "active" })).token });
    // The person who has uploaded there has to be here, too.
    await system.batch(captured.rows);
    await system.direct("replay", { method: "PUT", body: { statements: captured.batch, requestId: captured.requestId } });
    const to = (name: string, change: (ask: Ask) => Ask = (ask) => ask) => (asked: Ask): Promise<Reply> => system.direct(name, change(asked));
    const [nothing, stranger, refused, replayed, whole] = (await inTurns(requests, ask, [
      { send: to("nothing") },
      { send: to(FN, ({ body }) => ({ body })), meant: 401 },
      { send: to(FN, (asked) => ({ ...asked, body: { uploadType: "" } })), meant: 400 },
      { send: to("replay") },
      { send: to(FN) },
    ])).map((times) => quantile(times, 0.5)) as [number, number, number, number, number];
    const database = replayed - nothing;
    return [
      { name: "HTTP alone: a worker that reads a body and answers", milliseconds: nothing },
      { name: "settings, ids, parsing, the line in the log (a request without a token, less HTTP)", milliseconds: stranger - nothing },
      { name: "the token (a field that is refused, less the line before)", milliseconds: refused - stranger },
      { name: "the database (the same batch from a worker that does nothing else, less HTTP)", milliseconds: database },
      { name: "writing the statements and reading the rows, the reply (the rest)", milliseconds: whole - refused - database },
      { name: "**an upload, directly**", milliseconds: whole },
    ];
  });
}

/** An upload's batch, and the rows of whoever uploaded. */
async function uploaded(): Promise<{ batch: Sent[]; requestId: string; rows: { sql: string; values: Sent["values"] }[] }> {
  const database = new CapturedD1();
  return withSystem({ database }, async (system) => {
    const person = await new World(system).individual({ plan: "professional", status: "active" });
    const reply = await system.direct(FN, { body: UPLOAD, token: person.token });
    if (reply.status !== 200) throw new Error(`answered ${reply.status}: ${reply.text}`);
    const batch = await database.sent();
    const [event] = await system.sql("SELECT id FROM usage_events WHERE organization_id = ?", person.organizationId);
    const requestId = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(String(event?.["id"]))?.[0];
    if (requestId === undefined) throw new Error("the upload's event carries no request's id");
    return { batch, requestId, rows: await rowsOf(system, person.id, person.organizationId) };
  });
}

/** What makes somebody and their organization once more, in another database. */
async function rowsOf(system: System, user: string, organization: string): Promise<{ sql: string; values: Sent["values"] }[]> {
  const statements = [];
  for (const [table, column, value] of [
    ["users", "id", user], ["organizations", "id", organization], ["organization_members", "organization_id", organization],
    ["org_subscriptions", "organization_id", organization],
  ] as const) {
    for (const row of await system.sql(`SELECT * FROM ${table} WHERE ${column} = ?`, value)) {
      const names = Object.keys(row);
      statements.push({ sql: `INSERT OR IGNORE INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`, values: Object.values(row) });
    }
  }
  return statements;
}
