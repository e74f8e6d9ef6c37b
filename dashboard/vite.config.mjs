// @ts-check
// The dashboard and the staff's console: two pages, of which neither has the other's routes in it.
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** @param {string} path */
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const CLERK = "@clerk/clerk-js/no-rhc";
const NO_CLERK = "\0no-clerk";

/** Clerk's package is installed only where it is wanted. `scripts/build/page-facts.mjs` refuses the settings that want it without it. */
const clerkWhereInstalled = {
  name: "clerk-where-installed",
  /** @this {import("vite").Rollup.PluginContext} @param {string} id @param {string | undefined} importer */
  async resolveId(id, importer) {
    return id === CLERK ? ((await this.resolve(id, importer, { skipSelf: true })) ?? NO_CLERK) : undefined;
  },
  /** @param {string} id */
  load: (id) => (id === NO_CLERK ? "export class Clerk {}" : undefined),
};

export default defineConfig({
  root: at("."),
  plugins: [clerkWhereInstalled, vue()],
  resolve: {
    alias: [
      { find: /^@tallygate\/client$/, replacement: at("../client/src/index.ts") },
      { find: /^@tallygate\/client\/theme.css$/, replacement: at("../client/theme.css") },
      { find: /^@tallygate\/client\/(session|vue)$/, replacement: at("../client/src/$1/index.ts") },
    ],
  },
  build: {
    outDir: at("build/pages"),
    emptyOutDir: true,
    target: "es2022",
    // The policy of dashboard/public/_headers lets nothing come from a data address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: [at("index.html"), at("console.html")] },
  },
});
