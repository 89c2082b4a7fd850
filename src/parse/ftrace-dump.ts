import { parseTraceMark, type TraceEvent } from "./trace-line.ts";
import { TracePrograms } from "./trace-programs.ts";

/**
 * `COMM-PID CPU FLAGS MICROSECONDSus: EVENT`, trace_print_lat_context() of kernel/trace/trace_output.c: names are cut to 8 letters, the flags follow the
 * CPU's number without a blank, and a mark of long delays may stand behind the unit.
 */
const event = /^(.{1,8}|<\.{3}>)-(\d{1,10}) +(\d{1,4})([^\s\d]\S{3,11}) +(\d{1,15})us[ !#*$@+]?: +(.*)$/s;
const border = /^-{33}$/;
/** `%8.8s` of lat_print_generic(): a name as long as this may go on. */
const [nameColumn, cutMark] = [8, "…"];
/** The kernel keeps so much of a name (TASK_COMM_LEN). */
const commLength = 15;

/**
 * The trace as the kernel prints it into its log, on sysrq-z and with ftrace_dump_on_oops (ftrace_dump() of kernel/trace/trace.c): between two borders,
 * in another form than tracefs gives it.
 */
export class FtraceDump {
  #bordersLeft = 0;
  readonly #programs = new TracePrograms();

  /** The next message of a log, stamped `at`; where it belongs to a dump, the line as tracefs would give it, and null for all others. */
  take(text: string, at: number | null): string | null {
    const message = text.trim();
    if (message === "Dumping ftrace buffer:") {
      this.#bordersLeft = 2;
      // An event of its own: what the dump does not show ending was still going on then. Both clocks are the kernel's sched_clock().
      return at === null ? null : `dump-0 [000] .... ${at.toFixed(6)}: dumped: `;
    }
    if (this.#bordersLeft === 0) return null;
    if (border.test(message)) {
      this.#bordersLeft--;
      return null;
    }
    const [, comm = "", pid, cpu, flags, microseconds, said] = event.exec(message) ?? [];
    if (said === undefined) return message.startsWith("CPU:") ? message : null;
    const digits = (microseconds ?? "").padStart(7, "0");
    const stamp = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
    this.#follow(Number(pid), said, Number(stamp));
    return `${this.#nameOf(Number(pid), comm)}-${pid} [${(cpu ?? "").padStart(3, "0")}] ${flags} ${stamp}: ${said}`;
  }

  #follow(pid: number, said: string, at: number): void {
    const mark = parseTraceMark(eventOf(pid, said));
    if (mark?.mark === "exec") for (const each of mark.pids) this.#programs.started(each, mark.exe, at);
    else if (mark?.mark === "fork") this.#programs.forked(mark.parent, mark.child, at);
    else if (mark?.mark === "exit") this.#programs.ended(mark.pid);
  }

  /** A task has the name of the file that it runs. Where that is not known, the name says that it may go on: "systemd-" is no systemd. */
  #nameOf(pid: number, comm: string): string {
    if (comm.length < nameColumn) return comm;
    const exe = this.#programs.of(eventOf(pid, ""));
    const file = exe?.slice(exe.lastIndexOf("/") + 1) ?? "";
    return file.startsWith(comm) ? file.slice(0, commLength) : comm + cutMark;
  }
}

/** Whether a name from a dump, or none, may be this whole one. */
export function mayBeNamed(dumped: string | null, comm: string): boolean {
  return dumped === null || dumped === comm || (dumped.endsWith(cutMark) && comm.startsWith(dumped.slice(0, -cutMark.length)));
}

function eventOf(pid: number, text: string): TraceEvent {
  return { is: "event", comm: null, pid, tgid: null, at: 0, text };
}
