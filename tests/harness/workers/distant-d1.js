// A D1 that is as far away as a real one: every call waits a random time before it is passed on, and is counted.
// On demand it is as unreliable as a real one, by a seeded generator: D1's own transient errors, answers that are lost after
// the commit, and stalls; and on demand every first answer is lost, and the second time must not change a row.
// The class has D1's name, since the `worker` crate tells bindings apart by it.
const TRANSIENT = [
  "Network connection lost.",
  "D1 DB storage operation exceeded timeout which caused object to be reset.",
  "D1 DB reset because its code was updated.",
  "D1 DB is overloaded. Requests queued for too long.",
  "Internal error while starting up D1 DB storage caused object to be reset.",
];

/** How often each batch has failed or was sent, by what it is: the same batch sent again has the same values. */
class Attempts {
  #counts = new Map();

  of(key) {
    return this.#counts.get(key) ?? 0;
  }

  add(key) {
    this.#counts.set(key, this.of(key) + 1);
  }
}

const failed = new Attempts();
const sent = new Attempts();
let state = 0;

/** A number from 0 up to 1 (mulberry32). */
function random(seed) {
  state = (state || seed) + 0x6d2b79f5 | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

/** What happens to a try of a batch; a third try always goes well. */
function chance({ seed, errors, lost, stalls, stallMs }, key) {
  if (failed.of(key) >= 2) return {};
  let left = random(seed);
  for (const message of TRANSIENT) {
    if (left < errors) return { message };
    left -= errors;
  }
  if (left < lost) return { lost: true };
  return left - lost < stalls ? { stallMs } : {};
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class D1Database {
  #inner;
  #way;
  #faults;

  constructor(inner, way, faults) {
    this.#inner = inner;
    this.#way = way;
    this.#faults = faults;
  }

  /** Every row of every table. */
  async #everything() {
    const { results } = await this.#inner.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '!_cf%' ESCAPE '!' ORDER BY name",
    ).all();
    const tables = await this.#inner.batch(results.map(({ name }) => this.#inner.prepare(`SELECT * FROM ${name}`)));
    return Object.fromEntries(results.map(({ name }, place) => [name, JSON.stringify(tables[place].results)]));
  }

  /** Loses the first answer of each batch, and fails where sending it again changes a table. */
  async #losingFirst(inner, key) {
    sent.add(key);
    if (sent.of(key) === 1) {
      await this.#inner.batch(inner);
      throw new Error("D1_ERROR: Network connection lost.");
    }
    const before = await this.#everything();
    const results = await this.#inner.batch(inner);
    for (const [table, rows] of Object.entries(await this.#everything())) {
      if (rows !== before[table]) throw new Error(`SQLITE_ERROR: sent again, the batch changed ${table}`);
    }
    return results;
  }

  prepare(sql) {
    return new D1PreparedStatement(this.#inner.prepare(sql), this.#way);
  }

  async batch(statements) {
    const fault = await this.#way();
    const inner = statements.map((statement) => statement.inner);
    const key = JSON.stringify(statements.map((statement) => statement.values));
    if (this.#faults.losesFirst) return this.#losingFirst(inner, key);
    const { message, lost, stallMs } = this.#faults.seed ? chance(this.#faults, key) : {};
    if (message || lost || stallMs) failed.add(key);
    if (message) throw new Error(`D1_ERROR: ${message}`);
    if (stallMs) await pause(stallMs);
    if (lost) {
      await this.#inner.batch(inner);
      throw new Error("D1_ERROR: Network connection lost.");
    }
    if (fault === "dead") throw new Error("D1_ERROR: the caller is dead");
    if (fault === "unreachable") throw new Error("D1_ERROR: Network connection lost.");
    if (fault === "unreachable without a message") throw Object.defineProperty(new Error(), "message", { get: () => { throw new Error("It has none."); } });
    if (fault === "unreachable without a word") throw undefined;
    if (fault === "middle fails") inner.splice(-2, 0, this.#inner.prepare("INSERT INTO nowhere VALUES (1)"));
    if (fault === "stalled") await new Promise((resolve) => setTimeout(resolve, 30_000));
    const results = await this.#inner.batch(inner);
    if (fault === "done unheard") throw new Error("D1_ERROR: the caller died before it heard");
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
    return new D1DatabaseSession(this.#inner.withSession(constraint), this.#way, this.#faults);
  }
}

class D1DatabaseSession extends D1Database {
  #session;

  constructor(session, way, faults) {
    super(session, way, faults);
    this.#session = session;
  }

  getBookmark() {
    return this.#session.getBookmark();
  }
}

class D1PreparedStatement {
  #way;

  constructor(inner, way, values = []) {
    this.inner = inner;
    this.values = values;
    this.#way = way;
  }

  bind(...values) {
    return new D1PreparedStatement(this.inner.bind(...values), this.#way, values);
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
    if (!env.BREAKABLE) return "";
    const fault = await (await env.METER.fetch("http://meter/", { method: "PATCH" })).text();
    if (fault !== "asleep") return fault;
    while ((await (await env.METER.fetch("http://meter/asleep")).text()) === "asleep") await pause(10);
    return "";
  }, JSON.parse(env.FAULTS));
}
