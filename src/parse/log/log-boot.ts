import type { Wait } from "../../core/wait.ts";
import { type BootRecord, emptyRecord } from "../../core/boot-record.ts";
import type { Evidence, ForgedLines, LoggedMessage, LogExtent, LogLoss, NotedAt } from "../../core/evidence.ts";
import type { KernelMessage } from "../../core/kernel-message.ts";
import { fold } from "../../core/fold/fold.ts";
import { BlockedTasks } from "../stack/blocked-tasks.ts";
import { BootWall } from "./boot-wall.ts";
import { isBare, type LogLine } from "./line/log-line.ts";
import { MessageBatch } from "./message-batch.ts";
import { FtraceDump, mayBeNamed } from "../trace/ftrace-dump.ts";
import { LogSigns } from "../sign/log-signs.ts";
import { TraceWaits } from "../trace/trace-waits.ts";

/** Messages that are kept before they are folded: by then it is known what the log's stamps are. */
const batchSize = 1024;
/**
 * A log that has stamps, or tags, on this many lines has them on each line of the kernel's: a message without is a
 * quotation.
 */
const enoughToTell = 3;
/** journalctl puts the second line of an entry below the first one's text, behind stamp, host and tag. */
const deepIndent = 16;

const mostRecent = 64;
/** A function with its offset and size, as the kernel names a caller. */
const namedFunction = /^([\w.]{1,128})\+0x[0-9a-f]{1,8}\/(0x[0-9a-f]{1,8})$/;

/** A wall clock that runs on for so much longer than the kernel's has seen another boot, or a suspend. */
const clocksAgreeSeconds = 60;

/**
 * One boot while its part of a log is read: what the lines say becomes evidence, and the evidence the boot's record.
 */
export class LogBoot {
  /** The kernel's version line, and whether it stood there without any prefix. */
  version: { readonly text: string; readonly bare: boolean } | null = null;
  bootId: string | null;
  /** The latest stamp, the kernel's or else the journal's. */
  lastStamp: number | null = null;
  /** Lines that are the kernel's by their tag. */
  kernelLines = 0;
  readonly #firstLine: number | null;
  #lastLine: number | null;
  /** The last line that showed something of this boot. */
  #toldLine = 0;
  #firstStamp: number | null = null;
  /** Lines that carry a stamp or a tag; the kernel's stamp; a tag. */
  #frames = 0;
  #stamped = 0;
  #tagged = 0;
  #stamps: LogExtent["stamps"] = "none";
  /**
   * The journal's stamps are the kernel's own in a log whose first line of the kernel is stamped 0: it stores nothing
   * that early.
   */
  #journalTellsKernelTime = false;
  /** The format of each line of the kernel's shows that a record begins there; null: no line yet. */
  #marksRecords: boolean | null = null;
  readonly #wall = new BootWall();
  #forged: ForgedLines | null = null;
  #record: BootRecord = emptyRecord();
  readonly #batch = new MessageBatch();
  #messages = 0;
  #losses: LogLoss[] = [];
  #lossSince: LogLoss | null = null;
  #lastSeq: number | null = null;
  /** The texts of the latest lines with a stamp. */
  readonly #recent: string[] = [];
  readonly #functionSizes = new Map<string, string>();
  readonly #once = new Map<KernelMessage["kind"], LogLine>();
  readonly #blocked = new BlockedTasks();
  readonly #trace = new TraceWaits();
  readonly #dump = new FtraceDump();
  readonly #signs = new LogSigns();

