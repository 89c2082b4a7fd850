import type { BootRecord } from "../core/boot-record.ts";
import { clockSkew } from "../core/base/time.ts";
import type { Wait } from "../core/wait.ts";

/**
 * Seconds from the end of a wait to main(). A soft reboot stamps systemd's main() anew, and the recorder may be off by
 * then, so that the execve(2) before it is not recorded.
 */
const mostSecondsToMain = 10;

/**
 * Whether a wait of PID 1 began before its main(): then the dynamic linker ran, and the constructors of libraries that
 * it calls. systemd notes the time as the first thing that its main() does (InitRDTimestamp, UserspaceTimestamp,
 * org.freedesktop.systemd1(5)), and a blocked PID 1 cannot have gone on. False: it began later, or that is not known,
 * as where another program ran before systemd, or its stamps were not read.
 */
export function beganBeforeMain({ from, to, tid, program }: Wait, { units }: Pick<BootRecord, "units">): boolean {
  if (units === null || tid !== 1 || from === null || to === null || program === null) return false;
  // The stamp of the program that PID 1 was while it waited: taken after its execve(2), and before the next.
  const mains = [units.initrdAt, units.userspaceAt].filter(
    (at) => at !== null && at > program.from && (program.until === null || at + clockSkew(at) < program.until),
  );
  const [main = null] = mains;
  if (main === null || mains.length > 1) return false;
  return from + clockSkew(from) < main && main < to + mostSecondsToMain;
}
