import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import type { Selected } from "./runs.ts";

const selectedFile = process.env["MUTANT_TESTS"];
const selected = selectedFile === undefined ? [] : (JSON.parse(readFileSync(selectedFile, "utf8")) as Selected);

/** In the order in which runs.ts names them. */
class AsSelected extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = new Map(selected.map(({ file }, index) => [file, index]));
    const place = ({ moduleId }: TestSpecification): number =>
      [...order].find(([file]) => moduleId.endsWith(`/${file}`))?.[1] ?? order.size;
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
    sequence: { sequencer: AsSelected },
    pool: "threads",
    maxWorkers: 1,
    isolate: false,
    // The processor time is bounded, and on a busy machine a clock would fail sound tests.
    testTimeout: 0,
    hookTimeout: 0,
    experimental: { fsModuleCache: true, fsModuleCachePath: new URL("../../.modules", import.meta.url).pathname },
  },
});
