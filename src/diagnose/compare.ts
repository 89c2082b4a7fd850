import { entropyDaemonOf } from "../core/base/entropy-daemon.ts";
import type { Supply } from "../core/base/supply.ts";
import type { BootRecord, Diagnosed, ReadinessCause } from "../core/boot-record.ts";
import {
  type ComparedBoot,
  type ComparedReason,
  type BootComparison,
  type Difference,
  differenceWords,
} from "../core/comparison.ts";
import type { KernelNote } from "../core/observed.ts";
import { hidesCpuGenerator, isOldKernel } from "./remedy/kernel-traits.ts";
import { machineOf } from "./remedy/machine.ts";
import { effectsOf } from "./compared-effects.ts";
import { type Shift, shiftOf, shiftWords } from "./shift.ts";

const mostArguments = 32;

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
  /** What it supplies: where the sooner of two boots is known to have become ready by another, it is not why. */
  readonly supplies?: ReadinessCause;
}

/** What gives entropy; the machine itself comes further down. */
const aspectOf: Readonly<Record<Exclude<keyof Supply, "virtualization">, Aspect>> = {
  cpu: { kind: "CPU's generator", supplies: "cpu", read: cpuWords, rank: cpuRank },
  bootloader: {
    kind: "boot loader's seed",
    supplies: "bootloader",
    read: ({ supply: { bootloader } }) => (bootloader === null ? null : (bootloader.via ?? "none")),
    rank: ({ supply: { bootloader } }) => Number(bootloader?.via != null && bootloader.trusted !== false),
  },
  hwRandom: {
    kind: "hardware generator",
    supplies: "hwrng",
    read: ({ supply: { hwRandom } }) => (hwRandom === null ? null : (hwRandom.current ?? "none")),
    rank: ({ supply: { hwRandom } }) => Number(hwRandom?.current != null && hwRandom.quality !== 0),
  },
  seedFile: {
    kind: "seed file",
    supplies: "seed-file",
    read: ({ supply: { seedFile } }) =>
      seedFile?.present == null || seedFile.credited === null
        ? null
        : `${seedFile.present ? "there" : "none"}${seedFile.credited ? ", credited" : ", not credited"}`,
    rank: ({ supply: { seedFile } }) => Number(seedFile?.present === true && seedFile.credited === true),
  },
};

const supplyAspects: readonly Aspect[] = [
  { kind: "what made it ready", read: ({ readiness }) => causeWords[readiness.cause], rank: causeRank },
  ...Object.values(aspectOf),
  {
    kind: "entropy daemon",
    supplies: "program",
    read: daemonWords,
    // Newer kernels gather entropy themselves as soon as a task waits.
    rank: (record) => Number(isOldKernel(record) && (daemonWords(record) ?? "none") !== "none"),
  },
];

