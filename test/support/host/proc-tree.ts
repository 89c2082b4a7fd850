import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MonotonicSeconds } from "../../../src/core/base/time.ts";
import type { Libc } from "../../../src/platform/libc.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import type { Host } from "../../../src/sources/source.ts";
import { hostFolder, libcAnswering, writeOnly } from "./host-folder.ts";

/** A task as its folder in /proc shows it. */
export interface ProcTask {
  readonly stack: string;
  readonly comm?: string;
  /** Of field 3 of its stat: S where it is not given. */
  readonly state?: string;
  /** When it started, in clock ticks. */
  readonly startTicks?: number;
  /** Its voluntary_ctxt_switches. */
  readonly switches?: number;
  readonly priority?: number;
  readonly processor?: number;
  readonly kernelThread?: boolean;
  /** What its descriptors 3, 4, … lead to, below the host's root. */
  readonly open?: readonly string[];
}

/** A folder that looks like a host's /proc, whose tasks come and go, and whose clock the test moves. */
export interface ProcTree {
  readonly host: Host;
  readonly proc: string;
  /** Moves the clock. */
  readonly pass: (seconds: number) => void;
  /** Makes a task, or makes it as it is from now on. */
  readonly task: (pid: number, task: ProcTask, tid?: number) => void;
  readonly end: (pid: number, tid?: number) => void;
  /** Makes its stack one that may not be read. */
  readonly hide: (pid: number) => void;
  /** The number that the kernel gave last. */
  readonly lastPid: (pid: number) => void;
}

export function procTree(libc: Partial<Libc> = {}): ProcTree {
  const top = hostFolder({ "proc/loadavg": "0.52 0.58 0.59 1/467 1000\n" });
  const roots = rootsBelow(top);
  const { proc } = roots;
  let clock: MonotonicSeconds = 100;
  const folderOf = (pid: number, tid = pid): string =>
    tid === pid ? join(proc, String(pid)) : join(proc, String(pid), "task", String(tid));
  return {
    host: {
      roots,
      libc: { ...libcAnswering("EAGAIN"), ...libc },
      libcProblem: null,
      now: () => clock,
      printkAhead: () => null,
    },
    proc,
    pass: (seconds) => void (clock = Math.round((clock + seconds) * 1e6) / 1e6),
    task(pid, task, tid = pid) {
      const folder = folderOf(pid, tid);
      put(join(folder, "stack"), task.stack);
      put(join(folder, "stat"), statLine(tid, task));
      put(
        join(folder, "status"),
        `Name:\tx\nTgid:\t${pid}\nPid:\t${tid}\nNSpid:\t${tid}\n${task.switches === undefined ? "" : `voluntary_ctxt_switches:\t${task.switches}\n`}`,
      );
      (task.open ?? []).forEach((path, index) => link(join(top, path), join(folder, "fd", String(3 + index))));
      // In /proc the folder of a thread is there by its number alone, too.
      if (tid === pid) mkdirSync(join(folder, "task", String(pid)), { recursive: true });
      else link(folder, join(proc, String(tid)));
    },
    end: (pid, tid) => rmSync(folderOf(pid, tid), { recursive: true }),
    hide: (pid) => link(writeOnly, join(folderOf(pid), "stack")),
    lastPid: (pid) => put(join(proc, "loadavg"), `0.52 0.58 0.59 1/467 ${pid}\n`),
  };
}

function statLine(
  tid: number,
  { comm = "gpgv", state = "S", startTicks = 4711, priority = 20, processor = 1, kernelThread = false }: ProcTask,
): string {
  return `${tid} (${comm}) ${state} 1 812 812 0 -1 ${kernelThread ? 69238880 : 4194560} 1503 0 0 0 3 5 0 0 ${priority} 0 11 0 ${startTicks} 22847488 1203 18446744073709551615 1 1 0 0 0 0 0 4096 17643 0 0 0 17 ${processor} 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;
}

/** Writes a file, and makes its folders. */
export function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(target, path);
}
