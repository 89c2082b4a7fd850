import type { LogCourse } from "../../core/log-course.ts";
import type { ReportedWait, Sign } from "../../core/sign.ts";
import { debuggedProgram, isWaitingFrame, promptedCommand, waitOfTaskTable } from "./paste/pasted-tools.ts";
import { TracedCalls } from "./traced-calls.ts";
import { parseUnitTime } from "./paste/unit-time.ts";
import { JavaStacks } from "./paste/java-stacks.ts";
import { suggested, type ReportedWaits } from "./reported-waits.ts";
import { note } from "./sign-list.ts";
import { UnitTables } from "./unit-tables.ts";
import type { At } from "./line/at.ts";
import {
  isFailedCure,
  isWriterMark,
  parseForeignBlame,
  parseTracedSubject,
  parseWriterBlame,
  parseWriterCure,
  parseWriterDelay,
  parseWriterHang,
  parseWriterSeed,
  parseWriterSubject,
  parseWriterWait,
} from "./paste/writer.ts";
import { parseWriterFinding } from "./paste/findings.ts";
import {
  endsWithNextLine,
  isEndlessHang,
  isHangAfterReady,
  isNeverDone,
  programsSpokenOf,
  spokenSeconds,
} from "./paste/report-words.ts";

/** So far in front of a stack a text still is about it. */
const nearLines = 6;
/** Lines of the kernel's that a console printed between a command and what its program says. */
const printedBetween = 3;
/** A sentence of a report that a ready line follows is about that line, where so few lines stand between. */
const nextLines = 5;
/** A report speaks of few programs. */
const mostPrograms = 32;
/** Words of a report's prose, and the part of a line in which they are sought. */
const [mostWords, longestProse] = [2000, 600];

/** What people paste or write between the lines of a log: output of systemd-analyze, strace, gdb and ps, and prose. */
export class Pastes {
  readonly tables = new UnitTables();
  readonly #waits: ReportedWaits;
  readonly #java = new JavaStacks();
  readonly #traced: TracedCalls;
  /** The command of the latest shell prompt. */
  #command: { readonly name: string; readonly line: number | null; readonly isComment: boolean } | null = null;
  /** The program that the text in front of a stack is about. */
  #subject: { readonly name: string; readonly line: number | null; readonly text: string } | null = null;
  /** Where a person marks that it hangs. */
  #mark: { readonly line: number | null; readonly text: string } | null = null;
  #prose: { readonly text: string; readonly line: number | null } | null = null;
  /** The words of the report's prose, in lower case. */
  readonly #words = new Set<string>();
  /** What the report says about a hang that lasts although the CRNG is ready. */
  hangAfterReady: LogCourse["hangAfterReady"] = null;
  /** A source of entropy changed nothing, as the report says. */
  cureFailed = false;
  /** The report says that something does not end. */
  saysHang = false;
  /** The sentence that says that the hang ends with the line that follows. */
  #untilLine: { readonly text: string; readonly line: number } | null = null;
  #spokenSeconds: number | null = null;
  /** How often the report speaks of a program that starts late. */
  readonly #programs = new Map<string, number>();

  constructor(waits: ReportedWaits) {
    this.#waits = waits;
    this.#traced = new TracedCalls(waits);
  }

  /** Where strace shows that getrandom(2) was refused because the CRNG was not ready. */
  get refusedLine(): number | null {
    return this.#traced.refusedLine;
  }

