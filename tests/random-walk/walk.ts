// One product under load: people, teams, staff and Stripe, and what is asked of them at random.
import type { Stripe } from "stripe";
import { catalogSql } from "../../scripts/catalogs.mjs";
import { splitStatements } from "../../scripts/local/sql.mjs";
import { startStripeStandIn, type StripeStandIn } from "../harness/stripe/stand-in.ts";
import { seeded, shuffled, type Random } from "../harness/stripe/random.ts";
import { Receiver } from "../harness/receiver.ts";
import { startSystem, type Reply, type Row, type System } from "../harness/system.ts";
import { LASTING } from "../harness/tokens.ts";
import { World, type Person } from "../harness/world.ts";
import { Catalog, sell } from "./product.ts";
import { picture, type Picture } from "./picture.ts";

/** What a push of the catalog changes: how much there is of one meter. */
const LIMITS = [12, 10] as const;
/** How many requests there are at once. */
export const AT_ONCE = 50;

export class Walk {
  readonly system: System;
  readonly stripe: StripeStandIn;
  readonly receiver: Receiver;
  readonly random: Random;
  readonly world: World;
  /** The tokens of everybody who has ever been here, also of who is gone, by their ids. */
  readonly tokens = new Map<string, string>();
  /** The tokens of invitations, by their ids. */
  readonly invited = new Map<string, string>();
  /** Messages of Stripe's that were told: those that wait, and those that have come. */
  readonly waiting: Stripe.Event[] = [];
  readonly delivered: Stripe.Event[] = [];
  /** Checkout sessions that nobody has paid yet. */
  readonly checkouts: string[] = [];
  /** The ids of all plans. */
  plans: string[] = [];
  /** What this round asks about. */
  picture: Picture = { people: [], places: [], invitations: [], archived: [], reservations: [], calls: [], sessions: [], endpoints: [], overrides: [], alerts: [] };
  readonly #catalog: Catalog;
  #told = 0;
  /** How far the clock is ahead of the real one, in milliseconds. */
  #ahead = 0;

  private constructor(parts: { system: System; stripe: StripeStandIn; receiver: Receiver; random: Random; catalog: Catalog }) {
    this.#catalog = parts.catalog;
    this.system = parts.system;
    this.stripe = parts.stripe;
    this.receiver = parts.receiver;
    this.random = parts.random;
    this.world = new World(parts.system);
  }

  static async open(catalog: string, seed: number): Promise<Walk> {
    let walk: Walk | undefined;
    const stripe = await startStripeStandIn({ now: () => Math.floor((walk?.now ?? Date.now()) / 1_000) });
    const receiver = await Receiver.open();
    const product = new Catalog(catalog);
    try {
      const system = await startSystem({ delay: [1, 8], catalog: product.file(LIMITS[0]), scheduled: true, hasClock: true, bindings: stripe.settings() });
      walk = new Walk({ system, stripe, receiver, random: seeded(seed), catalog: product });
    } catch (error) {
      product.close();
      await Promise.all([stripe.close(), receiver.close()]);
      throw error;
    }
    await sell(walk.system, stripe);
    await walk.#populate();
    return walk;
  }

  get now(): number {
    return Date.now() + this.#ahead;
  }

  /** From now on it is so much later. */
  async later(milliseconds: number): Promise<void> {
    this.#ahead += milliseconds;
    await this.system.setClockAhead(this.#ahead);
  }

  async #populate(): Promise<void> {
    const system = this.system;
    const plans = await system.sql("SELECT id, audience FROM plans WHERE retired = 0 ORDER BY position");
    const planFor = (kind: string): string => String(this.one(plans.filter(({ audience }) => audience === kind || audience === "any"))?.["id"]);
    const somebody = async (): Promise<Person> => {
      const person = await this.world.individual({ plan: planFor("individual"), claims: LASTING });
      this.tokens.set(person.id, person.token);
      return person;
    };
    this.plans = plans.map(({ id }) => String(id));
    for (let count = 0; count < 10; count += 1) await somebody();
    for (const type of ["super_admin", "super_admin", "admin"]) await system.sql("UPDATE users SET account_type = ? WHERE id = ?", type, (await somebody()).id);
    if (plans.every(({ audience }) => audience === "individual")) return;
    for (let count = 0; count < 3; count += 1) {
      const team = await this.world.team({ owner: await somebody(), plan: planFor("team") });
      for (const role of ["owner", "admin", "member", "viewer"] as const) await this.world.join(team.id, await somebody(), role);
    }
  }

  /** The token of somebody who has not been here yet. */
  stranger(): string {
    const { id, token } = this.world.stranger({ claims: LASTING });
    this.tokens.set(id, token);
    return token;
  }

  /** One of a list by chance; none of an empty one. */
  one<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.random(list.length)];
  }

  /** Looks at the rows anew. Most rounds are of few teams and people, so that many meet in the same rows. */
  async look(): Promise<void> {
    this.picture = await picture(this.system);
    if (this.random(4) === 0) return;
    const some = <T>(list: readonly T[], count: number): T[] => shuffled(this.random, list).slice(0, count);
    const { people, places } = this.picture;
    const teams = some([...new Set(places.filter(({ kind }) => kind === "team").map(({ team }) => team))], 1 + this.random(2));
    const known = new Set(some(people, 2 + this.random(8)).map(({ id }) => id));
    this.picture.places = places.filter(({ team, person, kind }) => teams.includes(team) || (kind === "personal" && known.has(person)));
    for (const { person } of this.picture.places) known.add(person);
    this.picture.people = people.filter(({ id, account_type: type }) => known.has(id) || type !== "user");
  }

  /** Messages that Stripe has told since the last time wait for their delivery. */
  collect(): void {
    this.waiting.push(...this.stripe.events.slice(this.#told));
    this.#told = this.stripe.events.length;
  }

  deliver(event: Stripe.Event): Promise<Reply> {
    this.delivered.push(event);
    return this.stripe.deliver(`${this.system.url}/functions/v1/billing/webhook`, event, { timestamp: Math.floor(this.now / 1_000) });
  }

  /** Pushes the catalog, as `npm run catalog -- push` does. */
  async push(): Promise<void> {
    const sql = await catalogSql(this.#catalog.file(LIMITS[this.random(2)] ?? LIMITS[0]));
    await this.system.batch(splitStatements(sql).map((statement) => ({ sql: statement })));
  }

  sql(query: string): Promise<Row[]> {
    return this.system.sql(query);
  }

  async close(): Promise<void> {
    await this.system.close();
    this.#catalog.close();
    await Promise.all([this.stripe.close(), this.receiver.close()]);
  }
}
