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

/** The same with what differs from run to run (ids, tokens, times) left out. */
export function lasting(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "«id»")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "«time»")
    // As an act keeps it.
    .replace(/"endsAt": \d{13}/g, '"endsAt": «time»')
    .replace(/(token=|"token": ?")[\w-]{43}/g, "$1«token»")
    .replace(/("sessionSecret": ?")[\w-]{22}/g, "$1«secret»")
    .replace(/personal-[0-9a-f]{8}-[0-9a-f]{4}/g, "personal-«id»")
    .replace(/whsec_[\w+/=]+/g, "whsec_«secret»")
    .replace(/read=\d+/g, "read=«n»")
    // A call lasts as long as its two requests take.
    .replace(/"(seconds|counted|usedQuantity)": \d+/g, '"$1": «n»')
    .replace(/call of \d+ seconds/g, "call of «n» seconds")
    // Usernames that are suggested end in digits at random.
    .replace(/"(?:admin|member)(_?)\d{2,}"/g, '"«name»$1«digits»"')
    // What is concluded from how much of the month has gone; nothing on its first day.
    .replace(/"projected": (\d+|null)/g, '"projected": «n»')
    // What Stripe names, and what depends on the second of the request.
    .replace(/\b(cs|cus|in|sub|evt|ch|bps|test|live)_[\w/-]+/g, "$1_«id»")
    .replace(/"(number|hostedUrl|pdfUrl|url|eventId)": "[^"]*"/g, '"$1": «text»')
    .replace(/"(creditCents|chargeCents|totalCents|dueNowCents|subtotalCents|dueCents|paidCents|prorationDate)": -?\d+/g, '"$1": «n»');
}
