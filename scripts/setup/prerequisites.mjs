// @ts-check
// What a machine must bring itself. Each thing that is missing is one sentence with the command that mends it.
import { Failure, ask } from "../run.mjs";
import { oldestRust } from "../workspace.mjs";

const OLDEST_NODE = 20;

export function checkNode() {
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
    throw new Failure(`Tallygate needs Node ${OLDEST_NODE} or newer and this is ${process.versions.node}: install one with "nvm install ${OLDEST_NODE}" or from https://nodejs.org.`);
  }
}

export function checkRust() {
  const version = /^cargo (\d+\.\d+\.\d+)/.exec(ask("cargo", ["--version"]) ?? "")?.[1];
  if (!version || !ask("rustc", ["--version"])) {
    throw new Failure("Tallygate is built with Rust, and cargo was not found: install it with \"curl https://sh.rustup.rs -sSf | sh\" and open a new terminal.");
  }
  if (!atLeast(version, oldestRust())) {
    throw new Failure(`Tallygate needs Rust ${oldestRust()} or newer and this is ${version}: run "rustup update stable".`);
  }
}

/**
 * Compares versions number by number.
 * @param {string} version
 * @param {string} oldest
 */
export function atLeast(version, oldest) {
  const [have, want] = [version, oldest].map((text) => text.split(".").map(Number));
  for (let place = 0; place < 3; place++) {
    const difference = (have?.[place] ?? 0) - (want?.[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
