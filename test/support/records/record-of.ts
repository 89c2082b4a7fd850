import { type BootRecord, type Diagnosed, emptyRecord } from "../../../src/core/boot-record.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";

/** What evidence comes to, in the order in which it is given. */
export function recordOf(...evidence: readonly Evidence[]): BootRecord {
  return fold(emptyRecord(), evidence).record;
}

/** The same with its verdict and findings. */
export function diagnosedOf(...evidence: readonly Evidence[]): Diagnosed {
  return diagnose(recordOf(...evidence));
}