/** What may matter otherwise; it comes after the arguments of the command line. */
const kernelAspects: readonly Aspect[] = [
  {
    kind: "kernel's complaint",
    read: ({ observed: { notes } }) =>
      [...new Set(notes.flatMap(({ note, text }) => (text === null ? (noteWords[note] ?? []) : `'${text}'`)))].join(
        "; ",
      ),
    rank: ({ observed: { notes } }) =>
      -notes.filter(({ note }) => note === "cpu-rng-problem" || note === "no-cycle-counter").length,
  },
  { kind: "kernel", read: ({ kernel }) => kernel.release },
  { kind: "kernel build", read: ({ kernel }) => kernel.version },
  { kind: "FIPS mode", read: ({ fips }) => (fips === null ? null : fips ? "on" : "off") },
  { kind: "hypervisor", read: (record) => vmWords(machineOf(record).vm) },
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
export function compareBoots(before: Diagnosed, after: Diagnosed): BootComparison {
  const shift = shiftOf(before, after);
  const reasons = [
    ...aspectReasons(supplyAspects, before, after, shift),
    ...argumentReasons(before, after, shift),
    ...aspectReasons(kernelAspects, before, after, shift),
  ];
  const listed = likeliestFirst.flatMap((explains) => reasons.filter((reason) => reason.explains === explains));
  return {
    before: nameOfBoot(before),
    after: nameOfBoot(after),
    sentence: `${shiftWords(before, after, shift)}${reasonWords(listed, shift)}`,
    effects: effectsOf(before, after),
    reasons: listed,
    unknown: unknownOf(before, after),
  };
}

function nameOfBoot({ file, bootId, kernel, verdict }: Diagnosed): ComparedBoot {
  return { file, bootId, release: kernel.release, verdict: verdict.sentence };
}

/** What could not be compared, with what is known of one of the two. */
function unknownOf(before: BootRecord, after: BootRecord): readonly Difference[] {
  return [...supplyAspects, ...kernelAspects]
    .map(({ kind, read }) => ({ kind, before: read(before), after: read(after) }))
    .filter((pair) => pair.before === null || pair.after === null);
}

const likeliestFirst = [
  "likely",
  "possible",
  "unlikely",
  "no",
] as const satisfies readonly ComparedReason["explains"][];

/** What goes before the differences that may be why; where nothing moved, none is. */
const reasonsOf: Readonly<Record<Shift, string | null>> = {
  later: "possible reasons",
  earlier: "possible reasons",
  same: null,
  unknown: "what differs",
};

function reasonWords(reasons: readonly ComparedReason[], shift: Shift): string {
  const title = reasonsOf[shift];
  if (title === null) return "";
  const [first] = reasons;
  if (first === undefined) return "; nothing else that is known of both differs";
  if (first.explains === "likely") return `; likeliest reason: ${differenceWords(first)}`;
  const possible = reasons.filter(({ explains }) => explains === "possible").slice(0, 3);
  if (possible.length > 0) return `; ${title}: ${possible.map(differenceWords).join("; ")}`;
  return shift === "unknown" ? "" : "; no difference that is known explains it";
}

function aspectReasons(
  aspects: readonly Aspect[],
  before: BootRecord,
  after: BootRecord,
  shift: Shift,
): readonly ComparedReason[] {
  const { cause } = (shift === "later" ? before : after).readiness;
  return aspects.flatMap(({ kind, supplies, read, rank }): readonly ComparedReason[] => {
    const [was, is] = [read(before), read(after)];
    // Another release is another build.
    if (kind === "kernel build" && before.kernel.release !== after.kernel.release) return [];
    if (was === null || is === null || was === is) return [];
    const step = rank === undefined ? 0 : rank(after) - rank(before);
    const isOther = supplies !== undefined && cause !== "unknown" && cause !== supplies;
    const explains = explanation(isOther ? 0 : step, shift);
    return [{ kind, before: was === "" ? null : was, after: is === "" ? null : is, explains }];
  });
}

function argumentReasons(before: BootRecord, after: BootRecord, shift: Shift): readonly ComparedReason[] {
  const [was, is] = [argumentsOf(before), argumentsOf(after)];
  if (was === null || is === null) return [];
  const come = is.filter((word) => !was.includes(word)).map((word) => ({ word, sign: 1 }));
  const gone = was.filter((word) => !is.includes(word)).map((word) => ({ word, sign: -1 }));
  return [...come, ...gone].slice(0, mostArguments).map(({ word, sign }): ComparedReason => {
    const [, known] = argumentRanks.find(([pattern]) => pattern.test(word)) ?? [];
    const rank = hidesCpuGenerator(word, (sign > 0 ? after : before).kernel.release) ? -1 : known;
    const explains = rank === undefined ? "unlikely" : explanation(rank * sign, shift);
    const change = sign > 0 ? { before: null, after: word } : { before: word, after: null };
    return { kind: "command line", ...change, explains };
  });
}

/** `step`: how much sooner the later boot would be ready for it. */
function explanation(step: number, shift: Shift): ComparedReason["explains"] {
  const towards = { later: -step, earlier: step, same: -Math.abs(step), unknown: 0 }[shift];
  return towards > 0 ? "likely" : towards < 0 ? "no" : "possible";
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

/** What the kernel says of itself beside supplies, which are compared on their own. */
const noteWords: Readonly<Record<KernelNote["note"], string | null>> = {
  "fips-generator": "a FIPS generator that serves callers",
  "bootloader-seed": null,
  "cpu-rng-problem": "a generator of the CPU that is not trusted",
  "no-cycle-counter": "a CPU without a cycle counter",
};

/** Of a log what it shows; that it shows no daemon does not mean that there was none. */
function daemonWords({ covers, course, units }: BootRecord): string | null {
  if (covers !== null) return course?.entropyDaemon?.name ?? null;
  if (units === null) return null;
  const names = units.units.map(({ name }) => entropyDaemonOf(name)).filter((name) => name !== null);
  return names.length === 0 ? "none" : [...new Set(names)].join(", ");
}

function vmWords(vm: string | null): string | null {
  return vm === "none" ? "none, bare metal" : vm;
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
