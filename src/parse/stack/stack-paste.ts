/**
 * /proc/PID/stack, as people paste it: with the command that showed it, with the heads of head(1) or grep(1), or bare.
 * proc_pid_stack() of fs/proc/base.c writes no task's name, so who it was stands only in the path.
 */
export interface ShownStack {
  /** The thread whose stack follows; null where the path does not name exactly one. */
  readonly pid: number | null;
  /** The program whose process ID the command looks up: `$(pidof NAME)`. Null: it gives the number, or several. */
  readonly name: string | null;
  /** What follows on the same line, from grep -H; null where nothing does. */
  readonly frame: string | null;
}

const longestLine = 1024;
const stackPath = /\/proc\/([^\s/:]{1,64})(?:\/task\/([^\s/:]{1,64}))?\/stack(?![\w./-])/g;
const commPath = /\/proc\/(\d{1,10})(?:\/task\/(\d{1,10}))?\/comm(?![\w./-])/;
/** A process that is looked up by its name: `/proc/$(pidof NAME)/stack`, or with pgrep(1) or back-ticks. */
const lookedUp = /\/proc\/(?:\$\(|`)(?:pidof|pgrep)(?: -[A-Za-z]{1,8}){0,4} ([\w.+@-]{1,64})(?:\)|`)\/stack(?![\w./-])/;
/**
 * Text that only mentions such a path is no command: one begins the line or is after a prompt, or it is inside
 * `$(…)` or a loop. `cat: ` begins its error message, and no stack follows.
 */
const command = /(?:^|[#$>;&|(`] ?|\bsudo )(?:cat|head|tail|more|grep|watch)\s/;

/** Null: the line shows no task's stack, and no command that would. */
export function parseShownStack(line: string): ShownStack | null {
  if (line.length > longestLine || !line.includes("/stack")) return null;
  const named = lookedUp.exec(line);
  if (named !== null)
    return command.test(line.slice(0, named.index)) ? { pid: null, name: named[1] ?? null, frame: null } : null;
  const found = [...line.matchAll(stackPath)];
  const first = found[0];
  if (first === undefined) return null;
  const before = line.slice(0, first.index);
  const after = line.slice(first.index + first[0].length);
  const pid = onePid(found.map(([, process = "", thread]) => thread ?? process));
  if (before === "" && after.startsWith(":"))
    return { pid, name: null, frame: after.length > 1 ? after.slice(1) : null };
  const headline = before === "==> " && after.startsWith(" <==");
  return headline || command.test(before) ? { pid, name: null, frame: null } : null;
}

function onePid(names: readonly string[]): number | null {
  const [name = "", ...others] = new Set(names);
  return others.length === 0 && /^\d{1,10}$/.test(name) ? Number(name) : null;
}

export interface ShownComm {
  readonly pid: number;
  /** From grep -H; null: it is the next line. */
  readonly comm: string | null;
}

/** Null: the line shows no task's name. */
export function parseShownComm(line: string): ShownComm | null {
  if (line.length > longestLine || !line.includes("/comm")) return null;
  const match = commPath.exec(line);
  if (match === null) return null;
  const [path, process, thread] = match;
  const before = line.slice(0, match.index);
  const after = line.slice(match.index + path.length);
  const pid = Number(thread ?? process);
  if (before === "" && after.startsWith(":")) return { pid, comm: after.slice(1) };
  const alone = after === "" || (before === "==> " && after === " <==");
  return alone && (before === "==> " || command.test(before)) ? { pid, comm: null } : null;
}
