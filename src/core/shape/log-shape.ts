import { bounds } from "../boot-record.ts";
import type {
  KernelNote,
  Logged,
  LogStretch,
  MissedWarnings,
  Observed,
  PoolFacts,
  PoolPoint,
  ProbeFacts,
  ReadyLine,
} from "../observed.ts";
import type { CreditSource, EntropyCredit } from "../entropy-credits.ts";
import type { FipsEvidence } from "../evidence.ts";
import type { LogLoss, NotedAt } from "../log-evidence.ts";
import type { EarlyUseKind } from "../kernel-message.ts";
import type { LogCourse, Moment, ReadyCourse } from "../log-course.ts";
import type { ReportedWait, Sign, SignKind } from "../sign.ts";
import { flag, list, number, object, optional, type Shape, text, whole, word } from "./shape.ts";
import { waitShape } from "./wait-shape.ts";

const noted: Shape<NotedAt> = object<NotedAt>("NotedAt", {
  clock: word({ monotonic: true, wall: true, typed: true }),
  seconds: number,
});
export const notedShape = optional(noted);

/** Where and when a log has a line; every type that says so begins with these. */
export const placed = { at: optional(number), noted: notedShape, line: optional(whole), seq: optional(whole) };
export const loggedShape = object<Logged>("Logged", placed);

export const earlyUseKind = word<EarlyUseKind>({
  "urandom-read": true,
  "urandom-low-entropy": true,
  "kernel-call": true,
});

export const signKind = word<SignKind>({
  "root-device": true,
  "dracut-initqueue": true,
  panic: true,
  oops: true,
  "hung-task": true,
  "soft-lockup": true,
  "rcu-stall": true,
  "emergency-mode": true,
  "unit-unfinished": true,
  "unit-failed": true,
  silence: true,
  console: true,
  "fips-selftest": true,
  "fips-integrity": true,
  oom: true,
  device: true,
  filesystem: true,
  network: true,
  shutdown: true,
  prompt: true,
  other: true,
});

export const signShape = object<Sign>("Sign", {
  kind: signKind,
  gravity: word({ stops: true, breaks: true, warns: true, notes: true }),
  line: optional(whole),
  at: optional(number),
  text,
  name: optional(text),
  inRandomCode: flag,
  byTimeout: flag,
});

export const reportedWaitShape = object<ReportedWait>("ReportedWait", {
  by: word({
    "own-words": true,
    unit: true,
    "systemd-analyze": true,
    strace: true,
    debugger: true,
    wchan: true,
    experiment: true,
    writer: true,
  }),
  name: optional(text),
  line: optional(whole),
  at: optional(number),
  seconds: optional(number),
  open: flag,
  proof: word({ shown: true, likely: true }),
  text,
});

const momentFields = { line: optional(whole), at: optional(number) };
const moment = object<Moment>("Moment", momentFields);
const saidAt = object<Moment & { readonly text: string }>("SaidAt", { ...momentFields, text });
const writtenAt = object<NonNullable<ReadyCourse["before"]>>("WrittenAt", { ...momentFields, byProgram: flag, text });

export const courseShape = object<LogCourse>("LogCourse", {
  clock: word({ printk: true, journal: true, wall: true, none: true }),
  logLines: whole,
  userSpace: optional(moment),
  ready: optional(
    object<ReadyCourse>("ReadyCourse", {
      ready: moment,
      before: optional(writtenAt),
      ownLinesBefore: whole,
      programBefore: optional(saidAt),
      after: optional(writtenAt),
      programAfter: optional(moment),
      soonAfter: whole,
      programQuiet: optional(number),
      stepBefore: optional(saidAt),
      consoleAfter: whole,
      consoleNext: optional(saidAt),
      consoleBefore: whole,
      workBefore: whole,
      workAfter: whole,
      workAsks: flag,
      pace: optional(number),
      finishedBefore: whole,
      openUnits: list(text, bounds.signs),
      released: list(text, bounds.signs),
      beforeUserSpace: flag,
      userSpaceAfter: flag,
      kernelStartsAfter: flag,
      linesBefore: whole,
      linesAfter: whole,
    }),
  ),
  longestSilence: optional(object<NonNullable<LogCourse["longestSilence"]>>("Silence", { from: moment, to: moment })),
  last: optional(saidAt),
  refusedLine: optional(whole),
  crngWaiter: optional(
    object<NonNullable<LogCourse["crngWaiter"]>>("Moment", { line: optional(whole), at: optional(number) }),
  ),
  fipsLine: optional(whole),
  seedTook: optional(number),
  seedDone: optional(moment),
  quickUnits: optional(
    object<NonNullable<LogCourse["quickUnits"]>>("UnitStart", {
      line: optional(whole),
      unit: text,
      seconds: number,
    }),
  ),
  entropyDaemon: optional(
    object<NonNullable<LogCourse["entropyDaemon"]>>("EntropyDaemon", {
      line: optional(whole),
      at: optional(number),
      name: text,
    }),
  ),
  over: optional(saidAt),
  otherWait: optional(
    object<NonNullable<LogCourse["otherWait"]>>("OtherWait", {
      line: optional(whole),
      unit: text,
      awaits: word({ network: true, device: true, "file-system": true, clock: true, "own-work": true }),
      seconds: optional(number),
    }),
  ),
  hangAfterReady: optional(saidAt),
  slept: optional(moment),
  newestFirst: flag,
  interleaved: flag,
});

