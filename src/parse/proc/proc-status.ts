/** What /proc/PID/status, or that of a thread, shows (proc_pid_status(5)). */
export interface TaskStatus {
  /** The process that the thread belongs to. */
  readonly processId: number;
  readonly userId: number | null;
  /** Its number in each PID namespace, the reader's first and its own last; empty before 4.1. */
  readonly namespaceIds: readonly number[];
  /** How often it has gone to sleep by itself since it started. */
  readonly voluntarySwitches: number | null;
}

/** Null: no such text. */
export function parseTaskStatus(text: string): TaskStatus | null {
  const processId = numbersOf(text, "Tgid")[0];
  if (processId === undefined) return null;
  return {
    processId,
    userId: numbersOf(text, "Uid")[0] ?? null,
    namespaceIds: numbersOf(text, "NSpid"),
    voluntarySwitches: numbersOf(text, "voluntary_ctxt_switches")[0] ?? null,
  };
}

/** A line's numbers. The task's name in the first line cannot make one: the kernel escapes its line ends. */
function numbersOf(text: string, name: string): readonly number[] {
  const start = text.indexOf(`\n${name}:\t`);
  if (start === -1) return [];
  const from = start + name.length + 3;
  const end = text.indexOf("\n", from);
  const words = text.slice(from, end === -1 ? undefined : end).split("\t");
  return words.filter((word) => /^\d{1,15}$/.test(word)).map(Number);
}
