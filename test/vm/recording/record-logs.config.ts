import { defineConfig } from "vitest/config";

/** Rewrites test/fixtures/logs/ from fresh boots (test/fixtures/logs/README.md); no test, and no part of `npm test`. */
export default defineConfig({
  test: {
    include: ["test/vm/recording/record-logs.ts"],
    testTimeout: 600_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
  },
});
