import { durationWords } from "../core/base/duration-words.ts";
import type { BootRecord, Diagnosed, ReadinessCause } from "../core/boot-record.ts";
import {
  type ComparedBoot,
  type ComparedReason,
  type BootComparison,
  type Difference,
  differenceWords,
} from "../core/comparison.ts";
import { hidesCpuGenerator } from "./remedy/kernel-traits.ts";
import { machineOf } from "./remedy/machine.ts";
import { nameOf } from "../core/wait.ts";

/** Which way readiness moved. `unknown`: of one of the two the moment is not known well enough. */
type Shift = "later" | "earlier" | "same" | "unknown";

/** Moments that differ by less are the same for a person. */
const sameSeconds = 0.5;
const mostArguments = 32;
const mostNames = 8;

/** What may make one boot ready later than another; the more directly it decides, the earlier in the list. */
interface Aspect {
  readonly kind: string;
  /** Null: not known. */
  readonly read: (record: BootRecord) => string | null;
  /**
   * How soon a value makes the CRNG ready: more is sooner. Not there: nothing follows from a change but that it may
   * matter.
   */
  readonly rank?: (record: BootRecord) => number;
}

const aspects: readonly Aspect[] = [
  { kind: "what made it ready", read: ({ readiness }) => causeWords[readiness.cause], rank: causeRank },
  { kind: "CPU's generator", read: cpuWords, rank: cpuRank },
  {
    kind: "boot loader's seed",
    read: ({ supply: { bootloader } }) => (bootloader === null ? null : (bootloader.via ?? "none")),
    rank: ({ supply: { bootloader } }) => Number(bootloader?.via != null && bootloader.trusted !== false),
  },
  {
    kind: "hardware generator",
    read: ({ supply: { hwRandom } }) => (hwRandom === null ? null : (hwRandom.current ?? "none")),
    rank: ({ supply: { hwRandom } }) => Number(hwRandom?.current != null && hwRandom.quality !== 0),
  },
  {
    kind: "seed file",
    read: ({ supply: { seedFile } }) =>
      seedFile?.present == null || seedFile.credited === null
        ? null
        : `${seedFile.present ? "there" : "none"}${seedFile.credited ? ", credited" : ", not credited"}`,
    rank: ({ supply: { seedFile } }) => Number(seedFile?.present === true && seedFile.credited === true),
  },
  {
    kind: "kernel's complaint",
    read: ({ observed: { notes } }) =>
      [...new Set(notes.flatMap(({ note, text }) => (note === "bootloader-seed" ? [] : [text ?? note])))].join("; "),
    rank: ({ observed: { notes } }) =>
      -notes.filter(({ note }) => note === "cpu-rng-problem" || note === "no-cycle-counter").length,
  },
  { kind: "kernel", read: ({ kernel }) => kernel.release },
  { kind: "kernel build", read: ({ kernel }) => kernel.version },
  { kind: "FIPS mode", read: ({ fips }) => (fips === null ? null : fips ? "on" : "off") },
  { kind: "hypervisor", read: (record) => machineOf(record).vm },
];

/** Arguments that bear on how soon the CRNG is ready: 1 sooner, -1 later, 0 either. */
const argumentRanks: readonly (readonly [pattern: RegExp, rank: -1 | 0 | 1])[] = [
  [/^random\.trust_(?:cpu|bootloader)=(?:on|1|y)/i, 1],
  [/^random\.trust_(?:cpu|bootloader)=/i, -1],
  [/^clearcpuid=/, -1],
  [/^(?:fips|rng_core\.|tpm|hwrng|systemd\.random_seed|clocksource|tsc|mitigations|random\.)/, 0],
];
/** They name the kernel and its files, and change with it. */
const namesOfFiles = /^(?:BOOT_IMAGE|initrd|ostree|root|resume|rd\.lvm\.lv|rd\.luks\.uuid)=/;

/** What changed from one boot to another, the likeliest reason for a later or earlier readiness first. */
export function compare(before: Diagnosed, after: Diagnosed): BootComparison {
  const shift = shiftOf(before, after);
  const reasons = [...aspectReasons(before, after, shift), ...argumentReasons(before, after, shift)].toSorted(
    (a, b) => b.weight - a.weight,
  );
  const listed = reasons.map(({ weight: _, ...reason }) => reason);
  return {
    before: nameOfBoot(before),
    after: nameOfBoot(after),
    sentence: `${shiftWords(before, after, shift)}${reasonWords(listed, shift)}`,
    effects: effectsOf(before, after),
    reasons: listed,
    unknown: aspects.filter(({ read }) => read(before) === null || read(after) === null).map(({ kind }) => kind),
  };
}