  /** `prompt`: what a shell printed in front of the text. */
  take(raw: string, text: string, now: At, prompt = ""): void {
    if (this.#takesStack(text, now)) return;
    const time = parseUnitTime(raw);
    if (time !== null) {
      const wait = this.tables.take(time, now);
      if (wait !== null) this.#waits.add(wait);
      return;
    }
    this.tables.takeSummary(text);
    const command = promptedCommand(prompt + text);
    if (command !== null) this.#command = { name: command, line: now.line, isComment: text.startsWith("# ") };
    this.#traced.program = debuggedProgram(text) ?? this.#traced.program;
    this.#traced.takeName(text);
    if (this.#traced.take(text, now)) return;
    if (isWaitingFrame(text)) {
      this.#waits.add({ ...suggested("debugger", text, now), name: this.#traced.program, open: true });
      return;
    }
    if (this.#takesJava(text, now)) return;
    const inTable = waitOfTaskTable(text);
    if (inTable !== null) {
      this.#waits.add({ ...suggested("wchan", text, now), name: inTable.name, open: true });
      return;
    }
    this.#takeProse(text, now);
  }

  /** What strace or a JVM prints into a log. */
  takeLogged({ program, text }: { readonly program: string | null; readonly text: string }, now: At): void {
    if (program === "strace") this.#traced.take(text, now);
    else this.#takesJava(text, now);
  }

  #takesJava(text: string, now: At): boolean {
    const wait = this.#java.take(text);
    if (wait === null) return false;
    this.#waits.add({ ...suggested("debugger", text, now), name: "java", seconds: wait.seconds, open: true });
    return true;
  }

  /** The line that the CRNG is ready. */
  ready({ line }: At): void {
    const until = this.#untilLine;
    this.#untilLine = null;
    if (until === null || line === null || line - until.line > nextLines) return;
    const wait = suggested("writer", until.text, { line: until.line, time: null, at: null });
    this.#waits.add({ ...wait, seconds: this.#spokenSeconds });
  }

  /** The program that the report says is slow to start, most often the same; null: it names none. */
  get spokenOf(): string | null {
    return [...this.#programs].toSorted(([, one], [, other]) => other - one)[0]?.[0] ?? null;
  }

  /** Whether the report's prose has the name of this program, of which the kernel keeps 15 characters. */
  mentions(comm: string): boolean {
    const name = comm.toLowerCase();
    return this.#words.has(name) || (name.length === 15 && [...this.#words].some((word) => word.startsWith(name)));
  }

  /** A stack without its task's name, a few lines after the text that names one. */
  #takesStack(text: string, now: At): boolean {
    if (!/^\[<[0-9a-f]{1,16}>\] wait_for_random_bytes\b/.test(text)) return false;
    const subject = this.#subject;
    if (subject !== null && now.line !== null && subject.line !== null && now.line - subject.line <= nearLines)
      this.#waits.add({ ...suggested("writer", subject.text, now), name: subject.name, open: true });
    return true;
  }

  /** The program whose command stands on the line before this one. */
  commandBefore({ line }: At): string | null {
    if (this.#command === null || line === null || this.#command.line === null) return null;
    // Root's prompt alone begins a comment as well.
    return line - this.#command.line <= (this.#command.isComment ? 1 : printedBetween) ? this.#command.name : null;
  }

  /** A call of getrandom(2) that strace shows and that has not returned. */
  open(): readonly ReportedWait[] {
    return this.#traced.open();
  }

  /** Where systemd-analyze's tables, and marks of the author's, show the time. */
  signs(): readonly Sign[] {
    const mark = this.#mark;
    const marked = mark === null ? [] : [note("silence", mark, `marked in the log: ${mark.text}`)];
    return [...this.tables.signs(), ...marked];
  }

  /** What a report says about a hang without naming the CRNG. */
  #takeHang(text: string, { line }: At): void {
    if (line === null) return;
    if (endsWithNextLine(text)) this.#untilLine = { text, line };
    this.#spokenSeconds = spokenSeconds(text) ?? this.#spokenSeconds;
    this.cureFailed ||= isFailedCure(text);
    this.saysHang ||= isNeverDone(text);
    if (isEndlessHang(text) || isHangAfterReady(text))
      this.hangAfterReady ??= { line, at: null, text: text.slice(0, 160) };
    for (const program of programsSpokenOf(this.#prose === null ? text : `${this.#prose.text} ${text}`))
      if (this.#programs.size < mostPrograms || this.#programs.has(program))
        this.#programs.set(program, (this.#programs.get(program) ?? 0) + 1);
  }

  /** Sentences of a report may be broken in two by its lines. */
  #takeProse(text: string, now: At): void {
    const plainText = text.replace(/^(?:[#/*>;-]+ ?)+/, "");
    for (const [word] of plainText.slice(0, longestProse).matchAll(/[A-Za-z][\w+-]{2,40}/g))
      if (this.#words.size < mostWords) this.#words.add(word.toLowerCase());
    const before = this.#prose;
    this.#takeHang(plainText, now);
    const cured = parseWriterCure(plainText) ?? parseWriterFinding(text, now.line === 1);
    const wait =
      parseWriterWait(plainText) ??
      parseWriterHang(plainText) ??
      parseWriterBlame(plainText) ??
      cured ??
      parseForeignBlame(plainText) ??
      (before === null ? null : parseWriterWait(`${before.text} ${plainText}`));
    if (wait !== null) {
      this.#prose = null;
      const whole = wait.name === null && before !== null ? `${before.text} ${plainText}` : null;
      const name =
        wait.name ?? cured?.name ?? (whole === null ? null : (parseWriterFinding(whole, false)?.name ?? null));
      this.#waits.add({ ...suggested(cured === null ? "writer" : "experiment", plainText, now), name });
      return;
    }
    this.#traced.program ??= parseTracedSubject(plainText);
    const subject = parseWriterSubject(plainText);
    if (subject !== null) this.#subject = { name: subject, line: now.line, text: plainText };
    // The stack itself shows whether its task waits.
    if (isWriterMark(plainText)) this.#mark ??= { line: now.line, text: plainText.slice(0, 160) };
    const delay = parseWriterSeed(plainText) ?? parseWriterDelay(plainText);
    if (delay !== null) this.#waits.add({ ...suggested("writer", plainText, now), ...delay });
    this.#prose = { text: plainText.slice(0, 300), line: now.line };
  }
}
