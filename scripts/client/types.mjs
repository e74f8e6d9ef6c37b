// @ts-check
// npm run client-types: the client's types, of the API's description (openapi.json). A test says when they are stale.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import { main } from "../run.mjs";
import { ROOT } from "../workspace.mjs";

export const TYPES = join(ROOT, "client/src/api.ts");
/** The staff's, for the pages of the console alone. */
export const CONSOLE_TYPES = join(ROOT, "dashboard/src/console/api.ts");

/** The text of \`client/src/api.ts\`, as the description wants it: the addresses are in the client's table of actions. */
export const typesOfApi = () => typesOf("openapi.json", ["components", "operations"]);

/** The text of \`dashboard/src/console/api.ts\`. */
export const typesOfConsole = () => typesOf("openapi.console.json", ["components"]);

/** @param {string} file @param {string[]} wanted */
async function typesOf(file, wanted) {
  const description = JSON.parse(readFileSync(join(ROOT, file), "utf8"));
  for (const path of Object.values(description.paths)) {
    for (const operation of Object.values(path)) withoutHeaders(operation);
  }
  const nodes = await openapiTS(description, { silent: true });
  const kept = nodes.filter((node) => wanted.includes(/** @type {{ name?: { text: string } }} */ (/** @type {unknown} */ (node)).name?.text ?? ""));
  return `// Of ${file}, by "npm run client-types".\n\n` + astToString(kept).replaceAll(/^ +/gm, (indent) => " ".repeat(indent.length / 2));
}

/**
 * What every request says of who asks is no input of an action.
 * @param {{ parameters?: { $ref?: string, in?: string }[] }} operation
 */
function withoutHeaders(operation) {
  operation.parameters = (operation.parameters ?? []).filter((parameter) => parameter.$ref === undefined && parameter.in !== "header");
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    writeFileSync(TYPES, await typesOfApi());
    writeFileSync(CONSOLE_TYPES, await typesOfConsole());
  });
}
