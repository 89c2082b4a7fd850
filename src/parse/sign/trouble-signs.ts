import { anyWordedPattern } from "../../core/pattern/worded-patterns.ts";
import { cutOffMark, type Sign } from "../../core/sign.ts";
import { cutMessage } from "./cut-message.ts";
import { plainSign, type SignList } from "./sign-list.ts";
import type { Spoken } from "./line/spoken.ts";
import { kernelTables, programTables } from "./trouble/tables.ts";
import type { Trouble } from "./trouble/trouble.ts";
import type { At } from "./line/at.ts";
import { TimedOutUnits } from "./unit/timed-out.ts";
import { drawsRandomBytes } from "./unit/unit-words.ts";

/** Lines of a report after its first in which its stack stands. */
const reportLines = 60;
/** The longest report, with all its registers, modules and stacks. */
const wholeReportLines = 200;

const byKernel = Object.values(kernelTables).flat();
const byProgram = Object.values(programTables).flat();
const kernelsFirst = [...byKernel, ...byProgram];
const programsFirst = [...byProgram, ...byKernel];
/** Stacks of the kernel's own, which count only where no report or task has them. */
const headless = new Set(["headless-stack", "headless-frames", "panic-frame"]);
/** Parts of a report that count only where its beginning is not in the log. */
const laterParts = new Set(["end-of-report", "registers", "report-head", "interrupted-registers"]);
const isTrouble = anyWordedPattern(kernelsFirst.map(({ pattern }) => pattern));
const grave = kernelsFirst.filter(({ gravity }) => gravity === "stops" || gravity === "breaks");
/** A shell into which an initramfs falls, and a job that systemd shows while it runs. */
const inFront = byProgram.filter(({ id }) => id === "emergency-mode" || id === "start-job-runs");
/** The longest of those: two lines of a terminal. */
const longestFront = 160;
/** Reports of the kernel's whose words alone, in quotation marks within a sentence, are no talk about such reports. */
const quotedReports =
  /(?:["'“‘«\x60*(]|^#{1,6} (?:.{0,60}? )??)(?:\w{0,3} )?(?:watchdog: )?((?:INFO: )?task \S{1,64}:\d{1,10} blocked for more than \d{1,6} seconds|BUG: soft lockup - CPU#\d{1,4} stuck for \d{1,6}s!|Kernel panic - not syncing: [^"'”’»\x60*]{4,160}|VFS: Unable to mount root fs on [\w-]{4,40}\([\d,]{1,16}\)|Timed out waiting for device\b[^"'”’»\x60*]{0,160})/;
/** A sentence on the unit that waits for the network: it waits for no random bytes. */
const reportedOffline =
  /\b(?:systemd-networkd|NetworkManager|networkd)-wait-online(?:\.service)?\b[^.!?]{0,40}?\b(?:(?:time[sd]?|timing)[- ]?out|fail(?:s|ed|ing)?)\b/;
const denied = /\b(?:not|no longer|never|if|whether|without|disabl\w{1,3}|mask\w{0,3})\b|n't\b|\?/i;
/** What systemd and its shell print in emergency mode, quoted in a sentence or a heading. */
const quotedEmergency =
  /(You are in (?:emergency|rescue) mode|Cannot open access to console, the root account is locked|Give root password for maintenance)/;
const inRandomCode =
  /\b(?:urandom_read|random_read|getrandom|get_random_\w+|_?extract_crng|crng_\w+|wait_for_random_bytes|try_to_generate_entropy|add_(?:interrupt|timer|hwgenerator)_randomness|credit_\w*|fips_drbg_\w+|drbg_\w+|jent_\w+|hwrng_\w+|set_current_rng|virtio_read|rng_dev_read)\b/;

/** sched_show_task() of kernel/sched/core.c, new and old. */
const taskState =
  /\bstate: ?[A-Z]\b|\bstate stack:|^\S{1,16} +[RSDTtXZPI] (?:[0-9a-f]{8,16}|running) |sysrq: (?:SysRq : )?Show/;

/**
 * A program's own fault, after which some kernels print its registers and instructions as they do of their own:
 * arch/arm/kernel/traps.c, do_undefinstr(); arch/riscv/kernel/traps.c, do_trap().
 */
const userFault = /^\S{1,16} ?[([]\d{1,10}[)\]]: (?:undefined instruction: pc=|unhandled signal \d)/;
const userFaultLines = 30;

/** Errors that nearly every machine prints, kernels' and programs'. */
const benign =
  /regulatory\.db|module verification failed|regulatory\.0|ACPI|X\.509|Fast TSC calibration|i8042|floppy0|Speculative|Spectre|ERST|EDAC|EINJ|HEST|BERT|BIOS|errors=|error handling|RAS|error-?correct|Kernel command line|Command line|command line parameters|acpi|hpet|failover|fail-safe|failsafe|FAILSAFE|timeout=|Timeout set|watchdog|Watchdog|shutdown timeout|Shutdown timeout|error recovery|Scanning for low memory corruption|Calgary: |Hibernation image not present|detect cache hierarchy|_OSC control|hctosys: |PCIe|pcieport|No soundcards|PKCS|integrity|Lockdown|selinux|SELinux|audit|ima:|IMA|TPM|tpm|urandom|random:|crng/;

