// A D1 that is as far away as a real one: every call waits a random time before it is passed on, and is counted.
// The class has D1's name, since the `worker` crate tells bindings apart by it.
class D1Database {
  #inner;
  #way;

  constructor(inner, way) {
    this.#inner = inner;
    this.#way = way;
  }

  prepare(sql) {
    return new D1PreparedStatement(this.#inner.prepare(sql), this.#way);
  }

  async batch(statements) {
    const fault = await this.#way();
    const inner = statements.map((statement) => statement.inner);
    if (fault === "unreachable") throw new Error("D1_ERROR: Network connection lost.");
    if (fault === "middle fails") inner.splice(-2, 0, this.#inner.prepare("INSERT INTO nowhere VALUES (1)"));
    if (fault === "stalled") await new Promise((resolve) => setTimeout(resolve, 30_000));
    const results = await this.#inner.batch(inner);
    if (fault === "answer lost") throw new Error("D1_ERROR: Network connection lost.");
    return results;
  }

  async exec(sql) {
    await this.#way();
    return this.#inner.exec(sql);
  }

  async dump() {
    await this.#way();
    return this.#inner.dump();
  }

  withSession(constraint) {
    return new D1DatabaseSession(this.#inner.withSession(constraint), this.#way);
  }
}

class D1DatabaseSession extends D1Database {
  #session;

  constructor(session, way) {
    super(session, way);
    this.#session = session;
  }

  getBookmark() {
    return this.#session.getBookmark();
  }
}

class D1PreparedStatement {
  #way;

  constructor(inner, way) {
    this.inner = inner;
    this.#way = way;
  }

  bind(...values) {
    return new D1PreparedStatement(this.inner.bind(...values), this.#way);
  }

  async first(column) {
    await this.#way();
    return this.inner.first(column);
  }

  async run() {
    await this.#way();
    return this.inner.run();
  }

  async all() {
    await this.#way();
    return this.inner.all();
  }

  async raw(options) {
    await this.#way();
    return this.inner.raw(options);
  }
}

export default function (env) {
  const [least, most] = env.DELAY;
  return new D1Database(env.INNER, async () => {
    if (env.COUNTED) await (await env.METER.fetch("http://meter/", { method: "POST" })).text();
    if (most > 0) await new Promise((resolve) => setTimeout(resolve, least + Math.random() * (most - least)));
    return env.BREAKABLE ? (await env.METER.fetch("http://meter/", { method: "PATCH" })).text() : "";
  });
}
