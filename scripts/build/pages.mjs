// @ts-check
// The gateway's files that are made of others: the dashboard, the description of the API, and what shows it without asking anybody else.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Progress } from "../run.mjs";
import { checkoutLock } from "../setup/cache.mjs";
import { alone } from "../setup/lock.mjs";
import { ROOT } from "../workspace.mjs";
import { hashOf } from "./fingerprint.mjs";
import { catalogFacts, policyOf, signInSettings } from "./page-facts.mjs";

const DASHBOARD = join(ROOT, "dashboard");
const PUBLIC = join(DASHBOARD, "public");

/** What the gateway serves; `wrangler.toml` names it, too. */
export const PAGES = join(DASHBOARD, "build/pages");

/** The dashboard's own (`dashboard/src/router.ts`), so that a file that there is not is still a 404. */
export const ADDRESSES = [
  "home", "pricing", "for/individuals", "for/freelancers", "for/consultants", "sign-in", "accept-invitation",
  "overview", "usage", "packages", "billing", "account", "members", "audit", "convert",
];

/** Where the description is served. */
export const DESCRIPTION = "functions/v1/openapi.json";

const DEFAULT_PRODUCT = "voip";

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

/** @param {string} [product] Whose words the pages use: the name of a catalog. They stay another's where none is named. */
export async function makePages(product) {
  makeDescription();
  await buildDashboard();
  if (product !== undefined) writeDashboard(PAGES, product);
}

/**
 * Writes the dashboard's page of a product at each of its addresses, and the policy that goes with them.
 * @param {string} directory
 * @param {string} product The name of its catalog, or the catalog's file.
 * @param {import("./page-facts.mjs").SignInSettings} [signIn]
 */
export function writeDashboard(directory, product, signIn = signInSettings()) {
  const facts = { catalog: catalogFacts(product), "sign-in": signIn };
  const written = (/** @type {string} */ name) => withFacts(readFileSync(join(directory, `${name}.html`), "utf8"), facts);
  const page = written("index");
  for (const name of ["index", "404", ...ADDRESSES]) writeChanged(join(directory, `${name}.html`), page);
  writeChanged(join(directory, "console.html"), written("console"));
  const policy = readFileSync(join(PUBLIC, "_headers"), "utf8");
  writeChanged(join(directory, "_headers"), signIn === undefined ? policy : policy.replace("default-src 'self';", `default-src 'self'; ${policyOf(signIn)}`));
}

/** @param {string} page @param {Record<string, object | undefined>} facts */
function withFacts(page, facts) {
  return Object.entries(facts).reduce((made, [name, fact]) => {
    const content = fact === undefined ? "" : JSON.stringify(fact).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
    return made.replace(new RegExp(`(<meta name="${name}" content=")[^"]*"`), (_, before) => `${before}${content}"`);
  }, page);
}

/** `wrangler dev` serves anew what is written. @param {string} file @param {string} content */
function writeChanged(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  if (!existsSync(file) || readFileSync(file, "utf8") !== content) writeFileSync(file, content);
}

/** Vite's output, unless it is of the same sources already. */
async function buildDashboard() {
  const stamp = join(DASHBOARD, "build/.made-of");
  const madeOf = () => hashOf(["dashboard", "client/src", "client/theme.css", "package-lock.json", "scripts/build/pages.mjs", "scripts/build/page-facts.mjs"]);
  const isUpToDate = () => existsSync(stamp) && readFileSync(stamp, "utf8") === madeOf();
  if (isUpToDate()) return;
  await alone(checkoutLock("pages"), "building the dashboard", async () => {
    const current = madeOf();
    if (isUpToDate()) return;
    const progress = new Progress("Building the dashboard");
    try {
      const { build } = await import("vite");
      await build({ root: DASHBOARD, configFile: join(DASHBOARD, "vite.config.mjs"), logLevel: "error" });
      writeDashboard(PAGES, DEFAULT_PRODUCT);
      writeFileSync(stamp, current);
    } finally {
      progress.close();
    }
    progress.done();
  });
}
