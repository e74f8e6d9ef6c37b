// @ts-check
// What is written into the dashboard's page when it is made: the catalog that it is of, and how people sign in.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { catalogFile } from "../catalogs.mjs";
import { toml } from "../needed.mjs";
import { Failure } from "../run.mjs";
import { ROOT } from "../workspace.mjs";

/** Which auth provider the pages ask; without it a token is pasted (`dashboard/sign-in.example.toml` explains each line). */
const SIGN_IN = "dashboard/sign-in.toml";

/**
 * @typedef {{ id: string, name: string, plans: string[], currency: string, adminsMayBill: boolean, hasPackages: boolean, hasCalls: boolean }} CatalogFacts
 * @typedef {{ provider: "supabase", url: string, key: string } | { provider: "clerk", key: string }} SignInSettings
 */

/** What pages show of a catalog before they have asked for anything. @param {string} name A catalog's name or file. @returns {CatalogFacts} */
export function catalogFacts(name) {
  const file = catalogFile(name);
  /** @type {any} */
  const said = toml().parse(readFileSync(resolve(ROOT, file), "utf8"));
  const eventTypes = Object.values(said.event_types ?? {});
  return {
    id: basename(file, ".toml"),
    name: said.catalog.name,
    // A plan and its newer versions have one name.
    plans: [...new Set(said.plans.map((/** @type {{ name: string }} */ plan) => plan.name))],
    currency: said.catalog.currency ?? "usd",
    adminsMayBill: said.catalog.admins_may_bill === true,
    hasPackages: (said.packages ?? []).length > 0,
    hasCalls: eventTypes.some((type) => typeof type === "object" && type.longest_call_seconds !== undefined),
  };
}

/** @param {string} [file] @returns {SignInSettings | undefined} */
export function signInSettings(file = join(ROOT, SIGN_IN)) {
  return existsSync(file) ? checked(toml().parse(readFileSync(file, "utf8"))) : undefined;
}

/** What the pages' policy has beside their own for the provider: its origin, and the worker by which Clerk renews tokens in time. @param {SignInSettings} settings */
export function policyOf(settings) {
  return `connect-src 'self' ${originOf(settings)};${settings.provider === "clerk" ? " worker-src 'self' blob:;" : ""}`;
}

/** The provider's origin. @param {SignInSettings} settings */
export function originOf(settings) {
  if (settings.provider === "supabase") return new URL(settings.url).origin;
  // Clerk's publishable key is the host of its frontend API: "pk_live_" and base64 of "<host>$".
  const host = Buffer.from(settings.key.split("_").at(-1) ?? "", "base64").toString("utf8");
  if (!/^[a-z0-9.-]+\$$/.test(host)) throw new Failure(`${SIGN_IN}: "key" is no publishable key of Clerk's ("pk_live_…").`);
  return `https://${host.slice(0, -1)}`;
}

/** @param {any} said @returns {SignInSettings} */
function checked({ provider, url, key }) {
  if (typeof key !== "string" || key === "") throw new Failure(`${SIGN_IN}: "key" is missing: the provider's publishable key.`);
  if (provider === "supabase") {
    if (!URL.canParse(url)) throw new Failure(`${SIGN_IN}: "url" is the project's address, as https://<project>.supabase.co.`);
    if (isSecret(key)) throw new Failure(`${SIGN_IN}: "key" is secret, and everybody reads the page: give the publishable (or anon) key.`);
    return { provider, url, key };
  }
  if (provider === "clerk") {
    if (!isInstalled("@clerk/clerk-js/no-rhc")) throw new Failure(`${SIGN_IN}: Clerk's package is not installed: npm install --save-dev @clerk/clerk-js`);
    return { provider, key };
  }
  throw new Failure(`${SIGN_IN}: "provider" is "supabase" or "clerk".`);
}

/** Supabase's keys that open everything: `sb_secret_…`, or a token of the role `service_role`. @param {string} key */
function isSecret(key) {
  if (key.startsWith("sb_secret_")) return true;
  const claims = Buffer.from(key.split(".")[1] ?? "", "base64url").toString("utf8");
  return claims.includes('"service_role"');
}

/** @param {string} name */
function isInstalled(name) {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
