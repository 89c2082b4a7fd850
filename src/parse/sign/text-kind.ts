import { isNamed, isStatusLine, type SignLine } from "./line/spoken.ts";

/** The share of its lines that makes a text a log if none of them is surely a log's. */
const leastShare = 1 / 2;
/** How many lines in forms of the kernel's make a text a log: a single one may be in a table or in prose. */
const leastKernelForms = 3;
/** A step of a console has one line. */
const longestForm = 400;
/**
 * What OpenRC, sysvinit's scripts and Upstart print of a step on a console, and how it went; and the lines of Go
 * programs that log by logrus. Programs print them, no person writes them.
 */
const sureForms =
  /^(?:\* .{1,200}\[ ?(?:ok|OK|!!|fail) ?\]|\* (?:ERROR: \S{1,64} failed to st(?:art|op)|start-stop-daemon: failed to st(?:art|op) .*)|(?:Starting|Stopping|Running|Saving|Loading|Initializing|Seeding) [\w ./-]{2,60}: (?:OK|FAIL)|OpenRC \d[\w.-]{0,24} is starting up .*|\[(?: ok |\.{4}|FAIL)\] (?:(?:Re)?[Ss]tart|Stopp|Mount|Check|Sett|Load|Configur|Clean|Runn|Activat|Initializ|Initialis)ing\b.*|(?:Starting|Stopping|Mounting|Bringing up) .{1,120}\[ {1,2}(?:OK|FAILED) {1,2}\]|time="\d{4}-\d\d-\d\dT[^"]{8,24}" level=[a-z]{4,7} msg=.*)$/;
/** Bytes in hexadecimal, as of a certificate or a network address, have more pairs before or after them. */
const timeInFront = /^.{0,80}(?<![\w:.-])[0-2]\d:[0-5]\d:[0-6]\d(?![\w:-])/;

/**
 * Whether a text is a log: source code, configurations and prose have single lines that look like one of a log, such as
 * a date, "kernel: true" or "Welcome to".
 */
export class TextKind {
  #lines = 0;
  #logLines = 0;
  #sureLines = 0;
  #timedLines = 0;
  #kernelForms = 0;

  /** `isMessage`: the line holds what the kernel alone prints; `isKernelForm`: it is in a form that the kernel uses. */
  take(
    line: SignLine,
    facts: { readonly isLogLine: boolean; readonly isMessage: boolean; readonly isKernelForm: boolean },
  ): void {
    const { isLogLine, isMessage, isKernelForm } = facts;
    if (isKernelForm) this.#kernelForms++;
    if (line.text !== "") this.#lines++;
    const isSureForm = !isLogLine && line.text.length <= longestForm && sureForms.test(line.text);
    if (isLogLine || isSureForm) this.#logLines++;
    else if (timeInFront.test(line.text)) this.#timedLines++;
    if (isSureForm || (isLogLine && (isMessage || isSurelyOfLog(line)))) this.#sureLines++;
  }

  /** The lines that are a log's, or have a time of day in front where the log's form is not known; 0: it is no log. */
  get logLines(): number {
    const likely = Math.max(this.#logLines, this.#timedLines);
    const isSure = this.#sureLines > 0 || this.#kernelForms >= leastKernelForms;
    return isSure || likely >= this.#lines * leastShare ? likely : 0;
  }
}

function isSurelyOfLog(line: SignLine): boolean {
  const { origin, at, storedAt, wall, wallForm, tag, text } = line;
  return (
    at !== null ||
    storedAt !== null ||
    tag !== null ||
    (wall !== null && origin !== "unsaid") ||
    wallForm?.byDmesg === true ||
    isNamed(text) ||
    isStatusLine(text)
  );
}
