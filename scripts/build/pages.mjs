// @ts-check
// The gateway's files that are made of others: the description of the API, and what shows it without asking anybody else.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../workspace.mjs";

const PUBLIC = join(ROOT, "dashboard/public");

/** Where the description is served. */
export const DESCRIPTION = "functions/v1/openapi.json";

/** Swagger UI's own files, which the page of the description loads. */
const RENDERER = ["swagger-ui.css", "swagger-ui-bundle.js"];

export function makePages() {
  const description = join(PUBLIC, DESCRIPTION);
  mkdirSync(dirname(description), { recursive: true });
  // Checked in as people compare it; served as short as it can be.
  const text = JSON.stringify(JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8")));
  // `wrangler dev` serves anew what is written.
  if (!existsSync(description) || readFileSync(description, "utf8") !== text) writeFileSync(description, text);
  for (const name of RENDERER) {
    const [from, to] = [join(ROOT, "node_modules/swagger-ui-dist", name), join(PUBLIC, "docs", name)];
    if (!existsSync(to) || !readFileSync(to).equals(readFileSync(from))) copyFileSync(from, to);
  }
}
