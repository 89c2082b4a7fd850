import type { KernelMessage } from "../../core/kernel-message.ts";
import type { LogLine } from "./line/log-line.ts";

const mostRecent = 64;
/** A function with its offset and size, as the kernel names a caller. */
const namedFunction = /^([\w.]{1,128})\+0x[0-9a-f]{1,8}\/(0x[0-9a-f]{1,8})$/;

/**
 * Seconds by which a wall clock may advance more than the kernel's: with more, there was another boot, or a suspend.
 */
const clocksAgreeSeconds = 60;

/** What a boot has printed so far, by which a line shows that another boot has begun. */
export class PrintedBefore {
  /** The texts of the latest lines with a stamp. */
  readonly #recent: string[] = [];
  readonly #functionSizes = new Map<string, string>();
  readonly #first = new Map<KernelMessage["kind"], LogLine>();

  /** Takes the text of a line with a stamp. */
  takeText(text: string): void {
    if (this.#recent.push(text) > mostRecent) this.#recent.shift();
  }

  /** Takes a line that holds a message of this boot's kernel. */
  takeMessage(line: LogLine, message: KernelMessage): void {
    if (!this.#first.has(message.kind)) this.#first.set(message.kind, line);
    const [, name, size] = (message.kind === "early-use" && namedFunction.exec(message.name)) || [];
    if (name !== undefined && size !== undefined && this.#functionSizes.size < mostRecent)
      this.#functionSizes.set(name, size);
  }

  /** The text was printed before, but for its numbers: a step that a boot takes again is another boot's. */
  has({ text }: LogLine): boolean {
    const masked = maskedText(text);
    return this.#recent.some((recent) => maskedText(recent) === masked);
  }

  /**
   * Whether a message that a kernel prints once in a boot stands here a second time, and not only as a copy: then
   * another boot has begun whose head is not in the log, as in a log of only the lines with "random".
   */
  hasOnce(line: LogLine, message: KernelMessage): boolean {
    const before =
      message.kind === "ready" || message.kind === "early-init" ? this.#first.get(message.kind) : undefined;
    if (before === undefined) return false;
    const wallLater = line.wall === null || before.wall === null ? null : line.wall - before.wall;
    // In dmesg -T any program may have written it.
    if (line.at === null || before.at === null) return line.origin === "kernel" && wallLater !== null && wallLater >= 1;
    // Where both clocks run on, they agree in one boot.
    return (
      line.at < before.at || (wallLater !== null && Math.abs(wallLater - (line.at - before.at)) > clocksAgreeSeconds)
    );
  }

  /** Whether a function that this boot's kernel named has another size: then another kernel was built. */
  isOfOtherBuild(message: KernelMessage | null): boolean {
    const [, name = "", size] = (message?.kind === "early-use" && namedFunction.exec(message.name)) || [];
    const known = this.#functionSizes.get(name);
    return size !== undefined && known !== undefined && known !== size;
  }
}

/** The text without its numbers. */
function maskedText(text: string): string {
  return text.slice(0, 200).replace(/\d+/g, "#");
}
