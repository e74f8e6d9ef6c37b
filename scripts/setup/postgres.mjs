// @ts-check
// A Postgres to test on: Debian's package, or any other installation of version 15 or newer on this machine.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure, ask } from "../run.mjs";
import { aptCommand, aptInstall } from "./apt.mjs";
import { CACHE } from "./cache.mjs";
import { alone } from "./lock.mjs";

const OLDEST = 15;
const PACKAGE = "postgresql";
/** Where Debian keeps the programs of each version, which are not on the PATH. */
const DEBIAN = "/usr/lib/postgresql";

/**
 * The folder of `initdb` and `postgres`; they are installed first where they are missing and can be.
 * @returns {Promise<string>}
 */
export async function ensurePostgres() {
  const found = postgresPrograms();
  if (found) return found;
  // Suites run side by side, and apt-get does not.
  await alone(join(CACHE, "locks", "postgres"), "Debian's Postgres", async () => {
    if (!postgresPrograms()) await install();
  });
  const installed = postgresPrograms();
  if (!installed) throw new Failure(`The package ${PACKAGE} brought no Postgres ${OLDEST} or newer: install one and put its programs on the PATH.`);
  return installed;
}

/** The folder of the programs of an installed Postgres, the oldest that will do first. */
export function postgresPrograms() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).filter((name) => Number(name) >= OLDEST) : [];
  const folders = versions.sort((one, two) => Number(one) - Number(two)).map((version) => join(DEBIAN, version, "bin"));
  const elsewhere = ask("pg_config", ["--bindir"]);
  const version = Number(/^PostgreSQL (\d+)/.exec(ask("pg_config", ["--version"]) ?? "")?.[1]);
  if (elsewhere && version >= OLDEST) folders.push(elsewhere);
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

function install() {
  const advice = `Tallygate's tests need Postgres ${OLDEST} or newer: on Debian, run "${aptCommand([PACKAGE])}" as root.`;
  return aptInstall("Debian's Postgres", [PACKAGE], { noDebian: advice, noRoot: advice, advice });
}
