import type { Wait } from "../../core/wait.ts";
import { type BootRecord, emptyRecord } from "../../core/boot-record.ts";
import type { Evidence } from "../../core/evidence.ts";
import type { ForgedLines, LoggedMessage, LogExtent, LogLoss, NotedAt } from "../../core/log-evidence.ts";
import type { KernelMessage } from "../../core/kernel-message.ts";
import { fold } from "../../core/fold/fold.ts";
import { BlockedTasks } from "../stack/blocked-tasks.ts";
import { BootWall } from "./boot-wall.ts";
import { isBare, type LogLine } from "./line/log-line.ts";
import { type QuotedLine, quotedLine } from "./line/quoted-line.ts";
import { LogFormat } from "./log-format.ts";
import { MessageBatch } from "./message-batch.ts";
import { PrintedBefore } from "./printed-before.ts";
import { FtraceDump, mayBeNamed } from "../trace/ftrace-dump.ts";
import { LogSigns } from "../sign/log-signs.ts";
import { TraceWaits } from "../trace/trace-waits.ts";

/** Messages that are kept before they are folded: by then it is known what the log's stamps are. */
const batchSize = 1024;
/** Lines that sentences quote, of a text that is none but prose. */
const mostQuoted = 16;

/**
 * One boot while its part of a log is read: what the lines say becomes evidence, and the evidence the boot's record.
 */
export class LogBoot {
  /** The kernel's version line, and whether it stood there without any prefix. */
  version: { readonly text: string; readonly bare: boolean } | null = null;
  bootId: string | null;
  /** The latest stamp, the kernel's or else the journal's. */
  lastStamp: number | null = null;
  /** What its lines show of the log's format. */
  readonly format = new LogFormat();
  /** What it has printed, by which a line of another boot is recognised. */
  readonly printed = new PrintedBefore();
  #firstLine: number | null;
  #lastLine: number | null;
  /** The last line that showed something of this boot. */
  #lastEventLine = 0;
  #firstStamp: number | null = null;
  readonly #wall = new BootWall();
  #forged: ForgedLines | null = null;
  #record: BootRecord = emptyRecord();
  readonly #batch = new MessageBatch();
  #messages = 0;
  #losses: LogLoss[] = [];
  #lossSince: LogLoss | null = null;
  #lastSeq: number | null = null;
  readonly #blocked = new BlockedTasks();
  readonly #trace = new TraceWaits();
  readonly #dump = new FtraceDump();
  readonly #signs = new LogSigns();
  /** Lines that sentences quote: of a text without a line of its own, they are the excerpt. */
  readonly #quoted: (QuotedLine & { readonly number: number | null })[] = [];
  /** A line of it was about randomness, and not only about its machine, which a kernel prints before its version. */
  isAboutRandomness = false;

