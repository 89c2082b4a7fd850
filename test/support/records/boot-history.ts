import { emptyRecord } from "../../../src/core/boot-record.ts";
import type { BootOfList } from "../../../src/render/text/boot-list.ts";
import { aWait } from "./waits.ts";

/** A boot of a list: when it was ready, with which kernel, and whether a task was blocked. Null: not known. */
export interface HistoryBoot {
  readonly ready: number | null;
  readonly kernel: string | null;
  readonly blocked?: boolean;
}

/** A list of such boots, the earliest first; the last one is boot 0. */
export function historyOf(boots: readonly HistoryBoot[]): readonly BootOfList[] {
  return boots.map(({ ready, kernel, blocked }, position) => {
    const empty = emptyRecord();
    return {
      index: position - boots.length + 1,
      firstEntryAt: "2018-05-01T07:12:44Z",
      describedBy: kernel === null ? null : "crngwatch",
      record: {
        ...empty,
        kernel: { ...empty.kernel, release: kernel, version: kernel === null ? null : "#1 SMP" },
        readiness: {
          ...empty.readiness,
          level: ready === null ? "unknown" : "ready",
          readyAt: ready,
          notAfter: ready,
          exact: ready !== null,
        },
        waits: blocked === true ? [aWait({ from: 1, to: ready, seconds: 1 })] : [],
      },
    };
  });
}

/** `count` boots: a new kernel every `each` boots, and the third of them makes readiness ten times as late. */
export function manyBoots(count: number, each = 5): readonly BootOfList[] {
  return historyOf(
    Array.from({ length: count }, (_, index) => {
      const slow = index >= Math.floor(count / (2 * each)) * each;
      return {
        ready: index % 7 === 6 ? null : slow ? 41.2 + (index % 3) : 4.1 + (index % 3) / 10,
        kernel: `6.${Math.floor(index / each)}.9-200.fc41.x86_64`,
        blocked: slow && index % 2 === 0,
      };
    }),
  );
}
