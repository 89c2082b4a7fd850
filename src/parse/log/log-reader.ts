import { withoutTrailing } from "../../core/base/without-trailing.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import type { KernelMessage } from "../../core/kernel-message.ts";
import { type Block, EntryBlocks } from "./entry/entry-blocks.ts";
import { dashedBootId, type JournalFields, lineOfEntry } from "./entry/journal-entry.ts";
import { exportStart, JournalExport } from "./entry/journal-export.ts";
import { parseJournalJson } from "./entry/journal-json.ts";
import { kernelFacility } from "../kernel-log/kmsg.ts";
import { frontColumnsOf } from "./line/front-columns.ts";
import { surelyEndsSoftly } from "./line/line-marks.ts";
import { parseKernelMessage } from "../kernel-log/kernel-messages.ts";
import { LineScan } from "./line-scan.ts";
import { LogBoots } from "./log-boots.ts";
import type { SearchedBlock } from "./needles.ts";
import { PstoreParts } from "./pstore-parts.ts";
import { type LineInOrder, RecordParts } from "./record-parts.ts";
import { bareLine, isBare, type LogLine } from "./line/log-line.ts";
import { parseLogLine } from "./line/parse-log-line.ts";
import { runTogether } from "./line/run-together.ts";
import { cutIn, joinedMessage, messagesWithin, type ReadLine, readMessage } from "./logged-messages.ts";

/**
 * Lines that are read one by one at a log's start, and where a boot starts: a kernel's start, and a pasted log as a
 * whole.
 */
const [linesAtFirst, linesAtBoot, linesInReport] = [20_000, 5_000, 200];
/** The first bytes show the log's format, and what is in front of all its lines. */
const headBytes = 8192;

/**
 * Reads a log of any host, whatever its format, as it comes, and returns the boots that it shows. Never holds more than
 * a line and the records.
 */
