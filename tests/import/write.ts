// node --import tsx tests/import/write.ts <people> <folder>: a Supabase project's tables as CSV, to see how long an import takes.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { csv, product, supabase } from "./sources.ts";

const [count = "", folder = ""] = process.argv.slice(2);
if (!/^\d+$/.test(count) || folder === "") throw new Error("Say how many people, and into which folder.");
mkdirSync(folder, { recursive: true });
for (const { table, columns, rows } of supabase(product(Number(count), { isDirty: false }))) writeFileSync(join(folder, `${table.split(".")[1]}.csv`), csv(columns, rows));
