// @ts-check
// npm start -- --hyperdrive: the runtime's own Hyperdrive binding, which leads straight to the local Postgres. Only these
// configurations name it, in files that git ignores: a deployment's has an id of the account's.
import { bindingOf } from "../deploy/hyperdrive.mjs";
import { functions } from "../workspace.mjs";
import { writeLocalConfig } from "./configs.mjs";

/**
 * Writes a configuration of each function with the binding, and gives their paths, relative to the root.
 * @param {(name: string) => string} urlFor Where a function finds Postgres.
 */
export function writeHyperdriveConfigs(urlFor) {
  return functions().map((worker) => {
    const url = new URL(urlFor(worker.name));
    // The runtime wants one, which the local Postgres does not ask for.
    url.password ||= "unasked";
    return writeLocalConfig(worker, `${bindingOf("local")}localConnectionString = "${url.href}"\n`);
  });
}
