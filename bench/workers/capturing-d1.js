// D1 that tells `keeper.js` what the last batch of a worker was, so that it can be sent once more without the worker. The class has D1's
// name, since the `worker` crate tells bindings apart by it.
class D1Database {
  #inner;
  #keeper;

  constructor(inner, keeper) {
    this.#inner = inner;
    this.#keeper = keeper;
  }

  prepare(sql) {
    return new D1PreparedStatement(this.#inner.prepare(sql), sql);
  }

  async batch(statements) {
    const body = JSON.stringify(statements.map(({ sql, values }) => ({ sql, values })));
    await (await this.#keeper.fetch("http://keeper/", { method: "PUT", body })).text();
    return this.#inner.batch(statements.map(({ inner }) => inner));
  }
}

class D1PreparedStatement {
  constructor(inner, sql, values = []) {
    this.inner = inner;
    this.sql = sql;
    this.values = values;
  }

  bind(...values) {
    return new D1PreparedStatement(this.inner.bind(...values), this.sql, values);
  }
}

export default (env) => new D1Database(env.INNER, env.KEEPER);
