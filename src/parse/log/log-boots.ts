import type { BootRecord } from "../../core/boot-record.ts";
import type { KernelMessage } from "../../core/kernel-message.ts";
import { LogBoot } from "./log-boot.ts";
import type { LogLine } from "./log-line.ts";
import { fuller, isSameBoot } from "./same-boot.ts";

/** How many boots of one log are kept: of more, the latest. */
const mostBoots = 500;
/**
 * Stamps of one boot may run back by less than this: CPUs take turns at the ring, and what is stamped early is printed
 * late. A version line tells a boot however soon it comes.
 */
const disorderSeconds = 1;
/**
 * Before its version line a kernel prints a few lines (microcode, cgroup subsystems, the device tree), not as many as
 * this.
 */
const mostBeforeVersion = 60;

/**
 * Tells the boots of one log apart: by the kernel's version line, by time that runs backwards, by the journal's boot ID
 * and marks.
 */
export class LogBoots {
  readonly #file: string;
  #boot: LogBoot | null = null;
  #records: BootRecord[] = [];
  /** The boot ID of the mark behind which the next line comes. */
  #markedBootId: string | null = null;
  /** Boots that were not kept. */
  dropped = 0;
  /** A line from which on time runs backwards a little: if a version line follows, its boot began here. */
  #restart: { readonly line: number | null; readonly stamp: number; readonly from: number } | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** Takes one line; `starts`: with it a boot begins, `matters`: the lines behind it are worth reading. */
  take(
    line: LogLine,
    number: number | null,
    message: KernelMessage | null,
  ): { readonly starts: boolean; readonly matters: boolean } {
    const credited = message !== null && (this.#boot?.credits(line) ?? true) ? message : null;
    const starts = this.#boot === null || this.#isAnother(this.#boot, line, credited);
    if (starts) {
      const first = this.#restartOf(line) ?? number;
      if (first !== null) this.#boot?.endAt(first - 1);
      this.#close();
      this.#boot = new LogBoot(first, line.bootId ?? this.#markedBootId);
      [this.#restart, this.#markedBootId] = [null, null];
    }
    const boot = this.#boot as LogBoot;
    boot.bootId ??= line.bootId;
    this.#watchRestart(boot, line, number);
    // What it has said by then is this boot's.
    if (credited !== null && !starts) this.#restart = null;
    return { starts, matters: boot.take(line, number, credited) };
  }

  /** The journal's own mark between boots. */
  mark(bootId: string | null): void {
    this.#close();
    this.#markedBootId = bootId;
  }

  /**
   * The boot goes on to line `number` at least, and its time to the whole second `second`: lines that nobody had to
   * read.
   */
  reach(second: number | null, number: number): void {
    this.#boot?.reach(second, number);
  }

  /** Records that the log says are lost here. */
  lose(lost: number | null, number: number | null): void {
    this.#boot?.lose(lost, number);
  }

  /** The records of all boots, in the log's order. */
  end(): readonly BootRecord[] {
    this.#close();
    return this.#records;
  }

  #isAnother(boot: LogBoot, line: LogLine, message: KernelMessage | null): boolean {
    if (line.bootId !== null && boot.bootId !== null) return line.bootId !== boot.bootId;
    if (boot.isContinuation(line)) return false;
    const stamp = line.at ?? line.storedAt;
    const runsBack = stamp !== null && boot.lastStamp !== null && stamp < boot.lastStamp - disorderSeconds;
    if (runsBack && line.origin !== "user") return true;
    if (message !== null && boot.saysAgain(line, message)) return true;
    if (message?.kind !== "kernel-version") return false;
    if (boot.version === null)
      return this.#restart !== null || (stamp === null && (boot.hasMessages || boot.kernelLines > mostBeforeVersion));
    // `cat /proc/version` above a log is no boot of its own.
    const same = boot.version.text === `${message.release} ${message.version}`;
    return !(boot.version.bare && same && stamp !== null && boot.lastStamp === null);
  }

  #watchRestart(boot: LogBoot, line: LogLine, number: number | null): void {
    const stamp = line.at ?? line.storedAt;
    if (stamp === null || line.origin === "user" || boot.isContinuation(line)) return;
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
    const boot = this.#boot;
    this.#boot = null;
    if (boot === null) return;
    const record = boot.close(this.#file);
    const last = this.#records.at(-1);
    // Somebody may have called dmesg on a console that is captured.
    if (last !== undefined && isSameBoot(last, record)) this.#records[this.#records.length - 1] = fuller(last, record);
    else this.#records.push(record);
    if (this.#records.length > mostBoots) {
      this.#records.shift();
      this.dropped++;
    }
  }
}
