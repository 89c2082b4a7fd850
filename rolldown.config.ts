import { defineConfig } from "rolldown";

/**
 * The program as CommonJS: with 60 ES modules `status` takes half as long again to start. What every start needs is one
 * chunk with the verb `status`, since each file that Node loads takes half a millisecond; a command line that is parsed
 * needs one more, and each other verb is a chunk of its own. The packages stay outside: koffi ships its own binary, and
 * the others are loaded by the verbs that need them.
 */
export default defineConfig({
  input: ["src/main.ts", "src/sources/log/read-ahead-thread.ts"],
  platform: "node",
  external: ["koffi", "pino/browser.js", "yaml", "@rgrove/parse-xml"],
  logLevel: "warn",
  output: {
    dir: "dist",
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    // A group takes in what its modules import.
    codeSplitting: {
      groups: [
        { name: "start", test: /\/src\/main\.ts$/ },
        { name: "run", test: /\/src\/cli\/(?:run|verbs\/registry)\.ts$/ },
      ],
    },
    // Names stay, so that a defect's message is readable.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  },
});
