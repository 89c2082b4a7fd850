import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take longest, in seconds on two idle processors. On a fresh checkout Vitest knows no times;
 * a long file that begins last would keep one processor waiting.
 */
const seconds: Readonly<Record<string, number>> = {
  "test/vm/packages.test.ts": 380,
  "test/vm/unready.test.ts": 240,
  "test/vm/waiters.test.ts": 245,
  "test/vm/callers.test.ts": 205,
  "test/vm/trusted.test.ts": 190,
  "test/vm/corrected-boot.test.ts": 150,
  "test/vm/unit.test.ts": 123,
  "test/vm/seed-story.test.ts": 118,
  "test/vm/causes.test.ts": 95,
  "test/vm/waits.test.ts": 90,
  "test/vm/journal.test.ts": 95,
  "test/vm/lab.test.ts": 25,
  "test/vm/faults.test.ts": 190,
  "test/vm/neighbours.test.ts": 46,
  "test/vm/recorder.test.ts": 30,
  "test/vm/clone.test.ts": 30,
  "test/parse/log/hostile-logs.test.ts": 65,
  "test/daemon/systemd.test.ts": 40,
  "test/platform/unpack/decompressed.test.ts": 25,
  "test/packaging/release.test.ts": 20,
  "test/parse/log/log-round-trip.test.ts": 19,
  "test/parse/log/log-reader.test.ts": 18,
  "test/parse/log/recorded-logs.test.ts": 5,
  "test/core/shape/saved-record.test.ts": 5,
};

/**
 * Starts the longest files first; those that are not listed follow, each project's together, since a process that is
 * not isolated takes only the next file of its own project.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- Vitest's own method, which returns the order
    const inOrder = await super.sort(files);
    const projects = [...new Set(inOrder.map(({ project }) => project.name))];
    return inOrder.toSorted(
      (a, b) => secondsOf(b) - secondsOf(a) || projects.indexOf(a.project.name) - projects.indexOf(b.project.name),
    );
  }
}

function secondsOf({ moduleId }: TestSpecification): number {
  const path = Object.keys(seconds).find((name) => moduleId.endsWith(`/${name}`));
  return path === undefined ? 0 : (seconds[path] ?? 0);
}
