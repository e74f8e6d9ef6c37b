// Postgres as the functions reach it through the runtime's own Hyperdrive binding, with a pooler in between as Hyperdrive is one.
import { subscribe } from "node:diagnostics_channel";
import type { Server, Socket } from "node:net";
import { clusterOfTheRun, type Cluster } from "../../scripts/local/postgres/cluster.ts";
import { Pooler } from "../../scripts/local/postgres/pooler.ts";
import type { Database, DatabaseOptions } from "./database.ts";
import { PostgresDatabase } from "./postgres-database.ts";

export class LocalHyperdrive extends PostgresDatabase {
  readonly access: Database["access"];
  readonly accessOfConsole: Database["access"];
  readonly between: Pooler;

  private constructor(cluster: Cluster, pooler: Pooler, name: string, at = { port: pooler.port, password: "unasked" }) {
    super(cluster, name);
    this.between = pooler;
    this.access = this.#as("tallygate", at);
    this.accessOfConsole = this.#as("tallygate_console", at);
  }

  static async open({ delay, faults }: DatabaseOptions, cluster?: Cluster): Promise<LocalHyperdrive> {
    standBesideMiniflare();
    cluster ??= await clusterOfTheRun();
    const { host, port } = cluster;
    const pooler = await Pooler.start({ host, port, delay });
    pooler.faults.passing = faults ?? {};
    return new LocalHyperdrive(cluster, pooler.unref(), await cluster.createDatabase());
  }

  /** Of a database that is there, without the pooler, and with this password. */
  static async direct(cluster: Cluster, name: string, password: string): Promise<LocalHyperdrive> {
    standBesideMiniflare();
    const { host, port } = cluster;
    return new LocalHyperdrive(cluster, (await Pooler.start({ host, port })).unref(), name, { port, password });
  }

  /** The runtime wants a password, which the pooler does not ask for. */
  #as(role: string, { port, password }: { port: number; password: string }): Database["access"] {
    const url = `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${this.name}`;
    return { bindings: { DATABASE: "hyperdrive" }, hyperdrives: { HYPERDRIVE: url } };
  }
}

let stands = false;

/**
 * Miniflare puts a relay of its own between a binding and its database, one for each worker: it listens to no errors, so that a connection that breaks
 * would end the process, and only the last one is closed, so that the others would keep it alive.
 */
function standBesideMiniflare(): void {
  if (stands) return;
  stands = true;
  for (const channel of ["net.client.socket", "net.server.socket"]) {
    subscribe(channel, (message) => (message as { socket: Socket }).socket.on("error", () => undefined));
  }
  subscribe("tracing:net.server.listen:asyncEnd", (message) => (message as { server: Server }).server.unref());
}
