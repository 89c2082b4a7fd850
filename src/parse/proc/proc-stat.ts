/** What /proc/PID/stat, or that of a thread, shows (proc_pid_stat(5)). */
export interface ProcessStat {
  /** Field 2: what the task calls itself, whatever that is. */
  readonly comm: string;
  /** Field 3, for example S, or Z for a zombie: a process that has ended and whose parent has not waited for it. */
  readonly state: string;
  /** Field 4; 0 where it has none that this /proc shows. */
  readonly parent: number;
  /** PF_KTHREAD of field 9. */
  readonly kernelThread: boolean;
  /** Field 18, which is negative for them: SCHED_FIFO, SCHED_RR and SCHED_DEADLINE (sched(7)). */
  readonly realTime: boolean;
  /** Field 22: when the task started, in clock ticks after boot. */
  readonly startTicks: number;
  /** Field 39: where it runs, or ran last; null where the line ends before it. */
  readonly processor: number | null;
}

/** USER_HZ: the unit of /proc/PID/stat, 100 on every architecture that Fedora builds (sysconf(3), _SC_CLK_TCK). */
export const ticksPerSecond = 100;

/** include/linux/sched.h, the same in all kernels. */
const PF_KTHREAD = 0x00200000;

/**
 * Reads the line. The comm in field 2 may hold blanks and parentheses, so fields count from its last ")". Null: no such
 * line.
 */
export function parseProcessStat(stat: string): ProcessStat | null {
  const [open, close] = [stat.indexOf("("), stat.lastIndexOf(")")];
  if (open === -1 || close < open) return null;
  const fields = stat.slice(close + 2).split(" ");
  const startTicks = Number(fields[19]);
  if (!Number.isSafeInteger(startTicks)) return null;
  const processor = Number(fields[36] ?? Number.NaN);
  return {
    comm: stat.slice(open + 1, close),
    state: fields[0] ?? "",
    parent: Number(fields[1]) || 0,
    kernelThread: (Number(fields[6]) & PF_KTHREAD) !== 0,
    realTime: Number(fields[15]) < 0,
    startTicks,
    processor: Number.isSafeInteger(processor) ? processor : null,
  };
}
