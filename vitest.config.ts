import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

/** Rooms whose tests import pure modules, and so leave nothing behind for the next file in the same process. */
const pureRooms = ["core", "parse", "render", "diagnose"].map((room) => `test/${room}/**/*.test.ts`);
const common = { setupFiles: ["test/support/property-seed.ts"], testTimeout: 30_000 };

/** `pure` and `unit` need Node alone; `vm` boots real kernels under QEMU and takes minutes (test/vm/lab/README.md). */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Vitest keeps one processor free, which on a machine with two leaves half of it idle. Two workers leave a sixth of
    // it: tests wait for programs that they have started, and for daemons.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        // A process for each file costs 0.3 s of processor time, more than most of these take.
        test: { ...common, name: "pure", include: pureRooms, isolate: false },
      },
      {
        test: { ...common, name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/vm/**", ...pureRooms] },
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
