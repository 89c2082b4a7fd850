import type { BootRecord, Level, ReadinessCause } from "../boot-record.ts";
import { clockSkew, type Seconds } from "../base/time.ts";
import { type CreditSource, type EntropyCredit, lastCreditAt } from "../entropy-credits.ts";
import { compare } from "../ordered-list.ts";
import type { Wait } from "../wait.ts";
import { type Claim, isRewrite } from "./claims.ts";

/** What made the CRNG ready, and what shows it; of an unknown cause, what would show it. */
export interface Cause {
  readonly cause: ReadinessCause;
  readonly why: string | null;
}

/** `line`: the kernel's own line of the moment, where there is one; `last`: the claim that ends the interval. */
export function concludeCause(record: BootRecord, line: Claim | null, last: Claim | null, level: Level): Cause {
  if (level !== "ready") return { cause: "unknown", why: null };
  if (record.observed.readyLines.some(({ trusting }) => trusting === "cpu"))
    return { cause: "cpu", why: "the kernel's line says that it trusts the CPU's generator" };
  return (
    recordedCause(record, last) ??
    gatheredCause(record, last) ??
    earlyCause(record, line) ?? { cause: "unknown", why: whatWouldShow(record) }
  );
}

/**
 * How long the task that gathered takes to come back from it, at most: it wakes the others, and the kernel patches its
 * code (lab: 20 ms).
 */
const backFromGatheringSeconds = 0.1;

/** What the clock of a trace and the kernel log's differ by once they are aligned (lab: 2 ms). */
const traceErrorSeconds = 0.02;

/** With this many bits the pool of the 2022 rewrite is full, and the CRNG is ready (POOL_READY_BITS). */
const readyBits = 256;

/**
 * By the credits that a probe recorded: the last one made it ready. It has to have come at that moment, or the trace
 * ends before; where the moment is not known, all of them together have to be enough.
 */
function recordedCause({ observed: { credits }, waits }: BootRecord, last: Claim | null): Cause | null {
  const completing = credits.at(-1);
  const creditedAt = lastCreditAt(credits);
  if (completing === undefined || creditedAt === null) return null;
  const at = last?.exact === true ? last.at : null;
  const error = (last?.clock === "printk" ? 0 : clockSkew(creditedAt)) + traceErrorSeconds;
  const isThen = at === null ? null : creditedAt >= at - error && creditedAt <= at + error + backFromGatheringSeconds;
  const bits = credits.reduce((sum, credit) => sum + (credit.bits ?? 0), 0);
  if (isThen === false || (isThen === null && bits < readyBits)) return null;
  const parts = credits
    .toReversed()
    .map((credit) => sourceWords(credit, waits))
    .join(", ");
  return { cause: completing.source, why: `recorded in the kernel: ${parts}` };
}

const words: Readonly<Record<CreditSource, string>> = {
  cpu: "the CPU's generator",
  bootloader: "the boot loader's seed",
  hwrng: "the hardware generator",
  jitter: "jitter entropy",
  interrupts: "interrupts",
  "seed-file": "the seed file",
  program: "a program's credit",
  other: "an unknown source",
};

/** `jitter entropy 138 bits, gathered while dd[83] waited`. */
function sourceWords(credit: EntropyCredit, waits: readonly Wait[]): string {
  const { source, bits, times, task, function: by } = credit;
  const amount = bits === null ? (times === 1 ? "once" : `${times} times`) : `${bits} bits`;
  const detail =
    source === "jitter"
      ? gatherers(credit, waits)
      : source === "program" || source === "seed-file"
        ? `by ${taskName(task)}`
        : source === "other"
          ? `by ${by ?? "an unnamed function"}`
          : "";
  return `${words[source]} ${amount}${detail === "" ? "" : ` ${detail}`}`;
}

function gatherers({ firstAt, lastAt }: EntropyCredit, waits: readonly Wait[]): string {
  const names = waits
    .filter(
      (wait) =>
        wait.generator === "crng" &&
        !wait.polls &&
        wait.gatheredJitter !== false &&
        (wait.from ?? wait.notBefore ?? Infinity) <= lastAt + traceErrorSeconds &&
        (wait.to ?? Infinity) >= firstAt - traceErrorSeconds,
    )
    .map(taskOfWait);
  if (names.length === 0) return "";
  const [first = ""] = names;
  return `while ${names.length === 1 ? first : `${first} and ${names.length - 1} more`} waited`;
}

function taskOfWait({ comm, pid }: Wait): string {
  return pid === null ? (comm ?? "a task") : taskName({ comm, pid });
}

function taskName(task: EntropyCredit["task"]): string {
  return task === null ? "a task" : `${task.comm ?? "a task"}[${task.pid}]`;
}

/**
 * By waits: the kernel gathered jitter entropy for a waiting task just when it became ready, and had no other
 * generator.
 */
function gatheredCause({ waits, supply }: BootRecord, last: Claim | null): Cause | null {
  const at: Seconds | null = last?.at ?? null;
  if (at === null || (supply.hwRandom?.current ?? null) !== null) return null;
  const skew = last?.clock === "printk" ? 0 : clockSkew(at);
  const gatherer = waits.find(({ gatheredJitter, from, to }) => {
    if (gatheredJitter !== true || (from !== null && from > at + skew)) return false;
    return to === null || (to >= at - skew - traceErrorSeconds && to <= at + skew + backFromGatheringSeconds);
  });
  if (gatherer === undefined) return null;
  return {
    cause: "jitter",
    why: `the kernel gathered jitter entropy while ${taskOfWait(gatherer)} waited, until that moment`,
  };
}

/**
 * By where its line is in the log of a kernel since the rewrite. random_init_early() credits the CPU's generator
 * right after the kernel has echoed its command line; before that echo only a seed from firmware or boot loader is
 * credited, while the firmware's tables are read (setup_arch()).
 */
function earlyCause(record: BootRecord, line: Claim | null): Cause | null {
  const { observed, supply } = record;
  const sawUnready = observed.probe.lastWouldWait !== null || (observed.pool?.lastBelow ?? null) !== null;
  if (!isRewrite(record) || sawUnready || line === null) return null;
  const echo = observed.commandLineEcho;
  const readyLine = observed.readyLines[0];
  const beforeEcho =
    echo !== null && readyLine !== undefined && compare(readyLine.seq ?? readyLine.line, echo.seq ?? echo.line) < 0;
  if (beforeEcho) {
    const via = supply.bootloader?.via ?? null;
    return {
      cause: "bootloader",
      why: `ready before the kernel printed its command line: at that time only the firmware or the boot loader can have passed a seed${via === null ? "" : ` (${via})`}`,
    };
  }
  const cpu = supply.cpu;
  if (cpu === null || cpu.trusted !== true || !(cpu.rdrand || cpu.rdseed || cpu.other !== null)) return null;
  return { cause: "cpu", why: `the kernel credits the CPU's generator at its start: ${cpu.why}` };
}

function whatWouldShow({ covers, recorder, observed }: BootRecord): string {
  if (observed.pool !== null && observed.pool.poolBits !== readyBits)
    return "not recorded: on a kernel before the rewrite of random.c the trace event random:credit_entropy_bits would show it";
  if (covers !== null) return "a log does not show it; a trace of the flight recorder would show it";
  return recorder?.armed === true
    ? "not recorded: the flight recorder of this boot has no probe for credited entropy, or the kernel lacks the function to probe"
    : "not recorded: the flight recorder would show it (crngwatch recorder arm)";
}
