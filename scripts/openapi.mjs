// @ts-check
// npm run openapi: writes the description of the API, of what the functions themselves read and answer. Each function's native
// test writes its part (`shared/src/describe`), and holds it from then on.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { main, runStep } from "./run.mjs";
import { ROOT, functions } from "./workspace.mjs";

/** For everybody, and for the operator's staff alone. */
const DOCUMENTS = ["openapi.json", "openapi.console.json"];

await main(async () => {
  const described = functions().filter(({ folder }) => existsSync(join(ROOT, folder, "src/described.rs")));
  for (const document of DOCUMENTS) rmSync(join(ROOT, document), { force: true });
  // One after another, since all of them write the same document.
  await runStep("Describing the functions", "cargo", ["test", "--lib", ...described.flatMap(({ crate }) => ["-p", crate]), "the_function_is_described"],
    { cwd: ROOT, env: { ...process.env, OPENAPI: "write" } });
});