function nameOfBoot({ file, bootId, kernel }: BootRecord): ComparedBoot {
  return { file, bootId, release: kernel.release };
}

/** By the intervals in which each became ready: a shift is one where they are apart. */
function shiftOf({ readiness: a }: BootRecord, { readiness: b }: BootRecord): Shift {
  if (a.level !== "ready" || b.level !== "ready") return "unknown";
  if (b.notBefore !== null && a.notAfter !== null && b.notBefore - a.notAfter >= sameSeconds) return "later";
  if (b.notAfter !== null && a.notBefore !== null && a.notBefore - b.notAfter >= sameSeconds) return "earlier";
  return a.exact && b.exact ? "same" : "unknown";
}

function shiftWords(before: BootRecord, after: BootRecord, shift: Shift): string {
  const [was, is] = [readyWords(before), readyWords(after)];
  const times = `${is ?? "at an unknown time"}, before ${was ?? "at an unknown time"}`;
  if (shift === "same") return `Ready at the same time within ${sameSeconds} s (${times})`;
  if (shift === "unknown") {
    const [a, b] = [before.readiness.level, after.readiness.level];
    const areReady = a === "ready" && b === "ready";
    if (areReady) return `Both became ready; which one later is not known (${times})`;
    return `Not both are known to have become ready (${is ?? b}, before ${was ?? a})`;
  }
  const length = Math.abs((readyAt(after) ?? 0) - (readyAt(before) ?? 0));
  return `Ready ${durationWords(length, 1)} ${shift} (${times})`;
}

function readyAt({ readiness }: BootRecord): number | null {
  return readiness.readyAt ?? readiness.notAfter ?? readiness.notBefore;
}

function readyWords({ readiness }: BootRecord): string | null {
  const { level, exact, notBefore, notAfter } = readiness;
  if (level !== "ready") return null;
  if (exact && readiness.readyAt !== null) return `${readiness.readyAt.toFixed(3)} s`;
  if (notAfter === null) return notBefore === null ? null : `after ${notBefore.toFixed(3)} s`;
  return notBefore === null || notBefore === 0
    ? `by ${notAfter.toFixed(3)} s`
    : `${notBefore.toFixed(3)} to ${notAfter.toFixed(3)} s`;
}

function reasonWords(reasons: readonly ComparedReason[], shift: Shift): string {
  if (shift === "same") return "";
  const [first] = reasons;
  if (first === undefined) return "; nothing else that is known of both differs";
  if (first.explains === "likely" && shift !== "unknown") return `; likeliest reason: ${differenceWords(first)}`;
  const possible = reasons.filter(({ explains }) => explains === "possible").slice(0, 3);
  return possible.length === 0
    ? "; no difference that is known explains it"
    : `; possible reasons: ${possible.map(differenceWords).join("; ")}`;
}

interface Weighed extends ComparedReason {
  readonly weight: number;
}

function aspectReasons(before: BootRecord, after: BootRecord, shift: Shift): readonly Weighed[] {
  return aspects.flatMap(({ kind, read, rank }, index): readonly Weighed[] => {
    const [was, is] = [read(before), read(after)];
    // Another release is another build.
    if (kind === "kernel build" && before.kernel.release !== after.kernel.release) return [];
    if (was === null || is === null || was === is) return [];
    const step = rank === undefined ? 0 : rank(after) - rank(before);
    const explains = explanation(step, shift);
    const difference = { kind, before: was === "" ? null : was, after: is === "" ? null : is };
    return [{ ...difference, explains, weight: weightOf[explains] - index }];
  });
}

function argumentReasons(before: BootRecord, after: BootRecord, shift: Shift): readonly Weighed[] {
  const [was, is] = [argumentsOf(before), argumentsOf(after)];
  if (was === null || is === null) return [];
  const come = is.filter((word) => !was.includes(word)).map((word) => ({ word, sign: 1 }));
  const gone = was.filter((word) => !is.includes(word)).map((word) => ({ word, sign: -1 }));
  return [...come, ...gone].slice(0, mostArguments).map(({ word, sign }): Weighed => {
    const [, known] = argumentRanks.find(([pattern]) => pattern.test(word)) ?? [];
    const rank = hidesCpuGenerator(word, (sign > 0 ? after : before).kernel.release) ? -1 : known;
    const explains = rank === undefined ? "unlikely" : explanation(rank * sign, shift);
    const change = sign > 0 ? { before: null, after: word } : { before: word, after: null };
    return { kind: "command line", ...change, explains, weight: weightOf[explains] - 5 };
  });
}

