import type { BootRecord, Gap } from "../core/boot-record.ts";
import { blockedOf } from "../core/wait.ts";
import { remediesFor } from "./remedy/remedies.ts";
import type { Rule } from "./rule.ts";

/** An armed recorder that did not record all is worse than none: it seems to rule the CRNG out. */
export const recorderIncomplete: Rule = {
  id: "recorder-incomplete",
  severity: "warning",
  find: (record) => {
    const { recorder, waits } = record;
    return recorder?.armed !== true || recorder.problem === null
      ? null
      : {
          summary: `The flight recorder's data of this boot is incomplete: whether ${blockedOf(waits).length === 0 ? "any task" : "another task"} waited is not known`,
          detail: recorder.problem,
          remedies: remediesFor(record, "see-recorder"),
        };
  },
};

/** What is worth reporting of what is missing: in the kernel log, in the recorder's trace. */
export const gapRules: readonly Rule[] = [
  {
    id: "log-incomplete",
    severity: "info",
    find(record) {
      const records = lost(record, "log");
      if (records === null || record.readiness.exact || record.covers !== null) return null;
      return {
        summary: "The kernel log is incomplete, so the time of readiness is known only as an interval",
        detail: `${records} records were overwritten: the kernel's log buffer keeps only the newest`,
        remedies: remediesFor(record, "ready-line", "larger-log"),
      };
    },
  },
  {
    id: "trace-incomplete",
    severity: "info",
    find(record) {
      const events = lost(record, "trace");
      if (events === null) return null;
      return {
        summary: "The flight recorder's trace is incomplete, so other tasks may have waited as well",
        detail: `The trace buffer was full, or more tasks waited than are listed. Events known to be lost: ${events}`,
        remedies: remediesFor(record, "larger-trace"),
      };
    },
  },
];

/** How many are known to be lost; null: nothing is. */
function lost({ gaps }: BootRecord, of: Gap["source"]): number | null {
  const its = gaps.filter((gap) => gap.source === of);
  return its.length === 0 ? null : its.reduce((sum, gap) => sum + (gap.lost ?? 0), 0);
}
