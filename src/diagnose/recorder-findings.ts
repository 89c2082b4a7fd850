import { emptyRecord, type Finding, type Remedy } from "../core/boot-record.ts";
import { remediesFor } from "./remedy/remedies.ts";

/** What is known of the flight recorder in this boot, as far as findings rest on it. */
export interface RecorderFacts {
  /** This boot's command line arms it. */
  readonly armed: boolean;
  readonly tracefs: "ok" | "absent" | "denied" | "failed";
  readonly events: readonly string[];
  readonly off: readonly string[];
  readonly missed: number | null;
  readonly obstacles: readonly string[];
}

/**
 * An armed recorder that does not record is worse than none: its empty trace looks like a boot in which nobody waited.
 */
export function recorderFindings({
  armed,
  tracefs,
  events,
  off,
  missed,
  obstacles,
}: RecorderFacts): readonly Finding[] {
  const because = obstacles.length === 0 ? "" : `: ${obstacles.join("; ")}`;
  const found = (id: string, summary: string, detail: string, remedies: readonly Remedy[] = []): Finding => ({
    id,
    severity: "warning",
    summary,
    detail,
    remedies,
  });
  if (!armed) return [];
  if (tracefs === "absent" || tracefs === "failed") {
    return [
      found(
        "recorder-hidden",
        "The flight recorder is armed in this boot, and what it recorded cannot be seen",
        `There is no tracefs to read${because}`,
        remediesFor(emptyRecord(), "mount-tracefs"),
      ),
    ];
  }
  if (tracefs === "ok" && events.length === 0 && off.length === 0) {
    return [
      found(
        "recorder-silent",
        "The flight recorder is armed on this boot's command line, and the kernel has none of its events",
        `That it saw nobody wait proves nothing${because}. The kernel may have refused the probes, or somebody removed them since`,
        remediesFor(emptyRecord(), "refused-probes"),
      ),
    ];
  }
  if (tracefs === "ok" && obstacles.length > 0)
    return [
      found(
        "recorder-stopped",
        "The flight recorder is armed in this boot, and does not record now",
        obstacles.join("; "),
      ),
    ];
  if (tracefs === "ok" && events.length === 0) {
    // As crngwatch's daemon does when the CRNG is ready.
    return [
      {
        ...found(
          "recorder-off",
          "The flight recorder was armed in this boot, and is switched off now",
          "What it recorded until then is still in the trace",
        ),
        severity: "info",
      },
    ];
  }
  if ((missed ?? 0) > 0)
    return [
      found(
        "recorder-missed",
        `The flight recorder missed ${missed} of its probes' hits`,
        "More tasks waited at once than a return probe follows: some waits have no end in the trace",
      ),
    ];
  return [];
}
