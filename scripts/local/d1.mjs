// @ts-check
// A D1 in a folder, or in memory, asked through a worker of its own. Miniflare's own way to a binding stops the whole process for
// every prepared statement, and gives up where the machine is busy.
import { createRequire } from "node:module";

/** @typedef {string | number | null} Value */

const WORKER = `
export default {
  async fetch(request, { DB }) {
    try {
      const statements = await request.json();
      return Response.json({ results: await DB.batch(statements.map(({ sql, values }) => DB.prepare(sql).bind(...values))) });
    } catch (error) {
      return Response.json({ error: error instanceof Error ? error.message : String(error) });
    }
  },
};`;

/** A statement with its values, sent when it is asked for. */
class Statement {
  /** @param {(statements: Statement[]) => Promise<any[]>} send @param {string} sql @param {unknown[]} [values] */
  constructor(send, sql, values = []) {
    this.send = send;
    this.sql = sql;
    this.values = values;
  }

  /** @param {unknown[]} values */
  bind(...values) {
    return new Statement(this.send, this.sql, values);
  }

  /** @returns {Promise<{ results: any[] }>} */
  async all() {
    const [result] = await this.send([this]);
    return result;
  }

  toJSON() {
    return { sql: this.sql, values: this.values };
  }
}

/**
 * @param {{ name: string, folder?: string }} where Without a folder it is in memory, and gone with the runtime.
 * @returns {Promise<import("../migrate/local.mjs").Local & { dispose: () => Promise<void> }>} Its errors are D1's own, by their messages.
 */
export async function openD1({ name, folder }) {
  // As the CommonJS that it is: an `import` first reads all four megabytes for names.
  const { Miniflare } = /** @type {typeof import("miniflare")} */ (createRequire(import.meta.url)("miniflare"));
  const kept = folder === undefined ? {} : { d1Persist: folder };
  const miniflare = new Miniflare({ modules: true, script: WORKER, cf: false, ...kept, d1Databases: { DB: name } });
  const url = await miniflare.ready;
  /** @param {Statement[]} statements */
  const send = async (statements) => {
    // On a connection of its own: one that had nothing to do for a while may be closed just then.
    const reply = await fetch(url, { method: "POST", body: JSON.stringify(statements), headers: { connection: "close", "accept-encoding": "identity" } });
    const answer = /** @type {{ error: string } | { results: any[] }} */ (await reply.json());
    if ("error" in answer) throw new Error(answer.error);
    return answer.results;
  };
  return { prepare: (sql) => new Statement(send, sql), batch: send, dispose: () => miniflare.dispose() };
}
