// @ts-check
// A function's configuration with its Hyperdrive binding, whose id is the account's own and so in no file of this repository.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Failure } from "../run.mjs";
import { ROOT } from "../workspace.mjs";

/** The binding as a function's configuration names it. @param {string} id */
export const bindingOf = (id) => `
[[hyperdrive]]
binding = "HYPERDRIVE"
id = "${id}"
`;

/** What an id of Cloudflare's is made of. */
const ID = /^[0-9a-f]{32}$/;

/**
 * Which Hyperdrive a function is bound to: the console to its own, which signs in as its own role; without one it is not there.
 * @param {Record<string, string | undefined>} settings
 * @param {string} name Of a function.
 */
export function hyperdriveOf(settings, name) {
  const setting = name === "console" ? "CONSOLE_HYPERDRIVE_ID" : "HYPERDRIVE_ID";
  const id = settings[setting];
  if (id === undefined && name === "console") return undefined;
  if (id === undefined || !ID.test(id)) throw new Failure(`DATABASE is "hyperdrive": ${setting} must be the id that "npx wrangler hyperdrive create" has printed (docs/POSTGRES.md).`);
  return id;
}

/**
 * Gives a function's configuration, with the binding where there is one, for as long as it is deployed.
 * @param {import("../workspace.mjs").Worker} worker
 * @param {string | undefined} id
 * @param {(config: string) => Promise<void>} work
 */
export async function withHyperdrive(worker, id, work) {
  if (id === undefined) return work(worker.config);
  // Beside the other one, so that the paths in it hold.
  const file = join(ROOT, dirname(worker.config), "wrangler.hyperdrive.toml");
  try {
    writeFileSync(file, `${readFileSync(join(ROOT, worker.config), "utf8")}${bindingOf(id)}`);
    await work(relative(ROOT, file));
  } finally {
    rmSync(file, { force: true });
  }
}
