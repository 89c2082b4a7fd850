import { commLength } from "../../core/wait.ts";
import { fileName } from "../../core/base/file-name.ts";

/**
 * `COMM-PID CPU FLAGS MICROSECONDSus: EVENT`, trace_print_lat_context() of kernel/trace/trace_output.c: names are cut
 * to 8 letters, the flags follow the CPU's number without a blank, and a mark of long delays may be after the unit.
 */
const event = /^(.{1,8}|<\.{3}>)-(\d{1,10}) +(\d{1,4})([^\s\d]\S{3,11}) +(\d{1,15})us[ !#*$@+]?: +(.*)$/s;
const border = /^-{33}$/;
/** `%8.8s` of lat_print_generic(): a name as long as this may go on, and is marked: "systemd-" is not systemd. */
const [nameColumn, cutMark] = [8, "…"];

/**
 * The trace as the kernel prints it into its log, on sysrq-z and with ftrace_dump_on_oops (ftrace_dump() of
 * kernel/trace/trace.c): between two borders, in another form than tracefs gives it.
 */
export class FtraceDump {
  #bordersLeft = 0;

  /**
   * The next message of a log, stamped `at`; where it belongs to a dump, the line as tracefs would give it, and null
   * for all others.
   */
  traceLineOf(text: string, at: number | null): string | null {
    const message = text.trim();
    if (message === "Dumping ftrace buffer:") {
      this.#bordersLeft = 2;
      // An event of its own: what the dump does not show ending was still going on then. Both clocks are the kernel's
      // sched_clock().
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
    const name = comm.length < nameColumn ? comm : comm + cutMark;
    return `${name}-${pid} [${(cpu ?? "").padStart(3, "0")}] ${flags} ${digits.slice(0, -6)}.${digits.slice(-6)}: ${said}`;
  }
}

/**
 * A task has the name of the file that it runs: a name from a dump that may go on, whole if it is known what that is;
 * any other as it is.
 */
export function wholeName(dumped: string | null, exe: string | null): string | null {
  const file = exe === null ? "" : fileName(exe);
  return dumped?.endsWith(cutMark) === true && file.startsWith(dumped.slice(0, -cutMark.length))
    ? file.slice(0, commLength)
    : dumped;
}

/** Whether a name from a dump, or none, may be this whole one. */
export function mayBeNamed(dumped: string | null, comm: string): boolean {
  return (
    dumped === null ||
    dumped === comm ||
    (dumped.endsWith(cutMark) && comm.startsWith(dumped.slice(0, -cutMark.length)))
  );
}
