import { durationWords } from "../../../core/base/duration-words.ts";
import type { ReportedWait } from "../../../core/sign.ts";
import { parseTimeSpan } from "../../systemd/time-span.ts";
import { isMachineSlow } from "../unit/slow-machine.ts";
import { fileName } from "../../../core/base/file-name.ts";

/** Output of tools that people paste below or instead of a log: systemd-analyze, strace, gdb, ps. */

const longestLine = 1024;
/** What reading a seed file and starting a program take at most on a slow machine. */
const longUnitSeconds = 5;
/** A call of getrandom(2) that returns sooner did not wait. */
const longCallSeconds = 0.5;

export interface UnitTime {
  readonly unit: string;
  /** When it was active, after user space began; null in `blame`. */
  readonly at: number | null;
  readonly took: number | null;
}

const timeSpan = String.raw`(?:\d+(?:\.\d+)?(?:month|w|d|h|min|ms|us|s) ?){1,6}`;
const blame = new RegExp(
  String.raw`^(${timeSpan})\s*([\w@.:\\-]{1,200}\.(?:service|mount|device|swap|target|socket|automount|scope|slice))$`,
);
const chain = new RegExp(
  String.raw`^[\s│├└─│┌┬┴|\x60-]{0,80}([\w@.:\\-]{1,200}\.(?:service|mount|device|swap|target|socket|automount|path|timer|slice|scope)) @(${timeSpan})(?:\+(${timeSpan}))?$`,
);
/** A line of `systemd-analyze blame` or `critical-chain`; null where it is none. */
export function parseUnitTime(text: string): UnitTime | null {
  if (text.length > longestLine) return null;
  const [, span, blamed] = blame.exec(text.trim()) ?? [];
  if (span !== undefined && blamed !== undefined) return { unit: blamed, at: null, took: parseTimeSpan(span) };
  const [, unit, at = "", took = ""] = chain.exec(text.trimEnd()) ?? [];
  return unit === undefined ? null : { unit, at: parseTimeSpan(at), took: parseTimeSpan(took) };
}

/** Whether it is the unit that draws the seed for the next boot, which waits for the CRNG. */
export function isSeedUnit({ unit }: UnitTime): boolean {
  return /random-seed/.test(unit);
}

/**
 * Units that start beside the seed's and need no random bytes: where they take as long, disk or processor are slow.
 */
const besideSeed =
  /^(?:systemd-(?:sysctl|tmpfiles-[\w-]{1,24}|modules-load|journal-flush|journald|udev-trigger|udevd|remount-fs|update-utmp|sysusers|vconsole-setup|fsck@\S{1,120}|fsck-root|backlight@\S{1,80}|rfkill|binfmt)|kmod-static-nodes|keyboard-setup|console-setup|setvtrgb|alsa-restore|apparmor|ufw|lvm2-monitor|blk-availability)\.service$|\.mount$/;

/** Whether such units took about as long as the seed's, which then need not have waited for the CRNG. */
export function isSlowThroughout(seedSeconds: number, times: readonly UnitTime[]): boolean {
  const others = times.filter(({ unit }) => besideSeed.test(unit));
  return isMachineSlow(
    seedSeconds,
    others.map(({ took }) => took ?? 0),
  );
}

/** Whether a unit's time is one that it waited for randomness. */
export function waitOfUnitTime(time: UnitTime, line: number | null): ReportedWait | null {
  const { unit, took } = time;
  const isSeed = isSeedUnit(time);
  if (took === null || took < longUnitSeconds || (!isSeed && !/keygen/i.test(unit))) return null;
  return {
    by: "systemd-analyze",
    name: unit,
    line,
    at: null,
    seconds: took,
    open: false,
    proof: isSeed ? "shown" : "likely",
    text: `systemd-analyze: ${unit} took ${durationWords(took, 1)}`,
  };
}

/** The thread of a line of `strace -f`; null: strace shows one alone, or not which. */
export function tracedThread(text: string): string | null {
  return /^\[pid +(\d{1,10})\] /.exec(text)?.[1] ?? null;
}

