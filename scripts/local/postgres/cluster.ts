// A real Postgres for tests: a temporary cluster on a free port, gone when the process that started it is gone.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chownSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { ROOT } from "../../workspace.mjs";
import { ensurePostgres } from "../../setup/postgres.mjs";

const SUPERUSER = "postgres";
const TEMPLATE = "tallygate_template";
/** File by file: to write each page into the log, as the server does by itself, is four times the work. */
const COPIED = "STRATEGY file_copy";

/** What is committed survives a crash of the server but need not survive a power cut. */
const SETTINGS = {
  fsync: "off",
  full_page_writes: "off",
  max_connections: "120",
  shared_buffers: "64MB",
  // Storms of small transactions are what is tested here.
  max_pred_locks_per_transaction: "256",
  listen_addresses: "127.0.0.1",
};

/**
 * Starts the server, says so, and waits until its standard input ends: that happens when the test process closes it or
 * is gone, however it went.
 */
const KEEPER = `
trap '' INT TERM HUP
if { [ -f "$2/data/PG_VERSION" ] ||
    "$1/initdb" -D "$2/data" -U ${SUPERUSER} -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions >"$2/log" 2>&1; } &&
  "$1/pg_ctl" -D "$2/data" -l "$2/log" -w -t 60 -o "$3" start >>"$2/log" 2>&1
then
  echo ready; cat >/dev/null
  if [ "$4" = kept ]; then "$1/pg_ctl" -D "$2/data" -m fast -w stop >/dev/null 2>&1
  else "$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1; fi
else tail -n 5 "$2/log"
fi
[ "$4" = kept ] || rm -rf "$2"
`;

/** Who owns the cluster: Postgres refuses to run as root. */
interface Account {
  uid?: number;
  gid?: number;
}

/** What a process has of a cluster that it has started itself. */
interface Own {
  folder: string;
  programs: string;
  account: Account;
  keeper: ChildProcess;
}

export class Cluster {
  readonly host = "127.0.0.1";
  readonly port: number;
  /** Undefined where another process has started it. */
  readonly #own: Own | undefined;
  #template: Promise<void> | undefined;

  private constructor(port: number, own?: Own) {
    this.port = port;
    this.#own = own;
  }

  /** One that another process has started and keeps; `prepare` was called there. */
  static startedElsewhere(port: number): Cluster {
    const cluster = new Cluster(port);
    cluster.#template = Promise.resolve();
    return cluster;
  }

  /**
   * With other settings of the server's than those of tests, where they are given. In a folder of the caller's it is kept
   * from one start to the next.
   */
  static async start(others: Record<string, string> = {}, kept?: string): Promise<Cluster> {
    const programs = await ensurePostgres();
    const account = await unprivileged();
    const folder = kept ?? mkdtempSync(join(tmpdir(), "tallygate-postgres-"));
    mkdirSync(folder, { recursive: true });
    if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid);
    const port = await freePort();
    const settings = Object.entries({ ...SETTINGS, ...others, port, unix_socket_directories: folder });
    const keeper = spawn("/bin/sh", ["-c", KEEPER, "keeper", programs, folder, settings.map(([name, value]) => `-c ${name}=${value}`).join(" "), kept === undefined ? "" : "kept"], {
      ...account,
      cwd: folder,
      // Out of the terminal's reach: an interrupt goes to the test process, and the end of its pipe comes here.
      detached: true,
      stdio: ["pipe", "pipe", "ignore"],
    });
    await ready(keeper, folder);
    return new Cluster(port, { folder, programs, account, keeper });
  }

  /** Makes what databases with the schema are copied from, once. */
  prepare(): Promise<void> {
    this.#template ??= this.#makeTemplate();
    return this.#template;
  }

  /** A database of its own with the schema and nothing in it. Returns its name. */
  async createDatabase(): Promise<string> {
    await this.prepare();
    const name = newName("tallygate");
    await this.administer(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} ${COPIED}`);
    return name;
  }

  /** A database without anything, schema included. */
  async createEmptyDatabase(): Promise<string> {
    const name = newName("empty");
    await this.administer(`CREATE DATABASE ${name} TEMPLATE template0 ${COPIED}`);
    return name;
  }

  /** For the functions' role unless another one is named. */
  url(database: string, user = "tallygate"): string {
    return `postgresql://${user}@${this.host}:${this.port}/${database}`;
  }

  /** A connection with all rights; whoever asks for it ends it. */
  async connect(database: string, user = SUPERUSER): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url(database, user) });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  async administer(sql: string): Promise<void> {
    const client = await this.connect("postgres");
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  /** Ends all connections in the middle of whatever they do, and comes back: a crash where `mode` is "immediate". */
  async restart(mode: "fast" | "immediate" = "fast"): Promise<void> {
    if (this.#own === undefined) throw new Error("Others use this cluster too: whoever restarts one starts it for themselves.");
    const { folder, programs, account } = this.#own;
    const args = ["-D", join(folder, "data"), "-l", join(folder, "log"), "-m", mode, "-w", "restart"];
    await promisify(execFile)(join(programs, "pg_ctl"), args, { ...account, cwd: folder });
  }

  /** Does nothing to one that another process has started. */
  async stop(): Promise<void> {
    const keeper = this.#own?.keeper;
    if (keeper === undefined || keeper.exitCode !== null) return;
    const gone = new Promise((resolve) => keeper.once("exit", resolve));
    keeper.ref();
    keeper.stdin?.end();
    await gone;
  }

  async #makeTemplate(): Promise<void> {
    await this.administer(`CREATE DATABASE ${TEMPLATE}`);
    const client = await this.connect(TEMPLATE);
    try {
      await client.query(readFileSync(join(ROOT, "schema.postgres.sql"), "utf8"));
    } finally {
      await client.end();
    }
  }
}

/** Many processes make databases in one cluster, and in a long run two of them have had the same id. */
const newName = (kind: string): string => `${kind}_${randomUUID().replaceAll("-", "")}`;

let shared: Promise<Cluster> | undefined;

/** The one cluster of this process. It needs no stopping: it ends with the process. */
export function sharedCluster(): Promise<Cluster> {
  shared ??= Cluster.start();
  return shared;
}

/**
 * The one that `npm test` has started for all suites, where it has: to start a server costs as much as many a suite. For
 * whoever needs databases only; roles, settings and restarts are every suite's at once.
 */
export function clusterOfTheRun(): Promise<Cluster> {
  const port = process.env["TALLYGATE_TEST_POSTGRES_PORT"];
  return port === undefined ? sharedCluster() : Promise.resolve(Cluster.startedElsewhere(Number(port)));
}

async function unprivileged(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = async (flag: string) => Number((await promisify(execFile)("id", [flag, name])).stdout);
      return { uid: await id("-u"), gid: await id("-g") };
    } catch {
      // There is no such account here; the next one will do.
    }
  }
  throw new Error("Postgres does not run as root, and there is neither an account \"postgres\" nor \"nobody\".");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function ready(keeper: ChildProcess, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    keeper.stdout?.setEncoding("utf8").once("data", (said: string) => {
      if (!said.startsWith("ready")) reject(new Error(`Postgres did not start in ${folder}: ${said.trim()}`));
      // From here on the cluster must not keep the test process alive. Node's own pipes have `unref`, its types do not.
      keeper.unref();
      for (const stream of [keeper.stdin, keeper.stdout]) (stream as { unref?: () => void } | null)?.unref?.();
      resolve();
    });
    keeper.once("error", reject);
    keeper.once("exit", (code) => reject(new Error(`Postgres did not start in ${folder} (exit code ${code}).`)));
  });
}
