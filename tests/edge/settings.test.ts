// What a function does not read it is not given.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { chosenEngines, ENGINES } from "../../scripts/build/engines.mjs";
import { checkSettings, knownSettings } from "../../scripts/deploy/check-settings.mjs";
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
    const { DATABASE } = settingsIn('JWT_SECRET="x"\n# DATABASE="d1"\nexport DATABASE="hyperdrive"\nHYPERDRIVE_ID=""\n', "deploy.env");
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
    const text = readFileSync(join(ROOT, "deploy.env.example"), "utf8").replace(/^# (?=[A-Z0-9_]+=)/gm, "").replaceAll(/=""$/gm, '="x"');
    const names = (worker: string) => [...linesFor(text, "deploy.env", worker).matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name);
    const all = [...text.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name);
    const ofMails = /^(RESEND_|MAIL_FROM$|FUNCTIONS_URL$|INVITATION_SECRET$|UNSUBSCRIBE_SECRET$|OPERATOR_EMAIL$)/;
    const others = all.filter((name) => !ofMails.test(name ?? "") && !name?.endsWith("HYPERDRIVE_ID"));
    assert.deepEqual(names("track-upload"), others.filter((name) => !/^(STRIPE|CLERK|SUPABASE|USAGE_QUEUE|ALLOW_ON_OUTAGE|CONSOLE|WEBHOOKS_)/.test(name ?? "")));
    assert.deepEqual(names("scheduler"), all.filter((name) => /^(DATABASE|D1_[A-Z_]+|POSTGRES_[A-Z_]+|WEBHOOKS_TIMEOUT_MS|USAGE_QUEUE_KEY|STRIPE_SECRET_KEY|APP_URL)$/.test(name ?? "") || (ofMails.test(name ?? "") && name !== "RESEND_WEBHOOK_SECRET")));
    assert.deepEqual(names("billing"), others.filter((name) => !/^(CLERK|SUPABASE|USAGE_QUEUE|ALLOW_ON_OUTAGE|CONSOLE|WEBHOOKS_)/.test(name ?? "")));
    assert.deepEqual(names("identity"), others.filter((name) => !["STRIPE_WEBHOOK_SECRET", "USAGE_QUEUE_KEY", "ALLOW_ON_OUTAGE", "CONSOLE_POSTGRES_URL", "WEBHOOKS_TIMEOUT_MS"].includes(name ?? "")));
  });

  it("that is empty is given to nobody, since it would take away what a function has", () => {
    assert.equal(linesFor('JWT_SECRET=""\nAPP_URL="https://app.northwind.example"\n', "deploy.env", "billing"), 'APP_URL="https://app.northwind.example"\n');
  });

  it("is read in each form that wrangler reads, and what is none is refused without showing it", () => {
    assert.deepEqual(settingsIn("A=\"one two\" # why\nexport B='three'\r\nC = four five # six\n# D=\"7\"\nE=\n", "deploy.env"), { A: "one two", B: "three", C: "four five" });
    for (const line of ['JWT_SECRET="abc', "JWT_SECRET: abc", '"abc"', "jwt_secret=abc"]) {
      assert.throws(() => settingsIn(`# first\n${line}\n`, "deploy.env"), { message: 'deploy.env, line 2: this is not NAME="value".' }, line);
    }
  });

  it("that README.md explains is in deploy.env.example", () => {
    const known = knownSettings();
    const [, table = ""] = /## Configure\n([^]*?)\n## /.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
    const explained = table.split("\n").flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([A-Z0-9_]+)`/g)].map(([, name = ""]) => name));
    assert.ok(explained.length > 25, String(explained.length));
    assert.deepEqual(explained.filter((name) => !known.has(name)), []);
  });

  it("that opens a function's worker to the world beside the gateway is off", () => {
    for (const name of ALL) {
      const text = readFileSync(join(ROOT, "functions", name, "wrangler.toml"), "utf8");
      for (const setting of ["workers_dev", "preview_urls"]) assert.match(text, new RegExp(`^${setting} = false$`, "m"), name);
    }
  });

  describe("of a deployment", () => {
    const SOUND = `JWT_SECRET="${"x".repeat(32)}"\nALLOWED_ORIGINS="https://app.northwind.example"\n`;
    const faults = (text: string): string[] => {
      try {
        checkSettings(text, "deploy.env");
        return [];
      } catch (error) {
        return (error as Error).message.split("\n");
      }
    };

    it("is told where it is wrong before anything is built, all of them at once, and no value is shown", () => {
      const wrong = [
        ['JWT_SECRETT="secret-value"', "there is no setting JWT_SECRETT; deploy.env.example has all that there are."],
        ['JWT_SECRET="secret-value"', "JWT_SECRET must have at least 32 bytes."],
        ['STRIPE_SECRET_KEY="sk_live_…"', "STRIPE_SECRET_KEY is still the example's: fill it in, or leave the line out."],
        ['APP_URL="https://app.example.com"', "APP_URL is still the example's: fill it in, or leave the line out."],
        ['STRIPE_SECRET_KEY="secret-value"', 'STRIPE_SECRET_KEY begins with "sk_" or "rk_".'],
        ['STRIPE_WEBHOOK_SECRET="whsec_one secret-value"', 'STRIPE_WEBHOOK_SECRET begins with "whsec_".'],
        ['SUPABASE_HOOK_SECRET="whsec_one"', 'SUPABASE_HOOK_SECRET begins with "v1,whsec_".'],
        ['ALLOWED_ORIGINS="https://app.northwind.example/"', 'ALLOWED_ORIGINS names origins, as "https://app.example.com": nothing comes after the host and its port.'],
        ['POSTGRES_URL="db.northwind.example/tallygate"', "POSTGRES_URL is an address that begins with postgresql://."],
        ['APP_URL="app.northwind.example"', "APP_URL is an address that begins with https://."],
        ['D1_TIMEOUT_MS="ten"', "D1_TIMEOUT_MS is a whole number."],
      ] as const;
      assert.deepEqual(faults(wrong.map(([line]) => line).join("\n")), [...wrong.map(([, says], place) => `deploy.env, line ${place + 1}: ${says}`), "Nothing was deployed."]);
      assert.deepEqual(faults('JWKS_URL="https://clerk.northwind.example/.well-known/jwks.json"'), ["deploy.env: JWKS_URL needs JWT_ISSUER beside it, whose tokens are believed.", "Nothing was deployed."]);
    });

    it("that is sound is taken, with what is left out", () => {
      assert.deepEqual(checkSettings(SOUND, "deploy.env"), []);
      assert.deepEqual(checkSettings('DATABASE="postgres"\nRESEND_API_KEY="re_one"\nMAIL_FROM="mail@northwind.example"\n', "deploy.env").map((note) => note.split(":")[0]), [
        "deploy.env does not say JWT_SECRET or JWKS_URL", "deploy.env does not say ALLOWED_ORIGINS", "deploy.env does not say POSTGRES_URL", "deploy.env does not say APP_URL, FUNCTIONS_URL, UNSUBSCRIBE_SECRET",
      ]);
    });

    it("is not what the example has where a value of one's own belongs", () => {
      assert.match(faults(readFileSync(join(ROOT, "deploy.env.example"), "utf8"))[0] ?? "", /ALLOWED_ORIGINS is still the example's/);
    });
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
