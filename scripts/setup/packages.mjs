// @ts-check
// The npm packages. The scripts that a person starts use only Node itself until these are there, so that
// `npm start` works straight after `git clone`.
import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runStep } from "../run.mjs";
import { ROOT } from "../workspace.mjs";
import { checkoutLock } from "./cache.mjs";
import { alone } from "./lock.mjs";

const LOCK_FILE = join(ROOT, "package-lock.json");
const INSTALLED = join(ROOT, "node_modules", ".package-lock.json");
const STAMP = join(ROOT, "node_modules", ".tallygate");

export async function installPackages() {
  if (upToDate()) return;
  await alone(checkoutLock("npm"), "npm ci", async () => {
    if (upToDate()) return;
    await runStep("npm packages", "npm", ["ci", "--no-audit", "--no-fund"], {
      cwd: ROOT,
      advice: "Run \"npm ci\" to see more; it needs a connection to the npm registry.",
    });
    writeFileSync(STAMP, lockFileHash());
  });
}

/** By content, or by date where a person ran `npm install` themselves. */
function upToDate() {
  try {
    const installed = statSync(INSTALLED).mtimeMs;
    return read(STAMP) === lockFileHash() || installed >= statSync(LOCK_FILE).mtimeMs;
  } catch {
    return false;
  }
}

function lockFileHash() {
  return createHash("sha256").update(readFileSync(LOCK_FILE)).digest("hex");
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
