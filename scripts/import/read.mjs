// @ts-check
// From the source's rows to people, organizations and memberships, whatever the source is; nothing is judged by the catalog yet.
import { Failure } from "../run.mjs";
import { idAt } from "../local/identity.mjs";
import { momentOf, momentOfKsuid } from "./moments.mjs";
import { at, isTrue, isVerified } from "./values.mjs";

/** @typedef {import("./mapping.mjs").Mapping} Mapping */
/** @typedef {import("./files.mjs").Row} Row */

/**
 * Something to tell of a row. `isLeftOut`: nothing is made of it; else it is made, and somebody should look at it.
 * @typedef {{ where: string, kind: "person" | "organization" | "membership" | "subscription", id: string, isLeftOut: boolean, reason: string, detail: string }} Finding
 */

/**
 * @typedef {object} SourcePerson
 * @property {string} where
 * @property {string} id
 * @property {string | null} email As it is written.
 * @property {boolean} isVerified
 * @property {string | null} name
 * @property {string | null} username
 * @property {number | undefined} createdAt
 * @property {number | undefined} updatedAt
 * @property {boolean} isBanned
 * @property {string | null} tier
 * @property {string | null} organization
 * @property {string | null} role
 * @property {string | null} customer
 * @property {{ feature: string, quantity: number }[]} counters
 */

/** @typedef {{ where: string, id: string, name: string | null, slug: string | null, createdAt: number | undefined, owner: string | null, tier: string | null, customer: string | null }} SourceOrganization */
/** @typedef {{ where: string, organization: string, user: string, role: string | null, joinedAt: number | undefined }} SourceMember */
/** @typedef {{ people: SourcePerson[], organizations: Map<string, SourceOrganization>, members: SourceMember[], findings: Finding[] }} Read */

/** The id that a person's personal organization gets. @param {SourcePerson} person */
export const personalId = (person) => idAt(person.createdAt ?? 0, `imported ${person.id}`);

/**
 * @param {Mapping} mapping
 * @param {import("./files.mjs").Tables} tables
 * @param {number} now
 * @returns {Read}
 */
export function read(mapping, tables, now) {
  const reader = new Reader(mapping, tables, now);
  return reader.read();
}

class Reader {
  /** @type {Finding[]} */
  findings = [];
  /** Of a user or an organization. @type {Map<string, { tier: string | null, customer: string | null }>} */
  subscribed = new Map();

  /**
   * @param {Mapping} mapping
   * @param {import("./files.mjs").Tables} tables
   * @param {number} now
   */
  constructor(mapping, tables, now) {
    this.mapping = mapping;
    this.tables = tables;
    this.now = now;
  }

  /** @returns {Read} */
  read() {
    const users = this.#rows("users");
    if (users.length === 0) throw new Failure(`There are no users in what was given. The mapping looks for a table called ${this.mapping.parts.users?.tables.join(" or ")}; there ${this.tables.size === 1 ? "is" : "are"}: ${[...this.tables.keys()].join(", ") || "none"}. A CSV's table can be named: users=export.csv.`);
    this.#readSubscriptions();
    const profiles = this.#profiles();
    const people = this.#people(users, profiles);
    return { people, organizations: this.#organizations(), members: this.#members(people), findings: this.findings };
  }

  /** @param {keyof Mapping["parts"]} name */
  #rows(name) {
    const names = this.mapping.parts[name]?.tables ?? [];
    const isOf = (/** @type {string} */ table) => names.includes(table) || names.includes(table.replace(/^public\./, ""));
    return [...this.tables].filter(([table]) => isOf(table.toLowerCase())).flatMap(([, rows]) => rows);
  }

