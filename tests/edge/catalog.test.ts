// `npm run catalog` on the local database, as a person types it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/workspace.mjs";

const VOIP = readFileSync(join(ROOT, "catalogs/voip.toml"), "utf8");

const folder = mkdtempSync(join(tmpdir(), "tallygate-catalog-"));
process.env["TALLYGATE_STATE"] = join(folder, "state");
// The local database lies where the variable says, and it is read with the module.
const { prepareDatabase, withLocalDatabase } = await import("../../scripts/local/database.mjs");
const { catalogSql } = await import("../../scripts/catalogs.mjs");
const { demoScene, demoStatements } = await import("../../scripts/demo.mjs");
const { whatToTry } = await import("../../scripts/local/what-to-try.mjs");

const run = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [join(ROOT, "scripts/catalog.mjs"), ...args], { cwd: ROOT, env: process.env })).stdout;
const failure = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const error = await run(...args).then(() => undefined, (failed: { code: number; stdout: string; stderr: string }) => failed);
  return error ?? assert.fail(`${args.join(" ")} was done`);
};
/** A catalog of its own in a file. */
const written = (name: string, ...changes: [string, string][]): string => {
  const file = join(folder, `${name}.toml`);
  const text = changes.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), `${from} is not in the catalog`);
    return text.replace(from, to);
  }, VOIP);
  writeFileSync(file, text);
  return file;
};
type Rows = (sql: string) => Promise<Record<string, unknown>[]>;
/** Many questions to a database that is opened once. */
const asking = <T>(work: (rows: Rows) => Promise<T>): Promise<T> =>
  withLocalDatabase((database: { prepare: (sql: string) => { all: () => Promise<{ results: Record<string, unknown>[] }> } }) => work(async (sql) => (await database.prepare(sql).all()).results)) as Promise<T>;
const rows: Rows = (sql) => asking((rows) => rows(sql));
const uploads = async (plan: string): Promise<unknown> => (await rows(`SELECT limit_value FROM plan_features WHERE plan_id = '${plan}'`))[0]?.["limit_value"];

