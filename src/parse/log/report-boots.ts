import type { BootRecord } from "../../core/boot-record.ts";
import type { Evidence } from "../../core/evidence.ts";
import { fold } from "../../core/fold/fold.ts";
import { fineMomentsOf, fuller, isSameBoot, isSameKernel } from "./same-boot.ts";
import type { SosFacts } from "../archive/sos-report.ts";

/**
 * The boots of one machine out of all the logs that its sosreport has, each reported once, by the log that shows most
 * of it. The boot in which the report was made comes last, with what the report's other files say of it.
 */
export function bootsOfReport(logs: readonly (readonly BootRecord[])[], facts: SosFacts): readonly BootRecord[] {
  const before: BootRecord[] = [];
  const known = new BootIndex(before);
  let running: BootRecord | null = null;
  for (const boots of logs) {
    for (const [index, boot] of boots.entries()) {
      const place = known.find(boot);
      if (place !== null) known.put(place, fuller(before[place] as BootRecord, boot));
      else if (running !== null && isSameBoot(running, boot)) running = fuller(running, boot);
      else if (index < boots.length - 1 || !mayRun(boot, facts)) known.put(before.length, boot);
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

/** How many boots with one stamp are compared: two boots that have it by chance are rare, and a hostile log has any. */
const mostAlike = 16;

/**
 * Finds a boot among many, without a comparison of each with all others: an archive may hold a hundred thousand.
 * Only boots of one boot ID, or with a stamp in common, can be the same.
 */
class BootIndex {
  readonly #boots: BootRecord[];
  readonly #byId = new Map<string, number>();
  readonly #byMoment = new Map<number, Set<number>>();

  constructor(boots: BootRecord[]) {
    this.#boots = boots;
  }

  /** The first that is the same boot; null: none. */
  find(boot: BootRecord): number | null {
    const alike = new Set(fineMomentsOf(boot).flatMap((at) => [...(this.#byMoment.get(at) ?? [])]));
    const ofId = boot.bootId === null ? undefined : this.#byId.get(boot.bootId);
    if (ofId !== undefined) alike.add(ofId);
    const same = [...alike].filter((at) => isSameBoot(this.#boots[at] as BootRecord, boot));
    return same.length === 0 ? null : Math.min(...same);
  }

  put(at: number, boot: BootRecord): void {
    this.#boots[at] = boot;
    if (boot.bootId !== null) this.#byId.set(boot.bootId, at);
    for (const moment of fineMomentsOf(boot)) {
      const alike = this.#byMoment.get(moment) ?? new Set();
      if (alike.size < mostAlike) this.#byMoment.set(moment, alike.add(at));
    }
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
