import { anyPattern } from "../../core/pattern/any-pattern.ts";
import { fileName } from "../../core/base/file-name.ts";

/** Which program a process ID is: lines of ps(1) and systemctl(1) that people paste beside a stack or an strace. */
export interface ListedTask {
  readonly pid: number;
  /** The program's file name without its path. */
  readonly name: string;
}

const longestLine = 400;
const program = String.raw`(\[[^\]\s]{1,64}\]|[\w./@+-]{1,200})`;
const terminal = String.raw`(?:\?|tty\w{1,8}|pts\/\d{1,4}|console)`;
const forms: readonly RegExp[] = [
  // systemctl status: "Main PID: 812 (sshd)".
  /^(?:Main PID|Process): (\d{1,10}) \((?!code=)([\w./@+-]{1,200})/,
  // Its control group: "├─812 /usr/sbin/sshd -D".
  new RegExp(String.raw`^[│ ]{0,20}(?:├─|└─|\|-|\x60-) ?(\d{1,10}) ${program}`),
  // ps aux: USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND.
  new RegExp(
    String.raw`^[\w+-]{1,32} +(\d{1,10}) +\d[\d.]* +\d[\d.]* +\d+ +\d+ +${terminal} +[DSRTZIWX][\w+<]{0,5} +[\w:]{1,8} +\d+:\d\d ${program}`,
  ),
  // ps -ef: UID PID PPID C STIME TTY TIME CMD.
  new RegExp(
    String.raw`^[\w+-]{1,32} +(\d{1,10}) +\d{1,10} +\d{1,3} +\S{1,12} +${terminal} +\d\d:\d\d:\d\d ${program}`,
  ),
  // ps -elf: F S UID PID PPID C PRI NI ADDR SZ WCHAN STIME TTY TIME CMD; -l has no STIME.
  new RegExp(
    String.raw`^\d [DSRTZIWX] +\S{1,32} +(\d{1,10}) +\d{1,10} +\d{1,3} +\d{1,3} +-?\d{1,3} +\S{1,16} +\d{1,12} +\S{1,32} +(?:\S{1,16} +)?${terminal} +\d\d:\d\d:\d\d ${program}`,
  ),
  // ps ax: PID TTY STAT TIME COMMAND.
  new RegExp(String.raw`^(\d{1,10}) +${terminal} +[DSRTZIWX][\w+<]{0,5} +\d+:\d\d ${program}`),
  // ps -e and ps -p: PID TTY TIME CMD.
  new RegExp(String.raw`^(\d{1,10}) +${terminal} +\d\d:\d\d:\d\d ${program}`),
];

const isListed = anyPattern(forms);

/** A line that shows which program a process ID is; null where it is none. */
export function parseListedTask(text: string): ListedTask | null {
  if (text.length > longestLine) return null;
  const line = text.trim();
  if (!isListed(line)) return null;
  for (const form of forms) {
    const match = form.exec(line);
    const [, pid = "", path = ""] = match ?? [];
    // A kernel thread's name is in brackets, and may hold a slash.
    const name = path.startsWith("[") ? path.slice(1, -1) : fileName(path);
    if (match !== null && name !== "") return { pid: Number(pid), name };
  }
  return null;
}

/** A command that prints the name of one process on its next line: `ps -p PID -o comm=`. */
export function parseNameCommand(text: string): number | null {
  const match =
    text.length > longestLine
      ? null
      : /(?:^|[#$>] ?)ps (?=.{0,60}-o ?(?:comm|cmd|args|command)=?(?: |$))(?:.{0,60} )?-?p ?(\d{1,10})\b/.exec(text);
  return match === null ? null : Number(match[1]);
}
