import { defineConfig } from "rolldown";

/**
 * The program as CommonJS, one chunk a verb: with 60 ES modules `status` takes half as long again to start. The packages
 * stay outside: koffi ships its own binary, and the others are loaded by the verbs that need them.
 */
export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  external: ["koffi", "pino/browser.js", "systeminformation", "yaml", "@rgrove/parse-xml"],
  logLevel: "warn",
  output: { dir: "dist", format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" },
});
