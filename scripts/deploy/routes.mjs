// @ts-check
// A zone of one's own: each function has its path there by a Cloudflare route, and nothing stands between it and whoever calls. The
// gateway is the host's own worker (a custom domain, for which Cloudflare makes the DNS record and the certificate): it answers what
// no route is more exact about, which are the pages, the list of functions and names that no function has.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../run.mjs";
import { GATEWAY, ROOT } from "../workspace.mjs";

/** The staff's stays behind the gateway: asked by a way of its own it would answer sooner than a name that no function has. */
const BEHIND_THE_GATEWAY = "console";

/** The names that the gateway serves a worker under. @param {string} worker */
export function servedNames(worker) {
  const text = readFileSync(join(ROOT, GATEWAY.config), "utf8");
  return [...text.matchAll(/binding = "([^"]+)"\nservice = "tallygate-([^"]+)"/g)]
    .filter(([, , service]) => service === worker)
    .map(([, binding = ""]) => binding.toLowerCase().replaceAll("_", "-"));
}

/**
 * What wrangler is told of a worker's address on that host; nothing where there is none. A pattern ends in `*`, since it is compared with
 * the whole address, query included; a function refuses a name that only begins as its own.
 * @param {import("../workspace.mjs").Worker} worker
 * @param {string | undefined} host
 */
export function routeOptions(worker, host) {
  if (host === undefined) return [];
  if (worker.name === GATEWAY.name) return ["--domain", host];
  if (worker.name === BEHIND_THE_GATEWAY) return [];
  return servedNames(worker.name).flatMap((name) => ["--route", `${host}/functions/v1/${name}*`]);
}

/** A host name, as `--routes` says it. @param {string | undefined} text */
export function hostOf(text) {
  if (text === undefined) return undefined;
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  if (text.length > 253 || !new RegExp(`^(?:${label}\\.)+[a-z]{2,63}$`).test(text)) {
    throw new Failure(`--routes takes the name of a host of your zone, as "api.example.com": not "${text}".`);
  }
  return text;
}
