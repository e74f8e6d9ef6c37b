// The client's types are those of the API's description, and code that reads a reply otherwise does not compile.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import ts from "typescript";
import { join } from "node:path";
import { CONSOLE_TYPES, TYPES, typesOfApi, typesOfConsole } from "../../scripts/client/types.mjs";
import { ROOT } from "../harness/built.ts";

/** What the compiler says of a page's code, the API's types being those or changed ones. */
function compiled(code: string, change: (types: string) => string = (types) => types): string[] {
  const page = join(ROOT, "client/src/a-page.ts");
  const options: ts.CompilerOptions = {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true, types: [], lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  };
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  const text = (file: string): string | undefined => (file === page ? code : file === TYPES ? change(read(file) ?? "") : read(file));
  host.readFile = text;
  host.fileExists = ((exists) => (file) => file === page || exists(file))(host.fileExists.bind(host));
  host.getSourceFile = (file, language) => {
    const found = text(file);
    return found === undefined ? undefined : ts.createSourceFile(file, found, language);
  };
  const program = ts.createProgram([page], options, host);
  return ts.getPreEmitDiagnostics(program, program.getSourceFile(page)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

const HEAD = `import { createClient, isRefusal } from "./index.ts";
const client = createClient({ url: "" });
`;
const READS_A_REPLY = `${HEAD}
const plan = (await client.trackUsage.entitlements()).plan;
export const ends: string | null = plan.trialEndsAt;
export const allowed: boolean = (await client.trackUsage.check({ feature: "uploads" })).allowed;
`;

describe("the types", () => {
  it("are those of openapi.json", async () => {
    assert.equal(readFileSync(TYPES, "utf8"), await typesOfApi(), '"npm run client-types" writes them anew.');
    assert.equal(readFileSync(CONSOLE_TYPES, "utf8"), await typesOfConsole(), '"npm run client-types" writes them anew.');
  });

  it("let a page read what is answered", () => {
    assert.deepEqual(compiled(READS_A_REPLY), []);
  });

  it("stop a page that reads what a reply has no more", () => {
    const renamed = compiled(READS_A_REPLY, (types) => types.replaceAll("trialEndsAt", "trialUntil"));
    assert.match(renamed.join("\n"), /'trialEndsAt' does not exist/);
    const retyped = compiled(READS_A_REPLY, (types) => types.replaceAll("allowed: boolean", "allowed: string"));
    assert.match(retyped.join("\n"), /'string' is not assignable to type 'boolean'/);
  });

  it("want what an action wants, and tell refusals apart", () => {
    assert.match(compiled(`${HEAD} await client.manageSession.validate({});`).join("\n"), /sessionId/);
    assert.match(compiled(`${HEAD} await client.account.me({}); client.account.mine();`).join("\n"), /'mine' does not exist/);
    const refused = (code: string): string => `${HEAD} try { await client.account.me(); } catch (error) { if (isRefusal(error) && error.code === "${code}") { const left: number = error.remaining; } }`;
    assert.deepEqual(compiled(refused("upload_limit_exceeded")), []);
    assert.match(compiled(refused("seat_limit_exceeded")).join("\n"), /'remaining' does not exist/);
    assert.match(compiled(refused("no_such_code")).join("\n"), /no overlap/);
  });
});
