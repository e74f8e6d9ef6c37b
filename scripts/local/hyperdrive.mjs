// @ts-check
// npm start -- --hyperdrive: the runtime's own Hyperdrive binding, which leads straight to the local Postgres. Only these
// configurations name it, in files that git ignores: a deployment's has an id of the account's.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { bindingOf } from "../deploy/hyperdrive.mjs";
import { ROOT, functions } from "../workspace.mjs";

/**
 * Writes a configuration of each function with the binding, and gives their paths, relative to the root.
 * @param {(name: string) => string} urlFor Where a function finds Postgres.
 */
export function writeHyperdriveConfigs(urlFor) {
  return functions().map(({ name, config }) => {
    const url = new URL(urlFor(name));
    // The runtime wants one, which the local Postgres does not ask for.
    url.password ||= "unasked";
    // Beside the deployed one, so that the paths in it hold.
    const file = join(ROOT, dirname(config), "wrangler.local.toml");
    writeFileSync(file, `${readFileSync(join(ROOT, config), "utf8")}${bindingOf("local")}localConnectionString = "${url.href}"\n`);
    return relative(ROOT, file);
  });
}
