import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

/** `unit` needs Node alone; `vm` boots real kernels under QEMU and takes minutes (test/vm/lab/README.md). */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/vm/**"],
          setupFiles: ["test/support/property-seed.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "vm",
          include: ["test/vm/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          maxWorkers: 2,
          // After the quick ones, so that a guest does not run beside the tests of the real daemon.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
