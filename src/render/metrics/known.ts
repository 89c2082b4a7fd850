import type { BootRecord } from "../../core/boot-record.ts";

/** The same answer as the exit code of `crngwatch status`; null: not known. */
export function isReady({ readiness: { level, settled } }: BootRecord): boolean | null {
  if (level === "ready") return true;
  return settled ? false : null;
}

/** Whether any part of a kernel log was read. What a log does not show is known to be none only then. */
export function isLogRead({ observed: { log, missed, readyLines }, covers, earlyUses, reseeds }: BootRecord): boolean {
  return covers !== null || [log, missed, readyLines, earlyUses, reseeds].some(({ length }) => length > 0);
}
