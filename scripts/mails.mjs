// @ts-check
// npm run mails -- preview [folder]: every mail in every language, in the colors of every catalog, as pages to look at.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { catalogFile, catalogNames, catalogTool } from "./catalogs.mjs";
import { Failure, main } from "./run.mjs";
import { CACHE } from "./setup/cache.mjs";
import { setUp } from "./setup.mjs";

/** @typedef {{ kind: string, language: string, from: string, subject: string, text: string, html: string }} Mail */

await main(async () => {
  const [what, folder = join(CACHE, "mails"), ...more] = process.argv.slice(2);
  if (what !== "preview" || more.length > 0) throw new Failure('Say what to do: "npm run mails -- preview", or "npm run mails -- preview <folder>".');
  await setUp();
  const target = resolve(folder);
  const sections = [];
  for (const name of catalogNames()) {
    /** @type {{ product: string, mails: Mail[] }} */
    const { product, mails } = JSON.parse(await catalogTool(["mails", catalogFile(name)]));
    mkdirSync(join(target, name), { recursive: true });
    const rows = mails.map((mail) => {
      const page = `${name}/${mail.kind}.${mail.language}`;
      writeFileSync(join(target, `${page}.html`), mail.html);
      writeFileSync(join(target, `${page}.txt`), mail.text);
      return `<tr><td>${mail.kind}</td><td>${mail.language}</td><td><a href="${page}.html">${escaped(mail.subject)}</a></td><td><a href="${page}.txt">text</a></td></tr>`;
    });
    sections.push(`<h2>${escaped(product)}</h2><p>From: ${escaped(mails[0]?.from ?? "")}</p><table>${rows.join("")}</table>`);
  }
  const index = join(target, "index.html");
  writeFileSync(index, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mails</title>
<style>body{font-family:system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}td{padding:.2rem 1rem .2rem 0}</style></head>
<body><h1>Mails</h1>${sections.join("\n")}</body></html>\n`);
  console.log(index);
});

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
