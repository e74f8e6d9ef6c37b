// Postgres behind an endpoint that speaks Neon's protocol, as the functions reach it over HTTP.
import { Bridge } from "../../scripts/local/postgres/bridge.ts";
import { clusterOfTheRun, type Cluster } from "../../scripts/local/postgres/cluster.ts";
import type { Database, DatabaseOptions } from "./database.ts";
import { PostgresDatabase } from "./postgres-database.ts";

export class LocalPostgres extends PostgresDatabase {
  readonly access: Database["access"];
  readonly bridge: Bridge;

  private constructor(cluster: Cluster, bridge: Bridge, name: string) {
    super(cluster, name);
    this.bridge = bridge;
    this.access = { bindings: { DATABASE: "postgres", POSTGRES_URL: this.url(), CONSOLE_POSTGRES_URL: this.url("tallygate_console"), POSTGRES_HTTP_ENDPOINT: bridge.endpoint } };
  }

  static async open({ delay, faults }: DatabaseOptions, cluster?: Cluster): Promise<LocalPostgres> {
    cluster ??= await clusterOfTheRun();
    const { host, port } = cluster;
    const bridge = await Bridge.start({ host, port, delay });
    bridge.faults.passing = faults ?? {};
    return new LocalPostgres(cluster, bridge.unref(), await cluster.createDatabase());
  }

  get between(): Bridge {
    return this.bridge;
  }
}
