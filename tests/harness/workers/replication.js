// A primary and two replicas of it, as far behind as a suite wants them. What the primary has done is kept in order and done again
// by a replica later: one is always `LAG` writes behind and answers whoever brings no bookmark; the other answers whoever brings
// one, from the very state that it names. A bookmark is the number of writes, written as D1 writes it.
import { DurableObject } from "cloudflare:workers";

const FIRST = "first-unconstrained";

const bookmarkOf = (writes) => `${writes.toString(16).padStart(8, "0")}-00000000-00000000-${"0".repeat(32)}`;

export class Replication extends DurableObject {
  /** The batches that wrote, in the order in which the primary has done them. */
  #written = [];
  /** How many of them each replica has done. */
  #done = { LATE: 0, ASKED: 0 };
  #turn = Promise.resolve();

  async fetch(request) {
    const asked = await request.json();
    const answer = this.#turn.then(() => this.#answered(asked));
    this.#turn = answer.catch(() => {});
    try {
      return Response.json(await answer);
    } catch (error) {
      return Response.json({ error: error instanceof Error ? error.message : String(error) });
    }
  }

  async #answered({ statements, begins = "first-primary", isEverywhere = false }) {
    if (isEverywhere) {
      await this.#run("LATE", statements);
      await this.#run("ASKED", statements);
    } else if (begins !== "first-primary") {
      return this.#read(begins, statements);
    }
    const results = await this.#run("PRIMARY", statements);
    if (!isEverywhere && results.some(({ meta }) => meta.changed_db)) this.#written.push(statements);
    return { results, bookmark: bookmarkOf(this.#written.length) };
  }

  async #read(begins, statements) {
    const wanted = begins === FIRST ? 0 : Number.parseInt(begins.slice(0, 8), 16);
    if (wanted > this.#written.length) throw new Error("no replica has that state");
    const [replica, state] = begins === FIRST ? ["LATE", this.#written.length - Number(this.env.LAG)] : ["ASKED", wanted];
    while (this.#done[replica] < state) {
      await this.#run(replica, this.#written[this.#done[replica]]);
      this.#done[replica] += 1;
    }
    if (statements.some(({ sql }) => /(^|\) )(INSERT INTO|UPDATE|DELETE FROM) /.test(sql))) throw new Error("a replica was asked to write");
    return { results: await this.#run(replica, statements), bookmark: bookmarkOf(this.#done[replica]) };
  }

  #run(database, statements) {
    const binding = this.env[database];
    return binding.batch(statements.map(({ sql, values }) => binding.prepare(sql).bind(...(values ?? []))));
  }
}

export default {
  fetch: (request, env) => env.REPLICATION.get(env.REPLICATION.idFromName("all")).fetch(request),
};
