// `npm run mails -- preview`: each mail of each catalog as pages, with nothing left open in them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { catalogNames } from "../../scripts/catalogs.mjs";
import { ROOT } from "../../scripts/workspace.mjs";

/** The kinds that docs and preferences know. */
const KINDS = ["endpoint_disabled", "invitation", "invitation_reminder", "limit_reached", "limit_warning", "member_removed", "payment_failed", "trial_ending"];

let folder: string;
let said: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "tallygate-mails-"));
  said = execFileSync("npm", ["run", "--silent", "mails", "--", "preview", folder], { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
});
after(() => rmSync(folder, { recursive: true, force: true }));

const page = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
/** A folder of `mails` is a language. */
const languages = readdirSync(join(ROOT, "mails"), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();

describe("npm run mails -- preview", () => {
  it("writes each kind of mail in each language for each catalog, and a page that leads to all of them", () => {
    assert.ok(languages.includes("en") && languages.length >= 2, String(languages));
    assert.equal(said.trim().split("\n").at(-1), join(folder, "index.html"));
    const wanted = KINDS.flatMap((kind) => languages.flatMap((language) => [`${kind}.${language}.html`, `${kind}.${language}.txt`])).sort();
    const index = page("index.html");
    for (const name of catalogNames()) {
      assert.deepEqual(readdirSync(join(folder, name)).sort(), wanted, name);
      for (const file of wanted) assert.ok(index.includes(`href="${name}/${file}"`), `${name}/${file}`);
    }
  });

  for (const name of catalogNames()) {
    it(`of ${name} has whole pages with nothing left open`, () => {
      for (const kind of KINDS) {
        const texts = languages.map((language) => page(name, `${kind}.${language}.txt`));
        for (const [place, text] of texts.entries()) {
          const language = languages[place] ?? "";
          const html = page(name, `${kind}.${language}.html`);
          const which = `${name}/${kind}.${language}`;
          assert.match(html, /^<!doctype html>/i, which);
          assert.match(html, /<\/html>\s*$/, which);
          assert.ok(html.includes(`lang="${language}"`), which);
          assert.ok(text.trim().length > 50, which);
          assert.doesNotMatch(text, /<[a-z/]/i, `${which}: a text has no tags`);
          for (const content of [html, text]) assert.doesNotMatch(content, /\{\{|\}\}|\{%|\{#|\$\{|\bundefined\b|\bnull\b|\bNaN\b|\[object/, which);
        }
        assert.equal(new Set(texts).size, texts.length, `${name}/${kind}: each language has its own words`);
      }
    });
  }
});
