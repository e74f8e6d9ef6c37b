// Requests that Schemathesis makes up by the description: none meets a fault, and each is answered as the description says.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { ensureSchemathesis } from "../scripts/setup/schemathesis.mjs";
import { ROOT } from "../scripts/workspace.mjs";
import { Shop } from "./harness/shop.ts";
import { staffedTeam } from "./harness/staffed-team.ts";

type Schemathesis = Awaited<ReturnType<typeof ensureSchemathesis>>;

/** Made-up requests of each action, beside those at the edges of its fields. */
const EXAMPLES = 5;
/** A fault, another status than those that are described, another form, another body. */
const CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"];

interface Document {
  paths: Record<string, Record<string, { operationId: string; parameters?: { $ref?: string }[] }>>;
  components: { parameters: Record<string, { schema: object }> };
}

let shop: Shop;
let folder: string;
let program: Schemathesis | undefined;
let missing = "";
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "tallygate-schemathesis-"));
  program = await ensureSchemathesis().catch((error: Error) => {
    missing = error.message;
    return undefined;
  });
  shop = await Shop.open();
});
after(async () => {
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The description, with headers that name what is there: made-up ones would be refused before anything else is looked at. */
function description(organization: string): string {
  const document = JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8")) as Document;
  for (const [name, parameter] of Object.entries(document.components.parameters)) {
    if (name === "x-organization-id") parameter.schema = { const: organization };
  }
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    operation.parameters = operation.parameters?.filter(({ $ref }) => !/x-session-/.test($ref ?? "")) ?? [];
  }
  const text = JSON.stringify(document).replaceAll('"organizationId":{"description":', `"organizationId":{"enum":["${organization}"],"description":`);
  const file = join(folder, "openapi.json");
  writeFileSync(file, text);
  return file;
}

function run({ command, args, env }: Schemathesis, more: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, "--no-color", "run", ...more], { cwd: folder, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => { output += text; });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

describe("made-up requests", () => {
  for (const who of ["an owner", "nobody"] as const) {
    it(`of ${who} are answered as it is described`, async (t: TestContext) => {
      if (program === undefined) return t.skip(`Schemathesis cannot be installed here: ${missing}`);
      const team = await staffedTeam(shop.system);
      const { code, output } = await run(program, [
        description(team.id), "--url", `${shop.system.url}/functions/v1`,
        ...(who === "nobody" ? [] : ["--header", `Authorization: Bearer ${team.owner.token}`]),
        "--checks", CHECKS.join(","), "--phases", "coverage,fuzzing", "--max-examples", String(EXAMPLES),
        "--seed", "1", "--generation-deterministic", "--generation-database", "none", "--suppress-health-check", "all",
      ]);
      assert.equal(code, 0, output);
      assert.match(output, /[1-9]\d* generated/, output);
    });
  }
});
