// The rows that two transactions meet in: taken down once, put back before each run, and compared after it.
import type pg from "pg";

/** Loaded once and changed by nobody. */
const FIXED = ["catalog_settings", "plans", "plan_features", "plan_prices", "event_types", "schema_migrations"];

export class Scene {
  readonly #admin: pg.Client;
  readonly #tables: string[];

  private constructor(admin: pg.Client, tables: string[]) {
    this.#admin = admin;
    this.#tables = tables;
  }

  static async takeDown(admin: pg.Client): Promise<Scene> {
    const { rows } = await admin.query<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
    const tables = rows.map(({ name }) => name).filter((name) => !FIXED.includes(name));
    const copies = tables.map((name) => `CREATE TABLE scene.${name} AS TABLE public.${name};`);
    await admin.query(`DROP SCHEMA IF EXISTS scene CASCADE; CREATE SCHEMA scene; ${copies.join(" ")}`);
    return new Scene(admin, tables);
  }

  /** As it was taken down. Triggers and foreign keys are off for it. */
  async putBack(): Promise<void> {
    const rows = this.#tables.map((name) => `DELETE FROM public.${name}; INSERT INTO public.${name} SELECT * FROM scene.${name};`);
    await this.#admin.query(`BEGIN; SET LOCAL session_replication_role = replica; ${rows.join(" ")} COMMIT;`);
  }

  /** Every row of every table, each table's rows in one order. */
  async rows(): Promise<Record<string, string[]>> {
    const all = this.#tables.map((name) => `SELECT '${name}' AS name, to_jsonb(t)::text AS row FROM public.${name} t`);
    const { rows } = await this.#admin.query<{ name: string; row: string }>(`${all.join(" UNION ALL ")} ORDER BY 1, 2`);
    const found: Record<string, string[]> = {};
    for (const { name, row } of rows) (found[name] ??= []).push(row);
    return found;
  }
}
