import { healthWords } from "../../core/base/health.ts";
import { membersOf } from "../../core/base/members.ts";
import { blockedOf, isOpen, longestOf, type Wait } from "../../core/wait.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import { earlyUseDevice, reseedReasons } from "../../core/kernel-message.ts";
import { wereWaitsWatched } from "../../core/fold/cost.ts";
import { isLogRead, isReady } from "./known.ts";
import { version } from "../../core/base/version.ts";
import { undecided } from "../../core/verdict.ts";
import { type WaitGroup, waitLabels, waitGroups } from "../text/wait-groups.ts";

/** What metrics are made from. */
export interface Metered {
  readonly record: BootRecord;
  /** The record is a running daemon's, which continues to observe; else it was sampled once. */
  readonly daemon: boolean;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * A family as OpenMetrics 1.0 has it: its name is without `_total` and `_info`, which its samples have by their type.
 */
export interface MetricFamily {
  readonly name: string;
  readonly type: "gauge" | "counter" | "info";
  /** Also the end of the name. */
  readonly unit: "seconds" | null;
  readonly help: string;
  /** What is not known has no sample. */
  readonly samples: (metered: Metered) => readonly Sample[];
}

/** A host can name sources at will only in a record that it made itself; the registry has fewer. */
const mostSources = 24;

const earlyUseKinds = membersOf(earlyUseDevice);
/** An information is no ground for an alert. */
const severities = ["warning", "critical"] as const;

/**
 * Every family, in the order of the text. What is in one of several states is one series with the state as its label,
 * not a series for each state: a fleet pays for every series. Counters count from the boot's start, so a reboot resets
 * them, and them only.
 */
export const metricFamilies: readonly MetricFamily[] = [
  info("crngwatch_build", "Version of crngwatch", () => [{ version }]),
  info(
    "crngwatch_host",
    "The kernel and the machine; unknown labels are absent",
    ({ record: { kernel, fips, supply } }) => [
      {
        kernel_release: kernel.release ?? "",
        fips: fips === null ? "" : String(fips),
        vm: supply.virtualization?.vm ?? "",
        container: supply.virtualization?.container ?? "",
      },
    ],
  ),
  gauge("crngwatch_daemon_up", "1 if the daemon runs, 0 if these figures were sampled once without it", ({ daemon }) =>
    plain(daemon),
  ),
  info(
    "crngwatch_verdict",
    "Whether this boot was delayed by the CRNG (crng: cause, innocent or undecided), by which rule, and how sure that is",
    ({ record: { verdict } }) =>
      verdict.rule === undecided.rule
        ? []
        : [{ crng: verdict.crng, strength: verdict.strength ?? "", rule: verdict.rule }],
  ),
  gauge("crngwatch_ready", "1 if the CRNG is ready, 0 if it is not; none where that is not known", ({ record }) =>
    plain(isReady(record)),
  ),
  info(
    "crngwatch_readiness",
    "The CRNG's level, what made it ready, and the evidence for that",
    ({ record: { readiness } }) => [
      { level: readiness.level, cause: readiness.cause, evidence: readiness.evidence ?? "" },
    ],
  ),
  seconds(
    "crngwatch_ready_not_before",
    "From the boot's start to readiness, at least; while not ready, the latest time at which it was not ready",
    ({ record }) => plain(record.readiness.notBefore),
  ),
  seconds(
    "crngwatch_ready_not_after",
    "From the boot's start to readiness, at most; equal to the value above if the kernel log has the exact time",
    ({ record }) => plain(record.readiness.notAfter),
  ),
  gauge(
    "crngwatch_callers_wait",
    "1 if a caller of getrandom() or /dev/random would block now, 0 if none would",
    ({ record }) => plain(record.callers.wouldWait),
  ),
  info(
    "crngwatch_callers",
    "Why callers are served differently than the CRNG's own state suggests, if they are",
    ({ record }) => (record.callers.reason === null ? [] : [{ reason: record.callers.reason }]),
  ),
  counter(
    "crngwatch_waits",
    "Waits for random bytes that were observed, by waiter; the waiters with the longest sums have their own series",
    ({ record }) => waitGroupsOf(record).map(({ labels, waits }) => ({ labels, value: waits })),
  ),
  {
    ...counter("crngwatch_waited_seconds", "Total time of these waits, at least", ({ record }) =>
      waitGroupsOf(record).map(({ labels, seconds: value }) => ({ labels, value })),
    ),
    unit: "seconds",
  },
  seconds("crngwatch_longest_wait", "The longest single wait, and its waiter", ({ record }) =>
    longestWait(record.waits),
  ),
  gauge(
    "crngwatch_waiting_tasks",
    "Tasks that are blocked on the CRNG now; no sample if waits are not observed",
    ({ record }) => {
      const open = blockedOf(record.waits).filter((wait) => isOpen(wait) && wait.generator === "crng").length;
      const isKnown = open > 0 || record.callers.wouldWait === false || wereWaitsWatched(record);
      return plain(record.file === null && isKnown ? open : null);
    },
  ),
  info(
    "crngwatch_recorder",
    "The flight recorder: whether it is armed on this boot's kernel command line, and whether its probes are in the kernel",
    ({ record }) => {
      const { recorder } = record;
      return recorder === null
        ? []
        : [{ armed: String(recorder.armed), recording: recorder.recording === null ? "" : String(recorder.recording) }];
    },
  ),
  counter("crngwatch_early_uses", "Uses of the CRNG before it was ready that the kernel log names", ({ record }) =>
    ifLogRead(
      record,
      counted(
        "kind",
        earlyUseKinds,
        record.earlyUses.map(({ kind }) => kind),
      ),
    ),
  ),
  counter(
    "crngwatch_missed_warnings",
    "Such uses that the kernel reports as suppressed, without a name",
    ({ record }) => ifLogRead(record, plain(record.missedWarnings)),
  ),
  counter(
    "crngwatch_reseeds",
    "Reseeds of a ready CRNG because the machine was cloned, restored or resumed",
    ({ record }) =>
      ifLogRead(
        record,
        counted(
          "reason",
          reseedReasons,
          record.reseeds.map(({ reason }) => reason),
        ),
      ),
  ),
  counter("crngwatch_log_gaps", "Gaps in the kernel log or in the flight recorder's trace", ({ record }) =>
    record.gaps.length > 0 ? plain(record.gaps.length) : ifLogRead(record, plain(0)),
  ),
  info("crngwatch_source", `Health of each source of evidence: ${healthWords}`, ({ record }) =>
    record.sources.slice(0, mostSources).map(({ name, health }) => ({ source: name, health })),
  ),
  gauge("crngwatch_findings", "Findings that `crngwatch status` prints, by severity", ({ record }) =>
    counted(
      "severity",
      severities,
      record.findings.map(({ severity }) => severity),
    ),
  ),
  gauge("crngwatch_anomalies", "Pieces of evidence that contradict others", ({ record }) =>
    plain(record.anomalies.length),
  ),
  counter("crngwatch_dropped", "Entries of the boot record that exceeded a bound and were not kept", ({ record }) =>
    plain(Object.values(record.dropped).reduce((sum, count) => sum + count, 0)),
  ),
];

function gauge(name: string, help: string, samples: MetricFamily["samples"]): MetricFamily {
  return { name, type: "gauge", unit: null, help, samples };
}

function counter(name: string, help: string, samples: MetricFamily["samples"]): MetricFamily {
  return { name, type: "counter", unit: null, help, samples };
}

/** A moment or a length of time. */
function seconds(name: string, help: string, samples: MetricFamily["samples"]): MetricFamily {
  return { name: `${name}_seconds`, type: "gauge", unit: "seconds", help, samples };
}

function info(name: string, help: string, labels: (metered: Metered) => readonly Sample["labels"][]): MetricFamily {
  return {
    name,
    type: "info",
    unit: null,
    help,
    samples: (metered) => labels(metered).map((one) => ({ labels: one, value: 1 })),
  };
}

/** One sample without labels; none for what is not known. */
function plain(value: number | boolean | null): readonly Sample[] {
  return value === null ? [] : [{ labels: {}, value: Number(value) }];
}

/** What only the kernel log shows: none of it is known where no part of the log was read. */
function ifLogRead(record: BootRecord, samples: readonly Sample[]): readonly Sample[] {
  return isLogRead(record) ? samples : [];
}

/** A sample for each name, those that did not occur too, so that what occurs first is seen as an increase. */
function counted(label: string, names: readonly string[], occurred: readonly string[]): readonly Sample[] {
  return names.map((name) => ({ labels: { [label]: name }, value: occurred.filter((one) => one === name).length }));
}

/** None where a wait would not have been observed: that is not known to be 0. */
function waitGroupsOf(record: BootRecord): readonly WaitGroup[] {
  return record.waits.length > 0 || wereWaitsWatched(record) ? waitGroups(blockedOf(record.waits)) : [];
}

function longestWait(waits: readonly Wait[]): readonly Sample[] {
  const longest = longestOf(blockedOf(waits));
  return longest === null || (longest.seconds ?? 0) === 0
    ? []
    : [{ labels: waitLabels(longest), value: longest.seconds ?? 0 }];
}
