// docs/API.md and docs/CONSOLE.md, and their examples: each stands between a marker `<!-- example: name -->` and the end of its block.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Example } from "./examples.ts";

/** The pages that show examples. */
const PATHS = ["API", "CONSOLE"].map((page) => fileURLToPath(new URL(`../../docs/${page}.md`, import.meta.url)));
const BLOCK = /<!-- example: (?<name>[\w.-]+) -->\n(?<text>(?:```[a-z]*\n[\s\S]*?```\n)*)/g;

/** An example as the document shows it. */
export function shown(example: Example): string {
  const body = example.body === undefined ? "" : `\n${JSON.stringify(example.body)}`;
  const timing = example.timing === "" ? "" : `   Server-Timing: ${example.timing.replace(/dur=[\d.]+/, "dur=…")}`;
  return `\`\`\`http
${example.method} /functions/v1/${example.fn}${body}
\`\`\`
\`\`\`json
// ${example.status}${timing}
${JSON.stringify(example.reply, undefined, 2)}
\`\`\`
`;
}

/** What the document shows, by the example's name. */
export function documented(): Map<string, string> {
  const blocks = PATHS.flatMap((path) => [...readFileSync(path, "utf8").matchAll(BLOCK)]);
  return new Map(blocks.map(({ groups }) => [groups?.["name"] ?? "", groups?.["text"] ?? ""]));
}

export function write(examples: Example[]): void {
  const made = new Map(examples.map((example) => [example.name, shown(example)]));
  for (const path of PATHS) {
    const text = readFileSync(path, "utf8").replace(BLOCK, (whole, name: string) => {
      const example = made.get(name);
      return example === undefined ? whole : `<!-- example: ${name} -->\n${example}`;
    });
    writeFileSync(path, text);
  }
}
