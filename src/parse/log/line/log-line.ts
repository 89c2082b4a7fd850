import type { PrintkSeconds } from "../../../core/base/time.ts";
import type { LineOrigin, PrintingTask } from "./prefix.ts";
import type { StampForm } from "./wall-clock.ts";

/** One line of some host's log without its prefixes, and what those showed. */
export interface LogLine {
  readonly origin: LineOrigin;
  /** The kernel's own stamp. */
  readonly at: PrintkSeconds | null;
  /** The journal's monotonic stamp, in seconds: when it stored the line (`journalctl -o short-monotonic`). */
  readonly storedAt: number | null;
  /** A wall-clock stamp, in seconds; only differences within one log mean something. */
  readonly wall: number | null;
  /** What that stamp shows; null: no moment, or there is none. */
  readonly wallForm: StampForm | null;
  /** The record's number in /dev/kmsg. */
  readonly seq: number | null;
  readonly bootId: string | null;
  /** The program that wrote it, where the line names it. */
  readonly tag: string | null;
  /** The task in whose context the kernel printed it, where the line names one. */
  readonly task?: PrintingTask;
  /** Blanks in front of the whole line, or after the clock that a terminal program put in front of it. */
  readonly indent: number;
  /** The stamp was typed, rounded or masked ("[    5.12]", "[0.048xxx]"): near the moment, and no more. */
  readonly typed: boolean;
  /**
   * It was found inside of another text: prose, a field of a structured log, a program that captured a guest's console.
   * It is a kernel's, and this log's own kernel only where the log has no other lines of a kernel.
   */
  readonly quoted: boolean;
  /** The format shows where each record of the kernel's begins and ends: /dev/kmsg, the journal's own formats. */
  readonly marked: boolean;
  /** Where in the whole line the text begins. */
  readonly column: number;
  /** What is left: the message itself. */
  readonly text: string;
  /** The text that was on the line when the kernel's message was printed after it: a prompt, a console's name. */
  readonly front?: string;
}

/** A line of which nothing is known but that it is there. */
export const bareLine: LogLine = {
  origin: "unsaid",
  at: null,
  storedAt: null,
  wall: null,
  wallForm: null,
  seq: null,
  bootId: null,
  tag: null,
  indent: 0,
  typed: false,
  quoted: false,
  marked: false,
  column: 0,
  text: "",
};

/** Without any prefix: the format shows nothing of this line. */
export function isBare({ origin, at, storedAt, wall }: LogLine): boolean {
  return origin === "unsaid" && at === null && storedAt === null && wall === null;
}
