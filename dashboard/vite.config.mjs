// @ts-check
// The dashboard and the staff's console: two pages, of which neither has the other's routes in it.
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** @param {string} path */
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at("."),
  plugins: [vue()],
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
