import type { Libc } from "../platform/libc.ts";
import { runQuietly } from "../platform/child.ts";

/**
 * sd_notify(3): reports to systemd that the first snapshot is taken, what to show in `systemctl status`, and
 * keep-alives.
 */
export interface Notifier {
  /** Sends the assignments, for example `READY=1`. Never waits; false if systemd could not take them now. */
  send(assignments: readonly string[]): boolean;
  /** Half of WatchdogSec=, in milliseconds: how often to say WATCHDOG=1. Null: no watchdog. */
  readonly watchdogMilliseconds: number | null;
}

/** The notifier that the environment requests; without NOTIFY_SOCKET its messages go nowhere. */
export function notifier(environment: NodeJS.ProcessEnv, libc: Libc | null): Notifier {
  const socket = environment["NOTIFY_SOCKET"] ?? "";
  const microseconds = Number(environment["WATCHDOG_USEC"] ?? Number.NaN);
  const forUs = (environment["WATCHDOG_PID"] ?? String(process.pid)) === String(process.pid);
  return {
    // setInterval(2^31) would be every millisecond.
    watchdogMilliseconds:
      socket !== "" && forUs && microseconds > 0 ? Math.min(microseconds / 2000, 2 ** 31 - 1) : null,
    send(assignments) {
      if (socket === "") return true;
      // A full queue empties; a socket that is gone stays gone.
      if (libc !== null)
        return !["EAGAIN", "ENOBUFS"].includes(libc.sendDatagram(socket, assignments.join("\n")) ?? "");
      // Without FFI Node has no datagram socket to a path. systemd hears a child only where a drop-in allows it.
      runQuietly("systemd-notify", assignments);
      return true;
    },
  };
}

/** A value for STATUS=: one line, since a line end would start another assignment. */
export function statusAssignment(text: string): string {
  return `STATUS=${text.replaceAll(/[\r\n]+/g, " ")}`;
}
