// A database with two teams and their people, and questions asked of it as each of them.
import pg from "pg";
import type { Cluster } from "../../scripts/local/postgres/cluster.ts";
import { sharedCluster } from "../../scripts/local/postgres/cluster.ts";

export const NOW = Date.parse("2026-03-10T12:00:00Z");
export const DAY = 86_400_000;

/** Numbers for bigint: nothing here is larger than a double holds. */
const TYPES = {
  getTypeParser: (type: number, format?: "text" | "binary") => ([20, 1700].includes(type) ? Number : pg.types.getTypeParser(type, format)),
} as unknown as pg.CustomTypesConfig;

export type Row = Record<string, unknown>;

/** How PostgREST asks: as a role, with the verified claims of the token. */
export interface Asker {
  role: "anon" | "authenticated" | "tallygate" | "tallygate_console";
  sub?: string;
}

export const person = (sub: string): Asker => ({ role: "authenticated", sub });
export const ANON: Asker = { role: "anon" };
export const FUNCTIONS: Asker = { role: "tallygate" };
export const CONSOLE: Asker = { role: "tallygate_console" };

export class Scene {
  readonly cluster: Cluster;
  readonly database: string;
  readonly #client: pg.Client;

  private constructor(cluster: Cluster, database: string, client: pg.Client) {
    this.cluster = cluster;
    this.database = database;
    this.#client = client;
  }

  static async open(): Promise<Scene> {
    const cluster = await sharedCluster();
    const database = await cluster.createDatabase();
    return new Scene(cluster, database, await cluster.connect(database));
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  /** With all rights, and for good. */
  async sql(text: string, ...values: unknown[]): Promise<Row[]> {
    return (await this.#client.query<Row>({ text, values, types: TYPES })).rows;
  }

  /** The one value of the one row. */
  async value(text: string, ...values: unknown[]): Promise<unknown> {
    const [row = {}] = await this.sql(text, ...values);
    return Object.values(row)[0];
  }

  /** As somebody else; what it changes is undone. */
  async as({ role, sub }: Asker, text: string, ...values: unknown[]): Promise<Row[]> {
    await this.#client.query("BEGIN");
    try {
      await this.#client.query("SELECT set_config('request.jwt.claims', $1, true)", [sub === undefined ? "" : JSON.stringify({ sub, role })]);
      await this.#client.query(`SET LOCAL ROLE ${role}`);
      return (await this.#client.query<Row>({ text, values, types: TYPES })).rows;
    } finally {
      await this.#client.query("ROLLBACK");
    }
  }

  /** Postgres's code and message for a statement that must fail. */
  async refusal(asker: Asker, text: string, ...values: unknown[]): Promise<string> {
    try {
      await this.as(asker, text, ...values);
    } catch (error) {
      if (error instanceof pg.DatabaseError) return `${error.code} ${error.message}`;
      throw error;
    }
    return "accepted";
  }

  /** A user with a personal organization `<id>-own` on a plan. */
  async person(id: string, plan = "solo", { username = null }: { username?: string | null } = {}): Promise<void> {
    await this.sql(`INSERT INTO users (id, email, email_updated_at, name, username, created_at, request_id)
      VALUES ($1, $1 || '@example.com', 0, initcap($1) || ' Example', $2, 0, 'r')`, id, username);
    await this.#organization(`${id}-own`, "personal", id, plan);
    await this.sql("UPDATE users SET current_organization_id = $1 || '-own' WHERE id = $1", id);
  }

  /** A team with its owner first; the others as `admin`, `member` or `viewer`. */
  async team(id: string, owner: string, others: Record<string, string> = {}, plan = "crew"): Promise<void> {
    await this.#organization(id, "team", owner, plan);
    for (const [user, role] of Object.entries(others)) {
      await this.sql("INSERT INTO organization_members VALUES ($1, $2, $3, 0, 'r')", id, user, role);
    }
  }

  async #organization(id: string, kind: string, owner: string, plan: string): Promise<void> {
    await this.sql(`INSERT INTO organizations (id, kind, org_type, name, slug, personal_user_id, founded_by, created_at)
      VALUES ($1, $2, CASE $2 WHEN 'personal' THEN 'personal' ELSE 'business' END, $1, $1, CASE $2 WHEN 'personal' THEN $3 END, $3, 0)`, id, kind, owner);
    await this.sql("INSERT INTO organization_members VALUES ($1, $2, 'owner', 0, 'r')", id, owner);
    await this.sql(`INSERT INTO org_subscriptions (organization_id, plan_id, status, current_period_start, current_period_end, updated_at)
      VALUES ($1, $2, 'active', $3, $4, 0)`, id, plan, NOW, NOW + 30 * DAY);
  }

  async plan(id: string, audience: string, options: { starts?: string; trialDays?: number; price?: number | null; position?: number } = {}): Promise<void> {
    const { starts = null, trialDays = 0, price = 100, position = 0 } = options;
    await this.sql(`INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions, starts, trial_days)
      VALUES ($1, initcap($1), $2, $3, $4, 5, 1, $5, $6)`, id, audience, position, price, starts, trialDays);
  }
}
