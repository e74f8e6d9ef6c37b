// `npm run import` on the local database: a check changes nothing, and a run that the system ends again and again makes what one
// does that nobody ends.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openD1 } from "../../scripts/local/d1.mjs";
import { comparable, killedWhen, started } from "../import/command.ts";
import { Files } from "../import/brought.ts";
import { product } from "../import/sources.ts";

const folder = mkdtempSync(join(tmpdir(), "tallygate-import-"));
const empty = join(folder, "empty");
process.env["TALLYGATE_STATE"] = empty;
// The local database lies where the variable says, and it is read with the module.
const { LOCAL_NAME, prepareDatabase } = await import("../../scripts/local/database.mjs");
const { catalogSql } = await import("../../scripts/catalogs.mjs");

const files = new Files();
before(async () => { await prepareDatabase({ catalogSql: await catalogSql("voip"), fresh: true, demo: () => [] }); });
after(() => {
  files.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** A state folder of its own, with the plans and nobody. */
function state(name: string): string {
  cpSync(empty, join(folder, name), { recursive: true });
  return join(folder, name);
}

/** Every row of every table. */
async function contents(path: string, began: number): Promise<Record<string, string[]>> {
  const database = await openD1({ name: LOCAL_NAME, folder: join(path, "v3/d1") });
  try {
    const rows = async (sql: string): Promise<Record<string, unknown>[]> => (await database.prepare(sql).all()).results;
    const found: Record<string, string[]> = {};
    for (const { name } of await rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '!_cf%' ESCAPE '!' AND name NOT LIKE 'sqlite%'")) found[String(name)] = comparable(await rows(`SELECT * FROM "${name}"`), began);
    return found;
  } finally {
    await database.dispose();
  }
}

/** Changes with each transaction. */
const touched = (path: string): string => readdirSync(join(path, "v3/d1"), { recursive: true, encoding: "utf8" }).filter((name) => name.includes(".sqlite")).map((name) => {
  try {
    const { size, mtimeMs } = statSync(join(path, "v3/d1", name));
    return `${name} ${size} ${mtimeMs}`;
  } catch {
    return "";
  }
}).join();

describe("npm run import", () => {
  it("is checked without a change, and made to the same although it is killed again and again", async () => {
    const sources = files.supabaseCsv(product(200, { seed: 21, name: "killed" }));
    const args = ["--mapping", "supabase", ...sources];
    const began = Date.now();
    const [whole, pieces] = [state("whole"), state("pieces")];

    const findings = join(folder, "findings.csv");
    const checked = await started(["check", ...args, "--csv", findings], { TALLYGATE_STATE: whole }).ended;
    assert.equal(checked.code, 0, checked.said);
    assert.match(checked.said, /people and 8 organizations to make, with \d+ seats/);
    assert.match(readFileSync(findings, "utf8"), /^where,kind,id,outcome,reason,detail\r\n"?users\.csv, line \d+/);
    assert.deepEqual(await contents(whole, began), await contents(empty, began));

    const done = await started(["run", ...args], { TALLYGATE_STATE: whole }).ended;
    assert.equal(done.code, 0, done.said);

    let kills = 0;
    for (const pages of [1, 2, 4, 7]) {
      const run = started(["run", ...args], { TALLYGATE_STATE: pieces });
      let [seen, changes] = [touched(pieces), 0];
      // To be opened changes the files, too: only what comes while pages are made counts.
      let isMaking = false;
      run.child.stderr?.on("data", (text: string) => { isMaking ||= text.includes("Making"); });
      const { code } = await killedWhen(run, async () => {
        const now = touched(pieces);
        if (isMaking && now !== seen) changes += 1;
        seen = now;
        return changes >= pages;
      });
      kills += Number(code === null);
    }
    assert.ok(kills > 0, "it was never killed");
    const rest = await started(["run", ...args], { TALLYGATE_STATE: pieces }).ended;
    assert.equal(rest.code, 0, rest.said);
    assert.deepEqual(await contents(pieces, began), await contents(whole, began));
  });

  it("says what is wrong with what it is given", async () => {
    for (const [args, message] of [
      [[], /Say what to do/],
      [["check", "users.csv"], /Name the mapping/],
      [["check", "--mapping", "unheard-of", "users.csv"], /There is no mapping "unheard-of"/],
      [["check", "--mapping", "supabase"], /Name what is brought/],
      [["check", "--mapping", "supabase", join(folder, "nowhere.csv")], /nowhere\.csv is not there/],
      [["check", "--mapping", "supabase", files.write("others.csv", "id\n1\n")], /There are no users in what was given.*there is: others/],
      [["check", "--mapping", "supabase", files.write("users.csv", "id,email\n1,a@b.example,c\n")], /users\.csv, line 2: there are 3 fields where the first line names 2/],
      [["check", "--mapping", files.write("typo.toml", "[users]\ntables = [\"users\"]\nid = \"id\"\nemial = \"email\"\n"), "users.csv"], /\[users\] has no "emial"/],
    ] as const) {
      const { code, said } = await started([...args], { TALLYGATE_STATE: empty }).ended;
      assert.equal(code, 1, said);
      assert.match(said, message);
    }
  });
});