const weightOf: Readonly<Record<ComparedReason["explains"], number>> = {
  likely: 300,
  possible: 200,
  unlikely: 100,
  no: 0,
};

function explanation(step: number, shift: Shift): ComparedReason["explains"] {
  if (step === 0 || shift === "unknown") return "possible";
  if (shift === "same") return "no";
  return step < 0 === (shift === "later") ? "likely" : "no";
}

/** Words of a command line, quotes kept (Documentation/admin-guide/kernel-parameters.rst). */
function argumentsOf({ kernel }: BootRecord): readonly string[] | null {
  if (kernel.commandLine === null) return null;
  return (kernel.commandLine.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).filter((word) => !namesOfFiles.test(word));
}

const causeWords: Readonly<Record<ReadinessCause, string | null>> = {
  cpu: "the CPU's generator",
  bootloader: "the boot loader's seed",
  hwrng: "a hardware generator",
  jitter: "jitter entropy",
  interrupts: "interrupts",
  "seed-file": "a credited seed file",
  program: "a program that credited entropy",
  other: "another source of the kernel",
  unknown: null,
};
const causeRanks: Readonly<Record<ReadinessCause, number>> = {
  cpu: 4,
  bootloader: 4,
  hwrng: 3,
  "seed-file": 2,
  program: 1,
  other: 1,
  jitter: 1,
  interrupts: 0,
  unknown: 0,
};

function causeRank({ readiness }: BootRecord): number {
  return causeRanks[readiness.cause];
}

function cpuWords({ supply: { cpu } }: BootRecord): string | null {
  if (cpu === null) return null;
  const names = [cpu.rdrand ? "RDRAND" : null, cpu.rdseed ? "RDSEED" : null, cpu.other].filter((name) => name !== null);
  if (names.length === 0) return "none";
  if (cpu.trusted === null) return null;
  return `${names.join(", ")}, ${cpu.trusted ? "credited" : "not credited"}`;
}

function cpuRank({ supply: { cpu } }: BootRecord): number {
  return Number(cpu !== null && cpu.trusted === true && (cpu.rdrand || cpu.rdseed || cpu.other !== null));
}

function effectsOf(before: Diagnosed, after: Diagnosed): readonly Difference[] {
  const pairs: readonly Difference[] = [
    { kind: "ready", before: readyWords(before) ?? "not known", after: readyWords(after) ?? "not known" },
    { kind: "verdict", before: verdictWords(before), after: verdictWords(after) },
    { kind: "waits", before: waitedWords(before), after: waitedWords(after) },
    ...waiterChanges(before, after),
  ];
  return pairs.filter((pair) => pair.before !== pair.after);
}

function verdictWords({ verdict: { crng, strength } }: Diagnosed): string {
  return strength === null ? crng : `${crng}, ${strength}`;
}

function waitedWords({ cost }: BootRecord): string {
  if (cost.tasks === 0) return cost.complete ? "none" : "not recorded";
  const tasks = cost.tasks === 1 ? "1 task" : `${cost.tasks} tasks`;
  return `${tasks}, ${cost.complete ? "" : "at least "}${durationWords(cost.seconds, 3)}`;
}

function waiterChanges(before: Diagnosed, after: Diagnosed): readonly Difference[] {
  const [was, is] = [waitersOf(before), waitersOf(after)];
  const come = is.filter((name) => !was.includes(name)).map((name) => ({ kind: "waiter", before: null, after: name }));
  const gone = was.filter((name) => !is.includes(name)).map((name) => ({ kind: "waiter", before: name, after: null }));
  return [...come.slice(0, mostNames), ...gone.slice(0, mostNames)];
}

function waitersOf({ waits, verdict }: Diagnosed): readonly string[] {
  const names = waits.filter(({ polls }) => !polls).map((wait) => wait.unit ?? nameOf(wait));
  return [...new Set([...names, ...verdict.waiters.map(({ name }) => name)].filter((name) => name !== null))];
}
