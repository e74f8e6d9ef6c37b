// One of the five products: a system with its catalog, people who sign up by their first request, and its meters.
import assert from "node:assert/strict";
import { textAt } from "./answers.ts";
import { idPrefix } from "./moments.ts";
import { serviceKey, type KeyOptions } from "./service-keys.ts";
import { startSystem, type Reply, type System, type SystemOptions } from "./system.ts";
import { DAY, World } from "./world.ts";

export interface Customer {
  id: string;
  token: string;
  organizationId: string;
}

export class Product {
  readonly system: System;
  readonly world: World;

  private constructor(system: System) {
    this.system = system;
    this.world = new World(system);
  }

  static async open(catalog: string, options: SystemOptions = {}): Promise<Product> {
    return new Product(await startSystem({ ...options, catalog }));
  }

  /** Somebody whose first request this is: they are on the plan that the catalog starts them on. */
  async customer(plan?: string): Promise<Customer> {
    const { id, token } = this.world.stranger();
    const reply = await this.system.call("track-usage", { path: "/entitlements", method: "GET", token });
    assert.equal(reply.status, 200, reply.text);
    const customer = { id, token, organizationId: textAt(reply, "organization", "id") };
    if (plan !== undefined) await this.pays(customer, plan);
    return customer;
  }

  /** On a plan that is paid, since five days ago and for a month. */
  async pays({ organizationId }: Customer, plan: string, since = Date.now() - 5 * DAY): Promise<void> {
    await this.system.sql(`UPDATE org_subscriptions SET plan_id = ?, status = 'active', trial_ends_at = NULL, current_period_start = ?, current_period_end = ?
WHERE organization_id = ?`, plan, since, since + 30 * DAY, organizationId);
    await this.system.sql("DELETE FROM former_plans WHERE organization_id = ? AND ended_at > ?", organizationId, since);
  }

  post(who: { token: string }, action: string, body: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Reply> {
    return this.system.call("track-usage", { path: `/${action}`, body, token: who.token, headers });
  }

  get(who: { token: string }, path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.system.call("track-usage", { path: `/${path}`, method: "GET", token: who.token, headers });
  }

  track(who: { token: string }, feature: string, quantity = 1, more: Record<string, unknown> = {}): Promise<Reply> {
    return this.post(who, "track", { feature, quantity, ...more });
  }

  /** Makes an event of the ledger one that was written at another time, with the id that it would have had then. */
  async happened({ organizationId }: Customer, event: string, moment: number): Promise<void> {
    const id = event.startsWith("key:") ? event : `${idPrefix(moment)}${event.slice(13)}`;
    await this.system.sql(`UPDATE usage_events SET id = ?, created_at = ?, occurred_at = ?, keyed_at = CASE WHEN keyed_at IS NULL THEN keyed_at ELSE CAST(? AS BIGINT) END
WHERE organization_id = ? AND id = ?`, id, moment, moment, moment, organizationId, event);
  }

  /** Ticks until everything that is due is rolled up. */
  async rollUp(): Promise<void> {
    for (;;) {
      const [line] = await this.system.tick("job:aggregate_usage");
      const { outcome } = line as { outcome: string };
      if (outcome === "done") return;
      assert.equal(outcome, "goes_on", JSON.stringify(line));
    }
  }

  key(options: KeyOptions = {}): Promise<string> {
    return serviceKey(this.system, options);
  }

  close(): Promise<void> {
    return this.system.close();
  }
}
