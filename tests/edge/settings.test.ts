// What a function does not read it is not given.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { chosenEngines, ENGINES } from "../../scripts/build/engines.mjs";
import { hyperdriveOf } from "../../scripts/deploy/hyperdrive.mjs";
import { linesFor, isFor, settingsIn } from "../../scripts/settings.mjs";
import { functions } from "../../scripts/workspace.mjs";
import { ROOT } from "../harness/built.ts";

const ALL = functions().map(({ name }) => name);
const readers = (setting: string): string[] => ALL.filter((name) => isFor(setting, name));

describe("a setting", () => {
  it("is for those who read it", () => {
    assert.deepEqual(readers("STRIPE_SECRET_KEY"), ["account", "billing", "console", "identity", "scheduler"]);
    assert.deepEqual(readers("STRIPE_WEBHOOK_SECRET"), ["billing"]);
    for (const name of ["CLERK_WEBHOOK_SECRET", "SUPABASE_HOOK_SECRET", "SUPABASE_DATABASE_WEBHOOK_SECRET"]) assert.deepEqual(readers(name), ["identity"], name);
    for (const name of ["JWT_SECRET", "JWKS_URL", "ALLOWED_ORIGINS", "BANNED_EMAIL_DOMAINS"]) assert.deepEqual(readers(name), ALL.filter((worker) => worker !== "scheduler"), name);
    assert.deepEqual([readers("ALLOW_ON_OUTAGE"), readers("USAGE_QUEUE_KEY")], [["track-usage"], ["scheduler"]]);
    assert.deepEqual(readers("WEBHOOKS_ALLOW_LOCAL"), ["scheduler", "webhooks"]);
    for (const name of ["RESEND_API_KEY", "MAIL_FROM", "FUNCTIONS_URL", "OPERATOR_EMAIL"]) assert.deepEqual(readers(name), ["scheduler"], name);
    assert.deepEqual([readers("INVITATION_SECRET"), readers("UNSUBSCRIBE_SECRET"), readers("RESEND_WEBHOOK_SECRET")],
      [ALL.filter((name) => ["console", "invite-user", "scheduler"].includes(name)), ALL.filter((name) => ["mails", "scheduler"].includes(name)), ["mails"]]);
    for (const name of ["DATABASE", "D1_TIMEOUT_MS", "D1_REPLICAS"]) assert.deepEqual(readers(name), ALL, name);
    assert.deepEqual([readers("POSTGRES_URL"), readers("CONSOLE_POSTGRES_URL")], [ALL.filter((worker) => worker !== "console"), ["console"]]);
    assert.deepEqual([readers("HYPERDRIVE_ID"), readers("CONSOLE_HYPERDRIVE_ID")], [[], []], "they are bound");
  });

  it("that says which engine the functions run on says what they are built with, and an unknown one is refused", () => {
    const { DATABASE } = settingsIn('JWT_SECRET="x"\n# DATABASE="d1"\nexport DATABASE="hyperdrive"\nHYPERDRIVE_ID=""\n');
    assert.deepEqual([chosenEngines(DATABASE), chosenEngines("")], [["hyperdrive"], ENGINES]);
    assert.throws(() => chosenEngines("mysql"), /DATABASE is "mysql"; there are: d1, postgres, hyperdrive\./);
  });

  it("that names a Hyperdrive binds each function to it, and the console to its own or to none", () => {
    const [id, ofConsole] = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"];
    const settings = { HYPERDRIVE_ID: id, CONSOLE_HYPERDRIVE_ID: ofConsole };
    assert.deepEqual([hyperdriveOf(settings, "billing"), hyperdriveOf(settings, "console"), hyperdriveOf({ HYPERDRIVE_ID: id }, "console")], [id, ofConsole, undefined]);
    for (const wrong of [{}, { HYPERDRIVE_ID: "tallygate" }]) assert.throws(() => hyperdriveOf(wrong, "billing"), /HYPERDRIVE_ID must be the id/);
  });

  it("is left out of the file for the others, and nothing else is", () => {
    const text = readFileSync(join(ROOT, "deploy.env.example"), "utf8").replace(/^# (?=[A-Z_]+=)/gm, "");
    const names = (worker: string) => [...linesFor(text, worker).matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    const all = [...text.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    const ofMails = /^(RESEND_|MAIL_FROM$|FUNCTIONS_URL$|INVITATION_SECRET$|UNSUBSCRIBE_SECRET$|OPERATOR_EMAIL$)/;
    const others = all.filter((name) => !ofMails.test(name ?? "") && !name?.endsWith("HYPERDRIVE_ID"));
    assert.deepEqual(names("track-upload"), others.filter((name) => !/^(STRIPE|CLERK|SUPABASE|USAGE_QUEUE|ALLOW_ON_OUTAGE|CONSOLE)/.test(name ?? "")));
    assert.deepEqual(names("scheduler"), all.filter((name) => /^(DATABASE|D1_REPLICAS|POSTGRES_URL|USAGE_QUEUE_KEY|STRIPE_SECRET_KEY|APP_URL)$/.test(name ?? "") || (ofMails.test(name ?? "") && name !== "RESEND_WEBHOOK_SECRET")));
    assert.deepEqual(names("billing"), others.filter((name) => !/^(CLERK|SUPABASE|USAGE_QUEUE|ALLOW_ON_OUTAGE|CONSOLE)/.test(name ?? "")));
    assert.deepEqual(names("identity"), others.filter((name) => !["STRIPE_WEBHOOK_SECRET", "USAGE_QUEUE_KEY", "ALLOW_ON_OUTAGE", "CONSOLE_POSTGRES_URL"].includes(name ?? "")));
  });

  it("that opens a function's worker to the world beside the gateway is off", () => {
    for (const name of ALL) {
      const text = readFileSync(join(ROOT, "functions", name, "wrangler.toml"), "utf8");
      for (const setting of ["workers_dev", "preview_urls"]) assert.match(text, new RegExp(`^${setting} = false$`, "m"), name);
    }
  });

  it("that a function's source names reaches that function", () => {
    const sources = (folder: string): string => readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".rs") && !file.includes("tests")).map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
    for (const name of ALL) {
      for (const [, setting = ""] of sources(join(ROOT, "functions", name, "src")).matchAll(/"((?:STRIPE|CLERK|SUPABASE)_[A-Z_]+)"/g)) {
        assert.ok(isFor(setting, name), `${name} reads ${setting}`);
      }
    }
  });
});
