// @ts-check
// The scheduler in local work: nothing but this calls it, since the local runtime has no clock of its own for cron triggers.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../workspace.mjs";

const FOLDER = join(ROOT, "functions/scheduler");

/** The cron expressions of its configuration. */
export function crons() {
  const list = /^crons = \[([^\]]*)\]/m.exec(readFileSync(join(FOLDER, "wrangler.toml"), "utf8"))?.[1] ?? "";
  return [...list.matchAll(/"([^"]+)"/g)].map(([, expression = ""]) => expression);
}

/** The names of its jobs, in the order in which a tick runs them: each stands in a file of that name. */
export function jobs() {
  return [...readFileSync(join(FOLDER, "src/lib.rs"), "utf8").matchAll(/^ {4}&([a-z_]+)::/gm)].map(([, name = ""]) => name);
}

/**
 * Whether a cron expression means this minute (UTC), of those that are numbers and stars.
 * @param {string} expression
 * @param {Date} moment
 */
export function isDue(expression, moment) {
  const now = [moment.getUTCMinutes(), moment.getUTCHours(), moment.getUTCDate(), moment.getUTCMonth() + 1, moment.getUTCDay()];
  return expression.split(" ").every((field, place) => field === "*" || Number(field) === now[place]);
}

/**
 * Calls it with each minute, as Cloudflare does. The process may end meanwhile.
 * @param {(cron: string) => Promise<unknown>} call
 */
export function keepTime(call) {
  const next = () => {
    const untilMinute = 60_000 - (Date.now() % 60_000);
    setTimeout(() => {
      const now = new Date();
      for (const cron of crons().filter((expression) => isDue(expression, now))) {
        call(cron).catch((error) => console.error(`The scheduler could not be called: ${error instanceof Error ? error.message : error}`));
      }
      next();
    }, untilMinute + 20).unref();
  };
  next();
}
