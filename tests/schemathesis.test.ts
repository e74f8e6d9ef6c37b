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

/** Made-up requests of each action. `TALLYGATE_EXAMPLES=20` makes more, and goes to the edges of every field besides, which is thousands. */
const MORE = process.env["TALLYGATE_EXAMPLES"];
const EXAMPLES = MORE ?? "6";
const PHASES = MORE === undefined ? "fuzzing" : "coverage,fuzzing";
/** A fault, another status than those that are described, another form, another body. */
const CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"];

interface Document {
  paths: Record<string, Record<string, { parameters?: { $ref?: string }[] }>>;
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

/**
 * The description, with the organization that is there in place of made-up ones, which would be refused before anything else is
 * looked at; and without headers, since what is made up of a header is refused by the runtime before a function has it.
 */
function description(organization: string): string {
  const document = JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8")) as Document;
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    operation.parameters = operation.parameters?.filter(({ $ref }) => $ref === undefined) ?? [];
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

/** Where the body names the action, a wrong one is another action's request: these are asked for what they take alone. */
const NAMED_BY_BODY = ["--include-path-regex", "#", "--mode", "positive"];
const NAMED_BY_PATH = ["--exclude-path-regex", "#"];

describe("made-up requests", () => {
  for (const [who, actions] of [["an owner", NAMED_BY_BODY], ["an owner", NAMED_BY_PATH], ["nobody", NAMED_BY_PATH]] as const) {
    it(`of ${who} are answered as it is described (${actions.join(" ")})`, async (t: TestContext) => {
      if (program === undefined) return t.skip(`Schemathesis cannot be installed here: ${missing}`);
      const team = await staffedTeam(shop.system);
      const { code, output } = await run(program, [
        description(team.id), "--url", `${shop.system.url}/functions/v1`, ...actions,
        ...(who === "nobody" ? [] : ["--header", `Authorization: Bearer ${team.owner.token}`]),
        "--checks", CHECKS.join(","), "--phases", PHASES, "--max-examples", EXAMPLES,
        "--generation-deterministic", "--suppress-health-check", "all", "--no-shrink",
      ]);
      assert.equal(code, 0, output);
      assert.match(output, /[1-9]\d* generated/, output);
    });
  }
});
