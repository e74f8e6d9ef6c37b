// @ts-check
// Pages of the client's stories and examples, as one script each.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "../workspace.mjs";

/**
 * The script of a page, by its source's path in the repository.
 * @param {string} source
 * @returns {Promise<string>}
 */
export async function bundlePage(source) {
  // In a fresh clone neither is there until the set-up is through.
  const [{ build }, { compileScript, parse }] = await Promise.all([import("esbuild"), import("vue/compiler-sfc")]);
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, source)],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    jsx: "automatic",
    plugins: [vueFiles({ compileScript, parse })],
    tsconfig: join(ROOT, "tsconfig.json"),
    define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

/**
 * The page around a script and its style sheets.
 * @param {{ title: string, script: string, style: string, language?: string, gateway?: string }} page
 */
export function pageAround({ title, script, style, language = "en", gateway }) {
  const said = gateway === undefined ? "" : ` data-gateway="${gateway}"`;
  return `<!doctype html>
<html lang="${language}"${said}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="${style}"></head>
<body><main id="app"></main><script type="module" src="${script}"></script></body>
</html>
`;
}

/**
 * Vue's single-file components, by Vue's own compiler.
 * @param {Pick<typeof import("vue/compiler-sfc"), "compileScript" | "parse">} compiler
 * @returns {import("esbuild").Plugin}
 */
const vueFiles = ({ compileScript, parse }) => ({
  name: "vue",
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, ({ path }) => {
      const { descriptor, errors } = parse(readFileSync(path, "utf8"), { filename: path });
      if (errors.length > 0) throw errors[0];
      return { contents: compileScript(descriptor, { id: relative(ROOT, path), inlineTemplate: true }).content, loader: "ts" };
    });
  },
});
