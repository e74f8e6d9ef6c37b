// A D1 with replicas (`replication.js`): whoever brings no session is answered by the primary. Each call is counted, and those that a
// replica answers also by themselves. The class has D1's name, since the `worker` crate tells bindings apart by it.
class D1Database {
  #ask;
  #begins;
  #bookmark = null;

  constructor(ask, begins) {
    this.#ask = ask;
    this.#begins = begins;
  }

  prepare(sql) {
    return new D1PreparedStatement(sql);
  }

  async batch(statements) {
    const { error, results, bookmark } = await this.#ask({ statements: statements.map(({ sql, values }) => ({ sql, values })), begins: this.#begins });
    if (error !== undefined) throw new Error(`D1_ERROR: ${error}`);
    this.#bookmark = bookmark;
    return results;
  }

  withSession(begins) {
    return new D1Database(this.#ask, begins);
  }

  getBookmark() {
    return this.#bookmark;
  }
}

class D1PreparedStatement {
  constructor(sql, values = []) {
    this.sql = sql;
    this.values = values;
  }

  bind(...values) {
    return new D1PreparedStatement(this.sql, values);
  }
}

export default function (env) {
  return new D1Database(async (batch) => {
    const isNear = batch.begins !== "first-primary";
    const delay = env.DELAYS[isNear ? 1 : 0];
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    await (await env.METER.fetch(isNear ? "http://meter/near" : "http://meter/", { method: "POST" })).text();
    return (await env.REPLICATION.fetch("http://replication/", { method: "POST", body: JSON.stringify(batch) })).json();
  }, "first-primary");
}
