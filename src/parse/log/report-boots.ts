import type { BootRecord } from "../../core/boot-record.ts";
import type { Evidence } from "../../core/evidence.ts";
import { fold } from "../../core/fold/fold.ts";
import { fuller, isSameBoot, isSameKernel } from "./same-boot.ts";
import type { SosFacts } from "../archive/sos-report.ts";

/**
 * The boots of one machine out of all the logs that its sosreport has, each reported once, by the log that shows most
 * of it. The boot in which the report was made comes last, with what the report's other files say of it.
 */
export function bootsOfReport(logs: readonly (readonly BootRecord[])[], facts: SosFacts): readonly BootRecord[] {
  const before: BootRecord[] = [];
  let running: BootRecord | null = null;
  for (const boots of logs) {
    for (const [index, boot] of boots.entries()) {
      const known = before.findIndex((other) => isSameBoot(other, boot));
      if (known >= 0) before[known] = fuller(before[known] as BootRecord, boot);
      else if (running !== null && isSameBoot(running, boot)) running = fuller(running, boot);
      else if (index < boots.length - 1 || !mayRun(boot, facts)) before.push(boot);
      else running = running === null ? boot : fuller(running, boot);
    }
  }
  return running === null ? before : [...before, fold(running, evidenceOf(facts)).record];

  /** The last boot of a log is the one that runs, unless something shows otherwise. */
  function mayRun(boot: BootRecord, { release, bootId }: SosFacts): boolean {
    if (running !== null && wereReadyApart(running, boot)) return false;
    if (running !== null && running.kernel.release !== null && boot.kernel.release !== null)
      return isSameKernel(running, boot);
    if (bootId !== null && boot.bootId !== null) return bootId === boot.bootId;
    return release === null || boot.kernel.release === null || release === boot.kernel.release;
  }
}

/**
 * Two boots of one kernel, as the last ones of a rotated log and of the present one: the kernel's own stamps differ.
 */
function wereReadyApart({ readiness: one }: BootRecord, { readiness: other }: BootRecord): boolean {
  return one.exact && other.exact && one.readyAt !== other.readyAt;
}

function evidenceOf({ fipsEnabled, commandLine, release, bootId, distribution }: SosFacts): readonly Evidence[] {
  const evidence: Evidence[] = [{ kind: "kernel", bootId, release, version: null, buildId: null, commandLine }];
  if (distribution !== null) evidence.push({ kind: "platform", distribution, commandLineTool: null });
  if (fipsEnabled !== null)
    evidence.push({
      kind: "fips",
      kernel: fipsEnabled,
      hook: null,
      commandLine: null,
      systemFips: null,
      cryptoPolicy: null,
      dracutFips: null,
    });
  return evidence;
}