  /**
   * What a row has of a field: nothing where it is empty.
   * @param {keyof Mapping["parts"]} part
   * @param {Row} row
   * @param {string} field
   * @returns {string | null}
   */
  #of(part, row, field) {
    for (const column of this.mapping.parts[part]?.columns[field] ?? []) {
      const text = at(row.values, column);
      if (text !== null) return text;
    }
    return null;
  }

  /**
   * A moment; what is none is told of and counts as nothing.
   * @param {keyof Mapping["parts"]} part
   * @param {Row} row
   * @param {string} field
   * @param {Pick<Finding, "kind" | "id">} of
   */
  #moment(part, row, field, of) {
    const written = this.#of(part, row, field);
    if (written === null) return undefined;
    const moment = momentOf(written, this.mapping.zone);
    if (moment === undefined) this.#note(row, of, "unreadable_time", `${field}: "${written}" is no time`);
    else if (field === "created_at" && moment > this.now) {
      this.#note(row, of, "time_to_come", `${field}: ${written} is yet to come`);
      return undefined;
    }
    return moment;
  }

  /** @param {Row} row @param {Pick<Finding, "kind" | "id">} of @param {string} reason @param {string} detail */
  #note(row, of, reason, detail) {
    this.findings.push({ where: row.where, ...of, isLeftOut: false, reason, detail });
  }

  /** @param {Row} row @param {Pick<Finding, "kind" | "id">} of @param {string} reason @param {string} detail */
  #leaveOut(row, of, reason, detail) {
    this.findings.push({ where: row.where, ...of, isLeftOut: true, reason, detail });
  }

  /** The tier of whoever has several subscriptions is that of the one that runs, of several of these the newest one's. */
  #readSubscriptions() {
    /** @type {Map<string, { row: Row, tier: string | null, customer: string | null, runs: boolean, createdAt: number }[]>} */
    const all = new Map();
    for (const row of this.#rows("subscriptions")) {
      const of = this.#of("subscriptions", row, "of");
      if (of === null) continue;
      const status = this.#of("subscriptions", row, "status");
      const about = { kind: /** @type {const} */ ("subscription"), id: of };
      all.set(of, [...(all.get(of) ?? []), {
        row, tier: this.#of("subscriptions", row, "tier"), customer: this.#of("subscriptions", row, "customer"),
        runs: status === null || ["active", "trialing", "past_due"].includes(status),
        createdAt: this.#moment("subscriptions", row, "created_at", about) ?? 0,
      }]);
    }
    for (const [of, subscriptions] of all) {
      const [first, second] = subscriptions.sort((one, two) => Number(two.runs) - Number(one.runs) || two.createdAt - one.createdAt);
      if (first === undefined) continue;
      if (second?.runs) this.#note(second.row, { kind: "subscription", id: of }, "two_subscriptions", `${of} has two subscriptions that run; the newer one, of ${first.tier}, counts`);
      this.subscribed.set(of, { tier: first.runs ? first.tier : null, customer: first.customer });
    }
  }

  #profiles() {
    /** @type {Map<string, Row>} */
    const profiles = new Map();
    for (const row of this.#rows("profiles")) {
      const user = this.#of("profiles", row, "user");
      if (user === null) this.#leaveOut(row, { kind: "person", id: "" }, "no_id", "the profile does not say whose it is");
      else if (profiles.has(user)) this.#note(row, { kind: "person", id: user }, "two_profiles", `${profiles.get(user)?.where} is a profile of the same user, and counts`);
      else profiles.set(user, row);
    }
    return profiles;
  }

  /** @param {Row[]} users @param {Map<string, Row>} profiles */
  #people(users, profiles) {
    /** @type {Map<string, SourcePerson>} */
    const people = new Map();
    /** @type {Map<string, string>} */
    const seen = new Map();
    for (const row of users) {
      const id = this.#of("users", row, "id");
      if (id === null || id.length > 200) {
        this.#leaveOut(row, { kind: "person", id: id ?? "" }, "no_id", "the user has no id");
        continue;
      }
      const about = { kind: /** @type {const} */ ("person"), id };
      const before = seen.get(id);
      if (before !== undefined) {
        this.#leaveOut(row, about, "two_of_one_id", `${before} has the same id, and counts`);
        continue;
      }
      seen.set(id, row.where);
      const profile = profiles.get(id);
      profiles.delete(id);
      const person = this.#person(row, id, profile, about);
      if (person) people.set(id, person);
    }
    for (const [user, row] of profiles) this.#leaveOut(row, { kind: "person", id: user }, "profile_of_nobody", "there is no user of this id");
    return [...people.values()];
  }

  /**
   * @param {Row} row
   * @param {string} id
   * @param {Row | undefined} profile
   * @param {Pick<Finding, "kind" | "id">} about
   * @returns {SourcePerson | undefined}
   */
  #person(row, id, profile, about) {
    const user = (/** @type {string} */ field) => this.#of("users", row, field);
    const either = (/** @type {string} */ field) => (profile && this.#of("profiles", profile, field)) ?? user(field);
    if (either("deleted_at") !== null && isTrue(either("deleted_at"))) return void this.#leaveOut(row, about, "deleted", `deleted: ${either("deleted_at")}`);
    if (isTrue(user("left_out"))) return void this.#leaveOut(row, about, "not_wanted", `the mapping leaves out who has ${this.mapping.parts.users?.columns["left_out"]?.join(" or ")}`);
    const email = user("email");
    const subscribed = this.subscribed.get(id);
    const createdAt = this.#moment("users", row, "created_at", about) ?? (this.mapping.createdOfKsuid ? momentOfKsuid(id) : undefined);
    if (createdAt === undefined) this.#note(row, about, "no_sign_up_date", "when they signed up is not known: as if today");
    const updatedAt = this.#moment("users", row, "updated_at", about);
    return {
      where: row.where, id, email, createdAt, updatedAt: updatedAt !== undefined && updatedAt > this.now ? this.now : updatedAt,
      isVerified: email !== null && isVerified(user("email_verified"), email),
      name: this.#name(row, profile), username: either("username"), isBanned: this.#isBanned(user("banned")),
      tier: either("tier") ?? subscribed?.tier ?? null, organization: either("organization"), role: either("role"),
      customer: either("customer") ?? subscribed?.customer ?? null,
      counters: this.#counters(row, profile, about),
    };
  }

  /** The user's own word for it counts before the profile's; a whole name before its parts. @param {Row} row @param {Row | undefined} profile */
  #name(row, profile) {
    for (const [part, from] of /** @type {const} */ ([["profiles", profile], ["users", row]])) {
      if (!from) continue;
      const whole = this.#of(part, from, "name") ?? [this.#of(part, from, "first_name"), this.#of(part, from, "last_name")].filter((name) => name !== null).join(" ");
      if (whole.trim() !== "") return whole;
    }
    return this.mapping.missing.name ?? null;
  }

  /** A flag, or until when. @param {string | null} written */
  #isBanned(written) {
    if (!isTrue(written)) return false;
    const until = written !== null && /\d{4}-/.test(written) ? momentOf(written, this.mapping.zone) : undefined;
    return until === undefined || until > this.now;
  }

  /** @param {Row} row @param {Row | undefined} profile @param {Pick<Finding, "kind" | "id">} about */
  #counters(row, profile, about) {
    const thisMonth = new Date(this.now).toISOString().slice(0, 7);
    return this.mapping.counters.flatMap(({ column, feature, times, month }) => {
      const from = [profile, row].find((one) => one !== undefined && at(one.values, column) !== null);
      const written = from ? at(from.values, column) : null;
      if (!from || written === null) return [];
      const counted = Number(written);
      if (!Number.isInteger(counted) || counted < 0 || counted * times > 1_000_000_000) {
        this.#note(from, about, "unreadable_count", `${column}: "${written}" is no count`);
        return [];
      }
      const ofMonth = month === undefined ? undefined : momentOf(at(from.values, month) ?? "", this.mapping.zone);
      if (month !== undefined && (ofMonth === undefined || new Date(ofMonth).toISOString().slice(0, 7) !== thisMonth)) {
        if (counted > 0) this.#note(from, about, "another_month", `${column}: ${counted} are not of this month (${month}: ${at(from.values, month) ?? "nothing"})`);
        return [];
      }
      return counted === 0 ? [] : [{ feature, quantity: counted * times }];
    });
  }

  #organizations() {
    /** @type {Map<string, SourceOrganization>} */
    const organizations = new Map();
    for (const row of this.#rows("organizations")) {
      const of = (/** @type {string} */ field) => this.#of("organizations", row, field);
      const id = of("id");
      const about = { kind: /** @type {const} */ ("organization"), id: id ?? "" };
      if (id === null) this.#leaveOut(row, about, "no_id", "the organization has no id");
      else if (organizations.has(id)) this.#leaveOut(row, about, "two_of_one_id", `${organizations.get(id)?.where} has the same id, and counts`);
      else if (isTrue(of("deleted_at"))) this.#leaveOut(row, about, "deleted", `deleted: ${of("deleted_at")}`);
      else {
        const subscribed = this.subscribed.get(id);
        organizations.set(id, {
          where: row.where, id, name: of("name"), slug: of("slug"), createdAt: this.#moment("organizations", row, "created_at", about), owner: of("owner"),
          tier: of("tier") ?? subscribed?.tier ?? null, customer: of("customer") ?? subscribed?.customer ?? null,
        });
      }
    }
    return organizations;
  }

  /** Those of a table of their own, and those that people's rows tell of. @param {SourcePerson[]} people */
  #members(people) {
    /** @type {SourceMember[]} */
    const members = [];
    const known = new Set();
    for (const row of this.#rows("members")) {
      const of = (/** @type {string} */ field) => this.#of("members", row, field);
      const [organization, user] = [of("organization"), of("user")];
      const about = { kind: /** @type {const} */ ("membership"), id: `${organization} ${user}` };
      if (organization === null || user === null) this.#leaveOut(row, about, "no_id", "the membership does not say of whom or where");
      else if (known.has(about.id)) this.#leaveOut(row, about, "two_of_one_id", "the membership is there twice; the first one counts");
      else {
        known.add(about.id);
        members.push({ where: row.where, organization, user, role: of("role"), joinedAt: this.#moment("members", row, "joined_at", about) });
      }
    }
    for (const { where, id, organization, role } of people) {
      if (organization === null || known.has(`${organization} ${id}`)) continue;
      members.push({ where, organization, user: id, role, joinedAt: undefined });
    }
    return members;
  }
}
