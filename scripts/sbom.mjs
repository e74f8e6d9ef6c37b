// @ts-check
// npm run sbom [-- --to file]: what the product is made of, as CycloneDX 1.5: the crates that the workers are compiled from
// and the npm packages that build and test them, each in the version that the lock files pin.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { main } from "./run.mjs";
import { ROOT, workers } from "./workspace.mjs";

await main(async () => {
  const { values } = parseArgs({ options: { to: { type: "string", default: "sbom.json" } } });
  const npm = JSON.parse(run("npm", ["sbom", "--sbom-format", "cyclonedx"]));
  const cargo = JSON.parse(run("cargo", ["metadata", "--format-version", "1", "--locked", "--filter-platform", "wasm32-unknown-unknown"]));
  const shipped = reachable(cargo, workers().map((worker) => worker.crate));
  const crates = cargo.packages
    .filter((/** @type {any} */ crate) => shipped.has(crate.id) && crate.source !== null)
    .map((/** @type {any} */ crate) => ({
      type: "library", "bom-ref": `pkg:cargo/${crate.name}@${crate.version}`, name: crate.name, version: crate.version,
      purl: `pkg:cargo/${crate.name}@${crate.version}`, scope: "required",
      licenses: crate.license ? [{ expression: crate.license.replaceAll("/", " OR ") }] : undefined,
    }));
  const packages = npm.components.map((/** @type {any} */ component) => ({ ...component, scope: "excluded" }));
  writeFileSync(values.to, `${JSON.stringify({ ...npm, components: [...crates, ...packages], dependencies: undefined }, null, 2)}\n`);
  console.log(`${values.to}: ${crates.length} crates that are shipped, ${packages.length} npm packages that are not.`);
});

/** @param {string} command @param {string[]} args */
function run(command, args) {
  return execFileSync(command, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
}

/**
 * The packages that these are compiled from, without what only their tests or build scripts need.
 * @param {any} metadata
 * @param {string[]} names
 */
function reachable(metadata, names) {
  const nodes = new Map(metadata.resolve.nodes.map((/** @type {any} */ node) => [node.id, node]));
  const waiting = metadata.packages.filter((/** @type {any} */ crate) => names.includes(crate.name) && crate.source === null).map((/** @type {any} */ crate) => crate.id);
  const found = new Set();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    for (const dependency of nodes.get(id)?.deps ?? []) {
      if (dependency.dep_kinds.some((/** @type {any} */ kind) => kind.kind === null)) waiting.push(dependency.pkg);
    }
  }
  return found;
}
