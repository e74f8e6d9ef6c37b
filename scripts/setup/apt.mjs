// @ts-check
// Debian's packages, installed as root or through a sudo that asks nothing.
import { Failure, ask, runStep } from "../run.mjs";

/** What a person would type. @param {string[]} packages */
export const aptCommand = (packages) => `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;

/**
 * @param {string} name What the step is called.
 * @param {string[]} packages
 * @param {object} told
 * @param {string} told.noDebian The failure where there is no apt-get.
 * @param {string} told.noRoot The failure where packages cannot be installed.
 * @param {string} told.advice What to do when apt-get itself fails.
 */
export async function aptInstall(name, packages, { noDebian, noRoot, advice }) {
  if (!ask("apt-get", ["--version"])) throw new Failure(noDebian);
  const root = process.getuid?.() === 0;
  if (!root && ask("sudo", ["-n", "true"]) === undefined) throw new Failure(noRoot);
  /** @param {string[]} args */
  const apt = (args) => /** @type {const} */ ([root ? "apt-get" : "sudo", root ? args : ["-n", "apt-get", ...args]]);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await runStep("Debian's package lists", ...apt(["update"]), { env, advice });
  await runStep(name, ...apt(["install", "-y", "--no-remove", "--no-install-recommends", ...packages]), { env, advice });
}
