import { defineConfig } from "vite";

// A second page is a second HTML file here. Addresses are relative: the same files serve wherever a door puts them.
export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    outDir: process.env.OUT,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    license: { fileName: "licenses.md" },
    rolldownOptions: { input: ["chat.html"] },
  },
});