  constructor(firstLine: number | null, bootId: string | null) {
    [this.#firstLine, this.#lastLine, this.bootId] = [firstLine, firstLine, bootId];
  }

  /**
   * Whether a message that a kernel prints once in a boot stands here a second time, and not only as a copy: then
   * another boot has begun whose head is not in the log, as in a log of only the lines with "random".
   */
  saysAgain(line: LogLine, message: KernelMessage): boolean {
    const before = message.kind === "ready" || message.kind === "early-init" ? this.#once.get(message.kind) : undefined;
    if (before === undefined) return false;
    const wallLater = line.wall === null || before.wall === null ? null : line.wall - before.wall;
    // In dmesg -T any program may have written it.
    if (line.at === null || before.at === null) return line.origin === "kernel" && wallLater !== null && wallLater >= 1;
    // Where both clocks run on, they agree in one boot.
    return (
      line.at < before.at || (wallLater !== null && Math.abs(wallLater - (line.at - before.at)) > clocksAgreeSeconds)
    );
  }

  /** Whether its last lines are those of a machine that goes down. */
  get isGoingDown(): boolean {
    return this.#signs.isGoingDown;
  }

  /** The text was printed before, but for its numbers: a step that a boot takes again is another boot's. */
  hasSaid(line: LogLine): boolean {
    const masked = maskedText(line);
    return this.#recent.some((text) => maskedText({ text }) === masked);
  }

  /** Whether a function that this boot's kernel named has another size: then another kernel was built. */
  isOfOtherBuild(message: KernelMessage | null): boolean {
    const [, name = "", size] = (message?.kind === "early-use" && namedFunction.exec(message.name)) || [];
    const known = this.#functionSizes.get(name);
    return size !== undefined && known !== undefined && known !== size;
  }

  /** Whether a line of it was about randomness. */
  get hasMessages(): boolean {
    return this.#messages > 0;
  }

  /** Takes a line; true where the lines behind it matter, whatever they hold. */
  take(line: LogLine, number: number | null, message: KernelMessage | null): boolean {
    if (this.#firstLine !== null) this.#lastLine = number;
    const { origin, at, text } = line;
    const bare = isBare(line);
    if (this.isContinuation(line)) return false;
    this.#wall.take(line);
    if (!bare) this.#takeFrame(line);
    this.#signs.take(line, number, message);
    if (origin === "user") return false;
    const dumped = this.#dump.traceLineOf(text, at);
    const inTrace = (bare || dumped !== null) && this.#trace.take(dumped ?? text, number);
    const inReport = !inTrace && this.#blocked.take({ text, at, line: number });
    if (inTrace || inReport || message !== null) this.#toldLine = number ?? 0;
    if (inTrace) return true;
    if (message !== null) this.#takeMessage(line, number, message, bare);
    return inReport;
  }

  /**
   * Whether the line goes on with an entry of another, as journalctl prints those of several lines; its own stamps mean
   * nothing.
   */
  isContinuation({ indent }: LogLine): boolean {
    return indent >= deepIndent && this.#tagged >= enoughToTell;
  }

  /** A line that looks like a record and is a part of the one in front of it. */
  disbelieve({ text }: LogLine, number: number | null, message: KernelMessage | null): void {
    if (this.#firstLine !== null) this.#lastLine = Math.max(number ?? 0, this.#firstLine);
    if (message === null) return;
    const { count, ...first } = this.#forged ?? { count: 0, line: number, text: text.slice(0, 200) };
    this.#forged = { count: count + 1, ...first };
  }

  #takeFrame(line: LogLine): void {
    const { origin, at, marked, storedAt } = line;
    this.#frames++;
    // Only journalctl stamps the kernel's lines in front of the host's name.
    if (origin !== "user") this.#marksRecords = (this.#marksRecords ?? true) && (marked || storedAt !== null);
    const hadOwnLines = this.#hasOwnLines;
    if (at !== null && origin !== "user" && !line.quoted) this.#stamped++;
    if (at !== null && this.#recent.push(line.text) > mostRecent) this.#recent.shift();
    if (origin !== "unsaid") this.#tagged++;
    if (origin === "kernel") this.kernelLines++;
    if (!hadOwnLines && this.#hasOwnLines) this.#batch.drop(({ quoted }) => quoted);
    // What seemed to be a bare log so far had prose in front of it.
    if (this.#frames === enoughToTell && this.version?.bare !== true) this.#batch.drop((logged) => logged.bare);
    this.#takeStamp(line);
  }

  /**
   * Whether a message on this line can be the kernel's. In a log that tags the kernel's lines, one without the tag is
   * not, unless it has the kernel's own stamp, as where a dmesg follows; in one that stamps them, one without a stamp;
   * in one without stamps, one with.
   */
  credits(line: LogLine): boolean {
    if (line.quoted && this.#hasOwnLines) return false;
    if (line.origin === "kernel") return true;
    if (this.kernelLines >= enoughToTell && (line.at === null || this.#stamps === "journal")) return false;
    if (this.version?.bare === true) return line.at === null || this.#stamped >= enoughToTell;
    return !isBare(line) || this.#frames < enoughToTell;
  }

  /** It holds lines of its own kernel, so that what is quoted in it is another one's, or talk. */
  get #hasOwnLines(): boolean {
    return this.#stamped > 0 || this.kernelLines > 0;
  }

  /** It goes on to this line at least, and its stamps to this whole second. */
  reach(second: number | null, number: number): void {
    if (this.#firstLine !== null) this.#lastLine = Math.max(number, this.#firstLine);
    if (second !== null && this.lastStamp !== null) this.lastStamp = Math.max(second, this.lastStamp);
  }

  /** Lines behind this one are another boot's; of a line that a CR cuts in two, the first half may be of this one. */
  endAt(number: number): void {
    if (this.#firstLine !== null) this.#lastLine = Math.max(number, this.#firstLine, this.#toldLine);
  }

  /** `lost` records are missing before the next line that has a stamp. */
  lose(lost: number | null, number: number | null): void {
    this.#lossSince ??= { kind: "log-loss", source: "log", from: this.lastStamp, to: null, lost: 0, line: number };
    const sum = lost === null || this.#lossSince.lost === null ? null : this.#lossSince.lost + lost;
    this.#lossSince = { ...this.#lossSince, lost: sum };
  }

  /** The record of the boot, as far as this file shows it. */
  close(file: string): BootRecord {
    this.#endLoss(null);
    this.#foldBatch();
    // `cat /proc/version` above a log whose start is lost is no start.
    const fromStart = this.version !== null && !(this.version.bare && (this.#firstStamp ?? 0) > 0);
    const extent: LogExtent = {
      kind: "log-extent",
      file,
      firstLine: this.#firstLine,
      lastLine: this.#lastLine,
      firstAt: this.#firstStamp,
      lastAt: this.lastStamp,
      fromStart,
      stamps: this.#stamps,
      marksRecords: this.#marksRecords === true,
      wall: this.#wall.clock(this.#stamps, fromStart),
      forged: this.#forged,
    };
    const stacks = this.#blocked.waits();
    const recorded = this.#trace.waits().map((wait): Wait => ({
      ...wait,
      comm: stacks.find((stack) => isOfTask(stack, wait))?.comm ?? wait.comm,
    }));
    // Of a wait that was recorded, a stack shows less.
    const seen = stacks.filter((stack) => !recorded.some((wait) => isOfTask(stack, wait)));
    const signs = this.#signs.evidence();
    const evidence: Evidence[] = [
      extent,
      { ...signs, course: { ...signs.course, crngWaiter: this.#blocked.crngWaiter } },
      ...this.#losses,
      ...[...recorded, ...seen].map((wait): Evidence => ({ kind: "wait", wait })),
      { kind: "credits", credits: this.#trace.credits },
      ...this.#trace.asks().map((call): Evidence => ({ kind: "call", call })),
    ];
    for (const { line, lost } of this.#trace.losses)
      evidence.push({ kind: "log-loss", source: "trace", from: null, to: null, lost, line });
    if (this.bootId !== null)
      evidence.push({
        kind: "kernel",
        bootId: this.bootId,
        release: null,
        version: null,
        buildId: null,
        commandLine: null,
      });
    const { record } = fold(this.#record, evidence);
    return {
      ...record,
      dropped: { ...record.dropped, waits: record.dropped.waits + this.#blocked.dropped + this.#trace.dropped },
    };
  }

  #takeStamp({ origin, at, storedAt, wall, seq }: LogLine): void {
    const kind = at !== null ? "printk" : storedAt !== null ? "journal" : wall !== null ? "wall" : "none";
    // The kernel's lines show it: in the journal's short-monotonic a program's line looks like one of a plain dmesg.
    if (origin === "kernel") this.#stamps = kind;
    else if (this.kernelLines === 0 && origin === "unsaid") this.#stamps = kind === "none" ? this.#stamps : kind;
    // Without a line that may be the kernel's, those of programs show at least that there is a clock.
    else if (this.#stamps === "none" && kind === "wall") this.#stamps = kind;
    if (origin === "kernel" && at === null && storedAt === 0) this.#journalTellsKernelTime = true;
    if (seq !== null) {
      const expected = this.#lastSeq === null ? 0 : this.#lastSeq + 1;
      if (seq > expected && this.#lastSeq !== null) this.lose(seq - expected, null);
      this.#lastSeq = seq;
    }
    const stamp = at ?? storedAt;
    if (stamp === null) return;
    this.#endLoss(stamp);
    this.#firstStamp ??= stamp;
    this.lastStamp = Math.max(stamp, this.lastStamp ?? stamp);
  }

  #endLoss(to: number | null): void {
    const loss = this.#lossSince;
    this.#lossSince = null;
    if (loss === null) return;
    if (this.#losses.length >= batchSize) [this.#record, this.#losses] = [fold(this.#record, this.#losses).record, []];
    // Lines of two CPUs may come in the wrong order.
    this.#losses.push({ ...loss, to: to === null ? null : Math.max(to, loss.from ?? to) });
  }

  #takeMessage(line: LogLine, number: number | null, message: KernelMessage, bare: boolean): void {
    this.#messages++;
    if (!this.#once.has(message.kind)) this.#once.set(message.kind, line);
    const [, name, size] = (message.kind === "early-use" && namedFunction.exec(message.name)) || [];
    if (name !== undefined && size !== undefined && this.#functionSizes.size < mostRecent)
      this.#functionSizes.set(name, size);
    if (message.kind === "kernel-version") {
      this.version ??= { text: `${message.release} ${message.version}`, bare };
      this.#wall.begin(line);
    }
    if (this.#batch.has({ at: line.at, message })) return;
    // Entries of a journal have no lines, and may have the same stamp.
    const seq = line.seq ?? (number === null ? this.#messages : null);
    const at = line.typed ? null : line.at;
    const { quoted } = line;
    this.#batch.add({ kind: "message", at, noted: this.#notedAt(line), line: number, seq, message, bare, quoted });
    if (this.#batch.size >= batchSize) this.#foldBatch();
  }

  #notedAt({ at, typed, storedAt, wall }: LogLine): NotedAt | null {
    if (at !== null) return typed ? { clock: "typed", seconds: at } : null;
    if (storedAt !== null) return { clock: "monotonic", seconds: storedAt };
    const seconds = this.#wall.sinceFirst(wall);
    return seconds === null ? null : { clock: "wall", seconds };
  }

  #foldBatch(): void {
    const messages = this.#batch.drain().map(({ bare: _bare, quoted: _quoted, ...logged }): LoggedMessage => {
      const stored = logged.noted?.clock === "monotonic" ? logged.noted.seconds : null;
      return this.#journalTellsKernelTime && logged.at === null && stored !== null
        ? { ...logged, at: stored, noted: null }
        : logged;
    });
    this.#record = fold(this.#record, messages).record;
  }
}

/** The text without its numbers. */
function maskedText({ text }: Pick<LogLine, "text">): string {
  return text.slice(0, 200).replace(/\d+/g, "#");
}

/** Whether a stack may be of the task that was recorded; another one that has its number goes by another name. */
function isOfTask({ pid, comm }: Wait, recorded: Wait): boolean {
  return recorded.pid === pid && (comm === null || mayBeNamed(recorded.comm, comm));
}
