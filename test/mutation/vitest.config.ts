import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import type { Order } from "./order.ts";

const order = JSON.parse(readFileSync(process.env["MUTATION_ORDER"] ?? "", "utf8")) as Order;

class AsOrdered extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number =>
      order.files.findIndex(({ file }) => moduleId.endsWith(`/${file}`));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

/** One process and one thread, so that its end is the tests' and nothing is left running. */
export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/vm/**"],
    setupFiles: ["test/support/property-seed.ts"],
    runner: "test/mutation/runner.ts",
    sequence: { sequencer: AsOrdered },
    pool: "threads",
    maxWorkers: 1,
    // One mutant is on at a time.
    maxConcurrency: 1,
    isolate: false,
    // The processor time is bounded, and on a busy machine a clock would fail sound tests.
    testTimeout: 0,
    hookTimeout: 0,
    experimental: { fsModuleCache: true, fsModuleCachePath: new URL("../../.modules", import.meta.url).pathname },
  },
});
