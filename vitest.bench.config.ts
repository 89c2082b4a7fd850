import { defineConfig } from "vitest/config";

/** Benchmarks print ratios measured side by side; they are no tests and no part of `npm test`. */
export default defineConfig({
  test: {
    include: ["test/bench/**/*.bench.ts"],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
  },
});