/** An error among many: `notes`. */
const anyError =
  /(?:\*ERROR\*|\b(?:failed|failure|Failed|FAILED|error -?\d+|error=0x0{0,15}[1-9a-f]|[Ee]rror:|ERROR|timed out|timeout|Timeout|[Uu]nable to|[Cc]annot|[Cc]ould ?n[o']t|not responding|[Nn]o such device|hang(?:s|ed)? up?|stuck|aborted|corrupt(?:ed|ion)?|FAULT)\b)/;

/** Finds trouble that is not the CRNG's in a boot's lines, and adds it to the signs. */
export class TroubleSigns {
  readonly #signs: SignList;
  /** A crash, lock-up or warning whose stack may follow. */
  #report: { readonly line: number; readonly left: number; readonly headless: boolean } | null = null;

  /** Where the latest line of a task's state stands. */
  #taskLine: number | null = null;
  /** Where the latest report begins. */
  #reportBegins: number | null = null;
  /** Where a program's own fault is reported, whose instructions may follow. */
  #userFault: number | null = null;
  readonly #timedOut = new TimedOutUnits();

  constructor(signs: SignList) {
    this.#signs = signs;
  }

  /** The stack of a report shows whether it is the random number generator's own. */
  takeStack(text: string, number: number | null): void {
    if (userFault.test(text)) this.#userFault = number;
    if (taskState.test(text)) this.#taskLine = number;
    const report = this.#report;
    if (report === null) return;
    // A frame with a question mark was left on the stack by an earlier call.
    if (inRandomCode.test(text) && !/^(?:Modules linked in|Comm:|\? )/.test(text)) {
      // Of a report without its head it is not known whether it is a crash there or a lock-up of one that waits.
      const learned = report.headless ? ({ inRandomCode: true, gravity: "notes" } as const) : { inRandomCode: true };
      this.#signs.amend((sign) => (sign.line === report.line ? { ...sign, ...learned } : null));
      this.#report = null;
    } else if (number === null || report.left <= 0) this.#report = null;
    else this.#report = { ...report, left: report.left - 1 };
  }

  /** A line into whose front the kernel printed: the prompt of a rescue shell, or systemd's line of a running job. */
  takeFront(front: string, now: At): void {
    const text = front.trim();
    if (text === "" || text.length > longestFront) return;
    const found = find(inFront, { program: null, byKernel: false, text });
    if (found !== null) this.#signs.add(signOf(found, now, text));
  }

  /** A line that was broken in two; true where it is grave trouble as a whole. */
  takeJoined(said: Spoken, now: At): boolean {
    const found = isTrouble(said.text) ? find(grave, said) : null;
    if (found === null) return false;
    const sign = signOf(found, now, said.text);
    const wasCut = this.#signs.amend((one) => (one.line === now.line && one.text.endsWith(cutOffMark) ? sign : null));
    if (!wasCut) this.#signs.add(sign);
    if (now.line !== null && said.program === null) {
      this.#report = { line: now.line, left: reportLines, headless: false };
      this.#reportBegins = now.line;
    }
    return true;
  }

  /** A sentence that quotes a report of the kernel's. */
  takeQuoted(text: string, now: At): void {
    const emergency = text.length > 600 ? undefined : quotedEmergency.exec(text)?.[1];
    const printed = emergency === undefined ? null : find(inFront, { program: null, byKernel: false, text: emergency });
    if (printed !== null) this.#signs.add(signOf(printed, now, text));
    if (text.length <= 600 && reportedOffline.test(text) && !denied.test(text))
      this.#signs.add({
        ...plainSign,
        kind: "network",
        gravity: "warns",
        line: now.line,
        at: now.at,
        name: null,
        text: `the wait for the network ends without one, as the report says: ${text.replace(/^#{1,6} /, "").slice(0, 120)}`,
      });
    const quoted = text.length > 600 ? undefined : quotedReports.exec(text)?.[1];
    if (quoted === undefined) return;
    const report = quoted.startsWith("task ") ? `INFO: ${quoted}` : quoted;
    const found = find(grave, { program: null, byKernel: true, text: report });
    if (found === null) return;
    this.#signs.add(signOf(found, now, report));
    // Its stack may follow, and be that of a task that waits for the CRNG.
    if (now.line !== null) this.#report = { line: now.line, left: reportLines, headless: true };
  }

  /** True where the line shows trouble, be it small. */
  take(
    said: Spoken,
    text: string,
    now: At,
    { bare, isOfUnit, isLogLine }: { readonly bare: boolean; readonly isOfUnit: boolean; readonly isLogLine: boolean },
  ): boolean {
    if (isOfUnit && !/[Ee]mergency|[Rr]escue/.test(said.text)) return false;
    const kernelFirst = said.program === null;
    const whole = isTrouble(said.text)
      ? find(kernelFirst ? kernelsFirst : bare ? byProgram : programsFirst, said)
      : null;
    const found = whole ?? cutTrouble(said);
    if (found !== null) {
      const { trouble } = found;
      if (trouble.id === "end-of-report") this.#amendHeadless();
      if (laterParts.has(trouble.id) && (this.#isOfReport(now) || this.#isOfTask(now))) return true;
      if (trouble.id === "end-of-oops" && this.#isOfUserFault(now)) return true;
      const isHeadless = headless.has(trouble.id);
      if (isHeadless && (this.#isOfReport(now) || this.#isOfTask(now))) return true;
      // The frames after it belong to it.
      if (isHeadless) this.#reportBegins = now.line;
      this.#signs.add(this.#timedOut.take(trouble.id, signOf(found, now, text), now));
      if (now.line !== null && trouble.gravity !== "notes" && kernelFirst) {
        this.#report = { line: now.line, left: reportLines, headless: laterParts.has(trouble.id) };
        this.#reportBegins = now.line;
      }
      // The rest of a line that is cut off may be the next one.
      return whole !== null;
    }
    // In prose errors are talked about.
    if (!isLogLine || !isSomeError(said.text)) return false;
    this.#signs.add({
      ...plainSign,
      kind: said.byKernel ? "device" : "other",
      gravity: "notes",
      line: now.line,
      at: now.at,
      name: said.program,
      text: said.text.slice(0, 200),
    });
    return false;
  }

  /** A stack without its report's head ends as only a warning or an oops does: print_oops_end_marker(). */
  #amendHeadless(): void {
    const begins = this.#reportBegins;
    this.#signs.amend((sign) =>
      sign.line === begins && sign.kind === "other" && sign.gravity === "notes" && !sign.inRandomCode
        ? { ...sign, gravity: "warns", text: "the end of a warning or an oops whose beginning is not in the log" }
        : null,
    );
  }

  /** Of a dump of tasks each stack has its task's line in front. */
  #isOfTask(now: At): boolean {
    return isWithin(wholeReportLines, this.#taskLine, now);
  }

  #isOfUserFault(now: At): boolean {
    return isWithin(userFaultLines, this.#userFault, now);
  }

  #isOfReport(now: At): boolean {
    return isWithin(wholeReportLines, this.#reportBegins, now);
  }
}

function isWithin(lines: number, since: number | null, { line }: At): boolean {
  return since !== null && line !== null && line - since <= lines;
}

interface TroubleFound {
  readonly trouble: Trouble;
  readonly match: RegExpExecArray;
  /** The line is only the beginning of what the trouble's pattern fits. */
  readonly isCut?: true;
}

/** The trouble of a message that is cut off. */
function cutTrouble(said: Spoken): TroubleFound | null {
  const cut = cutMessage(said.text);
  const trouble = cut === null ? undefined : kernelsFirst.find(({ id }) => id === cut.id);
  if (cut === null || trouble === undefined || !mayPrint(trouble, said)) return null;
  return trouble.by === "kernel" && said.program !== null ? null : { trouble, match: cut.begins, isCut: true };
}

/** `text`: the line with its program's name. */
function signOf({ trouble, match, isCut }: TroubleFound, now: At, text: string): Sign {
  const words =
    isCut === true
      ? `${text.slice(0, 160)}${cutOffMark}`
      : trouble.says.replace(/\$([12])/g, (_, group: string) => match[Number(group)] ?? "");
  return {
    kind: trouble.kind,
    gravity: trouble.gravity,
    line: now.line,
    at: now.at,
    text: words.trim().slice(0, 200),
    name: trouble.names === undefined ? null : (match[trouble.names] ?? null),
    inRandomCode: inRandomCode.test(text),
    byTimeout: trouble.byTimeout === true || (trouble.kind === "unit-failed" && drawsRandomBytes(words)),
  };
}

function find(table: readonly Trouble[], said: Spoken): TroubleFound | null {
  for (const trouble of table) {
    const match = mayPrint(trouble, said) ? trouble.pattern.exec(said.text) : null;
    if (match !== null) return { trouble, match };
  }
  return null;
}

function mayPrint({ by, program: prints }: Trouble, { program, text }: Spoken): boolean {
  return (by !== "program" || program !== null || text.startsWith("[")) && prints?.test(program ?? "") !== false;
}

/** Whether a line is one of those errors, and not one that every machine has. */
function isSomeError(text: string): boolean {
  return text.length <= 600 && anyError.test(text) && !benign.test(text);
}
