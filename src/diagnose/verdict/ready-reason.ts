import type { Reason } from "../../core/verdict.ts";
import type { Case, Ruling } from "./rule.ts";
import { whenReady } from "./words.ts";

/** Later than this, a boot is late for a person. */
export const lateSeconds = 10;

/** When it became ready, as a reason. */
export function readyReason({ record, release }: Case): readonly Reason[] {
  if (record.readiness.level !== "ready") return [];
  const words = whenReady(record.readiness);
  const when = words === "" ? "the log reports that it is ready" : `ready${words}`;
  return [
    {
      text:
        release?.by === "fast-init"
          ? `${when}; on this kernel getrandom() does not block after 'fast init done'`
          : when,
      line: record.readiness.line,
    },
  ];
}

/** Where it became ready, to look at. */
export function readyPointer({ record }: Case): NonNullable<Ruling["lookAt"]> {
  const { line } = record.readiness;
  return line === null ? [] : [{ line, kind: "silence", text: "the CRNG became ready" }];
}
