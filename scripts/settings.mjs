// @ts-check
// What a settings file says, and which function is given which setting: what one does not read cannot be stolen from it.
import { Failure } from "./run.mjs";

/**
 * Settings that not every function reads, by the beginning of their names, with those that do.
 * @type {[RegExp, string[]][]}
 */
const FOR_SOME = [
  [/^STRIPE_WEBHOOK_/, ["billing"]],
  // A conversion changes a price, and a deletion cancels what is paid; the scheduler puts overage on invoices; the staff deletes, and has
  // messages taken in again.
  [/^STRIPE_/, ["account", "billing", "console", "identity", "scheduler"]],
  [/^CLERK_/, ["identity"]],
  [/^SUPABASE_/, ["identity"]],
  [/^USAGE_QUEUE_/, ["scheduler"]],
  [/^WEBHOOKS_/, ["webhooks", "scheduler"]],
  // The console signs in to Postgres as a role of its own.
  [/^CONSOLE_POSTGRES_/, ["console"]],
  // What a function is bound to is no setting of it.
  [/^(CONSOLE_)?HYPERDRIVE_ID$/, []],
  [/^ALLOW_ON_OUTAGE$/, ["track-usage"]],
  [/^INVITATION_SECRET$/, ["invite-user", "console"]],
  // Who stops mails by a link has it from the scheduler.
  [/^(UNSUBSCRIBE_SECRET|RESEND_WEBHOOK_SECRET)$/, ["mails"]],
  [/^(RESEND_|MAIL_FROM$|OPERATOR_EMAIL$|FUNCTIONS_URL$)/, []],
];

/**
 * Nobody calls the scheduler: all that it reads is where the database is, what it writes usage from a queue with, how it asks Stripe, whom it
 * may send events to, and what mails need.
 */
const OF_THE_SCHEDULER =
  /^(DATABASE$|D1_|POSTGRES_|USAGE_QUEUE_KEY$|STRIPE_SECRET_KEY$|STRIPE_API_URL$|WEBHOOKS_|RESEND_API_|MAIL_FROM$|OPERATOR_EMAIL$|APP_URL$|FUNCTIONS_URL$|INVITATION_SECRET$|UNSUBSCRIBE_SECRET$)/;

/**
 * @param {string} name Of a setting.
 * @param {string} worker Of a function.
 */
export function isFor(name, worker) {
  if (worker === "scheduler") return OF_THE_SCHEDULER.test(name);
  if (worker === "console" && name === "POSTGRES_URL") return false;
  const readers = FOR_SOME.find(([names]) => names.test(name))?.[1];
  return readers === undefined || readers.includes(worker);
}

/** `NAME="value"`, `NAME='value'` or `NAME=value`, with a comment behind it or not. */
const SETTING = /^\s*(?:export\s+)?([A-Z0-9_]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^"'#]*?))\s*(?:#.*)?$/;

/** @typedef {{ name: string, value: string, line: number, text: string }} Setting Where it stands, and as it is written there. */

/**
 * Each setting of a settings file, the empty ones too. A line that is neither a setting nor a comment is a failure that names the line,
 * and shows nothing of it: it may be half of a secret.
 * @param {string} text
 * @param {string} file For people.
 * @returns {Setting[]}
 */
export function settingLines(text, file) {
  return text.split(/\r?\n/).flatMap((written, place) => {
    if (/^\s*(#|$)/.test(written)) return [];
    const [, name, ...values] = SETTING.exec(written) ?? [];
    if (name === undefined) throw new Failure(`${file}, line ${place + 1}: this is not NAME="value".`);
    return [{ name, value: (values.find((value) => value !== undefined) ?? "").trim(), line: place + 1, text: written }];
  });
}

/**
 * What a settings file says, by the names of its settings; an empty value says nothing.
 * @param {string} text
 * @param {string} file
 * @returns {Record<string, string>}
 */
export function settingsIn(text, file) {
  return Object.fromEntries(settingLines(text, file).flatMap(({ name, value }) => (value === "" ? [] : [[name, value]])));
}

/**
 * The lines of a settings file that are for a function. An empty value is none of them, since it would take away what the function has.
 * @param {string} text
 * @param {string} file
 * @param {string} worker
 */
export function linesFor(text, file, worker) {
  return settingLines(text, file).filter(({ name, value }) => value !== "" && isFor(name, worker)).map(({ text: line }) => `${line}\n`).join("");
}