  constructor(firstLine: number | null, bootId: string | null) {
    [this.#firstLine, this.#lastLine, this.bootId] = [firstLine, firstLine, bootId];
  }

  /** Whether its last lines are those of a machine that goes down. */
  get isGoingDown(): boolean {
    return this.#signs.isGoingDown;
  }

  /** Takes a line; true where the lines after it matter, whatever they hold. */
  take(line: LogLine, number: number | null, message: KernelMessage | null): boolean {
    // Lines of a dump come in the order of time, whatever their places.
    if (this.#firstLine !== null && number !== null) {
      this.#firstLine = Math.min(number, this.#firstLine);
      this.#lastLine = Math.max(number, this.#lastLine ?? 0);
    }
    const { origin, at, text } = line;
    const bare = isBare(line);
    if (this.format.isContinuation(line)) return false;
    this.#wall.take(line);
    if (!bare) this.#takeFrame(line);
    else if (message === null && this.#messages === 0) this.#takeQuoted(text, number);
    this.#signs.take(line, number, message);
    if (origin === "user") return false;
    const dumped = this.#dump.traceLineOf(text, at);
    const inTrace = (bare || dumped !== null) && this.#trace.take(dumped ?? text, number);
    const inReport = !inTrace && this.#blocked.take({ text, at, line: number });
    if (inTrace || inReport || message !== null) this.#lastEventLine = number ?? 0;
    if (inTrace) return true;
    if (message !== null) this.#takeMessage(line, number, message, bare);
    return inReport;
  }

  /** A line that looks like a record and is a part of the one in front of it. */
  disbelieve({ text }: LogLine, number: number | null, message: KernelMessage | null): void {
    if (this.#firstLine !== null) this.#lastLine = Math.max(number ?? 0, this.#firstLine);
    if (message === null) return;
    const { count, ...first } = this.#forged ?? { count: 0, line: number, text: text.slice(0, 200) };
    this.#forged = { count: count + 1, ...first };
  }

  #takeFrame(line: LogLine): void {
    const { format } = this;
    const hadOwnLines = format.hasOwnLines;
    format.take(line);
    if (line.at !== null) this.printed.takeText(line.text);
    if (!hadOwnLines && format.hasOwnLines) this.#batch.drop(({ quoted }) => quoted);
    // What seemed to be a bare log so far had prose in front of it.
    if (format.isJustKnown && this.version?.bare !== true) this.#batch.drop((logged) => logged.bare);
    this.#takeStamp(line);
  }

  /** Whether a message on this line can be the kernel's. */
  credits(line: LogLine): boolean {
    return this.format.credits(line, this.version?.bare === true);
  }

  /** The boot extends to this line at least, and its stamps to this whole second. */
  reach(second: number | null, number: number): void {
    if (this.#firstLine !== null) this.#lastLine = Math.max(number, this.#firstLine);
    if (second !== null && this.lastStamp !== null) this.lastStamp = Math.max(second, this.lastStamp);
  }

  /** Lines after this one are another boot's; of a line that a CR cuts in two, the first half may be of this one. */
  endAt(number: number): void {
    if (this.#firstLine !== null) this.#lastLine = Math.max(number, this.#firstLine, this.#lastEventLine);
  }

  /** `lost` records are missing before the next line that has a stamp. */
  lose(lost: number | null, number: number | null): void {
    this.#lossSince ??= { kind: "log-loss", source: "log", from: this.lastStamp, to: null, lost: 0, line: number };
    const sum = lost === null || this.#lossSince.lost === null ? null : this.#lossSince.lost + lost;
    this.#lossSince = { ...this.#lossSince, lost: sum };
  }

  #takeQuoted(text: string, number: number | null): void {
    const quoted = this.#quoted.length < mostQuoted ? quotedLine(text) : null;
    if (quoted !== null) this.#quoted.push({ ...quoted, number });
  }

  /** A text that is prose alone shows what it quotes. */
  #endQuoted(): void {
    if (this.#messages > 0 || this.#signs.isLog) return;
    this.#signs.isProse = true;
    for (const { line, message, number } of this.#quoted) {
      this.#takeFrame(line);
      this.#signs.take(line, number, message);
      if (message !== null) this.#takeMessage(line, number, message, true);
    }
  }

  /** The record of the boot, as far as this file shows it. */
  close(file: string): BootRecord {
    this.#endQuoted();
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
      stamps: this.format.stamps,
      marksRecords: this.format.marksRecords,
      wall: this.#wall.clock(this.format.stamps, fromStart),
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

  #takeStamp({ at, storedAt, seq }: LogLine): void {
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
    if (message.kind !== "machine") this.isAboutRandomness = true;
    this.printed.takeMessage(line, message);
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
      return this.format.journalShowsKernelTime && logged.at === null && stored !== null
        ? { ...logged, at: stored, noted: null }
        : logged;
    });
    this.#record = fold(this.#record, messages).record;
  }
}

/** Whether a stack may be of the task that was recorded; another one that has its number goes by another name. */
function isOfTask({ pid, comm }: Wait, recorded: Wait): boolean {
  return recorded.pid === pid && (comm === null || mayBeNamed(recorded.comm, comm));
}
