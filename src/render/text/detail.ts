import type { BootRecord } from "../../core/boot-record.ts";

/** How much a text shows: `brief` fits a screen where all is well, `full` is what `--verbose` prints. */
export type Detail = "brief" | "full";

/** Whether nothing of the boot needs a person: the CRNG is ready, no task waited for it and no finding warns. */
export function isQuiet({
  readiness,
  waits,
  findings,
}: Pick<BootRecord, "readiness" | "waits"> & {
  readonly findings: readonly { readonly severity: "info" | "warning" | "critical" }[];
}): boolean {
  return readiness.level === "ready" && waits.length === 0 && findings.every(({ severity }) => severity === "info");
}
