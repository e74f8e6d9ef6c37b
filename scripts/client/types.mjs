// @ts-check
// npm run client-types: the client's types, of the API's description (openapi.json). A test says when they are stale.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import { main } from "../run.mjs";
import { ROOT } from "../workspace.mjs";

export const TYPES = join(ROOT, "client/src/api.ts");
const HEAD = `// Of openapi.json, by "npm run client-types".\n\n`;
/** What the client reads: the addresses are in its table of actions. */
const KEPT = ["components", "operations"];

/** The text of \`client/src/api.ts\`, as the description wants it. */
export async function typesOfApi() {
  const description = JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8"));
  for (const path of Object.values(description.paths)) {
    for (const operation of Object.values(path)) withoutHeaders(operation);
  }
  const nodes = await openapiTS(description, { silent: true });
  const kept = nodes.filter((node) => KEPT.includes(/** @type {{ name?: { text: string } }} */ (/** @type {unknown} */ (node)).name?.text ?? ""));
  return HEAD + astToString(kept).replaceAll(/^ +/gm, (indent) => " ".repeat(indent.length / 2));
}

/**
 * What every request says of who asks is no input of an action.
 * @param {{ parameters?: { $ref?: string, in?: string }[] }} operation
 */
function withoutHeaders(operation) {
  operation.parameters = (operation.parameters ?? []).filter((parameter) => parameter.$ref === undefined && parameter.in !== "header");
}

if (process.argv[1] === import.meta.filename) await main(async () => writeFileSync(TYPES, await typesOfApi()));
