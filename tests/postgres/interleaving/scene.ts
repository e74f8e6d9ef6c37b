// The rows that two transactions meet in: taken down once, put back before each run, and compared after it.
import type pg from "pg";

/** Loaded once and changed by nobody. */
const FIXED = ["catalog_settings", "plans", "plan_features", "plan_prices", "event_types", "schema_migrations"];

export class Scene {
  readonly #admin: pg.Client;

  private constructor(admin: pg.Client) {
    this.#admin = admin;
  }

  /** Takes out what other pairs have left: rows, and the dead versions of them. */
  static async clear(admin: pg.Client): Promise<void> {
    await admin.query(`TRUNCATE ${(await changing(admin)).map((name) => `public.${name}`).join(", ")}`);
  }

  static async takeDown(admin: pg.Client): Promise<Scene> {
    const tables = await changing(admin);
    const copies = tables.map((name) => `CREATE TABLE scene.${name} AS TABLE public.${name};`);
    const back = tables.map((name) => `DELETE FROM public.${name}; INSERT INTO public.${name} SELECT * FROM scene.${name};`);
    const all = tables.map((name) => `SELECT '${name}', to_jsonb(t)::text FROM public.${name} t`);
    // Functions, whose statements are planned once and not a thousand times.
    await admin.query(`DROP SCHEMA IF EXISTS scene CASCADE; CREATE SCHEMA scene; ${copies.join(" ")}
CREATE FUNCTION scene.put_back() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ${back.join(" ")} END $$;
CREATE FUNCTION scene.rows() RETURNS TABLE (name text, row_text text) LANGUAGE plpgsql AS $$ BEGIN
RETURN QUERY ${all.join(" UNION ALL ")} ORDER BY 1, 2; END $$;`);
    return new Scene(admin);
  }

  /** As it was taken down. Triggers and foreign keys are off for it. */
  async putBack(): Promise<void> {
    await this.#admin.query("BEGIN; SET LOCAL session_replication_role = replica; SELECT scene.put_back(); COMMIT;");
  }

  /** Every row of every table, each table's rows in one order. */
  async rows(): Promise<Record<string, string[]>> {
    const { rows } = await this.#admin.query<{ name: string; row_text: string }>("SELECT name, row_text FROM scene.rows()");
    const found: Record<string, string[]> = {};
    for (const { name, row_text: row } of rows) (found[name] ??= []).push(row);
    return found;
  }
}

async function changing(admin: pg.Client): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
  return rows.map(({ name }) => name).filter((name) => !FIXED.includes(name));
}