export class LogReader {
  readonly #boots: LogBoots;
  readonly #scan = new LineScan((line, number) => this.#visit(line.toString("utf8"), number), {
    neighbours: true,
  });
  #head: Buffer = Buffer.alloc(0);
  /** Takes off what a collector put in front of each line; null: nothing. */
  #withoutFront: ((line: string) => string) | null = null;
  /** Set with the first bytes: what is read by lines, and what is not. */
  #input: LineScan | JournalExport | null = null;
  readonly #parts = new RecordParts();
  readonly #dumps = new PstoreParts((raw, number) => this.#visitInOrder(raw, number));
  readonly #blocks = new EntryBlocks((block) => this.#takeBlock(block));
  readonly #entries: boolean;
  /**
   * A message that this line starts and does not end: the next line may continue it. `message`: what it says if that
   * does not.
   */
  #cut: {
    readonly line: LogLine;
    readonly number: number;
    readonly raw: string;
    readonly message: KernelMessage | null;
  } | null = null;
  /** The line before begins a block of code. */
  #opensBlock = false;

  /**
   * `entries`: the lines are journal entries that journalctl gives from a journal file, so their numbers mean nothing.
   */
  constructor(file: string, { entries = false }: { readonly entries?: boolean } = {}) {
    this.#boots = new LogBoots(file);
    this.#entries = entries;
    this.#scan.attend(linesAtFirst);
  }

  push(chunk: SearchedBlock): void {
    if (this.#input !== null) return this.#input.push(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length >= headBytes) this.#begin();
  }

  /** What the first bytes show: the export format holds bytes that look like lines and are none. */
  #begin(): void {
    const isExport = this.#head.subarray(0, exportStart.length).equals(exportStart);
    if (!isExport)
      this.#withoutFront = frontColumnsOf(this.#head.toString("utf8", 0, headBytes).split("\n").slice(0, -1));
    this.#input = isExport ? new JournalExport((fields, line) => this.#takeEntry(fields, line)) : this.#scan;
    this.#input.push(this.#head);
    this.#head = Buffer.alloc(0);
  }

  /** The boots, in the log's order; none where no line was read. */
  end(): readonly BootRecord[] {
    if (this.#input === null) this.#begin();
    this.#input?.end();
    this.#dumps.end();
    this.#blocks.end();
    this.#endCut();
    this.#endParts();
    if (this.#input === this.#scan) this.#boots.reach(this.#scan.secondBefore, this.#scan.lines);
    const boots = this.#boots.end();
    return this.#dumps.isReordered ? boots.map(withoutOrder) : boots;
  }

  /** Whether there was no line in it at all. */
  get isEmpty(): boolean {
    return (this.#input?.lines ?? 0) === 0;
  }

  get droppedBoots(): number {
    return this.#boots.dropped;
  }

  #visit(raw: string, number: number): void {
    const text = this.#withoutFront?.(raw) ?? raw;
    if (!this.#entries) this.#boots.reach(this.#scan.secondBefore, number - 1);
    // Serial lines end in all combinations of CR and LF, and a CR alone goes back to a line's start.
    if (!text.includes("\r")) return this.#visitPart(text, number);
    for (const part of withoutTrailing(text, "\r").split(/\r+/)) this.#visitPart(part, number);
  }

  #visitPart(raw: string, number: number): void {
    if (this.#dumps.take(raw, number)) return this.#scan.attend(linesInReport);
    this.#visitInOrder(raw, number);
  }

  #visitInOrder(raw: string, number: number): void {
    if (this.#blocks.take(raw, number)) return this.#scan.attend(linesInReport);
    const json = raw.includes("{") && jsonStart.test(raw) ? parseJournalJson(raw) : null;
    if (json?.kind === "entry") return this.#takeEntry(json.fields, this.#entries ? null : number);
    for (const text of linesOf(json?.text ?? raw)) this.#takeText(text, number);
  }

  #takeText(text: string, number: number): void {
    if (!text.startsWith("-- ")) return this.#takeLine(text, number);
    // What journalctl prints of its own: a boot's mark, where the logs begin, and the catalog's explanations.
    this.#endCut();
    const mark = /^-- (?:Reboot|Boot ([0-9a-f]{32})) --/.exec(text);
    if (mark === null) return;
    this.#endParts();
    this.#boots.mark(dashedBootId(mark[1]));
    this.#scan.attend(linesAtBoot);
  }

  #takeLine(raw: string, number: number): void {
    const { line, message } = this.#readLine(raw);
    const stamp = line.at ?? line.storedAt;
    if (stamp !== null) this.#scan.watch(raw.search(stampAnywhere), Math.floor(stamp));
    const cut = this.#cut;
    // A line that is a whole message is not continued, except by a stamp alone.
    if (cut !== null && isBare(line) && (message === null || cut.line.text === "")) {
      const joined = joinedMessage(cut.line, cut.raw, raw, line.text);
      if (joined !== null) {
        this.#cut = null;
        return this.#take(cut.line, cut.number, joined);
      }
    }
    this.#endCut();
    const within = message === null && line.origin === "unsaid" ? messagesWithin(line) : [];
    if (within.length > 0) {
      for (const found of within) this.#take(found.line, number, found.message);
      return;
    }
    // A command line is one wherever it is cut.
    const goesOn = message?.kind === "command-line" && surelyEndsSoftly(raw);
    const begun = goesOn ? line : message === null ? cutIn(line, raw) : null;
    if (begun !== null) {
      this.#cut = { line: begun, number, raw, message };
      this.#scan.attend(1);
    }
    this.#take(line, number, goesOn ? null : message);
  }

  /** In a block of code the message may have lost its prefix; elsewhere its words alone are talk. */
  #readLine(raw: string): ReadLine {
    const read = readMessage(parseLogLine(raw));
    const isFirst = this.#opensBlock;
    this.#opensBlock = blockStart.test(raw);
    return isFirst && isBare(read.line) && read.message === null && read.line.text === "crng init done"
      ? { line: read.line, message: parseKernelMessage(read.line.text) }
      : read;
  }

  /** The message that the last line began does not go on. */
  #endCut(): void {
    const cut = this.#cut;
    this.#cut = null;
    if (cut?.message != null) this.#take(cut.line, cut.number, cut.message);
  }

  #takeBlock(block: Block): void {
    if (block.kind === "entry") return this.#takeEntry(block.fields, block.line);
    if (block.kind === "wrapped") {
      for (const text of linesOf(block.text)) this.#takeText(text, block.line);
      return;
    }
    const origin = block.priority >> 3 === kernelFacility ? "kernel" : "user";
    const line: LogLine = { ...bareLine, origin, at: block.at, text: block.text.trim() };
    this.#take(line, block.line, readMessage(line).message);
  }

  #takeEntry(fields: JournalFields, number: number | null): void {
    this.#endCut();
    const line = lineOfEntry(fields);
    this.#take(line, number, readMessage(line).message);
  }

  #take(line: LogLine, number: number | null, message: KernelMessage | null): void {
    for (const read of this.#parts.classify(line, number, message)) this.#give(read);
  }

  #endParts(): void {
    for (const read of this.#parts.end()) this.#give(read);
  }

  #give({ line, number, message, isPart }: LineInOrder): void {
    const lost = isPart ? null : lostIn(line);
    if (lost !== null) return this.#boots.lose(lost, number);
    if (isPart) return this.#boots.disbelieve(line, number, message);
    const { starts, matters } = this.#boots.take(line, number, message);
    if (starts) this.#scan.attend(linesAtBoot);
    else if (matters) this.#scan.attend(linesInReport);
  }
}