export interface TracedCall {
  /** EAGAIN: at that moment the CRNG was not ready. */
  readonly refused: boolean;
  /** It had not returned where the line ends. */
  readonly unfinished: boolean;
  readonly seconds: number | null;
  readonly mayBlock: boolean;
  /** A read of the device that blocks, or a poll(2) or select(2) for it, not getrandom(2). */
  readonly ofDevice: boolean;
}

const call =
  /^(?:\[pid +\d{1,10}\] |\d{1,10} +)?(?:\d\d:\d\d:\d\d(?:\.\d{1,6})? |\d{9,10}\.\d{1,6} )?getrandom\((.{0,400})$/;

/**
 * A read of /dev/random, or a poll(2) or select(2) for it, as `strace -y` shows it. A kernel before 5.6 keeps its
 * readers waiting for other reasons than a CRNG that is not ready.
 */
const deviceCall =
  /^(?:\[pid +\d{1,10}\] |\d{1,10} +)?(?:\d\d:\d\d:\d\d(?:\.\d{1,6})? |\d{9,10}\.\d{1,6} )?(?:read\(|p?poll\(\[\{fd=|\w{0,8}select6?\(\d{1,6}, \[)\d{1,6}<\/dev\/random(.{0,400})$/;

/** What an open of /dev/random returned: the number by which later calls name it; null: the line shows none. */
export function openedDevice(text: string): string | null {
  return text.length > longestLine
    ? null
    : (/\bopen(?:at)?\([^"]{0,20}"\/dev\/random",.{0,60}\) += (\d{1,6})\b/.exec(text)?.[1] ?? null);
}

/** A call on this number, in the form of `strace -y`, which names the file. */
export function withDevice(text: string, descriptor: string): string {
  const onIt = new RegExp(String.raw`\b(?:read\(|p?poll\(\[\{fd=|\w{0,8}select6?\(\d{1,6}, \[)${descriptor}(?=[,\]])`);
  return text.slice(0, longestLine).replace(onIt, (whole) => `${whole}</dev/random>`);
}

/** A line of strace(1) that shows getrandom(2), or a wait for /dev/random; null where it is none. */
export function parseTracedCall(text: string): TracedCall | null {
  if (text.length > longestLine) return null;
  const [random, device] = [call.exec(text.trim()), deviceCall.exec(text.trim())];
  const [, rest] = random ?? device ?? [];
  if (rest === undefined) return null;
  const returned = /\)\s*= (-?\d+)/.exec(rest);
  const took = /<(\d{1,6}\.\d{1,6})>$/.exec(rest);
  return {
    refused: /= -1 EAGAIN/.test(rest),
    unfinished: returned === null && !rest.includes(") = "),
    seconds: took === null ? null : Number(took[1]),
    mayBlock: !rest.includes("GRND_NONBLOCK"),
    ofDevice: random === null,
  };
}

export function isLongCall({ seconds }: TracedCall): boolean {
  return (seconds ?? 0) >= longCallSeconds;
}

/** The process that strace was attached to: `strace -p PID`, or its own "Process PID attached". */
export function tracedPid(text: string): number | null {
  const match =
    text.length > longestLine
      ? null
      : /(?:^|[$#] ?|sudo )strace (?:.{0,80} )?-p ?(\d{1,10})\b|^strace: Process (\d{1,10}) attached/.exec(text);
  return match === null ? null : Number(match[1] ?? match[2]);
}

/** The program of an strace: from its first execve(2), or from the command line that ran it. */
export function tracedProgram(text: string): string | null {
  if (text.length > longestLine) return null;
  const attached =
    /\bstrace (?:.{0,80} )?-p ?"?(?:\$\(|`)(?:pidof|pgrep)(?: -[A-Za-z]{1,8}){0,4} ([\w.+@-]{1,64})/.exec(text);
  if (attached !== null) return attached[1] ?? null;
  const path = /execve\("([^"]{1,200})"/.exec(text)?.[1] ?? commandOfStrace(text);
  return path === undefined ? null : fileName(path);
}

/** Options of strace(1) whose argument is the next word; several letters may be one word. */
const withArgument = /^-[A-Za-z]*[abeEIoOpPsSuUX]$/;

/** The command that strace runs: the first word after its options. With -p there is none. */
function commandOfStrace(text: string): string | undefined {
  const words = /(?:^|[$#] ?|sudo )strace (.+)$/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  const first = words.findIndex((word, index) => !word.startsWith("-") && !withArgument.test(words[index - 1] ?? ""));
  return /^[\w./-]{1,200}$/.exec(words[first] ?? "")?.[0];
}

/** The program that a shell's prompt runs: "$ docker info", "root@a:~# dropbearkey -t rsa"; null: no prompt. */
export function promptedCommand(text: string): string | null {
  const match =
    text.length > longestLine
      ? null
      : /^(?:[\w.-]{1,64}@[\w.-]{1,64}[^#$%>]{0,80}|\([^()]{1,40}\):[^#$]{0,40}|\/[\w./ -]{0,60}|\[[^\]]{1,80}\])?[#$] (?:sudo )?([a-z./][\w./+-]{0,199})(?: |$)/.exec(
          text,
        );
  const path = match?.[1];
  return path === undefined ? null : fileName(path);
}

/**
 * Functions of libraries that call getrandom(2) or wait for /dev/random: glibc, libsodium, CPython, libuv, Rust's
 * crate, GnuTLS, libgcrypt, OpenSSL.
 */
const waitingFrame =
  /^(?:#[0-2]|frame #[0-2]:) +(?:0x[0-9a-f]{1,16} (?:in )?)?(?:_*(?:GI_+)?(?:libc_)?(?:getrandom\w*|getentropy\w*|sys_getrandom)|_?randombytes_\w{0,32}getrandom|py_getrandom|uv__random_getrandom|getrandom::[\w:]{1,80}|_rnd_get_system_entropy_\w{1,32}|_gcry_rnd(?:getentropy|linux|oldlinux)_gather_random|rand_pool_acquire_entropy|wait_random_seeded)\b/;

/** A frame of a debugger's backtrace that stands in getrandom(2), or in a library's function around such a wait. */
export function isWaitingFrame(text: string): boolean {
  return waitingFrame.test(text);
}

/** The program that gdb shows, by its lines on a core or a thread; null: none. */
export function debuggedProgram(text: string): string | null {
  const match =
    /^(?:Attaching to (?:program|process).{0,4} ?\S*\/|Core was generated by `|Reading symbols from \S*\/|program: \S*\/)([\w.+-]{1,64})|^Thread \d+ \(.{0,80}"([\w.+-]{1,64})"/.exec(
      text,
    );
  return match?.[1] ?? match?.[2] ?? null;
}

/**
 * The kernel functions in which a waiter stands, alone on a line or in a column of ps(1), random_read of kernels before
 * 5.6. A stack's frame has an offset.
 */
const wchan =
  /(?:^|\s)(?:_?random_read(?:\.part\.\d{1,3})?|wait_for_random_bytes|crng_wait_ready|try_to_generate_entropy|urandom_init_wait|wait_for_random?_?b?)(?=\s|$)/;

/** The task of a row of ps or top whose column WCHAN shows a wait for the CRNG; null: it shows none. */
export function waitOfTaskTable(text: string): { readonly name: string | null } | null {
  if (text.length > 400 || !wchan.test(text)) return null;
  const columns = text.replace(wchan, " ").trim().split(/\s+/);
  const name = columns.findLast(
    (column) =>
      /^[[\w./-]*[A-Za-z][\w./\]-]*$/.test(column) &&
      !/^[DSRTZIWXsl<>N+]{1,4}$/.test(column) &&
      !/^(?:root|tty\d*|pts\/\d+|cat|\d)/.test(column),
  );
  return { name: name === undefined ? null : fileName(name).replace(/^\[|\]$/g, "") };
}
