import { fileName } from "../../../core/base/file-name.ts";

const longestLine = 1024;
/** A call of getrandom(2) that returns sooner did not wait. */
const longCallSeconds = 0.5;

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
