import { parseMountTypes } from "../../parse/proc/mount-info.ts";
import { parseMappings } from "../../parse/proc/proc-maps.ts";
import { bytesWithin, safeRanges } from "../../parse/proc/safe-ranges.ts";
import { parsePollingCall, type PollingCall } from "../../parse/proc/polling-call.ts";
import { fs } from "../../platform/builtins.ts";
import { attempt, readBytes, textOrEmpty } from "../../platform/pseudo-file.ts";
import { readTaskFile, readTaskMemory } from "../../platform/process-memory.ts";

/** How many descriptors are examined; a task that polls more does not wait for one of them. */
const mostFiles = 1024;
const bounds = { call: 256, epoll: 1 << 16, maps: 1 << 20, mounts: 1 << 20 } as const;
const pollfdBytes = 8;

/**
 * The descriptors for which a task sleeps in poll(2), select(2) or epoll_wait(2). It names them in its memory and, of
 * epoll, in /proc/PID/fdinfo. `folder` is the task's own in /proc. Null: that may not be read, or it does not sleep in
 * such a call.
 */
export function polledFiles(folder: string, architecture: string = process.arch): ReadonlySet<number> | null {
  const read = readBytes(`${folder}/syscall`, bounds.call);
  const call = read.kind === "ok" ? parsePollingCall(read.value.toString("latin1"), architecture) : null;
  if (call === null) return null;
  const files = filesOf(folder, call);
  return files === null ? null : new Set(files);
}

function filesOf(folder: string, call: PollingCall): readonly number[] | null {
  switch (call.by) {
    case "poll": {
      const count = Math.min(call.count, mostFiles);
      const fds = memoryAt(folder, call.address, count * pollfdBytes);
      return fds === null ? null : Array.from({ length: count }, (_, index) => fds.readInt32LE(index * pollfdBytes));
    }
    case "select": {
      const bytes = Math.ceil(Math.min(call.count, mostFiles) / 8);
      const sets = call.addresses
        .filter((address) => address !== 0n)
        .map((address) => memoryAt(folder, address, bytes));
      return sets.includes(null) ? null : sets.flatMap((set) => (set === null ? [] : bitsOf(set)));
    }
    case "epoll": {
      // ep_show_fdinfo() of fs/eventpoll.c takes a lock that is held while events are written to the task's memory.
      const info = readTaskFile(`${folder}/fdinfo/${call.descriptor}`, bounds.epoll);
      return info.kind === "ok"
        ? Array.from(info.value.toString("latin1").matchAll(/^tfd:\s*(\d+)/gm), ([, fd]) => Number(fd))
        : null;
    }
  }
}

function bitsOf(set: Buffer): readonly number[] {
  return Array.from({ length: set.length * 8 }, (_, bit) => bit).filter(
    (bit) => ((set[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0,
  );
}

/**
 * Null: no such memory, no permission (CAP_SYS_PTRACE), or it is a file's that a program serves: a task that maps one
 * of FUSE over its array would stop this process for as long as it likes.
 */
function memoryAt(folder: string, address: bigint, bytes: number): Buffer | null {
  const maps = parseMappings(textOrEmpty(readTaskFile(`${folder}/maps`, bounds.maps), "latin1"));
  const types = parseMountTypes(textOrEmpty(readBytes(`${folder}/mountinfo`, bounds.mounts), "latin1"));
  if (bytesWithin(safeRanges(maps, types), Number(address), bytes) < bytes) return null;
  const read = attempt(() => {
    const fd = fs.openSync(`${folder}/mem`, fs.constants.O_RDONLY);
    try {
      return readTaskMemory(fd, `${folder}/mem`, Number(address), bytes);
    } finally {
      fs.closeSync(fd);
    }
  });
  return read.kind === "ok" && read.value.length === bytes ? read.value : null;
}
