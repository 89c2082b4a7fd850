import type { SignsSeen } from "../../core/log-evidence.ts";
import type { ReportedWait, Sign } from "../../core/sign.ts";
import { isStarter } from "../../core/base/starter.ts";
import { earlyUseDevice, type KernelMessage } from "../../core/kernel-message.ts";
import { type BootOver, isShellPrompt, parseBootEnd } from "./boot-end.ts";
import { Course } from "./course/course.ts";
import { GoingDown } from "./going-down.ts";
import { Pastes } from "./pastes.ts";
import { ReportedWaits } from "./reported-waits.ts";
import { RootWait } from "./root-wait.ts";
import { plainSign, SignList, withRepeated } from "./sign-list.ts";
import { withoutEmphasis } from "./line/emphasis.ts";
import { isKernelForm } from "./line/kernel-form.ts";
import { isStatusLine, isUserSpace, type SignLine, type Spoken, spoken } from "./line/spoken.ts";
import { TextKind } from "./text-kind.ts";
import { TroubleSigns } from "./trouble-signs.ts";
import { type At, momentOf } from "./line/at.ts";
import { Units } from "./unit/units.ts";
import { ownWords } from "./words.ts";

const longestLine = 1024;
/** From how many pieces a line that was broken is put together. */
const mostPieces = 3;
/**
 * What is printed in FIPS mode alone: crypto/testmgr.c, kernel/module/signing.c, Ubuntu's random.c, dracut's fips.sh
 * (which does nothing without fips=1), OpenSSH and the FIPS modules of libraries.
 */
const saysFips =
  /failed in (?:fips|FIPS) mode|signature verification failed in FIPS mode|^fips-load-crypto: |Loading and integrity checking all crypto modules|^Self testing crypto algorithms|FIPS integrity (?:test|check)|^All initrd crypto checks done|\brandom: Failed to (?:reset|alloc\w*|get) DRBG|^FIPS mode (?:is )?(?:initialized|enabled)|^fips_module: /;
/**
 * Bare lines that no person writes: the EFI stub's, frames of a stack, the first line of a report of the kernel's, and
 * what systemd's tools print of a start that runs, or of a crash, and the first
 * of a part of a dump (fs/pstore/platform.c).
 */
