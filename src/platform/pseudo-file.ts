import { fs } from "./builtins.ts";
import { attempt, type Read } from "./errno.ts";
import { confined, confinedLink, openToRead } from "./confined.ts";

export { attempt, failure, type Read } from "./errno.ts";

/** Files in /proc and /sys say size 0 and are made as they are read; none that crngwatch reads is longer than this. */
const usualBytes = 1 << 20;

/** What one read takes in. /proc gives a page at a time, so a buffer for each read would mostly be empty. */
const scratch = Buffer.allocUnsafeSlow(1 << 16);

/**
 * Reads at most `mostBytes` of a small or pseudo-file. Never used on /dev/random, where O_NONBLOCK does not always
 * hold.
 */
export function readBytes(path: string, mostBytes = usualBytes): Read<Buffer> {
  return attempt(() => {
    // A FIFO in a folder that stands for a host must not hold us.
    const fd = openToRead(path, fs.constants.O_NONBLOCK);
    try {
      const chunks: Buffer[] = [];
      let total = 0;
      while (total < mostBytes) {
        // A page at first: /proc/sys files answer whole in one read or not at all (proc_sys_call_handler()).
        const count = fs.readSync(
          fd,
          scratch,
          0,
          Math.min(total === 0 ? 4096 : scratch.length, mostBytes - total),
          null,
        );
        if (count === 0) break;
        chunks.push(Buffer.from(scratch.subarray(0, count)));
        total += count;
      }
      return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    } finally {
      fs.closeSync(fd);
    }
  });
}

/** Reads a text file and drops the white space at its ends. */
export function readText(path: string): Read<string> {
  const read = readBytes(path);
  return read.kind === "ok" ? { kind: "ok", value: read.value.toString("utf8").trim() } : read;
}

/** The text, or null whatever the reason: for facts that only add to others. */
export function textOrNull(path: string): string | null {
  const read = readText(path);
  return read.kind === "ok" ? read.value : null;
}

/** The text of what was read, empty whatever the reason: for a part that others do without. */
export function textOrEmpty(read: Read<Buffer>, encoding: "utf8" | "latin1" = "utf8"): string {
  return read.kind === "ok" ? read.value.toString(encoding) : "";
}

/** Whether something is at `path`; null where we may not know. */
export function exists(path: string): boolean | null {
  // Most of these files do not exist, and an exception costs more than the stat(2).
  const found = attempt(() => fs.statSync(confined(path), { throwIfNoEntry: false }));
  if (found.kind === "ok") return found.value !== undefined;
  return found.kind === "absent" ? false : null;
}

/** The names in a directory, sorted. */
export function readNames(path: string): Read<readonly string[]> {
  return attempt(() => fs.readdirSync(confined(path)).toSorted());
}

/** The names in a directory, none whatever the reason: for what would only add to other places. */
export function namesOrNone(path: string): readonly string[] {
  const names = readNames(path);
  return names.kind === "ok" ? names.value : [];
}

/** The target of a symbolic link, as it is written in it. */
export function readLink(path: string): Read<string> {
  return attempt(() => fs.readlinkSync(confinedLink(path)));
}
