// The documents: each link leads to something that is there, and each command is one.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../harness/built.ts";

const DOCUMENTS = ["README.md", "SECURITY.md", "client/README.md", "bench/RESULTS.md", ...readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
const text = (document: string): string => readFileSync(join(ROOT, document), "utf8");
/** Without what is shown as code, in lines of its own. */
const prose = (document: string): string => text(document).replaceAll(/^```[^]*?^```/gm, "");

/** The names by which GitHub leads to a document's headings. */
function anchors(document: string): Set<string> {
  const names = new Set<string>();
  for (const [, heading = ""] of prose(document).matchAll(/^#{1,6} (.+)$/gm)) {
    const said = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
    let name = said;
    for (let again = 1; names.has(name); again += 1) name = `${said}-${again}`;
    names.add(name);
  }
  return names;
}

describe("a document", () => {
  it("links to files and headings that are there", () => {
    const broken = DOCUMENTS.flatMap((document) => [...prose(document).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) => {
      if (/^(https?|mailto):/.test(target)) return [];
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? document : join(dirname(document), path);
      if (!existsSync(join(ROOT, file))) return [`${document}: ${target}`];
      return anchor !== undefined && !anchors(file).has(anchor) ? [`${document}: ${target}`] : [];
    }));
    assert.deepEqual(broken, []);
  });

  it("names commands that there are", () => {
    const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
    const unknown = DOCUMENTS.flatMap((document) => [...text(document).matchAll(/\bnpm (?:run (?:-s )?)?([a-z][a-z0-9-]*)/g)].flatMap(([command, name = ""]) => {
      const isScript = command.startsWith("npm run") || ["start", "test"].includes(name);
      return isScript && !(name in scripts) ? [`${document}: ${command}`] : [];
    }));
    assert.deepEqual(unknown, []);
  });

  it("names options that the command has", () => {
    const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
    const unknown = DOCUMENTS.flatMap((document) => [...text(document).matchAll(/\bnpm (?:run (?:-s )?)?([a-z][a-z0-9-]*)\b[^`\n#]*? -- ([^`\n#]*)/g)].flatMap(([, name = "", said = ""]) => {
      const [, script] = /((?:scripts|bench)\/[a-z/-]+\.(?:mjs|ts))/.exec(scripts[name] ?? "") ?? [];
      if (script === undefined) return [];
      const source = text(script);
      return [...said.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].flatMap(([, option = ""]) =>
        new RegExp(`(["']?)\\b${option}\\1: \\{ type`).test(source) ? [] : [`${document}: npm run ${name} -- --${option}`]);
    }));
    assert.deepEqual(unknown, []);
  });
});
