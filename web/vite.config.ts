import { defineConfig } from "vite";

// One page a build, so that a change of one leaves the other's files as they are. The chat's addresses are relative, the
// app's begin where both doors serve it.
const page = process.env.PAGE ?? "chat";

export default defineConfig({
  base: page === "app" ? "/app/" : "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    outDir: process.env.OUT,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    license: { fileName: "licenses.md" },
    rolldownOptions: { input: [`${page}.html`] },
  },
});
