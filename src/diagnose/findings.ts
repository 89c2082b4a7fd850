import type { BootRecord, Diagnosed } from "../core/boot-record.ts";
import type { Finding } from "../core/finding.ts";
import { correctedBoot } from "./boot-time/corrected-boot.ts";
import { vmFork } from "./clone-findings.ts";
import { fipsGeneratorRules, fipsGeneratorWaits } from "./fips-generator-findings.ts";
import { gapRules, recorderIncomplete } from "./gap-findings.ts";
import {
  container,
  cpuNotTrusted,
  cpuRngProblem,
  fipsIgnored,
  noCycleCounter,
  systemFipsAlone,
} from "./host-findings.ts";
import {
  callersServedEarly,
  fipsUnready,
  notReady,
  notShown,
  oldBlockingPool,
  readyLate,
} from "./readiness-findings.ts";
import type { Rule } from "./rule.ts";
import { slowBoot } from "./slow-boot.ts";
import { judge } from "./verdict/judge.ts";
import { earlyReads, firstProcessWaited, ownWait, polled, waited } from "./wait-findings.ts";

/** All findings, the gravest first. A new finding is an entry here and a fixture host that shows it. */
const rules: readonly Rule[] = [
  fipsUnready,
  notReady,
  firstProcessWaited,
  waited,
  fipsGeneratorWaits,
  readyLate,
  {
    id: "contradiction",
    severity: "warning",
    find: ({ anomalies }) =>
      anomalies.length === 0
        ? null
        : {
            summary:
              anomalies.length === 1
                ? "Two pieces of evidence contradict each other"
                : `The evidence contains ${anomalies.length} contradictions`,
            detail: anomalies.map(({ detail }) => detail).join("; "),
          },
  },
  {
    id: "forged-line",
    severity: "warning",
    find({ covers }) {
      const forged = covers?.forged ?? null;
      if (forged === null) return null;
      const where = forged.line === null ? "One" : `Line ${forged.line}`;
      return {
        summary: `${forged.count === 1 ? "A line" : `${forged.count} lines`} of this log only ${forged.count === 1 ? "looks" : "look"} like the kernel's own message`,
        detail: `${where} reads "${forged.text}", but is a part of another record, as any user can make the kernel print it. It is not counted`,
      };
    },
  },
  oldBlockingPool,
  systemFipsAlone,
  fipsIgnored,
  noCycleCounter,
  cpuRngProblem,
  ownWait,
  recorderIncomplete,
  ...fipsGeneratorRules,
  callersServedEarly,
  cpuNotTrusted,
  polled,
  earlyReads,
  vmFork,
  notShown,
  slowBoot,
  ...gapRules,
  container,
];

/** The record with what follows from it for a person. Pure: the same record gives the same findings. */
export function diagnose(observed: BootRecord): Diagnosed {
  // First, since remedies say what they would have saved.
  const record: BootRecord = { ...observed, correctedBoot: correctedBoot(observed) };
  // Of mixed lines nothing follows for either machine.
  const applicable = observed.course?.interleaved === true ? [] : rules;
  const findings = applicable.flatMap(({ id, severity, find }): readonly Finding[] => {
    const found = find(record);
    return found === null ? [] : [{ id, severity, remedies: [], ...found }];
  });
  const concluded: BootRecord = { ...record, verdict: judge(record), findings };
  return concluded as Diagnosed;
}
