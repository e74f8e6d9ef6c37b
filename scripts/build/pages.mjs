// @ts-check
// The gateway's files that are made of others: the dashboard, the description of the API, and what shows it without asking anybody else.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Progress } from "../run.mjs";
import { checkoutLock } from "../setup/cache.mjs";
import { alone } from "../setup/lock.mjs";
import { ROOT } from "../workspace.mjs";
import { chosenCatalog } from "../catalogs.mjs";
import { hashOf } from "./fingerprint.mjs";

const DASHBOARD = join(ROOT, "dashboard");
const PUBLIC = join(DASHBOARD, "public");

/** What the gateway serves; `wrangler.toml` names it, too. */
export const PAGES = join(DASHBOARD, "build/pages");

/** Where the description is served. */
export const DESCRIPTION = "functions/v1/openapi.json";

/** Swagger UI's own files, which the page of the description loads. */
const RENDERER = ["swagger-ui.css", "swagger-ui-bundle.js"];

/** The description and what shows it, among the files that are served as they are. */
export function makeDescription() {
  const description = join(PUBLIC, DESCRIPTION);
  mkdirSync(dirname(description), { recursive: true });
  // Checked in as people compare it; served as short as it can be.
  const text = JSON.stringify(JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8")));
  if (!existsSync(description) || readFileSync(description, "utf8") !== text) writeFileSync(description, text);
  for (const name of RENDERER) {
    const [from, to] = [join(ROOT, "node_modules/swagger-ui-dist", name), join(PUBLIC, "docs", name)];
    if (!existsSync(to) || !readFileSync(to).equals(readFileSync(from))) copyFileSync(from, to);
  }
}

/** @param {string} product Whose words the pages use: the name of a catalog. */
export async function makePages(product = chosenCatalog()) {
  makeDescription();
  await buildDashboard();
  const page = join(PAGES, "index.html");
  const html = readFileSync(page, "utf8");
  if (html !== pageOf(html, product)) writeFileSync(page, pageOf(html, product));
}

/** The dashboard's page, as it says which product it is of. @param {string} html @param {string} product */
export function pageOf(html, product) {
  return html.replace(/(<meta name="product" content=")[^"]*"/, `$1${product}"`);
}

/** Vite's output, unless it is of the same sources already. `wrangler dev` serves anew what is written. */
async function buildDashboard() {
  const stamp = join(DASHBOARD, "build/.made-of");
  const madeOf = () => hashOf(["dashboard", "client/src", "client/theme.css", "package-lock.json", "scripts/build/pages.mjs"]);
  const isUpToDate = () => existsSync(stamp) && readFileSync(stamp, "utf8") === madeOf();
  if (isUpToDate()) return;
  await alone(checkoutLock("pages"), "building the dashboard", async () => {
    const current = madeOf();
    if (isUpToDate()) return;
    const progress = new Progress("Building the dashboard");
    try {
      const { build } = await import("vite");
      await build({ root: DASHBOARD, configFile: join(DASHBOARD, "vite.config.mjs"), logLevel: "error" });
      writeFileSync(stamp, current);
    } finally {
      progress.close();
    }
    progress.done();
  });
}
