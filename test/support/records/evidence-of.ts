import { type Wait, unknownWait } from "../../../src/core/wait.ts";
import type { CallerProbe, Evidence, FipsEvidence, PoolSample, WaitSeen } from "../../../src/core/evidence.ts";
import type {
  LogCoverage,
  LogExtent,
  LoggedMessage,
  LogLoss,
  NotedAt,
  WallClock,
} from "../../../src/core/log-evidence.ts";
import type { KernelMessage } from "../../../src/core/kernel-message.ts";

/** A wall clock that shows differences alone, or what the test makes of it. */
export const aWallClock = (facts: Partial<WallClock> = {}): WallClock => ({
  resolution: 1,
  sinceWriter: false,
  shows: null,
  zone: null,
  adjusted: null,
  first: null,
  began: null,
  ...facts,
});

/** Short spellings of evidence for tests; the sequence number of a message follows from its time. */
export const logged = (at: number, message: KernelMessage): LoggedMessage => ({
  kind: "message",
  at,
  seq: Math.round(at * 1000),
  line: null,
  message,
});
export const readyLine = (at: number): LoggedMessage => logged(at, { kind: "ready", pool: "crng", trusting: null });
export const fastInit = (at: number): LoggedMessage => logged(at, { kind: "early-init" });
export const urandomRead = (at: number, name = "systemd"): LoggedMessage =>
  logged(at, { kind: "early-use", use: "urandom-read", name, bytes: 16, bits: null });
export const probe = (at: number, answer: CallerProbe["answer"]): CallerProbe => ({ kind: "probe", at, answer });
export const pool = (
  at: number,
  availableBits: number,
  poolBits = 256,
  readWakeupBits: number | null = null,
): PoolSample => ({
  kind: "pool",
  at,
  availableBits,
  poolBits,
  readWakeupBits,
});
/** `hook`: whether the kernel has a generator that may serve callers in FIPS mode. */
export const fips = (kernel: boolean | null, hook: boolean | null = null): FipsEvidence => ({
  kind: "fips",
  kernel,
  hook,
  commandLine: kernel,
  systemFips: false,
  cryptoPolicy: null,
  dracutFips: null,
});
export const stretch = (first: number, last: number, readAt: number): LogCoverage => ({
  kind: "log-coverage",
  firstSeq: Math.round(first * 1000),
  firstAt: first,
  lastSeq: Math.round(last * 1000),
  lastAt: last,
  readAt,
});

/** A message in a log file without the kernel's stamps. */
export const noted = (
  line: number,
  clock: NotedAt["clock"] | null,
  seconds: number,
  { message }: LoggedMessage,
): LoggedMessage => ({
  kind: "message",
  at: null,
  noted: clock === null ? null : { clock, seconds },
  line,
  seq: null,
  message,
});
/** A log file that shows a boot, from its start on, up to this moment. */
export const extent = (lastAt: number | null, more: Partial<LogExtent> = {}): LogExtent => ({
  kind: "log-extent",
  file: "boot.log",
  firstLine: 1,
  lastLine: 900,
  firstAt: lastAt === null ? null : 0,
  lastAt,
  fromStart: true,
  stamps: lastAt === null ? "none" : "printk",
  marksRecords: false,
  wall: null,
  forged: null,
  ...more,
});
export const loss = (line: number, from: number | null, to: number | null, lost: number | null): LogLoss => ({
  kind: "log-loss",
  source: "log",
  from,
  to,
  lost,
  line,
});
/** A task that was seen waiting in getrandom() since a moment. */
export const wait = (from: number | null, seconds: number | null, more: Partial<Wait> = {}): WaitSeen =>
  seen({
    ...unknownWait,
    pid: 412,
    comm: "sshd",
    interface: "getrandom",
    from,
    seconds,
    ended: (more.to ?? null) === null ? null : "returned",
    evidence: "hung-task",
    ...more,
  });

export const seen = (one: Wait): WaitSeen => ({ kind: "wait", wait: one });

/** Every order of every choice of `items`, the empty one left out. */
export function* arrangements(items: readonly Evidence[]): Generator<readonly Evidence[]> {
  for (const [index, item] of items.entries()) {
    yield [item];
    for (const rest of arrangements(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}
