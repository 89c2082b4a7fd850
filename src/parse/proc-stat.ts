/** What /proc/PID/stat says of a process (proc_pid_stat(5)). */
export interface ProcessStat {
  /** Field 3, for example S, or Z for a zombie: a process that has ended and that nobody has asked after. */
  readonly state: string;
  /** Field 22: when the process started, in clock ticks after boot. */
  readonly startTicks: number;
}

/** Reads the line. The comm in field 2 may hold blanks and parentheses, so fields count from its last ")". Null: no such line. */
export function parseProcessStat(stat: string): ProcessStat | null {
  if (!stat.includes(")")) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const startTicks = Number(fields[19]);
  return Number.isSafeInteger(startTicks) ? { state: fields[0] ?? "", startTicks } : null;
}
