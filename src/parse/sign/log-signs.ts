import type { SignsSeen } from "../../core/evidence.ts";
import type { ReportedWait, Sign } from "../../core/sign.ts";
import type { KernelMessage } from "../../core/kernel-message.ts";
import { Course } from "./course.ts";
import {
  debuggedProgram,
  isLongCall,
  isWaitingFrame,
  parseTracedCall,
  parseUnitTime,
  tracedProgram,
  type UnitTime,
  waitOfTaskTable,
  waitOfUnitTime,
} from "./pasted-tools.ts";
import { RootWait } from "./root-wait.ts";
import { SignList } from "./sign-list.ts";
import { isStatusLine, isUserSpace, type SignLine, type Spoken, spoken } from "./spoken.ts";
import { isSomeError, kernelTrouble, programTrouble, type Trouble } from "./trouble.ts";
import { type At, Units } from "./units.ts";
import { ownWords } from "./words.ts";
import { parseWriterDelay, parseWriterWait } from "./writer.ts";

const longestLine = 1024;
const mostWaits = 64;
const mostUnitTimes = 64;
/** Lines of a report behind its first in which its stack stands. */
const reportLines = 60;
/** Between two units of a critical chain, time that belongs to neither. */
const chainGapSeconds = 10;

/** Cheap: what a line must hold to be any of the troubles, or any error. */
const maybeTrouble =
  /panic|root|init|task:|unwind|fail|error|fault|BUG|Oops|blocked|lockup|stall|starved|memory|oom-kill|WARNING|INFO:|-fs|XFS|BTRFS|opcode|exception|LOCKUP|does not exist|cannot|can't|could not|couldn't|boot|time|emergency|rescue|mode|maintenance|tty|initramfs|dracut:|shell|Dependency|job is running|FATAL|Refusing|not ok|console|integrity|HMAC|DRBG|alg:|jitter|unable|Bad|Unhandled|SError|access|device|not responding|hang|stuck|abort|corrupt|UBSAN|leak|unreachable|no route|refused|no such|lookup|name|Target|DHCP|IP-Config/i;
const inRandomCode =
  /\b(?:urandom_read|random_read|getrandom|get_random_\w+|_?extract_crng|crng_\w+|wait_for_random_bytes|try_to_generate_entropy|add_(?:interrupt|timer|hwgenerator)_randomness|credit_\w*|fips_drbg_\w+|drbg_\w+|jent_\w+|hwrng_\w+|set_current_rng|virtio_read|rng_dev_read)\b/;
/**
 * What is printed in FIPS mode alone: crypto/testmgr.c, kernel/module/signing.c, Ubuntu's random.c, dracut's fips.sh
 * (which does nothing without fips=1), OpenSSH and the FIPS modules of libraries.
 */
const saysFips =
  /failed in (?:fips|FIPS) mode|signature verification failed in FIPS mode|^fips-load-crypto: |Loading and integrity checking all crypto modules|^Self testing crypto algorithms|FIPS integrity (?:test|check)|^All initrd crypto checks done|\brandom: Failed to (?:reset|alloc\w*|get) DRBG|^FIPS mode (?:is )?(?:initialized|enabled)|^fips_module: /;
/** Bare lines that no person writes: the EFI stub's, frames of a stack. */
const isOfMachine = /^(?:EFI stub: |\[<[0-9a-f]{1,16}>\] \S{1,128}\+0x)/;
const timeInFront = /^.{0,80}\b\d\d:\d\d:\d\d\b/;
/** Words that a machine prints as it goes down or to sleep. */
const goesDown =
  /^(?:Stopping |Stopped |Reached target (?:Shutdown|Power-Off|Reboot|Unmount|Final|System (?:Shutdown|Reboot|Power Off)|Late Shutdown)|Shutting down\.|Syncing filesystems|Sending SIG(?:TERM|KILL) to remaining|Powering off\.|Rebooting\.|Finalizing suspend|Going to suspend|Entering sleep state|Suspending system|reboot: (?:Restarting|Power down|System halted)|Restarting system|Power down|sd \S+: \[\w+\] (?:Synchronizing SCSI cache|Stopping disk)|PM: suspend entry|Deactivating|Unmounting |Unmounted |All filesystems unmounted|Received SIGTERM from PID 1|The system (?:will|is going) .{0,20}(?:reboot|power|halt))/;

