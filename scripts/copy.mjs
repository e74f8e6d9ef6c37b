// @ts-check
// npm run copy -- --from local|remote|<backup> --to <postgres URL> [--dry-run | --verify]: everything that a D1 holds, into
// a Postgres. May be interrupted and started again; at the end every row is compared.
import { parseArgs } from "node:util";
import { withSource } from "./copy/source.mjs";
import { FILLED_IN_LATER } from "./copy/tables.mjs";
import { Target } from "./copy/target.mjs";
import { compare } from "./copy/verify.mjs";
import { Failure, Progress, main } from "./run.mjs";
import { setUpPackages } from "./setup.mjs";

const PAGE = Number(process.env.TALLYGATE_COPY_PAGE ?? 1_000);

await main(async () => {
  const { values } = parseArgs({
    options: { from: { type: "string" }, to: { type: "string" }, "dry-run": { type: "boolean", default: false }, verify: { type: "boolean", default: false } },
  });
  const { from, to } = values;
  if (from === undefined || to === undefined) throw new Failure("Say what is copied where: npm run copy -- --from local|remote|<backup> --to postgres://…");
  if (!/^postgres(ql)?:\/\//.test(to)) throw new Failure("--to is a Postgres: postgres://user:password@host/database");
  await setUpPackages();
  await withSource(from, async (source) => {
    const target = await Target.open(to, { dryRun: values["dry-run"] || values.verify });
    try {
      if (values["dry-run"]) return await plan(source, target);
      if (target === undefined) throw new Failure("The target is empty: there is nothing to compare.");
      mustBeOfOneVersion(source.migrations, await target.migrations());
      if (!values.verify) await copy(source, target);
      await verify(source, target);
      if (!values.verify) await target.finish();
    } finally {
      await target?.close();
    }
  });
});

/** @param {{ number: number, name: string }[]} here @param {{ number: number, name: string }[]} there */
function mustBeOfOneVersion(here, there) {
  if (JSON.stringify(here) !== JSON.stringify(there)) throw new Failure("Source and target have not had the same migrations: bring both up with \"npm run migrate\" first.");
}

/**
 * @param {import("./copy/source.mjs").Source} source
 * @param {Target | undefined} target
 */
async function plan(source, target) {
  if (target) mustBeOfOneVersion(source.migrations, await target.migrations());
  console.log(target ? "The target has its tables." : "The target is empty: it gets all tables.");
  for (const table of source.tables) {
    const [rows, copied] = [await source.count(table), target ? (await target.progress(table.name)).rows : 0];
    console.log(`  ${table.name.padEnd(26)} ${String(rows).padStart(9)} rows${copied > 0 ? `, ${copied} of them copied before` : ""}`);
  }
}

/**
 * @param {import("./copy/source.mjs").Source} source
 * @param {Target} target
 */
async function copy(source, target) {
  await target.begin(source);
  for (const table of source.tables) await eachPage(source, target, table, table.name, (page, isLast) => target.write(table, page, isLast));
  for (const table of source.tables.filter(({ name }) => FILLED_IN_LATER[name])) {
    await eachPage(source, target, table, `${table.name}, the rest`, (page, isLast) => target.fillIn(table, page, isLast));
  }
}

/**
 * @param {import("./copy/source.mjs").Source} source
 * @param {Target} target
 * @param {import("./copy/tables.mjs").Table} table
 * @param {string} step
 * @param {(page: Record<string, unknown>[], isLast: boolean) => Promise<void>} write
 */
async function eachPage(source, target, table, step, write) {
  let { after, rows, done } = await target.progress(step);
  if (done) return;
  const all = await source.count(table);
  const progress = new Progress(`Copying ${step}${rows > 0 ? `, from row ${rows + 1}` : ""}`);
  try {
    while (!done) {
      const page = await source.page(table, after, PAGE);
      done = page.length < PAGE;
      mustFit(table, page);
      await write(page, done);
      rows += page.length;
      after = table.key.map((column) => page.at(-1)?.[column]);
      progress.counted = `${rows}/${all}`;
    }
    progress.done();
  } finally {
    progress.close();
  }
}

/**
 * Postgres has no text with a zero byte, which SQLite has.
 * @param {import("./copy/tables.mjs").Table} table
 * @param {Record<string, unknown>[]} page
 */
function mustFit(table, page) {
  for (const row of page) {
    const column = table.columns.find((name) => typeof row[name] === "string" && /** @type {string} */ (row[name]).includes("\0"));
    if (column) throw new Failure(`${table.name} ${JSON.stringify(table.key.map((name) => row[name]))}: ${column} holds a zero byte, which Postgres does not take. Correct it in the source, and start again.`);
  }
}

/**
 * @param {import("./copy/source.mjs").Source} source
 * @param {Target} target
 */
async function verify(source, target) {
  const progress = new Progress("Comparing every row");
  const { rows, differences } = await compare(source, target, PAGE, (done) => { progress.counted = done; }).finally(() => progress.close());
  if (differences.length > 0) throw new Failure(["The two differ; was the source written to meanwhile?", ...differences.map((line) => `  ${line}`)].join("\n"));
  console.log(`${rows} rows in ${source.tables.length} tables are the same in both.`);
}