/**
 * Of a log whose lines were put into another order, without the places of readiness, by which others are said to stand
 * before or after it.
 */
function withoutOrder(record: BootRecord): BootRecord {
  const { readiness, earlyInit, course } = record;
  const ready = course?.ready ?? null;
  return {
    ...record,
    readiness: { ...readiness, line: null },
    earlyInit: earlyInit && { ...earlyInit, line: null },
    course: course && { ...course, ready: ready && { ...ready, ready: { ...ready.ready, line: null } } },
  };
}

// oxlint-disable-next-line no-control-regex -- json-seq puts a record separator in front (RFC 7464)
const jsonStart = /^[\s\x1e]*(?:data: |- )?\{/;
/** A line that begins a block of code in a report. */
const blockStart = /^\s{0,3}(?:(?:`{3,}|~{3,})[\w.+-]{0,32}|\{(?:code|noformat)[^{}]{0,64}\}|\[code\])\s*$/i;
const stampAnywhere = /\[ *\d{1,12}\.\d{6}/;

/** Line ends as a string of JSON or of a programming language writes them, and a kernel's line after one. */
const writtenLineEnd = /(?:\\r)?\\n(?= {0,8}(?:<\d{1,3}>)?\[ *\d{1,12}\.\d{6}|(?:random: |Linux version \d)|["'`]?,?$)/;

/** The lines in a text that a string held: its line ends may still be written as "\\n". */
function linesOf(text: string): readonly string[] {
  if (!text.includes("\n") && !text.includes("\\n")) return runTogether(text);
  const lines = text.includes("\n") ? text.split("\n").map((line) => withoutTrailing(line, "\r")) : [text];
  return lines.flatMap((line) => (line.includes("\\n") && writtenLineEnd.test(line) ? writtenLines(line) : [line]));
}

/** The lines of one string of a program's, without the quotation mark and the name in front of them. */
function writtenLines(line: string): readonly string[] {
  return line.replace(/^.{0,64}?["'`](?=\[ *\d|<\d)/, "").split(/(?:\\r)?\\n/);
}

/** Records that the journal or the kernel's console reports as lost. */
function lostIn({ text, tag, origin }: LogLine): number | null {
  // In short-monotonic a program's line has no wall clock in front of its tag.
  const byJournal =
    tag === "systemd-journald" || origin === "unsaid"
      ? /^(?:(?:\S+ )?systemd-journald\[\d+\]: )?Missed (\d{1,9}) kernel messages$/.exec(text)
      : null;
  const byConsole = origin === "user" ? null : /^\*\* (\d{1,9}) printk messages dropped \*\*/.exec(text);
  const count = byJournal?.[1] ?? byConsole?.[1];
  return count === undefined ? null : Number(count);
}
