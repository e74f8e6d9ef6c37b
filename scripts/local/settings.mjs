// @ts-check
// The settings of local work. They reach the workers as `.dev.vars` beside each configuration, a file that
// wrangler reads in `dev` only and git ignores, so that nothing of it can be deployed or committed.
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { linesFor, settingLines } from "../settings.mjs";
import { ROOT, functions } from "../workspace.mjs";

const SECRET_FILE = join(ROOT, ".wrangler/jwt-secret");

/** This checkout's own signing secret, made at the first call. */
export function localSecret() {
  try {
    return readFileSync(SECRET_FILE, "utf8").trim();
  } catch {
    const secret = randomBytes(48).toString("base64url");
    mkdirSync(dirname(SECRET_FILE), { recursive: true });
    writeFileSync(SECRET_FILE, secret, { mode: 0o600 });
    return secret;
  }
}

/**
 * What `local.env` says, in the form of `deploy.env.example`: the keys of a test account of Stripe's, the secrets of
 * webhooks. Git ignores it.
 * @returns {Record<string, string>}
 */
function ownSettings() {
  const file = join(ROOT, "local.env");
  if (!existsSync(file)) return {};
  return Object.fromEntries(settingLines(readFileSync(file, "utf8"), "local.env").map(({ name, value }) => [name, value]));
}

/**
 * @param {number} port
 * @param {Record<string, string>} further Settings of this start alone.
 */
export function writeLocalSettings(port, further = {}) {
  const settings = {
    JWT_SECRET: localSecret(),
    // The staff of the demo may see what a customer sees.
    VIEW_AS_SECRET: createHmac("sha256", localSecret()).update("view as").digest("base64url"),
    ALLOWED_ORIGINS: [...new Set(["http://localhost:5173", "http://localhost:5174", "http://localhost:8787", `http://localhost:${port}`])].join(","),
    // As in a Supabase project that confirms addresses: the address in a token counts as verified.
    EMAIL_CONFIRMATION: "required",
    APP_URL: `http://localhost:${port}`,
    // A deployed reply does not tell how many rows were read.
    SERVER_TIMING: "rows",
    // A receiver may be on this machine.
    WEBHOOKS_ALLOW_LOCAL: "1",
    ...ownSettings(),
    ...further,
  };
  const text = Object.entries(settings).map(([name, value]) => `${name}="${value}"\n`).join("");
  for (const worker of functions()) writeFileSync(join(ROOT, worker.folder, ".dev.vars"), linesFor(text, ".dev.vars", worker.name), { mode: 0o600 });
}
