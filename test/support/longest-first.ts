import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take longest, in seconds on two idle processors. On a fresh checkout Vitest knows no times;
 * a long file that begins last would keep one processor waiting.
 */
const seconds: Readonly<Record<string, number>> = {
  "test/vm/packages.test.ts": 270,
  "test/vm/faults.test.ts": 225,
  "test/vm/unready.test.ts": 165,
  "test/vm/waiters.test.ts": 135,
  "test/vm/unit.test.ts": 115,
  "test/vm/trusted.test.ts": 105,
  "test/vm/journal.test.ts": 105,
  "test/vm/callers.test.ts": 90,
  "test/vm/causes.test.ts": 85,
  "test/vm/seed-story.test.ts": 80,
  "test/vm/waits.test.ts": 80,
  "test/vm/corrected-boot.test.ts": 75,
  "test/vm/neighbours.test.ts": 45,
  "test/vm/recorder.test.ts": 30,
  "test/vm/clone.test.ts": 25,
  "test/vm/lab.test.ts": 20,
  "test/vm/recorder-grub.test.ts": 14,
  "test/cli/option-effects.test.ts": 40,
  "test/packaging/release.test.ts": 24,
  "test/daemon/restart.test.ts": 22,
  "test/parse/log/hostile-logs.test.ts": 21,
  "test/platform/unpack/decompressed.test.ts": 13,
  "test/parse/log/log-round-trip.test.ts": 6,
  "test/parse/log/log-reader.test.ts": 7,
  "test/render/page/browser.test.ts": 15,
  "test/exporters/metrics-server.test.ts": 12,
  "test/daemon/life.test.ts": 12,
  "test/cli/verbs/analyze.test.ts": 12,
  "test/cli/usage.test.ts": 11,
  "test/sources/log/standard-input.test.ts": 9,
  "test/render/damaged-records.test.ts": 8,
  "test/daemon/hostile-clients.test.ts": 7,
  "test/record-page.test.ts": 4,
  "test/core/shape/saved-record.test.ts": 3,
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
