// @ts-check
// Which function is given which setting: what one does not read cannot be stolen from it.

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

/**
 * What a settings file says, by the names of its settings; an empty value says nothing.
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function settingsIn(text) {
  const found = text.split("\n").map((line) => /^\s*(?:export\s+)?([A-Z0-9_]+)\s*=\s*"?([^"]*)"?\s*$/.exec(line));
  return Object.fromEntries(found.flatMap((match) => (match?.[1] !== undefined && match[2] ? [[match[1], match[2].trim()]] : [])));
}

/**
 * The lines of a settings file (`NAME="value"`) that are for a function.
 * @param {string} text
 * @param {string} worker
 */
export function linesFor(text, worker) {
  return text.split("\n").filter((line) => {
    const name = /^\s*(?:export\s+)?([A-Z0-9_]+)\s*=/.exec(line)?.[1];
    return name === undefined || isFor(name, worker);
  }).join("\n");
}
