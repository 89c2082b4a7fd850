import type { BootRecord, Gap } from "../core/boot-record.ts";
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
          summary: `The flight recorder of this boot is not whole: that ${waits.length === 0 ? "nobody" : "nobody else"} waited is not known`,
          detail: recorder.problem,
          remedies: remediesFor(record, "see-recorder"),
        };
  },
};

/** What is worth telling of what is missing: in the kernel log, in the recorder's trace. */
export const gapRules: readonly Rule[] = [
  {
    id: "log-incomplete",
    severity: "info",
    find(record) {
      const records = lost(record, "log");
      if (records === null || record.readiness.exact || record.covers !== null) return null;
      return {
        summary: "The kernel log is not whole, so the moment of readiness is known as an interval only",
        detail: `${records} records are lost; the ring keeps the newest`,
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
        summary: "The recorder's trace is not whole, so others may have waited too",
        detail: `Its buffer was full, or more tasks waited than are listed; events known to be lost: ${events}`,
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
