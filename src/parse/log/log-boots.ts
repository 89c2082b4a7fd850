import type { BootRecord } from "../../core/boot-record.ts";
import type { KernelMessage } from "../../core/kernel-message.ts";
import { LogBoot } from "./log-boot.ts";
import { joinInterleaved } from "./interleaved.ts";
import { isBare, type LogLine } from "./line/log-line.ts";
import { fuller, isSameBoot } from "./same-boot.ts";

/** How many boots of one log are kept: of more, the latest. */
const mostBoots = 500;
/**
 * Stamps of one boot may run back by less than this: CPUs take turns at the ring, and what is stamped early is printed
 * late. A version line shows a boot however soon it comes.
 */
const disorderSeconds = 1;
/**
 * Before its version line a kernel prints a few lines (microcode, cgroup subsystems, the device tree), not as many as
 * this.
 */
const mostBeforeVersion = 60;

/**
 * Two writers of one console, or two clocks, take turns: a stamp that runs back belongs to one of them where the
 * other continues within this time, in seconds, and this number of lines.
 */
const [goesOnSeconds, mostHeld] = [1, 8];

/** What begins or ends a block of code in a report. */
const fence = /^(?:`{3}|~{3}|\{(?:code|noformat)\}|\[\/?code\])/i;

/** A command that prints the kernel's log again, or starts another machine. */
const printsLog =
  /^(?:\S{0,80}[#$%>] ?)?(?:sudo )?(?:timeout \S{1,8} )?(?:dmesg|journalctl|(?:\/\S{1,80}\/)?qemu-(?:system-\w{1,16}|kvm)|virsh (?:console|start))(?: |$)/;
/** The last word of a kernel, after which no processor of it prints a line: kernel/panic.c. */
const lastWord = /^---\[ end Kernel panic - not syncing/;
/** Stamps of lines that several processors print at once differ by less. */
const sameMomentSeconds = 0.02;
/** A report shows further lines for comparison: "In a good boot, the next line should be:". */
const isExpected =
  /(?:\b(?:should|would) (?:be|look|have been|continue|follow)\b|\bexpected\b|\bnormally\b|\b(?:successful|good|working|healthy|normal) (?:boot|case|run|machine|log|kernel)\b).{0,60}:\W{0,3}$/i;

/** An empty line, or the beginning of a block of code. */
function isFrame(text: string): boolean {
  return text === "" || fence.test(text);
}

/** A line that runs back, until it is known whether it is another boot's. */
interface Held {
  readonly line: LogLine;
  readonly number: number | null;
}

interface Taken {
  readonly starts: boolean;
  readonly matters: boolean;
}

/**
 * Separates the boots of one log: by the kernel's version line, by time that runs backwards, by the journal's boot ID
 * and marks.
 */
export class LogBoots {
  readonly #file: string;
  #boot: LogBoot | null = null;
  #records: BootRecord[] = [];
  /** The boot ID of the mark after which the next line comes. */
  #markedBootId: string | null = null;
  /** Boots that were not kept. */
  dropped = 0;
  /** A line from which on time runs backwards a little: if a version line follows, its boot began here. */
  #restart: { readonly line: number | null; readonly stamp: number; readonly from: number } | null = null;

  #held: Held[] = [];
  /** The latest stamp of a second writer. */
  #otherClock: number | null = null;
  /** The records that hold lines of a second writer. */
  readonly #ofTwoWriters = new WeakSet<BootRecord>();
  /** A block of code ended, or another began, since the last stamp. */
  #fenced = false;
  /** The kernel has said its last word: a stamp that runs back is another boot's. */
  #isOver = false;
  /** The report has announced lines of another boot, for comparison. */
  #isExpected = false;
  /** The line before was no log's. */
  #afterTalk = false;
  /** No line of a log has come. */
  #isTalk = true;
  /** The version lines, by the wall clock, of this boot and of the last one that was kept. */
  #started: Started | null = null;
  #lastStarted: Started | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** Takes one line; `starts`: with it a boot begins, `matters`: the lines after it are worth reading. */
  take(line: LogLine, number: number | null, message: KernelMessage | null): Taken {
    const held = this.#held.length > 0 ? this.#takeAfterHeld(line, number, message) : this.#hold(line, number, message);
    const taken = held ?? this.#takeNow(line, number, message);
    const { at } = line;
    this.#fenced = at === null && (this.#fenced || fence.test(line.text) || printsLog.test(line.text));
    this.#isExpected = this.#announces(line);
    this.#afterTalk = isBare(line) && message === null;
    return taken;
  }

  /** Holds a line that runs back and does not show that it is another boot's. Null: it is not held. */
  #hold(line: LogLine, number: number | null, message: KernelMessage | null): Taken | null {
    const [boot, { at }] = [this.#boot, line];
    if (boot === null || at === null || line.origin === "user" || line.quoted || this.#fenced) return null;
    if (boot.lastStamp === null || at >= boot.lastStamp - disorderSeconds || this.#isOtherWriters(at)) return null;
    if (message !== null || boot.printed.has(line) || boot.format.isContinuation(line)) return null;
    this.#held.push({ line, number });
    return { starts: false, matters: true };
  }

  /** Null: the line is to be taken as any other. */
  #takeAfterHeld(line: LogLine, number: number | null, message: KernelMessage | null): Taken | null {
    const [last, { at }] = [this.#boot?.lastStamp ?? null, line];
    const goesOn = at !== null && last !== null && at >= last - disorderSeconds && at <= last + goesOnSeconds;
    if (goesOn && message === null && this.#boot?.printed.has(line) !== true) {
      const [boot, held] = [this.#boot, this.#held];
      this.#held = [];
      for (const { line: ofOther, number: place } of held) {
        boot?.take(ofOther, place, null);
        this.#otherClock = Math.max(ofOther.at ?? 0, this.#otherClock ?? 0);
      }
      return null;
    }
    const isMore = message === null && line.bootId === null && this.#held.length < mostHeld;
    if (isMore && this.#boot?.printed.has(line) !== true && !fence.test(line.text)) {
      this.#held.push({ line, number });
      return { starts: false, matters: true };
    }
    this.#release();
    return { ...this.#takeNow(line, number, message), starts: true };
  }

  /** What was held is another boot's. */
  #release(): void {
    const held = this.#held;
    if (held.length === 0) return;
    this.#held = [];
    // Each is judged by what came before it, not by what came since.
    this.#isExpected = false;
    for (const { line, number } of held) {
      this.#takeNow(line, number, null);
      this.#isExpected = this.#announces(line);
    }
  }

  /** Whether the line after this one is another boot's, shown for comparison. */
  #announces(line: LogLine): boolean {
    return isBare(line) && (isExpected.test(line.text) || (this.#isExpected && isFrame(line.text)));
  }

  #isOtherWriters(at: number): boolean {
    return this.#otherClock !== null && at >= this.#otherClock - disorderSeconds;
  }

  #takeNow(line: LogLine, number: number | null, message: KernelMessage | null): Taken {
    const credited = message !== null && (this.#boot?.credits(line) ?? true) ? message : null;
    const starts = this.#boot === null || this.#isAnother(this.#boot, line, credited);
    if (starts) {
      const first = this.#restartOf(line) ?? number;
      if (first !== null) this.#boot?.endAt(first - 1);
      this.#close();
      this.#boot = new LogBoot(first, line.bootId ?? this.#markedBootId);
      [this.#restart, this.#markedBootId, this.#otherClock] = [null, null, null];
      this.#isOver = false;
    }
    const boot = this.#boot as LogBoot;
    this.#isTalk &&= isBare(line) && message === null && !line.text.startsWith("[");
    if (credited?.kind === "kernel-version" && boot.version === null)
      this.#started = { text: `${credited.release} ${credited.version}`, wall: line.wall, afterTalk: this.#afterTalk };
    if (this.#otherClock !== null && line.at !== null && line.at < (boot.lastStamp ?? 0) - disorderSeconds)
      this.#otherClock = Math.max(line.at, this.#otherClock);
    boot.bootId ??= line.bootId;
    this.#isOver ||= line.at !== null && lastWord.test(line.text);
    this.#watchRestart(boot, line, number);
    // What it has printed by then is this boot's.
    if (credited !== null && !starts) this.#restart = null;
    return { starts, matters: boot.take(line, number, credited) };
  }

  /** The journal's own mark between boots. */
  mark(bootId: string | null): void {
    this.#release();
    // In front of a log's first line there is no boot yet, but a person's words about it.
    if (this.#isTalk && this.#boot !== null) {
      this.#boot.bootId ??= bootId;
      return;
    }
    this.#close();
    this.#markedBootId = bootId;
  }

  /**
   * The boot extends to line `number` at least, and its time to the whole second `second`: of lines that were not
   * read one by one.
   */
  reach(second: number | null, number: number): void {
    if (this.#held.length === 0) this.#boot?.reach(second, number);
  }

  /** Takes a line that is the rest of the record in front of it: its text is not the kernel's. */
  disbelieve(line: LogLine, number: number | null, message: KernelMessage | null): void {
    this.#boot?.disbelieve(line, number, message);
  }

  /** The log reports that records are lost here. */
  lose(lost: number | null, number: number | null): void {
    this.#release();
    this.#boot?.lose(lost, number);
  }

  /** The records of all boots, in the log's order. */
  end(): readonly BootRecord[] {
    this.#release();
    this.#close();
    return joinInterleaved(this.#records, this.#ofTwoWriters);
  }

  #isAnother(boot: LogBoot, line: LogLine, message: KernelMessage | null): boolean {
    if (line.bootId !== null && boot.bootId !== null) return line.bootId !== boot.bootId;
    if (boot.format.isContinuation(line)) return false;
    if (this.#isExpected && !isBare(line) && boot.lastStamp !== null) return true;
    const stamp = line.at ?? line.storedAt;
    const runsBack = stamp !== null && boot.lastStamp !== null && stamp < boot.lastStamp - disorderSeconds;
    const isFenced = this.#fenced && line.origin !== "user";
    if (isFenced && stamp !== null && boot.lastStamp !== null && stamp < boot.lastStamp) return true;
    if (this.#isOver && line.at !== null && line.at < (boot.lastStamp ?? 0) - sameMomentSeconds) return true;
    if (isFenced && boot.printed.isOfOtherBuild(message)) return true;
    if (runsBack && line.origin !== "user") return line.at === null || !this.#isOtherWriters(line.at);
    if (message !== null && boot.printed.hasOnce(line, message)) return true;
    if (message?.kind !== "kernel-version") return false;
    if (boot.version === null)
      return (
        boot.isGoingDown ||
        this.#restart !== null ||
        // A kernel that stamps its lines prints none without: a program shows /proc/version.
        (stamp === null &&
          boot.lastStamp === null &&
          (boot.isAboutRandomness || boot.format.kernelLines > mostBeforeVersion))
      );
    // `cat /proc/version` above a log is no boot of its own.
    const same = boot.version.text === `${message.release} ${message.version}`;
    return !(boot.version.bare && same && stamp !== null && boot.lastStamp === null);
  }

  #watchRestart(boot: LogBoot, line: LogLine, number: number | null): void {
    const stamp = line.at ?? line.storedAt;
    if (stamp === null || line.origin === "user" || boot.format.isContinuation(line)) return;
    if (this.#restart === null && boot.lastStamp !== null && stamp < boot.lastStamp)
      this.#restart = { line: number, stamp, from: boot.lastStamp };
    else if (this.#restart !== null && stamp >= this.#restart.from) this.#restart = null;
  }

  /** Where the boot of this line began: stamps that run back before it are its own only where they are earlier. */
  #restartOf(line: LogLine): number | null {
    const stamp = line.at ?? line.storedAt;
    return this.#restart !== null && line.bootId === null && stamp !== null && this.#restart.stamp <= stamp
      ? this.#restart.line
      : null;
  }

  #close(): void {
    const [boot, started] = [this.#boot, this.#started];
    [this.#boot, this.#started] = [null, null];
    if (boot === null) return;
    const record = boot.close(this.#file);
    if (this.#otherClock !== null) this.#ofTwoWriters.add(record);
    const last = this.#records.at(-1);
    // A program may have called dmesg on a console that is captured.
    const isAgain = started !== null && isPrintedAgain(this.#lastStarted, started);
    this.#lastStarted = started;
    if (last !== undefined && (isAgain || isSameBoot(last, record)))
      this.#records[this.#records.length - 1] = fuller(last, record);
    else this.#records.push(record);
    if (this.#records.length > mostBoots) {
      this.#records.shift();
      this.dropped++;
    }
  }
}

/** A kernel's version line, and the second by the wall clock at which it was noted. */
interface Started {
  readonly text: string;
  readonly wall: number | null;
  /** The line before is a prompt, a command or prose, as where a log is printed once more. */
  readonly afterTalk: boolean;
}

/**
 * Whether the same boot was printed once more: the same version line at the same second, and talk in front of it. A
 * clock that was never set begins each boot on the first of January.
 */
function isPrintedAgain(one: Started | null, other: Started): boolean {
  if (one === null || one.wall === null || !other.afterTalk) return false;
  const date = new Date(one.wall * 1000);
  const isSet = Number.isFinite(one.wall) && !(date.getUTCMonth() === 0 && date.getUTCDate() === 1);
  return isSet && one.wall === other.wall && one.text === other.text;
}
