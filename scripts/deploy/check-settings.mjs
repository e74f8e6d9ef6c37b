// @ts-check
// What is wrong with the settings of a deployment, told before anything is built or deployed: a function that is given a wrong one refuses
// every request.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../run.mjs";
import { settingLines } from "../settings.mjs";
import { ROOT } from "../workspace.mjs";

const EXAMPLE = "deploy.env.example";

/** As `shared` has it: a shorter secret can be guessed. */
const SHORTEST_SECRET = 32;

/** What stands in the example where a value of one's own belongs. */
const NOT_FILLED_IN = /…|<[^>]*>|\bexample\.com\b/;

/** @typedef {[RegExp, (value: string) => boolean, string]} Rule Which settings, what holds of their value, and that in words. */

const secrets = (/** @type {RegExp} */ form) => (/** @type {string} */ value) => value.split(/\s+/).every((one) => form.test(one));

/** @type {Rule[]} */
const RULES = [
  [/^(JWT|INVITATION|UNSUBSCRIBE|VIEW_AS)_SECRET$/, (value) => Buffer.byteLength(value) >= SHORTEST_SECRET, `must have at least ${SHORTEST_SECRET} bytes`],
  [/^ALLOWED_ORIGINS$/, (value) => value.split(",").every((one) => isOrigin(one.trim())), 'names origins, as "https://app.example.com": nothing comes after the host and its port'],
  [/^(JWKS_URL|APP_URL|FUNCTIONS_URL|POSTGRES_HTTP_ENDPOINT)$/, (value) => /^https?:$/.test(protocolOf(value)), "is an address that begins with https://"],
  [/^(CONSOLE_)?POSTGRES_URL$/, (value) => /^postgres(ql)?:$/.test(protocolOf(value)), "is an address that begins with postgresql://"],
  [/^STRIPE_SECRET_KEY$/, (value) => /^(sk|rk)_/.test(value), 'begins with "sk_" or "rk_"'],
  [/^(STRIPE|CLERK|RESEND)_WEBHOOK_SECRET$/, secrets(/^whsec_/), 'begins with "whsec_"'],
  [/^SUPABASE_HOOK_SECRET$/, secrets(/^v1,whsec_/), 'begins with "v1,whsec_"'],
  [/^RESEND_API_KEY$/, (value) => /^re_/.test(value), 'begins with "re_"'],
  [/^USAGE_QUEUE_KEY$/, (value) => /^tg_/.test(value), 'begins with "tg_": npm run key -- create'],
  [/^EMAIL_CONFIRMATION$/, (value) => value === "required", 'is "required", or left out'],
  [/_(TIMEOUT_MS|KEEP_AFTER)$/, (value) => /^\d+$/.test(value), "is a whole number"],
];

/**
 * Fails with everything that is wrong, each with its line; no value is shown.
 * @param {string} text Of the settings file.
 * @param {string} file For people.
 * @returns {string[]} What the file leaves out that each deployment must have had once.
 */
export function checkSettings(text, file) {
  const lines = settingLines(text, file).filter(({ value }) => value !== "");
  const known = knownSettings();
  const wrong = lines.flatMap(({ name, value, line }) => {
    const place = `${file}, line ${line}: `;
    if (!known.has(name)) return [`${place}there is no setting ${name}; ${EXAMPLE} has all that there are.`];
    if (name !== "BANNED_EMAIL_DOMAINS" && NOT_FILLED_IN.test(value)) return [`${place}${name} is still the example's: fill it in, or leave the line out.`];
    const broken = RULES.find(([names, holds]) => names.test(name) && !holds(value));
    return broken === undefined ? [] : [`${place}${name} ${broken[2]}.`];
  });
  const said = Object.fromEntries(lines.map(({ name, value }) => [name, value]));
  if (said.JWKS_URL !== undefined && said.JWT_ISSUER === undefined && said.ALLOW_ANY_ISSUER !== "yes") {
    wrong.push(`${file}: JWKS_URL needs JWT_ISSUER beside it, whose tokens are believed.`);
  }
  if (wrong.length > 0) throw new Failure(`${wrong.join("\n")}\nNothing was deployed.`);
  return leftOut(said, file);
}

/** Every setting that a deployment may have, by its name. */
export function knownSettings() {
  const example = readFileSync(join(ROOT, EXAMPLE), "utf8");
  return new Set([...example.matchAll(/^(?:# )?([A-Z0-9_]+)=/gm)].map(([, name]) => name));
}

/**
 * @param {Record<string, string | undefined>} said
 * @param {string} file
 */
function leftOut(said, file) {
  /** @type {string[]} */
  const notes = [];
  const note = (/** @type {string} */ what, /** @type {string} */ without) => notes.push(`${file} does not say ${what}: the functions keep what they have, and without any ${without}.`);
  if (said.JWT_SECRET === undefined && said.JWKS_URL === undefined) note("JWT_SECRET or JWKS_URL", "nobody can sign in");
  if (said.ALLOWED_ORIGINS === undefined) note("ALLOWED_ORIGINS", "no web page may call them");
  if (said.DATABASE === "postgres" && said.POSTGRES_URL === undefined) note("POSTGRES_URL", "they reach no database");
  const ofMails = ["MAIL_FROM", "APP_URL", "FUNCTIONS_URL", "UNSUBSCRIBE_SECRET"].filter((name) => said[name] === undefined);
  if (said.RESEND_API_KEY !== undefined && ofMails.length > 0) note(ofMails.join(", "), "mails stay unsent");
  return notes;
}

/** @param {string} text */
function isOrigin(text) {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** @param {string} text */
function protocolOf(text) {
  return URL.canParse(text) ? new URL(text).protocol : "";
}