/** Collects from one boot's lines what they show beside the CRNG's messages. Memory is bounded, and each line is examined once. */
export class LogSigns {
  readonly #units = new Units();
  readonly #course = new Course(this.#units);
  readonly #signs = new SignList();
  readonly #root = new RootWait();
  #waits: ReportedWait[] = [];
  #chain: UnitTime[] = [];
  #chainLine: number | null = null;
  #chainGap: { readonly line: number | null; readonly unit: string; readonly seconds: number } | null = null;
  #slowest: { readonly unit: string; readonly seconds: number; readonly line: number | null } | null = null;
  /** A crash, lock-up or warning whose stack may follow. */
  #report: { readonly line: number; readonly left: number } | null = null;
  #program: string | null = null;
  #strace: { readonly line: number | null; readonly wait: ReportedWait } | null = null;
  #refusedLine: number | null = null;
  #fipsLine: number | null = null;
  /** Lines with a time of day in front: a log, even where its form is not known. */
  #timedLines = 0;
  #prose: { readonly text: string; readonly line: number | null } | null = null;
  #goesDown: { readonly line: number | null; readonly at: number | null; readonly text: string } | null = null;
  #linesSinceDown = 0;
  #last: At = { line: null, time: null, at: null };

  take(line: SignLine, number: number | null, message: KernelMessage | null): void {
    const text = line.text.length > longestLine ? line.text.slice(0, longestLine) : line.text;
    const said = spoken(text === line.text ? line : { ...line, text });
    const bare = line.origin === "unsaid" && line.at === null && line.storedAt === null && line.wall === null;
    const isUser = isUserSpace(said, said.text) || isEarlyUser(message);
    const isUnit = isStatusLine(said.text) || (bare && line.indent >= 4 && /^Starting .+(?:\.{3}|…)$/.test(said.text));
    const isLogLine = !bare || isUser || isUnit || message !== null || isOfMachine.test(text);
    const isReady = message?.kind === "ready";
    const now: At = { line: number, time: this.#course.timeOf(line), at: line.at ?? line.storedAt };
    if (isReady) this.#units.ready(now);
    const isOfUnit = this.#units.take(said, line.indent, now);
    this.#course.take(line, number, {
      byProgram: said.program !== null,
      isUserSpace: isUser || isUnit,
      isLogLine,
      isReady,
    });
    if (!isLogLine && timeInFront.test(text)) this.#timedLines++;
    if (isLogLine) this.#last = { ...now, time: now.time ?? this.#last.time };
    if (message !== null) return;
    this.#takeReport(text, number);
    this.#root.take(said.text, now);
    if (text === "") return;
    if (isLogLine && (saysFips.test(said.text) || saysFips.test(text))) this.#fipsLine ??= number;
    this.#takeWords(said, text, now);
    if (bare && !isUnit) this.#takePaste(line.text, text, now);
    this.#takeTrouble(said, text, now, { bare, isOfUnit, isLogLine });
    this.#takeDown(said.text, now);
  }

  /** The last lines are those of a machine that goes down. */
  get isGoingDown(): boolean {
    return this.#goesDown !== null && this.#linesSinceDown <= 3;
  }

  /** All of it, once the boot is at its end. */
  evidence(): SignsSeen {
    const signs = this.#listSigns();
    const course = this.#course.get();
    const shown = {
      ...course,
      logLines: Math.max(course.logLines, this.#timedLines),
      refusedLine: this.#refusedLine,
      crngWaiter: null,
      fipsLine: this.#fipsLine,
      seedTook: this.#units.seedTook,
      interleaved: false,
    };
    return {
      kind: "log-signs",
      signs,
      reportedWaits: this.#reportedWaits(),
      course: shown,
      dropped: this.#signs.dropped,
    };
  }

  #listSigns(): readonly Sign[] {
    const root = this.#root.sign();
    if (root !== null) this.#signs.add(root);
    for (const { name, line, at } of this.#units.unfinished(this.#last).slice(0, 4)) {
      this.#signs.add({
        ...plain,
        kind: "unit-unfinished",
        gravity: "notes",
        line,
        at,
        name,
        text: `'${name}' was started and did not finish`,
      });
    }
    if (this.#goesDown !== null && this.#linesSinceDown <= 12) {
      const { line, at, text } = this.#goesDown;
      this.#signs.add({
        ...plain,
        kind: "shutdown",
        gravity: "notes",
        line,
        at,
        text: `The log ends as the machine goes down or to sleep: ${text}`,
      });
    }
    if (this.#chainGap !== null) {
      const { line, unit, seconds } = this.#chainGap;
      this.#signs.add({
        ...plain,
        kind: "silence",
        gravity: "notes",
        line,
        at: null,
        name: unit,
        text: `${seconds.toFixed(1)} s before ${unit} belong to no unit of the chain`,
      });
    }
    if (this.#slowest !== null) {
      const { line, unit, seconds } = this.#slowest;
      this.#signs.add({
        ...plain,
        kind: "other",
        gravity: "notes",
        line,
        at: null,
        name: unit,
        text: `${unit} took ${seconds.toFixed(1)} s`,
      });
    }
    return this.#signs.list();
  }

  #reportedWaits(): readonly ReportedWait[] {
    const open = this.#strace === null ? [] : [this.#strace.wait];
    return [...this.#waits, ...this.#units.waits(this.#last), ...open].slice(0, mostWaits);
  }

  /** The stack of a report tells whether it is the random number generator's own. */
  #takeReport(text: string, number: number | null): void {
    const report = this.#report;
    if (report === null) return;
    if (inRandomCode.test(text) && !/^(?:Modules linked in|Comm:)/.test(text)) {
      this.#signs.amend((sign) => (sign.line === report.line ? { ...sign, inRandomCode: true } : null));
      this.#report = null;
    } else if (number === null || report.left <= 0) this.#report = null;
    else this.#report = { ...report, left: report.left - 1 };
  }

  #takeWords(said: Spoken, text: string, now: At): void {
    if (said.byKernel) return;
    for (const { pattern, name, group, seconds, open, proof } of ownWords) {
      const match = pattern.exec(said.text);
      if (match === null) continue;
      // Without a program's name it may be somebody's prose; those rules are stricter.
      if (name === null && said.program === null) return;
      const lasted =
        seconds === undefined
          ? null
          : Number((match[seconds.group] ?? "0").replace(/[,.](?=\d{3}\b)/g, "")) * seconds.unit;
      const saysOfItself = name === null || name.startsWith("a ") ? (said.program ?? name ?? "a program") : name;
      const who = group === undefined ? saysOfItself : (match[group] ?? saysOfItself);
      this.#wait({
        by: "own-words",
        name: who,
        line: now.line,
        at: now.at,
        seconds: lasted,
        open,
        proof,
        text: text.slice(0, 160),
      });
      return;
    }
  }

  #takePaste(raw: string, text: string, now: At): void {
    const time = parseUnitTime(raw);
    if (time !== null) return this.#takeUnitTime(time, now);
    this.#program = tracedProgram(text) ?? debuggedProgram(text) ?? this.#program;
    const call = parseTracedCall(text);
    if (call !== null) return this.#takeCall(call, now);
    // strace goes on with other calls: that one has returned.
    if (this.#strace !== null && /^(?:\[pid +\d+\] )?\w{2,32}\(.*\) += /.test(text)) this.#strace = null;
    if (isWaitingFrame(text)) {
      this.#wait({ ...suggested("debugger", text, now), name: this.#program, open: true });
      return;
    }
    const inTable = waitOfTaskTable(text);
    if (inTable !== null) {
      this.#wait({ ...suggested("wchan", text, now), name: inTable.name, open: true });
      return;
    }
    this.#takeProse(text, now);
  }

  #takeCall(call: NonNullable<ReturnType<typeof parseTracedCall>>, now: At): void {
    this.#strace = null;
    if (call.refused) {
      this.#refusedLine = now.line;
    }
    const wait = {
      by: "strace",
      name: this.#program,
      line: now.line,
      at: null,
      proof: "shown",
      text: "strace shows getrandom()",
    } as const;
    if (call.unfinished && call.mayBlock)
      this.#strace = {
        line: now.line,
        wait: { ...wait, seconds: null, open: true, text: "strace shows getrandom() that has not returned" },
      };
    else if (isLongCall(call))
      this.#wait({
        ...wait,
        seconds: call.seconds,
        open: false,
        text: `strace shows getrandom() that took ${call.seconds?.toFixed(1)} s`,
      });
  }

  #takeUnitTime(time: UnitTime, now: At): void {
    const wait = waitOfUnitTime(time, now.line);
    if (wait !== null) this.#wait(wait);
    if (time.took !== null && time.took >= chainGapSeconds && time.took > (this.#slowest?.seconds ?? 0))
      this.#slowest = { unit: time.unit, seconds: time.took, line: now.line };
    const above = this.#chain.at(-1);
    if (time.at !== null && above?.at != null && (this.#chainLine ?? 0) + 1 === now.line) {
      const gap = above.at - time.at - (time.took ?? 0);
      if (gap >= chainGapSeconds && gap > (this.#chainGap?.seconds ?? 0))
        this.#chainGap = { line: this.#chainLine, unit: above.unit, seconds: gap };
    }
    if (this.#chain.length < mostUnitTimes) this.#chain.push(time);
    else this.#chain = [time];
    this.#chainLine = now.line;
  }

  /** Sentences of a report may be broken in two by its lines. */
  #takeProse(text: string, now: At): void {
    const plainText = text.replace(/^(?:[#/*>;-]+ ?)+/, "");
    const before = this.#prose;
    const wait =
      parseWriterWait(plainText) ?? (before === null ? null : parseWriterWait(`${before.text} ${plainText}`));
    if (wait !== null) {
      this.#prose = null;
      this.#wait({ ...suggested("writer", plainText, now), name: wait.name });
      return;
    }
    const delay = parseWriterDelay(plainText);
    if (delay !== null) {
      this.#wait({ ...suggested("writer", plainText, now), ...delay });
    }
    this.#prose = { text: plainText.slice(0, 300), line: now.line };
  }

  #takeTrouble(
    said: Spoken,
    text: string,
    now: At,
    { bare, isOfUnit, isLogLine }: { readonly bare: boolean; readonly isOfUnit: boolean; readonly isLogLine: boolean },
  ): void {
    if (!maybeTrouble.test(said.text) || (isOfUnit && !/[Ee]mergency|[Rr]escue/.test(said.text))) return;
    const kernelFirst = said.program === null;
    const found =
      (kernelFirst ? find(kernelTrouble, said) : null) ??
      find(programTrouble, said) ??
      (kernelFirst || bare ? null : find(kernelTrouble, said));
    if (found !== null) {
      const { trouble, match } = found;
      const words = trouble.says.replace(/\$([12])/g, (_, group: string) => match[Number(group)] ?? "");
      const sign: Sign = {
        kind: trouble.kind,
        gravity: trouble.gravity,
        line: now.line,
        at: now.at,
        text: words.trim().slice(0, 200),
        name: trouble.names === undefined ? null : (match[trouble.names] ?? null),
        inRandomCode: inRandomCode.test(text),
        byTimeout: trouble.byTimeout === true,
      };
      this.#signs.add(sign);
      if (now.line !== null && trouble.gravity !== "notes" && kernelFirst)
        this.#report = { line: now.line, left: reportLines };
      return;
    }
    // In prose errors are talked about.
    if (!isLogLine || !isSomeError(said.text)) return;
    this.#signs.add({
      ...plain,
      kind: said.byKernel ? "device" : "other",
      gravity: "notes",
      line: now.line,
      at: now.at,
      name: said.program,
      text: said.text.slice(0, 200),
    });
  }

  #takeDown(text: string, now: At): void {
    if (goesDown.test(text.replace(/^\[ {1,2}OK {1,2}\] /, ""))) {
      this.#goesDown = { line: now.line, at: now.at, text: text.slice(0, 120) };
      this.#linesSinceDown = 0;
    } else this.#linesSinceDown++;
  }

  #wait(wait: ReportedWait): void {
    const same = this.#waits.find(({ by, name }) => by === wait.by && name === wait.name);
    if (same !== undefined) {
      // The same program says it again and again: the longest counts, the first line stays.
      if ((wait.seconds ?? 0) > (same.seconds ?? 0))
        this.#waits[this.#waits.indexOf(same)] = { ...same, seconds: wait.seconds, open: wait.open };
    } else if (this.#waits.length < mostWaits) this.#waits.push(wait);
  }
}

/** A wait that this line suggests; nobody is named, and its length is not known. */
function suggested(by: ReportedWait["by"], text: string, { line }: At): ReportedWait {
  return { by, name: null, line, at: null, seconds: null, open: false, proof: "likely", text: text.slice(0, 160) };
}

const plain = { name: null, inRandomCode: false, byTimeout: false } as const;

function find(
  table: readonly Trouble[],
  { program, text }: Spoken,
): { readonly trouble: Trouble; readonly match: RegExpExecArray } | null {
  for (const trouble of table) {
    if (trouble.by === "program" && program === null && !text.startsWith("[")) continue;
    const match = trouble.pattern.exec(text);
    if (match !== null) return { trouble, match };
  }
  return null;
}

/** The kernel names the program that read early. */
function isEarlyUser(message: KernelMessage | null): boolean {
  return message?.kind === "early-use" && message.use !== "kernel-call" && !message.name.startsWith("swapper");
}
