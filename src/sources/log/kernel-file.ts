import { parseMountRoot } from "../../parse/proc/mount-info.ts";
import { fs, join } from "../../platform/builtins.ts";
import { attempt, readBytes, readLink, textOrNull } from "../../platform/pseudo-file.ts";
import { rootsBelow } from "../../platform/roots.ts";
import { fileName } from "../../core/base/file-name.ts";

/** Magic numbers of statfs(2), linux/magic.h: proc, tracefs and debugfs, where tracefs was before Linux 4.1. */
const procfs = 0x9fa0;
const tracing = [0x7472_6163, 0x6462_6720];

/** /proc/kmsg (proc(5)) and the kernel's trace pipes hand each record to one reader. */
const consuming: Readonly<Record<string, readonly number[]>> = {
  kmsg: [procfs],
  trace_pipe: tracing,
  trace_pipe_raw: tracing,
};

/** Of a file in /proc: more than any log has there, and some (/proc/PID/pagemap) go on for petabytes. */
const mostProcBytes = 64 << 20;
/** mountinfo of a machine with many mounts. */
const mountInfoBytes = 16 << 20;

/** What an open file is to the kernel. */
export interface KernelFile {
  /** Reading it takes records from other readers, and waits for more. */
  readonly isTakenByReading: boolean;
  /** The most that is read of it. */
  readonly mostBytes: number;
}

const ordinary: KernelFile = { isTakenByReading: false, mostBytes: Infinity };

/** By the descriptor: a link, a bind mount or a shell's redirection gives the file another name. */
export function kernelFile(fd: number): KernelFile {
  if (!fs.fstatSync(fd).isFile()) return ordinary;
  const { proc } = rootsBelow("/");
  const place = join(proc, "self/fd", String(fd));
  const system = attempt(() => fs.statfsSync(place).type);
  if (system.kind !== "ok" || ![procfs, ...tracing].includes(system.value)) return ordinary;
  const type = system.value;
  const isTaken =
    namesOf(proc, fd, place).some((name) => consuming[name]?.includes(type) === true) ||
    // The number of a file that all instances of procfs share is the same in each.
    (type === procfs && fs.fstatSync(fd).ino === inodeOf(join(proc, "kmsg")));
  return { isTakenByReading: isTaken, mostBytes: type === procfs ? mostProcBytes : Infinity };
}

/** The last name of its path, and of the path in its file system that is mounted there (a file may be). */
function namesOf(proc: string, fd: number, place: string): readonly string[] {
  const path = readLink(place);
  const mount = /^mnt_id:\s*(\d+)$/m.exec(textOrNull(join(proc, "self/fdinfo", String(fd))) ?? "")?.[1];
  const mounts = readBytes(join(proc, "self/mountinfo"), mountInfoBytes);
  const root = mount === undefined || mounts.kind !== "ok" ? null : parseMountRoot(mounts.value.toString(), mount);
  return [path.kind === "ok" ? path.value : "", root ?? ""].map(fileName);
}

function inodeOf(path: string): number | null {
  const stats = attempt(() => fs.statSync(path));
  return stats.kind === "ok" ? stats.value.ino : null;
}
