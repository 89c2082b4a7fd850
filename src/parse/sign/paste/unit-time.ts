import { durationWords } from "../../../core/base/duration-words.ts";
import type { ReportedWait } from "../../../core/sign.ts";
import { parseTimeSpan } from "../../systemd/time-span.ts";
import { isMachineSlow } from "../unit/slow-machine.ts";

const longestLine = 1024;
/** What reading a seed file and starting a program take at most on a slow machine. */
const longUnitSeconds = 5;

/** A unit's line in the output of systemd-analyze(1), in seconds. */
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
