import { emptyRecord } from "../core/boot-record.ts";
import type { Finding, Remedy } from "../core/finding.ts";
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
 * An armed recorder that does not record is worse than none: its empty trace looks like a boot in which no task waited.
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
        "The flight recorder is armed in this boot, but its trace cannot be read",
        `tracefs is not available${because}`,
        remediesFor(emptyRecord(), "mount-tracefs"),
      ),
    ];
  }
  if (tracefs === "ok" && events.length === 0 && off.length === 0) {
    return [
      found(
        "recorder-silent",
        "The flight recorder is on this boot's kernel command line, but its probes are not in the kernel",
        `An empty trace does not show that no task waited${because}. The kernel may have rejected the probes, or they were removed later`,
        remediesFor(emptyRecord(), "refused-probes"),
      ),
    ];
  }
  if (tracefs === "ok" && obstacles.length > 0)
    return [
      found(
        "recorder-stopped",
        "The flight recorder is armed in this boot, but is not recording now",
        obstacles.join("; "),
      ),
    ];
  if (tracefs === "ok" && events.length === 0) {
    // As crngwatch's daemon does when the CRNG is ready.
    return [
      {
        ...found(
          "recorder-off",
          "The flight recorder was armed in this boot and is switched off now",
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
        `The flight recorder missed ${missed} hits of its probes`,
        "More tasks waited at the same time than the return probes can track, so the end of some waits is not recorded",
      ),
    ];
  return [];
}