before(async () => { await catalogSql("voip"); });
beforeEach(async () => {
  await prepareDatabase({ catalogSql: await catalogSql("voip"), fresh: true, demo: () => demoStatements(Date.now(), "secret", "voip") });
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe("npm start -- --catalog", () => {
  it("has people of its own in each product, on the plans and with the use that they are said to have", async () => {
    for (const name of ["coaching", "starter-kit", "voice-training", "voip", "wellness"]) {
      await prepareDatabase({ catalogSql: await catalogSql(name), fresh: true, demo: () => demoStatements(Date.now(), "secret", name) });
      const { people } = demoScene(name) as { people: { email: string; plan?: string; used?: Record<string, number> }[] };
      await asking(async (rows) => {
        const there = await rows("SELECT email FROM users ORDER BY email");
        assert.deepEqual(there.map(({ email }) => email), people.map(({ email }) => email).sort(), name);
        assert.deepEqual(await rows("SELECT email, account_type FROM users WHERE account_type <> 'user'"), [{ email: "root@staff.example", account_type: "super_admin" }], name);
        for (const { email, plan, used } of people) {
          const of = `FROM users u JOIN organizations o ON o.personal_user_id = u.id JOIN org_subscriptions s ON s.organization_id = o.id`;
          const [held] = await rows(`SELECT s.plan_id ${of} WHERE u.email = '${email}'`);
          if (plan !== undefined) assert.equal(held?.["plan_id"], plan, email);
          assert.ok(held !== undefined, email);
          const counted = await rows(`SELECT c.feature, c.quantity ${of} JOIN usage_counters c ON c.organization_id = o.id WHERE u.email = '${email}'`);
          for (const [feature, quantity] of Object.entries(used ?? {})) {
            assert.deepEqual(counted.find((row) => row["feature"] === feature)?.["quantity"], quantity, `${email} ${feature}`);
          }
        }
      });
    }
  });
});

describe("what npm start says", () => {
  const begin = async (product: string, fresh: boolean) => prepareDatabase({ catalogSql: await catalogSql(product), product, fresh, demo: () => demoStatements(Date.now(), "secret", product) });
  const said = (catalog: string, { isNew, product }: { isNew: boolean; product: string | undefined }, postgres?: string): string =>
    whatToTry(8787, { isNew, begunWith: product, catalog, scene: demoScene(catalog), invitation: "the-token", postgres });

  it("tells that a database was begun with another product, and how to begin anew, until that is done", async () => {
    const other = /begun with voip: .*\n  To begin anew:  npm start -- --fresh --catalog coaching/;
    assert.doesNotMatch(said("voip", await begin("voip", true)), /begun with/);
    assert.match(said("coaching", await begin("coaching", false)), other);
    await run("push", "coaching");
    assert.match(said("coaching", await begin("coaching", false)), other);
    assert.doesNotMatch(said("voip", await begin("voip", false)), /begun with/);
    assert.doesNotMatch(said("coaching", await begin("coaching", true)), /begun with/);
  });

  it("has the invitation's link, and on Postgres the address that the commands take", () => {
    const voip = said("voip", { isNew: true, product: "voip" });
    assert.match(voip, /as fay@northwind\.example, open http:\/\/localhost:8787\/accept-invitation\?token=the-token\n/);
    assert.match(voip, /npm run catalog -- push voip\n/);
    assert.match(said("voip", { isNew: true, product: "voip" }, "postgresql://here"), /push voip --postgres "\$ADMIN_URL"\n {2}Postgres: {4}ADMIN_URL=postgresql:\/\/here\n/);
    assert.doesNotMatch(said("voip", { isNew: false, product: "coaching" }), /Invitation/);
  });
});

describe("npm run catalog", () => {
  it("checks every catalog, and names file, line and field of what is wrong", async () => {
    const checked = await run("check");
    for (const name of ["coaching", "starter-kit", "voice-training", "voip", "wellness"]) assert.match(checked, new RegExp(`catalogs/${name}\\.toml: \\d plans, nothing wrong`));
    const wrong = written("wrong", ["limit = 100", "limit = -5"]);
    const { code, stderr } = await failure("check", "voip", wrong);
    assert.equal(code, 1);
    const line = VOIP.slice(0, VOIP.indexOf("limit = 100")).split("\n").length;
    assert.ok(stderr.includes(`${wrong}, line ${line}, plans.starter.features.uploads: feature \`uploads\`: a limit must be -1 (unlimited) or more`), stderr);
  });

  it("shows what a push changes and changes nothing, then does it", async () => {
    assert.match(await run("diff"), /Nothing changes/);
    const changed = written("changed", ["limit = 100", "limit = 250"], ["price_year_cents = 218900", "price_year_cents = 199000"]);
    const table = /starter: uploads +100 a calendar month +250 a calendar month +6 +0\nplan professional, price a year +2189\.00 +1990\.00 +0 +0\n/;
    assert.match(await run("diff", changed), table);
    assert.equal(await uploads("starter"), 100);
    assert.match(await run("push", changed), table);
    assert.equal(await uploads("starter"), 250);
    assert.match(await run("diff", changed), /Nothing changes/);
  });

  it("takes nothing from who pays without --yes", async () => {
    const lower = written("lower", ["limit = -1", "limit = 900"]);
    await withLocalDatabase((database: { batch: (statements: unknown[]) => Promise<unknown>; prepare: (sql: string) => unknown }) =>
      database.batch([database.prepare("UPDATE org_subscriptions SET plan_id = 'professional', status = 'active' WHERE plan_id = 'starter'")]));
    const { code, stdout, stderr } = await failure("push", lower);
    assert.equal(code, 1);
    assert.match(stdout, /professional: uploads +unlimited a calendar month +900 a calendar month +6 +6 +yes/);
    assert.match(stderr, /takes something away from organizations that pay: nothing was pushed/);
    assert.equal(await uploads("professional"), -1);
    await run("push", lower, "--yes");
    assert.equal(await uploads("professional"), 900);
  });

  it("keeps a plan that is in use, and moves who is on it to a version of it", async () => {
    const second = written("second", ["id = \"starter\"", "id = \"starter@2\""], ["limit = 100", "limit = 20"]);
    assert.match(await run("push", second), /plan starter +offered +kept for who is on it +6 +0/);
    assert.deepEqual(await rows("SELECT plan_id, COUNT(*) AS held FROM org_subscriptions WHERE plan_id LIKE 'starter%' GROUP BY plan_id"), [{ plan_id: "starter", held: 6 }]);
    const [one] = await rows("SELECT organization_id AS id FROM org_subscriptions WHERE plan_id = 'starter' ORDER BY organization_id LIMIT 1");
    const shown = await run("move", "starter", "starter@2", "--organizations", String(one?.["id"]));
    assert.match(shown, /1 organization on starter \(0 paying\).*\n[^]*uploads +100 a calendar month +20 a calendar month +1 +0 +yes\n[^]*1 organization moved to starter@2\./);
    assert.deepEqual(await rows("SELECT organization_id AS id FROM org_subscriptions WHERE plan_id = 'starter@2'"), [one]);
    assert.deepEqual(
      await rows("SELECT organization_id AS id, actor_id, action, target_id, details FROM audit_events WHERE action = 'subscription.moved'"),
      [{ ...one, actor_id: "operator", action: "subscription.moved", target_id: "starter@2", details: "{\"from\":\"starter\"}" }],
    );
    assert.deepEqual(await rows("SELECT organization_id AS id, target_id FROM outbox WHERE event_type = 'subscription.updated'"), [{ ...one, target_id: "starter@2" }]);
    assert.match(await run("move", "starter", "starter@2"), /5 organizations moved to starter@2\./);
    assert.match(await run("move", "starter", "starter@2"), /Nobody is on starter/);
  });

  it("says what is wrong, and does nothing", async () => {
    for (const [args, problem] of [
      [[], /Say what to do/], [["voip"], /Say what to do/], [["diff", "nothing"], /There is no catalog "nothing"/], [["push", "voip", "--remote", "--postgres", "x"], /Choose one/],
      [["move", "starter"], /Name two plans/], [["move", "starter", "starter@9"], /The database has no plan starter@9/], [["move", "starter", "starter"], /where they are already/],
      [["move", "starter", "enterprise"], /for `team`: 6 of them are of the other kind/], [["move", "starter", "professional", "--organizations", "nowhere"], /1 of the 1 organizations named are not on starter/],
      [["move", "starter", "professional", "--organizations", ","], /Name the organizations' ids/],
    ] as const) assert.match((await failure(...args)).stderr, problem);
    assert.deepEqual(await rows("SELECT revision FROM catalog_settings"), [{ revision: 0 }]);
  });
});