const poolPoint = object<PoolPoint>("PoolPoint", { at: number, bits: whole });

export const creditWords = {
  cpu: true,
  bootloader: true,
  hwrng: true,
  jitter: true,
  interrupts: true,
  "seed-file": true,
  program: true,
  other: true,
} as const;

const entropyCredit = object<EntropyCredit>("EntropyCredit", {
  source: word<CreditSource>(creditWords),
  bits: optional(whole),
  times: whole,
  firstAt: number,
  lastAt: number,
  function: optional(text),
  task: optional(object<NonNullable<EntropyCredit["task"]>>("Parent", { pid: whole, comm: optional(text) })),
});

export const observedShape = object<Observed>("Observed", {
  readyLines: list(
    object<ReadyLine>("ReadyLine", {
      ...placed,
      pool: word({ crng: true, nonblocking: true }),
      trusting: optional(word({ cpu: true })),
    }),
    bounds.readyLines,
  ),
  earlyInits: list(loggedShape, bounds.earlyInits),
  missed: list(object<MissedWarnings>("MissedWarnings", { ...placed, count: whole }), bounds.missed),
  commandLineEcho: optional(loggedShape),
  fipsAsked: flag,
  loggedFips: optional(flag),
  machine: object<Observed["machine"]>("LoggedMachine", {
    hardware: optional(text),
    hypervisor: optional(text),
    deviceTree: flag,
    architecture: optional(word({ arm: true, mips: true, powerpc: true, riscv: true, s390: true })),
  }),
  notes: list(
    object<KernelNote>("KernelNote", {
      ...placed,
      note: word({
        "fips-generator": true,
        "bootloader-seed": true,
        "cpu-rng-problem": true,
        "no-cycle-counter": true,
      }),
      text: optional(text),
    }),
    bounds.notes,
  ),
  fips: optional(
    object<Omit<FipsEvidence, "kind">>("FipsFacts", {
      kernel: optional(flag),
      hook: optional(flag),
      commandLine: optional(flag),
      systemFips: optional(flag),
      cryptoPolicy: optional(text),
      dracutFips: optional(flag),
    }),
  ),
  probe: object<ProbeFacts>("ProbeFacts", {
    lastWouldWait: optional(number),
    firstReturned: optional(number),
    unsupported: flag,
  }),
  pool: optional(
    object<PoolFacts>("PoolFacts", {
      poolBits: whole,
      readWakeupBits: optional(whole),
      latest: poolPoint,
      lastBelow: optional(poolPoint),
      firstEarly: optional(poolPoint),
      firstFull: optional(poolPoint),
      curve: list(poolPoint, bounds.curve),
    }),
  ),
  log: list(
    object<LogStretch>("LogStretch", {
      firstSeq: whole,
      firstAt: optional(number),
      lastSeq: whole,
      lastAt: optional(number),
      readAt: number,
    }),
    bounds.log,
  ),
  losses: list(
    object<Omit<LogLoss, "kind">>("LogLoss", {
      source: word({ log: true, trace: true }),
      from: optional(number),
      to: optional(number),
      lost: optional(whole),
      line: optional(whole),
    }),
    bounds.losses,
  ),
  calls: list(waitShape, bounds.calls),
  waitsWatched: flag,
  credits: list(entropyCredit, bounds.calls),
});