const isOfMachine =
  /^(?:EFI stub: |(?:Panic|Oops|Emergency|Shutdown)#\d{1,6} Part\d{1,6}$|\[<[0-9a-f]{1,16}>\] \S{1,128}\+0x|INFO: task \S{1,64}:\d{1,10} blocked for more than \d|(?:\w{0,3} )?(?:watchdog: )?BUG: soft lockup - CPU#\d{1,4} stuck for \d|Kernel panic - not syncing: |dracut-initqueue\[\d{1,10}\]: |(?:\[[ *]{1,8}\] ?)?(?:\(\d{1,4} of \d{1,4}\) )?(?:A start job is running for .{1,200}|Job \S{1,200}\/start running )\(\d|\d{1,7} \S{1,200}\.(?:service|mount|device|target) +start +(?:running|waiting)$|\S{1,200}\.(?:service|target|mount|socket|timer|swap): (?:Found (?:ordering cycle|dependency) on \S|Job \S{1,200}\/start deleted to break ordering cycle)|(?:[●×*] {1,4})?\S{1,200}\.(?:service|mount|socket|target|device|timer) +loaded +failed +failed\b|Active: activating \(start|Message: Process \d{1,10} \([^()]{1,64}\) of user \d)/;
/** `ssh-keygen -A` names each kind of key after this as it makes it, dropbearkey its kind and length. */
const makesKeys =
  /^(?:(ssh-keygen): generating new host keys:|Generating \d{3,5}[ -]bit (?:rsa|dss|ecdsa|ed25519) key, this may take a while)/;

/** No terminal is narrower. */
const narrowest = 70;

/** The kernel prints no more than ten such lines, some kernels one for each read. */
const mostReaders = 16;

/** A log's line that shows no trouble, with the pieces after it into which a mail or a terminal may have broken it. */
interface BrokenLine {
  readonly said: Spoken;
  readonly now: At;
  readonly pieces: number;
}

/**
 * Collects from one boot's lines what they show beside the CRNG's messages. Memory is bounded, and each line is
 * examined once.
 */
export class LogSigns {
  readonly #units = new Units();
  readonly #course = new Course(this.#units);
  readonly #signs = new SignList();
  readonly #root = new RootWait();
  readonly #waits = new ReportedWaits();
  readonly #pastes = new Pastes(this.#waits);
  readonly #trouble = new TroubleSigns(this.#signs);
  readonly #goingDown = new GoingDown();
  #fipsLine: number | null = null;
  /** Programs that read before the CRNG was ready, but for those that start all others. */
  readonly #readers = new Set<string>();
  /** The log marks the kernel's lines as such, and stamps all lines. */
  #marksKernel = false;
  /** The kernel's lines have its stamp, or its tag: a line without is not the kernel's, whatever its form. */
  #prefixesKernel = false;
  #over: BootOver | null = null;
  readonly #kind = new TextKind();
  /** The text is prose alone, and lines that its sentences quote are its log. */
  isProse = false;
  #last: At = { line: null, time: null, at: null };
  #before: BrokenLine | null = null;
  /** The line before, where it is so long that a terminal may have broken it. */
  #wide: Omit<BrokenLine, "pieces"> | null = null;
  /** The last line with words. */
  #end: { readonly text: string; readonly line: number | null } = { text: "", line: null };

  take(line: SignLine, number: number | null, message: KernelMessage | null): void {
    const isConsoles = line.origin === "unsaid" && line.at === null && line.storedAt === null;
    const bare = isConsoles && line.wall === null;
    const text = line.text.length > longestLine ? line.text.slice(0, longestLine) : line.text;
    const plainText = bare ? withoutEmphasis(text) : text;
    const plain = spoken(plainText === line.text ? line : { ...line, text: plainText });
    this.#prefixesKernel ||= line.origin === "kernel" || line.at !== null || line.storedAt !== null;
    // In quotation marks it may be a string of a program.
    const hasKernelForm = bare && !this.#prefixesKernel && isKernelForm(text);
    const said = hasKernelForm ? { ...plain, byKernel: true } : plain;
    // Where the kernel's lines are marked as its own, all others with a wall clock's stamp are programs'.
    this.#marksKernel ||= line.origin === "kernel" && line.wall !== null;
    const isOther = this.#marksKernel && isConsoles && !bare;
    const isUser = isUserSpace(said, said.text) || isEarlyUser(message) || isOther;
    const isUnit =
      isStatusLine(said.text) || (isConsoles && line.indent >= 4 && /^Starting .+(?:\.{3}|…)$/.test(said.text));
    const isLogLine = !bare || isUser || isUnit || hasKernelForm || message !== null || isOfMachine.test(said.text);
    const isReady = message?.kind === "ready";
    if (message?.kind === "early-use" && isEarlyUser(message) && !isStarter(message.name))
      if (this.#readers.size < mostReaders) this.#readers.add(message.name);
    const now: At = { line: number, time: this.#course.timeOf(line), at: line.at ?? line.storedAt };
    if (isReady) this.#units.ready(now, line.at === null);
    this.#takeBootEnd(line, said, now, { bare, isReady });
    const isOfUnit = this.#units.take(said, line.indent, now);
    this.#course.take(line, number, {
      byProgram: said.program !== null || isOther,
      isUserSpace: isUser || isUnit,
      isLogLine,
      isReady,
      ofCrng: said.text.startsWith("random: ") && !isUser,
      hasKernelForm,
    });
    const isMessage = message !== null || isOfMachine.test(said.text);
    this.#kind.take(line, { isLogLine, isMessage, isKernelForm: hasKernelForm });
    if (/[A-Za-z]/.test(text)) this.#end = { text: text.slice(0, 160), line: number };
    if (isLogLine) this.#last = { ...now, time: now.time ?? this.#last.time };
    this.#trouble.takeFront(line.front ?? "", now);
    if (isReady) this.#pastes.ready(now);
    const before = this.#before;
    const wide = this.#wide;
    [this.#before, this.#wide] = [null, null];
    if (message !== null) return;
    this.#trouble.takeStack(text, number);
    this.#root.take(said.text, now);
    if (text === "") return;
    this.#units.jobs.take(said.text, now);
    if (isLogLine && (saysFips.test(said.text) || (said.text !== text && saysFips.test(text))))
      this.#fipsLine ??= number;
    const isTaken = this.#takeWords(said, text, now) || (bare && wide !== null && this.#takeWrapped(wide, text));
    if (!isTaken && text.length >= narrowest) this.#wide = { said, now };
    if (bare && !isUnit && !hasKernelForm) this.#pastes.take(line.text, text, now, line.front ?? "");
    else this.#pastes.takeLogged(said, now);
    const isTrouble = this.#trouble.take(said, text, now, { bare, isOfUnit, isLogLine });
    if (isLogLine && !bare && !isTrouble) this.#before = { said, now, pieces: 1 };
    else if (bare && !isLogLine && !isTrouble) this.#takeRest(before, text, now);
    this.#goingDown.take(said.text, now, { byKernel: said.program === null, isLogLine });
  }

  /** A bare line: the rest of the line before it, or a person's text that quotes a report of the kernel's. */
  #takeRest(before: BrokenLine | null, text: string, now: At): void {
    if (before !== null) {
      const head = before.said.text;
      const joined = head.endsWith("=") ? head.slice(0, -1) + text : `${head} ${text}`;
      const said = { ...before.said, text: joined.slice(0, longestLine) };
      if (this.#trouble.takeJoined(said, before.now)) return;
      if (before.pieces + 1 < mostPieces) this.#before = { said, now: before.now, pieces: before.pieces + 1 };
    }
    this.#trouble.takeQuoted(text, now);
  }

  /** It has a line of a log, or what a tool printed of one. */
  get isLog(): boolean {
    return this.#kind.logLines > 0 || this.#pastes.tables.lines > 0;
  }

  /** The last lines are those of a machine that goes down. */
  get isGoingDown(): boolean {
    return this.#goingDown.isLast;
  }

  /** All of it, once the boot is at its end. */
  evidence(): SignsSeen {
    const signs = this.#listSigns();
    const course = this.#course.get();
    const shown = {
      ...course,
      logLines: Math.max(this.#kind.logLines, this.#pastes.tables.lines),
      refusedLine: this.#pastes.refusedLine,
      crngWaiter: null,
      fipsLine: this.#fipsLine,
      seedTook: this.#units.seed.took ?? this.#pastes.tables.seedTook,
      seedDone: momentOf(this.#units.seed.done),
      quickUnits: this.#pastes.tables.quick,
      entropyDaemon: this.#units.entropyDaemon,
      over: this.#over,
      otherWait: this.#units.jobs.other ?? this.#pastes.tables.otherWait,
      // A text that quotes a line is no log that ends there.
      hangAfterReady: this.isProse ? null : this.#pastes.hangAfterReady,
      slept: this.#goingDown.slept,
      interleaved: false,
    };
    return {
      kind: "log-signs",
      signs,
      reportedWaits: this.#waits
        .with([
          ...this.#units.waits(this.#last),
          ...this.#pastes.open(),
          ...this.#pastes.tables.seedWaits(),
          ...this.#keysAtEnd(),
        ])
        .filter(({ by }) => by !== "experiment" || !this.#pastes.cureFailed)
        .map((wait) => (wait.name === null || wait.name.startsWith("a ") ? this.#withSpokenName(wait) : wait)),
      course: shown,
      dropped: this.#signs.dropped,
    };
  }

  /** The making of keys, where it is the last line of all, and the report says that it does not end. */
  #keysAtEnd(): readonly ReportedWait[] {
    const { text, line } = this.#end;
    const who = this.#pastes.saysHang ? makesKeys.exec(text) : null;
    if (who === null) return [];
    const name = who[1] ?? "dropbearkey";
    return [{ by: "own-words", name, line, at: null, seconds: null, open: true, proof: "likely", text }];
  }

  /** Of a program that does not say its name, the report may name one that starts late. */
  #withSpokenName(wait: ReportedWait): ReportedWait {
    const { by, open } = wait;
    const isNameless =
      by === "own-words" || by === "debugger" || by === "strace" || by === "experiment" || (by === "writer" && !open);
    return isNameless ? named(wait, this.#pastes.spokenOf ?? this.#reader() ?? this.#units.jobs.starting) : wait;
  }

  /** The program that read before the CRNG was ready and of which the report's prose speaks; null: none, or several. */
  #reader(): string | null {
    const spokenOf = [...this.#readers].filter((name) => this.#pastes.mentions(name));
    return spokenOf.length === 1 ? (spokenOf[0] ?? null) : null;
  }

  #takeBootEnd(
    line: SignLine,
    said: Spoken,
    { line: number, at }: At,
    { bare, isReady }: { readonly bare: boolean; readonly isReady: boolean },
  ): void {
    if (this.#over !== null) return;
    const atShell = isReady && isShellPrompt(line.front ?? "") ? "a shell's prompt stood on the console" : null;
    const text = parseBootEnd(line, said, bare) ?? atShell;
    if (text !== null) this.#over = { line: number, at, text };
  }

  #listSigns(): readonly Sign[] {
    const root = this.#root.sign();
    if (root !== null) this.#signs.add(root);
    for (const { name, line, at } of this.#units.unfinished(this.#last).slice(0, 4)) {
      this.#signs.add({
        ...plainSign,
        kind: "unit-unfinished",
        gravity: "notes",
        line,
        at,
        name,
        text: `'${name}' was started and did not finish`,
      });
    }
    const down = this.#goingDown.sign();
    for (const sign of [...(down === null ? [] : [down]), ...this.#pastes.signs()]) this.#signs.add(sign);
    return withRepeated(this.#signs.list(), this.#last.line);
  }

  /** A program's own words that a terminal broke at its last column, which may be within a word. */
  #takeWrapped({ said, now }: Omit<BrokenLine, "pieces">, rest: string): boolean {
    return this.#takeWords({ ...said, text: (said.text + rest).slice(0, longestLine) }, said.text, now);
  }

  /** True where they are a program's own words on a wait. */
  #takeWords(said: Spoken, text: string, now: At): boolean {
    if (said.byKernel) return false;
    for (const { pattern, name, group, seconds, open, proof } of ownWords) {
      const match = pattern.exec(said.text);
      if (match === null) continue;
      // Without a program's name it may be a person's prose; those rules are stricter.
      if (name === null && said.program === null) return false;
      const lasted =
        seconds === undefined
          ? null
          : Number((match[seconds.group] ?? "0").replace(/[,.](?=\d{3}\b)/g, "")) * seconds.unit;
      // strace's own name does not show the program that it traces.
      const speaker = said.program === "strace" ? null : said.program;
      const byPrompt = speaker ?? this.#pastes.commandBefore(now);
      const saysOfItself = name === null || name.startsWith("a ") ? (byPrompt ?? name ?? "a program") : name;
      const who = group === undefined ? saysOfItself : (match[group] ?? saysOfItself);
      this.#waits.add({
        by: "own-words",
        name: who,
        line: now.line,
        at: now.at,
        seconds: lasted,
        open,
        proof,
        text: text.slice(0, 160),
      });
      return true;
    }
    return false;
  }
}

/** The log itself does not name it. */
function named(wait: ReportedWait, spokenOf: string | null): ReportedWait {
  return spokenOf === null ? wait : { ...wait, name: `${spokenOf} (named by the report)` };
}

/** The kernel names the program that read early. */
function isEarlyUser(message: KernelMessage | null): boolean {
  return message?.kind === "early-use" && earlyUseDevice[message.use] !== null && !message.name.startsWith("swapper");
}
